/**
 * Items into lists, dicts and sets: opcodes APPEND(S), SETITEM(S), ADDITEMS, DICT, FROZENSET.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { CustomEntry } from '../classes/compiled-registry.js';
import { PendingState } from './deferred.js';
import type { UnpicklingError } from '../errors.js';
import { KeyTable } from './key-table.js';
import type { Machine } from './machine.js';
import { isPropertyKey, isSparseKey, makeSparse, storedKey } from '../values/dict-keys.js';
import { FrozenSet } from '../values/frozen-set.js';
import { addStep, stepsOf } from '../values/inert.js';
import { UnhashableError } from '../values/keys.js';
import { PyDict } from '../values/py-dict.js';
import { PyGlobal } from '../values/py-global.js';
import { PyObject } from '../values/py-object.js';
import { Tuple } from '../values/tuple.js';

/** Appends the items of the stack from `from` up to `to` to the list-like value in the slot. */
export function appendItems(m: Machine, slot: number, from: number, to: number): void {
  const { stack } = m;
  let target = m.current(stack[slot]);
  if (Array.isArray(target) && !(target instanceof Tuple)) {
    for (let index = from; index < to; index++) target.push(stack[index]);
    return;
  }
  if (target instanceof PendingState) target = m.materialise(slot, target);
  const steps = stepsOf(target);
  if (steps !== undefined) {
    addStep(steps, { kind: 'append', items: stack.slice(from, to) });
    return;
  }
  const entry = hooked(m, target);
  if (entry?.definition.append === undefined) throw m.fail('BAD_TARGET', `appends to ${describe(target)}`);
  callHook(m, () => entry.definition.append?.(target as object, stack.slice(from, to)));
}

/** Puts keys and values of the stack, from `from` up to `to`, into the dict-like value in the slot. */
export function setItems(m: Machine, slot: number, from: number, to: number): void {
  const { stack } = m;
  if ((to - from) % 2 === 1) throw m.fail('ODD_ITEMS', 'has a key without a value');
  let target = m.current(stack[slot]);
  if (target instanceof PendingState) target = m.materialise(slot, target);
  if (isPlainDict(target)) {
    const { lossless } = m.options;
    let isSparse = false;
    for (let index = from; index < to; index += 2) {
      const key = stack[index];
      if (!isPropertyKey(key, lossless)) {
        const dict = toPyDict(m, slot, target);
        setPyDict(m, dict, index, to);
        return;
      }
      if (!isSparse && isSparseKey(key)) {
        makeSparse(target);
        isSparse = true;
      }
      target[key] = stack[index + 1];
    }
    return;
  }
  if (target instanceof PyDict) {
    setPyDict(m, target, from, to);
    return;
  }
  setOther(m, target, from, to);
}

/** A dict as a plain object. */
function isPlainDict(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function toPyDict(m: Machine, slot: number, target: Record<string, unknown>): PyDict {
  const dict = new PyDict(Object.entries(target));
  m.replace(slot, target, dict);
  return dict;
}

function setPyDict(m: Machine, dict: PyDict, from: number, to: number): void {
  const { stack } = m;
  PyDict.checkBy(dict, m.registry);
  for (let index = from; index < to; index += 2) setKey(m, dict, stack[index], stack[index + 1]);
}

function setKey(m: Machine, dict: PyDict, key: unknown, value: unknown): void {
  if (typeof key === 'string') {
    dict.set(key, value);
    return;
  }
  try {
    if (!keysOf(m).set(dict, storedKey(key, m.options.lossless), value)) throw tooManyAlike(m, key);
  } catch (error) {
    throw unhashableError(m, error);
  }
}

function keysOf(m: Machine): KeyTable {
  m.filling.keys ??= new KeyTable(m.registry, m.options.maxCollisions);
  return m.filling.keys;
}

function tooManyAlike(m: Machine, key: unknown): UnpicklingError {
  const what =
    typeof key === 'bigint' ? 'ints that differ only above their lowest 64 bits' : 'numbers that engines hash alike';
  return m.fail('LIMIT_COLLISIONS', `adds more than ${m.options.maxCollisions} ${what}`);
}

function unhashableError(m: Machine, error: unknown): unknown {
  return error instanceof UnhashableError ? m.fail('UNHASHABLE', `has a key of ${error.message}`, error) : error;
}

function setOther(m: Machine, target: unknown, from: number, to: number): void {
  const { stack } = m;
  const steps = stepsOf(target);
  if (steps !== undefined) {
    addStep(steps, { kind: 'set', entries: pairs(stack, from, to) });
    return;
  }
  if (Array.isArray(target) && !(target instanceof Tuple)) {
    // Python sets `list[index]`, from either end, when there is such an item.
    for (let index = from; index < to; index += 2) {
      const key = stack[index];
      const at = typeof key === 'number' && key < 0 ? key + target.length : key;
      if (typeof at !== 'number' || !Number.isInteger(at) || at < 0 || at >= target.length)
        throw m.fail('BAD_TARGET', 'sets an item that its list does not have');

      target[at] = stack[index + 1];
    }
    return;
  }
  const entry = hooked(m, target);
  if (entry?.definition.setItems === undefined) throw m.fail('BAD_TARGET', `sets items of ${describe(target)}`);
  callHook(m, () => entry.definition.setItems?.(target as object, pairs(stack, from, to)));
}

function pairs(stack: readonly unknown[], from: number, to: number): [unknown, unknown][] {
  const entries: [unknown, unknown][] = [];
  for (let index = from; index < to; index += 2) entries.push([stack[index], stack[index + 1]]);
  return entries;
}

/** A dict of keys and values on the stack: opcode DICT. */
export function makeDict(m: Machine, from: number, to: number): unknown {
  m.stack[to] = m.options.dict === 'map' ? new PyDict() : {};
  setItems(m, to, from, to);
  return m.stack[to];
}

/** Adds the items of the stack from `from` up to `to` to the set in the slot. */
export function addItems(m: Machine, slot: number, from: number, to: number): void {
  const { stack } = m;
  const target = m.current(stack[slot]);
  if (target instanceof Set && !(target instanceof FrozenSet)) {
    for (let index = from; index < to; index++) addItem(m, target, stack[index]);
    return;
  }
  const steps = stepsOf(target);
  if (steps === undefined) throw m.fail('BAD_TARGET', `adds items to ${describe(target)}`);
  addStep(steps, { kind: 'add', items: stack.slice(from, to) });
}

/** A frozenset of items. */
export function makeFrozenSet(m: Machine, items: Iterable<unknown>): FrozenSet {
  return FrozenSet.fill((set) => {
    for (const item of items) addItem(m, set, item);
  });
}

/** Adds an item as Python does: not a second time when an equal one is there. */
export function addItem(m: Machine, set: Set<unknown>, item: unknown): void {
  if (typeof item === 'string') {
    set.add(item);
    return;
  }
  const value = storedKey(item, m.options.lossless);
  if ((value === null || Number.isSafeInteger(value)) && isPlainSet(m, set)) {
    set.add(value);
    return;
  }
  if (m.filling.plainSet === set) m.filling.plainSet = undefined;
  try {
    if (!keysOf(m).add(set, value)) throw tooManyAlike(m, value);
  } catch (error) {
    throw unhashableError(m, error);
  }
}

/** So many ints in one set are counted: engines may hash them alike. */
const PLAIN_SET = 256;

/**
 * Whether a set holds nothing but texts, safe ints and None, which are equal to nothing else among such. It is known of the set
 * that is being filled.
 */
function isPlainSet(m: Machine, set: Set<unknown>): boolean {
  if (set.size === 0) m.filling.plainSet = set;
  return m.filling.plainSet === set && set.size < PLAIN_SET;
}

function hooked(m: Machine, target: unknown): CustomEntry | undefined {
  return typeof target === 'object' && target !== null ? m.filling.made?.get(target) : undefined;
}

/** Runs a hook of a registered class; what it throws becomes an error with its place. */
export function callHook(m: Machine, hook: () => void): void {
  try {
    hook();
  } catch (cause) {
    throw m.fail('REJECTED', `was refused by its class: ${messageOf(cause)}`, cause);
  }
}

/** What a value is, for messages. */
export function describe(value: unknown): string {
  if (value === null) return 'None';
  if (Array.isArray(value)) return value instanceof Tuple ? 'a tuple' : 'a list';
  if (value instanceof PyGlobal) return `the name ${value.fullName}`;
  if (value instanceof PyObject) return 'an inert object';
  switch (typeof value) {
    case 'string':
      return 'a str';
    case 'number':
    case 'bigint':
      return 'a number';
    case 'boolean':
      return 'a bool';
    case 'object': {
      const name: unknown = (value as { constructor?: unknown }).constructor;
      return typeof name === 'function' ? `a ${name.name}` : 'an object';
    }
    default:
      return `a ${typeof value}`;
  }
}
