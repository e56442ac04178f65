/**
 * Rules on what orders do to positions, and on how many are open.
 *
 * @module
 */
import { exact } from '../exact.js';
import { placeOf } from '../facts.js';
import type { Exposure, Ledger } from '../ledger.js';
import { PASSED, limitText, within, worstOf } from './rule.js';
import type { Judged, LimitRule, Outcome } from './rule.js';

/** Nothing but what reduces. An order that does so provably never comes here. */
export const CLOSE_ONLY: LimitRule = {
  rule: 'closeOnly',
  holdsForReducing: false,
  missing: ({ limits, known }) =>
    limits.closeOnly === true ? known.sync.missing('positions', known.fresh().position) : undefined,
  check({ limits, scope }) {
    if (limits.closeOnly !== true) return PASSED;
    const who = scope.kind === 'principal' ? scope.name : 'the account';
    return { reason: `${who} may only reduce positions, and this order does not provably do so` };
  },
};

/** Lots of a position, if all that is under way and makes it greater is filled. */
export const POSITION_VOLUME: LimitRule = {
  rule: 'positionVolume',
  holdsForReducing: false,
  missing(judged) {
    const { known, facts, opens } = judged;
    // A principal's own position is made of its own fills: nobody has to be asked.
    if (!opens || !isOfAccount(judged)) return undefined;
    const { position: maxAge } = known.fresh();
    return (
      known.sync.missing('positions', maxAge) ??
      known.sync.missing('orders', maxAge) ??
      known.positions.doubt(facts.gateway, facts.vtSymbol)
    );
  },
  check(judged) {
    const { limits, opens, scope } = judged;
    const limit = limits.positionVolume;
    // A close makes no position greater, whatever the account holds.
    if (limit === undefined || !opens) return PASSED;
    const [ledger, here] = after(judged);
    const outcomes: Outcome[] = [];
    const { perSymbol, total } = limit;
    if (perSymbol !== undefined) {
      const lots = limit.across === true ? acrossGateways(judged, here) : sideOfOrder(judged, here);
      const { vtSymbol } = judged.facts;
      const tell = (): string =>
        `a position of ${lots} in ${vtSymbol}, if all is filled, is more than ${limitText(scope, perSymbol)}`;
      outcomes.push(within(lots, perSymbol, tell));
    }
    if (total !== undefined) {
      const lots = ledger.exposureTotal(judged.place, here);
      outcomes.push(
        within(lots, total, () => `positions of ${lots} in all symbols are more than ${limitText(scope, total)}`),
      );
    }
    return worstOf(...outcomes);
  },
};

/** Orders that may still trade, with those of which no answer has come. */
export const OPEN_ORDERS: LimitRule = {
  rule: 'openOrders',
  holdsForReducing: false,
  missing: ({ scope, known }) =>
    scope.kind === 'account' ? known.sync.missing('orders', known.fresh().position) : undefined,
  check({ limits, ledger, facts: { vtSymbol }, scope }) {
    const { total, perSymbol } = limits.openOrders ?? {};
    const outcomes: Outcome[] = [];
    if (total !== undefined) {
      const open = ledger.openOrders + 1;
      outcomes.push(within(open, total, () => `${open} open orders are more than ${limitText(scope, total)}`));
    }
    if (perSymbol !== undefined) {
      const open = ledger.openOrdersOf(vtSymbol) + 1;
      const tell = (): string => `${open} open orders of ${vtSymbol} are more than ${limitText(scope, perSymbol)}`;
      outcomes.push(within(open, perSymbol, tell));
    }
    return worstOf(...outcomes);
  },
};

function isOfAccount({ scope, limits }: Judged): boolean {
  return scope.kind === 'account' || limits.positionVolume?.of === 'account';
}

/** Whose position it is, and what it becomes here with this order. */
function after(judged: Judged): readonly [Ledger, Exposure] {
  const { facts, known, place, ledger: own } = judged;
  const ledger = isOfAccount(judged) ? known.ledgerOf({ kind: 'account', name: facts.gateway }) : own;
  const [buy, sell] = facts.side === 'buy' ? [facts.volume, 0] : [0, facts.volume];
  return [ledger, ledger.exposure(place, buy, sell)];
}

function sideOfOrder({ facts }: Judged, { long, short }: Exposure): number {
  return facts.side === 'buy' ? long : short;
}

function acrossGateways(judged: Judged, here: Exposure): number {
  const { known, facts, ledger: own, scope } = judged;
  let sum = sideOfOrder(judged, here);
  if (scope.kind === 'account') return sum;
  for (const gateway of known.gateways()) {
    if (gateway === facts.gateway) continue;
    const ledger = isOfAccount(judged) ? known.ledgerOf({ kind: 'account', name: gateway }) : own;
    sum += sideOfOrder(judged, ledger.exposure(placeOf({ gateway, vtSymbol: facts.vtSymbol })));
  }
  return exact(sum);
}
