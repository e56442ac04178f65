/**
 * A Python float that has an integral value.
 *
 * @module
 */

/**
 * A number that is a Python `float` even when it is integral: `dumps(new PyFloat(3))` writes `3.0` where `dumps(3)`
 * writes `3`. `loads` gives it with `lossless: true`, then also for -0.0 as a dict key or set item; and always for NaN there.
 */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
    Object.freeze(this);
  }

  /** The number, for arithmetic and comparison. */
  valueOf(): number {
    return this.value;
  }

  /** JSON has one kind of number. */
  toJSON(): number {
    return this.value;
  }

  /** As JavaScript shows the number: `1`, not `1.0`. */
  toString(): string {
    return String(this.value);
  }
}
