import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from './harness.js';
import { FILES } from './samples.js';
import { COMMANDS } from './transcript-commands.js';

// Every command of transcript-commands.ts has a transcript; it (command, output, errors, exit code) is a file of tests/cli/golden/inspect.
// After an intended change: npx vitest run --project unit tests/cli/inspect/transcripts.test.ts -u, and read the diff.

let folder: string;
let before: string;

beforeAll(() => {
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-'));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  // Names in a transcript are as typed: the commands run in this folder.
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

function typed(argument: string): string {
  return /^[\w./=,:@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

test.each(COMMANDS)('%s', async (name, ...args) => {
  const { code, stdout, stderr } = await inspect(args);
  const errors = stderr === '' ? '' : `--- stderr\n${stderr}`;
  const transcript = `$ pickle-inspect ${args.map(typed).join(' ')}\n${stdout}${errors}--- exit ${code}\n`;
  await expect(transcript).toMatchFileSnapshot(`../golden/inspect/${name}.txt`);
});

test('a transcript that no command makes is a mistake', async () => {
  const { readdirSync } = await import('node:fs');
  const files = readdirSync(new URL('../golden/inspect/', import.meta.url));
  expect(files.sort()).toEqual(COMMANDS.map(([name]) => `${name}.txt`).sort());
});
