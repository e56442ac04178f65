/**
 * Decimal numbers of any size, for money: floats cannot hold a step of 1e-18 beside a million.
 *
 * @module
 */

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
  static of(value: number): Decimal {
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
