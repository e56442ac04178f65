import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostileCases } from '../../pickle/hostile-cases.js';
import { fromBase64 } from '../../support/bytes.js';
import { inspect } from './harness.js';
import { inFolderOfSamples } from './samples-folder.js';
import { COMMANDS } from './transcript-commands.js';

// A run in Chinese has no English sentence: three words in a row that are neither data, names, paths nor options.

const CHINESE = { env: { LANG: 'zh_CN.UTF-8' } };

/** What is English in every language: JSON, code, pickletools' listing, and what its names are made of. */
const IN_NO_LANGUAGE = /^(?:json|check-(?:json|sarif)|diff-json|select-json|ops-compat|py-order|js|version)/;

inFolderOfSamples();

/** The English sentences of a text, without what is quoted. */
function english(text: string): readonly string[] {
  const own = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'?/g, '""').replace(/^ *[\da-f]{4,6} {2}.*$/gm, '');
  return own.match(/.*(?<![\w./=-])[a-z]{2,}(?: [a-z]{2,}){2,}(?![\w(=]).*/g) ?? [];
}

const commands = COMMANDS.filter(([name]) => !IN_NO_LANGUAGE.test(name));

test.each(commands)('%s', async (_name, ...args) => {
  const { stdout, stderr } = await inspect(args, CHINESE);
  expect(english(stdout + stderr)).toEqual([]);
});

const LARGE = 2000;

test.each(Object.entries(hostileCases))('%s', async (_group, rows) => {
  for (const { name, data } of rows) {
    const stdin = typeof data === 'function' ? data() : data;
    if (stdin.length > LARGE) continue;
    const { stdout, stderr } = await inspect(['check', '--from', 'raw'], { stdin, ...CHINESE });
    expect([name, english(stdout + stderr)]).toEqual([name, []]);
  }
});

const MODELS = JSON.parse(
  readFileSync(new URL('../../../python-fixtures/data/model-files.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

test.each(Object.entries(MODELS))('%s', async (_name, data) => {
  for (const command of ['show', 'check', 'stats']) {
    const { stdout, stderr } = await inspect([command], { stdin: fromBase64(data), ...CHINESE });
    expect(english(stdout + stderr)).toEqual([]);
  }
});
