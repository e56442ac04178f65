/**
 * What a principal's own fills have lost since the day began.
 *
 * vnpy tells no fees, so that they are not in it. Fills before the guard knew of them are not, either.
 *
 * @module
 */
import type { TickData } from '../../vnpy/data/public.js';
import { exact } from './exact.js';
import { placeOf } from './facts.js';
import type { Facts } from './facts.js';
import type { Instrument } from './instruments.js';
import type { Quoted } from './market.js';
import type { Day } from './trading-day.js';

/** What the fills in one symbol came to. */
interface Entry {
  readonly gateway: string;
  readonly vtSymbol: string;
  readonly exchange: string;
  /** Lots bought less lots sold, with those of earlier days. */
  lots: number;
  /** Money taken in less money given out since the day began; what was there then counts as bought at its price then. */
  cash: number;
  day: Day;
  /** The price at which the day began, or one of the fills, was not to be had. */
  unpriced: boolean;
}

/** An entry as it is stored. */
export type StoredEntry = Readonly<Entry>;

/** What losses need of what is around them. */
export interface LossContext {
  dayOf(exchange: string): Day;
  instrumentOf(gateway: string, vtSymbol: string): Instrument | undefined;
  /** The newest tick, however old, for the price at which a day begins. */
  newest(vtSymbol: string): TickData | undefined;
  fresh(vtSymbol: string): Quoted;
}

/** A loss, or why it cannot be told. */
export type Loss =
  { readonly lost: number; readonly currency: string; readonly missing?: undefined } | { readonly missing: string };

/** The profit and loss of one principal. */
export class Losses {
  readonly #context: LossContext;
  readonly #entries = new Map<string, Entry>();

  constructor(context: LossContext) {
    this.#context = context;
  }

  /** A fill of the principal's own, that was not known before. */
  fill(facts: Facts, lots: number, price: number): void {
    const instrument = this.#context.instrumentOf(facts.gateway, facts.vtSymbol);
    if (facts.side === undefined) return;
    const entry = this.#of(facts.gateway, facts.vtSymbol, facts.exchange);
    const signed = facts.side === 'buy' ? lots : -lots;
    if (instrument === undefined || !Number.isFinite(price)) entry.unpriced = true;
    else entry.cash -= worth(instrument, signed, price);
    entry.lots = exact(entry.lots + signed);
  }

  /** At a new day what is held counts at its price now. Called often enough that the price is that of the day's end. */
  roll(): void {
    for (const [key, entry] of this.#entries) {
      const day = this.#context.dayOf(entry.exchange);
      if (day <= entry.day) continue;
      entry.day = day;
      if (entry.lots === 0) this.#entries.delete(key);
      else this.#mark(entry);
    }
  }

  /** A person says what is held now: the loss begins at 0. */
  begin(
    positions: readonly {
      readonly gateway: string;
      readonly vtSymbol: string;
      readonly exchange: string;
      readonly lots: number;
    }[],
  ): void {
    this.#entries.clear();
    for (const { gateway, vtSymbol, exchange, lots } of positions) {
      const entry = this.#of(gateway, vtSymbol, exchange);
      entry.lots = lots;
      this.#mark(entry);
    }
  }

  /** The greatest loss over all currencies; amounts of two currencies are never added. Below 0 for a profit. */
  worst(): Loss {
    this.roll();
    const sums = new Map<string, number>();
    for (const entry of this.#entries.values()) {
      const { gateway, vtSymbol, unpriced } = entry;
      const instrument = this.#context.instrumentOf(gateway, vtSymbol);
      if (instrument === undefined) return { missing: `the contract ${vtSymbol} is not known` };
      if (unpriced) return { missing: `no price of ${vtSymbol} is known for the beginning of the day` };
      const price = entry.lots === 0 ? 1 : this.#price(vtSymbol, entry.lots);
      if (typeof price === 'string') return { missing: price };
      const profit = entry.cash + worth(instrument, entry.lots, price);
      const currency = instrument.currency ?? '';
      sums.set(currency, (sums.get(currency) ?? 0) + profit);
    }
    let worst = { lost: 0, currency: '' };
    let isFirst = true;
    for (const [currency, profit] of sums) {
      if (isFirst || !(-profit <= worst.lost)) worst = { lost: -profit, currency };
      isFirst = false;
    }
    return worst;
  }

  toJSON(): readonly StoredEntry[] {
    return [...this.#entries.values()].map((entry) => ({ ...entry }));
  }

  restore(stored: readonly StoredEntry[]): void {
    for (const entry of stored) this.#entries.set(placeOf(entry), { ...entry });
  }

  #of(gateway: string, vtSymbol: string, exchange: string): Entry {
    this.roll();
    const key = placeOf({ gateway, vtSymbol });
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const day = this.#context.dayOf(exchange);
      entry = { gateway, vtSymbol, exchange, lots: 0, cash: 0, day, unpriced: false };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #mark(entry: Entry): void {
    const price = this.#context.newest(entry.vtSymbol)?.last_price;
    const instrument = this.#context.instrumentOf(entry.gateway, entry.vtSymbol);
    entry.unpriced = entry.lots !== 0 && (instrument === undefined || !isPrice(price));
    entry.cash = instrument === undefined || !isPrice(price) ? 0 : -worth(instrument, entry.lots, price);
  }

  /** What the held lots would bring; where the last price is old, the worst that the exchange allows today. */
  #price(vtSymbol: string, lots: number): number | string {
    const quoted = this.#context.fresh(vtSymbol);
    if (quoted.tick !== undefined && isPrice(quoted.tick.last_price)) return quoted.tick.last_price;
    const tick = this.#context.newest(vtSymbol);
    const limit = lots > 0 ? tick?.limit_down : tick?.limit_up;
    if (!isPrice(tick?.last_price) || !isPrice(limit)) return quoted.missing ?? `${vtSymbol} has no last price`;
    return lots > 0 ? Math.min(tick.last_price, limit) : Math.max(tick.last_price, limit);
  }
}

function isPrice(price: number | undefined): price is number {
  return price !== undefined && Number.isFinite(price) && price !== 0;
}

/** What lots are worth at a price, in the contract's currency. Of an inverse contract a higher price is fewer coins. */
function worth({ contract: { size }, inverse }: Instrument, lots: number, price: number): number {
  return inverse ? (-lots * size) / price : lots * size * price;
}
