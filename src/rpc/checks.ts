/**
 * Checks of what JavaScript may pass where TypeScript would not: settings read from JSON, for one. A wrong option is
 * refused where it is given, never taken for the default.
 *
 * @module
 */
import { describeThrown } from '../errors.js';
import { suggest } from '../spelling.js';
import { RpcUsageError } from './errors.js';

/** Every name of an interface: the compiler refuses a list that lacks one, or has one too many. */
export type Names<Options> = { readonly [Name in keyof Options]-?: true };

/** Longer texts are not shown: a key or a password may stand in the wrong place. */
const LONGEST_SHOWN = 20;

/** @throws RpcUsageError unless `value` is an object, and no list. */
export function checkObject<Value extends object>(what: string, value: Value): Value {
  const given: unknown = value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw badOption(`${what} must be an object, not ${shown(given)}`);
  }
  return value;
}

/**
 * Checks that options are an object, that each has a known name, and that none is null.
 * @param what - whose options they are, for the message.
 * @throws RpcUsageError `BAD_OPTION`, which tells the nearest known name for an unknown one.
 */
export function checkOptions<Options extends object>(what: string, options: Options, names: Names<Options>): Options {
  for (const [name, value] of Object.entries<unknown>(checkObject(what, options) as Record<string, unknown>)) {
    if (!Object.hasOwn(names, name)) {
      throw badOption(`${what}: there is no option ${JSON.stringify(name)}${suggestion(name, Object.keys(names))}`);
    }
    if (value === null) {
      throw badOption(`${what}: ${name} must not be null: leave it out for the default`);
    }
  }
  return options;
}

/** @throws RpcUsageError unless `value` is true or false. */
export function flag(name: string, value: boolean): boolean {
  if (typeof value !== 'boolean') {
    throw badOption(`${name} must be true or false, not ${shown(value)}`);
  }
  return value;
}

/** @throws RpcUsageError unless `value` is one of the choices. */
export function choice<Choice extends string>(name: string, value: Choice, choices: readonly Choice[]): Choice {
  if (!choices.includes(value)) {
    const known = choices.map((known) => JSON.stringify(known)).join(', ');
    throw badOption(`${name} must be one of ${known}, not ${shown(value)}`);
  }
  return value;
}

/** @throws RpcUsageError unless `value` is a list of texts, or undefined. */
export function textList(name: string, value: readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) {
    return undefined;
  }
  const given: unknown = value;
  if (!Array.isArray(given)) {
    throw badOption(`${name} must be an array of strings, not ${shown(given)}`);
  }
  // Not `find`: the odd one may be undefined, and holes count too.
  const odd = Array.from<unknown>(given).findIndex((item) => typeof item !== 'string');
  if (odd >= 0) {
    throw badOption(`${name} must be an array of strings: item ${odd} is ${shown(given[odd])}`);
  }
  return value;
}

/** @throws RpcUsageError unless `value` can serve as an AbortSignal, or is undefined. */
export function abortSignal(name: string, value: AbortSignal | undefined): AbortSignal | undefined {
  // By what is used of it: there are implementations other than Node's own.
  if (value !== undefined) {
    withMethods(name, value, ['addEventListener', 'removeEventListener']);
  }
  return value;
}

/** @throws RpcUsageError unless `value` has all these methods. */
export function withMethods<Value extends object>(
  name: string,
  value: Value,
  methods: readonly (keyof Value & string)[],
): Value {
  const given: unknown = value;
  if ((typeof given !== 'object' && typeof given !== 'function') || given === null) {
    throw badOption(`${name} must be an object, not ${shown(given)}`);
  }
  const missing = methods.find((method) => typeof value[method] !== 'function');
  if (missing !== undefined) {
    throw badOption(`${name} has no method ${missing}(): it needs ${methods.join(', ')}`);
  }
  return value;
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

/** Array.isArray throws for a revoked Proxy. */
function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

function badOption(message: string): RpcUsageError {
  return new RpcUsageError('BAD_OPTION', message);
}
