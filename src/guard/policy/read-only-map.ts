/**
 * A Map that nobody can change: `Object.freeze` leaves `set` to a Map.
 *
 * @module
 */

/** What a Map has but for what changes it. */
export class ReadOnlyMap<Key, Value> implements ReadonlyMap<Key, Value> {
  readonly #map: Map<Key, Value>;

  constructor(entries: Iterable<readonly [Key, Value]>) {
    this.#map = new Map(entries);
    Object.freeze(this);
  }

  /** How many there are. */
  get size(): number {
    return this.#map.size;
  }

  /** What stands under a key. */
  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  /** Whether there is something under a key. */
  has(key: Key): boolean {
    return this.#map.has(key);
  }

  /** Calls a function for each, in their order. */
  forEach(callback: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.#map) callback(value, key, this);
  }

  /** Keys and values. */
  entries(): MapIterator<[Key, Value]> {
    return this.#map.entries();
  }

  /** The keys. */
  keys(): MapIterator<Key> {
    return this.#map.keys();
  }

  /** The values. */
  values(): MapIterator<Value> {
    return this.#map.values();
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): ReadonlyMap<Key, Value> {
    return this.#map;
  }

  /** Keys and values. */
  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#map.entries();
  }
}
