/**
 * What is prepared of a registry for writing.
 *
 * @module
 */
import type { Packing } from '../classes/builtins/definition.js';
import type { CompiledRegistry, CustomEntry, MemberEntry, ObjectEntry } from '../classes/compiled-registry.js';
import { prepareGlobal, prepareName, runsOf } from './field-plan.js';
import type { FieldPlan, PreparedGlobal, PreparedName } from './field-plan.js';
import { PyFloat } from '../values/py-float.js';
import { PyGlobal } from '../values/py-global.js';
import { PyTimeDelta } from '../values/py-time-delta.js';
import { PyTimeZone } from '../values/time-zones.js';

const GETATTR = PyGlobal.from('codec', 'builtins', 'getattr');
const PLAIN: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Uint8Array.prototype,
  PyFloat.prototype,
  PyGlobal.prototype,
];

/** A text or name of a call that is written in one stroke is no longer than this, in UTF-16 units. */
export const FLAT_UNITS = 85;

/** What the prototype of an object says of how it is written. */
export interface Kind {
  /** The class, undefined when only members of an enum have this prototype. */
  readonly entry: ObjectEntry | CustomEntry | undefined;
  /** Members of an enum have this prototype. */
  readonly hasMembers: boolean;
  /** For a built-in class that is a few packed bytes: how it packs, and its name. */
  readonly packed: PackedKind | undefined;
}

/** A built-in class whose instances are a few packed bytes. */
export interface PackedKind {
  readonly packing: Packing;
  readonly callable: PyGlobal;
  readonly class: PreparedGlobal;
}

/** What is prepared of a member of an enum: `getattr(class, name)`. */
export interface PreparedMember {
  readonly member: MemberEntry;
  readonly getattr: PreparedGlobal;
  readonly class: PreparedGlobal;
  /** All of it is short. */
  readonly flat: boolean;
}

/** The names that a time zone of a fixed offset is written with. */
export interface FixedZoneNames {
  readonly timezone: PreparedGlobal;
  readonly timedelta: PreparedGlobal;
}

/** The prepared names and plans of a registry. Each is made when it is first needed. */
export class WritePlans {
  readonly #kinds = new Map<unknown, Kind>();
  readonly #names = new Map<string, PreparedName>();
  readonly #fields = new Map<ObjectEntry, FieldPlan>();
  readonly #globals = new Map<string, PreparedGlobal>();
  readonly #members = new Map<object, PreparedMember>();
  /** The same by identity, which is found faster, for the names that the registry itself made. */
  readonly #known = new Map<PyGlobal, PreparedGlobal>();
  readonly #registry: CompiledRegistry;
  /** What fetches a member of an enum. */
  readonly getattr: PyGlobal;
  /** Every name of the registry. The bytes of a pickle must not depend on which of them were needed before. */
  readonly #texts: ReadonlySet<string>;
  #fixedZone: FixedZoneNames | null | undefined;
  #count = 0;
  /** Plain objects, arrays, bytes, floats and names are nothing else: no class of the registry, and no member of an enum. */
  readonly plainValues: boolean;

  constructor(registry: CompiledRegistry) {
    this.#registry = registry;
    const getattr = registry.global('builtins', 'getattr');
    this.getattr = getattr instanceof PyGlobal ? getattr : GETATTR;
    const texts = new Set(registry.globalNames());
    for (const [prototype, entry] of registry.byPrototype) {
      if (entry.kind === 'object') for (const name of entry.names) texts.add(name);
      const packing = entry.kind === 'custom' ? packingOf(registry, entry) : undefined;
      const packed = packing && { packing, callable: entry.global, class: this.#prepare(entry.global) };
      this.#kinds.set(prototype, { entry, hasMembers: false, packed });
    }
    for (const member of registry.byMember.keys()) {
      const prototype: unknown = Object.getPrototypeOf(member);
      const kind = this.#kinds.get(prototype);
      this.#kinds.set(prototype, { entry: kind?.entry, hasMembers: true, packed: undefined });
    }
    this.#texts = texts;
    this.plainValues = !PLAIN.some((prototype) => this.#kinds.has(prototype));
  }

  /** How many numbers have been given to names. */
  get count(): number {
    return this.#count;
  }

  /** What is known of the objects that have this prototype; undefined when neither class nor enum does. */
  kindOf(prototype: object | null): Kind | undefined {
    return this.#kinds.get(prototype);
  }

  /** What is prepared of a member of an enum; undefined for any other object. */
  memberOf(value: object): PreparedMember | undefined {
    const known = this.#members.get(value);
    if (known !== undefined) return known;
    const member = this.#registry.byMember.get(value);
    if (member === undefined) return undefined;
    const owner = member.entry.global;
    const flat = [this.getattr.key, owner.key, member.name].every((text) => text.length <= FLAT_UNITS);
    const prepared = { member, getattr: this.#prepare(this.getattr), class: this.#prepare(owner), flat };
    this.#members.set(value, prepared);
    return prepared;
  }

  /** What is prepared of a name that some class of the registry has; undefined for any other text. */
  nameOf(text: string): PreparedName | undefined {
    return this.#names.get(text) ?? (this.#texts.has(text) ? this.#name(text) : undefined);
  }

  /** What is prepared of a class's instances. */
  fieldsOf(entry: ObjectEntry): FieldPlan {
    let plan = this.#fields.get(entry);
    if (plan === undefined) {
      const names = entry.names.map((text) => this.#name(text));
      plan = { class: this.#prepare(entry.global), names, runs: runsOf(names, entry.floats) };
      this.#fields.set(entry, plan);
    }
    return plan;
  }

  /** What is prepared of the name of a class or function, undefined when nobody registered it. */
  globalOf(global: PyGlobal): PreparedGlobal | undefined {
    const known = this.#known.get(global);
    if (known !== undefined) return known;
    const registered = this.#registry.global(global.module, global.qualname);
    if (!(registered instanceof PyGlobal)) return undefined;
    const prepared = this.#prepare(registered);
    this.#known.set(registered, prepared);
    return prepared;
  }

  /** The names for zones of a fixed offset; undefined when these classes have been given other definitions. */
  fixedZoneNames(): FixedZoneNames | undefined {
    if (this.#fixedZone === undefined) {
      const [timezone, timedelta] = [this.#builtin(PyTimeZone.prototype), this.#builtin(PyTimeDelta.prototype)];
      this.#fixedZone = timezone && timedelta ? { timezone, timedelta } : null;
    }
    return this.#fixedZone ?? undefined;
  }

  #builtin(prototype: object): PreparedGlobal | undefined {
    const entry = this.kindOf(prototype)?.entry;
    const own = entry?.kind === 'custom' && this.#registry.isBuiltin(entry.definition);
    return own ? this.#prepare(entry.global) : undefined;
  }

  #prepare(global: PyGlobal): PreparedGlobal {
    const { key, module, qualname } = global;
    let prepared = this.#globals.get(key);
    if (prepared === undefined) {
      const names = [this.#name(module), this.#name(qualname)] as const;
      const extension = this.#registry.extensionCode(module, qualname);
      prepared = prepareGlobal(this.#count++, global, ...names, extension);
      this.#globals.set(key, prepared);
    }
    return prepared;
  }

  #name(text: string): PreparedName {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = prepareName(this.#count++, text);
      this.#names.set(text, name);
    }
    return name;
  }
}

function packingOf(registry: CompiledRegistry, { definition }: CustomEntry): Packing | undefined {
  return registry.isBuiltin(definition) && 'packing' in definition ? definition.packing : undefined;
}

const plans = new WeakMap<CompiledRegistry, WritePlans>();

/** The plans of a registry; they are as constant as itself. */
export function plansOf(registry: CompiledRegistry): WritePlans {
  let result = plans.get(registry);
  if (result === undefined) {
    result = new WritePlans(registry);
    plans.set(registry, result);
  }
  return result;
}
