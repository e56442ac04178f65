/**
 * What one principal, or one account, has used of its limits.
 *
 * @module
 */
import { exact } from './exact.js';
import { placeOf } from './facts.js';
import type { Facts } from './facts.js';
import { Flows, NO_FLOWS, opening, total } from './flows.js';
import type { Bounds } from './positions.js';
import { Tallies } from './tallies.js';
import type { Day } from './trading-day.js';
import { RepeatWindow, SlidingWindow } from './windows.js';

/** The window of messages, in ms. */
export const SECOND = 1000;

/** What a position may become at the worst, on both sides. */
export interface Exposure {
  readonly long: number;
  readonly short: number;
}

/** What a ledger needs of what is around it. */
export interface LedgerContext {
  dayOf(exchange: string): Day;
  isNet(place: string): boolean;
  /** The position that belongs to the ledger. */
  boundsOf(place: string): Bounds;
}

/** The used part of limits: of a principal, or of an account. */
export class Ledger {
  readonly tallies: Tallies;
  readonly messages = new SlidingWindow();
  readonly repeats = new RepeatWindow();
  readonly refusals = new SlidingWindow();
  readonly #context: LedgerContext;
  readonly #flows = new Map<string, Flows>();
  readonly #open = new Map<string, number>();
  #openTotal = 0;
  /** The worse side of each place, and the sum of them. */
  readonly #worst = new Map<string, number>();
  #worstTotal = 0;

  constructor(context: LedgerContext) {
    this.#context = context;
    this.tallies = new Tallies((exchange) => context.dayOf(exchange));
  }

  /** A message leaves. */
  message(moment: number): void {
    this.messages.add(moment);
    this.messages.count(moment, SECOND);
  }

  /** Lots come under way, or are no longer. */
  flow(facts: Facts, lots: number): void {
    const place = placeOf(facts);
    let flows = this.#flows.get(place);
    if (flows === undefined) this.#flows.set(place, (flows = new Flows()));
    flows.add(facts, lots);
    if (flows.isEmpty) this.#flows.delete(place);
    this.moved(place);
  }

  /** An order takes its slot, or gives it back. */
  slot({ vtSymbol }: Facts, change: 1 | -1): void {
    this.#openTotal += change;
    const open = (this.#open.get(vtSymbol) ?? 0) + change;
    if (open === 0) this.#open.delete(vtSymbol);
    else this.#open.set(vtSymbol, open);
  }

  /** The position, or what is under way, is another now. */
  moved(place: string): void {
    const { long, short } = this.exposure(place);
    const worst = Math.max(long, short);
    const before = this.#worst.get(place) ?? 0;
    if (worst === before) return;
    this.#worstTotal = exact(this.#worstTotal + worst - before);
    if (worst === 0) this.#worst.delete(place);
    else this.#worst.set(place, worst);
  }

  flowsOf(place: string): Readonly<Flows> {
    return this.#flows.get(place) ?? NO_FLOWS;
  }

  get openOrders(): number {
    return this.#openTotal;
  }

  openOrdersOf(vtSymbol: string): number {
    return this.#open.get(vtSymbol) ?? 0;
  }

  /** What a position becomes at the worst if everything under way that makes it greater is filled, and nothing else. */
  exposure(place: string, buy = 0, sell = 0): Exposure {
    const { long, short, high, low } = this.#context.boundsOf(place);
    const flows = this.flowsOf(place);
    if (this.#context.isNet(place)) {
      return {
        long: exact(Math.max(0, high + total(flows.buy) + buy)),
        short: exact(Math.max(0, total(flows.sell) + sell - low)),
      };
    }
    return { long: exact(long + opening(flows.buy) + buy), short: exact(short + opening(flows.sell) + sell) };
  }

  /** The worse side of every place, summed up, with another exposure at one. */
  exposureTotal(place: string, { long, short }: Exposure): number {
    return exact(this.#worstTotal - (this.#worst.get(place) ?? 0) + Math.max(long, short));
  }

  /** Everything under way, for a check of the whole. */
  underWay(): number {
    return exact([...this.#flows.values()].reduce((sum, { buy, sell }) => sum + total(buy) + total(sell), 0));
  }
}
