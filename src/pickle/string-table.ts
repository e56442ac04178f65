/**
 * Finds a string that was written before, by its bytes in the output.
 *
 * @module
 */

/** Numbers a slot holds: generation, hash, offset in the output, length, memo index. */
const WIDTH = 5;
const SLOTS = 4096;
const MASK = SLOTS - 1;
/** Slots in which a string may stand, beginning with its own. When all are taken, it takes the place of the first. */
const PROBES = 8;

/**
 * A hash table from bytes in the output to memo indices. JavaScript strings have no identity, so equal ones share a memo
 * entry, and a Map of them would be filled and thrown away with each message; this one is used again, holds no string,
 * and hashes what has to be written anyway. It does not grow: a pickle of more strings than it holds may write one again
 * that it has written long before, which costs bytes and no correctness, and is faster than a table that leaves the
 * processor's cache (`npm run bench -- pickle`, string-heavy).
 */
export class StringTable {
  readonly #slots = new Int32Array(SLOTS * WIDTH);
  // Slots of an earlier generation are empty: clearing is counting up.
  #generation = 1;

  /**
   * The memo index of these bytes, or -1 when they are new; then they are known as `index` from now on.
   *
   * @param hash of the bytes, the same for equal bytes.
   */
  find(output: Uint8Array, start: number, end: number, hash: number, index: number): number {
    const slots = this.#slots;
    const generation = this.#generation;
    const length = end - start;
    const home = (hash ^ (hash >>> 15)) & MASK;
    let slot = home;
    for (let probe = 0; probe < PROBES; probe++) {
      const here = (home + probe) & MASK;
      const at = here * WIDTH;
      if (slots[at] !== generation) {
        slot = here;
        break;
      }
      if (slots[at + 1] === hash && slots[at + 3] === length && equal(output, slots[at + 2] ?? 0, start, length)) {
        return slots[at + 4] ?? -1;
      }
    }
    const at = slot * WIDTH;
    slots[at] = generation;
    slots[at + 1] = hash;
    slots[at + 2] = start;
    slots[at + 3] = length;
    slots[at + 4] = index;
    return -1;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#generation === 0x7fffffff) {
      this.#slots.fill(0);
      this.#generation = 0;
    }
    this.#generation++;
  }
}

function equal(bytes: Uint8Array, first: number, second: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[first + index] !== bytes[second + index]) return false;
  }
  return true;
}
