/**
 * A pickle as a listing: the text of CPython's `pickletools.dis`.
 *
 * @module
 */
import { option, OptionTable } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import { UnpicklingError } from '../errors.js';
import type { UnpicklingErrorCode } from '../errors.js';
import { MemoIndices } from './memo-indices.js';
import { floatRepr } from './numbers.js';
import { opcodeOf } from './opcodes.js';
import { isPrintable, printableOf } from './printable.js';
import type { IsPrintable, UnicodeVersion } from './printable.js';
import { bytesRepr, stringRepr } from './python-repr.js';
import { tokens, TOKENS_OPTIONS, unpicklingChecks } from './tokens.js';
import type { Token } from './tokens.js';

/** Choices of `disassemble`. */
export interface DisassembleOptions {
  /** Where the pickle starts in the data, in bytes. Default 0. */
  readonly start?: number | undefined;
  /** Spaces for each open mark. Default 4. */
  readonly indent?: number | undefined;
  /**
   * The CPython whose `pickletools` is meant: `'3.11'`, `'3.13.0'`. Default: the newest, 3.14. They differ in a `str` of Python
   * 2 or a name that is not ASCII. They also differ in a memo entry that is stored twice, and in an opcode that misses its mark.
   */
  readonly python?: string | undefined;
  /**
   * Most spaces that the lines are indented by altogether, beyond 32 open marks. A listing of marks in marks grows with the
   * square of the data. Default: 16 a byte of the data, at least 4,000,000.
   */
  readonly maxIndentation?: number | undefined;
  /**
   * Most decimal digits of an int, because the time to write them grows faster than they do. Default 4300, as
   * `sys.get_int_max_str_digits()` of CPython.
   */
  readonly maxDigits?: number | undefined;
}

/** Open marks that count nothing against `maxIndentation`: more than any program's pickles have. */
const FREE_MARKS = 32;

/** The default of `maxIndentation`: for each byte, and at least. */
const INDENTATION_OF_BYTE = 16;
const LEAST_INDENTATION = 4_000_000;

/** The options of `disassemble`. @internal */
export const DISASSEMBLE_OPTIONS = new OptionTable(unpicklingChecks, 'the options of disassemble', {
  ...TOKENS_OPTIONS.rows,
  indent: option.count({ least: 0 }, 4),
  python: option.text(),
  maxIndentation: option.limit(),
  maxDigits: option.limit(4300),
} satisfies RowsOf<DisassembleOptions>);

/** Lines that are joined at a time: so many strings of their own would take several times the memory of their text. */
const JOINED_LINES = 1024;

/**
 * The listing of a pickle, line by line equal to that of `pickletools.dis`.
 *
 * @returns the text, ending with a newline. {@link disassembleLines} gives it line by line, in little memory.
 * @throws UnpicklingError where `pickletools.dis` raises: a damaged argument, a memo entry used before it was stored, a
 * stack that runs empty, items left over after STOP. LIMIT_DEPTH beyond `maxIndentation`, LIMIT_DIGITS beyond `maxDigits`.
 * INVALID_OPTION for a `python` that is no version.
 */
export function disassemble(data: Uint8Array, options: DisassembleOptions = {}): string {
  const pieces: string[] = [];
  let lines: string[] = [];
  for (const line of disassembleLines(data, options)) {
    if (lines.push(line) < JOINED_LINES) continue;
    pieces.push(lines.join('\n'));
    lines = [];
  }
  // So that the text ends with a newline.
  lines.push('');
  pieces.push(lines.join('\n'));
  return pieces.join('\n');
}

/**
 * The lines of {@link disassemble}, without newlines, each given before the next opcode is read. Returns the offset behind
 * STOP, in bytes.
 *
 * @throws UnpicklingError from the iteration, as {@link disassemble}. That of items left over has the offset behind STOP.
 */
export function* disassembleLines(
  data: Uint8Array,
  options: DisassembleOptions = {},
): Generator<string, number, undefined> {
  const { start, indent, python, maxIndentation, maxDigits } = DISASSEMBLE_OPTIONS.resolve(options);
  const form = formOf(python);
  const chunk = ' '.repeat(indent);
  const indents: string[] = [];
  const machine = new ListingMachine(form);
  let room = maxIndentation ?? Math.max(LEAST_INDENTATION, INDENTATION_OF_BYTE * data.length);
  let highest = -1;
  let end = start;
  for (const token of tokens(data, { start })) {
    const { opcode, offset } = token;
    end = token.end;
    if (opcode.protocol > highest) highest = opcode.protocol;
    if (!form.anyText) refuseText(token);
    if (token.end - offset > maxDigits / DIGITS_OF_BYTE) refuseDigits(data, token, maxDigits);
    const depth = machine.openMarks;
    if (depth > FREE_MARKS && (room -= chunk.length * (depth - FREE_MARKS)) < 0) {
      throw new UnpicklingError(
        'LIMIT_DEPTH',
        `The listing ends at byte ${offset}: ${depth} open marks indent it too far`,
        {
          offset,
        },
      );
    }
    const { note, fault } = machine.look(token);
    let line = offset < 10_000 ? String(offset).padStart(5) : String(offset);
    line += (CODES[opcode.code] ?? '') + (indents[depth] ??= chunk.repeat(depth)) + opcode.name;
    const argument = argumentText(token, form.ascii, form.printable);
    if (argument !== undefined || note !== undefined) {
      const missing = 10 - opcode.name.length;
      if (missing > 0) line += PADDING[missing] ?? '';
      if (argument !== undefined) line += ` ${argument}`;
      if (note !== undefined) line += ` ${note}`;
    }
    yield line;
    if (fault !== undefined) {
      throw new UnpicklingError(fault.code, `${opcode.name} at byte ${offset}: ${fault.text}`, {
        offset,
        opcode: opcode.name,
      });
    }
    machine.apply(token);
  }
  yield `highest protocol among opcodes = ${highest}`;
  machine.checkEmpty(end);
  return end;
}

/** What differs between the versions of `pickletools`. */
interface Form {
  /** A `str` of Python 2 shows as `ascii` does, else as `repr` does. */
  readonly ascii: boolean;
  /** A `str` of Python 2 and names may hold more than ASCII. */
  readonly anyText: boolean;
  /** A memo entry may be stored twice. */
  readonly redefines: boolean;
  /** The line of an opcode without its mark says so. */
  readonly notesMark: boolean;
  /** The characters that `repr` shows as they are. */
  readonly printable: IsPrintable;
}

/**
 * The form of a version. cpython#126997 came with 3.14 and into 3.13.1 and 3.12.8, cpython#123309 with 3.14 alone.
 * A version without its third number means the newest of its series.
 */
function formOf(python: string | undefined): Form {
  if (python === undefined)
    return { ascii: true, anyText: true, redefines: true, notesMark: false, printable: isPrintable };
  const match = /^(\d+)\.(\d+)(?:\.(\d+)\S*)?$/.exec(python);
  if (match === null) {
    const message = `python is ${JSON.stringify(python)}, not a version such as "3.11" or "3.13.0"`;
    throw new UnpicklingError('INVALID_OPTION', message);
  }
  const minor = Number(match[1]) * 1000 + Number(match[2]);
  if (minor < 3010 || minor > 3014) {
    const message = `python is ${JSON.stringify(python)}, and this knows the pickletools of CPython 3.10 to 3.14`;
    throw new UnpicklingError('INVALID_OPTION', message);
  }
  const micro = match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
  const newest = minor === 3014;
  const escapes = newest || (minor === 3013 && micro >= 1) || (minor === 3012 && micro >= 8);
  const printable = printableOf(UNICODE.find(([since]) => minor >= since)?.[1] ?? 13);
  return { ascii: escapes, anyText: escapes, redefines: newest, notesMark: !newest, printable };
}

/** The Unicode of each minor version of CPython (Modules/unicodedata_db.h), the newest first. */
const UNICODE: readonly (readonly [since: number, version: UnicodeVersion])[] = [
  [3014, 16],
  [3013, 15.1],
  [3012, 15],
  [3011, 14],
];

/** Decimal digits of a byte of LONG1 and LONG4 are fewer. */
const DIGITS_OF_BYTE = 2.41;

/** @throws UnpicklingError, LIMIT_DIGITS */
function refuseDigits(data: Uint8Array, { opcode, argument, offset, end }: Token, maxDigits: number): void {
  switch (opcode.argument) {
    case 'decimalnl_short':
    case 'decimalnl_long': {
      // CPython counts what is written, zeros at the beginning too.
      let digits = 0;
      for (let at = offset + 1; at < end; at++) if (isDigit(data[at] ?? 0)) digits++;
      if (digits <= maxDigits) return;
      break;
    }
    case 'long1':
    case 'long4': {
      if (typeof argument !== 'bigint') return;
      const least = (end - offset - 6) * 2.4;
      const size = argument < 0n ? -argument : argument;
      if (least <= maxDigits && size < 10n ** BigInt(maxDigits)) return;
      break;
    }
    default:
      return;
  }
  const message = `${opcode.name} at byte ${offset} has more than ${maxDigits} digits: too many for a listing`;
  throw new UnpicklingError('LIMIT_DIGITS', message, { offset, opcode: opcode.name });
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Where the older versions decode as ASCII, and raise. */
function refuseText({ opcode, argument, offset }: Token): void {
  switch (opcode.argument) {
    case 'stringnl':
    case 'stringnl_noescape':
    case 'stringnl_noescape_pair':
      // eslint-disable-next-line no-control-regex -- the question is just whether all characters are ASCII
      if (typeof argument === 'string' && !/^[\x00-\x7f]*$/.test(argument)) {
        throw new UnpicklingError('BAD_TEXT', `${opcode.name} at byte ${offset} holds more than ASCII`, {
          offset,
          opcode: opcode.name,
        });
      }
      return;
    default:
  }
}

interface Fault {
  readonly code: UnpicklingErrorCode;
  readonly text: string;
}

interface Look {
  readonly note?: string | undefined;
  readonly fault?: Fault | undefined;
}

/** The stack as `pickletools` follows it: it knows marks from values, and no more. */
class ListingMachine {
  // Number of values between the marks on the stack: the last entry counts those above the topmost mark.
  readonly #runs: number[] = [0];
  /** Offsets of the open marks. `pickletools` keeps them apart from its stack: see `#takeAcrossMarks`. */
  readonly #marks: number[] = [];
  readonly #memo = new MemoIndices();
  readonly #form: Form;
  /** Values and marks together. */
  #size = 0;
  #popMark = false;

  constructor(form: Form) {
    this.#form = form;
  }

  get openMarks(): number {
    return this.#marks.length;
  }

  /** What is to be said of a token before it takes effect. */
  look(token: Token): Look {
    const { opcode, argument } = token;
    const popsMark = EFFECTS[opcode.code]?.popsMark === true;
    this.#popMark = popsMark || (opcode.code === POP && this.#topIsMark());
    if (this.#popMark) {
      const mark = this.#marks[this.#marks.length - 1];
      if (mark === undefined) {
        const text = 'no MARK exists on stack';
        return { note: this.#form.notesMark ? text : undefined, fault: { code: 'MARK_MISSING', text } };
      }
      if (this.#runs.length === 1)
        return { fault: { code: 'STACK_UNDERFLOW', text: 'an opcode before took the MARK for a value' } };

      return { note: `(MARK at ${mark})` };
    }
    switch (opcode.name) {
      case 'PUT':
      case 'BINPUT':
      case 'LONG_BINPUT':
        return { fault: this.#store(Number(argument)) };
      case 'MEMOIZE': {
        const index = this.#memo.size;
        return { note: `(as ${index})`, fault: this.#store(index) };
      }
      case 'GET':
      case 'BINGET':
      case 'LONG_BINGET': {
        if (this.#memo.has(Number(argument))) return NOTHING;
        return { fault: { code: 'MEMO_MISSING', text: `memo key ${String(argument)} has never been stored into` } };
      }
      default:
        return NOTHING;
    }
  }

  /** Takes a token's effect on the stack. */
  apply(token: Token): void {
    const { opcode } = token;
    const effect = EFFECTS[opcode.code];
    let pops = effect?.pops ?? 0;
    if (this.#popMark) {
      this.#marks.pop();
      this.#size -= (this.#runs.pop() ?? 0) + 1;
      pops = effect?.popsBelowMark ?? 0;
      this.#popMark = false;
    }
    const run = this.#runs.length - 1;
    let count = this.#runs[run] ?? 0;
    if (count < pops) {
      if (this.#size < pops) {
        throw new UnpicklingError(
          'STACK_UNDERFLOW',
          `${opcode.name} at byte ${token.offset} takes ${pops} items from a stack of ${this.#size}`,
          { offset: token.offset, opcode: opcode.name },
        );
      }
      // `pickletools` takes marks for values here.
      this.#takeAcrossMarks(pops);
      this.#size -= pops;
      count = this.#runs[this.#runs.length - 1] ?? 0;
      pops = 0;
    }
    const pushes = effect?.pushes ?? 0;
    this.#runs[this.#runs.length - 1] = count - pops + pushes;
    this.#size += pushes - pops;
    if (effect?.pushesMark === true) {
      this.#size++;
      this.#marks.push(token.offset);
      this.#runs.push(0);
    }
  }

  /** @throws UnpicklingError when STOP left something on the stack. */
  checkEmpty(offset: number): void {
    if (this.#size > 0)
      throw new UnpicklingError('ODD_ITEMS', `The stack holds ${this.#size} more items after STOP`, { offset });
  }

  #topIsMark(): boolean {
    return this.#runs.length > 1 && this.#runs[this.#runs.length - 1] === 0;
  }

  #store(index: number): Fault | undefined {
    if (!this.#form.redefines && this.#memo.has(index))
      return { code: 'BAD_ARGUMENT', text: `memo key ${index} already defined` };

    if (this.#topIsMark()) return { code: 'MARK_MISSING', text: "can't store markobject in the memo" };
    if (this.#runs[this.#runs.length - 1] === 0)
      return { code: 'STACK_UNDERFLOW', text: "stack is empty -- can't store into memo" };

    this.#memo.add(index);
    return undefined;
  }

  /** Takes marks for values; the offsets of the marks stay, so that the lines keep their indent. */
  #takeAcrossMarks(items: number): void {
    let left = items;
    while (left > 0) {
      const last = this.#runs.length - 1;
      const values = this.#runs[last] ?? 0;
      if (values >= left) {
        this.#runs[last] = values - left;
        return;
      }
      left -= values + 1;
      this.#runs.pop();
    }
  }
}

/** Behind the offset: the byte of an opcode as Python's repr shows it, without the quotes. */
const CODES: readonly string[] = Array.from(
  { length: 256 },
  (_, code) => `: ${stringRepr(String.fromCharCode(code)).slice(1, -1).padEnd(4)} `,
);

const PADDING: readonly string[] = Array.from({ length: 11 }, (_, count) => ' '.repeat(count));

const POP = 0x30;

const NOTHING: Look = {};

/** What an opcode does to the stack, counted. */
interface Effect {
  readonly popsMark: boolean;
  readonly pops: number;
  /** Items that it takes from below the mark that it takes. */
  readonly popsBelowMark: number;
  readonly pushes: number;
  readonly pushesMark: boolean;
}

const EFFECTS: readonly (Effect | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  const opcode = opcodeOf(code);
  if (opcode === undefined) return undefined;
  const { before, after } = opcode;
  return {
    popsMark: before.includes('mark'),
    pops: before.length,
    popsBelowMark: Math.max(0, before.indexOf('mark')),
    pushes: after.filter((item) => item !== 'mark').length,
    pushesMark: after.includes('mark'),
  };
});

/** How the arguments of STRING, SHORT_BINSTRING and BINSTRING travel. */
const PYTHON_2_STR: ReadonlySet<string> = new Set(['stringnl', 'string1', 'string4']);

/** A Python 2 str, read as Latin-1, as `ascii` shows it: what newer versions of `pickletools` do for these alone. */
function asciiRepr(text: string): string {
  return stringRepr(text).replace(/[\x80-\xff]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

/** A float as `repr` shows it; the common range without the detour over an exponent. */
function floatText(value: number): string {
  const size = Math.abs(value);
  if (!(size >= 1e-4 && size < 1e16)) return floatRepr(value);
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const PLAIN_ASCII = /^[ !#-&(-[\]-~]*$/;

/** A str as `repr` shows it. */
function stringText(text: string, printable: IsPrintable): string {
  if (PLAIN_ASCII.test(text)) return `'${text}'`;
  if (text.length <= PIECE) return stringRepr(text, printable);
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + PIECE);
    // Not between the halves of a character.
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end++;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return inPieces(
    text.includes("'"),
    text.includes('"'),
    pieces,
    (piece) => stringRepr(piece, printable),
    (piece) => `${piece}'"`,
  );
}

/** Bytes as `repr` shows them. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length <= PIECE) return bytesRepr(bytes);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += PIECE) pieces.push(bytes.subarray(start, start + PIECE));
  const both = (piece: Uint8Array): Uint8Array => Uint8Array.of(...piece, 0x27, 0x22);
  return `b${inPieces(bytes.includes(0x27), bytes.includes(0x22), pieces, (piece) => bytesRepr(piece).slice(1), both)}`;
}

/** Characters that `repr` is asked for at a time: it grows its text one by one, and that of megabytes would take gigabytes. */
const PIECE = 4096;

/**
 * The `repr` of a whole from those of its pieces.
 * @param withQuotes - A piece with both quotes behind it: then its `repr` escapes as that of a whole with both does.
 */
function inPieces<T>(
  single: boolean,
  double: boolean,
  pieces: readonly T[],
  repr: (piece: T) => string,
  withQuotes: (piece: T) => T,
): string {
  const quote = single && !double ? '"' : "'";
  const hasBoth = single && double;
  const bodies = pieces.map((piece) => (hasBoth ? repr(withQuotes(piece)).slice(1, -4) : repr(piece).slice(1, -1)));
  return quote + bodies.join('') + quote;
}

/**
 * The argument as `repr` shows it, undefined for none.
 * @param ascii - A `str` of Python 2 as `ascii` shows it. Default true.
 */
export function argumentRepr(token: Token, ascii = true): string | undefined {
  return argumentText(token, ascii, isPrintable);
}

function argumentText(token: Token, ascii: boolean, printable: IsPrintable): string | undefined {
  const { argument, opcode } = token;
  switch (typeof argument) {
    case 'undefined':
      return undefined;
    case 'string':
      return ascii && PYTHON_2_STR.has(opcode.argument) ? asciiRepr(argument) : stringText(argument, printable);
    case 'boolean':
      return argument ? 'True' : 'False';
    case 'number':
      return opcode.argument === 'float8' || opcode.argument === 'floatnl' ? floatText(argument) : String(argument);
    case 'bigint':
      return String(argument);
    default:
      return opcode.argument === 'bytearray8' ? `bytearray(${bytearrayText(argument)})` : bytesText(argument);
  }
}

/** As `bytes`, but `bytearray_repr` of CPython's Objects/bytearrayobject.c escapes the single quote in double quotes, too. */
function bytearrayText(bytes: Uint8Array): string {
  const text = bytesText(bytes);
  return text.startsWith('b"') ? text.replaceAll("'", "\\'") : text;
}
