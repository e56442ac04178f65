/**
 * What is known about the fields of vnpy's classes at run time, and the checks of what users put into them.
 *
 * A class itself holds names, order, defaults and documentation; its schema holds the kinds. A peer's data does not pass through
 * here. It is taken as it comes, because a version of vnpy that we do not know must not be locked out.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';
import type { FieldDefinition } from '../../pickle/index.js';
import { isEnumMember } from '../enums/enum.js';
import type { EnumClass } from '../enums/enum.js';
import { InvalidDataError } from '../errors.js';
import { suggest } from '../../options.js';
import { datetimeOfDate } from './dates.js';
import { describe, isUnknownMember } from './describe.js';
import { isAsReceived, markReceived } from './received.js';

/** What kind of value a field holds. */
export type FieldKind = 'str' | 'int' | 'float' | 'bool' | 'dict' | 'datetime' | 'enum' | 'any';

/** Whether a datetime of vnpy has a zone. A naive one is the wall clock of the exchange, or of the process that made it. */
export type Clock = 'aware' | 'naive';

/** What is known about one field. */
export interface FieldSpec {
  readonly kind: FieldKind;
  readonly required?: boolean;
  /** None is allowed. */
  readonly nullable?: boolean;
  /** For the kind `datetime`. */
  readonly clock?: Clock;
  /** For the kind `enum`: its name in Python and its members. */
  readonly enumName?: string;
  readonly enumClass?: EnumClass;
  /** A further demand on the value: of a request, where a wrong number costs money. */
  readonly range?: 'finite' | 'positive' | 'not-negative' | 'not-empty' | 'without-exchange';
}

/** What is known about a field that must be given. */
export interface RequiredSpec extends FieldSpec {
  readonly required: true;
}

export const str: FieldSpec = { kind: 'str' };
export const int: FieldSpec = { kind: 'int' };
export const float: FieldSpec = { kind: 'float' };
export const bool: FieldSpec = { kind: 'bool' };
export const dict: FieldSpec = { kind: 'dict' };
export const datetime: FieldSpec = { kind: 'datetime', clock: 'aware' };
export const naiveDatetime: FieldSpec = { kind: 'datetime', clock: 'naive' };
export const any: FieldSpec = { kind: 'any' };
export const member = (enumName: string, enumClass: EnumClass): FieldSpec => ({ kind: 'enum', enumName, enumClass });
/** The symbol of a request. It stands beside its exchange: `rb2705.SHFE` is a vt_symbol. */
export const contractSymbol: FieldSpec = { kind: 'str', range: 'without-exchange' };
export const required = (spec: FieldSpec): RequiredSpec => ({ ...spec, required: true });
export const nullable = (spec: FieldSpec): FieldSpec => ({ ...spec, nullable: true });
export const ranged = (spec: FieldSpec, range: NonNullable<FieldSpec['range']>): FieldSpec => ({ ...spec, range });

/**
 * Given to a constructor by the decoder instead of an object: make an instance with every field at its default, check
 * and derive nothing. `never`, so that no signature has to show it.
 */
export const BLANK = Object.freeze({}) as never;

/**
 * Placeholder of a required field in a {@link BLANK} instance. It is seen only if a peer leaves out a field that no
 * version of vnpy leaves out. `never`, so that it fits every field.
 */
export const ABSENT = null as never;

/** What a field takes: a datetime may also be given as a `Date`. */
export type Input<V> = PyDateTime extends V ? V | Date : V;

/** The names of the fields that must be given, or of the others. */
type Names<Fields, Given extends boolean> = {
  [K in keyof Fields]: Fields[K] extends RequiredSpec
    ? Given extends true
      ? K
      : never
    : Given extends true
      ? never
      : K;
}[keyof Fields];

/** Some of the attributes of a class, as they are given: the documentation of each stays with it. */
type Given<T, K extends keyof T> = { readonly [P in K]: Input<T[P]> };
type Perhaps<T, K extends keyof T> = { readonly [P in K]?: Input<T[P]> | undefined };

/** The object that the constructor of a class takes: the required fields, and the rest at will. */
export type InitOf<T, Fields extends { readonly [K in keyof Fields]: K extends keyof T ? FieldSpec : never }> = Given<
  T,
  Names<Fields, true> & keyof T
> &
  Perhaps<T, Names<Fields, false> & keyof T>;

/** A class's own fields, writable: for constructors and {@link replace} only. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A field whose default is no answer in some cases. */
export interface Forgettable {
  readonly field: string;
  /**
   * @param given - What a user gives.
   * @param before - What is changed, unless it is made anew.
   * @returns What is wrong when it was forgotten.
   */
  missing(given: object, before: object | undefined): string | undefined;
}

/** The run-time description of one class. */
export class DataSchema<T extends object, I extends object> {
  /** The datetimes among the fields and the derived attributes. */
  readonly datetimes: ReadonlyMap<string, Clock>;

  private readonly names: readonly string[];
  private readonly specs: ReadonlyMap<string, FieldSpec>;

  /**
   * @param className - Name of the class in Python.
   * @param fields - Every field that a user may set.
   * @param derive - Computes the attributes that vnpy's `__post_init__` computes.
   * @param derived - The numbers and datetimes among those.
   * @param forgettable - A field that must be given in some cases.
   */
  constructor(
    readonly className: string,
    readonly fields: { readonly [K in keyof Required<I>]: FieldSpec },
    readonly derive: (target: Writable<T>) => void = () => undefined,
    derived: Readonly<Record<string, FieldSpec>> = {},
    private readonly forgettable?: Forgettable,
  ) {
    this.names = Object.keys(fields);
    this.specs = new Map(Object.entries({ ...fields, ...derived }));
    this.datetimes = new Map(
      [...this.specs].flatMap(([name, { clock }]) => (clock === undefined ? [] : [[name, clock]])),
    );
  }

  /**
   * Checks `init` and sets it on `target`, then derives. Does nothing for {@link BLANK}.
   *
   * @throws {@link InvalidDataError}
   */
  fill(target: T, init: I): void {
    if (init === BLANK) return;
    this.assign(target, init, true);
    this.derive(target);
  }

  /**
   * Checks each value of `init` and sets it on `target`.
   *
   * @param complete - Whether every required field must be there.
   * @throws {@link InvalidDataError}
   */
  assign(target: T, init: I, complete: boolean): void {
    if (typeof init !== 'object' || (init as unknown) === null) {
      throw new InvalidDataError(
        'WRONG_TYPE',
        this.className,
        '',
        `new ${this.className}({ ... }) takes an object with the fields by name, got ${describe(init)}`,
      );
    }
    const given = init as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(given)) if (!Object.hasOwn(this.fields, name)) throw this.unknownField(name);

    const forgotten = this.forgettable?.missing(given, complete ? undefined : target);
    for (const name of this.names) {
      const value = given[name];
      if (value === undefined) {
        if (complete && this.spec(name).required === true) throw this.missingField(name);
        continue;
      }
      (target as Record<string, unknown>)[name] = this.check(name, value);
    }
    if (forgotten !== undefined) {
      const field = this.forgettable?.field ?? '';
      throw new InvalidDataError('MISSING_FIELD', this.className, field, `${this.className}: ${forgotten}`);
    }
    if (given['symbol'] !== undefined || given['exchange'] !== undefined) this.checkSymbol(target);
  }

  /**
   * Sets on `target` what a peer sent, unchecked, and derives.
   *
   * @param target - Made of {@link BLANK}.
   */
  take(target: T, received: { readonly [K in keyof I]?: unknown }): T {
    Object.assign(target, received);
    this.derive(target);
    return markReceived(target, received);
  }

  /**
   * Checks all fields of an instance as they stand, but for those that a peer sent so.
   *
   * @throws {@link InvalidDataError}
   */
  verify(target: T): void {
    for (const name of this.names) {
      const value: unknown = Reflect.get(target, name);
      if (isAsReceived(target, name, value)) continue;
      if (value === undefined) throw this.missingField(name);
      this.check(name, value);
    }
    this.checkSymbol(target);
  }

  /** What the codec is to know of an attribute: floats are written as floats even where the number is whole. */
  codecField(name: string): FieldDefinition {
    const { kind, nullable: isNullable = false } = this.spec(name);
    const isTyped = kind === 'float' || kind === 'int' || kind === 'datetime';
    return isTyped ? { name, float: kind === 'float', type: kind, nullable: isNullable } : { name };
  }

  /** Names of the fields that hold members of enums. */
  enumFields(): readonly string[] {
    return this.names.filter((name) => this.spec(name).kind === 'enum');
  }

  private spec(name: string): FieldSpec {
    return this.specs.get(name) ?? any;
  }

  /** A vt_symbol is no symbol: vnpy would look for `rb2705.SHFE.SHFE`. Other dots are the exchange's own. */
  private checkSymbol(target: T): void {
    if (!Object.hasOwn(this.fields, 'symbol') || this.spec('symbol').range !== 'without-exchange') return;
    const symbol: unknown = Reflect.get(target, 'symbol');
    const exchange: unknown = Reflect.get(target, 'exchange');
    if (typeof symbol !== 'string' || !isEnumMember(exchange) || isAsReceived(target, 'symbol', symbol)) return;
    const suffix = `.${exchange.value}`;
    if (!symbol.toLowerCase().endsWith(suffix.toLowerCase())) return;
    const meant = describe(symbol.slice(0, -suffix.length));
    throw new InvalidDataError(
      'OUT_OF_RANGE',
      this.className,
      'symbol',
      `${this.className}.symbol is ${describe(symbol)}, which has the exchange in it already: the symbol is ${meant}`,
    );
  }

  private missingField(name: string): InvalidDataError {
    const missing = this.names.filter((other) => this.spec(other).required === true).join(', ');
    return new InvalidDataError(
      'MISSING_FIELD',
      this.className,
      name,
      `${this.className} needs ${name} (required: ${missing})`,
    );
  }

  private unknownField(name: string): InvalidDataError {
    const near = suggest(name, this.names);
    const hint = near === undefined ? `it has ${this.names.join(', ')}` : `did you mean ${near}?`;
    return new InvalidDataError('UNKNOWN_FIELD', this.className, name, `${this.className} has no ${name}; ${hint}`);
  }

  /** @returns `value`, or what it is turned into (a Date becomes a datetime). */
  private check(name: string, value: unknown): unknown {
    const spec = this.spec(name);
    if (value === null && (spec.nullable === true || spec.kind === 'any')) return value;
    if (spec.kind === 'datetime' && value instanceof Date) return this.datetimeOf(name, value);
    const expected = mismatch(spec, value);
    if (expected !== undefined) {
      throw new InvalidDataError(
        'WRONG_TYPE',
        this.className,
        name,
        `${this.className}.${name} must be ${expected}, got ${describe(value)}`,
      );
    }
    const broken = outOfRange(spec, value);
    if (broken !== undefined) {
      throw new InvalidDataError(
        'OUT_OF_RANGE',
        this.className,
        name,
        `${this.className}.${name} must be ${broken}, got ${describe(value)}`,
      );
    }
    return value;
  }

  private datetimeOf(name: string, date: Date): PyDateTime {
    if (Number.isNaN(date.getTime()))
      throw new InvalidDataError('OUT_OF_RANGE', this.className, name, `${this.className}.${name} is an invalid Date`);

    return datetimeOfDate(date);
  }
}

/** @returns What was expected, when `value` is of the wrong kind. */
function mismatch(spec: FieldSpec, value: unknown): string | undefined {
  switch (spec.kind) {
    case 'str':
      return typeof value === 'string' ? undefined : 'a string';
    case 'int':
    case 'float':
      return typeof value === 'number' ? undefined : 'a number';
    case 'bool':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'dict':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object or a Map';
    case 'datetime':
      return value instanceof PyDateTime ? undefined : 'a PyDateTime or a Date';
    case 'enum':
      return mismatchedMember(spec, value);
    case 'any':
      return undefined;
  }
}

function mismatchedMember(spec: FieldSpec, value: unknown): string | undefined {
  const name = spec.enumName ?? '';
  // A member that this package does not know, as it came from a peer whose vnpy is newer: it goes back as it came.
  if (isEnumMember(value, name) || isUnknownMember(value, name)) return undefined;
  const members = Object.values(spec.enumClass ?? {});
  const meant =
    typeof value === 'string' ? members.find((m) => m.name === value || m.values.includes(value)) : undefined;
  if (meant !== undefined) return `a member of ${name}: write ${meant.toString()}`;
  return `a member of ${name} (${members.map((m) => m.name).join(', ')})`;
}

/** @returns What is demanded, when `value` does not meet it. */
function outOfRange(spec: FieldSpec, value: unknown): string | undefined {
  const { range } = spec;
  if (range === undefined) return undefined;
  switch (range) {
    case 'finite':
      return Number.isFinite(value) ? undefined : 'a finite number';
    case 'positive':
      return Number.isFinite(value) && Number(value) > 0 ? undefined : 'a finite number above 0';
    case 'not-negative':
      return Number.isFinite(value) && Number(value) >= 0 ? undefined : 'a finite number of 0 or more';
    case 'not-empty':
    case 'without-exchange':
      return value === '' ? 'a string that is not empty' : undefined;
  }
}
