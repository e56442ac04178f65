/**
 * Writes a value: which type it is in Python, what has been written already, what has to wait.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { notPortable } from '../classes/builtins/definition.js';
import { saveBytes } from './byte-writes.js';
import { asDeclared, attributeNames, hasDeclaredOrder, placeOfFailure } from './attributes.js';
import type { CompiledRegistry, CustomEntry, ObjectEntry } from '../classes/compiled-registry.js';
import { PicklingError } from '../errors.js';
import type { PicklingErrorCode } from '../errors.js';
import type { Encoding, Task } from './encoding.js';
import { checkCall, checkName, notePartsOf } from './foreign.js';
import { whyNotData } from '../values/not-data.js';
import { newByPartial } from '../classes/partial-new.js';
import type { ForeignPolicy, ResolvedDumpsOptions } from '../classes/options.js';
import { FLAT_BYTES, FLAT_KEYS, saveFlatCall, saveFlatRecord, saveMember, savePacked } from './flat-writes.js';
import { NameWriter } from './name-writer.js';
import type { OutputSpace } from './output-space.js';
import type { Reduction } from '../classes/registry.js';
import { contentOf, objectSteps, pushSteps, RECONSTRUCTOR, reconstructorArgs, reductionSteps } from './reductions.js';
import { CallTask, DictTask, ListTask, ObjectTask, ScriptTask, SetTask, TupleTask } from './tasks.js';
import type { Step } from './tasks.js';
import { openContainers, refreshed } from './reentry.js';
import type { Making } from './reentry.js';
import { isNeverCallable } from '../values/callable.js';
import { PyConstant } from '../values/constants.js';
import { FrozenSet } from '../values/frozen-set.js';
import { isNumpyTypedArray, NDArray } from '../values/numpy.js';
import { PersistentId } from '../values/persistent-id.js';
import { PyDateTime } from '../values/py-datetime.js';
import { PyDict } from '../values/py-dict.js';
import { PyFloat } from '../values/py-float.js';
import { PyGlobal } from '../values/py-global.js';
import { PyObject } from '../values/py-object.js';
import { Tuple } from '../values/tuple.js';
import type { WriteMemo } from './write-memo.js';
import { plansOf } from './write-plans.js';
import type { WritePlans } from './write-plans.js';
import { wrongKey } from './wrong-key.js';
import { Writer } from './writer.js';

/** Containers nested up to this depth inside one another are written by calls: faster than by tasks. */
const MAX_CALLS = 32;

/** Levels of a path that are named at its beginning and at its end. */
const SHOWN_PLACES = 32;

/** Writes values, one after the other. @internal */
export class Encoder implements Encoding {
  /** Memo indices of objects, and of the names that no registry has. */
  readonly memo: WriteMemo;
  readonly writer: Writer;
  readonly protocol: number;
  readonly foreign: ForeignPolicy;
  readonly plans: WritePlans;
  readonly names: NameWriter;
  /**
   * Whether the fast paths may be taken: flat calls, prepared classes, runs of floats, keys by their place. They write
   * what the general way writes; the tests compare. They ask no callback, and know the opcodes of protocol 4.
   */
  readonly direct: boolean;
  /** The same for what the prototype alone decides. */
  readonly plain: boolean;
  readonly #tasks: Task[] = [];
  /** Containers that are being written by calls inside one another. */
  #calls = 0;
  /** Objects that are made of a copy of an argument. One of these that is not in the memo is still being made. */
  #begun: Set<PyObject> | undefined;
  /** Inert calls that have been begun: one of them that is not in the memo is still being made. */
  #making: Map<PyObject, Making> | undefined;
  /** What definitions of the user gave to be called, and what it is made of: nobody else has a say in it. */
  #given: Set<object> | undefined;

  constructor(
    space: OutputSpace,
    readonly options: ResolvedDumpsOptions,
    readonly registry: CompiledRegistry,
  ) {
    this.writer = new Writer(options.protocol, space, options.maxBytes, options.pool);
    this.memo = space.memo;
    this.protocol = options.protocol;
    this.foreign = options.foreign;
    this.plans = plansOf(registry);
    this.names = new NameWriter(this, this.plans);
    this.direct = options.protocol >= 4 && options.persistentId === undefined;
    this.plain = this.direct && this.plans.plainValues;
  }

  /** The pickle of a value. @throws PicklingError, and nothing else */
  encode(value: unknown): Uint8Array<ArrayBuffer> {
    try {
      return this.#run(value);
    } catch (error) {
      throw this.#asPicklingError(error);
    } finally {
      this.#calls = 0;
      this.#begun = undefined;
      this.#making = undefined;
      this.#given = undefined;
      if (this.#tasks.length > 0) this.#tasks.length = 0;
      this.writer.clear();
    }
  }

  #run(value: unknown): Uint8Array<ArrayBuffer> {
    const { writer } = this;
    writer.begin();
    this.names.makeRoom();
    this.save(value);
    let task: Task | undefined;
    while ((task = this.#tasks[this.#tasks.length - 1]) !== undefined) if (task.step(this)) this.#tasks.pop();
    return writer.end();
  }

  /** Writes a value, or starts a task that will: then false. */
  save(value: unknown): boolean {
    const { writer } = this;
    writer.boundary();
    switch (typeof value) {
      case 'string':
        writer.string(value);
        return true;
      case 'number':
        if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.int(value);
        else writer.float(value);
        return true;
      case 'bigint':
        writer.bigint(value);
        return true;
      case 'boolean':
        writer.bool(value);
        return true;
      case 'undefined':
        writer.op(0x4e);
        return true;
      case 'object':
        if (value !== null) return this.#saveObject(value);
        writer.op(0x4e);
        return true;
      case 'function': {
        // A registered class stands for itself; everything else that is a function is code, which no pickle carries.
        const entry = this.registry.byPrototype.get(value.prototype as object);
        if (entry?.definition.type === value) return this.names.save(entry.global);
        throw this.fail('UNSUPPORTED_TYPE', `A function (${value.name || 'anonymous'}) cannot be pickled`);
      }
      case 'symbol':
        throw this.fail('UNSUPPORTED_TYPE', `A symbol (${value.toString()}) cannot be pickled`);
    }
  }

  /**
   * Starts a container inside of the current one. Containers that are not nested deep are written at once, by calls. The deeper
   * ones wait on the stack of tasks, so that no depth overflows the call stack.
   *
   * @returns whether it is complete.
   */
  start(task: Task): boolean {
    const tasks = this.#tasks;
    if (tasks.length >= this.options.maxDepth) {
      throw this.fail(
        'LIMIT_DEPTH',
        `The value is nested deeper than the limit of ${this.options.maxDepth}, or holds itself through tuples alone`,
      );
    }
    tasks.push(task);
    if (this.#calls === MAX_CALLS) return false;
    this.#calls++;
    const complete = task.step(this);
    this.#calls--;
    if (complete) tasks.pop();
    return complete;
  }

  /** Stores what was just written in the memo, as this object. */
  memoize(value: object): void {
    this.memo.set(value, this.writer.memoize());
  }

  /** An error about the value that is being written, or about a place in it. */
  fail(code: PicklingErrorCode, message: string, cause?: unknown, place = ''): PicklingError {
    const path = this.#path() + place;
    return new PicklingError(code, `${message} (at ${path})`, path, cause === undefined ? {} : { cause });
  }

  /** Whether no Python can call what is written of a value: not of one that a persistent id stands for. */
  isNeverCallable(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return isNeverCallable(value);
    if (!isNeverCallable(value) && !this.registry.byMember.has(value)) return false;
    return this.options.persistentId?.(value) === undefined;
  }

  /** Whether buffers may travel beside the pickle. */
  get takesBuffers(): boolean {
    return this.options.bufferCallback !== undefined;
  }

  #asPicklingError(error: unknown): PicklingError {
    if (error instanceof PicklingError) {
      if (error.path !== '$') return error;
      // Of what knows no path, or of another pickle, in which the value was the whole.
      return this.fail(error.code, error.message.replace(/ \(at \$\)$/, ''), error.cause);
    }
    return this.#readingFailed(error);
  }

  #path(): string {
    const places = this.#tasks.map((task) => task.place());
    const omitted = places.length - 2 * SHOWN_PLACES;
    if (omitted > 0) places.splice(SHOWN_PLACES, omitted, `…(${omitted} levels)…`);
    return `$${places.join('')}`;
  }

  #saveObject(value: object): boolean {
    const { writer } = this;
    if (!this.direct) {
      const id = this.options.persistentId?.(value);
      if (id !== undefined) return this.#savePersistent(id);
    }
    const known = this.memo.get(value);
    if (known !== undefined) {
      writer.fetch(known);
      return true;
    }
    return this.saveNew(value);
  }

  /** Writes an object that is not in the memo, or starts a task that will: then false. */
  saveNew(value: object): boolean {
    const { writer } = this;
    const prototype = Object.getPrototypeOf(value) as object | null;
    if (this.plain) {
      if (Array.isArray(value)) {
        if (prototype === Array.prototype) return this.#saveList(value);
      } else if (prototype === Object.prototype) {
        return this.#saveRecord(value as Record<string, unknown>);
      } else if (prototype === PyFloat.prototype) {
        writer.float((value as PyFloat).value);
        return true;
      }
    }
    const kind = this.plans.kindOf(prototype);
    if (kind !== undefined) {
      const { entry } = kind;
      if (entry?.kind === 'object') return this.#saveInstance(entry, value as Record<string, unknown>);
      const prepared = kind.hasMembers ? this.names.memberOf(value) : undefined;
      if (prepared !== undefined) {
        return (
          (this.plain && saveMember(this, prepared, value)) ||
          this.#saveReduced(value, prepared.member, this.plans.getattr)
        );
      }
      if (entry !== undefined) {
        const { packed } = kind;
        if (packed !== undefined && this.direct && writer.fits(FLAT_BYTES)) return savePacked(this, packed, value);
        return this.#saveCustom(entry, value);
      }
    }
    if (Array.isArray(value)) return value instanceof Tuple ? this.#saveTuple(value) : this.#saveList(value);
    if (prototype === Object.prototype || prototype === null) return this.#saveRecord(value as Record<string, unknown>);
    return this.#saveOther(value);
  }

  #saveOther(value: object): boolean {
    const { writer } = this;
    if (value instanceof PyFloat) {
      writer.float(value.value);
      return true;
    }
    if (value instanceof Uint8Array) return saveBytes(this, value);
    if (ArrayBuffer.isView(value)) return this.#saveTypedArray(value);
    if (value instanceof Map) return this.#saveMap(value);
    if (value instanceof Set) return this.#saveSet(value);
    if (value instanceof PyGlobal) {
      if (this.foreign !== 'write' && this.#given?.has(value) !== true) checkName(value, this.foreign, this.registry);

      return this.names.save(value);
    }
    if (value instanceof PyConstant) return this.names.save(PyGlobal.from('codec', 'builtins', value.name));
    if (value instanceof PyObject) return this.#saveInert(value);
    if (value instanceof PersistentId) return this.#savePersistent(value.id, value);
    if (value instanceof Date) return this.#saveDate(value);
    const why = whyNotData(value);
    if (why !== undefined) throw this.fail('UNSUPPORTED_TYPE', why);

    const name =
      (Object.getPrototypeOf(value) as { constructor?: { name?: string } }).constructor?.name ?? 'an unknown class';
    throw this.fail('UNSUPPORTED_TYPE', `An instance of ${name}, which is not registered, cannot be pickled`);
  }

  #script(steps: readonly Step[]): boolean {
    return this.start(new ScriptTask(steps));
  }

  #saveInert(value: PyObject): boolean {
    if (this.foreign !== 'write' && this.#given?.has(value) !== true) checkCall(value, this.foreign, this.registry);
    // What came in a pickle has both; a program in JavaScript may have anything.
    if (this.isNeverCallable(value.class))
      throw this.fail('BAD_VALUE', 'The class of a PyObject is nothing that can be called');

    if (!Array.isArray(value.args)) throw this.fail('BAD_VALUE', 'The arguments of a PyObject are a Tuple');
    const content = contentOf(value);
    if (content !== undefined) {
      if (PyDict.hasOpenKey(content, this.registry)) this.#checkKeys([...content.keys()], 'key');
      this.#begun ??= new Set();
      // Its content leads back to it. A copy of that would be one of what is there so far.
      if (this.#begun.has(value)) return this.#script(objectSteps(this.protocol, value, content));
      this.#begun.add(value);
      return this.#script(objectSteps(this.protocol, value));
    }
    return this.#saveCall(value);
  }

  /**
   * An inert call. Its arguments may lead back to it before it is made. CPython then asks for its arguments again, and gets
   * fresh ones. They are complete, unless the object hands out what it keeps.
   */
  #saveCall(value: PyObject): boolean {
    const partial = newByPartial(value);
    const parts = partial ?? value;
    if (parts.args.length === 0 && parts.kwargs === undefined) return this.#script(objectSteps(this.protocol, value));

    this.#making ??= new Map<PyObject, Making>();
    const outer = this.#making.get(value);
    const { size } = this.memo;
    let steps: Step[] | undefined;
    let open: ReadonlySet<object> = NONE;
    // Where nothing has come into the memo since, fresh arguments would lead here without end.
    if (outer !== undefined && size > outer.size) {
      open = openContainers(this.#tasks, outer, value, parts);
      // The partial that is in the memo by now has not got its state, and could not be called.
      if (open.size > 0 || partial !== undefined)
        steps = objectSteps(this.protocol, value, undefined, refreshed(parts, open));
    }
    this.#making.set(value, { task: this.#tasks.length, size, open });
    return this.#script(steps ?? objectSteps(this.protocol, value));
  }

  /** An object that a definition reduces: as a plain call where it is one. */
  #saveReduced(value: object, reduction: Reduction, global: PyGlobal): boolean {
    const { args = [], callable = global, construction = 'call', items, entries, state } = reduction;
    const more = items !== undefined || entries !== undefined || (state !== undefined && state !== null);
    if (more || construction !== 'call' || args instanceof Tuple || !(callable instanceof PyGlobal)) {
      if (PyDict.hasOpenKey(entries, this.registry)) this.#checkKeys([...entries.keys()], 'key');
      const steps = reductionSteps(this.protocol, value, reduction, global);
      // It is in the memo before its items are: a container like a list.
      return this.start(new ScriptTask(steps, items !== undefined || entries !== undefined ? value : undefined));
    }
    if (this.protocol < 2) return this.#script(reductionSteps(this.protocol, value, reduction, global));
    const flat = this.plain && saveFlatCall(this, callable, args, value);
    return flat || this.start(new CallTask(callable, args, value));
  }

  #saveList(value: readonly unknown[]): boolean {
    const { writer } = this;
    if (writer.protocol === 0) {
      writer.op(0x28);
      writer.op(0x6c);
    } else {
      writer.op(0x5d);
    }
    this.memoize(value);
    if (value.length === 0) return true;
    return this.start(new ListTask(value));
  }

  #saveTuple(value: Tuple): boolean {
    const { writer } = this;
    if (value.length === 0) {
      if (writer.protocol === 0) writer.op(0x28);
      writer.op(writer.protocol === 0 ? 0x74 : 0x29);
      return true;
    }
    return this.start(new TupleTask(value, value));
  }

  #startDict(value: object): void {
    const { writer } = this;
    if (writer.protocol === 0) {
      writer.op(0x28);
      writer.op(0x64);
    } else {
      writer.op(0x7d);
    }
    this.memoize(value);
  }

  #saveRecord(value: Record<string, unknown>): boolean {
    this.#startDict(value);
    const keys = Object.keys(value);
    if (keys.length === 0) return true;
    const values = this.#valuesOf(value, keys);
    return this.plain && keys.length <= FLAT_KEYS && this.#tasks.length < this.options.maxDepth
      ? saveFlatRecord(this, value, keys, values)
      : this.start(new DictTask(keys, values, 0, true, value));
  }

  #saveMap(value: ReadonlyMap<unknown, unknown>): boolean {
    const keys = [...value.keys()];
    // A PyDict has checked its keys, but for what only the registry of this writing knows of them.
    if (!(value instanceof PyDict) || PyDict.hasOpenKey(value, this.registry)) this.#checkKeys(keys, 'key');
    this.#startDict(value);
    if (keys.length === 0) return true;
    return this.start(new DictTask(keys, [...value.values()], 0, true, value));
  }

  #saveSet(value: ReadonlySet<unknown>): boolean {
    const { writer } = this;
    const items = [...value];
    const frozen = value instanceof FrozenSet;
    this.#checkKeys(items, 'item');
    if (writer.protocol < 4) {
      const callable = PyGlobal.from('codec', 'builtins', frozen ? 'frozenset' : 'set');
      return this.#script(reductionSteps(this.protocol, value, { args: [items] }, callable));
    }
    if (frozen) return this.start(new TupleTask(value, items, true));

    writer.op(0x8f);
    this.memoize(value);
    if (items.length === 0) return true;
    return this.start(new SetTask(items, value));
  }

  #checkKeys(keys: readonly unknown[], what: string): void {
    const wrong = wrongKey(keys, what, this.registry);
    if (wrong !== undefined) throw this.fail(wrong.code, wrong.message, wrong.cause);
  }

  #saveTypedArray(value: ArrayBufferView): boolean {
    if (value instanceof DataView) throw this.fail('UNSUPPORTED_TYPE', 'A DataView cannot be pickled');
    if (this.options.typedArrays === 'bytes') {
      const content = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return saveBytes(this, content, value);
    }
    // Of newer engines: numpy's name for it is not known here.
    if (!isNumpyTypedArray(value)) throw this.fail('UNSUPPORTED_TYPE', `A ${value.constructor.name} cannot be pickled`);
    return this.#saveAs(value, NDArray.of(value));
  }

  /** Writes a value as another one, whose class says how. */
  #saveAs(value: object, stand: object): boolean {
    const entry = this.registry.byPrototype.get(Object.getPrototypeOf(stand) as object);
    if (entry?.kind !== 'custom') throw this.fail('INTERNAL', `${stand.constructor.name} is not registered`);
    const reduction = entry.definition.reduce?.(stand, this) ?? {};
    return this.#saveReduced(value, reduction, entry.global);
  }

  #saveDate(value: Date): boolean {
    if (Number.isNaN(value.getTime())) throw this.fail('INVALID_DATE', 'The Date is invalid');
    let datetime: PyDateTime;
    try {
      datetime = PyDateTime.fromDate(value);
    } catch (cause) {
      throw this.fail('BAD_VALUE', 'The Date is outside of the years 1 to 9999, which are all that Python has', cause);
    }
    return this.#saveAs(value, datetime);
  }

  #savePersistent(id: unknown, value?: PersistentId): boolean {
    const { writer } = this;
    if (this.foreign !== 'write') throw notPortable('A persistent id can be loaded only by a reader that knows it');
    const steps: Step[] = [];
    if (writer.protocol === 0) {
      const text = typeof id === 'string' || typeof id === 'number' ? String(id) : '\n';
      if (!/^[\x20-\x7e]*$/.test(text))
        throw this.fail('PROTOCOL_TOO_LOW', 'At protocol 0 a persistent id is a line of ASCII');

      writer.asciiLine(0x50, text);
    } else {
      steps.push({ kind: 'save', value: id, place: '.id' }, { kind: 'op', code: 0x51 });
    }
    if (value !== undefined && value.steps.length > 0) {
      // What is done to it is done once.
      steps.push({ kind: 'made', value });
      pushSteps(steps, value);
    }
    return steps.length === 0 || this.#script(steps);
  }

  #saveCustom(entry: CustomEntry, value: object): boolean {
    const { definition } = entry;
    if (definition.reduce === undefined)
      throw this.fail('UNSUPPORTED_TYPE', `A ${entry.global.fullName} can be read, but its definition has no reduce`);

    const reduction = definition.reduce(value, this);
    const { callable } = reduction;
    if (callable !== undefined && this.foreign !== 'write' && !this.registry.isBuiltin(definition))
      notePartsOf(callable, (this.#given ??= new Set()));

    return this.#saveReduced(value, reduction, entry.global);
  }

  #saveInstance(entry: ObjectEntry, value: Record<string, unknown>): boolean {
    const inOrder = hasDeclaredOrder(entry, value);
    const names = inOrder ? entry.names : attributeNames(entry, value);
    const { writer } = this;
    if (writer.protocol < 2) {
      const values = this.#read(value, names);
      const state = Object.fromEntries(names.map((name, at) => [name, asDeclared(entry, name, values[at])]));
      const args = reconstructorArgs(entry.global);
      return this.#script(reductionSteps(this.protocol, value, { args, state }, RECONSTRUCTOR));
    }
    const plan = this.names.fieldsOf(entry);
    if (writer.protocol >= 4) {
      this.memo.set(value, writer.instance(plan.class));
    } else {
      this.names.save(entry.global);
      writer.op(0x29); // EMPTY_TUPLE
      writer.op(0x81); // NEWOBJ
      this.memoize(value);
    }
    if (names.length === 0) return true;
    const values = inOrder ? this.#valuesOf(value, names) : this.#read(value, names);
    return this.start(new ObjectTask(entry, names, values, names === entry.names ? plan : undefined));
  }

  /** The values of all properties. @param keys - all of them, in their order. */
  #valuesOf(value: Record<string, unknown>, keys: readonly string[]): unknown[] {
    let values: unknown[];
    try {
      values = Object.values(value);
    } catch (error) {
      if (error instanceof PicklingError) throw error;
      // A getter threw: the same one will again.
      throw this.#readingFailed(error, placeOfFailure(value, keys));
    }
    // As Python says of a dict that changes its size while it is read.
    if (values.length !== keys.length) throw this.fail('CALLBACK_FAILED', 'A getter has removed other properties');
    return values;
  }

  /** The values of some properties, in this order. */
  #read(value: Record<string, unknown>, names: readonly string[]): unknown[] {
    try {
      return names.map((name) => value[name]);
    } catch (error) {
      if (error instanceof PicklingError) throw error;
      throw this.#readingFailed(error, placeOfFailure(value, names));
    }
  }

  #readingFailed(error: unknown, place = ''): PicklingError {
    return this.fail('CALLBACK_FAILED', `Reading the value failed: ${messageOf(error)}`, error, place);
  }
}

const NONE: ReadonlySet<object> = new Set();
