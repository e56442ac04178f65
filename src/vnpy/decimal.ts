/**
 * Decimal numbers of any size, for money: floats cannot hold a step of 1e-18 beside a million.
 *
 * @module
 */

/** Significant digits of Python's `decimal` where nothing else is said: `getcontext().prec`. */
const PYTHON_DIGITS = 28;

/** Decimals that a share has at least, where it does not come out even. */
const SHARE_DIGITS = 12;

/** A number that is exactly `units × 10^exponent`. */
export class Decimal {
  static readonly ZERO = new Decimal(0n, 0);

  readonly #units: bigint;
  readonly #exponent: number;

  private constructor(units: bigint, exponent: number) {
    this.#units = units;
    this.#exponent = exponent;
  }

  /** The decimal that a float is written as: 0.1 is a tenth. What is not finite counts as 0. */
  static of(value: number | bigint): Decimal {
    if (typeof value === 'bigint') return new Decimal(value, 0);
    if (!Number.isFinite(value)) return Decimal.ZERO;
    if (Number.isSafeInteger(value)) return new Decimal(BigInt(value), 0);
    const [, sign = '', whole = '', fraction = '', power = '0'] =
      /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
    return new Decimal(BigInt(sign + whole + fraction), Number(power) - fraction.length);
  }

  /** Less than, equal to or greater than zero, as the result is. */
  compare(other: Decimal): number {
    const difference = this.minus(other).#units;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  plus(other: Decimal): Decimal {
    const exponent = Math.min(this.#exponent, other.#exponent);
    return new Decimal(this.#at(exponent) + other.#at(exponent), exponent);
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated());
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.#units * other.#units, this.#exponent + other.#exponent);
  }

  negated(): Decimal {
    return new Decimal(-this.#units, this.#exponent);
  }

  abs(): Decimal {
    return this.#units < 0n ? this.negated() : this;
  }

  /** So much of it as `part` is of `whole`, both whole numbers. Rounded to 12 decimals where it does not come out even. */
  share(part: number, whole: number): Decimal {
    const exponent = Math.min(this.#exponent, -SHARE_DIGITS);
    return new Decimal(roundedQuotient(this.#at(exponent) * BigInt(part), BigInt(whole)), exponent);
  }

  /** How often another one goes into it, to the nearest whole number; 0 for one that is 0. */
  count(unit: Decimal): bigint {
    if (unit.#units === 0n) return 0n;
    const exponent = Math.min(this.#exponent, unit.#exponent);
    return roundedQuotient(this.#at(exponent), unit.#at(exponent));
  }

  /** The quotient as Python's `decimal` has it: 28 significant digits, a half to the even one. */
  dividedBy(divisor: Decimal): Decimal {
    if (divisor.#units === 0n) throw new RangeError('A Decimal cannot be divided by 0');
    const digits = (value: bigint): number => String(value).replace('-', '').length;
    const shift = Math.max(0, PYTHON_DIGITS + 2 + digits(divisor.#units) - digits(this.#units));
    const dividend = this.#units * 10n ** BigInt(shift);
    const quotient = dividend / divisor.#units;
    // A digit behind all others for what is left over: so that no half is taken for one that is none.
    const rest = dividend % divisor.#units === 0n ? 0n : dividend < 0n === divisor.#units < 0n ? 1n : -1n;
    return new Decimal(quotient * 10n + rest, this.#exponent - divisor.#exponent - shift - 1).toPythonDigits();
  }

  /** The same in 28 significant digits, a half to the even one: what Python's `decimal` keeps of a product. */
  toPythonDigits(): Decimal {
    const surplus = String(this.#units).replace('-', '').length - PYTHON_DIGITS;
    if (surplus <= 0) return this;
    const unit = new Decimal(1n, this.#exponent + surplus);
    return new Decimal(this.#integer(unit, 'even'), this.#exponent + surplus);
  }

  /** A whole number: the nearest, and of two the even one; or the next one below or above. */
  toInteger(rounding: 'even' | 'floor' | 'ceil'): bigint {
    return this.#exponent >= 0 ? this.#at(0) : this.#integer(new Decimal(1n, 0), rounding);
  }

  /** How often a power of ten of a higher exponent goes into it. */
  #integer(unit: Decimal, rounding: 'even' | 'floor' | 'ceil'): bigint {
    const divisor = unit.#at(this.#exponent);
    const truncated = this.#units / divisor;
    const rest = this.#units % divisor;
    const below = rest < 0n ? truncated - 1n : truncated;
    if (rest === 0n || rounding === 'floor') return below;
    if (rounding === 'ceil') return below + 1n;
    const twice = 2n * (this.#units - below * divisor);
    return twice > divisor || (twice === divisor && below % 2n !== 0n) ? below + 1n : below;
  }

  /** The float that is nearest. */
  toNumber(): number {
    return Number(`${this.#units}e${this.#exponent}`);
  }

  toString(): string {
    return String(this.toNumber());
  }

  /** Its units at an exponent that is no greater than its own. */
  #at(exponent: number): bigint {
    return this.#units * 10n ** BigInt(this.#exponent - exponent);
  }
}

/** Halves are rounded away from zero. */
function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const [n, d] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}
