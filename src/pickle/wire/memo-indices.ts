/**
 * Indices of memo entries, which a pickle chooses as it likes.
 *
 * @module
 */

/**
 * A key for an index in a Map or Set. Engines hash texts with a secret, and numbers so that a pickle can have all fall together.
 */
export function sparseKey(index: number): string {
  return `memo ${index}`;
}

/** The indices that have been stored. */
export class MemoIndices {
  /** All below it have been, as a rule all there are. */
  #dense = 0;
  readonly #sparse = new Set<string>();

  get size(): number {
    return this.#dense + this.#sparse.size;
  }

  has(index: number): boolean {
    return (index >= 0 && index < this.#dense) || (this.#sparse.size > 0 && this.#sparse.has(sparseKey(index)));
  }

  add(index: number): void {
    if (index === this.#dense) {
      this.#dense++;
      this.#sparse.delete(sparseKey(index));
    } else if (!this.has(index)) {
      this.#sparse.add(sparseKey(index));
    }
  }
}
