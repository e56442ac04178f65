/**
 * Finds the comments of a TypeScript file, and their paragraphs, for the test that measures how they read.
 *
 * - Comments are looked for at the beginning of a line. What stands behind code is short.
 * - Each tag of a TSDoc comment (`@param name -`, `@returns`, …) begins a paragraph of its own.
 * - A `{@link}` is its text, or one word where it has none.
 * - What `@example` shows, and blocks of code, are no prose.
 *
 * @module
 */
import { paragraphs } from './prose.js';
import type { Paragraph } from './prose.js';

/** A comment without its marks. */
interface Comment {
  /** The line of its beginning, from 1. */
  readonly line: number;
  /** A line of text for each line of the file. */
  readonly text: string;
}

/** The comments of a file in its order; lines of `//` without anything between them are one. */
function comments(source: string): Comment[] {
  const found: Comment[] = [];
  let lines: string[] = [];
  let start = 0;
  let inBlock = false;

  const end = (): void => {
    if (lines.length > 0) found.push({ line: start, text: lines.join('\n') });
    lines = [];
    inBlock = false;
  };

  source.split('\n').forEach((line, index) => {
    const opening = /^\s*\/\*\*?/.exec(line);
    const single = /^\s*\/\/ ?(?!\/)(.*)/.exec(line);
    if (!inBlock && single === null) end();
    if (lines.length === 0 && !inBlock) start = index + 1;
    if (inBlock) {
      lines.push(line.replace(/^\s*\*(?!\/) ?/, '').replace(/\s*\*\/.*/, ''));
    } else if (single !== null) {
      lines.push(single[1] ?? '');
    } else if (opening !== null) {
      inBlock = true;
      lines.push(
        line
          .slice(opening[0].length)
          .replace(/\s*\*\/.*/, '')
          .trimStart(),
      );
    }
    if (inBlock && line.includes('*/')) end();
  });
  end();
  return found;
}

/** What is for tools, and what is no sentence. */
const DIRECTIVE = /^\s*(?:eslint-|@ts-|v8 ignore|prettier-ignore|vite-ignore|@__PURE__)/;

/** The text as Markdown: tags begin paragraphs, links are their text. */
function markdown({ text }: Comment): string {
  return text
    .replace(/^@param \S+ - /gm, '@param ')
    .replace(/\{@link(?:code|plain)? [^|}]*\| ?([^}]*)\}/g, '$1')
    .replace(/\{@(?:link(?:code|plain)?|inheritDoc)[^}]*\}/g, '`code`')
    .replace(/^@\w+[ \t]*/gm, '\n\n');
}

/** What stands before the colon of a label is no sentence: `Default: none.`, or a value and what it means. */
const LABEL = /(?<=^|[.!?)] )(?:Default(?: \S+)?|code(?:, code)*): /g;

/** The paragraphs of a file's comments. The line of each is that of its comment's beginning. */
export function commentParagraphs(source: string): Paragraph[] {
  return comments(source)
    .filter(({ text }) => !DIRECTIVE.test(text))
    .flatMap((comment) =>
      paragraphs(markdown(comment)).map(({ kind, text }) => ({
        line: comment.line,
        kind,
        text: text.replace(LABEL, (label) => label.replace(':', ' –')),
      })),
    );
}
