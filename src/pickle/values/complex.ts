/**
 * Python's complex.
 *
 * @module
 */

/** A Python complex number. */
export class Complex {
  readonly real: number;
  readonly imag: number;

  constructor(real: number, imag: number) {
    this.real = real;
    this.imag = imag;
    Object.freeze(this);
  }
}
