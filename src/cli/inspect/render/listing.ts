/**
 * The opcodes of a pickle as a listing, written while it is made.
 *
 * @module
 */
import { argumentRepr } from '../../../pickle/index.js';
import type { Token } from '../../../pickle/index.js';
import type { OpcodeName } from '../../../pickle/internal.js';
import { escapeText } from '../../kit/text/escape.js';
import type { Sink } from '../../kit/io.js';
import type { LineBuffer } from '../../kit/text/line-buffer.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { displayWidth, padLeft, padRight, truncate } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { PathIndex } from '../lens/paths.js';
import { numberText } from '../lens/numbers.js';
import { shortName } from '../lens/lens.js';
import type { Node } from '../machine/nodes.js';
import { readOpcode } from '../machine/read-opcode.js';
import type { Trace } from '../machine/trace.js';

/** What a listing shows. */
export interface ListingOptions {
  readonly style: Style;
  readonly ascii: boolean;
  readonly bytes: boolean;
  readonly stack: boolean;
  readonly memo: boolean;
  /** Where the values stand; undefined: no column for it. */
  readonly paths: PathIndex | undefined;
  /** Columns that a path has; a longer one shows its end. Undefined: as many as it takes. */
  readonly pathWidth: number | undefined;
  /** The output is narrower than all columns together. */
  readonly isNarrow: boolean;
  /** Say what each opcode does. */
  readonly annotate: boolean;
  /** Offsets of the first and last byte that are shown. */
  readonly first: number;
  readonly last: number;
  /** Names of the opcodes that are shown; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly words: ViewTexts;
}

const BYTES_SHOWN = 6;
const MAX_INDENT = 8;
/** The same where each column counts: the longest name still fits. */
const NARROW_INDENT = 2;

/** The families of opcodes, for colours and the hex view. */
export function paintOfOpcode(name: string): Paint | undefined {
  switch (name) {
    case 'GLOBAL':
    case 'STACK_GLOBAL':
    case 'EXT1':
    case 'EXT2':
    case 'EXT4':
    case 'PERSID':
    case 'BINPERSID':
      return 'magenta';
    case 'REDUCE':
    case 'NEWOBJ':
    case 'NEWOBJ_EX':
    case 'INST':
    case 'OBJ':
    case 'BUILD':
      return 'red';
    case 'MARK':
    case 'POP':
    case 'POP_MARK':
    case 'DUP':
    case 'STOP':
    case 'PROTO':
    case 'FRAME':
      return 'blue';
    default:
      if (/(?:PUT|GET|MEMOIZE)$/.test(name)) return 'dim';
      if (/STRING|UNICODE|BYTES|BYTEARRAY/.test(name)) return 'green';
      if (/INT|LONG|FLOAT|NONE|NEWTRUE|NEWFALSE/.test(name)) return 'yellow';
      return 'cyan';
  }
}

/**
 * A node in a few characters.
 * @param count - Items that it holds; given where it held fewer then than it does now.
 */
export function brief(node: Node | undefined, words: ViewTexts, count?: number): string {
  if (node === undefined) return '';
  switch (node.kind) {
    case 'str':
      return `'${truncate(node.value.slice(0, 32), 16)}'`;
    case 'int':
      return truncate(numberText(node.value), 16);
    case 'float':
    case 'bool':
      return truncate(String(node.value), 16);
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return `${node.kind}[${count ?? node.items.length}]`;
    case 'dict':
      return `dict[${count ?? node.keys.length}]`;
    case 'global':
      return node.name;
    case 'call':
      return node.callable.kind === 'global' ? words.objectOf(shortName(node.callable.name)) : words.anObject;
    default:
      return node.kind;
  }
}

/** Characters of an argument that are looked at: none is shown in full length. */
const MAX_ARGUMENT = 200;

/** The argument as pickletools writes it, cut before it is written: a text or number may have megabytes. */
export function argumentBrief(token: Token): string | undefined {
  const { argument } = token;
  if (typeof argument === 'bigint') return numberText(argument);
  if ((typeof argument === 'string' || argument instanceof Uint8Array) && argument.length > MAX_ARGUMENT) {
    const cut = argument instanceof Uint8Array ? argument.subarray(0, MAX_ARGUMENT) : argument.slice(0, MAX_ARGUMENT);
    return `${argumentRepr({ ...token, argument: cut }) ?? ''}…`;
  }
  return argumentRepr(token);
}

/** Columns that a listing takes up to its paths. */
export function columnsBeforePath({ bytes, stack, memo }: Pick<ListingOptions, 'bytes' | 'stack' | 'memo'>): number {
  const always = 6 + 2 + 4 + 2 + OPCODE_WIDTH + 2 + ARGUMENT_WIDTH + 2;
  return always + (bytes ? BYTES_WIDTH + 2 : 0) + (stack ? 7 : 0) + (memo ? MEMO_WIDTH + 2 : 0);
}

/** The end of a text, in so many columns. */
function endOf(text: string, width: number, ascii: boolean): string {
  const mark = ascii ? '...' : '…';
  const characters = Array.from(text);
  let used = mark.length;
  let start = characters.length;
  while (start > 0 && used + displayWidth(characters[start - 1] ?? '') <= width)
    used += displayWidth(characters[--start] ?? '');
  return start === 0 ? text : mark + characters.slice(start).join('');
}

/** The heading of the columns. */
export function listingHeading(options: ListingOptions): string {
  const { columns: names } = options.words;
  const columns = [padLeft(names.offset, 6), padLeft(names.length, 4)];
  if (options.bytes) columns.push(padRight(names.bytes, BYTES_WIDTH));
  columns.push(padRight(names.opcode, OPCODE_WIDTH), padRight(names.argument, ARGUMENT_WIDTH));
  if (options.stack) columns.push(padLeft(names.stack, 5));
  if (options.memo) columns.push(padRight(names.memo, MEMO_WIDTH));
  if (options.paths !== undefined) columns.push(names.path);
  return `${options.style('bold', columns.join('  ').trimEnd())}\n`;
}

const BYTES_WIDTH = BYTES_SHOWN * 3 + 2;
const OPCODE_WIDTH = 20;
const ARGUMENT_WIDTH = 32;
const MEMO_WIDTH = 14;

/**
 * Writes the lines of one pickle, as far as it was read.
 * @param buffer - Gathers the lines; empty before and after.
 */
export async function writeListing(
  data: Uint8Array,
  trace: Trace,
  options: ListingOptions,
  sink: Sink,
  buffer: LineBuffer,
): Promise<void> {
  const lines = new ListingLines(data, trace, options, buffer);
  for (let index = 0, offset = 0; index < trace.length; index++) {
    const token = readOpcode(data, offset);
    if (token.offset > options.last) break;
    offset = trace.raws.get(token.end) ?? token.end;
    if (token.end <= options.first || options.only?.has(token.opcode.name) === false) continue;
    lines.add(token, index);
    if (buffer.isFull) await buffer.flush(sink);
  }
  await buffer.flush(sink);
}

/** What opcodes show in the columns of the argument and the memo. */
type Column = 'frame' | 'name' | 'made' | 'fetched' | 'stored' | 'memoized' | 'other';

function columnOf(name: string): Column {
  switch (name) {
    case 'FRAME':
      return 'frame';
    case 'STACK_GLOBAL':
      return 'name';
    case 'REDUCE':
    case 'NEWOBJ':
    case 'NEWOBJ_EX':
    case 'OBJ':
    case 'STOP':
      return 'made';
    case 'BINGET':
    case 'LONG_BINGET':
    case 'GET':
      return 'fetched';
    case 'BINPUT':
    case 'LONG_BINPUT':
    case 'PUT':
      return 'stored';
    case 'MEMOIZE':
      return 'memoized';
    default:
      return 'other';
  }
}

/** What is the same in every line of an opcode. */
interface OpcodeColumns {
  readonly column: Column;
  /** Its name behind the indent, padded and painted, by the number of open marks. */
  readonly names: Uint8Array[];
}

/** Texts of nodes that are kept: the same few are fetched from the memo again and again. */
const BRIEFS_KEPT = 4096;

class ListingLines {
  readonly #buffer: LineBuffer;
  readonly #data: Uint8Array;
  readonly #trace: Trace;
  readonly #options: ListingOptions;
  readonly #maxIndent: number;
  readonly #columns = new Map<Token['opcode'], OpcodeColumns>();
  readonly #briefs = new Map<Node, string>();
  /** The same of objects, by their class. */
  readonly #objects = new Map<Node, string>();

  constructor(data: Uint8Array, trace: Trace, options: ListingOptions, buffer: LineBuffer) {
    this.#buffer = buffer;
    this.#data = data;
    this.#trace = trace;
    this.#options = options;
    this.#maxIndent = options.isNarrow ? NARROW_INDENT : MAX_INDENT;
  }

  /** Adds the line of the opcode with this number. */
  add(token: Token, index: number): void {
    const buffer = this.#buffer;
    const trace = this.#trace;
    const options = this.#options;
    const { opcode, offset, end } = token;
    const columns = this.#columns.get(opcode) ?? this.#columnsOf(opcode);
    const start = buffer.length;
    buffer.number(offset, 6);
    buffer.spaces(2);
    buffer.number(end - offset, 4);
    buffer.spaces(2);
    if (options.bytes) this.#addBytes(offset, end);
    // A mark that the opcode takes is closed in its own line, one that it makes opens after it.
    const depth = Math.min(trace.marksAt(index - 1), trace.marksAt(index), this.#maxIndent);
    buffer.bytes(columns.names[depth] ?? this.#nameOf(opcode, columns, depth), OPCODE_WIDTH + 2);
    this.#addArgument(token, index, columns.column);
    if (options.stack) {
      buffer.spaces(2);
      buffer.number(trace.depthAt(index), 5);
    }
    if (options.memo) this.#addMemo(token, index, columns.column);
    if (options.paths !== undefined) {
      buffer.spaces(2);
      const from = buffer.length;
      options.paths.write(offset, buffer, options);
      if (options.pathWidth !== undefined && buffer.length - from > options.pathWidth)
        buffer.text(endOf(buffer.cut(from), options.pathWidth, options.ascii));
    }
    if (options.annotate) {
      buffer.spaces(2);
      buffer.text(options.style('dim', options.words.docs[opcode.name as OpcodeName]));
    }
    buffer.endLine(start);
  }

  #columnsOf(opcode: Token['opcode']): OpcodeColumns {
    const columns = { column: columnOf(opcode.name), names: [] };
    this.#columns.set(opcode, columns);
    return columns;
  }

  #nameOf(opcode: Token['opcode'], columns: OpcodeColumns, depth: number): Uint8Array {
    const padded = ('. '.repeat(depth) + opcode.name).padEnd(OPCODE_WIDTH);
    const paint = paintOfOpcode(opcode.name);
    const text = paint === undefined ? padded.trimEnd() : `${this.#options.style(paint, padded)}  `;
    const bytes = new TextEncoder().encode(text);
    columns.names[depth] = bytes;
    return bytes;
  }

  #addBytes(offset: number, end: number): void {
    const buffer = this.#buffer;
    const shown = Math.min(end, offset + BYTES_SHOWN);
    buffer.hex(this.#data, offset, shown);
    if (shown < end) buffer.text('..');
    buffer.spaces(BYTES_WIDTH + 2 - 3 * (shown - offset) - (shown < end ? 2 : 0));
  }

  /** pickletools' text, and what the opcode came to. */
  #addArgument(token: Token, index: number, column: Column): void {
    const buffer = this.#buffer;
    const start = buffer.length;
    switch (column) {
      case 'frame': {
        const { argument: size, end } = token;
        const last = typeof size === 'bigint' ? size + BigInt(end) : Number(size) + end;
        this.#field(this.#options.words.endsAt(String(size), String(last)));
        return;
      }
      case 'name': {
        const top = this.#trace.tops[index];
        this.#field(top?.kind === 'global' ? `${top.module}.${top.name}` : '');
        return;
      }
      case 'fetched':
        if (isCount(token)) buffer.number(token.argument, 0);
        else buffer.text(String(token.argument));
        buffer.text(' -> ');
        break;
      case 'made':
        buffer.text('-> ');
        break;
      default:
        if (token.argument === undefined) {
          buffer.spaces(ARGUMENT_WIDTH);
        } else if (isCount(token)) {
          buffer.number(token.argument, 0);
          buffer.spaces(ARGUMENT_WIDTH - buffer.length + start);
        } else {
          this.#field(argumentBrief(token) ?? '');
        }
        return;
    }
    this.#addBrief(start, index, ARGUMENT_WIDTH, true);
  }

  /** Adds text of the pickle in the width of its column. */
  #field(raw: string): void {
    const buffer = this.#buffer;
    if (raw.length <= ARGUMENT_WIDTH && isPlain(raw)) {
      buffer.text(raw);
      buffer.spaces(ARGUMENT_WIDTH - raw.length);
      return;
    }
    if (isPlain(raw.length > ARGUMENT_WIDTH ? raw.slice(0, ARGUMENT_WIDTH + 1) : raw)) {
      // What truncate() would come to, without measuring each character.
      const mark = this.#options.ascii ? '...' : '…';
      buffer.text(raw.slice(0, ARGUMENT_WIDTH - mark.length));
      buffer.text(mark);
      return;
    }
    const text = truncate(escapeText(raw, this.#options), ARGUMENT_WIDTH, this.#options.ascii);
    buffer.text(text);
    buffer.spaces(ARGUMENT_WIDTH - displayWidth(text));
  }

  #addMemo(token: Token, index: number, column: Column): void {
    const buffer = this.#buffer;
    buffer.spaces(2);
    if (column !== 'stored' && column !== 'memoized') {
      buffer.spaces(MEMO_WIDTH);
      return;
    }
    const start = buffer.length;
    buffer.text('=');
    const entry = column === 'memoized' ? this.#trace.memoAt(index) - 1 : -1;
    // Of an empty stack nothing is stored: -1.
    if (entry >= 0) buffer.number(entry, 0);
    else buffer.text(String(column === 'memoized' ? entry : token.argument));
    buffer.text(' ');
    this.#addBrief(start, index, MEMO_WIDTH, false);
  }

  /** Adds the top of the stack after an opcode in a few characters, to what stands in the column from `start` on. */
  #addBrief(start: number, index: number, width: number, mayCut: boolean): void {
    const buffer = this.#buffer;
    const node = this.#trace.tops[index];
    let columns = 0;
    switch (node?.kind) {
      case 'list':
      case 'tuple':
      case 'set':
      case 'frozenset':
      case 'dict':
        buffer.text(node.kind);
        buffer.text('[');
        buffer.number(this.#trace.countAt(index), 0);
        buffer.text(']');
        break;
      case 'str':
      case 'global':
        columns = buffer.text(this.#briefs.get(node) ?? this.#keep(this.#briefs, node, node));
        break;
      case 'call':
        columns = buffer.text(this.#objects.get(node.callable) ?? this.#keep(this.#objects, node.callable, node));
        break;
      default:
        columns = buffer.text(escapeText(brief(node, this.#options.words), this.#options));
    }
    const used = buffer.length - start;
    if (columns >= 0 && (used <= width || !mayCut)) buffer.spaces(width - used);
    else this.#refit(start, width, mayCut);
  }

  #keep(briefs: Map<Node, string>, key: Node, node: Node): string {
    if (briefs.size >= BRIEFS_KEPT) briefs.clear();
    const text = escapeText(brief(node, this.#options.words), this.#options);
    briefs.set(key, text);
    return text;
  }

  /** Text that is wider than its column, or not ASCII, once more: measured, cut where it has to be. */
  #refit(start: number, width: number, mayCut: boolean): void {
    const buffer = this.#buffer;
    const whole = buffer.cut(start);
    const text = mayCut ? truncate(whole, width, this.#options.ascii) : whole;
    buffer.text(text);
    buffer.spaces(width - displayWidth(text));
  }
}

/** Whether an argument is a whole number that has no sign: written without a string. */
function isCount(token: Token): token is Token & { readonly argument: number } {
  const { argument, opcode } = token;
  return typeof argument === 'number' && (opcode.argument === 'uint1' || opcode.argument === 'uint2');
}

/** Whether text is ASCII without controls: nothing to escape, and a column a character. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}
