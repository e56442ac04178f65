/**
 * Which Python classes a program knows, and how they are built and written.
 *
 * @module
 */
import type { FieldType } from '../values/field-types.js';
import type { Tuple } from '../values/tuple.js';
import type { PyConstruction } from '../values/py-object.js';
import type { PyDict } from '../values/py-dict.js';

/** One attribute of an {@link ObjectDefinition}. */
export interface FieldDefinition {
  /** The attribute's name in Python, and in TypeScript. */
  readonly name: string;
  /**
   * The attribute is declared `float` in Python. An integral number is written as a float, and what is a number in Python is
   * read as one. The same as `type: 'float'`.
   */
  readonly float?: boolean | undefined;
  /**
   * What the attribute is declared to hold in Python. Unless `lossless` is asked for, it is read as that:
   *
   * - A number may come as a Decimal, a Fraction, a bool, an int beyond 2^53 or one of numpy's numbers.
   * - A `PyDateTime` may come as pandas's Timestamp, numpy's datetime64, a date, or a datetime in a zone of dateutil. "Not a
   *   time" is null.
   *
   * Anything else stays as it came. A `float` is written as a float.
   */
  readonly type?: FieldType | undefined;
  /** None is a value of the attribute's. It matters for a number only: a datetime that is None is "not a time". */
  readonly nullable?: boolean | undefined;
}

/**
 * A class whose instances travel as `cls.__new__(cls)` and a `__dict__`: what Python does for a dataclass and for any
 * class without `__reduce__`, `__getstate__` or `__slots__`.
 */
export interface ObjectDefinition<T extends object = object> {
  readonly kind: 'object';
  /** The Python module that defines the class. */
  readonly module: string;
  /** The qualified name in that module. */
  readonly qualname: string;
  /** The TypeScript class; an instance is recognised by its exact prototype. */
  readonly type: abstract new (...args: never[]) => T;
  /** A new instance with every field at its default, in wire order, without any validation. */
  readonly create: () => T;
  /** The attributes in wire order: that in which Python's `__init__` assigns them. */
  readonly fields: readonly FieldDefinition[];
  /**
   * Whether Python can hash an instance. Default true. It is false for a dataclass that is neither frozen nor made with
   * `eq=False` (`_hash_action` of CPython's Lib/dataclasses.py). `loads` and `dumps` with this registry then refuse an instance
   * as a dict key or set item. Without a registry nothing is known of it, so a `PyDict` that was made by hand takes it.
   */
  readonly hashable?: boolean | undefined;
  /**
   * Optional, for a class that comes in floods: assigns `count` attributes at once, whose values stand in `values` from
   * `from` on, at every second place. Assignments written out (`target.symbol = values[from]`) cost a tenth of those by
   * name, which is what the decoder does without this.
   *
   * It need not know which attributes a peer sends. Before it is used for some names in some order, it is tried with values that
   * tell. It must do nothing else, and not keep `values`.
   *
   * @returns false when it knows no set of so many attributes.
   */
  assign?(target: T, values: readonly unknown[], from: number, count: number): boolean;
}

/** One member of an {@link EnumDefinition}. */
export interface EnumMemberDefinition {
  /** Its name in Python. */
  readonly name: string;
  /** Every value that it has in any version or locale; all of them are read as this member. */
  readonly values: readonly unknown[];
  /** The object that stands for it, one for the whole program. Frozen. */
  readonly member: object;
}

/** An enum. Members are read by value (`Direction('多')`) and by name, and written by name. */
export interface EnumDefinition {
  readonly kind: 'enum';
  readonly module: string;
  readonly qualname: string;
  readonly members: readonly EnumMemberDefinition[];
}

/** A call found in a pickle, as a {@link CustomDefinition} gets it. */
export interface PyCall {
  /** How Python would make the object. */
  readonly construction: PyConstruction;
  /** The positional arguments. */
  readonly args: Tuple;
  /** The keyword arguments, undefined when there are none. */
  readonly kwargs: Record<string, unknown> | PyDict | undefined;
  /** The state; only for a definition with `when: 'state'`, else undefined. */
  readonly state: unknown;
}

/** How an object is written: the call that makes it, and what is done to it afterwards. */
export interface Reduction {
  /** The positional arguments. Default: none. */
  readonly args?: readonly unknown[] | undefined;
  /** Keyword arguments; only with `construction: 'new'`. */
  readonly kwargs?: Record<string, unknown> | undefined;
  /** Default `'call'`. */
  readonly construction?: PyConstruction | undefined;
  /** What is called instead of the class itself: a `PyGlobal`, for example. */
  readonly callable?: unknown;
  /** The state, for Python's `__setstate__` or `__dict__`. */
  readonly state?: unknown;
  /** Items that Python appends. */
  readonly items?: Iterable<unknown> | undefined;
  /** Keys and values that Python sets. */
  readonly entries?: Iterable<readonly [unknown, unknown]> | undefined;
}

/** Anything that travels as a call: a class with `__reduce__`, a function that builds something. */
export interface CustomDefinition<T extends object = object> {
  readonly kind: 'custom';
  readonly module: string;
  readonly qualname: string;
  /** The TypeScript class that `reduce` writes; an instance is recognised by its exact prototype. */
  readonly type?: (abstract new (...args: never[]) => T) | undefined;
  /**
   * When `construct` is called: at the call itself (default), or once the state has come. A value that is waiting for
   * its state is inert data, and stays so when no state comes.
   */
  readonly when?: 'call' | 'state' | undefined;
  /**
   * Builds the value. To refuse, throw or return undefined: the call is then kept as inert data, or is an error with
   * `onReject: 'error'`. Must not keep `args`.
   */
  readonly construct: (call: PyCall) => unknown;
  /**
   * Takes a state that comes after the value was built. It comes after the call, or with `when: 'state'` as a second one.
   * Python's `pickle._Pickler` writes such a one of an object whose arguments lead back to it. Without it such a state is an
   * error.
   */
  setState?(value: T, state: unknown): void;
  /** Takes items that the pickle appends. Without it they are an error, unless the value is an array. */
  append?(value: T, items: readonly unknown[]): void;
  /** Takes keys and values that the pickle sets. Without it they are an error, unless the value is a `PyDict`. */
  setItems?(value: T, entries: readonly (readonly [unknown, unknown])[]): void;
  /** How an instance of `type` is written. */
  reduce?(value: T): Reduction;
}

/** A number that stands for a class in a pickle (`copyreg.add_extension`). */
export interface ExtensionDefinition {
  readonly kind: 'extension';
  readonly module: string;
  readonly qualname: string;
  /** 1 to 2,147,483,647. */
  readonly code: number;
}

/** One entry of a {@link ClassRegistry}. */
export type ClassDefinition = ObjectDefinition | EnumDefinition | CustomDefinition | ExtensionDefinition;

/**
 * The classes that `loads` builds and `dumps` writes. It never changes: `with` gives a new one. Given in options, so
 * that two parts of a program can know different classes.
 */
export class ClassRegistry {
  /** Knows no class but those of Python's standard library, which are always known. */
  static readonly empty: ClassRegistry = new ClassRegistry([]);

  /** All definitions, in the order given, without those that a later one replaced. */
  readonly definitions: readonly ClassDefinition[];

  private constructor(definitions: readonly ClassDefinition[]) {
    this.definitions = Object.freeze([...definitions]);
    Object.freeze(this);
  }

  /**
   * A registry of these classes. Of two definitions of the same class the later one wins.
   *
   * @throws TypeError for a definition that cannot work. It may be none at all, lack a name or function, have a member twice or
   * not frozen, or an extension code of 0.
   */
  static of(...definitions: ClassDefinition[]): ClassRegistry {
    return ClassRegistry.empty.with(...definitions);
  }

  /** A new registry with these classes too. Of two definitions of the same class the later one wins. */
  with(...definitions: ClassDefinition[]): ClassRegistry {
    const byKey = new Map<string, ClassDefinition>();
    for (const definition of this.definitions) byKey.set(keyOf(definition), definition);
    for (const definition of definitions) {
      check(definition);
      const key = keyOf(definition);
      byKey.delete(key);
      byKey.set(key, definition);
    }
    return new ClassRegistry([...byKey.values()]);
  }
}

function keyOf(definition: ClassDefinition): string {
  // A class may have both a definition and an extension code.
  const space = definition.kind === 'extension' ? `extension ${definition.code}` : 'class';
  return `${space}\n${definition.module}\n${definition.qualname}`;
}

/** Not narrowing: to TypeScript it is one. */
function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function check(definition: ClassDefinition | null | undefined): void {
  if (typeof definition !== 'object' || definition === null)
    throw new TypeError(`A class definition is an object, not ${String(definition)}`);

  const { module, qualname, kind } = definition;
  if (typeof module !== 'string' || typeof qualname !== 'string' || module === '' || qualname === '')
    throw new TypeError(`A class definition needs a module and a qualname, both not empty`);

  const name = `${module}.${qualname}`;
  switch (kind) {
    case 'object': {
      if (!isList(definition.fields)) throw new TypeError(`${name} has no fields`);
      const names = definition.fields.map((field) => field.name);
      if (new Set(names).size !== names.length) throw new TypeError(`${name} has a field twice`);
      if (typeof definition.create !== 'function') throw new TypeError(`${name} has no create function`);
      if (typeof definition.type !== 'function') throw new TypeError(`${name} has no type`);
      return;
    }
    case 'enum': {
      if (!isList(definition.members)) throw new TypeError(`${name} has no members`);
      const names = definition.members.map((member) => member.name);
      if (new Set(names).size !== names.length) throw new TypeError(`${name} has a member twice`);
      // A pickle may try to change what it names.
      const open = definition.members.find(({ member }) => !Object.isFrozen(member));
      if (open !== undefined) throw new TypeError(`The member ${open.name} of ${name} is not frozen`);
      const bare = definition.members.find(({ values }) => !isList(values));
      if (bare !== undefined) throw new TypeError(`The member ${bare.name} of ${name} has no values`);
      return;
    }
    case 'extension':
      if (!Number.isInteger(definition.code) || definition.code < 1 || definition.code > 0x7fffffff)
        throw new TypeError(`The extension code of ${name} is ${definition.code}, not an integer from 1 to 2147483647`);

      return;
    case 'custom':
      if (typeof definition.construct !== 'function') throw new TypeError(`${name} has no construct function`);
      return;
    default:
      throw new TypeError(`${name} has a kind that is none of object, enum, custom, extension`);
  }
}
