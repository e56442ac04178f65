import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytes } from '../../support/bytes.js';
import { EVIL } from './samples.js';

// The program as a process, from the build: what only a process has. All else is tested without one.

const program = fileURLToPath(new URL('../../../dist/cli/bin/pickle-inspect.js', import.meta.url));
let folder: string;

beforeAll(() => {
  if (!existsSync(program)) throw new Error('dist/ is missing: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-process-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, data: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, data);
  return path;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], input?: Uint8Array, node: readonly string[] = []): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, program, ...args], {
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('reads standard input and sets the exit code', () => {
  const { status, stdout, stderr } = start(['check'], EVIL);
  expect([status, stdout.includes('REFUSE'), stderr]).toEqual([1, true, '']);
});

test('ends in silence when nobody reads any more', () => {
  const path = file('long.pkl', bytes('(', 'N'.repeat(300_000), 't.'));
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', '{ "$0" "$1" ops "$2"; echo "exit $?" >&2; } | head -n 2', process.execPath, program, path],
    {
      encoding: 'utf8',
    },
  );
  expect([stdout.split('\n').length, stderr]).toEqual([3, 'exit 0\n']);
});

test('works where zeromq cannot be loaded', () => {
  const hooks =
    'export async function resolve(name, context, next) { if (name === "zeromq") throw new Error("no zeromq"); return next(name, context); }';
  const preload = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  // register() is deprecated from Node.js 26 on, and its successor is not in 20.
  const node = ['--no-deprecation', '--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const { status, stdout, stderr } = start(['json', '--hex', '80044b2a2e'], undefined, node);
  expect([status, stdout, stderr]).toEqual([0, '42\n', '']);
});

test.each([
  ['a million marks', bytes('(', '('.repeat(1_000_000), '.')],
  ['a million nested tuples', bytes(')', '\x85'.repeat(1_000_000), '.')],
  ['a million times DUP', bytes('N', '2'.repeat(1_000_000), '.')],
])('keeps within 256 MB: %s', (_name, data) => {
  const path = file('bomb.pkl', data);
  for (const command of ['show', 'check', 'ops']) {
    const args = command === 'ops' ? ['ops', '--range', '0-99', path] : [command, path];
    const { status, stderr } = start(args, undefined, ['--max-old-space-size=200']);
    expect(status, `${command}: ${stderr.slice(-200)}`).toBeLessThanOrEqual(3);
  }
});
