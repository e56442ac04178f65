import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stages-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the stages with a make of the test's own, which notes its targets and fails at one of them. */
function runStages(failing = 'none') {
  writeFileSync(
    join(folder, 'make.mjs'),
    `import { appendFileSync } from 'node:fs';
    const target = process.argv.at(-1);
    appendFileSync('targets', target + ' ');
    process.exitCode = target === '${failing}' ? 2 : 0;`,
  );
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts', 'stages.mjs')], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, MAKE: 'node make.mjs' },
  });
  return { status, stdout, targets: readFileSync(join(folder, 'targets'), 'utf8').trim().split(' ') };
}

test('all stages run in order, and each shows its time beside its budget', () => {
  const { status, stdout, targets } = runStages();
  expect(status).toBe(0);
  const [setup, ...rest] = targets;
  expect(setup).toBe('setup');
  expect(rest).toEqual(['lint', 'format-check', 'typecheck', 'unit-test', 'interop-test', 'browser-test']);
  for (const name of [
    'setup',
    'lint and types +0:\\d\\d of 2:00',
    'unit tests +0:\\d\\d of 5:00',
    'all +0:\\d\\d of 30:00',
  ])
    expect(stdout).toMatch(new RegExp(`^${name}`, 'm'));

  const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
  expect(targets.filter((target) => !makefile.includes(`\n${target}:`))).toEqual([]);
});

test('a stage that fails ends the run with its status, and the table says which', () => {
  const { status, stdout, targets } = runStages('typecheck');
  expect(status).toBe(2);
  expect(targets.at(-1)).toBe('typecheck');
  expect(stdout).toMatch(/^lint and types +0:\d\d of 2:00 +FAILED$/m);
  expect(stdout).toMatch(/^all +0:\d\d/m);
});
