/**
 * Python's `datetime.datetime`.
 *
 * @module
 */
import { daysFromEpoch, isDate, isTime, isoDate, isoTime } from './calendar.js';
import { inspectCustom } from './inspect.js';
import { pythonKey } from './keys.js';
import { PyTimeDelta } from './py-time-delta.js';
import {
  isoOffset,
  PytzZone,
  PyTimeZone,
  PyZoneInfo,
  utcOffsetAt,
  utcOffsetAtInstant,
  zoneName,
} from './time-zones.js';
import type { TzInfo } from './time-zones.js';

/**
 * A Python datetime: microseconds, zone and fold kept, which a JavaScript Date does not have.
 *
 * One without a zone is "naive": its instant depends on where it was made. Where an instant is asked of it, the zone of
 * this process is assumed, as Python's `timestamp()` does; pass a zone where you know better.
 */
export class PyDateTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** The zone, null for a naive datetime. */
  readonly tzinfo: TzInfo | null;
  /** 1 for the second of two equal wall-clock times. */
  readonly fold: 0 | 1;

  /** @throws RangeError when there is no such date or time. */
  constructor(
    year: number,
    month: number,
    day: number,
    hour = 0,
    minute = 0,
    second = 0,
    microsecond = 0,
    tzinfo: TzInfo | null = null,
    fold: 0 | 1 = 0,
  ) {
    if (!isDate(year, month, day) || !isTime(hour, minute, second, microsecond))
      throw new RangeError(`There is no datetime ${year}-${month}-${day} ${hour}:${minute}:${second}.${microsecond}`);

    this.year = year;
    this.month = month;
    this.day = day;
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = microsecond;
    this.tzinfo = tzinfo;
    this.fold = fold;
  }

  /**
   * The wall-clock time of an instant in a zone.
   *
   * @param date - the instant, to milliseconds.
   * @param zone - default UTC.
   * @throws RangeError for an invalid Date, or one outside of the years 1 to 9999.
   */
  static fromDate(date: Date, zone: TzInfo = PyTimeZone.utc): PyDateTime {
    const ms = date.getTime();
    if (Number.isNaN(ms)) throw new RangeError('The Date is invalid');
    return PyDateTime.fromEpochMicroseconds(BigInt(ms) * 1000n, zone);
  }

  /** The wall-clock time of an instant in a zone. @throws RangeError outside of the years 1 to 9999. */
  static fromEpochMicroseconds(instant: bigint, zone: TzInfo = PyTimeZone.utc): PyDateTime {
    const offset = utcOffsetAtInstant(zone, instant);
    const wall = instant + offset;
    let micro = Number(wall % 1_000_000n);
    if (micro < 0) micro += 1_000_000;
    const at = new Date(Number((wall - BigInt(micro)) / 1000n));
    const make = (fold: 0 | 1): PyDateTime =>
      new PyDateTime(
        at.getUTCFullYear(),
        at.getUTCMonth() + 1,
        at.getUTCDate(),
        at.getUTCHours(),
        at.getUTCMinutes(),
        at.getUTCSeconds(),
        micro,
        zone,
        fold,
      );
    return utcOffsetAt(zone, wall, 0) === offset ? make(0) : make(1);
  }

  /** Microseconds since 1970-01-01T00:00Z. @throws RangeError when the zone's offset is not known here. */
  get epochMicroseconds(): bigint {
    return this.instant('local');
  }

  /**
   * The instant, in microseconds since 1970-01-01T00:00Z.
   *
   * @param naive - what a datetime without a zone is taken to be in: this process's zone, or the one given.
   * @throws RangeError when the zone's offset is not known here.
   */
  instant(naive: 'local' | TzInfo): bigint {
    const wall = this.#wall();
    const zone = this.tzinfo ?? naive;
    if (zone !== 'local') return wall - utcOffsetAt(zone, wall, this.fold);
    const local = new Date(this.year, this.month - 1, this.day, this.hour, this.minute, this.second);
    // The constructor takes years 0 to 99 for 1900 to 1999.
    local.setFullYear(this.year);
    return BigInt(local.getTime()) * 1000n + BigInt(this.microsecond);
  }

  /**
   * The instant as a JavaScript Date, cut to milliseconds.
   *
   * @param naive - what a datetime without a zone is taken to be in. Default: this process's zone.
   * @throws RangeError when the zone's offset is not known here.
   */
  toDate(naive: 'local' | TzInfo = 'local'): Date {
    const micro = this.instant(naive);
    const rest = micro % 1000n;
    return new Date(Number((micro - (rest < 0n ? rest + 1000n : rest)) / 1000n));
  }

  /**
   * As Python's `isoformat()`: `2024-01-02T03:04:05.000006+08:00`, without an offset when naive.
   *
   * @throws RangeError when the zone's offset is not known here: without it the text would be that of a naive datetime.
   */
  toISOString(): string {
    const offset = this.tzinfo === null ? '' : this.#isoOffset(this.tzinfo);
    return `${this.#wallText()}${offset}`;
  }

  /** As `toISOString()`; where the zone's offset is not known here, the zone's name in brackets. Never throws. */
  toString(): string {
    const { tzinfo } = this;
    return this.#wallText() + (tzinfo === null ? '' : (this.#knownOffset(tzinfo) ?? `[${zoneName(tzinfo)}]`));
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    const { tzinfo, fold } = this;
    const name = tzinfo instanceof PyZoneInfo || tzinfo instanceof PytzZone ? `[${zoneName(tzinfo)}]` : '';
    const text = this.toString();
    return `PyDateTime ${text}${text.endsWith(name) ? '' : ` ${name}`}${fold === 1 ? ' fold=1' : ''}`;
  }

  /** @internal */
  [pythonKey](): string {
    const { tzinfo } = this;
    if (tzinfo === null) return `datetime naive ${this.toString()}`;
    return this.#knownOffset(tzinfo) === undefined
      ? `datetime unknown ${this.toString()}`
      : `datetime ${this.epochMicroseconds}`;
  }

  #wallText(): string {
    const date = isoDate(this.year, this.month, this.day);
    return `${date}T${isoTime(this.hour, this.minute, this.second, this.microsecond)}`;
  }

  #isoOffset(zone: TzInfo): string {
    return isoOffset(PyTimeDelta.fromMicroseconds(utcOffsetAt(zone, this.#wall(), this.fold)));
  }

  #knownOffset(zone: TzInfo): string | undefined {
    try {
      return this.#isoOffset(zone);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Microseconds since 1970-01-01 00:00 on the same wall clock. */
  #wall(): bigint {
    const days = daysFromEpoch(this.year, this.month, this.day);
    const seconds = days * 86_400 + this.hour * 3600 + this.minute * 60 + this.second;
    return BigInt(seconds) * 1_000_000n + BigInt(this.microsecond);
  }
}
