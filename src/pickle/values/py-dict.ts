/**
 * Python's dict, for keys that a plain object cannot have.
 *
 * @module
 */
import { KeyIndex } from './keys.js';
import type { Hashing } from './keys.js';

/**
 * A Map with Python's key equality: `1`, `1n`, `true` and `new PyFloat(1)` are one key; tuples, frozensets, bytes and
 * dates are equal by content. As in Python the first key of several equal ones stays, with the last value.
 *
 * Bytes and dates that are keys, or items of keys, must not change afterwards.
 *
 * Setting a key that Python cannot hash (an array, a plain object, a Map) throws a TypeError. What only a registry knows,
 * `loads` and `dumps` check by theirs. Instances of a class that is registered with `hashable: false` are no keys. A frozen
 * array or object is a key only as a member of an enum. A dict that `loads` has filled, and a copy of it, goes on to check
 * by the registry of that `loads`.
 *
 * Instances and members of enums are keys by identity. So a member is another key than its value, as that of a plain
 * `Enum` in Python.
 */
export class PyDict<K = unknown, V = unknown> extends Map<K, V> {
  // From the canonical form of a key to the key itself, for keys that are not their own canonical form. Most dicts
  // have no such key, so it is made with the first one.
  #index: KeyIndex | undefined;
  #stored: Map<unknown, K> | undefined;
  #hashing: Hashing | undefined;
  /**
   * There are such keys, or open ones, that are not in the index. Nobody has looked for one yet, and a pickle may have a dict
   * for every four bytes.
   */
  #late: false | 'closed' | 'open' = false;

  constructor(entries: Iterable<readonly [K, V]> = []) {
    super();
    if (entries instanceof PyDict) this.#hashing = entries.#hashing;
    for (const [key, value] of entries) this.set(key, value);
  }

  /** Lets a registry say which keys Python can hash, from now on. @internal */
  static checkBy(dict: PyDict, hashing: Hashing): void {
    if (dict.#hashing === hashing) return;
    dict.#hashing = hashing;
    if (dict.#index !== undefined) dict.#index.hashing = hashing;
  }

  /** Whether it is a PyDict that has had a key of which this registry may say that Python cannot hash it. @internal */
  static hasOpenKey(value: unknown, hashing: Hashing): value is PyDict {
    if (!(value instanceof PyDict)) return false;
    const openTo = value.#late === 'open' ? value.#hashing : value.#index?.openTo;
    return openTo !== undefined && openTo !== hashing;
  }

  /** Whether a dict finds its keys itself, so that {@link PyDict.put} must not be used. @internal */
  static isIndexed(dict: PyDict): boolean {
    return dict.#index !== undefined;
  }

  /**
   * Sets a key that is in the dict as this very value, or that nothing in it is equal to.
   *
   * @param late - when the key has to be indexed before others are looked for, and whether it may be open.
   * @internal
   */
  static put<K, V>(dict: PyDict<K, V>, key: K, value: V, late: false | 'closed' | 'open'): void {
    Map.prototype.set.call(dict, key, value);
    if (late !== false && dict.#late !== 'open') dict.#late = late;
  }

  override get(key: K): V | undefined {
    return super.get(this.#find(key) as K);
  }

  override has(key: K): boolean {
    return super.has(this.#find(key) as K);
  }

  override delete(key: K): boolean {
    if (typeof key === 'string') return super.delete(key);
    const stored = this.#find(key);
    this.#stored?.delete(this.#canonical(key, false));
    return super.delete(stored as K);
  }

  override clear(): void {
    this.#index = undefined;
    this.#stored = undefined;
    this.#late = false;
    super.clear();
  }

  override set(key: K, value: V): this {
    // A field initializer of a subclass may not have run when Map's constructor calls this; ours passes it nothing.
    if (typeof key === 'string') return super.set(key, value);
    if (this.#late !== false) this.#indexAll();
    const canonical = this.#canonical(key, true);
    // A text among the canonical forms is never a key itself.
    if (typeof canonical !== 'string' && super.has(canonical as K)) return super.set(canonical as K, value);
    const stored = this.#stored?.get(canonical);
    if (stored !== undefined) return super.set(stored, value);
    // None and undefined are one key, and null is what stands for it.
    if (key === undefined) return super.set(canonical as K, value);
    this.#store(key, canonical);
    return super.set(key, value);
  }

  #find(key: K): K | undefined {
    if (typeof key === 'string') return key;
    if (this.#late !== false) this.#indexAll();
    const canonical = this.#canonical(key, false);
    const stored = this.#stored?.get(canonical);
    // No key is undefined.
    return stored ?? (typeof canonical === 'string' ? undefined : (canonical as K));
  }

  #store(key: K, canonical: unknown): void {
    if (Object.is(key, canonical) || key === canonical) return;
    this.#stored ??= new Map<unknown, K>();
    this.#stored.set(canonical, key);
  }

  #indexAll(): void {
    this.#late = false;
    for (const key of this.keys()) if (typeof key !== 'string') this.#store(key, this.#canonical(key, true));
  }

  #canonical(key: K, keep: boolean): unknown {
    if (typeof key === 'number' && Number.isSafeInteger(key)) return key;
    this.#index ??= new KeyIndex(this.#hashing);
    return this.#index.canonical(key, keep);
  }
}
