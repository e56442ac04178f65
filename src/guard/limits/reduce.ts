/**
 * Whether an order can do nothing but reduce a position: the test that keeps everybody able to get out.
 *
 * @module
 */
import { exact } from './exact.js';
import { placeOf } from './facts.js';
import type { Facts } from './facts.js';
import { closing, total } from './flows.js';
import type { Instrument } from './instruments.js';
import type { Ledger } from './ledger.js';
import type { Positions } from './positions.js';

/**
 * Whether every fill of an order makes the account's position smaller, and none turns it around. Orders under way may be
 * filled first. What vnpy says is frozen and what is known to be under way overlap: the greater counts.
 *
 * @param account - All that is under way on the account, whoever sent it.
 */
export function reduces(
  facts: Facts,
  { isNet, closesByDay }: Instrument,
  { positions, account }: { readonly positions: Positions; readonly account: Ledger },
): boolean {
  const { side, kind, volume } = facts;
  if (side === undefined) return false;
  const place = placeOf(facts);
  const flow = account.flowsOf(place)[side];
  if (isNet) {
    const { high, low } = positions.bounds(place);
    const held = side === 'sell' ? low : -high;
    return held > 0 && volume <= exact(held - Math.max(total(flow), positions.frozenNet(place)));
  }
  if (kind === 'open' || kind === 'none') return false;
  const held = positions.closable(place, side);
  if (!(volume <= exact(held.total - Math.max(closing(flow), held.frozen)))) return false;
  if (kind === 'closeToday') return volume <= exact(held.today - flow.closeToday);
  if (kind === 'closeYesterday' || closesByDay)
    return volume <= exact(held.yesterday - flow.closeYesterday - (closesByDay ? flow.close : 0));
  return true;
}
