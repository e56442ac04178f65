/**
 * The opcodes of a pickle as a listing, streamed: a line is made when the one before it is written.
 *
 * @module
 */
import { argumentRepr } from '../../../pickle/index.js';
import type { Token } from '../../../pickle/index.js';
import { escapeText } from '../../text/escape.js';
import { padRight, truncate } from '../../text/style.js';
import type { Paint, Style } from '../../text/style.js';
import type { Finding } from '../findings/finding.js';
import type { PathIndex } from '../lens/paths.js';
import { numberText } from '../lens/view.js';
import { shortName } from '../lens/lens.js';
import { advance } from '../machine/analyse.js';
import type { AnalyseOptions } from '../machine/analyse.js';
import { Machine } from '../machine/machine.js';
import type { Node } from '../machine/nodes.js';

/** What a listing shows. */
export interface ListingOptions {
  readonly style: Style;
  readonly ascii: boolean;
  readonly bytes: boolean;
  readonly stack: boolean;
  readonly memo: boolean;
  /** Where the values stand; undefined: no column for it. */
  readonly paths: PathIndex | undefined;
  /** Say what each opcode does. */
  readonly annotate: boolean;
  /** Offsets of the first and last byte that are shown. */
  readonly first: number;
  readonly last: number;
  /** Names of the opcodes that are shown; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
}

const BYTES_SHOWN = 6;
const MAX_INDENT = 8;

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

/** A node in a few characters. */
export function brief(node: Node | undefined): string {
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
      return `${node.kind}[${node.items.length}]`;
    case 'dict':
      return `dict[${node.keys.length}]`;
    case 'global':
      return node.name;
    case 'call':
      return node.callable.kind === 'global' ? `${shortName(node.callable.name)} object` : 'object';
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

/** What stands in the column of the argument: pickletools' text, and what the opcode came to. */
function argumentText(token: Token, machine: Machine): string {
  const { name } = token.opcode;
  const top = machine.stack[machine.stack.length - 1];
  switch (name) {
    case 'FRAME':
      return `${String(token.argument)} -> ends at ${machine.frameEnd}`;
    case 'STACK_GLOBAL':
      return top?.kind === 'global' ? `${top.module}.${top.name}` : '';
    case 'REDUCE':
    case 'NEWOBJ':
    case 'NEWOBJ_EX':
    case 'OBJ':
      return `-> ${brief(top)}`;
    case 'BINGET':
    case 'LONG_BINGET':
    case 'GET':
      return `${String(token.argument)} -> ${brief(top)}`;
    case 'STOP':
      return `-> ${brief(machine.result)}`;
    default:
      return argumentBrief(token) ?? '';
  }
}

function memoText(token: Token, machine: Machine): string {
  const { name } = token.opcode;
  const top = machine.stack[machine.stack.length - 1];
  if (name === 'MEMOIZE') return `=${machine.memo.size - 1} ${brief(top)}`;
  return name.endsWith('PUT') ? `=${String(token.argument)} ${brief(top)}` : '';
}

/** The first bytes of an opcode, in hex. Built byte by byte: a listing has hundreds of thousands of them. */
function bytesText(data: Uint8Array, token: Token): string {
  const end = Math.min(token.end, token.offset + BYTES_SHOWN);
  let text = '';
  for (let at = token.offset; at < end; at++) text += `${HEX[data[at] ?? 0] ?? ''} `;
  return end < token.end ? `${text}..` : text;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The heading of the columns. */
export function listingHeading(options: ListingOptions): string {
  const columns = ['   off', ' len'];
  if (options.bytes) columns.push('bytes'.padEnd(BYTES_WIDTH));
  columns.push('opcode'.padEnd(OPCODE_WIDTH), 'argument'.padEnd(ARGUMENT_WIDTH));
  if (options.stack) columns.push('stack');
  if (options.memo) columns.push('memo'.padEnd(MEMO_WIDTH));
  if (options.paths !== undefined) columns.push('path');
  return `${options.style('bold', columns.join('  ').trimEnd())}\n`;
}

const BYTES_WIDTH = BYTES_SHOWN * 3 + 2;
const OPCODE_WIDTH = 20;
const ARGUMENT_WIDTH = 32;
const MEMO_WIDTH = 14;

/** The lines of one pickle. Returns what ended it early, if something did. */
export function* renderListing(
  data: Uint8Array,
  analyse: AnalyseOptions,
  options: ListingOptions,
): Generator<string, Finding | undefined> {
  const machine = new Machine(data, analyse);
  let offset = 0;
  while (machine.result === undefined) {
    const depth = machine.marks.length;
    const next = advance(machine, analyse, offset);
    if ('message' in next) return next;
    offset = next.end;
    const shown = next.offset <= options.last && next.end > options.first;
    if (shown && options.only?.has(next.opcode.name) !== false) {
      yield lineOf(next, machine, Math.min(depth, machine.marks.length), options);
    }
    if (next.offset > options.last) return undefined;
  }
  return undefined;
}

function lineOf(token: Token, machine: Machine, depth: number, options: ListingOptions): string {
  const { style } = options;
  const { name } = token.opcode;
  let line = `${String(token.offset).padStart(6)}  ${String(token.end - token.offset).padStart(4)}  `;
  if (options.bytes) line += `${bytesText(machine.data, token).padEnd(BYTES_WIDTH)}  `;
  const opcode = ('. '.repeat(Math.min(depth, MAX_INDENT)) + name).padEnd(OPCODE_WIDTH);
  const paint = paintOfOpcode(name);
  line += `${paint === undefined ? opcode : style(paint, opcode)}  `;
  const raw = argumentText(token, machine);
  const argument = raw === '' ? '' : truncate(escapeText(raw, options), ARGUMENT_WIDTH, options.ascii);
  line += padRight(argument, ARGUMENT_WIDTH);
  if (options.stack) line += `  ${String(machine.stack.length).padStart(5)}`;
  if (options.memo) line += `  ${padRight(escapeText(memoText(token, machine), options), MEMO_WIDTH)}`;
  if (options.paths !== undefined) line += `  ${escapeText(options.paths.pathAt(token.offset) ?? '', options)}`;
  if (options.annotate) line += `  ${style('dim', token.opcode.doc)}`;
  return `${line.trimEnd()}\n`;
}
