import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commentParagraphs } from '../support/comments.js';
import { colonsOf, sentences, wordsOf } from '../support/prose.js';

// TSDoc is read in editors and in the API reference, a sentence at a time. All of it is held to the measure of CONTRIBUTING, also what
// is not public: what is public today was not always so.

const source = fileURLToPath(new URL('../../src/', import.meta.url));

/** A sentence of a comment has no more words. */
const LONGEST = 25;

const folders = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

interface Found {
  readonly where: string;
  readonly text: string;
}

/** The paragraphs of all comments in one folder of `src/`, or in its own files. */
function commentsOf(folder: string): Found[] {
  return readdirSync(source + folder, { recursive: folder !== '', encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => (folder === '' ? name : `${folder}/${name}`))
    .sort()
    .flatMap((file) =>
      commentParagraphs(readFileSync(source + file, 'utf8')).map(({ line, text }) => ({
        where: `src/${file}:${line}`,
        text,
      })),
    );
}

describe.each(['', ...folders])('src/%s', (folder) => {
  const all = commentsOf(folder);

  test(`a comment's sentence has at most ${LONGEST} words`, () => {
    const long = all.flatMap(({ where, text }) =>
      sentences(text)
        .filter((sentence) => wordsOf(sentence) > LONGEST)
        .map((sentence) => `${where}: ${wordsOf(sentence)} words: ${sentence}`),
    );
    expect(all.length).toBeGreaterThan(5);
    expect(long).toEqual([]);
  });

  test("a comment's paragraph has at most one colon", () => {
    expect(all.filter(({ text }) => colonsOf(text) > 1).map(({ where, text }) => `${where}: ${text}`)).toEqual([]);
  });
});

describe('what is read of a file', () => {
  const read = (...lines: string[]): unknown[] =>
    commentParagraphs(lines.join('\n')).map(({ line, text }) => [line, text]);

  test('comments of both kinds, each paragraph and tag by itself', () => {
    expect(
      read(
        '/**',
        ' * One thought,',
        ' * over two lines.',
        ' *',
        ' * - an item',
        ' *',
        ' * @param name - Its name. Default: none.',
        ' * @returns what {@link Other.member} gives, or {@link Other | another}.',
        ' * @throws {@link BridgeError} `CODE` for this.',
        ' * @module',
        ' */',
        'const code = 1; // no prose: too short to be read',
        '  /** In one line. */',
        '  // Two lines',
        '  // are one comment.',
        '  more();',
        '  // Another.',
      ),
    ).toEqual([
      [1, 'One thought, over two lines.'],
      [1, 'an item'],
      [1, 'Its name. Default – none.'],
      [1, 'what code gives, or another.'],
      [1, 'code code for this.'],
      [13, 'In one line.'],
      [14, 'Two lines are one comment.'],
      [17, 'Another.'],
    ]);
  });

  test('nothing of an example, of what tells the tools, and of the code', () => {
    expect(
      read(
        '/**',
        ' * Text.',
        ' *',
        ' * @example',
        ' * ```ts',
        ' * code(); // a: b: c',
        ' * ```',
        ' */',
        '// eslint-disable-next-line no-console -- why: it is so',
        'code();',
        '/* v8 ignore next */',
      ),
    ).toEqual([[1, 'Text.']]);
  });

  test("a label's colon does not count, any other does", () => {
    const colons = (text: string): number => colonsOf(commentParagraphs(`// ${text}`)[0]?.text ?? '');
    expect(colons('`lost`: it broke. `late`, `early`: by its clock. Default: none.')).toBe(0);
    expect(colons('Why it is lost: it broke. Default false: it is kept: for ever.')).toBe(2);
  });
});
