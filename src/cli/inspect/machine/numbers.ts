/**
 * Whole numbers in rows that grow, at four bytes each.
 *
 * @module
 */

const CHUNK_BITS = 10;
const CHUNK = 1 << CHUNK_BITS;

/** Rows of up to four columns. */
export class Numbers {
  /** In pieces: one array that grows would be copied, and take twice its size while it is. */
  readonly #chunks: Int32Array[] = [];
  #length = 0;

  constructor(readonly columns = 1) {}

  /** Number of rows. */
  get length(): number {
    return this.#length;
  }

  /** Adds a row. */
  push(first: number, second = 0, third = 0, fourth = 0): void {
    const row = this.#length++;
    const chunk = this.#chunks[row >> CHUNK_BITS] ?? this.#grow();
    const at = (row & (CHUNK - 1)) * this.columns;
    chunk[at] = first;
    if (this.columns > 1) chunk[at + 1] = second;
    if (this.columns > 2) {
      chunk[at + 2] = third;
      chunk[at + 3] = fourth;
    }
  }

  /** The number in a column of a row; 0 where there is none. */
  at(row: number, column = 0): number {
    return this.#chunks[row >> CHUNK_BITS]?.[(row & (CHUNK - 1)) * this.columns + column] ?? 0;
  }

  #grow(): Int32Array {
    const chunk = new Int32Array(CHUNK * this.columns);
    this.#chunks.push(chunk);
    return chunk;
  }
}
