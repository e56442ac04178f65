/**
 * News of orders that may be ours, and whose ids have not been answered yet: a server tells of an order before it answers.
 *
 * @module
 */
import type { OrderData, TradeData } from '../../vnpy/data/public.js';
import { factsOf, factsOfTrade, looksAlike, placeOf } from './facts.js';
import type { TrackedOrder } from './tracked.js';

/** What has come under one id. */
export interface EarlyNews {
  readonly vtOrderid: string;
  /** The newest of the order; undefined where only fills have come. */
  order: OrderData | undefined;
  readonly trades: TradeData[];
  /** The reservation that it is held for. It may be another's. */
  holder: TrackedOrder | undefined;
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
    if (news.holder !== undefined) this.#held.delete(news.holder);
    return news;
  }

  /** Whether something is held back under an id. */
  has(vtOrderid: string): boolean {
    return this.#news.has(vtOrderid);
  }

  /** Whether news of an order are held back now. */
  holdOrder(order: OrderData): boolean {
    const known = this.#news.get(order.vt_orderid);
    if (known === undefined) return this.#hold({ vtOrderid: order.vt_orderid, order, trades: [], holder: undefined });
    known.order = order;
    // Its fills alone may have been held for another one.
    if (known.holder === undefined || looksAlike(known.holder.facts, factsOf(order, order.gateway_name))) return true;
    const { holder } = known;
    this.#held.delete(holder);
    if (!this.#hold(known)) this.#give(known, holder);
    return true;
  }

  /** Whether a fill is held back now. */
  holdTrade(trade: TradeData): boolean {
    const known = this.#news.get(trade.vt_orderid);
    if (known === undefined)
      return this.#hold({ vtOrderid: trade.vt_orderid, order: undefined, trades: [trade], holder: undefined });

    known.trades.push(trade);
    return true;
  }

  /** Holds again what was held for an order that has ended. @returns whether there is another that it may be of. */
  holdAgain(news: EarlyNews): boolean {
    news.holder = undefined;
    return this.#hold(news);
  }

  /** The id under which news have come that an order's own marks fit, its reference among them. */
  idByReference({ facts }: TrackedOrder): string | undefined {
    if (facts.reference === '') return undefined;
    for (const { vtOrderid, order } of this.#news.values()) {
      if (order?.reference === facts.reference && looksAlike(facts, factsOf(order, order.gateway_name)))
        return vtOrderid;
    }
    return undefined;
  }

  /** Finds a holder, if need be by giving what one holds to another. */
  #hold(news: EarlyNews): boolean {
    const candidates = this.#candidates(news);
    const free = candidates.find((one) => !this.#held.has(one));
    if (free !== undefined) {
      this.#give(news, free);
      return true;
    }
    for (const one of candidates) {
      const held = this.#held.get(one);
      const other = held && this.#candidates(held).find((each) => !this.#held.has(each));
      if (held === undefined || other === undefined) continue;
      this.#give(held, other);
      this.#give(news, one);
      return true;
    }
    return false;
  }

  #give(news: EarlyNews, holder: TrackedOrder): void {
    news.holder = holder;
    this.#news.set(news.vtOrderid, news);
    this.#held.set(holder, news);
  }

  /** Those that wait for an id which it may be. */
  #candidates({ order, trades: [trade] }: EarlyNews): TrackedOrder[] {
    const facts = order !== undefined ? factsOf(order, order.gateway_name) : trade && factsOfTrade(trade);
    if (facts === undefined) return [];
    return [...(this.#pending.get(placeOf(facts)) ?? [])].filter((pending) =>
      order === undefined ? pending.facts.side === facts.side : looksAlike(pending.facts, facts),
    );
  }
}
