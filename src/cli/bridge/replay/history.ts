/**
 * What a replay answers to `query_history`: bars of a file, and bars of the ticks that were played.
 *
 * @module
 */
import { PyDateTime, PyZoneInfo } from '../../../pickle/index.js';
import { BarGenerator, Interval, TickData } from '../../../vnpy/index.js';
import type { BarData, HistoryRequest } from '../../../vnpy/index.js';

/** Bars of ticks, in all: a year of minutes of ten contracts. The ticks of more are not counted into bars. */
const MAX_BARS = 2_000_000;

const INTERVALS = [Interval.MINUTE, Interval.HOUR, Interval.DAILY, Interval.WEEKLY] as const;

/** The zone of a time without one: that of the exchanges that most recordings are of. */
const ZONE = new PyZoneInfo('Asia/Shanghai');

/** Milliseconds since 1970; a naive time is the clock of the exchange. */
export function momentOf(datetime: PyDateTime): number {
  const { year, month, day, hour, minute, second, microsecond } = datetime;
  const aware =
    datetime.tzinfo === null ? new PyDateTime(year, month, day, hour, minute, second, microsecond, ZONE) : datetime;
  return Number(aware.epochMicroseconds / 1000n);
}

/** The history of a replay. */
export class ReplayHistory {
  readonly #ofTicks: boolean;
  readonly #position: () => number | undefined;
  readonly #bars = new Map<string, Map<number, BarData>>();
  readonly #generators = new Map<string, BarGenerator>();
  #count = 0;

  /**
   * @param files - Bars of files.
   * @param ofTicks - Whether the ticks that were played make bars of minutes, too.
   * @param position - Recorded time, ms since 1970: there is no history of what comes later.
   */
  constructor(files: readonly BarData[], ofTicks: boolean, position: () => number | undefined) {
    this.#ofTicks = ofTicks;
    this.#position = position;
    for (const bar of files) this.#add(bar);
  }

  /** Whether a client may ask for bars of this contract. */
  has(vtSymbol: string): boolean {
    return this.#ofTicks || this.intervalsOf(vtSymbol).length > 0;
  }

  /** Of which intervals there are bars of a contract. */
  intervalsOf(vtSymbol: string): readonly Interval[] {
    return INTERVALS.filter((interval) => this.#bars.has(`${vtSymbol} ${interval.name}`));
  }

  /** Whether there is any at all. */
  get isEmpty(): boolean {
    return !this.#ofTicks && this.#bars.size === 0;
  }

  /** A tick that was played, or passed by on the way to what is played. */
  take(tick: unknown): void {
    if (!this.#ofTicks || !(tick instanceof TickData) || this.#count >= MAX_BARS) return;
    let generator = this.#generators.get(tick.vt_symbol);
    if (generator === undefined) {
      generator = new BarGenerator((bar) => {
        this.#add(bar);
      });
      this.#generators.set(tick.vt_symbol, generator);
    }
    generator.updateTick(tick);
  }

  /** The recording begins anew: no bar grows from the end of it into its beginning. */
  restart(): void {
    this.#generators.clear();
  }

  /**
   * Bars from `start` to `end`. A client asks for the days before its own present, which is that of the recording here. So what
   * would end after the recorded time ends there, and begins as much earlier.
   */
  query(request: HistoryRequest): readonly BarData[] {
    const interval = request.interval ?? Interval.MINUTE;
    const bars = this.#bars.get(`${request.vt_symbol} ${interval.name}`);
    if (bars === undefined) return [];
    const position = this.#position() ?? Number.MAX_SAFE_INTEGER;
    const start = momentOf(request.start);
    const end = request.end === null ? Math.max(Date.now(), position) : momentOf(request.end);
    const shift = Math.min(0, position - end);
    return [...bars]
      .filter(([moment]) => moment >= start + shift && moment <= end + shift)
      .sort(([one], [other]) => one - other)
      .map(([, bar]) => bar);
  }

  #add(bar: BarData): void {
    const interval = bar.interval ?? Interval.MINUTE;
    const key = `${bar.vt_symbol} ${interval.name}`;
    let bars = this.#bars.get(key);
    if (bars === undefined) {
      bars = new Map();
      this.#bars.set(key, bars);
    }
    const moment = momentOf(bar.datetime);
    if (!bars.has(moment)) this.#count++;
    bars.set(moment, bar);
  }
}
