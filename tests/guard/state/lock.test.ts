import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { acquireLock } from '../../../src/guard/state/lock.js';
import { systemProcesses } from '../../../src/guard/state/process.js';

let programs = '';
let holder = '';

beforeAll(() => {
  programs = mkdtempSync(join(tmpdir(), 'lock-program-'));
  holder = join(programs, 'holder.mjs');
  const source = fileURLToPath(new URL('../../../src/guard/state/lock.ts', import.meta.url));
  const contents = `
    import { acquireLock } from ${JSON.stringify(source)};
    acquireLock(process.argv[2]).then(
      () => { console.log('held'); setInterval(() => undefined, 1000); },
      (error) => { console.log(error.code); },
    );`;
  buildSync({
    stdin: { contents, resolveDir: programs, loader: 'ts' },
    outfile: holder,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});

afterAll(() => {
  rmSync(programs, { recursive: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lock-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

async function startHolder(path: string, wrap: readonly string[] = []): Promise<{ child: ChildProcess; said: string }> {
  const [command, ...args] = [...wrap, process.execPath, holder, path];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The newest file of the lock. */
function fileOf(path: string): string {
  const numbers = readdirSync(path).filter((name) => /^lock\.\d+$/.test(name));
  return join(path, numbers.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5))).at(-1) ?? '');
}

function change(path: string, fields: object): void {
  const file = fileOf(path);
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...fields }));
}

describe('a lock', () => {
  test('keeps out another process while its holder lives, and not after kill -9', async () => {
    const path = folder();
    const { child, said } = await startHolder(path);
    expect(said).toBe('held');
    await expect(acquireLock(path)).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(acquireLock(path)).rejects.toThrow(String(child.pid));
    // A holder that stands still lives.
    child.kill('SIGSTOP');
    await expect(acquireLock(path)).rejects.toMatchObject({ code: 'LOCKED' });
    await killed(child);
    const begun = performance.now();
    const lock = await acquireLock(path);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect((await startHolder(path)).said).toBe('LOCKED');
    await lock.release();
    expect((await startHolder(path)).said).toBe('held');
  });

  test('keeps out this process as well, until it is released', async () => {
    const path = folder();
    const first = await acquireLock(path);
    await expect(acquireLock(path)).rejects.toThrow('this process');
    await first.release();
    await first.release();
    const second = await acquireLock(path);
    await second.release();
    expect(readdirSync(path)).toHaveLength(1);
  });

  test('of another name in the same folder is another one', async () => {
    const path = folder();
    const locks = [await acquireLock(path, 'a'), await acquireLock(path, 'a.b')];
    for (const lock of locks) await lock.release();
  });

  test('goes to one of many that ask at once, also after a dead one', async () => {
    const path = folder();
    const { child } = await startHolder(path);
    await killed(child);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('works in a folder whose name is too long for a socket', async () => {
    const path = join(folder(), 'x'.repeat(120));
    mkdirSync(path);
    const { child, said } = await startHolder(path);
    expect(said).toBe('held');
    change(path, { space: 'another' });
    await expect(acquireLock(path)).rejects.toMatchObject({ code: 'LOCKED' });
    await killed(child);
    await (await acquireLock(path)).release();
  });
});

describe('the holder', () => {
  test.each<[string, object]>([
    ['of another boot', { boot: 'before' }],
    ['whose number is another process now', { started: '1' }],
    ['that has let go', { isReleased: true }],
    ['of a container that has ended', { space: 'pid:[1]', socket: 'lock.missing.sock' }],
  ])('%s is none', async (_name, fields) => {
    const path = folder();
    await acquireLock(path);
    change(path, fields);
    await (await acquireLock(path)).release();
  });

  test('of another container lives while it answers, whatever numbers say', async () => {
    const path = folder();
    await acquireLock(path);
    change(path, { space: 'pid:[1]', pid: 1, started: '1' });
    await expect(acquireLock(path)).rejects.toMatchObject({ code: 'LOCKED' });
  });

  test('whose file was lost with the power is none', async () => {
    for (const content of ['', '{"pid":', 'null', '[]', '{"pid":"1"}']) {
      const path = folder();
      writeFileSync(join(path, 'lock.7'), content);
      await (await acquireLock(path)).release();
      expect(fileOf(path)).toBe(join(path, 'lock.8'));
    }
  });

  test('is told by its socket where a system tells nothing of processes', async () => {
    const path = folder();
    const blank = { started: undefined, boot: undefined, space: undefined };
    const table = {
      self: () => ({ ...blank, pid: process.pid }),
      startOf: () => undefined,
      exists: (pid: number) => systemProcesses.exists(pid),
    };
    const lock = await acquireLock(path, 'lock', table);
    await expect(acquireLock(path, 'lock', table)).rejects.toMatchObject({ code: 'LOCKED' });
    change(path, { socket: 'lock.missing.sock' });
    await (await acquireLock(path, 'lock', table)).release();
    await lock.release();
  });
});

const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const canUnshare = spawnSync(unshare[0] ?? '', [...unshare.slice(1), 'true']).status === 0;

test.skipIf(!canUnshare)('process 1 of a container is not taken for the process 1 before it', async () => {
  const path = folder();
  const first = await startHolder(path, unshare);
  expect(first.said).toBe('held');
  expect(JSON.parse(readFileSync(fileOf(path), 'utf8'))).toMatchObject({ pid: 1 });
  expect((await startHolder(path, unshare)).said).toBe('LOCKED');
  await killed(first.child);
  expect((await startHolder(path, unshare)).said).toBe('held');
});
