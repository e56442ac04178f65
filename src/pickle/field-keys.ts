/**
 * Attribute names as the bytes in which they stand in a pickle.
 *
 * @module
 */
import { byteAt } from './bytes.js';
import { encodeUtf8 } from './text.js';

/** The name of a declared attribute, ready to be recognised. */
export class FieldKey {
  /** Length in bytes of UTF-8. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  // The same bytes four at a time, the last four first: comparing words is several times faster than bytes.
  readonly #tail: number;
  readonly #words: Int32Array;

  constructor(readonly name: string) {
    const bytes = encodeUtf8(name);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = bytes;
    this.length = bytes.length;
    const whole = Math.max(0, Math.ceil(bytes.length / 4) - 1);
    this.#words = Int32Array.from({ length: whole }, (_, index) => view.getInt32(4 * index, true));
    this.#tail = bytes.length < 4 ? 0 : view.getInt32(bytes.length - 4, true);
  }

  /** Whether the bytes at an offset, of which there are `length`, are this name. `view` is of the same bytes as `data`. */
  matches(data: Uint8Array, view: DataView, start: number): boolean {
    const { length } = this;
    if (length < 4) {
      for (let index = 0; index < length; index++) {
        if (byteAt(this.#bytes, index) !== byteAt(data, start + index)) return false;
      }
      return true;
    }
    if (view.getInt32(start + length - 4, true) !== this.#tail) return false;
    const words = this.#words;
    for (let index = 0; index < words.length; index++) {
      if (view.getInt32(start + 4 * index, true) !== words[index]) return false;
    }
    return true;
  }
}
