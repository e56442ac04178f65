/**
 * Bars from ticks, and longer bars from bars of a minute: `BarGenerator` of vnpy/trader/utility.py, with its results.
 *
 * @module
 */
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { OptionChecks, shown } from '../options.js';
import { PyDateTime } from '../pickle/index.js';
import { BarData } from './data/index.js';
import type { TickData } from './data/index.js';
import { Interval } from './enums/index.js';

/** Options of a {@link BarGenerator}. */
export interface BarGeneratorOptions {
  /**
   * Length of the longer bars, in minutes or hours by `interval`. Minutes divide an hour: 2, 3, 5, 6, 10, 15, 20 or 30.
   * Default: no longer bars.
   */
  readonly window?: number | undefined;
  /** Gets the longer bars. */
  readonly onWindowBar?: ((bar: BarData) => void) | undefined;
  /** What `window` counts. Default `Interval.MINUTE`; with `Interval.DAILY` the bars are days. */
  readonly interval?: Interval | undefined;
  /** The time of the last bar of a trading day, `'14:59'` or `'14:59:00'`: needed for `Interval.DAILY`. */
  readonly dailyEnd?: string | undefined;
}

/** The options of a BarGenerator. */
export const BAR_OPTIONS = new OptionTable(
  new OptionChecks((message) => new RangeError(message)),
  'the options of BarGenerator',
  {
    window: option.count({ least: 0, most: 10_000 }),
    onWindowBar: option.callback<(bar: BarData) => void>(),
    interval: option.other('an `Interval`', checkInterval, Interval.MINUTE),
    dailyEnd: option.other('a time', (_name, value: string) => timeOf(value)),
  } satisfies RowsOf<BarGeneratorOptions>,
);

/** A bar that grows. */
type Growing = { -readonly [Field in Exclude<keyof BarData, 'extra' | 'vt_symbol'>]: BarData[Field] };

/** What a bar begins with. */
type Beginning = Pick<BarData, 'symbol' | 'exchange' | 'datetime' | 'gateway_name'> & Partial<Growing>;

/**
 * Makes bars of a minute from ticks, and bars of minutes, hours or days from those. As in vnpy, a bar ends with the first
 * tick of another minute, which is also when `onBar` gets it.
 *
 * It is for one contract. Volume and turnover of a tick are those of its day so far. A bar gets what they have grown
 * by since the tick before. The time of a bar of a minute is its beginning.
 *
 * @example
 * ```ts
 * const fiveMinutes = new BarGenerator((bar) => fiveMinutes.updateBar(bar), { window: 5, onWindowBar: (bar) => trade(bar) });
 * for await (const tick of gateway.events('tick', { queue: 'all' })) fiveMinutes.updateTick(tick);
 * ```
 */
export class BarGenerator {
  readonly #onBar: (bar: BarData) => void;
  readonly #onWindowBar: ((bar: BarData) => void) | undefined;
  readonly #window: number;
  readonly #interval: Interval;
  readonly #dailyEnd: string | undefined;
  #bar: Growing | undefined;
  #windowBar: Growing | undefined;
  #hourBar: Growing | undefined;
  #hours = 0;
  #lastTick: TickData | undefined;

  /**
   * @param onBar - gets each bar of a minute.
   * @throws RangeError for options that do not go together, or are none.
   */
  constructor(onBar: (bar: BarData) => void, options: BarGeneratorOptions = {}) {
    const { interval, window = 0, dailyEnd, onWindowBar } = BAR_OPTIONS.resolve(options);
    if (typeof onBar !== 'function') throw new RangeError(`onBar is a function, not ${shown(onBar)}`);
    if (interval === Interval.DAILY && dailyEnd === undefined)
      throw new RangeError('Bars of days need dailyEnd, the time of the last bar of a trading day');

    this.#onBar = onBar;
    this.#onWindowBar = onWindowBar;
    this.#window = window;
    if (interval === Interval.MINUTE && this.#window > 0 && 60 % this.#window !== 0)
      throw new RangeError(`A window of ${window} minutes does not divide an hour: take 2, 3, 5, 6, 10, 15, 20 or 30`);

    this.#interval = interval;
    this.#dailyEnd = dailyEnd;
  }

  /** The bar of a minute that is not complete; undefined before the first tick. */
  get bar(): BarData | undefined {
    return this.#bar === undefined ? undefined : finished(this.#bar);
  }

  /** Takes a tick. One without a last price, as before the first trade of a day, is no part of any bar. */
  updateTick(tick: TickData): void {
    const { last_price: price } = tick;
    if (price === 0) return;
    let bar = this.#bar;
    if (bar !== undefined && !isSameMinute(bar.datetime, tick.datetime)) {
      bar.datetime = startOfMinute(bar.datetime);
      this.#onBar(finished(bar));
      bar = undefined;
    }
    if (bar === undefined) {
      const { symbol, exchange, datetime, gateway_name, open_interest } = tick;
      const prices = { open_price: price, high_price: price, low_price: price, close_price: price };
      bar = growing({ symbol, exchange, interval: Interval.MINUTE, datetime, gateway_name, ...prices, open_interest });
      this.#bar = bar;
    } else {
      bar.high_price = Math.max(bar.high_price, price);
      bar.low_price = Math.min(bar.low_price, price);
      bar.close_price = price;
      bar.open_interest = tick.open_interest;
      bar.datetime = tick.datetime;
    }
    this.#addDay(bar, tick);
    this.#lastTick = tick;
  }

  /** What the day's numbers have grown by since the last tick. An extreme of the day may lie between two ticks. */
  #addDay(bar: Growing, tick: TickData): void {
    const last = this.#lastTick;
    if (last === undefined) return;
    const { high_price: high, low_price: low } = tick;
    if (high !== 0 && high > last.high_price) bar.high_price = Math.max(bar.high_price, high);
    if (low !== 0 && low < last.low_price) bar.low_price = Math.min(bar.low_price, low);
    bar.volume += Math.max(tick.volume - last.volume, 0);
    bar.turnover += Math.max(tick.turnover - last.turnover, 0);
  }

  /** Takes a bar of a minute, for the longer bars. */
  updateBar(bar: BarData): void {
    if (this.#window === 0 && this.#interval !== Interval.DAILY) return;
    if (this.#interval === Interval.MINUTE) this.#addToMinutes(bar);
    else if (this.#interval === Interval.HOUR) this.#addToHour(bar);
    else this.#addToDay(bar);
  }

  /** Ends the bar of a minute now, before the first tick of the next: at the end of a session. Undefined when there is none. */
  generate(): BarData | undefined {
    const bar = this.#bar;
    this.#bar = undefined;
    if (bar === undefined) return undefined;
    bar.datetime = startOfMinute(bar.datetime);
    const complete = finished(bar);
    this.#onBar(complete);
    return complete;
  }

  #addToMinutes(bar: BarData): void {
    this.#addToWindow(bar, startOfMinute(bar.datetime));
    if ((bar.datetime.minute + 1) % this.#window === 0) this.#endWindow();
  }

  #addToHour(bar: BarData): void {
    let hour = this.#hourBar;
    if (hour === undefined) {
      this.#hourBar = begun(bar, startOfHour(bar.datetime));
      return;
    }
    if (bar.datetime.minute === 59) {
      extend(hour, bar);
      this.#hourBar = undefined;
    } else if (bar.datetime.hour !== hour.datetime.hour) {
      this.#hourBar = begun(bar, startOfHour(bar.datetime));
    } else {
      extend(hour, bar);
      hour = undefined;
    }
    if (hour !== undefined) this.#endHour(finished(hour));
  }

  #endHour(bar: BarData): void {
    if (this.#window === 1) {
      this.#onWindowBar?.(bar);
      return;
    }
    this.#addToWindow(bar, bar.datetime);
    this.#hours++;
    if (this.#hours % this.#window !== 0) return;
    this.#hours = 0;
    this.#endWindow();
  }

  #addToDay(bar: BarData): void {
    const day = this.#addToWindow(bar, bar.datetime);
    if (isoTime(bar.datetime) !== this.#dailyEnd) return;
    day.datetime = startOfDay(bar.datetime);
    this.#endWindow();
  }

  #addToWindow(bar: BarData, datetime: PyDateTime): Growing {
    if (this.#windowBar === undefined) this.#windowBar = begun(bar, datetime);
    else extend(this.#windowBar, bar);
    return this.#windowBar;
  }

  #endWindow(): void {
    const bar = this.#windowBar;
    this.#windowBar = undefined;
    if (bar !== undefined) this.#onWindowBar?.(finished(bar));
  }
}

function growing(beginning: Beginning): Growing {
  const prices = { open_price: 0, high_price: 0, low_price: 0, close_price: 0 };
  return { interval: null, volume: 0, turnover: 0, open_interest: 0, ...prices, ...beginning };
}

/** A bar of its own: what somebody keeps does not grow. */
function finished(bar: Growing): BarData {
  return new BarData(bar);
}

/** A longer bar that begins with a bar. */
function begun(bar: BarData, datetime: PyDateTime): Growing {
  const { symbol, exchange, gateway_name, open_price, high_price, low_price } = bar;
  const longer = growing({ symbol, exchange, datetime, gateway_name, open_price, high_price, low_price });
  extend(longer, bar);
  return longer;
}

function extend(target: Growing, bar: BarData): void {
  target.high_price = Math.max(target.high_price, bar.high_price);
  target.low_price = Math.min(target.low_price, bar.low_price);
  target.close_price = bar.close_price;
  target.volume += bar.volume;
  target.turnover += bar.turnover;
  target.open_interest = bar.open_interest;
}

function isSameMinute(a: PyDateTime, b: PyDateTime): boolean {
  return a.minute === b.minute && a.hour === b.hour;
}

function startOfMinute({ year, month, day, hour, minute, tzinfo, fold }: PyDateTime): PyDateTime {
  return new PyDateTime(year, month, day, hour, minute, 0, 0, tzinfo, fold);
}

function startOfHour({ year, month, day, hour, tzinfo, fold }: PyDateTime): PyDateTime {
  return new PyDateTime(year, month, day, hour, 0, 0, 0, tzinfo, fold);
}

function startOfDay({ year, month, day, tzinfo, fold }: PyDateTime): PyDateTime {
  return new PyDateTime(year, month, day, 0, 0, 0, 0, tzinfo, fold);
}

/** A time of day as text that can be compared. */
function isoTime({ hour, minute, second, microsecond }: PyDateTime): string {
  return [hour, minute, second, microsecond].join(':');
}

function timeOf(text: string): string {
  const [, hour = '', minute = '', second = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw new RangeError(`dailyEnd is a time such as '14:59', not ${shown(text)}`);

  return [Number(hour), Number(minute), Number(second), 0].join(':');
}

/** @throws RangeError for one that no bars are made of. */
function checkInterval(_name: string, value: Interval): Interval {
  if (value === Interval.MINUTE || value === Interval.HOUR || value === Interval.DAILY) return value;

  throw new RangeError(`interval is Interval.MINUTE, HOUR or DAILY, not ${shown(value)}`);
}
