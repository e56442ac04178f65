/**
 * The market of one contract: a price that walks, or ticks that are given.
 *
 * @module
 */
import type { TzInfo } from '../../pickle/index.js';
import { PyDateTime } from '../../pickle/index.js';
import { TickData } from '../data/index.js';
import type { ContractData, TickDataInit } from '../data/index.js';
import { Book, DEPTH } from './book.js';
import type { Level } from './book.js';
import { Decimal } from '../decimal.js';
import { Random } from './random.js';
import { priceOf, ticksOf, unitValue, volumeOf } from './units.js';

/** Daily limit around the starting price. */
const LIMIT_RATE = 0.1;

/** What a market starts from. */
export interface MarketOptions {
  readonly seed: number;
  readonly startPrice: number | undefined;
  readonly zone: TzInfo;
  /** The price follows from another market's, in place of a walk of its own. */
  readonly derived?: {
    /** The price now, in ticks. */
    readonly ticks: () => number;
    /** How far the day's upper limit is above the first price, in ticks. */
    readonly span: number;
  };
}

export class Market {
  readonly #random: Random;
  #start: number;
  #last: number;
  #high: number;
  #low: number;
  #volume = 0;
  /** Sum of ticks × lots. */
  #turnover = Decimal.ZERO;
  #lastLots = 0;
  #book: Book;
  #given: TickData | undefined;
  readonly #contract: ContractData;
  readonly #options: MarketOptions;

  constructor(contract: ContractData, options: MarketOptions) {
    this.#contract = contract;
    this.#options = options;
    this.#random = new Random(`${contract.vt_symbol} ${options.seed}`);
    const wanted = options.startPrice === undefined ? undefined : ticksOf(contract, options.startPrice);
    this.#start = options.derived?.ticks() ?? wanted ?? this.#random.integer(1000, 5000);
    this.#last = this.#start;
    this.#high = this.#start;
    this.#low = this.#start;
    this.#book = this.#quote();
  }

  /** Price of the last trade, in ticks. */
  get lastTicks(): number {
    return this.#last;
  }

  /** Price of the first trade, in ticks. */
  get startTicks(): number {
    return this.#start;
  }

  get orders(): Book {
    return this.#book;
  }

  /** Lowest and highest price of the day, in ticks; none for ticks that are given without them. */
  get limits(): { readonly low: number; readonly high: number } | undefined {
    if (this.#given === undefined) {
      const { derived } = this.#options;
      if (derived !== undefined) return { low: 1, high: this.#start + derived.span };
      const margin = Math.floor(this.#start * LIMIT_RATE);
      return { low: this.#start - margin, high: this.#start + margin };
    }
    const { limit_down, limit_up } = this.#given;
    if (limit_up <= 0) return undefined;
    return {
      low: ticksOf(this.#contract, limit_down) ?? -Infinity,
      high: ticksOf(this.#contract, limit_up) ?? Infinity,
    };
  }

  /** A trading day begins, from the last price of the one before. */
  beginDay(): void {
    this.#given = undefined;
    this.#start = this.#high = this.#low = this.#last;
    this.#volume = 0;
    this.#turnover = Decimal.ZERO;
    this.#lastLots = 0;
    this.#book = this.#quote();
  }

  /** Time passes: the price moves, and the book is a new one. */
  step(): void {
    this.#given = undefined;
    this.#last = this.#options.derived?.ticks() ?? this.#walk();
    this.#high = Math.max(this.#high, this.#last);
    this.#low = Math.min(this.#low, this.#last);
    this.#lastLots = this.#random.integer(1, 20);
    this.#volume += this.#lastLots;
    this.#turnover = this.#turnover.plus(Decimal.of(this.#last).times(Decimal.of(this.#lastLots)));
    this.#book = this.#quote();
  }

  /** The market is as a tick says. */
  follow(tick: TickData): void {
    this.#given = tick;
    this.#last = ticksOf(this.#contract, tick.last_price) ?? this.#last;
    this.#book = Book.fromTick(tick, this.#contract);
  }

  /** What the market looks like at a moment. */
  tick(now: number): TickData {
    if (this.#given !== undefined) return this.#given;
    const contract = this.#contract;
    const price = (ticks: number): number => priceOf(contract, ticks);
    const limits = this.limits;
    const init: { -readonly [K in keyof TickDataInit]: TickDataInit[K] } = {
      gateway_name: contract.gateway_name,
      symbol: contract.symbol,
      exchange: contract.exchange,
      name: contract.name,
      datetime: PyDateTime.fromDate(new Date(now), this.#options.zone),
      last_price: price(this.#last),
      last_volume: volumeOf(contract, this.#lastLots),
      volume: volumeOf(contract, this.#volume),
      turnover: unitValue(contract).times(this.#turnover).toNumber(),
      open_interest: volumeOf(contract, 100_000),
      open_price: price(this.#start),
      high_price: price(this.#high),
      low_price: price(this.#low),
      pre_close: price(this.#start),
      limit_up: limits === undefined ? 0 : price(limits.high),
      limit_down: limits === undefined ? 0 : price(limits.low),
    };
    for (const level of DEPTH) {
      const [bid, ask] = [this.#book.bids[level - 1], this.#book.asks[level - 1]];
      init[`bid_price_${level}`] = bid === undefined ? 0 : price(bid.ticks);
      init[`bid_volume_${level}`] = bid === undefined ? 0 : volumeOf(contract, bid.lots);
      init[`ask_price_${level}`] = ask === undefined ? 0 : price(ask.ticks);
      init[`ask_volume_${level}`] = ask === undefined ? 0 : volumeOf(contract, ask.lots);
    }
    return new TickData(init);
  }

  #walk(): number {
    const limits = this.limits;
    const move = this.#random.integer(-1, 1) * (this.#random.next() < 0.1 ? 3 : 1);
    // The book needs room for its levels within the day's limits.
    const room = DEPTH.length + 1;
    return Math.min(Math.max(this.#last + move, (limits?.low ?? -Infinity) + room), (limits?.high ?? Infinity) - room);
  }

  #quote(): Book {
    const level = (ticks: number): Level => ({ ticks, lots: this.#random.integer(1, 50) });
    const bids = DEPTH.map((depth) => level(this.#last - depth));
    const asks = DEPTH.map((depth) => level(this.#last + depth));
    // A cheap option has fewer bids than levels: none is at nothing.
    return new Book(this.#options.derived === undefined ? bids : bids.filter(({ ticks }) => ticks > 0), asks);
  }
}
