/**
 * What one `dumps` after the other writes into.
 *
 * @module
 */
import { PreparedMemo } from './prepared-memo.js';
import { StringTable } from './string-table.js';
import { WriteMemo } from './write-memo.js';

/** A buffer up to this size, in bytes, is kept for the next pickle; a larger one becomes the pickle itself. */
const KEPT_BYTES = 128 * 1024;
const INITIAL_BYTES = 16 * 1024;
/** How many smaller pickles it takes until a large one is no longer expected. */
const EXPECTED_FOR = 16;
/** What a pickle may waste of the buffer that it is handed over in: a quarter. */
const MAX_WASTE = 0.25;

/** Size of the buffers that small pickles share, in bytes; and how small they are: a quarter, so that little is wasted. */
const POOL_BYTES = 16 * 1024;
const POOLED_BYTES = 4 * 1024;

/** How many of a dict's keys are remembered for the next dict. */
export const REMEMBERED_KEYS = 32;

const NO_POOL = new Uint8Array(0);

/** A buffer and the tables that go with it. Between two pickles it holds nothing of either, but for pooled ones. */
export class OutputSpace {
  bytes = new Uint8Array(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);
  /** What a large buffer makes way for. */
  readonly #initial = this.bytes;
  /** Size of the last pickle that was too large to keep its buffer: the next is likely to be as large. */
  #expected = 0;
  /** Pickles since then. */
  #idle = 0;
  /** Where strings are in the memo. */
  readonly strings = new StringTable();
  /** Where prepared names are in the memo. */
  readonly prepared = new PreparedMemo();
  /** Where objects are in the memo. */
  readonly memo = new WriteMemo();
  /** The keys of the last dicts by their place, and where in the memo they are. */
  readonly keys = new Array<string | undefined>(REMEMBERED_KEYS).fill(undefined);
  readonly keyIndices = new Int32Array(REMEMBERED_KEYS);
  /** Keys from this place on are not remembered. */
  keyCount = 0;

  /** What small pickles share, and where in it the next is put. */
  #pool = NO_POOL;
  #pooled = 0;

  /** A pickle: a copy of the first bytes of the output. @param pool - whether it may share a buffer with others. */
  take(length: number, pool: boolean): Uint8Array<ArrayBuffer> {
    if (pool && length <= POOLED_BYTES) return this.#share(length);
    if (length > KEPT_BYTES) {
      this.#expected = length;
      this.#idle = 0;
      if (this.bytes.length - length <= MAX_WASTE * length) return this.bytes.subarray(0, length);
    }
    return this.bytes.slice(0, length);
  }

  // This is a copy, where the output could be written to the pool at once. That was tried, and is slower, since the single
  // bytes are then always written to new memory.
  #share(length: number): Uint8Array<ArrayBuffer> {
    if (this.#pooled + length > this.#pool.length) {
      this.#pool = new Uint8Array(POOL_BYTES);
      this.#pooled = 0;
    }
    const start = this.#pooled;
    // Not by subarray, which first has to find out what to construct.
    const shared = new Uint8Array(this.#pool.buffer, start, length);
    shared.set(new Uint8Array(this.bytes.buffer, 0, length));
    // Each starts at a word.
    this.#pooled = (start + length + 7) & ~7;
    return shared;
  }

  /** How large to make the output when it has to grow. */
  grownSize(needed: number): number {
    // A little more than last time, as a list of orders gets longer.
    return Math.max(needed, 2 * this.bytes.length, Math.ceil(this.#expected * 1.0625));
  }

  clear(): void {
    if (this.bytes.length > KEPT_BYTES) this.adopt(this.#initial);
    else if (this.#idle++ > EXPECTED_FOR) this.#expected = 0;
    this.strings.clear();
    this.prepared.clear();
    this.memo.clear();
    for (let place = 0; place < this.keyCount; place++) this.keys[place] = undefined;
    this.keyCount = 0;
  }

  adopt(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
