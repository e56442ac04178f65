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

/** How many of a dict's keys are remembered for the next dict. */
export const REMEMBERED_KEYS = 32;

/** A buffer and the tables that go with it. Between two pickles it holds nothing of either. */
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

  /** A pickle of its own: the first bytes of the output. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length > KEPT_BYTES) {
      this.#expected = length;
      this.#idle = 0;
      if (this.bytes.length - length <= MAX_WASTE * length) return this.bytes.subarray(0, length);
    }
    return this.bytes.slice(0, length);
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
