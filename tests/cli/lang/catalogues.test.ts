import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../../src/cli/kit/language.js';
import { codes } from '../../../src/cli/lang/en/codes.js';
import type { CodeTexts } from '../../../src/cli/lang/en/codes.js';
import { ROOMS } from '../../../src/cli/lang/texts.js';
import * as chinese from '../../../src/cli/lang/zh/codes.js';

// The catalogues of the programs: that a text is there is the compiler's work, what is in it is looked at here.

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Texts = Readonly<Record<string, unknown>>;

/** What is no sentence, and what takes something else than texts. */
const OTHERS = new Set([
  // A head that is the same word, `JSON`, or that is a name of vnpy's.
  ...['data.member', 'kit.wrongUsage', 'errors.ofLibrary', 'errors.ofSystem', 'errors.raised'],
  // Names the command, and says in Chinese what the reason means.
  'errors.unreachable',
  'kit.end',
  ...['cluster.finding', 'inspect.facts', 'inspect.locale'],
  ...['inspect.of.ofCodec', 'inspect.of.listed', 'inspect.views.lacks', 'errors.ofInput'],
  // The library's sentences, known by their form: tests/cli/lang/library-said.test.ts looks at them.
  ...[
    'errors.said',
    'live.said',
    'cluster.said',
    'services.said',
    'audit.said',
    'cluster.state',
    'audit.word',
    'data.logged',
  ],
  // What somebody else has said; and what takes lists.
  ...['doctor.detail', 'doctor.contracts', 'doctor.noContracts', 'doctor.byValue'],
]);

/** Each text with its path, functions called with marks in place of their values. */
function textsIn(catalogue: Texts, path: string): readonly (readonly [path: string, text: string])[] {
  return Object.entries(catalogue).flatMap(([name, value]): readonly (readonly [string, string])[] => {
    const at = `${path}.${name}`;
    // The level of a kind is a word for programs.
    if (OTHERS.has(at) || name === 'level') return [];
    if (typeof value === 'string') return [[at, value]];
    if (typeof value === 'function') {
      const say = value as (...values: string[]) => string;
      return [[at, say(...['①', '②', '③', '④'].slice(0, say.length))]];
    }
    return textsIn(value as Texts, at);
  });
}

const names = (text: string): string[] => (text.match(/--[a-z][\w-]+|[①-④]|\{\w+\}/g) ?? []).sort();

describe.each(Object.entries(ROOMS))('%s', (room, load) => {
  test('says in Chinese what it says in English, with the same values and options', async () => {
    expect(LANGUAGES).toEqual(['en', 'zh']);
    const [english, other] = await Promise.all([load.en(), load.zh()]);
    const said = new Map(textsIn(other, room));
    const pairs = textsIn(english, room);
    expect([...said.keys()].sort()).toEqual(pairs.map(([path]) => path).sort());
    for (const [path, text] of pairs) {
      const translated = said.get(path) ?? '';
      expect(translated, path).not.toBe(text);
      if (/[a-z]{3}/.test(text)) expect(translated, path).toMatch(/\p{Script=Han}/u);
      expect([...new Set(names(translated))], path).toEqual([...new Set(names(text))]);
    }
  });
});

const sentencesOf = (catalogue: CodeTexts): readonly (readonly [string, Readonly<Record<string, string>>])[] =>
  Object.entries({ ...catalogue });

describe('codes of errors', () => {
  test('have one sentence each, in both languages', () => {
    for (const [kind, sentences] of sentencesOf(codes)) {
      const others = new Map<string, string>(Object.entries(chinese.codes[kind as keyof typeof codes]));
      for (const [code, sentence] of Object.entries(sentences)) {
        expect(sentence, code).toMatch(/^[A-Z].*\.$/);
        expect(others.get(code), code).toMatch(/\p{Script=Han}.*。$/u);
      }
    }
  });

  test.each([
    ['docs/errors.md', codes],
    ['docs/errors.zh-CN.md', chinese.codes],
  ] as const)('%s has them all', (document, catalogue) => {
    const text = readFileSync(root + document, 'utf8');
    const rows = [...text.matchAll(/^## (\w+Error|RemoteException)$|^\| `(\w+)` +\| (.*?) +\|$/gm)];
    const expected = sentencesOf(catalogue).flatMap(([kind, sentences]) => [[kind], ...Object.entries(sentences)]);
    expect(rows.map(([, kind, code = '', sentence = '']) => (kind === undefined ? [code, sentence] : [kind]))).toEqual(
      expected,
    );
  });
});
