/**
 * Rules that set an order beside others: of the same account, and of a moment ago.
 *
 * @module
 */
import { OrderType } from '../../../vnpy/data/public.js';
import { nearestSteps } from '../exact.js';
import type { Facts } from '../facts.js';
import { PASSED, limitText, within } from './rule.js';
import type { LimitRule } from './rule.js';

/** Types that rest in the book, or trade at once, at no worse than their price. */
const AT_PRICE: ReadonlySet<string> = new Set([OrderType.LIMIT.name, OrderType.FAK.name, OrderType.FOK.name]);

/** No trade with an order of the same account, whoever sent it. One that is being cancelled may still trade. */
export const SELF_TRADE: LimitRule = {
  rule: 'selfTrade',
  holdsForReducing: true,
  missing: ({ known }) => known.sync.missing('orders', known.fresh().position),
  check({ facts, instrument, place, known }) {
    let others = 0;
    for (const { facts: other, vtOrderid } of known.orders.openAt(place)) {
      others++;
      if (other.side === facts.side || !crosses(facts, other, instrument.contract.pricetick)) continue;
      const price = AT_PRICE.has(other.type) ? ` at ${other.price}` : '';
      const name = vtOrderid === undefined ? '' : ` ${vtOrderid}`;
      return { reason: `would trade with your account's own ${other.side ?? 'unknown'} order${name}${price}` };
    }
    return { looked: `${others} open orders of the contract on the account, of which none crosses` };
  },
};

/** What has no price, and a stop that is triggered, trades with everything. */
function crosses(one: Facts, other: Facts, tick: number): boolean {
  if (other.side === undefined || !AT_PRICE.has(one.type) || !AT_PRICE.has(other.type)) return true;
  const [buy, sell] = one.side === 'buy' ? [one, other] : [other, one];
  return !(nearestSteps(buy.price, tick) < nearestSteps(sell.price, tick));
}

/** What makes an order the same again. The reference does not: a retry has another. */
export function repeatKey({ facts }: { readonly facts: Facts }): string {
  const { gateway, vtSymbol, side, kind, type, price, volume } = facts;
  return [gateway, vtSymbol, side, kind, type, price, volume].join('\n');
}

/** No order again and again within a moment. */
export const DUPLICATES: LimitRule = {
  rule: 'duplicates',
  holdsForReducing: true,
  check(judged) {
    const { limits, ledger, moment, scope } = judged;
    if (limits.duplicates === undefined) return PASSED;
    const { count, within: length } = limits.duplicates;
    const times = ledger.repeats.count(repeatKey(judged), moment, length) + 1;
    return within(
      times,
      count,
      () => `the same order for the ${times}th time within ${length} ms is more than ${limitText(scope, count)}`,
    );
  },
};
