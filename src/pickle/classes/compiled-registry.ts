/**
 * A registry in the form in which the decoder and the encoder look classes up. Made once for a registry.
 *
 * @module
 */
import { BUILTINS } from './builtins/index.js';
import type { BuiltinDefinition } from './builtins/definition.js';
import { FieldKey } from './field-keys.js';
import type { ClassRegistry, CustomDefinition, EnumDefinition, ObjectDefinition } from './registry.js';
import { Ellipsis, NotImplemented } from '../values/constants.js';
import type { FieldType } from '../values/field-types.js';
import { KeyIndex, mutableType, UnhashableError } from '../values/keys.js';
import type { Hashing } from '../values/keys.js';
import { PyGlobal } from '../values/py-global.js';

/** A registered dataclass-like class. */
export interface ObjectEntry {
  readonly kind: 'object';
  readonly owner: CompiledRegistry;
  readonly global: PyGlobal;
  readonly definition: ObjectDefinition;
  /** The declared fields, in wire order. */
  readonly names: readonly string[];
  /**
   * The attributes that the last state had, in its order, when all of them are declared. A peer of another version may lack
   * some, and then lacks them in every message. A guess for the decoder's fast path, never more.
   */
  shape: Shape;
  /** The one before, for two peers of different versions that take turns. */
  otherShape: Shape | undefined;
  /** The same, to ask whether a name is declared. */
  readonly declared: ReadonlySet<string>;
  /** For each field: whether a number is written as a float. */
  readonly floats: readonly boolean[];
  /** The names of those fields. */
  readonly floatNames: ReadonlySet<string>;
  /** The fields of a declared type. */
  readonly typed: ReadonlyMap<string, TypedField>;
  /** The declared fields that are plain own properties of a new instance: these may be assigned. */
  readonly assignable: ReadonlySet<string>;
  /** All of `names` are assignable. */
  readonly allAssignable: boolean;
  /** The prototype of the definition's type, undefined when a later definition has the same type. */
  prototype: object | undefined;
}

/** What a field is declared to hold. */
export interface TypedField {
  readonly type: FieldType;
  readonly nullable: boolean;
}

/** Attribute names in the order in which they are expected. */
export interface Shape {
  readonly names: readonly string[];
  /** The same, as bytes. */
  readonly keys: readonly FieldKey[];
  /** Whether the definition's `assign` assigns exactly these. */
  readonly direct: boolean;
  /** Runs of numbers among them: where each begins, and where it ends, in places on the stack, where every second is a value. */
  readonly numbers: readonly number[];
  /** The others of a declared type. */
  readonly others: readonly (TypedField & { readonly place: number })[];
}

/** @internal */
export function shapeOf(
  definition: ObjectDefinition,
  names: readonly string[],
  typed: ReadonlyMap<string, TypedField>,
): Shape {
  const numbers: number[] = [];
  const others: (TypedField & { place: number })[] = [];
  for (const [index, name] of names.entries()) {
    const field = typed.get(name);
    const place = 2 * index;
    if (field === undefined) continue;
    if (field.type === 'datetime' || field.nullable) others.push({ ...field, place });
    else if (numbers.at(-1) === place) numbers[numbers.length - 1] = place + 2;
    else numbers.push(place, place + 2);
  }
  const keys = names.map((name) => new FieldKey(name));
  return { names, keys, direct: assigns(definition, names), numbers, others };
}

function typedFields({ fields }: ObjectDefinition): ReadonlyMap<string, TypedField> {
  return new Map(
    fields.flatMap(({ name, float, type = float === true ? 'float' : undefined, nullable = false }) =>
      type === undefined ? [] : [[name, { type, nullable }]],
    ),
  );
}

/** Whether a definition has an `assign` that sets these attributes, in this order, and no other. */
function assigns(definition: ObjectDefinition, names: readonly string[]): boolean {
  if (definition.assign === undefined) return false;
  const probe = names.flatMap((name, index) => [name, { index }]);
  let sample: object;
  let expected: object;
  try {
    sample = definition.create();
    expected = definition.create();
    if (!definition.assign(sample, probe, 1, names.length)) return false;
  } catch {
    // One that looks at the values: assigning by name does without it.
    return false;
  }
  for (const [index, name] of names.entries()) Reflect.set(expected, name, probe[2 * index + 1]);
  const keys = Object.keys(sample);
  return (
    keys.length === Object.keys(expected).length &&
    keys.every((key) => Object.is(Reflect.get(sample, key), Reflect.get(expected, key)))
  );
}

/** A registered enum. */
export interface EnumEntry {
  readonly kind: 'enum';
  readonly owner: CompiledRegistry;
  readonly global: PyGlobal;
  readonly definition: EnumDefinition;
  readonly byName: ReadonlyMap<string, object>;
  /** By the canonical form of the value: Python looks enum values up as dict keys. */
  readonly byValue: ReadonlyMap<unknown, object>;
  readonly keys: KeyIndex;
}

/** A class that travels as a call, the user's or Python's own. */
export interface CustomEntry {
  readonly kind: 'custom';
  readonly owner: CompiledRegistry;
  readonly global: PyGlobal;
  readonly definition: CustomDefinition | BuiltinDefinition;
  /** The definition takes items or a state after the call. */
  readonly hooked: boolean;
  /** The definition is the codec's own, and makes the value at the call itself. */
  readonly immediate: boolean;
}

export type ClassEntry = ObjectEntry | EnumEntry | CustomEntry;

/** A member of a registered enum, for writing. */
export interface MemberEntry {
  readonly entry: EnumEntry;
  readonly name: string;
  /** What `getattr` is called with: the class and the name. */
  readonly args: readonly unknown[];
}

/** Modules of the codec's own definitions that not every Python has: packages, and what one version of Python has. */
const NOT_EVERYWHERE = /^(?:__builtin__|copy_reg|pathlib\._local|(?:numpy|pytz)(?:\..*)?)$/;

/** How many registered names are kept at hand, a power of two. */
const RECENT = 64;

/** The names that Python's own time zones are made with. */
export interface ZoneNames {
  readonly timezone: PyGlobal;
  readonly timedelta: PyGlobal;
  /** `builtins.getattr`. */
  readonly getattr: PyGlobal;
  /** `zoneinfo.ZoneInfo._unpickle`. */
  readonly unpickle: PyGlobal;
}

interface Recent {
  readonly module: string;
  readonly qualname: string;
  readonly value: unknown;
}

/** The lookups. @internal */
export class CompiledRegistry implements Hashing {
  readonly #globals = new Map<string, Map<string, unknown>>();
  readonly #recent = new Array<Recent | undefined>(RECENT).fill(undefined);
  readonly #extensions = new Map<number, PyGlobal>();
  readonly #builtins: ReadonlySet<unknown> = new Set(BUILTINS);
  readonly #codes = new Map<string, number>();
  /** The name of Python's datetime, when it has not been given another definition. */
  readonly datetime: PyGlobal | undefined;
  /** The names that Python's own time zones are made with, when none has been given another definition. */
  readonly zones: ZoneNames | undefined;
  /** What writes the instances of a class, by the class's prototype. */
  readonly byPrototype = new Map<object, ObjectEntry | CustomEntry>();
  /** Python's names of the classes whose instances cannot be keys, by their prototypes. */
  readonly #unhashable = new Map<unknown, string>();
  /** What writes a member of an enum. */
  readonly byMember = new Map<object, MemberEntry>();

  constructor(registry: ClassRegistry) {
    for (const [name, constant] of CONSTANTS) {
      this.#add('builtins', name, constant);
      this.#add('__builtin__', name, constant);
    }
    for (const definition of BUILTINS) this.#addCustom(definition);
    const objects: ObjectEntry[] = [];
    for (const definition of registry.definitions) {
      switch (definition.kind) {
        case 'object':
          objects.push(this.#addObject(definition));
          break;
        case 'enum':
          this.#addEnum(definition);
          break;
        case 'custom':
          this.#addCustom(definition);
          break;
        case 'extension':
          break;
      }
    }
    for (const entry of objects) {
      const prototype = prototypeOf(entry.definition.type);
      if (this.byPrototype.get(prototype) !== entry) continue;
      entry.prototype = prototype;
      if (entry.definition.hashable === false) this.#unhashable.set(prototype, entry.definition.qualname);
    }
    this.datetime = this.#own('datetime', 'datetime');
    this.zones = this.#zoneNames();
    for (const definition of registry.definitions) {
      if (definition.kind !== 'extension') continue;
      const found = this.global(definition.module, definition.qualname);
      const global = found instanceof PyGlobal ? found : PyGlobal.from('codec', definition.module, definition.qualname);
      this.#extensions.set(definition.code, global);
      this.#codes.set(`${definition.module}\n${definition.qualname}`, definition.code);
    }
  }

  /** What a name stands for: a bound `PyGlobal`, a constant, an enum member; undefined for an unregistered name. */
  global(module: string, qualname: string): unknown {
    // Names come again and again, in the very same strings: comparing them costs less than two lookups.
    const at = (module.length + 5 * qualname.length + 7 * qualname.charCodeAt(0)) & (RECENT - 1);
    const recent = this.#recent[at];
    if (recent?.module === module && recent.qualname === qualname) return recent.value;
    const value = this.#find(module, qualname);
    if (value !== undefined) this.#recent[at] = { module, qualname, value };
    return value;
  }

  #find(module: string, qualname: string): unknown {
    const names = this.#globals.get(module);
    if (names === undefined) return undefined;
    const found = names.get(qualname);
    if (found !== undefined || !qualname.includes('.')) return found;
    // A dotted name that is not a class: perhaps a member of a registered enum.
    const dot = qualname.lastIndexOf('.');
    const owner = names.get(qualname.slice(0, dot));
    const entry = owner instanceof PyGlobal ? this.entryOf(owner) : undefined;
    return entry?.kind === 'enum' ? entry.byName.get(qualname.slice(dot + 1)) : undefined;
  }

  /** The modules and the names in them, of everything that is registered. */
  *globalNames(): Generator<string> {
    for (const [module, names] of this.#globals) {
      yield module;
      yield* names.keys();
    }
  }

  /** The definition behind a name that {@link global} gave. */
  entryOf(global: PyGlobal): ClassEntry | undefined {
    const entry = PyGlobal.bindingOf(global) as ClassEntry | undefined;
    if (entry?.owner === this) return entry;
    // A name that came from elsewhere: `persistentLoad`, or another registry's result.
    const own = this.#globals.get(global.module)?.get(global.qualname);
    return own instanceof PyGlobal ? (PyGlobal.bindingOf(own) as ClassEntry) : undefined;
  }

  /** The definition behind something that is to be called. */
  entryOfCallable(callable: unknown): ClassEntry | undefined {
    return callable instanceof PyGlobal ? this.entryOf(callable) : undefined;
  }

  /** Whether the user has registered a class of that name, or an extension code for it. */
  isRegistered(module: string, qualname: string): boolean {
    if (this.extensionCode(module, qualname) !== undefined) return true;
    const global = this.#globals.get(module)?.get(qualname);
    const entry = global instanceof PyGlobal ? this.entryOf(global) : undefined;
    return entry !== undefined && (entry.kind !== 'custom' || !this.isBuiltin(entry.definition));
  }

  /** Whether a name is one of the codec's own definitions, for a module that not every Python has. */
  isOfSomePythons(global: PyGlobal): boolean {
    return NOT_EVERYWHERE.test(global.module) && !this.isRegistered(global.module, global.qualname);
  }

  /** Python's name of a type that cannot be a key, or undefined when this value (not its items) can be one. */
  unhashableType(value: object): string | undefined {
    const type = mutableType(value) ?? this.#unhashable.get(Object.getPrototypeOf(value));
    // A member of an enum can be a key, whatever stands for it.
    return type === undefined || this.byMember.has(value) ? undefined : type;
  }

  /** Whether a definition is the codec's own, whose refusal means only that it is not meant. */
  isBuiltin(definition: CustomDefinition | BuiltinDefinition): boolean {
    return this.#builtins.has(definition);
  }

  /** What an extension code stands for. */
  extension(code: number): PyGlobal | undefined {
    return this.#extensions.get(code);
  }

  /** The extension code of a name. */
  extensionCode(module: string, qualname: string): number | undefined {
    return this.#codes.size === 0 ? undefined : this.#codes.get(`${module}\n${qualname}`);
  }

  /** The name of something that only the codec defines. */
  #own(module: string, qualname: string): PyGlobal | undefined {
    const global = this.#find(module, qualname);
    const entry = global instanceof PyGlobal ? this.entryOf(global) : undefined;
    return entry?.kind === 'custom' && this.isBuiltin(entry.definition) ? entry.global : undefined;
  }

  #zoneNames(): ZoneNames | undefined {
    const timezone = this.#own('datetime', 'timezone');
    const timedelta = this.#own('datetime', 'timedelta');
    const getattr = this.#own('builtins', 'getattr');
    const unpickle = this.#own('zoneinfo', 'ZoneInfo._unpickle');
    const zoneInfo = this.#find('zoneinfo', 'ZoneInfo');
    if (timezone === undefined || timedelta === undefined || getattr === undefined || unpickle === undefined)
      return undefined;

    // Not defined as a rule: the class itself is called by nobody.
    return zoneInfo === undefined ? { timezone, timedelta, getattr, unpickle } : undefined;
  }

  #add(module: string, qualname: string, value: unknown): void {
    let names = this.#globals.get(module);
    if (names === undefined) {
      names = new Map<string, unknown>();
      this.#globals.set(module, names);
    }
    names.set(qualname, value);
  }

  #addObject(definition: ObjectDefinition): ObjectEntry {
    const global = PyGlobal.from('codec', definition.module, definition.qualname);
    const names = definition.fields.map((field) => field.name);
    const assignable = assignableFields(definition, names);
    const typed = typedFields(definition);
    const isFloat = (name: string): boolean => typed.get(name)?.type === 'float';
    const entry: ObjectEntry = {
      kind: 'object',
      owner: this,
      global,
      definition,
      names,
      shape: shapeOf(definition, names, typed),
      otherShape: undefined,
      declared: new Set(names),
      floats: names.map(isFloat),
      floatNames: new Set(names.filter(isFloat)),
      typed,
      assignable,
      allAssignable: names.every((name) => assignable.has(name)),
      prototype: undefined,
    };
    PyGlobal.bind(global, entry);
    this.#add(definition.module, definition.qualname, global);
    this.byPrototype.set(prototypeOf(definition.type), entry);
    return entry;
  }

  #addEnum(definition: EnumDefinition): void {
    const global = PyGlobal.from('codec', definition.module, definition.qualname);
    const keys = new KeyIndex(this);
    const byName = new Map<string, object>();
    const byValue = new Map<unknown, object>();
    const entry: EnumEntry = { kind: 'enum', owner: this, global, definition, byName, byValue, keys };
    for (const { name, values, member } of definition.members) {
      byName.set(name, member);
      for (const value of values) {
        const key = canonicalValue(keys, value);
        // As in Python, the first member of a value is the member, a later one its alias.
        if (!byValue.has(key)) byValue.set(key, member);
      }
      if (!this.byMember.has(member)) this.byMember.set(member, { entry, name, args: [global, name] });
    }
    PyGlobal.bind(global, entry);
    this.#add(definition.module, definition.qualname, global);
  }

  #addCustom(definition: CustomDefinition | BuiltinDefinition): void {
    const global = PyGlobal.from('codec', definition.module, definition.qualname);
    const hooked = 'append' in definition || 'setItems' in definition || 'setState' in definition;
    const immediate = !hooked && this.isBuiltin(definition) && definition.when !== 'state';
    const entry: CustomEntry = { kind: 'custom', owner: this, global, definition, hooked, immediate };
    PyGlobal.bind(global, entry);
    this.#add(definition.module, definition.qualname, global);
    if (definition.type !== undefined) this.byPrototype.set(prototypeOf(definition.type), entry);
  }
}

/** The canonical form of an enum's value; of one that has no hash itself, so that no value that is read finds it. */
function canonicalValue(keys: KeyIndex, value: unknown): unknown {
  // A text is looked up as it is.
  if (typeof value === 'string') return value;
  try {
    return keys.canonical(value, true);
  } catch (error) {
    if (error instanceof UnhashableError) return value;
    throw error;
  }
}

const CONSTANTS: readonly (readonly [string, unknown])[] = [
  ['Ellipsis', Ellipsis],
  ['NotImplemented', NotImplemented],
];

const compiled = new WeakMap<ClassRegistry, CompiledRegistry>();

/** The lookups of a registry; made at its first use and kept as long as the registry itself. @internal */
export function compile(registry: ClassRegistry): CompiledRegistry {
  let result = compiled.get(registry);
  if (result === undefined) {
    result = new CompiledRegistry(registry);
    compiled.set(registry, result);
  }
  return result;
}

function prototypeOf(type: abstract new (...args: never[]) => object): object {
  return type.prototype as object;
}

/** The fields that an assignment sets as plain data: no accessor, no `__proto__`, nothing read-only. */
function assignableFields(definition: ObjectDefinition, names: readonly string[]): Set<string> {
  let sample: object;
  try {
    sample = definition.create();
  } catch {
    // It is called again for the first instance that a pickle has, and then told of: others need not know.
    return new Set();
  }
  return new Set(
    names.filter((name) => {
      const own = Object.getOwnPropertyDescriptor(sample, name);
      return own?.writable === true && own.enumerable === true;
    }),
  );
}
