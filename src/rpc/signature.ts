/**
 * Binds a Python call's arguments to a handler's parameters, as Python binds them, with Python's own words when they
 * do not fit (CPython's Python/ceval.c: missing_arguments, too_many_positional, initialize_locals).
 *
 * @module
 */
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
  readonly #names: readonly string[];
  /** How many of the names, from the first, have no default. */
  readonly #required: number;
  readonly #takesArgs: boolean;
  readonly #takesKwargs: boolean;

  /**
   * @param params - `'a'` is required, `'a?'` has a default, `'*args'` and `'**kwargs'` take the rest.
   * @throws RpcUsageError if they cannot be the parameters of a Python function.
   */
  constructor(method: string, params: readonly string[]) {
    const named = params.filter((param) => !param.startsWith('*'));
    const rest = params.slice(named.length);
    const names = named.map((param) => param.replace(/\?$/, ''));
    const firstDefault = named.findIndex((param) => param.endsWith('?'));
    this.#method = method;
    this.#names = names;
    this.#required = firstDefault < 0 ? named.length : firstDefault;
    this.#takesKwargs = rest.at(-1)?.startsWith('**') === true;
    this.#takesArgs = rest[0] !== undefined && !rest[0].startsWith('**');
    const valid =
      params.slice(0, named.length).every((param, index) => param === named[index]) &&
      rest.length === Number(this.#takesArgs) + Number(this.#takesKwargs) &&
      named.slice(this.#required).every((param) => param.endsWith('?')) &&
      [...names, ...rest.map((param) => param.replace(/^\*+/, ''))].every((name) =>
        /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name),
      ) &&
      new Set(names).size === names.length;
    if (!valid) {
      throw new RpcUsageError(
        'BAD_ARGUMENT',
        `${method}: params ${JSON.stringify(params)} cannot be those of a Python function: required names first, ` +
          "then optional ones ('name?'), then '*args', then '**kwargs'",
      );
    }
  }

  /**
   * Gives the handler's arguments in order: the named ones (undefined where the default shall be taken), those of
   * `*args`, and an object for `**kwargs`, which comes last.
   * @throws PythonError, a TypeError in Python's words.
   */
  bind(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): unknown[] {
    const names = this.#names;
    const bound: unknown[] = args.slice(0, names.length);
    const given = new Set(names.slice(0, args.length));
    const otherKwargs: [string, unknown][] = [];
    for (const [key, value] of Object.entries(kwargs)) {
      const index = names.indexOf(key);
      if (index < 0) {
        if (!this.#takesKwargs) {
          throw this.#typeError(`got an unexpected keyword argument '${key}'`);
        }
        otherKwargs.push([key, value]);
      } else if (given.has(key)) {
        throw this.#typeError(`got multiple values for argument '${key}'`);
      } else {
        given.add(key);
        bound[index] = value;
      }
    }
    if (args.length > names.length && !this.#takesArgs) {
      throw this.#typeError(this.#tooMany(args.length));
    }
    const missing = names.slice(0, this.#required).filter((name) => !given.has(name));
    if (missing.length > 0) {
      throw this.#typeError(missingText(missing));
    }
    const rest = args.slice(names.length);
    if (rest.length > 0 || this.#takesKwargs) {
      // The defaults in front have to be there for what follows to stand in its place. Array.from fills the holes.
      const complete = Array.from({ length: names.length }, (_, index) => bound[index]);
      return [...complete, ...rest, ...(this.#takesKwargs ? [Object.fromEntries(otherKwargs)] : [])];
    }
    return Array.from(bound);
  }

  #tooMany(given: number): string {
    const most = this.#names.length;
    const takes = this.#required === most ? `${most}` : `from ${this.#required} to ${most}`;
    const plural = most === 1 && this.#required === 1 ? '' : 's';
    return `takes ${takes} positional argument${plural} but ${given} ${given === 1 ? 'was' : 'were'} given`;
  }

  #typeError(text: string): PythonError {
    return new PythonError('TypeError', `${this.#method}() ${text}`);
  }
}

function missingText(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.at(-1) ?? '';
  const list =
    quoted.length === 1
      ? last
      : quoted.length === 2
        ? quoted.join(' and ')
        : `${quoted.slice(0, -1).join(', ')}, and ${last}`;
  return `missing ${names.length} required positional argument${names.length === 1 ? '' : 's'}: ${list}`;
}
