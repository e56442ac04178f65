/**
 * What the console itself knows of the market: which ticks were asked for, when they came, and bars of them.
 *
 * @module
 */
import { SubscribeRequest, TickData } from '../../vnpy/index.js';
import type { ContractData, Event, TradingEngine } from '../../vnpy/index.js';
import { ProblemError } from '../errors.js';
import { LiveBars } from './live-bars.js';

/** Symbols that may be subscribed in all. */
const MAX_SUBSCRIPTIONS = 10_000;

/** Follows an engine's ticks. */
export class Market {
  readonly bars = new LiveBars();
  readonly #now: () => number;
  readonly #arrivals = new Map<string, number>();
  readonly #subscribed = new Set<string>();
  readonly #asked = new WeakMap<TradingEngine, Map<string, Promise<void>>>();
  readonly #stop: () => void;
  #last: number | undefined;

  /** @param now - ms, of a clock that is never set. */
  constructor(engine: TradingEngine, now: () => number) {
    this.#now = now;
    this.#stop = engine.on('event', ({ data }: Event) => {
      if (data instanceof TickData) this.#tick(data);
    });
  }

  /** The symbols whose ticks somebody asked for here. */
  get subscribed(): ReadonlySet<string> {
    return this.#subscribed;
  }

  /** Age of the last tick of a symbol, or of any, in ms; undefined before the first. */
  age(vtSymbol?: string): number | undefined {
    const at = vtSymbol === undefined ? this.#last : this.#arrivals.get(vtSymbol);
    return at === undefined ? undefined : this.#now() - at;
  }

  /** Subscribed symbols of which nothing came for so long, in ms. */
  stale(after: number): string[] {
    return [...this.#subscribed].filter((vtSymbol) => {
      const age = this.age(vtSymbol);
      return age !== undefined && age > after;
    });
  }

  /**
   * Asks for the ticks of a contract, once for each engine: vnpy knows no unsubscribe.
   *
   * @throws whatever the engine throws. ProblemError `rate-limited` when there are too many.
   */
  async subscribe(engine: TradingEngine, contract: ContractData): Promise<void> {
    const { vt_symbol: vtSymbol, symbol, exchange, gateway_name: gatewayName } = contract;
    const asked = this.#asked.get(engine) ?? new Map<string, Promise<void>>();
    this.#asked.set(engine, asked);
    const before = asked.get(vtSymbol);
    if (before !== undefined) {
      await before;
      return;
    }
    if (this.#subscribed.size >= MAX_SUBSCRIPTIONS)
      throw new ProblemError('rate-limited', `${MAX_SUBSCRIPTIONS} symbols are subscribed: vnpy can take none back`);

    const asking = Promise.resolve(engine.subscribe(new SubscribeRequest({ symbol, exchange }), gatewayName));
    asked.set(vtSymbol, asking);
    try {
      await asking;
      this.#subscribed.add(vtSymbol);
    } catch (error) {
      asked.delete(vtSymbol);
      throw error;
    }
  }

  /** Follows no more. */
  close(): void {
    this.#stop();
  }

  #tick(tick: TickData): void {
    const now = this.#now();
    this.#last = now;
    this.#arrivals.set(tick.vt_symbol, now);
    this.bars.add(tick);
  }
}
