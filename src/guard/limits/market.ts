/**
 * The newest tick of each contract, and whether prices may be judged by it.
 *
 * @module
 */
import type { TickData } from '../../vnpy/data/public.js';
import { exchangeOf } from './facts.js';
import { instantOf } from './time.js';
import type { TradingDays } from './trading-day.js';
import type { RiskClock } from './types.js';

interface Seen {
  readonly tick: TickData;
  /** By the monotonic clock. */
  readonly at: number;
  readonly afterSubscribe: boolean;
}

/** A tick that may be used, or why there is none. */
export type Quoted =
  { readonly tick: TickData; readonly missing?: undefined } | { readonly tick?: undefined; readonly missing: string };

/** Ticks by vt_symbol. */
export class Market {
  readonly #clock: RiskClock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: RiskClock) {
    this.#clock = clock;
  }

  add(tick: TickData, afterSubscribe: boolean): void {
    this.#seen.set(tick.vt_symbol, { tick, at: this.#clock.monotonic(), afterSubscribe });
  }

  /** The newest, however old. */
  newest(vtSymbol: string): TickData | undefined {
    return this.#seen.get(vtSymbol)?.tick;
  }

  /**
   * A tick that came after our subscription, is of today and not too old.
   *
   * @param maxAge - In ms.
   */
  fresh(vtSymbol: string, maxAge: number, days: TradingDays): Quoted {
    const seen = this.#seen.get(vtSymbol);
    if (seen === undefined) return { missing: `no tick of ${vtSymbol} has come` };
    const { tick, at, afterSubscribe } = seen;
    if (!afterSubscribe) return { missing: `no tick of ${vtSymbol} has come since it was subscribed` };
    const age = this.#clock.monotonic() - at;
    if (!(age <= maxAge)) return { missing: `no tick of ${vtSymbol} for ${seconds(age)}` };
    if (!this.#isOfToday(tick, days)) return { missing: `the last tick of ${vtSymbol} is of an earlier day` };
    return { tick };
  }

  #isOfToday(tick: TickData, days: TradingDays): boolean {
    const exchange = exchangeOf(tick);
    const instant = instantOf(tick.datetime, days.zoneOf(exchange));
    return instant !== undefined && instant >= days.dayOf(exchange, this.#clock.now());
  }
}

/** A time for a person: `42 s`. */
export function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
