/**
 * Splits a Markdown document into paragraphs and sentences, for the test that measures how it reads.
 *
 * - Blocks of code, headings, comments and what stands between a pair of comments (`<!-- options -->` … `<!-- /options -->`,
 *   made from the sources) are no prose.
 * - A paragraph, an item of a list and a cell of a table each begin a sentence of their own.
 * - Inline code counts as one word, a link by its text.
 * - A semicolon, a colon and a dash do not end a sentence.
 *
 * @module
 */

/** Some text that reads on: a paragraph, an item of a list, or a cell of a table. */
export interface Paragraph {
  /** The line of its beginning, from 1. */
  readonly line: number;
  readonly kind: 'prose' | 'item' | 'cell';
  /** Without Markdown's marks; each piece of inline code is the word `code`. */
  readonly text: string;
}

const ITEM = /^\s*(?:[-*]|\d+\.)\s+/;
const TABLE = /^\s*\|/;
const FENCE = /^\s*```/;

/** The paragraphs of a document, in its order. */
export function paragraphs(markdown: string): Paragraph[] {
  const found: Paragraph[] = [];
  let lines: string[] = [];
  let start = 0;
  let fence = false;
  let generated: string | undefined;
  let header = true;

  const end = (): void => {
    const kind = ITEM.test(lines[0] ?? '') ? 'item' : 'prose';
    const text = plain(lines.map((line) => line.replace(ITEM, '').trim()).join(' '));
    if (text !== '') found.push({ line: start, kind, text });
    lines = [];
  };

  markdown.split('\n').forEach((line, index) => {
    if (FENCE.test(line)) {
      if (!fence) end();
      fence = !fence;
      return;
    }
    if (fence) return;
    const comment = /^<!-- (\/?)([\w-]+) -->$/.exec(line);
    if (comment !== null) {
      end();
      generated = comment[1] === '/' ? undefined : comment[2];
      return;
    }
    if (generated !== undefined) return;
    if (TABLE.test(line)) {
      end();
      // The first row holds the titles of the columns.
      if (!header && !/^[\s|:-]+$/.test(line))
        for (const text of cells(line)) found.push({ line: index + 1, kind: 'cell', text });

      header = false;
      return;
    }
    header = true;
    if (/^(?:#+ |\s*$)/.test(line)) {
      end();
    } else {
      if (ITEM.test(line)) end();
      if (lines.length === 0) start = index + 1;
      lines.push(line.replace(/^> ?/, ''));
    }
  });
  end();
  return found;
}

function cells(row: string): string[] {
  return plain(
    row
      .trim()
      .replace(/`[^`]*`/g, '`code`')
      .replaceAll('\\|', ' '),
  )
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

/** The text as it is read: code as a word, links by their text, no marks. */
function plain(markdown: string): string {
  return markdown
    .replace(/``.+?``|`[^`]+`/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<\/?[a-z]+>/g, '')
    .replace(/\*\*|(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What ends in a full stop and does not end a sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|approx|incl|No|St|Mr|Ms|Dr|[A-Z])\.$/;

/** The sentences of a paragraph's text. */
export function sentences(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (const { 0: stop, index } of text.matchAll(/(?:\.{3}|[.!?…])[)"'”’\]]*(?=\s|$)/g)) {
    const sentence = text.slice(from, index + stop.length);
    const next = text.slice(index + stop.length).trimStart();
    // After an ellipsis, and after "etc.", only a capital begins a new sentence.
    const goesOn = /(?:\.{3}|…|\betc\.)\W*$/.test(sentence) && !/^[("'“‘]?(?:\p{Lu}|code\b|$)/u.test(next);
    if (goesOn || (stop === '.' && ABBREVIATION.test(sentence))) continue;
    found.push(sentence.trim());
    from = index + stop.length;
  }
  const rest = text.slice(from).trim();
  return (rest === '' ? found : [...found, rest]).filter((sentence) => wordsOf(sentence) > 0);
}

/** How many words a sentence has. What holds neither a letter nor a digit is none. */
export function wordsOf(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/**
 * How many colons a text has. Those within a time or an address (`09:30`, `tcp://`) do not count, nor one at the end of a text, which
 * introduces a list or an example.
 */
export function colonsOf(text: string): number {
  return text.match(/:(?=[)"”]*\s)/g)?.length ?? 0;
}
