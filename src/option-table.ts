/**
 * Tables that describe the options objects of this package.
 *
 * Each object is described once, by an {@link OptionTable}. Its checks and its defaults come from there, and a test holds the
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

/** One option. `check` gives the value on, or throws. What it is for, its TSDoc in the interface says. */
export interface OptionRow<Value, Default extends Value | undefined = Value | undefined> {
  /** What it takes, in words. */
  readonly kind: string;
  /** What stands for an option that is not given; undefined where there is none, or where it depends on others. */
  readonly default: Default;
  /** It has to be given. */
  readonly isRequired: boolean;
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

/** How a table speaks of its options. */
interface Wording {
  /** What stands before a name in messages: `heartbeat.`. Default: nothing. */
  readonly prefix?: string;
  /** What else may be meant by an unknown name: a sentence for the end of the message. */
  readonly hint?: (name: string) => string;
}

/** The options of one object. */
export class OptionTable<Rows extends OptionRows> {
  readonly rows: Rows;
  /** What nothing given stands for. Shared: never written to. */
  readonly defaults: Resolved<Rows>;
  readonly #checks: OptionChecks;
  readonly #what: string;
  readonly #wording: Wording;
  readonly #names: readonly (keyof Rows & string)[];
  readonly #byName: ReadonlyMap<string, OptionRow<unknown>>;
  readonly #isAllOptional: boolean;

  /**
   * @param checks - how its values are checked.
   * @param what - whose options they are, for messages.
   */
  constructor(checks: OptionChecks, what: string, rows: Rows, wording: Wording = {}) {
    this.rows = rows;
    this.#checks = checks;
    this.#what = what;
    this.#wording = wording;
    this.#names = Object.keys(rows);
    this.#byName = new Map(Object.entries(rows));
    this.#isAllOptional = Object.values(rows).every(({ isRequired }) => !isRequired);
    this.defaults = Object.fromEntries(this.#names.map((name) => [name, rows[name]?.default])) as Resolved<Rows>;
  }

  /**
   * Checks names and values, and gives the options back as they are.
   *
   * @throws what the checks throw.
   */
  check<Options extends { readonly [Name in keyof Rows]?: unknown }>(options: Options): Options {
    if (!this.#isAllOptional || !this.#checkPlain(options)) this.resolve(options);
    return options;
  }

  /**
   * Checks names and values, and fills in the defaults; an explicit `undefined` is a default, too.
   *
   * @param what - whose options they are, where the table does not know it.
   * @throws what the checks throw.
   */
  resolve(options: { readonly [Name in keyof Rows]?: unknown }, what = this.#what): Resolved<Rows> {
    const { prefix = '', hint } = this.#wording;
    const given = this.#checks.options<Readonly<Record<string, unknown>>>(what, options, this.rows, hint);
    // By the table's names: an object of a class may have its options as getters, which are no names of its own.
    const valueOf = (name: keyof Rows & string): unknown => {
      const value = given[name] ?? undefined;
      const row = this.rows[name];
      return value === undefined && row?.isRequired !== true
        ? this.defaults[name]
        : row?.check(this.#checks, prefix + name, value);
    };
    return Object.fromEntries(this.#names.map((name) => [name, valueOf(name)])) as Resolved<Rows>;
  }

  /** Checks a plain object at one go: `loads` and `dumps` come here for each small pickle. False where a message is due. */
  #checkPlain(options: object): boolean {
    const given = options as Readonly<Record<string, unknown>>;
    const { prefix = '' } = this.#wording;
    if (!isPlain(given) || Symbol.iterator in given) return false;

    for (const name of Object.keys(given)) {
      const value = given[name];
      const known = this.#byName.get(name);
      if (known === undefined || value === null) return false;
      if (value !== undefined) known.check(this.#checks, prefix + name, value);
    }
    return true;
  }
}

/** A row of any kind. */
function row<Value, Default extends Value | undefined>(
  kind: string,
  value: Default | undefined,
  check: OptionRow<Value, Default>['check'],
): OptionRow<Value, Default> {
  // Without one, `Default` is undefined.
  return { kind, default: value as Default, isRequired: false, check };
}

/** The kinds of options: each makes a row, with or without a default, whose values the {@link OptionChecks} of the same name checks. */
export const option = {
  flag: <Default extends boolean | undefined = undefined>(value?: Default): OptionRow<boolean, Default> =>
    row('true or false', value, (checks, name, given) => checks.flag(name, given as boolean)),

  choice: <Choice extends string, Default extends Choice | undefined = undefined>(
    choices: readonly Choice[],
    value?: Default,
  ): OptionRow<Choice, Default> =>
    row(choices.map((each) => `\`'${each}'\``).join(', '), value, (checks, name, given) =>
      checks.choice(name, given as Choice, choices),
    ),

  /** A number, 0 or more; Infinity is one. */
  limit: <Default extends number | undefined = undefined>(value?: Default): OptionRow<number, Default> =>
    row('a number', value, (checks, name, given) => checks.limit(name, given as number)),

  /** A whole number. */
  count: <Default extends number | undefined = undefined>(
    { least, most }: { readonly least: number; readonly most?: number },
    value?: Default,
  ): OptionRow<number, Default> =>
    row(`a whole number, ${least} or more`, value, (checks, name, given) =>
      checks.count(name, given as number, least, most),
    ),

  /** A time in ms; Infinity is one. */
  duration: <Default extends number | undefined = undefined>(value?: Default): OptionRow<number, Default> =>
    row('ms', value, (checks, name, given) => checks.duration(name, given as number)),

  text: <Default extends string | undefined = undefined>(value?: Default): OptionRow<string, Default> =>
    row('a text', value, (checks, name, given) => checks.text(name, given as string)),

  textList: (): OptionRow<readonly string[], undefined> =>
    row('an array of texts', undefined, (checks, name, given) => checks.textList(name, given as readonly string[])),

  /** A text that no message shows. */
  secret: (): OptionRow<string, undefined> =>
    row('a text', undefined, (checks, name, given) => checks.secret(name, given as string)),

  signal: (): OptionRow<AbortSignal, undefined> =>
    row('an `AbortSignal`', undefined, (checks, name, given) => checks.signal(name, given as AbortSignal)),

  callback: <Value>(): OptionRow<Value, undefined> =>
    row('a function', undefined, (checks, name, given) => checks.callback(name, given as Value)),

  iterable: <Item>(): OptionRow<Iterable<Item>, undefined> =>
    row('an iterable', undefined, (checks, name, given) => checks.iterable(name, given as Iterable<Item>)),

  instance: <Value, Default extends Value | undefined = undefined>(
    type: { readonly name: string; readonly prototype: Value },
    value?: Default,
  ): OptionRow<Value, Default> =>
    row(`a \`${type.name}\``, value, (checks, name, given) => checks.instance(name, given as Value, type)),

  /** Options of an object in this one. */
  group: <Rows extends OptionRows>(kind: string, table: OptionTable<Rows>): OptionRow<Resolved<Rows>, Resolved<Rows>> =>
    row(kind, table.defaults, (_checks, _name, given) => table.resolve(given as object)),

  /** What has a check of its own, or none: what it goes to has one. */
  other: <Value, Default extends Value | undefined = undefined>(
    kind: string,
    check: (name: string, value: Value) => Value = (_name, given) => given,
    value?: Default,
  ): OptionRow<Value, Default> => row(kind, value, (_checks, name, given) => check(name, given as Value)),

  /** A row whose option has to be given. */
  required: <Value>(optional: OptionRow<Value>): OptionRow<Value, never> => ({
    ...optional,
    default: undefined as never,
    isRequired: true,
  }),
};

/** Of no class. JavaScript may give anything. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;

  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
