import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PICKLE_INSPECT } from '../../../src/cli/inspect/app.js';
import { inspect } from './harness.js';
import { inFolderOfSamples } from './samples-folder.js';

// The commands of the documents are run, and what stands below them is what they print. After an intended change:
// npx vitest run --project unit tests/cli/inspect/documents.test.ts -u

const DOCUMENTS = ['pickle-inspect.md', 'pickle-inspect.zh-CN.md'];
const pathOf = (name: string): string => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
const CONSOLE = /```console\n\$ pickle-inspect (.*)\n[^]*?```/g;

inFolderOfSamples();

/** The words of a command line, as a shell would cut it. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** The document with every output as the program prints it now. */
async function refreshed(text: string): Promise<string> {
  let result = '';
  let at = 0;
  for (const match of text.matchAll(CONSOLE)) {
    const line = match[1] ?? '';
    const { stdout } = await inspect(words(line));
    result += `${text.slice(at, match.index)}\`\`\`console\n$ pickle-inspect ${line}\n${stdout}\`\`\``;
    at = match.index + match[0].length;
  }
  return result + text.slice(at);
}

test.each(DOCUMENTS)('what %s shows is what the program prints', async (name) => {
  const text = readFileSync(pathOf(name), 'utf8');
  expect(text.match(CONSOLE)?.length).toBeGreaterThan(10);
  await expect(await refreshed(text)).toMatchFileSnapshot(pathOf(name));
});

test('both languages run the same commands', () => {
  const [english, chinese] = DOCUMENTS.map((name) =>
    [...readFileSync(pathOf(name), 'utf8').matchAll(CONSOLE)].map(([, line]) => line),
  );
  expect(chinese).toEqual(english);
});

test('both languages have the exit codes as the program has them', () => {
  const [english, chinese] = DOCUMENTS.map((name) => {
    const [, section = ''] = /\n## (?:Exit codes|退出码)\n\n([^]*?)\n\n/.exec(readFileSync(pathOf(name), 'utf8')) ?? [];
    return [...section.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [code, meaning]);
  });
  expect(english).toEqual(Object.entries(PICKLE_INSPECT.exitMeanings));
  expect(chinese?.map(([code]) => code)).toEqual(Object.keys(PICKLE_INSPECT.exitMeanings));
});
