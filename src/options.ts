/**
 * How the options of everything in this package are checked: names, kinds, and what was meant by a misspelt name.
 *
 * JavaScript, and settings read from JSON, may pass what TypeScript would not. A wrong option is refused where it is
 * given, never taken for the default: a limit that is misspelt is a limit that is not there.
 *
 * Each options object is described once, by an {@link OptionTable}: its checks and its defaults come from there, and a test
 * holds the documents and the TSDoc to it.
 *
 * @module
 */
import { describeThrown } from './errors.js';

/** Every name of an interface: the compiler refuses a list that lacks one, or has one too many. */
export type Names<Options> = { readonly [Name in keyof Options]-?: unknown };

/** A table of names without some of them: for what gives options on. */
export function without<Table extends object, Name extends keyof Table>(
  table: Table,
  ...names: Name[]
): Omit<Table, Name> {
  const left: readonly string[] = names.map(String);
  return Object.fromEntries(Object.entries(table).filter(([name]) => !left.includes(name))) as Omit<Table, Name>;
}

/** Longer texts are not shown: a key or a password may stand in the wrong place. */
const LONGEST_SHOWN = 20;

/** The checks of one part of the package: they all throw the error of that part. */
export class OptionChecks {
  readonly #refusal: (message: string) => Error;

  /** @param refusal - makes the error that every check throws, from the sentence that says what is wrong. */
  constructor(refusal: (message: string) => Error) {
    this.#refusal = refusal;
  }

  /** @throws unless `value` is an object, and no list. */
  readonly object = <Value extends object>(what: string, value: Value): Value => {
    const given: unknown = value;
    if (typeof given !== 'object' || given === null || isArray(given))
      throw this.#refusal(`${what} must be an object, not ${shown(given)}`);

    return value;
  };

  /**
   * Checks that options are an object, that each has a known name, and that none is null.
   *
   * @param what - whose options they are, for the message.
   * @param hint - what else may be meant by an unknown name: a sentence for the end of the message.
   * @throws for an unknown name, with the nearest known one.
   */
  readonly options = <Options extends object>(
    what: string,
    options: Options,
    names: { readonly [Name in keyof Options]-?: unknown },
    hint: (name: string) => string = () => '',
  ): Options => {
    const given = this.object(what, options) as Readonly<Record<string, unknown>>;
    if (Symbol.iterator in given) throw this.#refusal(`${what} must be a plain object, not a collection`);

    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(names, name)) {
        throw this.#refusal(
          `${what}: there is no option ${JSON.stringify(name)}${suggestion(name, Object.keys(names))}${hint(name)}`,
        );
      }
      if (given[name] === null) throw this.#refusal(`${what}: ${name} must not be null: leave it out for the default`);
    }
    return options;
  };

  /** @throws unless `value` is true or false. */
  readonly flag = (name: string, value: boolean): boolean => {
    if (typeof value !== 'boolean') throw this.#refusal(`${name} must be true or false, not ${shown(value)}`);

    return value;
  };

  /** @throws unless `value` is one of the choices. */
  readonly choice = <Choice extends string>(name: string, value: Choice, choices: readonly Choice[]): Choice => {
    if (!choices.includes(value)) {
      const known = choices.map((each) => JSON.stringify(each)).join(', ');
      throw this.#refusal(`${name} must be one of ${known}, not ${shown(value)}`);
    }
    return value;
  };

  /** @throws unless `value` is a list of texts, or undefined. */
  readonly textList = (name: string, value: readonly string[] | undefined): readonly string[] | undefined => {
    if (value === undefined) return undefined;

    const given: unknown = value;
    if (!Array.isArray(given)) throw this.#refusal(`${name} must be an array of strings, not ${shown(given)}`);

    // Not `find`: the odd one may be undefined, and holes count too.
    const odd = Array.from<unknown>(given).findIndex((item) => typeof item !== 'string');
    if (odd >= 0) throw this.#refusal(`${name} must be an array of strings: item ${odd} is ${shown(given[odd])}`);

    return value;
  };

  /** @throws unless `value` is a function, or undefined. */
  readonly callback = <Value>(name: string, value: Value | undefined): Value | undefined => {
    if (value !== undefined && typeof value !== 'function')
      throw this.#refusal(`${name} must be a function, not ${shown(value)}`);

    return value;
  };

  /** @throws unless `value` is an instance of a class. */
  readonly instance = <Value>(
    name: string,
    value: Value,
    type: { readonly name: string; readonly prototype: Value },
  ): Value => {
    // `type` may have a private constructor, which TypeScript takes for no class.
    if (!(value instanceof (type as unknown as abstract new () => unknown)))
      throw this.#refusal(`${name} must be a ${type.name}, not ${shown(value)}`);

    return value;
  };

  /** @throws unless `value` can be gone through with `for (… of …)`, or is undefined. A text is refused, too. */
  readonly iterable = <Value>(name: string, value: Iterable<Value> | undefined): Iterable<Value> | undefined => {
    const given: unknown = value;
    if (given !== undefined && (typeof given !== 'object' || given === null || !(Symbol.iterator in given)))
      throw this.#refusal(`${name} must be an array or another iterable, not ${shown(given)}`);

    return value;
  };

  /** @throws unless `value` can serve as an AbortSignal, or is undefined. */
  readonly abortSignal = (name: string, value: AbortSignal | undefined): AbortSignal | undefined => {
    // By what is used of it: there are implementations other than Node's own.
    if (value !== undefined) this.withMethods(name, value, ['addEventListener', 'removeEventListener']);

    return value;
  };

  /** @throws unless `value` has all these methods. */
  readonly withMethods = <Value extends object>(
    name: string,
    value: Value,
    methods: readonly (keyof Value & string)[],
  ): Value => {
    const given: unknown = value;
    if ((typeof given !== 'object' && typeof given !== 'function') || given === null)
      throw this.#refusal(`${name} must be an object, not ${shown(given)}`);

    const missing = methods.find((method) => typeof value[method] !== 'function');
    if (missing !== undefined)
      throw this.#refusal(`${name} has no method ${missing}(): it needs ${methods.join(', ')}`);

    return value;
  };

  /** @throws unless `value` is a time in ms, more than 0; Infinity is one. */
  readonly duration = (name: string, value: number): number => {
    if (typeof value !== 'number' || !(value > 0))
      throw this.#refusal(`${name} must be a number of milliseconds greater than 0, not ${shown(value)}`);

    return value;
  };

  /** @throws unless `value` is a whole number, `least` or more, and `most` at most. */
  readonly count = (name: string, value: number, least: number, most = Infinity): number => {
    if (!Number.isSafeInteger(value) || value < least)
      throw this.#refusal(`${name} must be a whole number, ${least} or more, not ${shown(value)}`);

    if (value > most) throw this.#refusal(`${name} must be at most ${most}, not ${value}`);

    return value;
  };

  /** @throws unless `value` is a number, 0 or more. Infinity is a deliberate "no limit"; NaN is a mistake. */
  readonly limit = (name: string, value: number): number => {
    if (typeof value !== 'number' || !(value >= 0))
      throw this.#refusal(`${name} must be a number, 0 or more, not ${shown(value)}`);

    return value;
  };
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

/** A value as an error message shows it. Never throws, and never shows more of a text than a word. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > LONGEST_SHOWN ? `a string of ${value.length} characters` : JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    default:
      return describeThrown(value);
  }
}

/** The end of a sentence about an unknown name: the known one that was meant, or else all of them. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = suggest(name, known);
  return nearest === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${JSON.stringify(nearest)}?`;
}

/** The closest of the known names, when it is close: case and underscores do not count. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  let nearest: string | undefined;
  let least = 1 + Math.max(1, Math.floor(name.length / 3));
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < least) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

/** How many characters have to be added, left out, changed or exchanged with their neighbour. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const exchanged = row > 1 && left[row - 2] === right[column - 1] && left[row - 1] === right[column - 2];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          exchanged ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

/** Array.isArray throws for a revoked Proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
