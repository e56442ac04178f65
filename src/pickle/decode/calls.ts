/**
 * What a pickle would call: opcodes REDUCE, NEWOBJ, NEWOBJ_EX, INST, OBJ, BUILD and names. Nothing is ever called but
 * what the registry was given for exactly that name.
 *
 * @module
 */
import type { BuildContext, BuiltinDefinition } from '../classes/builtins/definition.js';
import { shapeOf } from '../classes/compiled-registry.js';
import type { CustomEntry, EnumEntry, ObjectEntry, Shape } from '../classes/compiled-registry.js';
import { callHook, describe } from './containers.js';
import type { PendingState } from './deferred.js';
import { UnpicklingError } from '../errors.js';
import { mostCopied } from './machine.js';
import type { Machine } from './machine.js';
import { python3Name } from '../classes/python2-names.js';
import type { PyCall } from '../classes/registry.js';
import { converted, fits, noteMisfit } from '../values/field-types.js';
import { noteIncomplete } from './incomplete.js';
import { isSparseKey, makeSparse } from '../values/dict-keys.js';
import { isInert } from '../values/inert.js';
import type { Inert } from '../values/inert.js';
import { UnhashableError } from '../values/keys.js';
import type { Hashing } from '../values/keys.js';
import { PersistentId } from '../values/persistent-id.js';
import { PyDict } from '../values/py-dict.js';
import { PyGlobal } from '../values/py-global.js';
import { markReconstructed, PyObject } from '../values/py-object.js';
import type { PyConstruction } from '../values/py-object.js';
import { Tuple, tupleFrom } from '../values/tuple.js';

/** What a name stands for: registered, or an inert `PyGlobal`. */
export function findGlobal(m: Machine, module: string, qualname: string): unknown {
  if (module === '' || qualname === '') throw m.fail('BAD_GLOBAL', 'has an empty module or name');
  if (m.protocol < 3 && m.options.fixImports) {
    const [module3, qualname3] = python3Name(module, qualname);
    return known(m, module3, qualname3) ?? nameOf(m, module3, qualname3);
  }
  return known(m, module, qualname) ?? nameOf(m, module, qualname);
}

/** What the registry has of a name, undefined when nobody registered it. */
function known(m: Machine, module: string, qualname: string): unknown {
  const found = m.registry.global(module, qualname);
  if (m.options.forward || !(found instanceof PyGlobal) || !m.registry.isOfSomePythons(found)) return found;
  // The codec writes its own name anywhere; this one is not to go further. It is bound to nothing, and found by its text.
  return undefined;
}

/** A name that the registry does not have. */
export function nameOf(m: Machine, module: string, qualname: string): PyGlobal {
  return m.options.forward ? PyGlobal.from('decoded', module, qualname) : new PyGlobal(module, qualname);
}

/** Keyword arguments, undefined for none. */
export type Keywords = Record<string, unknown> | PyDict | undefined;

/** The value of `callable(*args)`. */
export function reduce(m: Machine, callable: unknown, args: unknown): unknown {
  if (!(args instanceof Tuple)) return unpacking(m, callable, args, 'call');
  return callWith(m, callable, args, 'call');
}

/**
 * The fast path of TUPLE1 to TUPLE3 (and MEMOIZE) followed by REDUCE: a value of the items, without a tuple in between.
 *
 * @returns undefined when the call has to be kept, and so needs its tuple.
 */
export function reduceItems(m: Machine, callable: unknown, items: readonly unknown[]): unknown {
  const entry = callable instanceof PyGlobal ? m.registry.entryOf(callable) : undefined;
  if (entry?.kind === 'enum')
    return items.length === 1 && typeof items[0] === 'string' ? entry.byValue.get(items[0]) : undefined;

  // A user's own definition is promised a tuple. Where very much is refused, it is not refused twice.
  if (entry?.kind !== 'custom' || !entry.immediate || m.budget.refusals > FEW_REFUSALS) return undefined;
  const { copyLeft } = m.budget;
  if (!m.mayCopy(items)) {
    m.budget.copyLeft = copyLeft;
    return undefined;
  }
  try {
    const call = { construction: 'call', args: items, kwargs: undefined, state: undefined } as const;
    return (entry.definition as BuiltinDefinition).construct(call, new MachineContext(m, true));
  } catch (error) {
    if (isFromInside(error)) throw error;
    // The long way tells what is wrong, and counts for itself.
    m.budget.copyLeft = copyLeft;
    return undefined;
  }
}

/**
 * Whether what a built-in threw is of a definition or function of the user that it called in its turn. That has been told, and
 * is no refusal by the built-in.
 */
function isFromInside(error: unknown): boolean {
  return error instanceof UnpicklingError && (error.code === 'CALLBACK_FAILED' || error.code === 'REJECTED');
}

/**
 * Puts what now stands for values that were replaced into the arguments of a call that may copy them. Not into very many,
 * which no definition takes: the same tuple may be the arguments of any number of calls.
 */
function bringUpToDate(m: Machine, args: Tuple): void {
  if (m.identity.replaced === undefined || args.length > 64 || Object.isFrozen(args)) return;
  for (const [index, item] of args.entries()) {
    const now = m.current(item);
    if (now !== item) args[index] = now;
  }
}

function callWith(m: Machine, callable: unknown, args: Tuple, construction: PyConstruction): unknown {
  const entry = m.entryOf(callable);
  if (entry === undefined) return inert(m, callable, args, construction);
  switch (entry.kind) {
    case 'enum':
      return enumMember(m, entry, callable, args, construction);
    case 'custom':
      return construct(m, entry, callable, args, construction, undefined);
    case 'object':
      // Python would run __init__, which the definition does not describe.
      return inert(m, callable, args, construction);
  }
}

/** The value of opcodes INST and OBJ. */
export function instantiate(m: Machine, type: unknown, args: Tuple): unknown {
  // A registered class has no `__getinitargs__`, so `__init__` does not run without arguments.
  if (args.length === 0 && m.entryOf(type)?.kind === 'object') return newObject(m, type, args, undefined);
  return callWith(m, type, args, 'instantiate');
}

/** The value of `type.__new__(type, *args, **kwargs)`. */
export function newObject(m: Machine, type: unknown, args: unknown, kwargs: Keywords | Inert): unknown {
  if (!(args instanceof Tuple) || isInert(kwargs)) return unpacking(m, type, args, 'new', kwargs);
  const entry = m.entryOf(type);
  if (entry?.kind === 'object' && args.length === 0 && kwargs === undefined) {
    const instance = create(m, entry);
    m.noteUndeferred(instance);
    return instance;
  }
  if (entry?.kind === 'custom') return construct(m, entry, type, args, 'new', kwargs);
  return inert(m, type, args, 'new', kwargs);
}

/**
 * A call whose arguments are inert: in Python they may be a tuple, and a dict. Nobody here knows what is in them, so the call
 * is inert, whatever the class.
 */
function unpacking(
  m: Machine,
  callable: unknown,
  args: unknown,
  construction: PyConstruction,
  kwargs?: Keywords | Inert,
): PyObject {
  if (!(args instanceof Tuple) && !isInert(args))
    throw m.fail('BAD_CALL', `has ${describe(args)} for arguments, not a tuple`);

  return inert(m, callable, args, construction, kwargs);
}

/** A new instance of a registered class, all fields at their defaults. */
export function create(m: Machine, entry: ObjectEntry): object {
  try {
    return entry.definition.create();
  } catch (cause) {
    throw m.fail('CALLBACK_FAILED', `makes a ${entry.global.fullName}, whose create() threw`, cause);
  }
}

function inert(
  m: Machine,
  callable: unknown,
  args: Tuple | Inert,
  construction: PyConstruction,
  kwargs?: Keywords | Inert,
): PyObject {
  if (!(callable instanceof PyGlobal) && !isInert(callable)) throw m.fail('BAD_CALL', `calls ${describe(callable)}`);

  const object = new PyObject(callable, args, construction, kwargs);
  if (m.identity.shared) noteIncomplete(m.filling, object);
  return m.options.forward ? PyObject.mark(object, 'decoded') : object;
}

function enumMember(
  m: Machine,
  entry: EnumEntry,
  callable: unknown,
  args: Tuple,
  construction: PyConstruction,
): unknown {
  if (args.length !== 1) return inert(m, callable, args, construction);
  const value = args[0];
  let member: object | undefined;
  if (typeof value === 'string') {
    member = entry.byValue.get(value);
  } else {
    try {
      member = entry.byValue.get(entry.keys.canonical(value, false));
    } catch (error) {
      // An unhashable value is no member; it stays data like any other unknown one.
      if (!(error instanceof UnhashableError)) throw error;
    }
  }
  if (member !== undefined) return member;
  tellUnknown(m, 'member', entry.global, value);
  return inert(m, callable, args, construction);
}

function construct(
  m: Machine,
  entry: CustomEntry,
  callable: unknown,
  args: Tuple,
  construction: PyConstruction,
  kwargs: Record<string, unknown> | PyDict | undefined,
): unknown {
  if (entry.definition.when === 'state') return inert(m, callable, args, construction, kwargs);
  const ignored = construction === 'new' && args.length > 0;
  if (ignored && (entry.definition as BuiltinDefinition).filledByInit === true)
    return inert(m, callable, args, construction, kwargs);
  bringUpToDate(m, args);
  const value = build(m, entry, { construction, args, kwargs, state: undefined });
  if (value === undefined) return inert(m, callable, args, construction, kwargs);
  remember(m, entry, value);
  return value;
}

/** What a definition makes of a call, undefined when it refuses. */
function build(m: Machine, entry: CustomEntry, call: PyCall): unknown {
  const { definition } = entry;
  const isBuiltin = m.registry.isBuiltin(definition);
  if (isBuiltin && !m.mayCopy(call.args))
    throw m.fail('LIMIT_TEXT', `makes one copy more than the limit of ${mostCopied(m.options)} bytes allows`);

  let cause: unknown;
  try {
    const context = new MachineContext(m, false);
    const value: unknown =
      isBuiltin && m.budget.refusals > FEW_REFUSALS
        ? withoutStack(() => definition.construct(call, context))
        : definition.construct(call, context);
    if (!isBuiltin) m.noteForeign(value);
    if (value !== undefined || isBuiltin) return value;
  } catch (error) {
    if (isBuiltin && isFromInside(error)) throw error;
    if (isBuiltin) m.budget.refusals++;
    cause = error;
  }
  const name = entry.global.fullName;
  if (m.options.onReject === 'error') {
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    throw m.fail('REJECTED', `makes a ${name}, which refuses its arguments${why}`, cause);
  }
  tellUnknown(m, 'rejected', entry.global, cause);
  return undefined;
}

/** A program's own pickles have no more calls that built-in classes refuse. */
const FEW_REFUSALS = 64;

/** Does work whose error nobody looks up the place of: to note that takes ten times as long as a small call. */
function withoutStack<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  // An Error that is frozen stays as it is.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return work();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

function remember(m: Machine, entry: CustomEntry, value: unknown): void {
  if (!entry.hooked) return;
  if (typeof value !== 'object' || value === null) return;
  m.filling.made ??= new Map<object, CustomEntry>();
  m.filling.made.set(value, entry);
}

function tellUnknown(m: Machine, kind: 'member' | 'rejected', global: PyGlobal, value: unknown): void {
  const { onUnknown } = m.options;
  if (onUnknown === undefined) return;
  try {
    onUnknown({ kind, global, value, offset: m.start });
  } catch (cause) {
    throw m.fail('CALLBACK_FAILED', 'met an unknown value, and onUnknown threw', cause);
  }
}

/** Gives the state on top of the stack to the object below it: opcode BUILD. */
export function buildState(m: Machine): void {
  if (m.sp - 2 < m.fence) throw m.underflow(2);
  const state = m.current(m.stack[--m.sp]);
  const slot = m.sp - 1;
  const target = m.current(m.stack[slot]);
  if (target instanceof PyObject) {
    buildInert(m, slot, target, state);
    return;
  }
  if (target instanceof PersistentId) {
    PersistentId.growing(target).push({ kind: 'state', state });
    return;
  }
  if (typeof target !== 'object' || target === null || target instanceof PyGlobal)
    throw m.fail('BUILD_TARGET', `gives a state to ${describe(target)}`);

  const custom = m.filling.made?.get(target);
  if (custom?.definition.setState !== undefined) {
    callHook(m, () => custom.definition.setState?.(target, state));
    return;
  }
  const entry = m.registry.byPrototype.get(Object.getPrototypeOf(target) as object);
  if (entry?.kind !== 'object' || !Object.isExtensible(target))
    throw m.fail('BUILD_TARGET', `gives a state to ${describe(target)}`);

  m.makeStates(target);
  applyState(m, entry, target, state);
}

function buildInert(m: Machine, slot: number, target: PyObject, state: unknown): void {
  const entry = m.entryOf(target.class);
  if (entry?.kind === 'custom' && entry.definition.when === 'state' && target.steps.length === 0) {
    const { construction, args, kwargs } = target;
    const value = build(m, entry, { construction, args, kwargs, state });
    if (value !== undefined) {
      remember(m, entry, value);
      m.replace(slot, target, value);
      return;
    }
  }
  target.steps.push({ kind: 'state', state });
}

/**
 * Sets the attributes of a registered object. A dict, or a tuple of a dict (or None) and a dict of slots, is set as Python's
 * default `__setstate__` does. A list of the fields' values is set as a dataclass with slots does.
 */
function applyState(m: Machine, entry: ObjectEntry, target: object, state: unknown): void {
  if (state instanceof Tuple && state.length === 2) {
    for (const part of state) if (part !== null) applyDict(m, entry, target, part);
    return;
  }
  if (Array.isArray(state)) {
    if (state.length !== entry.names.length) {
      throw m.fail(
        'BAD_STATE',
        `gives ${state.length} values to a ${entry.global.fullName} of ${entry.names.length} fields`,
      );
    }
    for (const [index, name] of entry.names.entries()) setAttribute(m, entry, target, name, state[index]);
    return;
  }
  applyDict(m, entry, target, state);
}

function applyDict(m: Machine, entry: ObjectEntry, target: object, state: unknown): void {
  if (state instanceof PyDict) {
    for (const [key, value] of state) {
      if (typeof key !== 'string')
        throw m.fail('BAD_STATE', `gives a ${entry.global.fullName} an attribute whose name is ${describe(key)}`);

      setAttribute(m, entry, target, key, value);
    }
    return;
  }
  if (typeof state !== 'object' || state === null || Object.getPrototypeOf(state) !== Object.prototype)
    throw m.fail('BAD_STATE', `gives a ${entry.global.fullName} ${describe(state)} for its attributes, not a dict`);

  for (const [key, value] of Object.entries(state)) setAttribute(m, entry, target, key, value);
}

/** Sets an own property, never an accessor or the prototype: `__proto__` and names that the class does not declare. */
function setAttribute(m: Machine, entry: ObjectEntry, target: object, name: string, given: unknown): void {
  const value = m.options.lossless ? given : asDeclared(entry, target, name, given);
  if (entry.assignable.has(name)) {
    (target as Record<string, unknown>)[name] = value;
  } else {
    if (isSparseKey(name)) makeSparse(target as Record<string, unknown>);
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

/** A value as the field is declared; one that cannot be converted as it came, which is noted. */
function asDeclared({ typed }: ObjectEntry, target: object, name: string, value: unknown): unknown {
  const field = typed.get(name);
  if (field === undefined || fits(field.type, field.nullable, value)) return value;
  const declared = converted(field.type, value);
  if (declared === undefined) noteMisfit(target, name);
  return declared === undefined ? value : declared;
}

/** Whether all attributes on the stack are what they are declared to be: nearly always. */
function allFit({ numbers, others }: Shape, stack: readonly unknown[], from: number): boolean {
  for (let run = 0; run < numbers.length; run += 2) {
    const end = from + (numbers[run + 1] ?? 0);
    for (let at = from + (numbers[run] ?? 0); at < end; at += 2) if (typeof stack[at] !== 'number') return false;
  }
  for (const { type, nullable, place } of others) if (!fits(type, nullable, stack[from + place])) return false;
  return true;
}

/** The same of attributes of any names. */
function eachFits({ typed }: ObjectEntry, stack: readonly unknown[], from: number, to: number): boolean {
  for (let at = from; at < to; at += 2) {
    const field = typed.get(stack[at] as string);
    if (field !== undefined && !fits(field.type, field.nullable, stack[at + 1])) return false;
  }
  return true;
}

/**
 * The fast path of SETITEMS followed by BUILD: attributes straight from the stack onto a registered object, without a
 * dict in between.
 *
 * @returns false when the items are not attributes, and the long way has to deal with them.
 */
export function applyPending(m: Machine, pending: PendingState, from: number, to: number): boolean {
  const { stack } = m;
  const { entry, instance } = pending;
  const { lossless } = m.options;
  const { names } = entry.shape;
  const target = instance as Record<string, unknown>;
  if (entry.allAssignable && to - from === 2 * names.length) {
    let at = from;
    for (let index = 0; index < names.length && stack[at] === names[index]; index++) at += 2;
    if (at === to) {
      // The dict has the Decimal, the instance has a number: it takes both of them.
      if (!lossless && !allFit(entry.shape, stack, from + 1)) return false;
      if (entry.shape.direct) assignAll(m, entry, instance, from + 1, names.length);
      else assignByName(stack, target, names, from + 1);
      pending.applied(m, names);
      return true;
    }
  }
  if ((to - from) % 2 === 1) return false;
  for (let at = from; at < to; at += 2) if (typeof stack[at] !== 'string') return false;
  if (!lossless && !eachFits(entry, stack, from, to)) return false;
  const keys = stringsAt(stack, from, to);
  for (const [index, name] of keys.entries()) setAttribute(m, entry, instance, name, stack[from + 2 * index + 1]);
  pending.applied(m, keys);
  if (new Set(keys).size === keys.length && keys.every((name) => entry.declared.has(name))) expectNext(entry, keys);
  return true;
}

/** Remembers the attributes that came, as those that will come next. */
function expectNext(entry: ObjectEntry, names: readonly string[]): void {
  const { shape, otherShape: other } = entry;
  const known = other?.names.length === names.length && other.names.every((name, index) => name === names[index]);
  entry.shape = known ? other : shapeOf(entry.definition, names, entry.typed);
  entry.otherShape = shape;
}

function assignByName(
  stack: readonly unknown[],
  target: Record<string, unknown>,
  names: readonly string[],
  from: number,
): void {
  let at = from;
  for (const name of names) {
    target[name] = stack[at];
    at += 2;
  }
}

function assignAll(m: Machine, entry: ObjectEntry, instance: object, from: number, count: number): void {
  try {
    entry.definition.assign?.(instance, m.stack, from, count);
  } catch (cause) {
    throw m.fail('CALLBACK_FAILED', `fills a ${entry.global.fullName}, whose assign() threw`, cause);
  }
}

/** The strings at every second place. */
function stringsAt(stack: readonly unknown[], from: number, to: number): string[] {
  const strings: string[] = [];
  for (let at = from; at < to; at += 2) strings.push(stack[at] as string);
  return strings;
}

/** What the codec's own definitions may ask of a decoding. */
class MachineContext implements BuildContext {
  readonly #machine: Machine;
  /** Whoever asks will ask again, and then tells. */
  readonly #quiet: boolean;

  constructor(machine: Machine, quiet: boolean) {
    this.#machine = machine;
    this.#quiet = quiet;
  }

  get lossless(): boolean {
    return this.#machine.options.lossless;
  }

  get maxCollisions(): number {
    return this.#machine.options.maxCollisions;
  }

  get hashing(): Hashing {
    return this.#machine.registry;
  }

  get forward(): boolean {
    return this.#machine.options.forward;
  }

  isWriteable(bytes: Uint8Array): boolean {
    return this.#machine.isWriteable(bytes);
  }

  newObject(type: unknown, args: unknown[]): unknown {
    return newObject(this.#machine, type, tupleFrom(args), undefined);
  }

  reconstruct(type: unknown): unknown {
    const args = tupleFrom<unknown>([]);
    const value = newObject(this.#machine, type, args, undefined);
    // With other arguments it is what a definition of the user gave.
    if (value instanceof PyObject && value.args === args) markReconstructed(value);
    return value;
  }

  lookUp(module: string, qualname: string): unknown {
    return this.#machine.registry.global(module, qualname);
  }

  enumMember(type: unknown, name: string): object | undefined {
    const entry = this.#machine.entryOf(type);
    if (entry?.kind !== 'enum') return undefined;
    const member = entry.byName.get(name);
    if (member === undefined && !this.#quiet) tellUnknown(this.#machine, 'member', entry.global, name);
    return member;
  }
}
