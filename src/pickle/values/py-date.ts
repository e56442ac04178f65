/**
 * Python's `datetime.date` and `datetime.time`.
 *
 * @module
 */
import { isDate, isTime, isoDate, isoTime } from './calendar.js';
import { inspectCustom } from './inspect.js';
import { pythonKey } from './keys.js';
import { PyTimeDelta } from './py-time-delta.js';
import { isoOffset, PyTimeZone, utcOffsetAt, zoneName } from './time-zones.js';
import type { TzInfo } from './time-zones.js';

/** A Python date: years 1 to 9999. */
export class PyDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;

  /** @throws RangeError when there is no such date. */
  constructor(year: number, month: number, day: number) {
    if (!isDate(year, month, day)) throw new RangeError(`There is no date ${year}-${month}-${day}`);
    this.year = year;
    this.month = month;
    this.day = day;
  }

  /** `2024-01-02`. */
  toISOString(): string {
    return isoDate(this.year, this.month, this.day);
  }

  /** As `toISOString()`. */
  toString(): string {
    return this.toISOString();
  }

  /** As `toISOString()`. */
  toJSON(): string {
    return this.toISOString();
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    return `PyDate ${this.toString()}`;
  }

  /** @internal */
  [pythonKey](): string {
    return `date ${this.toISOString()}`;
  }
}

/** A Python time of day. */
export class PyTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** The zone, null when there is none. */
  readonly tzinfo: TzInfo | null;
  /** 1 for the second of two equal wall-clock times. */
  readonly fold: 0 | 1;

  /** @throws RangeError when there is no such time. */
  constructor(hour = 0, minute = 0, second = 0, microsecond = 0, tzinfo: TzInfo | null = null, fold: 0 | 1 = 0) {
    if (!isTime(hour, minute, second, microsecond))
      throw new RangeError(`There is no time ${hour}:${minute}:${second}.${microsecond}`);

    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.microsecond = microsecond;
    this.tzinfo = tzinfo;
    this.fold = fold;
  }

  /** `03:04:05.000006+08:00`: the offset only for a zone with one fixed offset, as in Python. */
  toISOString(): string {
    const text = isoTime(this.hour, this.minute, this.second, this.microsecond);
    const zone = this.tzinfo;
    // A zone with rules has no offset without a date; Python leaves it out too.
    if (!(zone instanceof PyTimeZone)) return text;
    return text + isoOffset(PyTimeDelta.fromMicroseconds(utcOffsetAt(zone, 0n, 0)));
  }

  /** As `toISOString()`. */
  toString(): string {
    return this.toISOString();
  }

  /** As `toISOString()`. */
  toJSON(): string {
    return this.toISOString();
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    return `PyTime ${this.toString()}${this.tzinfo === null || this.tzinfo instanceof PyTimeZone ? '' : ` [${zoneName(this.tzinfo)}]`}`;
  }

  /** @internal */
  [pythonKey](): string {
    if (!(this.tzinfo instanceof PyTimeZone)) return `time ${this.toISOString()}`;
    const { hour, minute, second, microsecond } = this;
    const wall = new PyTimeDelta(0, hour * 3600 + minute * 60 + second, microsecond).totalMicroseconds;
    return `time utc ${wall - this.tzinfo.offset.totalMicroseconds}`;
  }
}
