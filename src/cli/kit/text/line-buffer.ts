/**
 * Lines gathered as bytes. A listing of a megabyte has fifty megabytes of columns; as strings they would be built,
 * flattened, encoded and thrown away one by one.
 *
 * @module
 */
import type { Sink } from '../io.js';
import { displayWidth } from './style.js';

const SPACE = 0x20;
const NEWLINE = 0x0a;
const ZERO = 0x30;

const MAX_INT32 = 0x7fffffff;
const MAX_DIGITS = 10;

/** Characters of a text that are added in one stroke. */
const PIECE = 1 << 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Two digits of hex for every byte. */
const HEX = Uint8Array.from({ length: 512 }, (_, index) => {
  const digit = index % 2 === 0 ? index >> 5 : (index >> 1) & 15;
  return digit + (digit < 10 ? ZERO : 0x57);
});

/** Collects text and gives it as UTF-8, in chunks. */
export class LineBuffer {
  /** Spaces from `#length` on: to pad is to go on. */
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity - Bytes of a chunk; a line may be longer. */
  constructor(readonly capacity = 1 << 18) {
    this.#bytes = new Uint8Array(2 * capacity).fill(SPACE);
  }

  /** Whether a chunk is full. */
  get isFull(): boolean {
    return this.#length >= this.capacity;
  }

  /** Bytes gathered. */
  get length(): number {
    return this.#length;
  }

  /** Adds text. Gives its columns, when it is ASCII; else -1. */
  text(text: string): number {
    const { length } = text;
    if (length > PIECE) return this.#pieces(text);
    this.#reserve(3 * length);
    const bytes = this.#bytes;
    const start = this.#length;
    let at = start;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        this.#length = start + encoder.encodeInto(text, bytes.subarray(start)).written;
        return -1;
      }
      bytes[at++] = unit;
    }
    this.#length = at;
    return length;
  }

  /** A text of megabytes: room is made for what it takes, not for what it could take. */
  #pieces(text: string): number {
    let columns = 0;
    for (let start = 0; start < text.length;) {
      let end = Math.min(start + PIECE, text.length);
      // The halves of a pair stay together.
      const last = text.charCodeAt(end - 1);
      if (last >= 0xd800 && last <= 0xdbff && end < text.length) end--;
      const piece = this.text(text.slice(start, end));
      columns = piece < 0 || columns < 0 ? -1 : columns + piece;
      start = end;
    }
    return columns;
  }

  /** Adds bytes of ASCII, and spaces up to `width` of them. */
  bytes(data: Uint8Array, width: number): void {
    const { length } = data;
    this.#reserve(Math.max(length, width));
    const bytes = this.#bytes;
    const start = this.#length;
    // A loop: for the few bytes of a column a call of set() costs more.
    for (let index = 0; index < length; index++) bytes[start + index] = data[index] ?? 0;
    this.#length = start + Math.max(length, width);
  }

  /** Adds text, and spaces up to `width` columns. The text holds no escape sequences. */
  padded(text: string, width: number): void {
    const columns = this.text(text);
    this.spaces(width - (columns < 0 ? displayWidth(text) : columns));
  }

  /** Adds spaces; none when there is nothing to fill. */
  spaces(count: number): void {
    if (count <= 0) return;
    this.#reserve(count);
    this.#length += count;
  }

  /** Adds a whole number that is not negative, right aligned in `width` columns. */
  number(value: number, width: number): void {
    if (value > MAX_INT32) {
      this.text(String(value).padStart(width));
      return;
    }
    this.#reserve(Math.max(width, MAX_DIGITS));
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    if (digits < width) this.#length += width - digits;
    let rest = value;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const next = (rest / 10) | 0;
      this.#bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.#length += digits;
  }

  /** Adds bytes as two digits of hex and a space each. */
  hex(data: Uint8Array, start: number, end: number): void {
    this.#reserve(3 * (end - start));
    let at = this.#length;
    for (let index = start; index < end; index++) {
      const pair = 2 * (data[index] ?? 0);
      this.#bytes[at++] = HEX[pair] ?? 0;
      this.#bytes[at++] = HEX[pair + 1] ?? 0;
      this.#bytes[at++] = SPACE;
    }
    this.#length = at;
  }

  /** Ends a line that began at `start`, without the spaces before its end. */
  endLine(start: number): void {
    let end = this.#length;
    while (end > start && this.#bytes[end - 1] === SPACE) end--;
    this.#length = end;
    this.#reserve(1);
    this.#bytes[this.#length++] = NEWLINE;
  }

  /** Takes back what was added since the length was `length`, and gives it. */
  cut(length: number): string {
    const text = decoder.decode(this.#bytes.subarray(length, this.#length));
    this.#clear(length);
    return text;
  }

  #clear(length: number): void {
    this.#bytes.fill(SPACE, length, this.#length);
    this.#length = length;
  }

  /** Writes what was gathered. */
  async flush(sink: Sink): Promise<void> {
    if (this.#length === 0) return;
    await sink.write(this.#bytes.subarray(0, this.#length));
    this.#clear(0);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length)).fill(SPACE);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
