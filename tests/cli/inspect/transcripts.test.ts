import { expect, test } from 'vitest';
import { inspect } from './harness.js';
import { inFolderOfSamples } from './samples-folder.js';
import { COMMANDS } from './transcript-commands.js';

// Every command of transcript-commands.ts has a transcript; it (command, output, errors, exit code) is a file of tests/cli/golden/inspect.
// After an intended change: npx vitest run --project unit tests/cli/inspect/transcripts.test.ts -u, and read the diff.

inFolderOfSamples();

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
