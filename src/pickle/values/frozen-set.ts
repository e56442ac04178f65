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

  /** A frozenset that a function fills while it can still be changed. @internal */
  static fill(filler: (set: FrozenSet) => void): FrozenSet {
    const set = new FrozenSet();
    set.#sealed = false;
    filler(set);
    set.#sealed = true;
    return set;
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
