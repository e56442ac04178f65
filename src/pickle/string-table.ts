/**
 * Finds a string that was written before, by its bytes in the output.
 *
 * @module
 */

/** Numbers a slot holds: generation, hash, offset in the output, length, memo index. */
const WIDTH = 5;
const INITIAL_SLOTS = 512;
const KEPT_SLOTS = 4096;

/**
 * A hash table from bytes in the output to memo indices. JavaScript strings have no identity, so equal ones share a memo
 * entry, and a Map of them would be filled and thrown away with each message; this one is used again, holds no string,
 * and hashes what has to be written anyway.
 */
export class StringTable {
  #slots = new Int32Array(INITIAL_SLOTS * WIDTH);
  #mask = INITIAL_SLOTS - 1;
  #count = 0;
  // Slots of an earlier generation are empty: clearing is counting up.
  #generation = 1;

  /**
   * The memo index of these bytes, or -1 when they are new; then they are known as `index` from now on.
   *
   * @param hash of the bytes, the same for equal bytes.
   */
  find(output: Uint8Array, start: number, end: number, hash: number, index: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const length = end - start;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (true) {
      const at = slot * WIDTH;
      if (slots[at] !== this.#generation) {
        slots[at] = this.#generation;
        slots[at + 1] = hash;
        slots[at + 2] = start;
        slots[at + 3] = length;
        slots[at + 4] = index;
        if (++this.#count * 2 > mask) this.#grow();
        return -1;
      }
      if (slots[at + 1] === hash && slots[at + 3] === length && equal(output, slots[at + 2] ?? 0, start, length)) {
        return slots[at + 4] ?? -1;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#count = 0;
    if (this.#mask >= KEPT_SLOTS || this.#generation === 0x7fffffff) {
      this.#slots = new Int32Array(INITIAL_SLOTS * WIDTH);
      this.#mask = INITIAL_SLOTS - 1;
      this.#generation = 0;
    }
    this.#generation++;
  }

  #grow(): void {
    const old = this.#slots;
    const mask = 2 * this.#mask + 1;
    const slots = new Int32Array((mask + 1) * WIDTH);
    for (let from = 0; from < old.length; from += WIDTH) {
      if (old[from] !== this.#generation) continue;
      const hash = old[from + 1] ?? 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot * WIDTH] === this.#generation) slot = (slot + 1) & mask;
      slots.set(old.subarray(from, from + WIDTH), slot * WIDTH);
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

function equal(bytes: Uint8Array, first: number, second: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[first + index] !== bytes[second + index]) return false;
  }
  return true;
}
