/**
 * Bytes in rows of 16, cut into opcodes, with what they say beside them.
 *
 * @module
 */
import type { Token } from '../../../pickle/index.js';
import { escapeText } from '../../kit/text/escape.js';
import type { EscapeOptions } from '../../kit/text/escape.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { truncate } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { Analysis } from '../machine/analyse.js';
import { readOpcode } from '../machine/read-opcode.js';
import { argumentBrief, paintOfOpcode } from './listing.js';

const ROW = 16;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const LABEL = 28;
/** Bytes behind the place where reading ended that are shown when nobody asked for them. */
const MAX_UNREAD = 4096;

/** What a hex view shows. */
export interface HexOptions extends EscapeOptions {
  readonly style: Style;
  readonly width: number;
  /** Offsets of the first and last byte that are shown. */
  readonly first: number;
  readonly last: number;
  readonly words: ViewTexts;
}

/** An opcode in a few characters. */
function label(token: Token): string {
  const { name } = token.opcode;
  const argument = argumentBrief(token);
  if (name === 'MEMOIZE') return '=';
  if (argument === undefined) return name;
  if (/UNICODE|STRING|BYTES|BYTEARRAY|INT|LONG|FLOAT/.test(name)) return truncate(argument, LABEL);
  return `${name} ${truncate(argument, LABEL)}`;
}

/** The rows of a pickle. What cannot be read is shown too, in red. */
export function* renderHex(
  { data: all, end: length, readTo, stopped, facts }: Analysis,
  options: HexOptions,
): Generator<string> {
  const data = all.subarray(0, length);
  const rows = new Rows(data, options);
  let offset = 0;
  while (offset < readTo && offset <= options.last) {
    const token = readOpcode(data, offset);
    yield* rows.add(token.offset, token.end, paintOfOpcode(token.opcode.name), label(token));
    offset = facts.raws.get(token.end) ?? token.end;
    if (offset > token.end) yield* rows.add(token.end, offset, undefined, options.words.arrayBytes);
  }
  // Behind STOP is another message; without STOP the rest belongs here.
  if (stopped || offset > options.last) {
    yield rows.end();
    return;
  }
  const chosen = options.first > 0 || Number.isFinite(options.last);
  const end = chosen ? data.length : Math.min(data.length, offset + MAX_UNREAD);
  yield* rows.add(offset, end, 'red', options.words.unreadBytes);
  yield rows.end();
  if (end < data.length) yield `${options.words.notRead(data.length - end, end)}\n`;
}

/** Gathers bytes into rows. */
class Rows {
  readonly #data: Uint8Array;
  readonly #options: HexOptions;
  /** The bytes of the row as text, and how many they are. */
  #bytes = '';
  #count = 0;
  #labels: string[] = [];
  #start: number;

  constructor(data: Uint8Array, options: HexOptions) {
    this.#data = data;
    this.#options = options;
    this.#start = options.first - (options.first % ROW);
  }

  /** Adds the bytes of an opcode. Gives the rows that are full now. */
  add(from: number, to: number, paint: Paint | undefined, text: string): Iterable<string> {
    const end = Math.min(to, this.#options.last + 1);
    const start = Math.max(from, this.#start);
    // Most opcodes are a few bytes and fill at most one row: those need no generator.
    if (end - start > ROW) return this.#addRows(from, start, end, paint, text);
    const row = this.#addBytes(from, start, end, paint, text);
    return row === '' ? NONE : [row];
  }

  /** The last row. */
  end(): string {
    return this.#count > 0 ? this.#row() : '';
  }

  *#addRows(from: number, start: number, end: number, paint: Paint | undefined, text: string): Generator<string> {
    for (let at = start; at < end;) {
      const next = Math.min(end, at + ROW - this.#count);
      const row = this.#addBytes(from, at, next, paint, text);
      at = next;
      if (row !== '') yield row;
    }
  }

  #addBytes(from: number, start: number, end: number, paint: Paint | undefined, text: string): string {
    const { style } = this.#options;
    let full = '';
    for (let at = start; at < end; at++) {
      const starts = at === from;
      if (starts) this.#labels.push(text);
      else if (at === start || this.#count === 0) this.#labels.push(`..${text}`);
      if (this.#count > 0) this.#bytes += starts ? '|' : ' ';
      const byte = HEX[this.#data[at] ?? 0] ?? '';
      this.#bytes += paint === undefined ? byte : style(paint, byte);
      if (++this.#count === ROW) full += this.#row();
    }
    return full;
  }

  #row(): string {
    const { width } = this.#options;
    const padding = ' '.repeat((ROW - this.#count) * 3);
    const labels = truncate(
      escapeText(this.#labels.join(' | '), this.#options),
      Math.max(20, width - 60),
      this.#options.ascii,
    );
    const row = `${this.#start.toString(16).padStart(6, '0')}  ${this.#bytes}${padding}  ${labels}`;
    this.#start += this.#count;
    this.#bytes = '';
    this.#count = 0;
    this.#labels = [];
    return `${row.trimEnd()}\n`;
  }
}

const NONE: readonly string[] = [];
