/**
 * Python's exact numbers: `decimal.Decimal` and `fractions.Fraction`.
 *
 * @module
 */
import { pythonKey, UnhashableError } from './keys.js';
import type { KeyParts } from './keys.js';
import { withoutTrailing } from './trailing.js';

const DECIMAL = /^([+-]?)(?:(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?|(inf(?:inity)?)|(s?nan)(\d*))$/i;

/** Beyond this many digits a Decimal is compared as a key by its text, not worked out. */
const MAX_WORKED_OUT = 2000;

/** A Python Decimal: its exact text, as `str` gives it. No arithmetic. */
export class PyDecimal {
  /** `'1.10'`, `'1E+3'`, `'NaN'`. */
  readonly text: string;

  /** @throws RangeError when the text is no Decimal, or its exponent beyond what Python has: 18 digits. */
  constructor(text: string) {
    const trimmed = text.trim().replaceAll('_', '');
    const match = DECIMAL.exec(trimmed);
    if (
      match === null ||
      (match[5] === undefined && match[6] === undefined && !match[2] && !match[3]) ||
      // For JavaScript alone the mark of byte order is space.
      text.includes('\ufeff') ||
      !isInRange(match[2], match[3], match[4])
    )
      throw new RangeError(`${JSON.stringify(text.slice(0, 40))} is no Decimal`);

    this.text = text;
  }

  /** The nearest JavaScript number. */
  toNumber(): number {
    const text = this.text.trim().replaceAll('_', '').toLowerCase();
    if (text.includes('nan')) return Number.NaN;
    if (text.includes('inf')) return text.startsWith('-') ? -Infinity : Infinity;
    return Number(text);
  }

  /** The exact text, as Python wrote it. */
  toString(): string {
    return this.text;
  }

  /** The exact text: a JSON number could not hold it. */
  toJSON(): string {
    return this.text;
  }

  /** @internal */
  [pythonKey](): number | bigint | string | KeyParts {
    const match = DECIMAL.exec(this.text.trim().replaceAll('_', ''));
    const [, sign = '', whole = '', fraction = '', exponentText = '0', infinite, nan] = match ?? [];
    // `dec_hash` of CPython's Modules/_decimal/_decimal.c: a signaling NaN has no hash.
    if (nan?.toLowerCase() === 'snan') throw new UnhashableError('signaling NaN');
    if (nan !== undefined) return `Decimal ${this.text}`;
    if (infinite !== undefined) return sign === '-' ? -Infinity : Infinity;
    const exponent = Number(exponentText) - fraction.length;
    const digits = (whole + fraction).replace(/^0+/, '');
    if (digits === '') return 0;
    if (Math.abs(exponent) + digits.length > MAX_WORKED_OUT) {
      const significant = withoutTrailing(digits, '0');
      return `Decimal ${sign === '-' ? '-' : ''}${significant} ${exponent + digits.length - significant.length}`;
    }
    const scale = 10n ** BigInt(Math.abs(exponent));
    const value = BigInt(`${sign === '-' ? '-' : ''}${digits}`);
    if (exponent >= 0) return value * scale;
    const divisor = commonPower(value, 2n, -exponent) * commonPower(value, 5n, -exponent);
    return rationalKey(value / divisor, scale / divisor);
  }
}

/** libmpdec's MPD_MAX_EMAX and MPD_MIN_ETINY of 64-bit systems (CPython's Modules/_decimal/libmpdec/mpdecimal.h). */
const MAX_EMAX = 999_999_999_999_999_999n;
const MIN_ETINY = -1_999_999_999_999_999_997n;

/** MIN_ETINY has 19; no text has so many digits that they would bring an exponent of more into the range. */
const MAX_EXPONENT_DIGITS = 20;

/** Whether Python has a Decimal of that exponent: it refuses what it would have to round. */
function isInRange(whole = '', fraction = '', exponentText = '0'): boolean {
  // Nobody has so many digits that these could matter.
  if (exponentText.length < 16) return true;
  const exponentDigits = exponentText.replace(/^[+-]?0*/, '');
  // BigInt() takes quadratic time, or throws a SyntaxError of its own.
  if (exponentDigits.length > MAX_EXPONENT_DIGITS) return false;
  const magnitude = BigInt(exponentDigits);
  const exponent = (exponentText.startsWith('-') ? -magnitude : magnitude) - BigInt(fraction.length);
  const digits = (whole + fraction).replace(/^0+/, '').length;
  return exponent >= MIN_ETINY && exponent + BigInt(Math.max(0, digits - 1)) <= MAX_EMAX;
}

/** Beyond this a Fraction from a pickle is not reduced: it takes quadratic time, and Python writes reduced ones. */
const MAX_REDUCED = 1n << 256n;

/**
 * A Python Fraction, in lowest terms. One that was read with more than 256 bits in a part is as the pickle had it. That is in
 * lowest terms, too, when Python wrote it.
 */
export class PyFraction {
  readonly numerator: bigint;
  /** Above zero. */
  readonly denominator: bigint;

  /**
   * @param reduce - false takes the parts as they are, but for the sign.
   * @throws RangeError when the denominator is zero.
   */
  constructor(numerator: bigint, denominator: bigint, reduce = true) {
    if (denominator === 0n) throw new RangeError('A Fraction has no denominator 0');
    let [top, bottom] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
    if (reduce) {
      const divisor = gcd(top, bottom);
      top /= divisor;
      bottom /= divisor;
    }
    this.numerator = top;
    this.denominator = bottom;
  }

  /** What a pickle has. @internal */
  static read(numerator: bigint, denominator: bigint): PyFraction {
    return new PyFraction(numerator, denominator, isShort(numerator) && isShort(denominator));
  }

  /** The nearest JavaScript number. */
  toNumber(): number {
    return quotient(this.numerator, this.denominator);
  }

  /** `3/4`; `3` for an integral one. */
  toString(): string {
    return this.denominator === 1n ? String(this.numerator) : `${this.numerator}/${this.denominator}`;
  }

  /** As `toString()`: a JSON number could not hold it. */
  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [pythonKey](): number | bigint | KeyParts {
    return rationalKey(this.numerator, this.denominator);
  }
}

/** Bits of a quotient that is rounded to a float afterwards: more than a float has. */
const QUOTIENT_BITS = 66;

/** The nearest number to a fraction, also of parts that no number can be. */
function quotient(top: bigint, bottom: bigint): number {
  const [first, second] = [Number(top), Number(bottom)];
  if (Number.isSafeInteger(first) && Number.isSafeInteger(second)) return first / second;
  const size = top < 0n ? -top : top;
  const shift = bits(bottom) - bits(size) + QUOTIENT_BITS;
  const [dividend, divisor] = shift >= 0 ? [size << BigInt(shift), bottom] : [size, bottom << BigInt(-shift)];
  const whole = dividend / divisor;
  // The last bit tells that there is more, where the rest would be exactly half.
  const rounded = Number(whole * divisor === dividend ? whole : whole | 1n);
  const half = Math.trunc(shift / 2);
  return (top < 0n ? -1 : 1) * rounded * 2 ** -half * 2 ** (half - shift);
}

/**
 * About as many bits as a value above 0 has, at most three more. The text is hexadecimal, because decimal text takes more than
 * linear time.
 */
function bits(value: bigint): number {
  return 4 * value.toString(16).length;
}

function isShort(value: bigint): boolean {
  return value < MAX_REDUCED && value > -MAX_REDUCED;
}

/** What a rational number in lowest terms equals in Python: an int, a float, or only an equal rational. */
function rationalKey(top: bigint, bottom: bigint): number | bigint | KeyParts {
  if (bottom === 1n) return top;
  const isPowerOfTwo = bottom < 1n << 1000n && (bottom & (bottom - 1n)) === 0n;
  const number = isPowerOfTwo ? Number(top) : Infinity;
  return Number.isFinite(number) && BigInt(number) === top ? number / Number(bottom) : ['rational', top, bottom];
}

function gcd(first: bigint, second: bigint): bigint {
  let a = first < 0n ? -first : first;
  let b = second < 0n ? -second : second;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}

/** The highest power of a prime, up to an exponent, that divides a value other than 0. */
function commonPower(value: bigint, prime: bigint, exponent: number): bigint {
  // By squares: as many divisions as the exponent has bits, where a gcd takes as many as the value has digits.
  const squares: bigint[] = [];
  let rest = value;
  for (let size = 1, power = prime; size <= exponent && rest % power === 0n; size *= 2, power *= power)
    squares.push(power);
  let [result, left] = [1n, exponent];
  for (let index = squares.length - 1; index >= 0; index--) {
    const power = squares[index] ?? 1n;
    const size = 2 ** index;
    if (size > left || rest % power !== 0n) continue;
    rest /= power;
    result *= power;
    left -= size;
  }
  return result;
}
