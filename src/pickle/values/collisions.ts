/**
 * Numbers that an engine hashes alike.
 *
 * @module
 */

/** Most of them in one Map or Set: each lookup of one goes by all of them. */
export const MAX_COLLISIONS = 500;

/** Buckets to begin with, a power of two. */
const FIRST_BUCKETS = 1024;

/**
 * Counts the numbers of one Map or Set that fall into the same bucket. With very many of them each lookup would take as long as
 * a look at all. Texts and objects are hashed with a secret, numbers are not.
 */
export class Collisions {
  readonly #limit: number;
  #size = 0;
  #hashes = new Int32Array(0);
  #counts = new Uint32Array(0);

  /** @param limit - most numbers in one bucket. The first so many of a container need not be counted: most have no more. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a key that was added. False when there are now more numbers than the limit in its bucket. */
  add(key: unknown): boolean {
    if (typeof key !== 'number' && typeof key !== 'bigint') return true;
    const place = this.#size++;
    if (place >= this.#hashes.length) this.#grow();
    const hash = hashOf(key);
    this.#hashes[place] = hash;
    // Some of very many fall together by chance.
    return this.#count(hash) <= this.#limit + (place < FIRST_BUCKETS / 16 ? 0 : 16);
  }

  #count(hash: number): number {
    const bucket = hash & (this.#counts.length - 1);
    const count = (this.#counts[bucket] ?? 0) + 1;
    this.#counts[bucket] = count;
    return count;
  }

  /** As the engine does, twice as many buckets when they are full. */
  #grow(): void {
    const old = this.#hashes;
    this.#hashes = new Int32Array(Math.max(FIRST_BUCKETS, 2 * old.length));
    this.#hashes.set(old);
    this.#counts = new Uint32Array(this.#hashes.length);
    for (const hash of old) this.#count(hash);
  }
}

const float = new DataView(new ArrayBuffer(8));

/** V8's hash of a number: `ComputeUnseededHash` and `ComputeLongHash` of its src/utils/utils.h. */
function hashOf(key: number | bigint): number {
  if (typeof key === 'number' && (key | 0) === key) {
    let hash = (~key + (key << 15)) | 0;
    hash ^= hash >>> 12;
    hash = (hash + (hash << 2)) | 0;
    hash ^= hash >>> 4;
    hash = Math.imul(hash, 2057);
    return hash ^ (hash >>> 16);
  }
  let bits: bigint;
  if (typeof key === 'number') {
    float.setFloat64(0, key);
    bits = float.getBigUint64(0);
  } else {
    bits = BigInt.asUintN(64, key < 0n ? -key : key);
  }
  let hash = BigInt.asUintN(64, ~bits + (bits << 18n));
  hash ^= hash >> 31n;
  hash = BigInt.asUintN(64, hash * 21n);
  hash ^= hash >> 11n;
  hash = BigInt.asUintN(64, hash + (hash << 6n));
  hash ^= hash >> 22n;
  return Number(BigInt.asIntN(32, hash));
}
