/**
 * What holds now: one policy with everything compiled from it. A reload makes another one and swaps them whole.
 *
 * @module
 */
import { GuardError } from '../errors.js';
import type { Policy } from '../policy/policy.js';
import { Principals } from '../rights/principals.js';
import { compileRights } from '../rights/rights.js';
import type { Refusal, Rights } from '../rights/rights.js';

/** A compiled policy. Never changed. */
export class Ruling {
  readonly policy: Policy;
  /** Counts the policies of this process. */
  readonly generation: number;
  readonly principals: Principals;
  readonly #rights: ReadonlyMap<string, Rights>;

  /** @param functions - names of registered functions beyond vnpy's, which patterns of roles may mean. */
  constructor(policy: Policy, generation: number, functions: readonly string[], now: () => number) {
    this.policy = policy;
    this.generation = generation;
    this.principals = new Principals(policy, now);
    this.#rights = compileRights(policy, functions);
  }

  /** The rights of a principal; undefined for nobody of this policy, and after the end of its time. */
  rightsOf(principal: string): Rights | undefined {
    const rights = this.#rights.get(principal);
    return rights === undefined || this.principals.hasEnded(rights.principal) ? undefined : rights;
  }
}

/** The refusal of whoever has no rights: not in the policy, or after the end of its time. */
export function nobody(principal: string): Refusal {
  return { rule: 'principal', reason: `${principal} is not, or not any more, in the policy` };
}

/** A refusal as it is thrown. */
export function errorOf({ rule, reason, limit, value }: Refusal): GuardError {
  return new GuardError(rule, reason, { limit, value });
}
