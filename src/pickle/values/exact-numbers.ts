/**
 * Python's exact numbers: `decimal.Decimal` and `fractions.Fraction`.
 *
 * @module
 */
import { pythonKey } from './keys.js';

const DECIMAL = /^([+-]?)(?:(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?|(inf(?:inity)?)|(s?nan)(\d*))$/i;

/** Beyond this many digits a Decimal is compared as a key by its text, not worked out. */
const MAX_WORKED_OUT = 2000;

/** A Python Decimal: its exact text, as `str` gives it. No arithmetic. */
export class PyDecimal {
  /** `'1.10'`, `'1E+3'`, `'NaN'`. */
  readonly text: string;

  /** @throws RangeError when the text is no Decimal. */
  constructor(text: string) {
    const trimmed = text.trim().replaceAll('_', '');
    const match = DECIMAL.exec(trimmed);
    if (match === null || (match[5] === undefined && match[6] === undefined && !match[2] && !match[3])) {
      throw new RangeError(`${JSON.stringify(text.slice(0, 40))} is no Decimal`);
    }
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
  [pythonKey](): number | bigint | string {
    const match = DECIMAL.exec(this.text.trim().replaceAll('_', ''));
    const [, sign = '', whole = '', fraction = '', exponentText = '0', infinite, nan] = match ?? [];
    if (nan !== undefined) return `Decimal ${this.text}`;
    if (infinite !== undefined) return sign === '-' ? -Infinity : Infinity;
    const exponent = Number(exponentText) - fraction.length;
    const digits = (whole + fraction).replace(/^0+/, '');
    if (digits === '') return 0;
    if (Math.abs(exponent) + digits.length > MAX_WORKED_OUT) {
      const significant = digits.replace(/0+$/, '');
      return `Decimal ${sign === '-' ? '-' : ''}${significant} ${exponent + digits.length - significant.length}`;
    }
    const scale = 10n ** BigInt(Math.abs(exponent));
    const value = BigInt(`${sign === '-' ? '-' : ''}${digits}`);
    return exponent >= 0 ? value * scale : rationalKey(value, scale);
  }
}

/** A Python Fraction, in lowest terms. */
export class PyFraction {
  readonly numerator: bigint;
  /** Above zero. */
  readonly denominator: bigint;

  /** @throws RangeError when the denominator is zero. */
  constructor(numerator: bigint, denominator: bigint) {
    if (denominator === 0n) throw new RangeError('A Fraction has no denominator 0');
    const divisor = gcd(numerator, denominator) * (denominator < 0n ? -1n : 1n);
    this.numerator = numerator / divisor;
    this.denominator = denominator / divisor;
  }

  /** The nearest JavaScript number. */
  toNumber(): number {
    return Number(this.numerator) / Number(this.denominator);
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
  [pythonKey](): number | bigint | string {
    return rationalKey(this.numerator, this.denominator);
  }
}

/** What a rational number equals in Python: an int, a float, or only an equal rational. */
function rationalKey(numerator: bigint, denominator: bigint): number | bigint | string {
  const divisor = gcd(numerator, denominator);
  const [top, bottom] = [numerator / divisor, denominator / divisor];
  if (bottom === 1n) return top;
  const isPowerOfTwo = (bottom & (bottom - 1n)) === 0n;
  if (isPowerOfTwo && bottom < 1n << 1000n && BigInt(Math.trunc(Number(top))) === top)
    return Number(top) / Number(bottom);
  return `rational ${top}/${bottom}`;
}

function gcd(first: bigint, second: bigint): bigint {
  let a = first < 0n ? -first : first;
  let b = second < 0n ? -second : second;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
