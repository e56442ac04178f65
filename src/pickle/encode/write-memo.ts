/**
 * Where in the memo of a pickle an object or a name is.
 *
 * @module
 */

/** Up to this many entries are looked for one by one: faster than a Map, which has to be made and to grow first. */
const FEW = 32;

/** From objects, by identity, and from the keys of names to numbers. Written to once for each key. @internal */
export class WriteMemo {
  readonly #keys = new Array<unknown>(FEW).fill(undefined);
  readonly #indices = new Int32Array(FEW);
  /** How many of these are taken. */
  #count = 0;
  #many: Map<unknown, number> | undefined;

  /** How many there are. */
  get size(): number {
    return this.#many?.size ?? this.#count;
  }

  get(key: object | string): number | undefined {
    if (this.#many !== undefined) return this.#many.get(key);
    const keys = this.#keys;
    for (let at = this.#count - 1; at >= 0; at--) if (keys[at] === key) return this.#indices[at];
    return undefined;
  }

  set(key: object | string, index: number): void {
    if (this.#many !== undefined) {
      this.#many.set(key, index);
    } else if (this.#count < FEW) {
      this.#keys[this.#count] = key;
      this.#indices[this.#count++] = index;
    } else {
      this.#many = new Map(this.#keys.map((known, at) => [known, this.#indices[at] ?? 0]));
      this.#many.set(key, index);
    }
  }

  /** Forgets everything: what was written is not kept alive. */
  clear(): void {
    for (let at = 0; at < this.#count; at++) this.#keys[at] = undefined;
    this.#count = 0;
    this.#many = undefined;
  }
}
