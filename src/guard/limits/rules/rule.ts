/**
 * What a rule is.
 *
 * @module
 */
import type { OrderRequest } from '../../../vnpy/data/public.js';
import type { Freshness, Limits } from '../../policy/policy.js';
import type { Balances } from '../balances.js';
import { exceeds, limitOf } from '../exact.js';
import type { Facts } from '../facts.js';
import type { Instrument, Instruments } from '../instruments.js';
import type { Ledger } from '../ledger.js';
import type { Losses } from '../losses.js';
import type { Market } from '../market.js';
import type { Orders } from '../orders.js';
import type { Positions } from '../positions.js';
import type { Sync } from '../sync.js';
import type { TradingDays } from '../trading-day.js';
import type { Scope } from '../types.js';

/** All that is known. */
export interface Knowledge {
  readonly instruments: Instruments;
  readonly market: Market;
  readonly positions: Positions;
  readonly balances: Balances;
  readonly orders: Orders;
  readonly sync: Sync;
  /** By the monotonic clock: until when messages of before a restart may still count. */
  readonly fullUntil: number;
  days(): TradingDays;
  fresh(): Freshness;
  ledgerOf(scope: Scope): Ledger;
  lossesOf(principal: string): Losses;
  gateways(): Iterable<string>;
}

/** An order whose shape is right. */
export interface Case {
  readonly request: OrderRequest;
  readonly facts: Facts & { readonly side: 'buy' | 'sell' };
  readonly instrument: Instrument;
  /** The symbol of the gateway. */
  readonly place: string;
  /** It can do nothing but reduce the account's position. */
  readonly reduces: boolean;
  /** It may make a position greater. */
  readonly opens: boolean;
  /** By the monotonic clock. */
  readonly moment: number;
  readonly known: Knowledge;
}

/** A case under the limits of one principal or account. */
export interface Judged extends Case {
  readonly scope: Scope;
  readonly limits: Limits;
  readonly ledger: Ledger;
}

/** What a rule found. */
export interface Outcome {
  /** Why it refuses. */
  readonly reason?: string | undefined;
  /** The used part of the limit, with this order. */
  readonly used?: number | undefined;
  /** The limit, and what this order comes to; undefined where the rule has no number. */
  readonly limit?: number | undefined;
  readonly value?: number | undefined;
  /** What was looked at where it passes, for an explanation. */
  readonly looked?: string | undefined;
}

/** One limit. */
export interface LimitRule {
  readonly rule: keyof Limits;
  /** Whether it holds for an order that provably reduces, too: nobody may be locked into a position. */
  readonly holdsForReducing: boolean;
  /** What must be known and is not, or is old. */
  missing?(judged: Judged): string | undefined;
  check(judged: Judged): Outcome;
}

/** It passes, and nothing is used. */
export const PASSED: Outcome = Object.freeze({});

/** Whether a value is within a limit. */
export function within(value: number, limit: number | false, tell: () => string): Outcome {
  const outcome = { used: limit === false ? undefined : value / limit, limit: limitOf(limit), value };
  return exceeds(value, limit) ? { ...outcome, reason: tell() } : outcome;
}

/** Those of several that refuse, or else the one that is used most. */
export function worstOf(...outcomes: readonly Outcome[]): Outcome {
  const refusal = outcomes.find(({ reason }) => reason !== undefined);
  if (refusal !== undefined) return refusal;
  return outcomes.reduce((worst, outcome) => ((outcome.used ?? 0) > (worst.used ?? 0) ? outcome : worst), PASSED);
}

/** Whose limit it is, for a text. */
export function limitText(scope: Scope, limit: number | false): string {
  return `${scope.kind === 'principal' ? `${scope.name}'s` : "the account's"} limit of ${limitOf(limit)}`;
}
