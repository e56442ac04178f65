/**
 * An instance, or the result of a call, of something that nobody registered: inert data.
 *
 * @module
 */
import { PersistentId } from './persistent-id.js';
import type { PyDict } from './py-dict.js';
import type { Origin } from './py-global.js';
import type { PyStep } from './py-step.js';
import { Tuple } from './tuple.js';

/** How a {@link PyObject} comes to be in Python. */
export type PyConstruction =
  /** `class(*args)`: opcode REDUCE. */
  | 'call'
  /**
   * `class.__new__(class, *args, **kwargs)`: opcodes NEWOBJ and NEWOBJ_EX, and `copyreg._reconstructor` with the base
   * `object`.
   */
  | 'new'
  /**
   * `class(*args)`, but `class.__new__(class)` where there are no arguments and `class` is a type that has no `__getinitargs__`.
   * This is for opcodes INST and OBJ, as `_Unpickler._instantiate` of CPython's Lib/pickle.py has it. Python 2 made instances of
   * its old classes so, and can make them in no other way.
   */
  | 'instantiate';

const RECONSTRUCTED = Symbol('reconstructed');

/**
 * Remembers that an object with the construction `'new'` came by `copyreg._reconstructor(class, object, None)`. That is
 * `object.__new__(class)`, which runs no `__new__` of the class, so `dumps` has to write that call again.
 *
 * @internal
 */
export function markReconstructed(value: PyObject): void {
  Object.defineProperty(value, RECONSTRUCTED, { value: true });
}

/** Whether {@link markReconstructed} was told of the object. @internal */
export function isReconstructed(value: PyObject): boolean {
  return RECONSTRUCTED in value;
}

/**
 * What a pickle says about an object of a class that is not registered: how it would be made. Nothing was made or
 * called. `dumps` writes it back as it was.
 */
export class PyObject {
  /** The class or function: a `PyGlobal`, a `PyObject` that stands for the result of a call, or a `PersistentId`. */
  readonly class: unknown;
  readonly args: Tuple;
  /** Keyword arguments (NEWOBJ_EX only), else undefined. */
  readonly kwargs: Record<string, unknown> | PyDict | undefined;
  /**
   * What Python unpacks the arguments from, where the pickle gives them as a persistent id or as the result of a call:
   * `class(*argsFrom)`. `args` is then empty.
   */
  declare readonly argsFrom?: PyObject | PersistentId;
  /** The same of the keyword arguments: `class(**kwargsFrom)`. `kwargs` is then undefined. */
  declare readonly kwargsFrom?: PyObject | PersistentId;
  readonly construction: PyConstruction;
  /** States and items, in their order. The decoder fills it; treat it as read-only. */
  readonly steps: PyStep[];
  #origin: Origin | undefined = undefined;
  /** Of containers that calls got too early: the number of the first call that did not. One map for all of a pickle. */
  #filled: ReadonlyMap<object, number> | undefined = undefined;
  /** Its number among the calls of its pickle. */
  #number = 0;

  /**
   * @param args - an inert value becomes {@link argsFrom}.
   * @param kwargs - an inert value becomes {@link kwargsFrom}.
   */
  constructor(
    type: unknown,
    args: Tuple | PyObject | PersistentId,
    construction: PyConstruction = 'call',
    kwargs?: Record<string, unknown> | PyDict | PyObject | PersistentId,
    steps: PyStep[] = [],
  ) {
    const unpacked = args instanceof PyObject || args instanceof PersistentId;
    const unpackedKeywords = kwargs instanceof PyObject || kwargs instanceof PersistentId;
    this.class = type;
    this.args = unpacked ? Tuple.of() : args;
    this.construction = construction;
    this.kwargs = unpackedKeywords ? undefined : kwargs;
    this.steps = steps;
    if (unpacked) this.argsFrom = args;
    if (unpackedKeywords) this.kwargsFrom = kwargs;
  }

  /** Notes that an object did not come from a user of this package. @internal */
  static mark(object: PyObject, origin: Origin): PyObject {
    object.#origin = origin;
    return object;
  }

  /** Notes which call of its pickle made the object, and where the containers are that were filled later. @internal */
  static number(object: PyObject, filled: ReadonlyMap<object, number>, number: number): void {
    object.#filled = filled;
    object.#number = number;
  }

  /** Whether the object keeps a container that it was made of: it was not complete by then. @internal */
  static keeps(object: PyObject, container: object): boolean {
    return object.#number < (object.#filled?.get(container) ?? 0);
  }

  /** Where it came from; undefined for the user. @internal */
  static originOf(object: PyObject): Origin | undefined {
    return object.#origin;
  }

  /** The state that the object was given, usually its `__dict__`; the last one if several, undefined if none. */
  get state(): unknown {
    for (let index = this.steps.length - 1; index >= 0; index--) {
      const step = this.steps[index];
      if (step?.kind === 'state' || step?.kind === 'setter') return step.state;
    }
    return undefined;
  }

  /** The items appended to it, for a list-like class. */
  get items(): unknown[] {
    return this.steps.flatMap((step) => (step.kind === 'append' || step.kind === 'add' ? [...step.items] : []));
  }

  /** The keys and values set on it, for a dict-like class. */
  get entries(): (readonly [unknown, unknown])[] {
    return this.steps.flatMap((step) => (step.kind === 'set' ? [...step.entries] : []));
  }
}
