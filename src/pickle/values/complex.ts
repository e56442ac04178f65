/**
 * Python's complex.
 *
 * @module
 */

/** A Python complex number. */
export class Complex {
  readonly real: number;
  readonly imag: number;

  /** @throws TypeError when a part is no number. */
  constructor(real: number, imag: number) {
    if (typeof real !== 'number' || typeof imag !== 'number') throw new TypeError('The parts of a Complex are numbers');
    this.real = real;
    this.imag = imag;
    Object.freeze(this);
  }
}
