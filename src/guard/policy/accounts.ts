/**
 * The limits of an account: of all rules that match it, the strictest.
 *
 * @module
 */
import { strictest } from './limits.js';
import { compilePattern } from './patterns.js';
import type { AccountRule, Policy } from './policy.js';

/** From the mildest to the strictest. */
const FOREIGN = ['count', 'reduce', 'halt'] as const satisfies readonly AccountRule['foreignOrders'][];

/**
 * What holds for an account.
 *
 * @param account - as `GATEWAY.accountid`.
 * @returns One rule of all that match, whose `match` is the account; undefined when there is none.
 */
export function accountRule(policy: Policy, account: string): AccountRule | undefined {
  const rules = policy.accounts.filter(({ match }) => compilePattern(match).matches(account));
  if (rules.length === 0) return undefined;

  const levels = rules.map(({ foreignOrders }) => FOREIGN.indexOf(foreignOrders));
  return Object.freeze({
    match: account,
    limits: rules.map(({ limits }) => limits).reduce(strictest),
    foreignOrders: FOREIGN[Math.max(...levels)] ?? 'halt',
  });
}
