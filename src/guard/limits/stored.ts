/**
 * The state of the book as plain JSON, for a restart.
 *
 * Ages are stored by the wall clock, because a monotonic one begins anew. What has left within the last second is not
 * stored: after a restart the second counts as full.
 *
 * @module
 */
import type { StoredAccount } from './balances.js';
import type { StoredHolding } from './holding.js';
import { SECOND } from './ledger.js';
import type { Ledger } from './ledger.js';
import type { StoredEntry } from './losses.js';
import type { StoredPlace } from './positions.js';
import type { State } from './state.js';
import type { StoredTallies } from './tallies.js';
import type { StoredOrder } from './tracked.js';
import type { Day } from './trading-day.js';

interface StoredLedger {
  readonly name: string;
  readonly tallies: StoredTallies;
  /** Ages in ms. */
  readonly repeats: readonly (readonly [string, readonly number[]])[];
  readonly refusals: readonly number[];
}

interface StoredPrincipal extends StoredLedger {
  readonly holdings: readonly (readonly [string, StoredHolding])[];
  readonly losses: readonly StoredEntry[];
}

/** What a book has to know again after a restart. */
export interface StoredState {
  readonly version: 1;
  /** In ms since the epoch. */
  readonly storedAt: number;
  readonly days: readonly (readonly [string, Day])[];
  readonly orders: { readonly next: number; readonly orders: readonly StoredOrder[] };
  readonly positions: readonly (readonly [string, StoredPlace])[];
  readonly balances: readonly StoredAccount[];
  readonly principals: readonly StoredPrincipal[];
  readonly accounts: readonly StoredLedger[];
}

export function storeState(state: State): StoredState {
  const ledger = (name: string, { tallies, repeats, refusals }: Ledger): StoredLedger => {
    const now = state.monotonic();
    return { name, tallies: tallies.toJSON(), repeats: repeats.ages(now), refusals: refusals.ages(now) };
  };
  return {
    version: 1,
    storedAt: state.now(),
    days: state.days().begun(),
    orders: state.orders.toJSON(),
    positions: state.positions.toJSON(),
    balances: state.balances.toJSON(),
    principals: [...state.principals].map(([name, own]) => ({
      ...ledger(name, own.ledger),
      holdings: [...own.holdings].map(([place, holding]) => [place, holding.toJSON()]),
      losses: own.losses.toJSON(),
    })),
    accounts: [...state.accounts].map(([name, account]) => ledger(name, account)),
  };
}

export function restoreState(state: State, stored: StoredState): void {
  // A clock that was set back makes nothing younger.
  const since = Math.max(0, state.now() - stored.storedAt);
  const now = state.monotonic();
  const restore = (ledger: Ledger, { tallies, repeats, refusals }: StoredLedger): void => {
    ledger.tallies.restore(tallies);
    for (const [text, ages] of repeats)
      for (const age of ages) ledger.repeats.add(text, now - age - since, age + since + SECOND);
    for (const age of refusals) ledger.refusals.add(now - age - since);
  };
  state.isRestored = true;
  state.fullUntil = now + SECOND;
  state.setDays(stored.days);
  for (const [exchange] of stored.days) state.follow(exchange);
  for (const principal of stored.principals) {
    const own = state.own(principal.name);
    restore(own.ledger, principal);
    state.setOwn(principal.name, principal.holdings);
    own.losses.restore(principal.losses);
  }
  for (const account of stored.accounts) restore(state.accountOf(account.name), account);
  state.positions.restore(stored.positions);
  state.balances.restore(stored.balances);
  state.orders.restore(stored.orders);
  for (const name of state.gateways()) state.instruments.meet(name);
}
