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

  /** @throws TypeError when it is no number: text would become NaN on its way. */
  constructor(value: number) {
    if (typeof value !== 'number') throw new TypeError(`A PyFloat is made of a number, not of a ${typeof value}`);
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
