/**
 * Colours and widths of terminal text.
 *
 * @module
 */
import type { Io } from '../io.js';

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** What a piece of text is painted with. */
export type Paint = keyof typeof CODES;

/** Paints text, or leaves it as it is. */
export type Style = (paint: Paint, text: string) => string;

/** The style without colours. */
export const plainStyle: Style = (_paint, text) => text;

const ansiStyle: Style = (paint, text) => {
  const [on, off] = CODES[paint];
  return `\x1b[${on}m${text}\x1b[${off}m`;
};

/** The values of `--color`. */
export const COLOR_MODES = ['auto', 'always', 'never'] as const;
/** When to paint. */
export type ColorMode = (typeof COLOR_MODES)[number];

/**
 * The style for a program's output: `auto` paints on a terminal, unless NO_COLOR is set (https://no-color.org) or the
 * terminal is dumb.
 */
export function chooseStyle(mode: ColorMode, io: Pick<Io, 'stdout' | 'env'>): Style {
  if (mode === 'never') return plainStyle;
  if (mode === 'always') return ansiStyle;
  const noColor = io.env['NO_COLOR'];
  if (noColor !== undefined && noColor !== '') return plainStyle;
  return io.stdout.isTTY && io.env['TERM'] !== 'dumb' ? ansiStyle : plainStyle;
}

/** Characters that take two columns: CJK, kana, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NARROW_ONLY = /^[\x20-\x7e]*$/;

/** Columns that text takes on a terminal (combining marks take none). The text holds no escape sequences. */
export function displayWidth(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Pads with spaces on the right up to `width` columns. */
export function padRight(text: string, width: number): string {
  const missing = width - displayWidth(text);
  return missing > 0 ? text + ' '.repeat(missing) : text;
}

/** Text padded on its left to a number of terminal columns. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts text to `width` columns, with `…` (or `...` in ASCII) where something is missing. */
export function truncate(text: string, width: number, ascii = false): string {
  if (displayWidth(text) <= width) return text;
  const mark = ascii ? '...' : '…';
  const room = Math.max(0, width - mark.length);
  let kept = '';
  let used = 0;
  for (const character of text) {
    const columns = displayWidth(character);
    if (used + columns > room) break;
    kept += character;
    used += columns;
  }
  return kept + mark;
}
