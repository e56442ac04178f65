/**
 * Rules on how much is sent: in a second, and in a trading day.
 *
 * @module
 */
import type { Bound, Counted } from '../../policy/policy.js';
import type { Tallies } from '../tallies.js';
import { exact } from '../exact.js';
import { SECOND } from '../ledger.js';
import type { Ledger } from '../ledger.js';
import type { Scope } from '../types.js';
import { PASSED, limitText, within, worstOf } from './rule.js';
import type { Judged, LimitRule, Outcome } from './rule.js';

/** Orders and cancels within any 1,000 ms. It refuses, and never delays: what is late is worse than what is refused. */
export const MESSAGES_PER_SECOND: LimitRule = {
  rule: 'messagesPerSecond',
  holdsForReducing: true,
  check({ limits: { messagesPerSecond: limit }, ledger, moment, scope, known }) {
    if (limit === undefined) return PASSED;
    if (moment < known.fullUntil) return { reason: 'how many messages left before the restart is not known for 1 s' };
    const messages = ledger.messages.count(moment, SECOND) + 1;
    return within(messages, limit, () => `${messages} messages within 1 s are more than ${limitText(scope, limit)}`);
  },
};

/** Orders sent in a trading day, also those that were rejected: the exchange counts them. */
export const ORDERS_PER_DAY: LimitRule = {
  rule: 'ordersPerDay',
  holdsForReducing: false,
  check: (judged) => ofDay(judged, judged.limits.ordersPerDay, { name: 'orders', add: 1, count: ordersOf }),
};

/** Orders and cancels in a trading day. */
export const MESSAGES_PER_DAY: LimitRule = {
  rule: 'messagesPerDay',
  holdsForReducing: false,
  check: (judged) => ofDay(judged, judged.limits.messagesPerDay, { name: 'messages', add: 1, count: messagesOf }),
};

/** Cancels in a trading day. At the limit new orders are refused: one that cannot be cancelled is the greater danger. */
export const CANCELS_PER_DAY: LimitRule = {
  rule: 'cancelsPerDay',
  holdsForReducing: false,
  check: (judged) => {
    const count = cancelsOf(judged.scope);
    return ofDay(judged, judged.limits.cancelsPerDay, { name: 'cancels, with one for this order,', add: 1, count });
  },
};

/** Lots of opening orders sent in a trading day. */
export const OPEN_VOLUME_PER_DAY: LimitRule = {
  rule: 'openVolumePerDay',
  holdsForReducing: false,
  check(judged) {
    if (!judged.opens) return PASSED;
    const count: Count = (tallies, place) =>
      place === undefined ? tallies.total('openVolume') : tallies.ofSymbol(...place).openVolume;
    return ofDay(judged, judged.limits.openVolumePerDay, { name: 'lots opened', add: judged.facts.volume, count });
  },
};

/** Cancels of large orders of one symbol in a trading day. At the limit new orders are refused. */
export const LARGE_CANCELS: LimitRule = {
  rule: 'largeCancels',
  holdsForReducing: false,
  check({ limits: { largeCancels: limit }, ledger, facts: { exchange, vtSymbol, volume }, scope }) {
    if (limit === undefined || volume < limit.lots) return PASSED;
    const cancels = ledger.tallies.ofSymbol(exchange, vtSymbol).largeCancels + 1;
    const tell = (): string =>
      `${cancels} cancels of ${limit.lots} lots or more of ${vtSymbol} today, with one for this order, are more than ${limitText(scope, limit.max)}`;
    return within(cancels, limit.max, tell);
  },
};

type Place = readonly [exchange: string, vtSymbol: string];

/** A count of one symbol, or of all. */
type Count = (tallies: Tallies, place: Place | undefined) => number;

const ordersOf: Count = (tallies, place) =>
  place === undefined ? tallies.total('orders') : tallies.ofSymbol(...place).orders;

const messagesOf: Count = (tallies, place) => {
  if (place === undefined) return tallies.total('orders') + tallies.total('cancels');
  const { orders, cancels } = tallies.ofSymbol(...place);
  return orders + cancels;
};

/** Of an account the exchange's own number counts, where it is greater: others cancel, too. */
function cancelsOf({ kind }: Scope): Count {
  return (tallies, place) => {
    const { cancels, cancelled } =
      place === undefined
        ? { cancels: tallies.total('cancels'), cancelled: tallies.total('cancelled') }
        : tallies.ofSymbol(...place);
    return kind === 'account' ? Math.max(cancels, cancelled) : cancels;
  };
}

interface DayCount {
  readonly name: string;
  /** What the order adds. */
  readonly add: number;
  readonly count: Count;
}

function ofDay(judged: Judged, limit: Counted | undefined, { name, add, count }: DayCount): Outcome {
  if (limit === undefined) return PASSED;
  const { ledger, scope } = judged;
  const { exchange, vtSymbol } = judged.facts;
  const one = (bound: Bound | undefined, place: Place | undefined): Outcome => {
    if (bound === undefined) return PASSED;
    const sum = exact(count(ledger.tallies, place) + add);
    const where = place === undefined ? '' : ` of ${vtSymbol}`;
    return within(sum, bound, () => `${sum} ${name}${where} today are more than ${limitText(scope, bound)}`);
  };
  return worstOf(one(limit.total, undefined), one(limit.perSymbol, [exchange, vtSymbol]));
}

/** Whether a cancel more is beyond a limit that holds for cancels, too. */
export function cancelBeyond(
  limit: (Counted & { readonly hard?: boolean }) | undefined,
  {
    ledger,
    scope,
    exchange,
    vtSymbol,
  }: { readonly ledger: Ledger; readonly scope: Scope; readonly exchange: string; readonly vtSymbol: string },
): Outcome {
  if (limit?.hard !== true) return PASSED;
  const count = cancelsOf(scope);
  let worst = PASSED;
  for (const [bound, place] of [
    [limit.total, undefined],
    [limit.perSymbol, [exchange, vtSymbol]],
  ] as const) {
    if (bound === undefined) continue;
    const sum = count(ledger.tallies, place) + 1;
    const outcome = within(sum, bound, () => `${sum} cancels today are more than ${limitText(scope, bound)}`);
    if (outcome.reason !== undefined) return outcome;
    worst = worstOf(worst, outcome);
  }
  return worst;
}
