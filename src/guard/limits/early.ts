/**
 * News of orders that may be ours, and whose ids have not been answered yet: a server tells of an order before it answers.
 *
 * @module
 */
import type { OrderData, TradeData } from '../../vnpy/data/public.js';
import { factsOf, factsOfTrade, looksAlike, placeOf } from './facts.js';
import type { Facts } from './facts.js';
import type { TrackedOrder } from './tracked.js';

/** What has come under one id. */
export interface EarlyNews {
  readonly vtOrderid: string;
  /** The newest of the order; undefined where only fills have come. */
  order: OrderData | undefined;
  readonly trades: TradeData[];
  /** The reservation that it is held for. It may be another's. */
  holder: TrackedOrder;
}

/** Holds news back for reservations: each for one, so that no more is held back than there can be ours. */
export class EarlyBook {
  readonly #pending = new Map<string, Set<TrackedOrder>>();
  readonly #news = new Map<string, EarlyNews>();
  readonly #held = new Map<TrackedOrder, EarlyNews>();

  /** An order waits for its id. */
  expect(order: TrackedOrder): void {
    const place = placeOf(order.facts);
    const pending = this.#pending.get(place);
    if (pending === undefined) this.#pending.set(place, new Set([order]));
    else pending.add(order);
  }

  /**
   * An order waits no longer.
   *
   * @returns What was held for it, which is to be looked at again.
   */
  settled(order: TrackedOrder): EarlyNews | undefined {
    const place = placeOf(order.facts);
    const pending = this.#pending.get(place);
    pending?.delete(order);
    if (pending?.size === 0) this.#pending.delete(place);
    const news = this.#held.get(order);
    if (news === undefined) return undefined;
    this.#held.delete(order);
    this.#news.delete(news.vtOrderid);
    return news;
  }

  /** What has come under an id, for the order whose id it is. It is held no longer. */
  take(vtOrderid: string): EarlyNews | undefined {
    const news = this.#news.get(vtOrderid);
    if (news === undefined) return undefined;
    this.#news.delete(vtOrderid);
    this.#held.delete(news.holder);
    return news;
  }

  /** Whether news of an order are held back now. */
  holdOrder(order: OrderData): boolean {
    const known = this.#news.get(order.vt_orderid);
    if (known !== undefined) {
      known.order = order;
      return true;
    }
    const holder = this.#holderFor(factsOf(order, order.gateway_name), looksAlike);
    if (holder === undefined) return false;
    this.#hold({ vtOrderid: order.vt_orderid, order, trades: [], holder });
    return true;
  }

  /** Whether a fill is held back now. */
  holdTrade(trade: TradeData): boolean {
    const known = this.#news.get(trade.vt_orderid);
    if (known !== undefined) {
      known.trades.push(trade);
      return true;
    }
    const holder = this.#holderFor(factsOfTrade(trade), (one, other) => one.side === other.side);
    if (holder === undefined) return false;
    this.#hold({ vtOrderid: trade.vt_orderid, order: undefined, trades: [trade], holder });
    return true;
  }

  /** Holds again what was held for an order that has ended. @returns whether there is another that it may be of. */
  holdAgain(news: EarlyNews): boolean {
    const { order, trades } = news;
    const [trade] = trades;
    const holder =
      order !== undefined
        ? this.#holderFor(factsOf(order, order.gateway_name), looksAlike)
        : trade && this.#holderFor(factsOfTrade(trade), (one, other) => one.side === other.side);
    if (holder === undefined) return false;
    news.holder = holder;
    this.#hold(news);
    return true;
  }

  /** What is held for an order. */
  heldFor(order: TrackedOrder): EarlyNews | undefined {
    return this.#held.get(order);
  }

  #hold(news: EarlyNews): void {
    this.#news.set(news.vtOrderid, news);
    this.#held.set(news.holder, news);
  }

  #holderFor(facts: Facts, isAlike: (one: Facts, other: Facts) => boolean): TrackedOrder | undefined {
    for (const pending of this.#pending.get(placeOf(facts)) ?? [])
      if (!this.#held.has(pending) && isAlike(pending.facts, facts)) return pending;

    return undefined;
  }
}
