/**
 * Puts what now stands for replaced values into everything that has a reference to the old ones.
 *
 * @module
 */
import type { Machine } from './machine.js';
import { FrozenSet } from '../values/frozen-set.js';
import { UnhashableError } from '../values/keys.js';
import { isInert } from '../values/inert.js';
import { Tuple, tupleFrom } from '../values/tuple.js';

/** The replacements in one result. */
export class Replacements {
  readonly #machine: Machine;
  /** For the frozen tuples and frozensets that have been looked at: what stands for each, as a rule itself. */
  readonly #known = new Map<object, object>();
  /** Those of them that hold something else now, so that dicts have to find them anew. */
  readonly #changed = new Set<object>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** What now stands for a value. A tuple that was a key is frozen: when an item of it was replaced, it is a new one. */
  now(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const current = this.#machine.current(value);
    return isSettled(current) ? (this.#known.get(current) ?? this.#renewed(current)) : current;
  }

  /** Replaces what is directly inside a value. */
  replaceIn(value: object): void {
    if (Array.isArray(value)) {
      this.#replaceItems(value);
    } else if (value instanceof Map) {
      this.#replaceEntries(value);
      this.#replaceProperties(value);
    } else if (value instanceof FrozenSet) {
      this.#renewed(value);
    } else if (value instanceof Set) {
      this.#refill(value, (item) => this.now(item));
    } else if (isInert(value)) {
      this.#replaceProperties(value);
      for (const step of value.steps) {
        this.#replaceProperties(step);
        if (step.kind === 'state' || step.kind === 'setter') continue;
        if (step.kind === 'set') for (const entry of step.entries) this.replaceIn(entry);
        else this.replaceIn(step.items);
      }
    } else if (!ArrayBuffer.isView(value)) {
      this.#replaceProperties(value);
    }
  }

  #replaceItems(items: unknown[]): void {
    if (Object.isFrozen(items)) return;
    for (const [index, item] of items.entries()) {
      const now = this.now(item);
      if (now !== item) items[index] = now;
    }
  }

  #replaceProperties(value: object): void {
    for (const [key, item] of Object.entries(value) as [string, unknown][]) {
      const now = this.now(item);
      if (now !== item) Reflect.defineProperty(value, key, { value: now });
    }
  }

  #replaceEntries(map: Map<unknown, unknown>): void {
    const entries = [...map].map(([key, item]) => ({ key, nowKey: this.now(key), item, nowItem: this.now(item) }));
    if (entries.every(({ key, nowKey }) => nowKey === key && !this.#changed.has(key as object))) {
      for (const { key, item, nowItem } of entries) if (nowItem !== item) Map.prototype.set.call(map, key, nowItem);
      return;
    }
    map.clear();
    for (const { nowKey, nowItem } of entries) this.#setKey(map, nowKey, nowItem);
  }

  #setKey(map: Map<unknown, unknown>, key: unknown, item: unknown): void {
    try {
      map.set(key, item);
    } catch (error) {
      if (!(error instanceof UnhashableError)) throw error;
      throw this.#machine.fail('UNHASHABLE', `ends a value with a key of ${error.message}`, error);
    }
  }

  /** Puts the items of a set in again, in their order. @returns false when none of them was replaced. */
  #refill(set: Set<unknown>, now: (item: unknown) => unknown): boolean {
    const items = [...set];
    const present = items.map(now);
    if (present.every((item, index) => item === items[index])) return false;
    // A FrozenSet refuses by its own methods.
    Set.prototype.clear.call(set);
    for (const item of present) Set.prototype.add.call(set, item);
    return true;
  }

  /** What stands for a tuple or frozenset, those inside it first. One that is inside itself takes a user's function. */
  #renewed(value: Tuple | FrozenSet): object {
    const open = new Set<object>();
    const work: (Tuple | FrozenSet)[] = [value];
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if (this.#known.has(node)) continue;
      if (open.has(node)) {
        this.#known.set(node, this.#renew(node));
        continue;
      }
      open.add(node);
      work.push(node);
      for (const item of node) {
        const current = this.#machine.current(item);
        if (isSettled(current) && !this.#known.has(current) && !open.has(current)) work.push(current);
      }
    }
    return this.#known.get(value) ?? value;
  }

  /** Renews one, after those inside it. */
  #renew(node: Tuple | FrozenSet): object {
    const now = (item: unknown): unknown => {
      const current = this.#machine.current(item);
      return isSettled(current) ? (this.#known.get(current) ?? current) : current;
    };
    if (node instanceof FrozenSet) {
      if (this.#refill(node, now) || this.#holdsChanged(node)) this.#changed.add(node);
      return node;
    }
    const items = Array.from<unknown>(node);
    const present = items.map(now);
    if (present.some((item, index) => item !== items[index])) return tupleFrom(present);
    if (this.#holdsChanged(node)) this.#changed.add(node);
    return node;
  }

  #holdsChanged(items: Iterable<unknown>): boolean {
    for (const item of items) if (this.#changed.has(item as object)) return true;
    return false;
  }
}

/** What has a place in a dict or set by its content, and therefore never changes as a rule. */
function isSettled(value: unknown): value is Tuple | FrozenSet {
  return value instanceof FrozenSet || (value instanceof Tuple && Object.isFrozen(value));
}
