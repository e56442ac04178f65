/**
 * Cuts a pickle into opcodes, as `pickletools.genops` does. Nothing is built; each token is read when it is asked for.
 *
 * @module
 */
import { option, OptionTable } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import { OptionChecks } from '../../options.js';
import { UnpicklingError } from '../errors.js';
import { decodeLong, DigitsError, NumberError, parseFloatLine, parseInteger, toInteger } from './numbers.js';
import { opcodeOf } from './opcodes.js';
import type { Opcode } from './opcodes.js';
import { decodeLatin1, decodeRawUnicodeEscape, decodeStringEscape, decodeUtf8, TextError } from './text.js';

/**
 * An opcode's argument:
 *
 * - a number or bigint for ints and floats, true and false for `I01` and `I00`;
 * - a string for text. Module and name of GLOBAL and INST have a space between, as `pickletools` gives them;
 * - Uint8Array for bytes and bytearrays, a view into the data;
 * - undefined for none.
 */
export type TokenArgument = number | bigint | boolean | string | Uint8Array | undefined;

/** One opcode in a pickle. */
export interface Token {
  readonly opcode: Opcode;
  readonly argument: TokenArgument;
  /** Offset of the opcode's byte. */
  readonly offset: number;
  /** Offset of the byte after the argument. */
  readonly end: number;
}

/** Where and how far `tokens` reads. */
export interface TokensOptions {
  /** Where the pickle starts in the data, in bytes. Default 0. */
  readonly start?: number | undefined;
}

/** How options of reading are checked. @internal */
export const unpicklingChecks = new OptionChecks((message) => new UnpicklingError('INVALID_OPTION', message));

/** The options of `tokens`. @internal */
export const TOKENS_OPTIONS = new OptionTable(unpicklingChecks, 'the options of tokens', {
  start: option.count({ least: 0 }, 0),
} satisfies RowsOf<TokensOptions>);

/**
 * The opcodes of a pickle up to and including STOP.
 *
 * @throws UnpicklingError from the iteration, at the first byte that is no opcode or whose argument is damaged; what
 * came before has been given by then.
 */
export function* tokens(data: Uint8Array, options: TokensOptions = {}): Generator<Token, void, undefined> {
  if (!(data instanceof Uint8Array)) throw new UnpicklingError('INVALID_INPUT', 'The data is not a Uint8Array');
  let { start: offset } = TOKENS_OPTIONS.resolve(options);
  while (true) {
    const token = readToken(data, offset);
    yield token;
    if (token.opcode.name === 'STOP') return;
    offset = token.end;
  }
}

/** The opcode at an offset. @throws UnpicklingError */
export function readToken(data: Uint8Array, offset: number): Token {
  const code = data[offset];
  if (code === undefined)
    throw new UnpicklingError('TRUNCATED', `The data ends at byte ${offset} without STOP`, { offset });

  const opcode = opcodeOf(code);
  if (opcode === undefined) {
    const shown = code.toString(16).padStart(2, '0');
    throw new UnpicklingError('UNKNOWN_OPCODE', `Byte 0x${shown} at ${offset} is no opcode`, { offset });
  }
  return readFrequent(data, offset, opcode) ?? readAny(data, offset, opcode);
}

/**
 * The kinds of argument that almost all opcodes of a real pickle have, read without a cursor. Undefined for the others,
 * and for an argument that is cut off.
 */
function readFrequent(data: Uint8Array, offset: number, opcode: Opcode): Token | undefined {
  const left = data.length - offset - 1;
  const first = data[offset + 1] ?? 0;
  switch (opcode.argument) {
    case 'none':
      return { opcode, argument: undefined, offset, end: offset + 1 };
    case 'uint1':
      return left < 1 ? undefined : { opcode, argument: first, offset, end: offset + 2 };
    case 'uint2':
      return left < 2
        ? undefined
        : { opcode, argument: first | ((data[offset + 2] ?? 0) << 8), offset, end: offset + 3 };
    case 'uint4':
      return left < 4 ? undefined : { opcode, argument: int4At(data, offset + 1) >>> 0, offset, end: offset + 5 };
    case 'int4':
      return left < 4 ? undefined : { opcode, argument: int4At(data, offset + 1), offset, end: offset + 5 };
    case 'bytes1': {
      const end = offset + 2 + first;
      return left < 1 + first ? undefined : { opcode, argument: data.subarray(offset + 2, end), offset, end };
    }
    case 'unicodestring1': {
      if (first > SHORT_TEXT || left < 1 + first) return undefined;
      let argument = '';
      const end = offset + 2 + first;
      for (let at = offset + 2; at < end; at++) {
        const byte = data[at] ?? 0;
        if (byte > 0x7f) return undefined;
        argument += String.fromCharCode(byte);
      }
      return { opcode, argument, offset, end };
    }
    default:
      return undefined;
  }
}

/** Up to this many bytes a loop over ASCII beats TextDecoder. */
const SHORT_TEXT = 32;

function int4At(data: Uint8Array, at: number): number {
  return (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16) | ((data[at + 3] ?? 0) << 24);
}

function readAny(data: Uint8Array, offset: number, opcode: Opcode): Token {
  const cursor = new ArgumentCursor(data, opcode, offset);
  try {
    const argument = readArgument(cursor);
    return { opcode, argument, offset, end: cursor.position };
  } catch (error) {
    if (error instanceof TextError) throw cursor.fail('BAD_TEXT', error.message, error);
    if (error instanceof NumberError) throw cursor.fail('BAD_ARGUMENT', error.message, error);
    throw error;
  }
}

/** Reads one argument, and never beyond the data. */
class ArgumentCursor {
  position: number;

  constructor(
    readonly data: Uint8Array,
    readonly opcode: Opcode,
    readonly offset: number,
  ) {
    this.position = offset + 1;
  }

  /** Takes `length` bytes and gives the offset of the first. */
  take(length: number | bigint): number {
    const start = this.position;
    const left = this.data.length - start;
    if (length > left) throw this.fail('TRUNCATED', `says ${length} bytes, ${left} remain`);
    this.position = start + Number(length);
    return start;
  }

  uint(bytes: number): number {
    const left = this.data.length - this.position;
    if (bytes > left) throw this.fail('TRUNCATED', `needs ${bytes} bytes, ${left} remain`);
    let value = 0;
    for (let index = bytes - 1; index >= 0; index--) value = value * 256 + (this.data[this.position + index] ?? 0);
    this.position += bytes;
    return value;
  }

  int4(): number {
    return this.uint(4) | 0;
  }

  uint8(): number | bigint {
    const low = this.uint(4);
    const high = this.uint(4);
    return toInteger((BigInt(high) << 32n) | BigInt(low));
  }

  float8(): number {
    if (this.data.length - this.position < 8)
      throw this.fail('TRUNCATED', `needs 8 bytes, ${this.data.length - this.position} remain`);

    const view = new DataView(this.data.buffer, this.data.byteOffset + this.take(8), 8);
    return view.getFloat64(0);
  }

  /** Takes a length that must not be negative. */
  size4(): number {
    const size = this.int4();
    if (size < 0) throw this.fail('BAD_ARGUMENT', `has the negative length ${size}`);
    return size;
  }

  /** Takes a line and gives its start; the line ends before `position - 1`. */
  line(): number {
    const start = this.position;
    const newline = this.data.indexOf(0x0a, start);
    if (newline < 0) throw this.fail('TRUNCATED', 'has a line without an end');
    this.position = newline + 1;
    return start;
  }

  lineText(): string {
    const start = this.line();
    return decodeLatin1(this.data, start, this.position - 1);
  }

  text(length: number | bigint): string {
    const start = this.take(length);
    return decodeUtf8(this.data, start, this.position);
  }

  bytes(length: number | bigint): Uint8Array {
    const start = this.take(length);
    return this.data.subarray(start, this.position);
  }

  fail(code: 'TRUNCATED' | 'BAD_ARGUMENT' | 'BAD_TEXT', what: string, cause?: unknown): UnpicklingError {
    const { offset, opcode } = this;
    return new UnpicklingError(code, `${opcode.name} at byte ${offset} ${what}`, {
      offset,
      opcode: opcode.name,
      cause,
    });
  }
}

function readArgument(cursor: ArgumentCursor): TokenArgument {
  switch (cursor.opcode.argument) {
    case 'none':
      return undefined;
    case 'uint1':
      return cursor.uint(1);
    case 'uint2':
      return cursor.uint(2);
    case 'uint4':
      return cursor.uint(4);
    case 'uint8':
      return cursor.uint8();
    case 'int4':
      return cursor.int4();
    case 'float8':
      return cursor.float8();
    case 'decimalnl_short': {
      const line = cursor.lineText();
      if (line === '00') return false;
      return line === '01' ? true : integer(cursor, line);
    }
    case 'decimalnl_long':
      return integer(cursor, cursor.lineText().replace(/L$/, ''));
    case 'floatnl':
      return parseFloatLine(cursor.lineText().trim());
    case 'stringnl':
      return quotedLine(cursor);
    case 'stringnl_noescape':
      return utf8Line(cursor);
    case 'stringnl_noescape_pair':
      return `${utf8Line(cursor)} ${utf8Line(cursor)}`;
    case 'unicodestringnl': {
      const start = cursor.line();
      return decodeRawUnicodeEscape(cursor.data, start, cursor.position - 1);
    }
    case 'string1':
      return decodeLatin1(cursor.bytes(cursor.uint(1)));
    case 'string4':
      return decodeLatin1(cursor.bytes(cursor.size4()));
    case 'unicodestring1':
      return cursor.text(cursor.uint(1));
    case 'unicodestring4':
      return cursor.text(cursor.uint(4));
    case 'unicodestring8':
      return cursor.text(cursor.uint8());
    case 'bytes1':
      return cursor.bytes(cursor.uint(1));
    case 'bytes4':
      return cursor.bytes(cursor.uint(4));
    case 'bytes8':
    case 'bytearray8':
      return cursor.bytes(cursor.uint8());
    case 'long1':
      return long(cursor, cursor.uint(1));
    case 'long4':
      return long(cursor, cursor.size4());
  }
}

/** A bound on the work for one int of a listing, far above what any program writes. */
const MAX_TOKEN_DIGITS = 3_000_000;

function integer(cursor: ArgumentCursor, line: string): number | bigint {
  try {
    return parseInteger(line, 10, MAX_TOKEN_DIGITS);
  } catch (error) {
    if (error instanceof DigitsError) throw cursor.fail('BAD_ARGUMENT', error.message, error);
    throw error;
  }
}

function long(cursor: ArgumentCursor, length: number): number | bigint {
  const start = cursor.take(length);
  try {
    return decodeLong(cursor.data, start, cursor.position, MAX_TOKEN_DIGITS);
  } catch (error) {
    if (error instanceof DigitsError) throw cursor.fail('BAD_ARGUMENT', error.message, error);
    throw error;
  }
}

/** A line as UTF-8, which CPython's unpickler reads names in (ASCII in `pickletools`, a part of it). */
function utf8Line(cursor: ArgumentCursor): string {
  const start = cursor.line();
  return decodeUtf8(cursor.data, start, cursor.position - 1);
}

function quotedLine(cursor: ArgumentCursor): string {
  const start = cursor.line();
  const end = cursor.position - 1;
  const quote = cursor.data[start];
  if ((quote !== 0x22 && quote !== 0x27) || cursor.data[end - 1] !== quote)
    throw cursor.fail('BAD_ARGUMENT', 'has no matching quotes');

  // `pickletools` takes a single quote for both; unpicklers do not.
  if (end - start < 2) return '';
  return decodeLatin1(decodeStringEscape(cursor.data, start + 1, end - 1));
}
