/**
 * Lines of text that fit a width, in English and Chinese.
 *
 * @module
 */
import { displayWidth } from './style.js';

/** What may not begin a line, and what may not end one. */
const CLOSING = '，。、：；？！）》”』」…';
const OPENING = '（《“『「';

/**
 * What is not divided: a Chinese character or a word, with the spaces before it and the marks around it. Between two such
 * things a line may end, also where there is no space.
 */
const PIECE = new RegExp(
  `\\s*(?:[${OPENING}]*(?:[\\u2e80-\\u9fff]|[^\\s\\u2e80-\\u9fff\\uff00-\\uff60${OPENING}]+|\\S)[${CLOSING}]*)`,
  'gu',
);

/** Wraps each line of a text. A word that is wider than the width stands alone. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.match(PIECE) ?? []) {
    if (line !== '' && displayWidth(line) + displayWidth(piece) > width) {
      lines.push(line);
      line = piece.trimStart();
    } else {
      line += piece;
    }
  }
  return [...lines, line];
}
