/**
 * Numbers as pickles write them: decimal text and two's complement.
 *
 * Functions that fail throw a {@link NumberError}; the caller knows the offset.
 *
 * @module
 */

/** Text that is no number. @internal */
export class NumberError extends Error {}

/** An int with more digits than allowed. @internal */
export class DigitsError extends Error {}

/** An int as JavaScript has it: a number when it is a safe integer, else a bigint. */
export function toInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * An int in two's complement, little endian, as LONG1 and LONG4 have it.
 *
 * @throws DigitsError when it has more than `maxDigits` decimal digits.
 */
export function decodeLong(data: Uint8Array, start: number, end: number, maxDigits: number): number | bigint {
  const length = end - start;
  if (length === 0) return 0;
  if (length <= 6) {
    let value = 0;
    for (let index = end - 1; index >= start; index--) value = value * 256 + (data[index] ?? 0);
    return (data[end - 1] ?? 0) > 0x7f ? value - 2 ** (8 * length) : value;
  }
  // A byte is 2.408 decimal digits. The few digits of slack never refuse what CPython accepts.
  if ((length - 8) * 2.408 > maxDigits)
    throw new DigitsError(`has about ${Math.floor(length * 2.408)} digits, the limit is ${maxDigits}`);
  const digits: string[] = [];
  for (let index = end - 1; index >= start; index--) digits.push((data[index] ?? 0).toString(16).padStart(2, '0'));
  // Through hexadecimal text: linear, where shifting and adding bytes is quadratic.
  const value = BigInt(`0x${digits.join('')}`);
  return toInteger((data[end - 1] ?? 0) > 0x7f ? value - (1n << BigInt(8 * length)) : value);
}

/** The shortest two's complement of an int, little endian: CPython's `encode_long`. Zero is no byte at all. */
export function encodeLong(value: bigint): Uint8Array<ArrayBuffer> {
  if (value === 0n) return new Uint8Array(0);
  const negative = value < 0n;
  // For a negative value its complement has the same significant bits.
  const magnitude = negative ? ~value : value;
  let text = magnitude.toString(16);
  if (text.length % 2 === 1) text = `0${text}`;
  // The top bit is the sign's: a byte more when the magnitude needs it.
  if (Number.parseInt(text.slice(0, 2), 16) > 0x7f) text = `00${text}`;
  const length = text.length / 2;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const byte = Number.parseInt(text.slice(text.length - 2 * index - 2, text.length - 2 * index), 16);
    bytes[index] = negative ? ~byte & 0xff : byte;
  }
  return bytes;
}

const DECIMAL = /^[ \t\v\f\r]*([+-]?)([0-9]+(?:_[0-9]+)*)[ \t\v\f\r]*$/;
const BASED = /^[ \t\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)[ \t\v\f\r]*$/;

/**
 * The number on an INT or LONG line.
 *
 * @param base - 10 as `pickletools` reads it; 0 as CPython's C unpickler does, where `0x10` is 16 and `010` is 8.
 * @throws NumberError, DigitsError
 */
export function parseInteger(line: string, base: 0 | 10, maxDigits: number): number | bigint {
  const match = (base === 10 ? DECIMAL : BASED).exec(line) ?? DECIMAL.exec(line);
  if (match === null) throw new NumberError(`${quoted(line)} is not an int`);
  const [, sign, matched = ''] = match;
  const digits = matched.replaceAll('_', '');
  if (digits.length > maxDigits && !/^0[xXoObB]/.test(digits))
    throw new DigitsError(`has ${digits.length} digits, the limit is ${maxDigits}`);
  const octal = base === 0 && /^0[0-7]+$/.test(digits);
  const magnitude = BigInt(octal ? `0o${digits}` : digits);
  return toInteger(sign === '-' ? -magnitude : magnitude);
}

const FLOAT = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** The number on a FLOAT line. @throws NumberError */
export function parseFloatLine(line: string): number {
  if (!FLOAT.test(line)) throw new NumberError(`${quoted(line)} is not a float`);
  const lower = line.toLowerCase();
  if (lower.endsWith('nan')) return Number.NaN;
  if (lower.includes('inf')) return lower.startsWith('-') ? -Infinity : Infinity;
  const value = Number(line);
  // As CPython's C unpickler: overflow is an error, not infinity.
  if (!Number.isFinite(value)) throw new NumberError(`${quoted(line)} is too large for a float`);
  return value;
}

/** A float as Python's `repr` writes it: `1.0`, `1e+16`, `1e-05`, `inf`. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  // Both languages write the shortest digits that read back as the same value; they differ in where the exponent
  // starts. Python: below 1e-4 and from 1e16 on.
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

function quoted(line: string): string {
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line);
}
