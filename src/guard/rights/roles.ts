/**
 * One role, compiled: what it says to each part of a request. {@link Rights} and the explanation both ask it, so that they
 * cannot differ.
 *
 * @module
 */
import { VNPY_FUNCTIONS } from '../../vnpy/internal.js';
import { compilePatterns, isWildcard, literalOf } from '../policy/patterns.js';
import type { Matcher } from '../policy/patterns.js';
import type { Names, Role } from '../policy/policy.js';

/** A part of a request that a role has something to say about, in the order of decision. It is the rule's name, too. */
export type Aspect = 'function' | 'gateway' | 'account' | 'symbol' | 'product' | 'orderType';

/** What is asked, by part. `undefined`: it is not known, which no restriction lets pass. */
export type Question = Readonly<Partial<Record<Aspect, string | undefined>>>;

/** All parts, in the order of decision. */
export const ASPECTS: readonly Aspect[] = ['function', 'gateway', 'account', 'symbol', 'product', 'orderType'];

/** What a role says to one part: `denied` holds against every other role. */
export type Answer = 'allowed' | 'outside' | 'denied';

/** Where the names of each part stand. */
const LISTS = {
  function: 'functions',
  gateway: 'gateways',
  account: 'accounts',
  symbol: 'symbols',
  product: 'products',
  orderType: 'orderTypes',
} as const satisfies Record<Aspect, keyof Names>;

/** Longer texts are no names: to look at one takes time. */
const LONGEST_NAME = 1000;

/** A role, compiled. */
export class CompiledRole {
  readonly role: Role;
  /** None where the role says nothing: all are allowed. */
  readonly #allowed: Readonly<Partial<Record<Aspect, Matcher>>>;
  readonly #denied: Readonly<Partial<Record<Aspect, Matcher>>>;

  /** @param registered - functions of the server's own, by name: patterns hold for these and vnpy's, unless the role says `future`. */
  constructor(role: Role, registered: readonly string[]) {
    this.role = role;
    this.#allowed = { ...matchers(role), function: functionsOf(role, registered) };
    this.#denied = matchers(role.deny);
  }

  /** What it says to a part of a request. */
  answer(aspect: Aspect, value: string | undefined): Answer {
    const denied = this.#denied[aspect];
    // What is not known may be what is denied.
    if (denied !== undefined && (value === undefined || value.length > LONGEST_NAME || denied.matches(value)))
      return 'denied';

    const allowed = this.#allowed[aspect];
    if (allowed === undefined) return value !== undefined && value.length > LONGEST_NAME ? 'outside' : 'allowed';

    return value !== undefined && value.length <= LONGEST_NAME && allowed.matches(value) ? 'allowed' : 'outside';
  }

  /** The first part that it does not allow; undefined when it allows the request whole. */
  firstOutside(question: Question): Aspect | undefined {
    for (const aspect of ASPECTS)
      if (aspect in question && this.answer(aspect, question[aspect]) !== 'allowed') return aspect;

    return undefined;
  }

  /** The first part that it denies. */
  firstDenied(question: Question): Aspect | undefined {
    for (const aspect of ASPECTS) {
      if (
        this.#denied[aspect] !== undefined &&
        aspect in question &&
        this.answer(aspect, question[aspect]) === 'denied'
      )
        return aspect;
    }

    return undefined;
  }

  /** Whether it allows one of these functions. */
  mayCallAny(functions: readonly string[]): boolean {
    return functions.some((name) => this.answer('function', name) === 'allowed');
  }
}

function matchers(names: Names): Partial<Record<Aspect, Matcher>> {
  const compiled: Partial<Record<Aspect, Matcher>> = {};
  for (const aspect of ASPECTS) {
    const patterns = names[LISTS[aspect]];
    if (patterns !== undefined) compiled[aspect] = compilePatterns(patterns);
  }
  return compiled;
}

/** Patterns hold for the functions that are known now: a name that comes later must be written out, or `future` be said. */
function functionsOf({ functions = [], future }: Role, registered: readonly string[]): Matcher {
  if (future) return compilePatterns(functions);

  const wild = compilePatterns(functions.filter(isWildcard));
  const names = new Set(functions.filter((pattern) => !isWildcard(pattern)).map(literalOf));
  for (const name of [...VNPY_FUNCTIONS, ...registered]) if (wild.matches(name)) names.add(name);

  return { matches: (name) => names.has(name) };
}
