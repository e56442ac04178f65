/**
 * An order book of a few levels, in ticks and lots.
 *
 * @module
 */
import type { ContractData, TickData } from '../data/index.js';
import { Direction } from '../enums/index.js';
import { lotsOf, ticksOf } from './units.js';

/** One price of one side. */
export interface Level {
  readonly ticks: number;
  lots: number;
}

/** What an order got at one price. */
export interface Fill {
  readonly ticks: number;
  readonly lots: number;
}

/** Levels 1 to 5 as vnpy's TickData has them. */
export const DEPTH = [1, 2, 3, 4, 5] as const;

/** Both sides of the book, the best price first. */
export class Book {
  readonly bids: Level[];
  readonly asks: Level[];

  constructor(bids: Level[], asks: Level[]) {
    this.bids = bids;
    this.asks = asks;
  }

  /** The book that a tick shows; without depth, its last price for any volume. */
  static fromTick(tick: TickData, contract: ContractData): Book {
    const side = (name: 'bid' | 'ask'): Level[] =>
      DEPTH.flatMap((level) => {
        const price = tick[`${name}_price_${level}`];
        const ticks = price > 0 ? ticksOf(contract, price) : undefined;
        const lots = lotsOf(contract, tick[`${name}_volume_${level}`]);
        return ticks === undefined || lots === undefined || lots <= 0 ? [] : [{ ticks, lots }];
      });
    const [bids, asks] = [side('bid'), side('ask')];
    if (bids.length > 0 || asks.length > 0) return new Book(bids, asks);
    const last = ticksOf(contract, tick.last_price);
    if (last === undefined) return new Book([], []);
    return new Book([{ ticks: last, lots: Infinity }], [{ ticks: last, lots: Infinity }]);
  }

  /** Lots that an order could get at once. */
  available(direction: Direction, limit: number | undefined): number {
    return this.#reachable(direction, limit).reduce((sum, level) => sum + level.lots, 0);
  }

  /** Takes up to `lots` at `limit` or better out of the book. */
  take(direction: Direction, limit: number | undefined, lots: number): Fill[] {
    const fills: Fill[] = [];
    let left = lots;
    for (let fill; (fill = this.takeBest(direction, limit, left)) !== undefined; left -= fill.lots) fills.push(fill);
    return fills;
  }

  /** Takes up to `lots` out of the best level that has some at `limit` or better. */
  takeBest(direction: Direction, limit: number | undefined, lots: number): Fill | undefined {
    const level = this.#reachable(direction, limit).find((one) => one.lots > 0);
    if (level === undefined || lots <= 0) return undefined;
    const taken = Math.min(lots, level.lots);
    level.lots -= taken;
    return { ticks: level.ticks, lots: taken };
  }

  /** The worst price that a market order may meet, for reckoning what it may cost. */
  worst(direction: Direction): number | undefined {
    return (direction === Direction.LONG ? this.asks : this.bids).at(-1)?.ticks;
  }

  #reachable(direction: Direction, limit: number | undefined): readonly Level[] {
    if (direction === Direction.LONG) return this.asks.filter(({ ticks }) => limit === undefined || ticks <= limit);
    return this.bids.filter(({ ticks }) => limit === undefined || ticks >= limit);
  }
}
