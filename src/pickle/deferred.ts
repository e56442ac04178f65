/**
 * Values that a pickle stores in the memo and as a rule never fetches: they are made when it does.
 *
 * CPython's pickler stores every dict, tuple and bytes object, also the `__dict__` of an instance and the arguments of a
 * call, which are thrown away once the instance or the result is there.
 *
 * @module
 */
import type { ObjectEntry } from './compiled-registry.js';
import type { Machine } from './machine.js';
import { isPropertyKey } from './values/dict-keys.js';
import { PyDict } from './values/py-dict.js';
import { tupleFrom } from './values/tuple.js';

/** What stands in the memo for a value that has not been made. */
export abstract class Deferred {
  /** Makes the value and puts it into the memo entry. */
  abstract make(machine: Machine, index: number): unknown;
}

/**
 * The state of an object of a known class, on its way: what stands on the stack and in the memo for the `__dict__`
 * between EMPTY_DICT and BUILD. When nothing but BUILD ever sees that dict, it is never made.
 */
export class PendingState extends Deferred {
  /** The keys of the dict, once BUILD has taken them. */
  keys: readonly string[] | undefined;

  constructor(
    readonly entry: ObjectEntry,
    readonly instance: object,
  ) {
    super();
  }

  make(machine: Machine, index: number): unknown {
    const { keys, instance } = this;
    if (keys === undefined) {
      const slot = machine.stack.lastIndexOf(this, machine.sp - 1);
      return machine.materialise(slot, this);
    }
    const { map, lossless } = machine.options;
    const entries = keys.map((key): [string, unknown] => [key, Reflect.get(instance, key)]);
    const plain = !map && keys.every((key) => isPropertyKey(key, lossless));
    const dict = plain ? Object.fromEntries(entries) : new PyDict(entries);
    machine.memo[index] = dict;
    return dict;
  }
}

/** The arguments of a call that has been made of them. */
export class DeferredTuple extends Deferred {
  constructor(readonly items: unknown[]) {
    super();
  }

  make(machine: Machine, index: number): unknown {
    // What was deferred in its turn has its own memo entry, and must be one object in both places.
    const items = this.items.map((item) => (item instanceof DeferredBytes ? item.value(machine) : item));
    const tuple = tupleFrom(items);
    machine.memo[index] = tuple;
    return tuple;
  }
}

/** The packed fields of a datetime that has been made of them. */
export class DeferredBytes extends Deferred {
  #made: Uint8Array | undefined;

  constructor(
    readonly start: number,
    readonly end: number,
  ) {
    super();
  }

  make(machine: Machine, index: number): unknown {
    machine.memo[index] = this.value(machine);
    return machine.memo[index];
  }

  value(machine: Machine): Uint8Array {
    const { data, options } = machine;
    this.#made ??= options.view ? data.subarray(this.start, this.end) : data.slice(this.start, this.end);
    return this.#made;
  }
}
