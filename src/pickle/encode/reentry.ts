/**
 * Calls whose arguments lead back to the object that they make.
 *
 * CPython's pickler asks such an object for its arguments (`__reduce__`, `__getnewargs__`) each time it gets to it, until it is
 * in the memo. See `save_reduce` of Modules/_pickle.c. The last one that is begun is the first to be made, and stays.
 *
 * @module
 */
import type { CallParts } from '../classes/partial-new.js';
import type { Task } from './encoding.js';
import { DictTask, ListTask, ScriptTask, SetTask, TupleTask } from './tasks.js';
import { DefaultDict, Deque, OrderedDict } from '../values/collections.js';
import { PyDict } from '../values/py-dict.js';
import { PyObject } from '../values/py-object.js';
import { tupleFrom, Tuple } from '../values/tuple.js';

/** An inert call that has been begun. */
export interface Making {
  /** Its place among the tasks. */
  readonly task: number;
  /** How many entries the memo had. */
  readonly size: number;
  /** The containers among its arguments that were open when it was begun: of every time before. */
  readonly open: ReadonlySet<object>;
}

/**
 * The containers among the arguments of a call that are in the memo and not complete. Whoever copied them now would have less
 * than their content.
 *
 * @param outer - how the call was begun that is not complete yet.
 * @param parts - what the call stands for.
 */
export function openContainers(
  tasks: readonly Task[],
  outer: Making,
  call: PyObject,
  { kwargs }: CallParts,
): ReadonlySet<object> {
  const open = new Set<object>(outer.open);
  let place = outer.task + 1;
  // Before protocol 4, keyword arguments stand in the state of a `functools.partial`, which is as fresh as they are.
  if (kwargs !== undefined && tasks[place] instanceof ScriptTask) place++;
  for (const task of tasks.slice(place)) {
    let container: object | undefined;
    if (task instanceof ListTask && task.exact) {
      container = task.items;
    } else if (task instanceof DictTask || task instanceof SetTask) {
      container = task.container;
    } else if (task instanceof ScriptTask) {
      // An object of its own is no part of the arguments.
      if (task.value === undefined || !isOwnContainer(task.value)) break;
      container = task.value;
    } else if (task instanceof TupleTask) {
      container = task.value;
    } else if (!(task instanceof ListTask)) {
      break;
    }
    if (container !== undefined && !PyObject.keeps(call, container)) open.add(container);
  }
  // A tuple is in the memo only when it is complete: it is written anew for what is in it, and else needs not.
  return [...open].every((container) => container instanceof Tuple) ? new Set() : open;
}

function isOwnContainer(value: object): boolean {
  return value instanceof Map || value instanceof Deque;
}

/** A call with copies of some containers in its arguments. */
export function refreshed(call: CallParts, open: ReadonlySet<object>): CallParts {
  const copies = new Map<unknown, unknown>();
  const fresh = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !open.has(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy = copyOf(value, fresh);
    copies.set(value, copy);
    return copy;
  };
  return {
    ...call,
    class: call.class,
    construction: call.construction,
    args: tupleFrom(Array.from<unknown>(call.args).map(fresh)),
    kwargs: fresh(call.kwargs) as CallParts['kwargs'],
  };
}

/** A container of the same kind, and the same items but for those that are fresh. A chain of open containers is no circle. */
function copyOf(value: object, fresh: (item: unknown) => unknown): unknown {
  if (value instanceof Tuple) return tupleFrom(Array.from<unknown>(value).map(fresh));
  if (value instanceof Deque) return Deque.create(Array.from<unknown>(value).map(fresh), value.maxlen);
  if (Array.isArray(value)) return value.map(fresh);
  if (value instanceof Map) {
    const entries = Array.from(value as Map<unknown, unknown>).map(([key, item]) => [fresh(key), fresh(item)] as const);
    if (value instanceof DefaultDict) return new DefaultDict(value.factory, entries);
    if (value instanceof OrderedDict) return new OrderedDict(entries);
    return value instanceof PyDict ? new PyDict(entries) : new Map(entries);
  }
  if (value instanceof Set) return new Set(Array.from<unknown>(value).map(fresh));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fresh(item)]));
}
