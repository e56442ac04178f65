import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AuditLog } from '../../../src/guard/audit/log.js';
import type { AuditLogOptions } from '../../../src/guard/audit/log.js';
import { verifyAudit } from '../../../src/guard/audit/verify.js';
import { eventually } from '../../support/patience.js';

let program = '';

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-program-'));
  program = join(folder, 'writer.mjs');
  const source = fileURLToPath(new URL('../../../src/guard/audit/log.ts', import.meta.url));
  const contents = `
    import { AuditLog } from ${JSON.stringify(source)};
    const log = await AuditLog.open(JSON.parse(process.argv[2]));
    for (let order = 0; ; order++) {
      const id = process.argv[3] + order;
      await log.append({ kind: 'decided', outcome: 'passed', id }).then(
        () => process.stdout.write(id + '\\n'),
        (error) => { process.stdout.write('refused ' + error.message + '\\n'); return new Promise((done) => setTimeout(done, 10)); },
      );
      log.note({ kind: 'result', outcome: 'sent', id });
    }`;
  buildSync({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  return () => {
    rmSync(folder, { recursive: true });
  };
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'audit-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

function optionsOf(path: string): AuditLogOptions {
  return {
    file: 'audit.jsonl',
    folder: path,
    anchors: [`file:${join(path, 'anchors')}`],
    key: 'audit.key',
    rotate: { bytes: 20_000, day: true },
  };
}

/** Runs the program until it has said so many lines that match, and kills it. Gives all it said. */
async function runUntil(path: string, mark: string, lines: number, shell = ''): Promise<readonly string[]> {
  const args = [program, JSON.stringify(optionsOf(path)), mark];
  const child =
    shell === ''
      ? spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
  const said: string[] = [];
  const closed = once(child, 'close');
  createInterface(child.stdout).on('line', (line) => {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  });
  await closed;
  return said;
}

function auditFiles(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => /^audit.*\.jsonl$/.test(name))
    .map((name) => join(path, name));
}

describe('a process that writes', () => {
  test('and is killed leaves each order that left, and the next goes on at once', async () => {
    const path = folder();
    const said: string[] = [];
    for (const [index, lines] of [3, 40, 111, 77, 1].entries())
      said.push(...(await runUntil(path, `${index}-`, lines)));
    expect(said.length).toBeGreaterThanOrEqual(232);
    // A disk that is slow for a moment refuses an order: that one has not left.
    const left = said.filter((line) => !line.startsWith('refused '));
    expect(left.length).toBeGreaterThan(200);
    const log = await AuditLog.open(optionsOf(path));
    await log.close();
    const files = auditFiles(path);
    expect(files.length).toBeGreaterThan(2);
    const text = files.map((file) => readFileSync(file, 'utf8')).join('');
    expect(left.filter((id) => !text.includes(`"id":"${id}"`))).toEqual([]);
    const publicKey = readFileSync(join(path, 'audit.key.pub'), 'utf8');
    expect(await verifyAudit(files, { publicKey, anchors: [join(path, 'anchors')] })).toMatchObject({
      result: 'ok',
      checked: 'chain, signatures and outside anchors',
    });
  });

  test.skipIf(process.platform === 'win32')(
    "makes files that are its user's alone, and keeps a second away",
    async () => {
      const path = folder();
      const log = await AuditLog.open(optionsOf(path));
      onTestFinished(() => log.close());
      // Anchors reach their other places in their own time.
      await eventually(() => {
        for (const name of ['audit.jsonl', 'audit.key', 'anchors'])
          expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
      });
      await expect(AuditLog.open(optionsOf(path))).rejects.toMatchObject({ code: 'LOCKED' });
    },
  );

  test.skipIf(process.platform === 'win32')('and reaches its limit for files refuses, and lives', async () => {
    const path = folder();
    // In blocks of 512 bytes.
    const said = await runUntil(path, 'x', 60, 'ulimit -f 20');
    expect(said.some((line) => line.startsWith('refused') && line.includes('no space'))).toBe(true);
    const left = said.filter((line) => !line.startsWith('refused'));
    const text = auditFiles(path)
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
    expect(left.filter((id) => !text.includes(`"id":"${id}"`))).toEqual([]);
  });
});
