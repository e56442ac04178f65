/**
 * Finds a string that was written before, by its bytes in the output.
 *
 * @module
 */

/** Numbers that stand behind a tag: offset in the output, length, memo index. */
const WIDTH = 3;
const SLOTS = 4096;
const MASK = SLOTS - 1;
/** Slots in which a string may stand, beginning with its own. When all are taken, it takes the place of the first. */
const PROBES = 8;
/** A tag is a generation and these bits of a hash. */
const HASH_BITS = 20;
const HASH_MASK = (1 << HASH_BITS) - 1;
const LAST_GENERATION = (1 << (32 - HASH_BITS)) - 1;

/**
 * A hash table from bytes in the output to memo indices. JavaScript strings have no identity, so equal ones share a memo entry.
 * A Map of them would be filled and thrown away with each message. This one is used again, holds no string, and hashes what has
 * to be written anyway. It does not grow, so a pickle of more strings than it holds may write one again that it has written long
 * before. That costs bytes and no correctness. It is faster than a table that leaves the processor's cache
 * (`npm run bench -- pickle`, string-heavy).
 */
export class StringTable {
  /** The tags stand apart, so that all that one string may have to look at lie in one or two lines of the cache. */
  readonly #tags = new Uint32Array(SLOTS);
  readonly #entries = new Int32Array(SLOTS * WIDTH);
  // Slots of an earlier generation are empty: clearing is counting up.
  #generation = 1;

  /**
   * The memo index of these bytes, or -1 when they are new; then they are known as `index` from now on.
   *
   * @param hash - of the bytes, the same for equal bytes.
   */
  find(output: Uint8Array, start: number, end: number, hash: number, index: number): number {
    const tags = this.#tags;
    const entries = this.#entries;
    const generation = this.#generation;
    const length = end - start;
    const tag = ((generation << HASH_BITS) | (hash & HASH_MASK)) >>> 0;
    const home = (hash >>> HASH_BITS) ^ (hash & MASK);
    let slot = home;
    for (let probe = 0; probe < PROBES; probe++) {
      const here = (home + probe) & MASK;
      const found = tags[here] ?? 0;
      if (found === tag) {
        const at = here * WIDTH;
        if (entries[at + 1] === length && equal(output, entries[at] ?? 0, start, length)) return entries[at + 2] ?? -1;
      } else if (found >>> HASH_BITS !== generation) {
        slot = here;
        break;
      }
    }
    tags[slot] = tag;
    const at = slot * WIDTH;
    entries[at] = start;
    entries[at + 1] = length;
    entries[at + 2] = index;
    return -1;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#generation === LAST_GENERATION) {
      this.#tags.fill(0);
      this.#generation = 0;
    }
    this.#generation++;
  }
}

function equal(bytes: Uint8Array, first: number, second: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[first + index] !== bytes[second + index]) return false;

  return true;
}

/**
 * One step of a hash of bytes, four at a time. It need not withstand anybody: the table looks at few places only.
 * @internal
 */
export function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/** The hash of bytes. @internal */
export function hashOf(view: DataView, start: number, end: number): number {
  let hash = 0;
  let at = start;
  for (; at + 3 < end; at += 4) hash = mixed(hash, view.getInt32(at, true));
  for (; at < end; at++) hash = mixed(hash, view.getUint8(at));
  return hash;
}
