import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { colonsOf, paragraphs, sentences, wordsOf } from '../support/prose.js';

// Long sentences are measured, since nobody sees those that they wrote themselves. Each document is held to it, and all together.

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Made from src/cli/inspect/findings/codes.ts, where its texts are looked after. */
const GENERATED = new Set(['findings.md']);

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md') && !name.endsWith('.zh-CN.md') && !GENERATED.has(name))
    .map((name) => `docs/${name}`),
];

/** A sentence of more words is long. */
const LONG = 30;
/** How many of a document's sentences may be long. */
const ALLOWED = 0.02;
/** A cell of fewer words is a label or a number. Counting it as a sentence would hide long ones among many short. */
const LABEL = 4;

interface Sentence {
  readonly where: string;
  readonly words: number;
  readonly text: string;
}

function sentencesOf(document: string): Sentence[] {
  return paragraphs(readFileSync(root + document, 'utf8')).flatMap(({ line, kind, text }) =>
    sentences(text)
      .map((sentence) => ({ where: `${document}:${line}`, words: wordsOf(sentence), text: sentence }))
      .filter(({ words }) => kind !== 'cell' || words >= LABEL),
  );
}

/** The long ones, longest first, when there are more of them than a document may have. */
function tooLong(all: readonly Sentence[]): string[] {
  const long = all.filter(({ words }) => words > LONG).sort((a, b) => b.words - a.words);
  return long.length <= all.length * ALLOWED
    ? []
    : long.map(({ where, words, text }) => `${where}: ${words} words: ${text}`);
}

test.each(documents)('%s: at most 2 % of the sentences have more than 30 words', (document) => {
  const all = sentencesOf(document);
  expect(all.length).toBeGreaterThan(5);
  expect(tooLong(all)).toEqual([]);
});

test('all documents together: at most 2 % of the sentences have more than 30 words', () => {
  expect(tooLong(documents.flatMap(sentencesOf))).toEqual([]);
});

test.each(documents)('%s: no paragraph has more than one colon', (document) => {
  const found = paragraphs(readFileSync(root + document, 'utf8'))
    .filter(({ text }) => colonsOf(text) > 1)
    .map(({ line, text }) => `${document}:${line}: ${text}`);
  expect(found).toEqual([]);
});

describe('the splitter', () => {
  test.each([
    ['One thought. Another one! A third? Yes', ['One thought.', 'Another one!', 'A third?', 'Yes']],
    ['See the guide, e.g. its first part, i.e. that one.', ['See the guide, e.g. its first part, i.e. that one.']],
    ['Works with vnpy 4.5.0. vnpy 3.9 works, too.', ['Works with vnpy 4.5.0.', 'vnpy 3.9 works, too.']],
    ['Read guide.md, then SECURITY.md. Both are short.', ['Read guide.md, then SECURITY.md.', 'Both are short.']],
    ['Call code. Then wait.', ['Call code.', 'Then wait.']],
    ['A list, a map, ... and a text.', ['A list, a map, ... and a text.']],
    ['It goes on and on... Then it ends.', ['It goes on and on...', 'Then it ends.']],
    [
      'Lists, maps etc. are data. Maps, lists etc. Texts too.',
      ['Lists, maps etc. are data.', 'Maps, lists etc.', 'Texts too.'],
    ],
    ['It stops (as it should.) It starts "again." End.', ['It stops (as it should.)', 'It starts "again."', 'End.']],
    ['One half; the other half: one sentence - still.', ['One half; the other half: one sentence - still.']],
    ['. … !', []],
  ])('%s', (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  test('code is one word, a link is its text, and a dash or an arrow is no word', () => {
    const [found] = paragraphs(
      'Call `a.b(c, d)` as [the guide](x.md#a-b) **says** – or `` `x` `` → not (2<sup>53</sup>).',
    );
    expect(found?.text).toBe('Call code as the guide says – or code → not (253).');
    expect(wordsOf(found?.text ?? '')).toBe(10);
  });

  test('paragraphs, items and cells are read, and nothing else is', () => {
    const found = paragraphs(
      [
        '# A title',
        '',
        'A paragraph',
        'of two lines. It introduces:',
        '',
        '- an item',
        '  of two lines',
        '- another, with:',
        '  ```sh',
        '  no prose. at all',
        '  ```',
        '1. a numbered one',
        '',
        '> A quotation.',
        '',
        '| title | title |',
        '| ----- | ----: |',
        '| `a|b` | a cell \\| of two |',
        '',
        '<!-- options -->',
        '| a | generated |',
        '<!-- /options -->',
        'The end.',
      ].join('\n'),
    );
    expect(found.map(({ line, kind, text }) => [line, kind, text])).toEqual([
      [3, 'prose', 'A paragraph of two lines. It introduces:'],
      [6, 'item', 'an item of two lines'],
      [8, 'item', 'another, with:'],
      [12, 'item', 'a numbered one'],
      [14, 'prose', 'A quotation.'],
      [18, 'cell', 'code'],
      [18, 'cell', 'a cell of two'],
      [23, 'prose', 'The end.'],
    ]);
  });

  test('a colon within a time or an address, or at the end of what introduces something, is not counted', () => {
    expect(colonsOf('At 09:30 it opens: connect to tcp://127.0.0.1:2014 (first: subscribe), then:')).toBe(2);
  });
});
