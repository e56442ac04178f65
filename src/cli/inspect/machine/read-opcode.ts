/**
 * Opcodes as an unpickler reads them, the most frequent ones without a detour. INT and LONG are read as the C unpickler does.
 * The tokenizer goes by pickletools, which knows decimals only.
 *
 * @module
 */
import { UnpicklingError, opcodeOf, readToken } from '../../../pickle/index.js';
import type { Opcode, Token } from '../../../pickle/index.js';
import { DigitsError, NumberError, parseInteger } from '../../../pickle/internal.js';

/** Opcodes without an argument or with one byte as a number, by their byte. */
const SIMPLE: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  const opcode = opcodeOf(code);
  return opcode?.argument === 'none' || opcode?.argument === 'uint1' ? opcode : undefined;
});

const INT = 0x49;
const LONG = 0x4c;
const MAX_DIGITS = 3_000_000;
/** What the two readers disagree about begins with a zero: octal, hex, octal and binary with a prefix. */
const ZERO = 0x30;

const latin1 = new TextDecoder('latin1');

/**
 * The opcode at an offset, as an unpickler takes it: `I010` is 8, `I0x10` is 16.
 * @throws UnpicklingError
 */
export function readOpcode(data: Uint8Array, offset: number): Token {
  const code = data[offset] ?? -1;
  const simple = SIMPLE[code];
  if (simple !== undefined) {
    // Most opcodes have no argument or one byte; the tokenizer's reader is made for all kinds.
    if (simple.argument === 'none') return { opcode: simple, argument: undefined, offset, end: offset + 1 };
    const byte = data[offset + 1];
    if (byte !== undefined) return { opcode: simple, argument: byte, offset, end: offset + 2 };
  }
  if (code !== INT && code !== LONG) return readToken(data, offset);
  const first = data[offset + 1];
  const digit = first === 0x2b || first === 0x2d ? data[offset + 2] : first;
  if (digit !== ZERO) return readToken(data, offset);
  const lineEnd = data.indexOf(0x0a, offset);
  const opcode = opcodeOf(code);
  const line = lineEnd < 0 ? '' : latin1.decode(data.subarray(offset + 1, lineEnd));
  // Only these two are the booleans of protocol 0 and 1.
  if (opcode === undefined || lineEnd < 0 || line === '00' || line === '01') return readToken(data, offset);
  try {
    const argument = parseInteger(code === LONG ? line.replace(/L$/, '') : line, 0, MAX_DIGITS);
    return { opcode, argument, offset, end: lineEnd + 1 };
  } catch (error) {
    if (!(error instanceof NumberError) && !(error instanceof DigitsError)) throw error;
    const message = `${opcode.name} at byte ${offset} ${error.message}`;
    throw new UnpicklingError('BAD_ARGUMENT', message, { offset, opcode: opcode.name, cause: error });
  }
}
