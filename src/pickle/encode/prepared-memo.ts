/**
 * Where in the memo of a pickle the names are that a registry prepares.
 *
 * @module
 */

/** Sums of memo indices up to this one fit an Int32Array's elements with room to spare. */
const MAX_BASE = 0x3fff_ffff;

/**
 * From the numbers of prepared names to memo indices. Each pickle counts on where the one before it ended. So what that one left
 * is too small to be taken for its own, and nothing has to be cleared between two.
 */
export class PreparedMemo {
  #slots = new Int32Array(512);
  /** What every slot of this pickle is above. */
  #base = 0;
  /** The largest slot of this pickle. */
  #top = 0;

  /** The memo index of a name, negative when it has not been written. */
  get(id: number): number {
    return (this.#slots[id] ?? 0) - this.#base - 1;
  }

  set(id: number, index: number): void {
    if (id >= this.#slots.length) this.grow(id + 1);
    const slot = this.#base + index + 1;
    this.#slots[id] = slot;
    this.#top = slot;
  }

  /** Whether none of these names has been written. */
  hasNone(ids: Int32Array): boolean {
    const slots = this.#slots;
    const base = this.#base;
    for (const id of ids) if ((slots[id] ?? 0) > base) return false;
    return true;
  }

  /** Sets these names to consecutive memo indices, from the first one on. */
  setAll(ids: Int32Array, first: number): void {
    const slots = this.#slots;
    let slot = this.#base + first;
    for (const id of ids) slots[id] = ++slot;
    this.#top = slot;
  }

  /** Makes room for so many names. */
  grow(count: number): void {
    if (count > this.#slots.length) {
      const grown = new Int32Array(2 * count);
      grown.set(this.#slots);
      this.#slots = grown;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#base = this.#top;
    if (this.#base > MAX_BASE) {
      this.#slots.fill(0);
      this.#base = 0;
      this.#top = 0;
    }
  }
}
