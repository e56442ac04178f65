/**
 * A pickle as a listing: the text of CPython's `pickletools.dis`.
 *
 * @module
 */
import { UnpicklingError } from './errors.js';
import type { UnpicklingErrorCode } from './errors.js';
import { floatRepr } from './numbers.js';
import { bytesRepr, stringRepr } from './python-repr.js';
import { tokens } from './tokens.js';
import type { Token } from './tokens.js';

/** Choices of `disassemble`. */
export interface DisassembleOptions {
  /** Where the pickle starts in the data, in bytes. Default 0. */
  readonly start?: number | undefined;
  /** Spaces for each open mark. Default 4. */
  readonly indent?: number | undefined;
}

/**
 * The listing of a pickle, line by line equal to that of `pickletools.dis`.
 *
 * @returns the text, ending with a newline.
 * @throws UnpicklingError where `pickletools.dis` raises: a damaged argument, a memo entry used before it was stored or
 * stored twice, a stack that runs empty, items left over after STOP.
 */
export function disassemble(data: Uint8Array, options: DisassembleOptions = {}): string {
  const lines: string[] = [];
  for (const line of disassembly(data, options)) lines.push(line);
  return `${lines.join('\n')}\n`;
}

/** The lines of {@link disassemble}, each given before the next opcode is read. */
export function* disassembly(data: Uint8Array, options: DisassembleOptions = {}): Generator<string, void, undefined> {
  const chunk = ' '.repeat(options.indent ?? 4);
  const machine = new ListingMachine();
  let highest = -1;
  for (const token of tokens(data, { start: options.start })) {
    const { opcode, offset } = token;
    highest = Math.max(highest, opcode.protocol);
    const depth = machine.openMarks;
    const { note, fault } = machine.look(token);
    const byte = escapedCode(opcode.code).padEnd(4);
    let line = `${String(offset).padStart(5)}: ${byte} ${chunk.repeat(depth)}${opcode.name}`;
    const argument = argumentRepr(token);
    if (argument !== undefined || note !== undefined) {
      line += ' '.repeat(Math.max(0, 10 - opcode.name.length));
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
  machine.checkEmpty();
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
  // Number of values between marks: the last entry counts those above the topmost mark.
  readonly #runs: number[] = [0];
  readonly #marks: number[] = [];
  readonly #memo = new Set<number | bigint>();
  #popMark = false;

  get openMarks(): number {
    return this.#marks.length;
  }

  /** What is to be said of a token before it takes effect. */
  look(token: Token): Look {
    const { opcode, argument } = token;
    this.#popMark = opcode.before.includes('mark') || (opcode.name === 'POP' && this.#topIsMark());
    if (this.#popMark) {
      const mark = this.#marks[this.#marks.length - 1];
      if (mark === undefined) {
        const text = 'no MARK exists on stack';
        return { note: text, fault: { code: 'MARK_MISSING', text } };
      }
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
        if (this.#memo.has(Number(argument))) return {};
        return { fault: { code: 'MEMO_MISSING', text: `memo key ${String(argument)} has never been stored into` } };
      }
      default:
        return {};
    }
  }

  /** Takes a token's effect on the stack. */
  apply(token: Token): void {
    const { opcode } = token;
    let pops = opcode.before.length;
    if (this.#popMark) {
      this.#marks.pop();
      this.#runs.pop();
      pops = Math.max(0, opcode.before.indexOf('mark'));
      this.#popMark = false;
    }
    const run = this.#runs.length - 1;
    let count = this.#runs[run] ?? 0;
    if (count < pops) {
      const size = this.#runs.reduce((sum, values) => sum + values, 0) + this.#marks.length;
      if (size < pops) {
        throw new UnpicklingError(
          'STACK_UNDERFLOW',
          `${opcode.name} at byte ${token.offset} takes ${pops} items from a stack of ${size}`,
          { offset: token.offset, opcode: opcode.name },
        );
      }
      // `pickletools` takes marks for values here; its mark positions stay, so later marks read as before.
      this.#takeAcrossMarks(pops);
      count = this.#runs[this.#runs.length - 1] ?? 0;
      pops = 0;
    }
    this.#runs[this.#runs.length - 1] = count - pops;
    for (const item of opcode.after) {
      if (item === 'mark') {
        this.#marks.push(token.offset);
        this.#runs.push(0);
      } else {
        this.#runs[this.#runs.length - 1] = (this.#runs[this.#runs.length - 1] ?? 0) + 1;
      }
    }
  }

  /** @throws UnpicklingError when STOP left something on the stack. */
  checkEmpty(): void {
    const left = this.#runs.reduce((sum, values) => sum + values, 0) + this.#marks.length;
    if (left > 0) throw new UnpicklingError('ODD_ITEMS', `The stack holds ${left} more items after STOP`);
  }

  #topIsMark(): boolean {
    return this.#marks.length > 0 && this.#runs[this.#runs.length - 1] === 0;
  }

  #store(index: number): Fault | undefined {
    if (this.#memo.has(index)) return { code: 'BAD_ARGUMENT', text: `memo key ${index} already defined` };
    if (this.#topIsMark()) return { code: 'MARK_MISSING', text: "can't store markobject in the memo" };
    if (this.#runs[this.#runs.length - 1] === 0) {
      return { code: 'STACK_UNDERFLOW', text: "stack is empty -- can't store into memo" };
    }
    this.#memo.add(index);
    return undefined;
  }

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
      this.#marks.pop();
    }
  }
}

function escapedCode(code: number): string {
  // Python's repr of the character, without its quotes.
  return stringRepr(String.fromCharCode(code)).slice(1, -1);
}

/** How the arguments of STRING, SHORT_BINSTRING and BINSTRING travel. */
const PYTHON_2_STR: ReadonlySet<string> = new Set(['stringnl', 'string1', 'string4']);

/** A Python 2 str, read as Latin-1, as `ascii` shows it: what `pickletools` of CPython 3.14 does for these alone. */
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
function stringText(text: string): string {
  return PLAIN_ASCII.test(text) ? `'${text}'` : stringRepr(text);
}

/** The argument as `repr` shows it, undefined for none. */
export function argumentRepr(token: Token): string | undefined {
  const { argument, opcode } = token;
  switch (typeof argument) {
    case 'undefined':
      return undefined;
    case 'string':
      return PYTHON_2_STR.has(opcode.argument) ? asciiRepr(argument) : stringText(argument);
    case 'boolean':
      return argument ? 'True' : 'False';
    case 'number':
      return opcode.argument === 'float8' || opcode.argument === 'floatnl' ? floatText(argument) : String(argument);
    case 'bigint':
      return String(argument);
    default:
      return opcode.argument === 'bytearray8' ? `bytearray(${bytesRepr(argument)})` : bytesRepr(argument);
  }
}
