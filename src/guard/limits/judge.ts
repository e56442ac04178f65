/**
 * What every rule says to an order, in the order in which they are asked.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Limits } from '../policy/policy.js';
import { factsOf, placeOf } from './facts.js';
import type { Facts } from './facts.js';
import { RULES } from './rules/table.js';
import type { Case, Judged, LimitRule, Outcome } from './rules/rule.js';
import { misshapen } from './rules/shape.js';
import type { State } from './state.js';
import type { RiskOrder, Scope, Verdict } from './types.js';

/** The limits of one principal or account. */
export interface ScopedLimits {
  readonly scope: Scope;
  readonly limits: Limits;
}

/** Whether what was restored is not confirmed yet: a text, or undefined. */
const RESTORED = 'the server has not listed its orders since the restart';

/** The verdicts, one after another. Whoever wants the decision stops at the first that refuses. */
export function* verdicts(order: RiskOrder, state: State): Generator<Verdict, void, undefined> {
  const { request, gatewayName } = order;
  const wrong = guarded(() => ({ reason: misshapen(request, gatewayName, state.instruments) }));
  yield verdict('internal' in wrong ? 'internal' : 'shape', undefined, wrong);
  if (wrong.reason !== undefined) return;
  if (state.isRestored) {
    yield verdict('state', undefined, { reason: RESTORED });
    return;
  }
  const it = caseOf(request, gatewayName, state);
  if (it === undefined) return;
  const scoped = scopesOf(order, state).map(({ scope, limits }): Judged => ({
    ...it,
    scope,
    limits,
    ledger: state.ledgerOf(scope),
  }));
  const blind: (readonly [LimitRule, Judged])[] = [];
  for (const all of scoped) {
    for (const rule of RULES) {
      if (rule.missing === undefined || !holds(rule, all)) continue;
      const missing = guarded(() => ({ reason: rule.missing?.(all) }));
      if (missing.reason === undefined) continue;
      blind.push([rule, all]);
      const isInternal = 'internal' in missing;
      const reason = isInternal ? missing.reason : `${missing.reason}, so ${rule.rule} cannot be decided`;
      yield verdict(isInternal ? 'internal' : 'state', all.scope, { reason });
    }
  }
  // By rules first, and by scopes within one.
  for (const rule of RULES) {
    for (const all of scoped) {
      if (!holds(rule, all) || blind.some(([one, of]) => one === rule && of === all)) continue;
      const outcome = guarded(() => rule.check(all));
      yield verdict('internal' in outcome ? 'internal' : rule.rule, all.scope, outcome);
    }
  }
}

/** The limits that are not asked, because the order provably reduces a position. */
export function waived(order: RiskOrder, state: State): readonly Verdict[] {
  const it = caseOf(order.request, order.gatewayName, state);
  if (it?.reduces !== true) return [];
  return RULES.filter(({ holdsForReducing }) => !holdsForReducing).flatMap(({ rule }) =>
    scopesOf(order, state)
      .filter(({ limits }) => limits[rule] !== undefined)
      .map(({ scope }) => verdict(rule, scope, { looked: 'the order provably reduces a position: it is not asked' })),
  );
}

/** An order with what has to be known of it; undefined where its direction or contract is not known. */
export function caseOf(request: RiskOrder['request'], gateway: string, state: State): Case | undefined {
  const facts = factsOf(request, gateway);
  const instrument = state.instruments.find(gateway, request.vt_symbol);
  if (instrument === undefined || !hasSide(facts)) return undefined;
  const reduces = state.reduces(facts);
  const opens = instrument.isNet ? !reduces : facts.kind === 'open' || facts.kind === 'none';
  const moment = state.monotonic();
  return { request, facts, instrument, place: placeOf(facts), reduces, opens, moment, known: state };
}

/** Whose limits hold for an order: its principal's, and those of its account. */
export function scopesOf(
  order: Pick<RiskOrder, 'principal' | 'limits' | 'gatewayName'>,
  state: State,
): readonly ScopedLimits[] {
  return [
    { scope: { kind: 'principal', name: order.principal }, limits: order.limits },
    ...state
      .accountRules(order.gatewayName)
      .map(({ limits }): ScopedLimits => ({ scope: { kind: 'account', name: order.gatewayName }, limits })),
  ];
}

function holds({ rule, holdsForReducing }: LimitRule, { limits, reduces }: Judged): boolean {
  return limits[rule] !== undefined && (holdsForReducing || !reduces);
}

function hasSide(facts: Facts): facts is Case['facts'] {
  return facts.side !== undefined;
}

/** A rule that throws refuses: what cannot be decided is not let through. */
function guarded(check: () => Outcome): Outcome | (Outcome & { readonly internal: true }) {
  try {
    return check();
  } catch (error) {
    return { reason: `a rule failed: ${messageOf(error)}`, internal: true };
  }
}

function verdict(rule: Verdict['rule'], scope: Scope | undefined, outcome: Outcome): Verdict {
  const { reason, looked, used, limit, value } = outcome;
  return { rule, ok: reason === undefined, reason, looked, used, limit, value, scope };
}
