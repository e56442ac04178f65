/**
 * The keys of dicts and the items of sets while they are decoded: which of them are equal in Python.
 *
 * @module
 */
import { Collisions } from '../values/collisions.js';
import { KeyIndex } from '../values/keys.js';
import type { Hashing } from '../values/keys.js';
import { PyDict } from '../values/py-dict.js';

/** So few keys are worked out anew when a container gets more after another one did. */
const FEW = 8;

/**
 * One for a whole decoding: an index in each dict and set would take several times the memory of a small one. What is known
 * of a small container is forgotten with the next one.
 */
export class KeyTable {
  readonly #index: KeyIndex;
  readonly #maxCollisions: number;
  #container: Map<unknown, unknown> | Set<unknown> | undefined;
  /** From the canonical form of a key of it to the key itself, for keys that are not their own canonical form. */
  #keys = new Map<unknown, unknown>();
  #kept: Map<object, Map<unknown, unknown>> | undefined;
  #collisions: Map<object, Collisions> | undefined;

  constructor(hashing: Hashing, maxCollisions: number) {
    this.#index = new KeyIndex(hashing, true);
    this.#maxCollisions = maxCollisions;
  }

  /**
   * Sets a key of a dict. The first of several equal ones stays.
   *
   * @returns false when there are now too many numbers in it that are hashed alike.
   * @throws UnhashableError
   */
  set(dict: PyDict, key: unknown, value: unknown): boolean {
    if (PyDict.isIndexed(dict)) {
      const { size } = dict;
      dict.set(key, value);
      return dict.size === size || this.#count(dict, key);
    }
    const canonical = this.#index.canonical(key, true);
    const there = this.#find(dict, canonical);
    if (there !== undefined) {
      PyDict.put(dict, there, value, false);
      return true;
    }
    const isCanonical = this.#note(key, canonical);
    // Once there has been an open key, any may hold it.
    const isOpen = this.#index.openTo !== undefined && typeof canonical !== 'number';
    PyDict.put(dict, key, value, isOpen ? 'open' : isCanonical ? false : 'closed');
    return this.#count(dict, key);
  }

  /**
   * Adds an item to a set, unless an equal one is there.
   *
   * @returns false when there are now too many numbers in it that are hashed alike.
   * @throws UnhashableError
   */
  add(set: Set<unknown>, item: unknown): boolean {
    const canonical = this.#index.canonical(item, true);
    if (this.#find(set, canonical) !== undefined) return true;
    this.#note(item, canonical);
    set.add(item);
    return this.#count(set, item);
  }

  /** The key of a container that is equal to one of this canonical form; undefined for none. */
  #find(container: Map<unknown, unknown> | Set<unknown>, canonical: unknown): unknown {
    if (container !== this.#container) this.#enter(container);
    // A text among the canonical forms is never a key itself.
    if (typeof canonical !== 'string' && holds(container, canonical)) return canonical;
    return this.#keys.size === 0 ? undefined : this.#keys.get(canonical);
  }

  #note(key: unknown, canonical: unknown): boolean {
    if (Object.is(key, canonical) || key === canonical) return true;
    this.#keys.set(canonical, key);
    return false;
  }

  #enter(container: Map<unknown, unknown> | Set<unknown>): void {
    const left = this.#container;
    if (left !== undefined && left.size > FEW) {
      this.#kept ??= new Map<object, Map<unknown, unknown>>();
      this.#kept.set(left, this.#keys);
      this.#keys = new Map();
    } else if (this.#keys.size > 0) {
      this.#keys.clear();
    }
    this.#container = container;
    const keys = this.#kept?.get(container);
    if (keys !== undefined) {
      this.#keys = keys;
    } else {
      for (const key of container.keys())
        if (typeof key !== 'string') this.#note(key, this.#index.canonical(key, true));
    }
  }

  #count(container: { readonly size: number }, key: unknown): boolean {
    if ((typeof key !== 'number' && typeof key !== 'bigint') || container.size <= this.#maxCollisions) return true;
    this.#collisions ??= new Map<object, Collisions>();
    let collisions = this.#collisions.get(container);
    if (collisions === undefined) {
      collisions = new Collisions(this.#maxCollisions);
      this.#collisions.set(container, collisions);
    }
    return collisions.add(key);
  }
}

/** Whether a container holds this very key: a PyDict would begin to find its keys itself. */
function holds(container: Map<unknown, unknown> | Set<unknown>, key: unknown): boolean {
  return container instanceof Map ? Map.prototype.has.call(container, key) : container.has(key);
}
