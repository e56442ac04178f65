/**
 * `collections`.
 *
 * How they travel: the `__reduce__` methods of `Lib/collections/__init__.py` and `Modules/_collectionsmodule.c` in
 * CPython 2.7 to 3.14.
 *
 * @module
 */
import { Counter, DefaultDict, Deque, OrderedDict } from '../../values/collections.js';
import { Collisions } from '../../values/collisions.js';
import { storedKey } from '../../values/dict-keys.js';
import { isInert } from '../../values/inert.js';
import { PyDict } from '../../values/py-dict.js';
import { Tuple } from '../../values/tuple.js';
import { badValue, entriesOf, isDict } from './definition.js';
import type { BuiltinDefinition } from './definition.js';

const EMPTY = Tuple.of();

/** What `load_build` of CPython's Modules/_pickle.c takes for an object without `__setstate__`, and none. */
function isState(state: unknown): boolean {
  if (!(state instanceof Tuple)) return state === undefined || isDictOrNone(state);
  const [dict, slots] = state as Tuple;
  return state.length === 2 && isDictOrNone(dict) && isSlots(slots);
}

function isDictOrNone(value: unknown): boolean {
  return value === null || mayBeDict(value);
}

/** A dict, or what a call or a persistent id gives in Python: an instance of a subclass of dict, perhaps. */
function mayBeDict(value: unknown): value is object {
  return isInert(value) || isDict(value);
}

/** What is set by `setattr`, unlike the dict before it: by names, and `__class__` and `__dict__` take no value of any kind. */
function isSlots(value: unknown): boolean {
  if (!mayBeDict(value)) return false;
  if (isInert(value)) return true;
  const names: unknown[] = value instanceof Map ? [...value.keys()] : Object.keys(value);
  return names.every((name) => typeof name === 'string' && !/^__.*__$/s.test(name));
}

const orderedDict: BuiltinDefinition = {
  kind: 'custom',
  module: 'collections',
  qualname: 'OrderedDict',
  filledByInit: true,
  type: OrderedDict,
  construct({ args }, { lossless, maxCollisions, hashing }) {
    const [items] = args;
    if (args.length === 0) return new OrderedDict();
    // Python 2.7: a list of two-item lists.
    if (args.length !== 1 || !Array.isArray(items)) return undefined;
    const collisions = new Collisions(maxCollisions);
    const dict = new OrderedDict();
    PyDict.checkBy(dict, hashing);
    for (const item of items as unknown[]) {
      if (!Array.isArray(item) || item.length !== 2) return undefined;
      const key = storedKey(item[0], lossless);
      const { size } = dict;
      dict.set(key, item[1]);
      if (dict.size > Math.max(size, maxCollisions) && !collisions.add(key)) return undefined;
    }
    return dict;
  },
  setState(value, state) {
    (value as OrderedDict).attributes = state;
  },
  reduce(value) {
    const dict = value as OrderedDict;
    if (!isState(dict.attributes)) {
      throw badValue(
        'The attributes of an OrderedDict are a dict, or a Tuple of a dict or null and of a dict of slots',
      );
    }
    return { entries: dict, state: dict.attributes };
  },
};

const defaultDict: BuiltinDefinition = {
  kind: 'custom',
  module: 'collections',
  qualname: 'defaultdict',
  filledByInit: true,
  type: DefaultDict,
  construct({ args }) {
    // Whatever it is: what `persistentLoad` gives stands for something that Python can call.
    return args.length > 1 ? undefined : DefaultDict.read(args[0] ?? null);
  },
  reduce(value, context) {
    const { factory } = value as DefaultDict;
    if (factory === undefined || factory === null) return { entries: value as DefaultDict };
    if (context.isNeverCallable(factory))
      throw badValue('The factory of a defaultdict is null or what Python can call, a PyGlobal for example');

    return { args: [factory], entries: value as DefaultDict };
  },
};

const counter: BuiltinDefinition = {
  kind: 'custom',
  module: 'collections',
  qualname: 'Counter',
  filledByInit: true,
  type: Counter,
  construct({ args }) {
    const counts = args.length === 1 ? entriesOf(args[0]) : undefined;
    return counts && new Counter(counts);
  },
  reduce(value) {
    return { args: [new PyDict(value as Counter)] };
  },
};

const deque: BuiltinDefinition = {
  kind: 'custom',
  module: 'collections',
  qualname: 'deque',
  filledByInit: true,
  type: Deque,
  construct({ args }) {
    const [items, maxlen] = args;
    if (args.length > 2) return undefined;
    if (maxlen !== undefined && maxlen !== null && (!Number.isSafeInteger(maxlen) || Number(maxlen) < 0))
      return undefined;
    if (items !== undefined && !Array.isArray(items)) return undefined;
    return Deque.create<unknown>((items as unknown[] | undefined) ?? [], (maxlen as number | null | undefined) ?? null);
  },
  reduce(value) {
    const items = value as Deque;
    // `deque_init` of CPython's Modules/_collectionsmodule.c.
    if (items.maxlen !== null && (!Number.isSafeInteger(items.maxlen) || items.maxlen < 0))
      throw badValue(`The maxlen of a deque is null or an integer from 0 on, not ${String(items.maxlen)}`);

    return { args: items.maxlen === null ? [] : [EMPTY, items.maxlen], items };
  },
};

export const COLLECTION_BUILTINS: readonly BuiltinDefinition[] = [orderedDict, defaultDict, counter, deque];
