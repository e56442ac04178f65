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

  /** A frozenset whose items are not there yet: `fill` gives them, once. @internal */
  static later(): { readonly set: FrozenSet; readonly fill: (items: Iterable<unknown>) => void } {
    const set = new FrozenSet();
    const fill = (items: Iterable<unknown>): void => {
      set.#sealed = false;
      for (const item of items) set.add(item);
      set.#sealed = true;
    };
    return { set, fill };
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
