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
import { mondayOf } from './calendar.js';
import type { Calendar } from './calendar.js';
import { Random, hash } from './random.js';
import type { Reason } from './texts.js';
import { priceOf, unitValue, volumeOf } from './units.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The start of the bar to which a minute belongs; for a minute of a night, the day is the one after it. */
type BarStart = (time: number, day: number) => number;

/** Bars that one answer may have. */
const MAX_BARS = 100_000;

/** Minutes that one answer may be made of: eleven years in which the market never closes. */
const MAX_MINUTES = 6_000_000;

/** Of the contract and the seed: what makes one market unlike another. */
const marketName = (contract: ContractData, seed: number): string => `${contract.vt_symbol} ${seed}`;

/**
 * A price in ticks at a moment: a few waves around a price in ticks. It is continuous, so that a bar opens where the one before
 * closed.
 *
 * @param began - When the price was that one: where the market itself begins, its history leads there.
 */
export function wavesAround(
  centre: number,
  contract: ContractData,
  { seed, began }: { readonly seed: number; readonly began: number },
): (time: number) => number {
  const phase = (hash(marketName(contract, seed)) / 2 ** 32) * 2 * Math.PI;
  const wave = (time: number): number => {
    const minutes = time / MINUTE;
    return (
      0.02 * Math.sin(minutes / 2000 + phase) +
      0.005 * Math.sin(minutes / 97 + phase * 2) +
      0.001 * Math.sin(minutes / 7)
    );
  };
  const first = wave(began);
  return (time) => Math.round(centre * (1 + wave(time) - first));
}

/** What bars are made of. */
export interface BarsOptions {
  readonly seed: number;
  /** The price in ticks at a moment. */
  readonly at: (time: number) => number;
  readonly now: number;
  readonly zone: TzInfo;
  readonly calendar: Calendar;
}

/** A bar that grows minute by minute, in ticks and lots. */
interface Growing {
  readonly time: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  /** Sum of ticks × lots. */
  turnover: number;
}

/**
 * Bars of a price and noise, of the minutes in which the market is open. Those of hours, days and weeks are made of the same
 * minutes. A night belongs to the trading day after it, but its minutes have the date of the calendar, as CTP has it.
 *
 * @returns The bars, or why there are none.
 */
export function makeBars(request: HistoryRequest, contract: ContractData, options: BarsOptions): BarData[] | Reason {
  const { calendar, zone, now } = options;
  const interval = request.interval ?? Interval.MINUTE;
  const startOf = barStarts(contract, calendar).get(interval);
  if (startOf === undefined) return ({ noInterval }) => noInterval(interval.name);
  const milliseconds = (datetime: PyDateTime): number => Number(datetime.instant(zone) / 1000n);
  const [start, end] = [milliseconds(request.start), request.end === null ? now : milliseconds(request.end)];

  const bars: Growing[] = [];
  let count = 0;
  for (const minute of minutesOf(contract, { ...options, from: start })) {
    const time = startOf(minute.time, minute.day);
    if (minute.time > now || time > Math.min(end, now)) break;
    if (++count > MAX_MINUTES || bars.length > MAX_BARS) return ({ tooManyBars }) => tooManyBars(MAX_BARS, MAX_MINUTES);
    if (time < start) continue;
    const last = bars.at(-1);
    if (last?.time === time) grow(last, minute);
    else bars.push({ ...minute, time, turnover: minute.close * minute.lots });
  }
  return bars.map((bar) => barOf(bar, { contract, interval, zone }));
}

function barStarts(contract: ContractData, calendar: Calendar): ReadonlyMap<Interval, BarStart> {
  return new Map<Interval, BarStart>([
    [Interval.MINUTE, (time) => time],
    [Interval.HOUR, (time) => Math.floor(time / HOUR) * HOUR],
    [Interval.DAILY, (_time, day) => calendar.startOf(contract, day)],
    [Interval.WEEKLY, (_time, day) => calendar.startOf(contract, mondayOf(day))],
  ]);
}

type Minute = Omit<Growing, 'turnover'> & { readonly day: number };

/** The minutes in which a contract trades, from the day of a moment on, without end. */
function* minutesOf(
  contract: ContractData,
  { calendar, seed, at, from }: BarsOptions & { readonly from: number },
): Generator<Minute, void> {
  const market = hash(marketName(contract, seed));
  // Nothing costs less than nothing: an option that is far out of the money is near to it.
  const lowest = contract.option_strike === null ? -Infinity : 1;
  for (const { day, stretches } of calendar.daysFrom(contract, from)) {
    for (const stretch of stretches) {
      let open = at(stretch.from);
      for (let time = stretch.from; time < stretch.to; time += MINUTE) {
        const close = at(time + MINUTE);
        const noise = new Random(market ^ Math.imul(time / MINUTE, 0x9e3779b1));
        const lots = noise.integer(10, 5000);
        const high = Math.max(open, close) + noise.integer(0, 5);
        const low = Math.max(lowest, Math.min(open, close) - noise.integer(0, 5));
        yield { time, day, open, high, low, close, lots };
        open = close;
      }
    }
  }
}

function grow(bar: Growing, { high, low, close, lots }: Minute): void {
  bar.high = Math.max(bar.high, high);
  bar.low = Math.min(bar.low, low);
  bar.close = close;
  bar.lots += lots;
  bar.turnover += close * lots;
}

function barOf(
  { time, open, high, low, close, lots, turnover }: Growing,
  { contract, interval, zone }: { readonly contract: ContractData; readonly interval: Interval; readonly zone: TzInfo },
): BarData {
  return new BarData({
    gateway_name: contract.gateway_name,
    symbol: contract.symbol,
    exchange: contract.exchange,
    datetime: PyDateTime.fromDate(new Date(time), zone),
    interval,
    volume: volumeOf(contract, lots),
    turnover: Decimal.of(turnover).times(unitValue(contract)).toNumber(),
    open_interest: volumeOf(contract, 100_000),
    open_price: priceOf(contract, open),
    high_price: priceOf(contract, high),
    low_price: priceOf(contract, low),
    close_price: priceOf(contract, close),
  });
}
