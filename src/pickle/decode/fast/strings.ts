/**
 * Short strings straight from bytes, without TextDecoder's overhead.
 *
 * @module
 */
import { byteAt } from '../../wire/bytes.js';
import { decodeUtf8 } from '../../wire/text.js';

/**
 * Up to this many bytes a string is built and may be kept here. Beyond, TextDecoder wins. It takes 70 ns, about as long as the
 * pieces of a longer string. It makes the string in one piece, which is less for the garbage collector.
 */
export const SHORT = 32;

/** Number of strings kept, a power of two. */
const SLOTS = 2048;

/** Words of four bytes that the longest kept string has. */
const WORDS = SHORT / 4;

const { fromCharCode } = String;

/**
 * Text of up to a few dozen bytes, with those seen before kept by their bytes. A feed repeats its attribute names, class names,
 * symbols and gateway names in every message. One that was kept costs no allocation, and comes with its hash computed, which is
 * what makes the lookups after it fast.
 *
 * Holds at most 2048 ASCII strings of up to 32 characters, and nothing else of what was decoded.
 */
export class StringCache {
  readonly #texts = new Array<string>(SLOTS).fill('');
  // The bytes of each kept string, four at a time: comparing these is several times faster than comparing characters.
  readonly #words = new Int32Array(SLOTS * WORDS);
  /** The hash of the string that came last to each place. */
  readonly #hashes = new Int32Array(SLOTS);
  readonly #units: number[] = new Array<number>(SHORT).fill(0);

  /** The text of UTF-8 bytes, with Python's `surrogatepass`. `view` is of the same bytes as `data`. @throws TextError */
  utf8(data: Uint8Array, view: DataView, start: number, length: number): string {
    const end = start + length;
    if (length > SHORT) return decodeUtf8(data, start, end);
    if (length < 4) return this.#tiny(data, start, length);
    const last = end - 4;
    const tail = view.getInt32(last, true);
    let hash = Math.imul(tail ^ length, 0x9e3779b1);
    let bits = tail;
    for (let at = start; at < last; at += 4) {
      const word = view.getInt32(at, true);
      bits |= word;
      hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);
    }
    if ((bits & 0x80808080) !== 0) return this.#twoAndThreeByteText(data, start, end);
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const kept = this.#texts[slot] ?? '';
    const words = this.#words;
    let index = slot * WORDS;
    if (kept.length === length && words[index] === tail) {
      let at = start;
      while (at < last && words[++index] === view.getInt32(at, true)) at += 4;
      if (at >= last) return kept;
      index = slot * WORDS;
    }
    const text = textOfUnits(data, start, length);
    // Most strings that come once never come again: only the second time they are kept.
    if (this.#hashes[slot] !== hash) {
      this.#hashes[slot] = hash;
      return text;
    }
    this.#texts[slot] = text;
    words[index] = tail;
    for (let at = start; at < last; at += 4) words[++index] = view.getInt32(at, true);
    return text;
  }

  /** Up to three bytes: all of them are one word. */
  #tiny(data: Uint8Array, start: number, length: number): string {
    if (length === 0) return '';
    let word = byteAt(data, start);
    if (length > 1) word |= byteAt(data, start + 1) << 8;
    if (length > 2) word |= byteAt(data, start + 2) << 16;
    if ((word & 0x808080) !== 0) return this.#twoAndThreeByteText(data, start, start + length);
    const slot = (Math.imul(word, 0x9e3779b1) >>> 8) & (SLOTS - 1);
    const kept = this.#texts[slot] ?? '';
    if (kept.length === length && this.#words[slot * WORDS] === word) return kept;
    const text = textOfUnits(data, start, length);
    this.#texts[slot] = text;
    this.#words[slot * WORDS] = word;
    return text;
  }

  /** Chinese text is three bytes a character. What is rarer (four bytes, surrogates, damage) goes the long way. */
  #twoAndThreeByteText(data: Uint8Array, start: number, end: number): string {
    const units = this.#units;
    let count = 0;
    let index = start;
    while (index < end) {
      const byte = byteAt(data, index++);
      if (byte < 0x80) {
        units[count++] = byte;
        continue;
      }
      const second = byteAt(data, index++) ^ 0x80;
      if (byte >= 0xc2 && byte < 0xe0) {
        if (index > end || second > 0x3f) return decodeUtf8(data, start, end);
        units[count++] = ((byte & 0x1f) << 6) | second;
        continue;
      }
      const third = byteAt(data, index++) ^ 0x80;
      const unit = ((byte & 0x0f) << 12) | (second << 6) | third;
      const isThreeBytes = byte >= 0xe0 && byte < 0xf0 && index <= end && second <= 0x3f && third <= 0x3f;
      if (!isThreeBytes || unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) return decodeUtf8(data, start, end);
      units[count++] = unit;
    }
    return textOfUnits(units, 0, count);
  }
}

/** One call with all units costs a quarter of appending them one by one (measured: 15 ns against 69 for 13). */
function textOfUnits(u: ArrayLike<number>, start: number, length: number): string {
  let s = start;
  let left = length;
  let text = '';
  while (left >= 16) {
    text += sixteen(u, s);
    s += 16;
    left -= 16;
  }
  if (left >= 8) {
    text += fromCharCode(
      unitAt(u, s),
      unitAt(u, s + 1),
      unitAt(u, s + 2),
      unitAt(u, s + 3),
      unitAt(u, s + 4),
      unitAt(u, s + 5),
      unitAt(u, s + 6),
      unitAt(u, s + 7),
    );
    s += 8;
    left -= 8;
  }
  switch (left) {
    case 0:
      return text;
    case 1:
      return text + fromCharCode(unitAt(u, s));
    case 2:
      return text + fromCharCode(unitAt(u, s), unitAt(u, s + 1));
    case 3:
      return text + fromCharCode(unitAt(u, s), unitAt(u, s + 1), unitAt(u, s + 2));
    case 4:
      return text + fromCharCode(unitAt(u, s), unitAt(u, s + 1), unitAt(u, s + 2), unitAt(u, s + 3));
    case 5:
      return text + fromCharCode(unitAt(u, s), unitAt(u, s + 1), unitAt(u, s + 2), unitAt(u, s + 3), unitAt(u, s + 4));
    case 6:
      return (
        text +
        fromCharCode(
          unitAt(u, s),
          unitAt(u, s + 1),
          unitAt(u, s + 2),
          unitAt(u, s + 3),
          unitAt(u, s + 4),
          unitAt(u, s + 5),
        )
      );
    default:
      return (
        text +
        fromCharCode(
          unitAt(u, s),
          unitAt(u, s + 1),
          unitAt(u, s + 2),
          unitAt(u, s + 3),
          unitAt(u, s + 4),
          unitAt(u, s + 5),
          unitAt(u, s + 6),
        )
      );
  }
}

function sixteen(u: ArrayLike<number>, s: number): string {
  return fromCharCode(
    unitAt(u, s),
    unitAt(u, s + 1),
    unitAt(u, s + 2),
    unitAt(u, s + 3),
    unitAt(u, s + 4),
    unitAt(u, s + 5),
    unitAt(u, s + 6),
    unitAt(u, s + 7),
    unitAt(u, s + 8),
    unitAt(u, s + 9),
    unitAt(u, s + 10),
    unitAt(u, s + 11),
    unitAt(u, s + 12),
    unitAt(u, s + 13),
    unitAt(u, s + 14),
    unitAt(u, s + 15),
  );
}

/** A unit at an offset inside the text. A function of its own: what sees two kinds of arrays is slower for both. */
function unitAt(units: ArrayLike<number>, at: number): number {
  // eslint-disable-next-line @typescript-eslint/non-nullable-type-assertion-style -- `!` is banned here; see byteAt
  return units[at] as number;
}
