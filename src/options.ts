/**
 * How the options of everything in this package are checked: names, kinds, and what was meant by a misspelt name.
 *
 * JavaScript, and settings read from JSON, may pass what TypeScript would not. A wrong option is refused where it is given,
 * never taken for the default. A limit that is misspelt is a limit that is not there.
 *
 * `src/option-table.ts` describes options objects with these checks.
 *
 * @module
 */
import { describeThrown } from './errors.js';

/** Every name of an interface: the compiler refuses a list that lacks one, or has one too many. */
export type Names<Options> = { readonly [Name in keyof Options]-?: unknown };

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

  /** @throws unless `value` is a text. */
  readonly text = (name: string, value: string): string => {
    if (typeof value !== 'string') throw this.#refusal(`${name} must be a text, not ${shown(value)}`);

    return value;
  };

  /** @throws unless `value` is a text. The value itself is not told: it may be a secret. */
  readonly secret = (name: string, value: string): string => {
    const given: unknown = value;
    if (typeof given !== 'string')
      throw this.#refusal(`${name} must be a string, not ${given === null ? 'null' : typeof given}`);

    return value;
  };

  /** @throws unless `value` is a list of texts. */
  readonly textList = (name: string, value: readonly string[]): readonly string[] => {
    const given: unknown = value;
    if (!Array.isArray(given)) throw this.#refusal(`${name} must be an array of strings, not ${shown(given)}`);

    // Not `find`: the odd one may be undefined, and holes count too.
    const odd = Array.from<unknown>(given).findIndex((item) => typeof item !== 'string');
    if (odd >= 0) throw this.#refusal(`${name} must be an array of strings: item ${odd} is ${shown(given[odd])}`);

    return value;
  };

  /** @throws unless `value` is a function. */
  readonly callback = <Value>(name: string, value: Value): Value => {
    if (typeof value !== 'function') throw this.#refusal(`${name} must be a function, not ${shown(value)}`);

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

  /** @throws unless `value` can be gone through with `for (… of …)`. A text is refused, too. */
  readonly iterable = <Value>(name: string, value: Iterable<Value>): Iterable<Value> => {
    const given: unknown = value;
    if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
      throw this.#refusal(`${name} must be an array or another iterable, not ${shown(given)}`);

    return value;
  };

  /** @throws unless `value` can serve as an AbortSignal, by what is used of it: there are others than Node's own. */
  readonly signal = (name: string, value: AbortSignal): AbortSignal =>
    this.withMethods(name, value, ['addEventListener', 'removeEventListener']);

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
