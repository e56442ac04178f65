/**
 * Attribute names as the bytes in which they stand in a pickle.
 *
 * @module
 */
import { encodeUtf8 } from '../wire/text.js';

/**
 * The name of a declared attribute, ready to be recognised as CPython writes it from protocol 4 on: SHORT_BINUNICODE, length,
 * text, MEMOIZE. All of it is compared at once, eight bytes at a time as floats. For a name of up to 13 characters that is two
 * comparisons.
 */
export class FieldKey {
  /** Length in bytes of UTF-8. */
  readonly length: number;
  /** Length of the two opcodes. */
  readonly span: number;
  // Words that are NaN or zero are equal to nothing or to two things; a name that has one is never recognised.
  readonly #head: number;
  readonly #tail: number;
  readonly #middle: Float64Array;
  // If the opcodes have less than eight bytes: words of four.
  readonly #shortHead: number;
  readonly #shortTail: number;

  constructor(readonly name: string) {
    const text = encodeUtf8(name);
    const span = text.length + 3;
    this.length = text.length;
    this.span = span;
    const known = text.length > 0 && text.length < 256;
    const short = known && span < 8;
    const long = known && span >= 8;
    const bytes = Uint8Array.from([0x8c, text.length & 0xff, ...text, 0x94]);
    const view = new DataView(bytes.buffer);
    const word = (at: number): number => view.getFloat64(at, true) || NaN;
    this.#head = long ? word(0) : NaN;
    this.#tail = long ? word(span - 8) : NaN;
    const between = long ? Math.max(0, Math.ceil(span / 8) - 2) : 0;
    this.#middle = Float64Array.from({ length: between }, (_, index) => word(8 * index + 8));
    this.#shortHead = short ? view.getInt32(0, true) : 0;
    this.#shortTail = short ? view.getInt32(span - 4, true) : 0;
  }

  /** Whether the two opcodes stand at an offset, behind which there are at least `span` bytes. */
  standsAt(view: DataView, start: number): boolean {
    const { span } = this;
    if (span < 8) {
      return (
        view.getInt32(start, true) === this.#shortHead && view.getInt32(start + span - 4, true) === this.#shortTail
      );
    }
    if (view.getFloat64(start, true) !== this.#head) return false;
    if (view.getFloat64(start + span - 8, true) !== this.#tail) return false;
    if (span <= 16) return true;
    const middle = this.#middle;
    for (let index = 0; index < middle.length; index++)
      if (view.getFloat64(start + 8 * index + 8, true) !== middle[index]) return false;

    return true;
  }
}
