/**
 * Tables that describe the options objects of this package.
 *
 * Each object is described once, by an {@link OptionTable}: its checks and its defaults come from there, and a test holds the
 * documents and the TSDoc to it.
 *
 * @module
 */
import type { OptionChecks } from './options.js';

/** A table of names without some of them: for what gives options on. */
export function without<Table extends object, Name extends keyof Table>(
  table: Table,
  ...names: Name[]
): Omit<Table, Name> {
  const left: readonly string[] = names.map(String);
  return Object.fromEntries(Object.entries(table).filter(([name]) => !left.includes(name))) as Omit<Table, Name>;
}

/** One option. `check` gives the value on, or throws. */
export interface OptionRow<Value, Default extends Value | undefined = Value | undefined> {
  /** What it takes, in words. */
  readonly kind: string;
  /** What stands for an option that is not given; undefined where there is none, or where it depends on others. */
  readonly default: Default;
  /** The default in words, where the value does not say it. */
  readonly otherwise: string | undefined;
  /** What it is for: one sentence. */
  readonly text: string;
  /** The options in it, when it is an object of some. */
  readonly table: OptionTable<OptionRows> | undefined;
  readonly check: (checks: OptionChecks, name: string, value: unknown) => Value;
}

/** A value, or for an object what {@link OptionTable.resolve} makes of it: there an option may be undefined. */
type Filled<Value> = Value extends (...args: never[]) => unknown
  ? Value
  : Value | { readonly [Name in keyof Value]: Value[Name] | undefined };

/** The rows of an interface: the compiler refuses a table that lacks one, or has one too many, or one of another type. */
export type RowsOf<Options> = {
  readonly [Name in keyof Options]-?: OptionRow<Filled<Exclude<Options[Name], undefined>>>;
};

/** Rows of some options, whichever. */
export type OptionRows = Readonly<Record<string, OptionRow<unknown>>>;

/** Options with every default filled in. */
export type Resolved<Rows> = {
  readonly [Name in keyof Rows]: Rows[Name] extends OptionRow<infer Value, infer Default> ? Value | Default : never;
};

/** The options of one object. */
export class OptionTable<Rows extends OptionRows> {
  readonly rows: Rows;
  /** What nothing given stands for. Shared: never written to. */
  readonly defaults: Resolved<Rows>;
  readonly #names: readonly (keyof Rows & string)[];
  readonly #byName: ReadonlyMap<string, OptionRow<unknown>>;

  constructor(rows: Rows) {
    this.rows = rows;
    this.#names = Object.keys(rows);
    this.#byName = new Map(Object.entries(rows));
    this.defaults = Object.fromEntries(this.#names.map((name) => [name, rows[name]?.default])) as Resolved<Rows>;
  }

  /**
   * Checks names and values.
   *
   * @param what - whose options they are, for messages.
   * @throws what `checks` throw.
   */
  check(checks: OptionChecks, what: string, options: { readonly [Name in keyof Rows]?: unknown }): void {
    if (!this.#checkPlain(checks, options)) this.resolve(checks, what, options);
  }

  /**
   * Checks names and values, and fills in the defaults; an explicit `undefined` is a default, too.
   *
   * @param what - whose options they are, for messages.
   * @param prefix - what stands before a name in messages: `heartbeat.`.
   * @throws what `checks` throw.
   */
  resolve(
    checks: OptionChecks,
    what: string,
    options: { readonly [Name in keyof Rows]?: unknown },
    prefix = '',
  ): Resolved<Rows> {
    const given = checks.options<Readonly<Record<string, unknown>>>(what, options, this.rows);
    // By the table's names: an object of a class may have its options as getters, which are no names of its own.
    const valueOf = (name: string): unknown => {
      const value = given[name];
      return value === undefined || value === null
        ? this.defaults[name]
        : this.rows[name]?.check(checks, prefix + name, value);
    };
    return Object.fromEntries(this.#names.map((name) => [name, valueOf(name)])) as Resolved<Rows>;
  }

  /** Checks a plain object at one go: `loads` and `dumps` come here for each small pickle. False where a message is due. */
  #checkPlain(checks: OptionChecks, options: object): boolean {
    const given = options as Readonly<Record<string, unknown>>;
    if (!isPlain(given) || Symbol.iterator in given) return false;

    for (const name of Object.keys(given)) {
      const value = given[name];
      const known = this.#byName.get(name);
      if (known === undefined || value === null) return false;
      if (value !== undefined) known.check(checks, name, value);
    }
    return true;
  }
}

/** What a row says beside its kind. */
interface Said<Default> {
  readonly default?: Default;
  readonly otherwise?: string;
  readonly text: string;
}

/** A row of any kind. */
function row<Value, Default extends Value | undefined>(
  kind: string,
  { default: value, otherwise, text }: Said<Default>,
  check: OptionRow<Value, Default>['check'],
): OptionRow<Value, Default> {
  // Without one, `Default` is undefined.
  return { kind, default: value as Default, otherwise, text, table: undefined, check };
}

/** The kinds of options: each makes a row, whose values the {@link OptionChecks} of the same name checks. */
export const option = {
  flag: <Default extends boolean | undefined = undefined>(said: Said<Default>): OptionRow<boolean, Default> =>
    row<boolean, Default>('true or false', said, (checks, name, value) => checks.flag(name, value as boolean)),

  choice: <Choice extends string, Default extends Choice | undefined = undefined>(
    choices: readonly Choice[],
    said: Said<Default>,
  ): OptionRow<Choice, Default> =>
    row<Choice, Default>(choices.map((each) => `'${each}'`).join(', '), said, (checks, name, value) =>
      checks.choice(name, value as Choice, choices),
    ),

  /** A number, 0 or more; Infinity is one. */
  limit: <Default extends number | undefined = undefined>(said: Said<Default>): OptionRow<number, Default> =>
    row<number, Default>('a number', said, (checks, name, value) => checks.limit(name, value as number)),

  /** A whole number. */
  count: <Default extends number | undefined = undefined>(
    { least, most }: { readonly least: number; readonly most?: number },
    said: Said<Default>,
  ): OptionRow<number, Default> =>
    row<number, Default>('a whole number', said, (checks, name, value) =>
      checks.count(name, value as number, least, most),
    ),

  /** A time in ms; Infinity is one. */
  duration: <Default extends number | undefined = undefined>(said: Said<Default>): OptionRow<number, Default> =>
    row<number, Default>('ms', said, (checks, name, value) => checks.duration(name, value as number)),

  textList: (said: Said<undefined>): OptionRow<readonly string[], undefined> =>
    row<readonly string[], undefined>(
      'an array of strings',
      said,
      (checks, name, value) => checks.textList(name, value as readonly string[]) ?? [],
    ),

  callback: <Value>(said: Said<undefined>): OptionRow<Value, undefined> =>
    row<Value, undefined>('a function', said, (checks, name, value) => {
      checks.callback(name, value);
      return value as Value;
    }),

  iterable: <Item>(said: Said<undefined>): OptionRow<Iterable<Item>, undefined> =>
    row<Iterable<Item>, undefined>('an iterable', said, (checks, name, value) => {
      checks.iterable(name, value as Iterable<Item>);
      return value as Iterable<Item>;
    }),

  instance: <Value, Default extends Value | undefined = undefined>(
    type: { readonly name: string; readonly prototype: Value },
    said: Said<Default>,
  ): OptionRow<Value, Default> =>
    row<Value, Default>(`a ${type.name}`, said, (checks, name, value) => checks.instance(name, value as Value, type)),

  /** Options of an object in this one. */
  group: <Rows extends OptionRows>(
    table: OptionTable<Rows>,
    said: Said<undefined>,
  ): OptionRow<Resolved<Rows>, Resolved<Rows>> => ({
    ...row<Resolved<Rows>, Resolved<Rows>>('an object', { ...said, default: table.defaults }, (checks, name, value) =>
      table.resolve(checks, name, value as object, `${name}.`),
    ),
    table,
  }),

  /** What has a check of its own, or none: what it goes to has one. */
  other: <Value, Default extends Value | undefined = undefined>(
    kind: string,
    said: Said<Default>,
    check: (name: string, value: Value) => Value = (_name, value) => value,
  ): OptionRow<Value, Default> =>
    row<Value, Default>(kind, said, (_checks, name, value) => check(name, value as Value)),
};

/** Of no class. JavaScript may give anything. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;

  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
