/**
 * Bytes in rows of 16, cut into opcodes, with what they say beside them.
 *
 * @module
 */
import type { Token } from '../../../pickle/index.js';
import { escapeText } from '../../text/escape.js';
import type { EscapeOptions } from '../../text/escape.js';
import { truncate } from '../../text/style.js';
import type { Paint, Style } from '../../text/style.js';
import { advance } from '../machine/analyse.js';
import type { AnalyseOptions } from '../machine/analyse.js';
import { Machine } from '../machine/machine.js';
import { argumentBrief, paintOfOpcode } from './listing.js';

const ROW = 16;
const LABEL = 28;

/** What a hex view shows. */
export interface HexOptions extends EscapeOptions {
  readonly style: Style;
  readonly width: number;
  /** Offsets of the first and last byte that are shown. */
  readonly first: number;
  readonly last: number;
}

interface Cell {
  readonly text: string;
  readonly paint: Paint | undefined;
  readonly starts: boolean;
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
export function* renderHex(data: Uint8Array, analyse: AnalyseOptions, options: HexOptions): Generator<string> {
  const rows = new Rows(data, options);
  const machine = new Machine(data, analyse);
  let offset = 0;
  while (machine.result === undefined && offset <= options.last) {
    const token = advance(machine, analyse, offset);
    if ('message' in token) break;
    yield* rows.add(token.offset, token.end, paintOfOpcode(token.opcode.name), label(token));
    offset = token.end;
  }
  // Behind STOP is another message; without STOP the rest belongs here.
  if (machine.result === undefined) yield* rows.add(offset, data.length, 'red', 'unread');
  yield* rows.end();
}

/** Gathers cells into rows. */
class Rows {
  readonly #data: Uint8Array;
  readonly #options: HexOptions;
  #cells: Cell[] = [];
  #labels: string[] = [];
  #start: number;

  constructor(data: Uint8Array, options: HexOptions) {
    this.#data = data;
    this.#options = options;
    this.#start = options.first - (options.first % ROW);
  }

  *add(from: number, to: number, paint: Paint | undefined, text: string): Generator<string> {
    const end = Math.min(to, this.#options.last + 1);
    const start = Math.max(from, this.#start);
    for (let at = start; at < end; at++) {
      const starts = at === from;
      if (starts) this.#labels.push(text);
      else if (at === start) this.#labels.push(`..${text}`);
      this.#cells.push({ text: (this.#data[at] ?? 0).toString(16).padStart(2, '0'), paint, starts });
      if (this.#cells.length === ROW) {
        yield this.#row();
        if (at + 1 < end) this.#labels.push(`..${text}`);
      }
    }
  }

  *end(): Generator<string> {
    if (this.#cells.length > 0) yield this.#row();
  }

  #row(): string {
    const { style, width } = this.#options;
    let bytes = '';
    this.#cells.forEach((cell, index) => {
      const separator = index === 0 ? '' : cell.starts ? '|' : ' ';
      bytes += separator + (cell.paint === undefined ? cell.text : style(cell.paint, cell.text));
    });
    const padding = ' '.repeat((ROW - this.#cells.length) * 3);
    const labels = truncate(
      escapeText(this.#labels.join(' | '), this.#options),
      Math.max(20, width - 60),
      this.#options.ascii,
    );
    const row = `${this.#start.toString(16).padStart(6, '0')}  ${bytes}${padding}  ${labels}`;
    this.#start += this.#cells.length;
    this.#cells = [];
    this.#labels = [];
    return `${row.trimEnd()}\n`;
  }
}
