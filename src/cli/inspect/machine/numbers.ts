/**
 * Whole numbers in rows that grow, at four bytes each.
 *
 * @module
 */

/** Rows of a fixed number of columns. */
export class Numbers {
  #values: Int32Array;
  #length = 0;

  constructor(readonly columns = 1) {
    this.#values = new Int32Array(1024 * columns);
  }

  /** Number of rows. */
  get length(): number {
    return this.#length / this.columns;
  }

  /** Adds a row. */
  push(first: number, second = 0, third = 0, fourth = 0): void {
    const at = this.#length;
    if (at === this.#values.length) this.#grow();
    const values = this.#values;
    values[at] = first;
    if (this.columns > 1) values[at + 1] = second;
    if (this.columns > 2) {
      values[at + 2] = third;
      values[at + 3] = fourth;
    }
    this.#length = at + this.columns;
  }

  /** The number in a column of a row; 0 where there is none. */
  at(row: number, column = 0): number {
    return this.#values[row * this.columns + column] ?? 0;
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
