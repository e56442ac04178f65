/**
 * Python's `collections`: OrderedDict, defaultdict, Counter, deque.
 *
 * @module
 */
import { isNeverCallable } from './callable.js';
import { PyDict } from './py-dict.js';

/** A Python OrderedDict. */
export class OrderedDict<K = unknown, V = unknown> extends PyDict<K, V> {
  /** Attributes set on the instance, its `__dict__`, or a Tuple of it and of slots; undefined when there are none. */
  attributes: unknown = undefined;
}

/** A Python defaultdict. The factory is data: a missing key is missing here. */
export class DefaultDict<K = unknown, V = unknown> extends PyDict<K, V> {
  /** What Python calls for a missing key, as a rule a `PyGlobal`; null for none. */
  readonly factory: unknown;

  /** @throws TypeError for a factory that Python cannot call: `defdict_init` of CPython's Modules/_collectionsmodule.c. */
  constructor(factory: unknown, entries: Iterable<readonly [K, V]> = []) {
    super(entries);
    if (factory !== undefined && factory !== null && isNeverCallable(factory))
      throw new TypeError('The factory of a defaultdict is null or what Python can call, a PyGlobal for example');

    this.factory = factory;
  }

  /** One that came in a pickle. Its factory is checked when it is written, where a persistent id may stand for it. @internal */
  static read(factory: unknown): DefaultDict {
    const dict = new DefaultDict(null);
    const made: { factory: unknown } = dict;
    made.factory = factory;
    return dict;
  }
}

/** A Python Counter. */
export class Counter<K = unknown> extends PyDict<K> {}

/** A Python deque: an array that `dumps` writes as a deque. */
export class Deque<T = unknown> extends Array<T> {
  /** The most items that Python lets it have, null for no limit: a safe integer, 0 or more. Not enforced here. */
  maxlen: number | null = null;

  /** map(), filter() and the like give a list. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** A deque of the items of an iterable. */
  static create<T>(items: Iterable<T>, maxlen: number | null = null): Deque<T> {
    const deque = new Deque<T>();
    for (const item of items) deque.push(item);
    deque.maxlen = maxlen;
    return deque;
  }
}
