/**
 * Python's `uuid.UUID`.
 *
 * @module
 */
import { pythonKey } from './keys.js';

/** Compared with, not shifted by: that would copy an int of any size. */
const TOO_LARGE = 1n << 128n;

/** A Python UUID. */
export class PyUuid {
  /** 128 bits. */
  readonly int: bigint;

  /** @throws RangeError when it is not of 128 bits, TypeError when it is no bigint: text is for {@link PyUuid.parse}. */
  constructor(int: bigint) {
    if (typeof int !== 'bigint')
      throw new TypeError(`A PyUuid is made of a bigint, not of a ${typeof int}; PyUuid.parse takes text`);

    if (int < 0n || int >= TOO_LARGE) throw new RangeError('A UUID has 128 bits');
    this.int = int;
  }

  /** From its text, with or without hyphens. @throws RangeError */
  static parse(text: string): PyUuid {
    if (typeof text !== 'string') throw new RangeError('The text of a UUID is a string');
    const digits = text.replaceAll('-', '');
    if (!/^[0-9a-fA-F]{32}$/.test(digits)) throw new RangeError(`${JSON.stringify(text.slice(0, 40))} is no UUID`);
    return new PyUuid(BigInt(`0x${digits}`));
  }

  /** Thirty-two hexadecimal digits in five groups. */
  toString(): string {
    const hex = this.int.toString(16).padStart(32, '0');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [pythonKey](): string {
    return `UUID ${this.int}`;
  }
}
