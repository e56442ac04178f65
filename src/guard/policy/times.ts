/**
 * Times and days of a policy: `"18:00"`, `"mon-fri"`, and the trading days that hold where a policy names none.
 *
 * @module
 */
import { PyDateTime, PyZoneInfo } from '../../pickle/index.js';
import type { DayRule } from './policy.js';

/** Where most of vnpy's gateways trade. */
export const DEFAULT_ZONE = 'Asia/Shanghai';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6] as const;
const WORKDAYS = [1, 2, 3, 4, 5] as const;

/**
 * The trading days of exchanges that a policy does not name. The night session of Chinese futures takes orders from 20:55 on for
 * the next day; Friday's belongs to Monday.
 */
export const DEFAULT_DAYS: readonly DayRule[] = [
  {
    exchanges: ['SHFE', 'INE', 'DCE', 'CZCE', 'GFEX', 'CFFEX'],
    starts: 18 * 60,
    on: WORKDAYS,
    zone: DEFAULT_ZONE,
  },
  { exchanges: ['SSE', 'SZSE', 'BSE'], starts: 6 * 60, on: WORKDAYS, zone: DEFAULT_ZONE },
  { exchanges: ['*'], starts: 0, on: EVERY_DAY, zone: 'UTC' },
];

/** Minutes since midnight of `"18:00"`; undefined when it is no time of a day. */
export function minutesOf(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2]);
}

/** Numbers of days, Sunday is 0, of `"mon-fri"` or `"mon,wed,fri"`; undefined when these are no days. */
export function daysOf(text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return EVERY_DAY;

  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [from = -1, to = from, ...more] = part.split('-').map((day) => DAYS.findIndex((each) => each === day.trim()));
    if (from < 0 || to < 0 || more.length > 0) return undefined;

    for (let day = from; ; day = (day + 1) % DAYS.length) {
      days.add(day);
      if (day === to) break;
    }
  }
  return [...days].sort((left, right) => left - right);
}

/** The end of a sentence about a time that is none. */
export function wrongTime(text: string): string | undefined {
  return minutesOf(text) === undefined ? 'is no time of a day: one is written "18:00"' : undefined;
}

/** The end of a sentence about days that are none. */
export function wrongDays(text: string): string | undefined {
  return daysOf(text) === undefined ? `names no days: they are written "mon-fri" or "${DAYS.join(',')}"` : undefined;
}

/**
 * Ms since the epoch of `2027-01-01` (its begin), `2027-01-01T15:00`, or that with an offset behind it; undefined when it is no
 * such time.
 *
 * @param zone - of a time without an offset.
 */
export function instantOf(text: string, zone: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  if (match === null) return undefined;

  const [, date = '', time = '00:00', seconds = ':00', offset] = match;
  const asUtc = new Date(`${date}T${time}${seconds}Z`);
  // Date takes the 30th of February for the 2nd of March.
  if (Number.isNaN(asUtc.getTime()) || !asUtc.toISOString().startsWith(`${date}T${time}`)) return undefined;

  if (offset !== undefined) {
    const instant = Date.parse(`${date}T${time}${seconds}${offset}`);
    return Number.isNaN(instant) ? undefined : instant;
  }
  const local = new PyDateTime(
    asUtc.getUTCFullYear(),
    asUtc.getUTCMonth() + 1,
    asUtc.getUTCDate(),
    asUtc.getUTCHours(),
    asUtc.getUTCMinutes(),
    asUtc.getUTCSeconds(),
    0,
    new PyZoneInfo(zone),
  );
  return Number(local.epochMicroseconds / 1000n);
}
