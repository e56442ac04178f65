/**
 * Made-up bars, the same for the same seed whatever part of them is asked for.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';
import type { TzInfo } from '../../pickle/index.js';
import { BarData } from '../data/index.js';
import type { ContractData, HistoryRequest } from '../data/index.js';
import { Interval } from '../enums/index.js';
import { Decimal } from '../decimal.js';
import type { Calendar } from './calendar.js';
import { Random, hash } from './random.js';
import { priceOf, unitValue, volumeOf } from './units.js';

const MINUTE = 60_000;

const LENGTHS: ReadonlyMap<Interval | null, number> = new Map<Interval | null, number>([
  [null, MINUTE],
  [Interval.MINUTE, MINUTE],
  [Interval.HOUR, 60 * MINUTE],
  [Interval.DAILY, 24 * 60 * MINUTE],
  [Interval.WEEKLY, 7 * 24 * 60 * MINUTE],
]);

/** Bars that one answer may have. */
const MAX_BARS = 100_000;

/** Of the contract and the seed: what makes one market unlike another. */
const marketName = (contract: ContractData, seed: number): string => `${contract.vt_symbol} ${seed}`;

/**
 * A price in ticks at a moment: a few waves around a price in ticks. It is continuous, so that a bar opens where the one before
 * closed.
 */
export function wavesAround(centre: number, contract: ContractData, seed: number): (time: number) => number {
  const phase = (hash(marketName(contract, seed)) / 2 ** 32) * 2 * Math.PI;
  return (time) => {
    const minutes = time / MINUTE;
    const waves =
      0.02 * Math.sin(minutes / 2000 + phase) +
      0.005 * Math.sin(minutes / 97 + phase * 2) +
      0.001 * Math.sin(minutes / 7);
    return Math.round(centre * (1 + waves));
  };
}

/** What bars are made of. */
export interface BarsOptions {
  readonly seed: number;
  /** The price in ticks at a moment. */
  readonly at: (time: number) => number;
  readonly now: number;
  readonly zone: TzInfo;
  /** When contracts trade; undefined: always. */
  readonly calendar: Calendar | undefined;
}

/**
 * Bars of a price and noise, of the hours in which the market is open.
 *
 * @returns The bars, or why there are none.
 */
export function makeBars(request: HistoryRequest, contract: ContractData, options: BarsOptions): BarData[] | string {
  const length = LENGTHS.get(request.interval);
  if (length === undefined) return `no bars of interval ${request.interval?.name ?? 'none'}`;
  const milliseconds = (datetime: PyDateTime): number => Number(datetime.instant(options.zone) / 1000n);
  const begin = options.calendar?.beginOf(contract, length) ?? 0;
  const first = Math.ceil((milliseconds(request.start) - begin) / length);
  const end = request.end === null ? options.now : Math.min(milliseconds(request.end), options.now);
  const count = Math.floor((end - begin) / length) - first + 1;
  if (count > MAX_BARS) return `${count} bars asked for, at most ${MAX_BARS} are given at once`;

  const name = marketName(contract, options.seed);
  const { at } = options;
  const unit = unitValue(contract);
  // Nothing costs less than nothing: an option that is far out of the money is near to it.
  const lowest = contract.option_strike === null ? -Infinity : 1;
  const bars: BarData[] = [];
  for (let index = first; index < first + count; index++) {
    const time = begin + index * length;
    if (options.calendar?.tradesWithin(contract, time, time + length) === false) continue;
    const noise = new Random(`${name} ${index} ${length}`);
    const [open, close] = [at(time), at(time + length)];
    const lots = noise.integer(10, 5000);
    bars.push(
      new BarData({
        gateway_name: contract.gateway_name,
        symbol: contract.symbol,
        exchange: contract.exchange,
        datetime: PyDateTime.fromDate(new Date(time), options.zone),
        interval: request.interval ?? Interval.MINUTE,
        volume: volumeOf(contract, lots),
        turnover: Decimal.of(close).times(Decimal.of(lots)).times(unit).toNumber(),
        open_interest: volumeOf(contract, 100_000),
        open_price: priceOf(contract, open),
        high_price: priceOf(contract, Math.max(open, close) + noise.integer(0, 5)),
        low_price: priceOf(contract, Math.max(lowest, Math.min(open, close) - noise.integer(0, 5))),
        close_price: priceOf(contract, close),
      }),
    );
  }
  return bars;
}
