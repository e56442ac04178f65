/**
 * How an object that is made by a call is written: CPython's `Pickler.save_reduce`.
 *
 * @module
 */
import { PicklingError } from '../errors.js';
import type { CallParts } from '../classes/partial-new.js';
import type { Reduction } from '../classes/registry.js';
import { DictTask, ListTask, TupleTask } from './tasks.js';
import type { Step } from './tasks.js';
import type { Inert } from '../values/inert.js';
import { PyDict } from '../values/py-dict.js';
import { PyGlobal } from '../values/py-global.js';
import { isReconstructed, PyObject } from '../values/py-object.js';
import type { PyConstruction } from '../values/py-object.js';
import { Tuple } from '../values/tuple.js';

const REDUCE: Step = { kind: 'op', code: 0x52 };
const NEWOBJ: Step = { kind: 'op', code: 0x81 };
const NEWOBJ_EX: Step = { kind: 'op', code: 0x92 };
const TUPLE2: Step = { kind: 'op', code: 0x86 };
const POP: Step = { kind: 'op', code: 0x30 };
const BUILD: Step = { kind: 'op', code: 0x62 };
const MARK: Step = { kind: 'op', code: 0x28 };
const OBJ: Step = { kind: 'op', code: 0x6f };
const ADDITEMS: Step = { kind: 'op', code: 0x90 };

const GETATTR = PyGlobal.from('codec', 'builtins', 'getattr');
const PARTIAL = PyGlobal.from('codec', 'functools', 'partial');
const NEWOBJ_FUNCTION = PyGlobal.from('codec', 'copyreg', '__newobj__');
const OBJECT = PyGlobal.from('codec', 'builtins', 'object');

/** Makes an instance without `__new__` of its class: protocols 0 and 1. */
export const RECONSTRUCTOR = PyGlobal.from('codec', 'copyreg', '_reconstructor');

/** What {@link RECONSTRUCTOR} takes for `object.__new__(type)`. */
export function reconstructorArgs(type: unknown): Tuple {
  return Tuple.of<unknown>(type, OBJECT, null);
}

/** What makes an object. */
interface Making {
  readonly callable: unknown;
  readonly args: readonly unknown[];
  readonly kwargs: Record<string, unknown> | PyDict | undefined;
  readonly construction: PyConstruction;
  /** Instead of `args`. */
  readonly argsFrom?: unknown;
  /** Instead of `kwargs`. */
  readonly kwargsFrom?: unknown;
}

/** The steps for an object that a definition reduces. @param global - what is called unless the reduction says otherwise. */
export function reductionSteps(protocol: number, value: object, reduction: Reduction, global: PyGlobal): Step[] {
  const { args = [], construction = 'call', kwargs, items, entries, state } = reduction;
  const steps = makingSteps(protocol, { callable: reduction.callable ?? global, args, kwargs, construction });
  steps.push({ kind: 'made', value });
  if (items !== undefined) pushItems(steps, [...items]);
  if (entries !== undefined) pushEntries(steps, [...entries]);
  // As in CPython, None is no state.
  if (state !== undefined && state !== null) pushState(steps, state);
  return steps;
}

/** The list or dict of which `copyreg._reconstructor` makes an instance of a subclass: protocols 0 and 1. */
export type Content = readonly unknown[] | ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>;

/** The {@link Content} that an inert object is made of, undefined for others. */
export function contentOf({ class: callable, args }: PyObject): Content | undefined {
  if (!(callable instanceof PyGlobal) || callable.qualname !== '_reconstructor') return undefined;
  const [, base, content] = args;
  if (args.length !== 3 || typeof content !== 'object' || content === null || !(base instanceof PyGlobal))
    return undefined;
  if (base.qualname === 'list') return Array.isArray(content) && !(content instanceof Tuple) ? content : undefined;
  const isDict = content instanceof PyDict || Object.getPrototypeOf(content) === Object.prototype;
  return base.qualname === 'dict' && isDict ? (content as Content) : undefined;
}

/**
 * The steps for an inert object: exactly what the pickle that it came from did.
 *
 * @param content - of the object, to be put into it after it was made: as protocol 2 and later do.
 * @param given - what to make it of, instead of its own class and arguments.
 */
export function objectSteps(protocol: number, value: PyObject, content?: Content, given: CallParts = value): Step[] {
  const { class: callable, args, kwargs, argsFrom, kwargsFrom, construction } = given;
  let steps: Step[];
  if (content !== undefined) steps = callSteps(callable, [args[0], args[1], Array.isArray(content) ? [] : {}]);
  else if (isReconstructed(value)) steps = callSteps(RECONSTRUCTOR, reconstructorArgs(value.class));
  else steps = makingSteps(protocol, { callable, args, kwargs, construction, argsFrom, kwargsFrom });
  steps.push({ kind: 'made', value });
  if (content !== undefined) pushContent(steps, content);
  pushSteps(steps, value);
  return steps;
}

/** Adds what the pickle did to an inert value after it was made. */
export function pushSteps(steps: Step[], value: Inert): void {
  for (const step of value.steps) {
    switch (step.kind) {
      case 'state':
        pushState(steps, step.state);
        break;
      case 'setter':
        steps.push(save(step.setter, '.setter'), save(value, ''), save(step.state, '.state'), TUPLE2, REDUCE, POP);
        break;
      case 'append':
        pushItems(steps, step.items);
        break;
      case 'set':
        pushEntries(steps, step.entries);
        break;
      case 'add':
        steps.push(MARK);
        for (const item of itemSteps(step.items, '.items')) steps.push(item);
        steps.push(ADDITEMS);
        break;
    }
  }
}

/** The steps for a name with dots, before protocol 4 had an opcode for them: `getattr(owner, name)`. */
export function attributeSteps(module: string, qualname: string): Step[] {
  const dot = qualname.lastIndexOf('.');
  const owner = PyGlobal.from('codec', module, qualname.slice(0, dot));
  return [save(GETATTR, ''), argsStep([owner, qualname.slice(dot + 1)]), REDUCE];
}

/** How an object comes to be, as opcodes or, where the protocol has none for it, as a call that does the same. */
type Way = 'REDUCE' | 'OBJ' | 'NEWOBJ' | 'NEWOBJ_EX' | '__newobj__' | 'partial';

/** By construction and protocol. OBJ is of every protocol, where INST takes names in ASCII alone. */
function wayOf(protocol: number, construction: PyConstruction, hasKeywords: boolean): Way {
  if (construction === 'call') return 'REDUCE';
  if (construction === 'instantiate') return 'OBJ';
  if (hasKeywords) return protocol >= 4 ? 'NEWOBJ_EX' : 'partial';
  return protocol >= 2 ? 'NEWOBJ' : '__newobj__';
}

function makingSteps(protocol: number, making: Making): Step[] {
  const { callable, args, kwargs, construction, argsFrom, kwargsFrom } = making;
  // Arguments that are known to the loading Python alone travel as one value, as they came.
  const travels = argsFrom !== undefined || kwargsFrom !== undefined;
  const keywords = kwargsFrom ?? kwargs;
  const begin = (): Step[] => [
    save(callable, '.class'),
    argsFrom === undefined ? argsStep(args) : save(argsFrom, '.args'),
  ];
  const way = wayOf(protocol, construction, keywords !== undefined);
  switch (way) {
    case 'REDUCE':
      return [...begin(), REDUCE];
    case 'OBJ':
      return travels ? [...begin(), REDUCE] : [MARK, save(callable, '.class'), ...itemSteps(args, '.args'), OBJ];
    case 'NEWOBJ':
      return [...begin(), NEWOBJ];
    case 'NEWOBJ_EX':
      return [...begin(), save(keywords, '.kwargs'), NEWOBJ_EX];
    case '__newobj__':
      if (travels) throw protocolTooLow(2);
      return callSteps(NEWOBJ_FUNCTION, [callable, ...args]);
    case 'partial':
      if (travels) throw protocolTooLow(4);
      return callSteps(partialNew(callable, args, keywords), []);
  }
}

function protocolTooLow(needed: number): PicklingError {
  return new PicklingError(
    'PROTOCOL_TOO_LOW',
    `Arguments that are a persistent id or the result of a call can be given to a class from protocol ${needed} on`,
  );
}

function callSteps(callable: unknown, args: readonly unknown[]): Step[] {
  return [save(callable, '.class'), argsStep(args), REDUCE];
}

/** Before NEWOBJ_EX, as CPython: `functools.partial(cls.__new__, cls, *args, **kwargs)()`. */
function partialNew(type: unknown, args: readonly unknown[], kwargs: unknown): PyObject {
  const constructor = PyObject.mark(new PyObject(GETATTR, Tuple.of<unknown>(type, '__new__')), 'codec');
  const state = Tuple.of<unknown>(constructor, Tuple.of<unknown>(type, ...args), kwargs, null);
  const partial = new PyObject(PARTIAL, Tuple.of<unknown>(constructor), 'call', undefined, [{ kind: 'state', state }]);
  return PyObject.mark(partial, 'codec');
}

function argsStep(args: readonly unknown[]): Step {
  if (args instanceof Tuple) return save(args, '.args');
  if (args.length === 0) return save(Tuple.of(), '.args');
  return { kind: 'task', task: new TupleTask(undefined, args), place: '.args' };
}

function itemSteps(items: readonly unknown[], place: string): Step[] {
  return items.map((item, index) => save(item, `${place}[${index}]`));
}

function pushItems(steps: Step[], items: readonly unknown[]): void {
  if (items.length > 0) steps.push({ kind: 'task', task: new ListTask(items, false), place: '.items' });
}

function pushEntries(steps: Step[], entries: readonly (readonly [unknown, unknown])[]): void {
  if (entries.length === 0) return;
  const keys = entries.map(([key]) => key);
  const values = entries.map(([, value]) => value);
  steps.push({ kind: 'task', task: new DictTask(keys, values, 0, false), place: '.entries' });
}

function pushContent(steps: Step[], content: Content): void {
  if (Array.isArray(content)) pushItems(steps, content);
  else pushEntries(steps, content instanceof Map ? [...content] : Object.entries(content));
}

function pushState(steps: Step[], state: unknown): void {
  steps.push(save(state, '.state'), BUILD);
}

function save(value: unknown, place: string): Step {
  return { kind: 'save', value, place };
}
