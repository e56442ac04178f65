/**
 * The rule on what was lost today.
 *
 * @module
 */
import type { Limits } from '../../policy/policy.js';
import type { Scope } from '../types.js';
import { PASSED, limitText, within, worstOf } from './rule.js';
import type { Knowledge, LimitRule, Outcome } from './rule.js';

/** What is needed to look at a loss: no order. */
export interface LossCase {
  readonly scope: Scope;
  readonly limits: Limits;
  /** The exchange whose day counts for an account. */
  readonly exchange: string;
  readonly known: Knowledge;
}

/** No more orders, but those that reduce, when too much was lost. */
export const LOSS_PER_DAY: LimitRule = {
  rule: 'lossPerDay',
  holdsForReducing: false,
  missing: (judged) => lossMissing({ ...judged, exchange: judged.facts.exchange }),
  check: (judged) => lossBeyond({ ...judged, exchange: judged.facts.exchange }),
};

/** What must be known of the loss and is not. */
export function lossMissing({ scope, known, exchange }: LossCase): string | undefined {
  if (scope.kind === 'principal') return known.lossesOf(scope.name).worst().missing;
  const stale = known.sync.missing('accounts', known.fresh().account);
  if (stale !== undefined) return stale;
  const ids = known.balances.of(scope.name);
  if (ids.length === 0) return `no balance of ${scope.name} is known`;
  for (const id of ids) {
    const loss = known.balances.lost(id, exchange);
    if ('missing' in loss) return loss.missing;
  }
  return undefined;
}

/** Whether the loss is beyond its limit. */
export function lossBeyond({ scope, limits, known, exchange }: LossCase): Outcome {
  const max = limits.lossPerDay?.max;
  if (max === undefined) return PASSED;
  const judge = (lost: number, currency: string): Outcome =>
    within(
      lost,
      max,
      () => `a loss of ${Number(lost.toPrecision(12))}${currency} today is more than ${limitText(scope, max)}`,
    );
  if (scope.kind === 'principal') {
    const loss = known.lossesOf(scope.name).worst();
    return loss.missing === undefined ? judge(loss.lost, loss.currency === '' ? '' : ` ${loss.currency}`) : PASSED;
  }
  const outcomes = known.balances.of(scope.name).map((id) => {
    const loss = known.balances.lost(id, exchange);
    return 'missing' in loss ? PASSED : judge(loss.lost, '');
  });
  return worstOf(...outcomes);
}
