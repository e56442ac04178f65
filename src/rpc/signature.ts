/**
 * Binds a Python call's arguments to a handler's parameters, as Python binds them. What does not fit is told in Python's own
 * words (CPython's Python/ceval.c: missing_arguments, too_many_positional, initialize_locals).
 *
 * @module
 */
import { shown } from '../options.js';
import { RpcUsageError } from './errors.js';

/** An exception that a Python client shall see under a Python name: `raise TypeError(message)`. */
export class PythonError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/** The parameters of a handler, by their Python names. */
export class Signature {
  readonly #method: string;
  /** The positional ones, then the keyword-only ones: the order of the handler's parameters. */
  readonly #names: readonly string[];
  /** How many of the names can be given by position. */
  readonly #positional: number;
  /** How many of those, from the first, have no default. */
  readonly #required: number;
  /** Which keyword-only names have no default. */
  readonly #requiredKeywords: readonly string[];
  readonly #takesArgs: boolean;
  readonly #takesKwargs: boolean;

  /**
   * @param params - `'a'` is required, `'a?'` has a default, what follows `'*'` or `'*args'` can be given by keyword only,
   *   `'*args'` and `'**kwargs'` take the rest.
   * @throws RpcUsageError if they cannot be the parameters of a Python function.
   */
  constructor(method: string, params: readonly string[]) {
    const given: unknown = params;
    if (!Array.isArray(given) || !given.every((param) => typeof param === 'string'))
      throw new RpcUsageError('BAD_ARGUMENT', `${method}: params must be an array of strings, not ${shown(given)}`);

    const star = params.findIndex((param) => /^\*(?!\*)/.test(param));
    const kwargs = params.at(-1)?.startsWith('**') === true ? params.slice(-1) : [];
    const named = params.slice(0, params.length - kwargs.length);
    const positional = star < 0 ? named : named.slice(0, star);
    const keywords = star < 0 ? [] : named.slice(star + 1);
    const args = star < 0 || params[star] === '*' ? [] : [params[star] ?? ''];
    const firstDefault = positional.findIndex(hasDefault);
    const required = firstDefault < 0 ? positional.length : firstDefault;
    const names = [...positional, ...keywords].map((param) => param.replace(/\?$/, ''));
    const every = [...names, ...args.map((param) => param.slice(1)), ...kwargs.map((param) => param.slice(2))];
    const valid =
      positional.slice(required).every(hasDefault) &&
      (params[star] !== '*' || keywords.length > 0) &&
      every.every((name) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) &&
      new Set(every).size === every.length;
    if (!valid) {
      throw new RpcUsageError(
        'BAD_ARGUMENT',
        `${method}: params ${JSON.stringify(params)} cannot be those of a Python function: required names first, ` +
          "then optional ones ('name?'), then '*args', or '*' before names that are given by keyword only, then '**kwargs'",
      );
    }
    this.#method = method;
    this.#names = names;
    this.#positional = positional.length;
    this.#required = required;
    this.#requiredKeywords = keywords.filter((param) => !hasDefault(param));
    this.#takesArgs = args.length > 0;
    this.#takesKwargs = kwargs.length > 0;
  }

  /**
   * Gives the handler's arguments in order: the positional ones, the keyword-only ones, those of `*args`, and last an object for
   * `**kwargs`. A positional one is undefined where the default shall be taken.
   * @throws PythonError, a TypeError in Python's words.
   */
  bind(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): readonly unknown[] {
    const names = this.#names;
    const keywords = Object.keys(kwargs);
    if (keywords.length === 0 && args.length === names.length && args.length === this.#positional && !this.#takesKwargs)
      return args; // As nearly every call.

    const bound: unknown[] = args.slice(0, this.#positional);
    const given = new Set(names.slice(0, bound.length));
    const otherKwargs: [string, unknown][] = [];
    for (const key of keywords) {
      const value = kwargs[key];
      const index = names.indexOf(key);
      if (index < 0) {
        if (!this.#takesKwargs) throw this.#typeError(`got an unexpected keyword argument '${key}'`);

        otherKwargs.push([key, value]);
      } else if (given.has(key)) {
        throw this.#typeError(`got multiple values for argument '${key}'`);
      } else {
        given.add(key);
        bound[index] = value;
      }
    }
    if (args.length > this.#positional && !this.#takesArgs) {
      const keywordOnly = names.slice(this.#positional).filter((name) => given.has(name)).length;
      throw this.#typeError(this.#tooMany(args.length, keywordOnly));
    }
    this.#checkMissing('positional', names.slice(0, this.#required), given);
    this.#checkMissing('keyword-only', this.#requiredKeywords, given);
    const rest = args.slice(this.#positional);
    if (rest.length > 0 || this.#takesKwargs) {
      // The defaults in front have to be there for what follows to stand in its place. Array.from fills the holes.
      const complete = Array.from({ length: names.length }, (_, index) => bound[index]);
      return [...complete, ...rest, ...(this.#takesKwargs ? [Object.fromEntries(otherKwargs)] : [])];
    }
    return Array.from(bound);
  }

  /** The same with an undefined for each default, so that what comes behind has its place. */
  bindAll(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): readonly unknown[] {
    const bound = this.bind(args, kwargs);
    return Array.from({ length: Math.max(bound.length, this.#names.length) }, (_, index) => bound[index]);
  }

  #tooMany(given: number, keywordOnly: number): string {
    const most = this.#positional;
    const takes = this.#required === most ? `${most}` : `from ${this.#required} to ${most}`;
    const plural = most === 1 && this.#required === 1 ? '' : 's';
    const more =
      keywordOnly === 0
        ? ''
        : ` positional argument${given === 1 ? '' : 's'} (and ${keywordOnly} keyword-only argument${keywordOnly === 1 ? '' : 's'})`;
    const were = given === 1 && keywordOnly === 0 ? 'was' : 'were';
    return `takes ${takes} positional argument${plural} but ${given}${more} ${were} given`;
  }

  /** @throws PythonError if one of the names was not given. */
  #checkMissing(kind: string, names: readonly string[], given: ReadonlySet<string>): void {
    const missing = names.filter((name) => !given.has(name));
    if (missing.length > 0) {
      throw this.#typeError(
        `missing ${missing.length} required ${kind} argument${missing.length === 1 ? '' : 's'}: ${listText(missing)}`,
      );
    }
  }

  #typeError(text: string): PythonError {
    return new PythonError('TypeError', `${this.#method}() ${text}`);
  }
}

function hasDefault(param: string): boolean {
  return param.endsWith('?');
}

function listText(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.at(-1) ?? '';
  return quoted.length === 1
    ? last
    : quoted.length === 2
      ? quoted.join(' and ')
      : `${quoted.slice(0, -1).join(', ')}, and ${last}`;
}
