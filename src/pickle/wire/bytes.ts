/**
 * Bytes at offsets that the caller has checked.
 *
 * @module
 */

/**
 * The byte at an offset inside the data. Hot code checks a whole argument against the limit once. A second check of every byte
 * (`?? 0`) would cost the decoder about a tenth of its time. So would its use for another kind of array.
 */
export function byteAt(data: Uint8Array, at: number): number {
  // eslint-disable-next-line @typescript-eslint/non-nullable-type-assertion-style -- `!` is banned here; see above
  return data[at] as number;
}

/** An unsigned int of four bytes, little endian, at an offset inside the data. */
export function uint4At(data: Uint8Array, at: number): number {
  const low = byteAt(data, at) | (byteAt(data, at + 1) << 8) | (byteAt(data, at + 2) << 16);
  return low + byteAt(data, at + 3) * 0x1000000;
}

/** A byte string of at most so many bytes has no ArrayBuffer of its own. */
const TINY = 1;
/** So many of them share one. */
const SHARE = 16;

/**
 * Makes the byte strings of a decoding. Each has an ArrayBuffer of its own, so that it can be transferred and keeps nothing else
 * in memory. Only an empty one, and one of a single byte, share theirs with fifteen others. It would take several times their
 * own memory, and a pickle may have one for every two bytes.
 */
export class ByteCopies {
  #shared: Uint8Array<ArrayBuffer> | undefined;
  #used = 0;

  /** The bytes of the data from `start` up to `end`. */
  copy(data: Uint8Array, start: number, end: number): Uint8Array {
    if (end - start > TINY) return data.slice(start, end);
    if (this.#shared === undefined || this.#used === SHARE) {
      this.#shared = new Uint8Array(SHARE);
      this.#used = 0;
    }
    const at = this.#used++;
    if (end > start) this.#shared[at] = data[start] ?? 0;
    return this.#shared.subarray(at, at + end - start);
  }

  /** Lets go of what the next decoding must not share. */
  clear(): void {
    this.#shared = undefined;
  }
}
