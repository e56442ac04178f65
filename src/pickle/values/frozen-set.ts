/**
 * Python's frozenset.
 *
 * @module
 */

/** A Python frozenset: a Set that cannot be changed. */
export class FrozenSet<T = unknown> extends Set<T> {
  #sealed = false;

  constructor(items: Iterable<T> = []) {
    super();
    for (const item of items) super.add(item);
    this.#sealed = true;
  }

  override add(value: T): this {
    if (this.#sealed) throw new TypeError('A FrozenSet cannot be changed');
    return super.add(value);
  }

  override delete(): never {
    throw new TypeError('A FrozenSet cannot be changed');
  }

  override clear(): never {
    throw new TypeError('A FrozenSet cannot be changed');
  }
}
