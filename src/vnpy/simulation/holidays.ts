/**
 * Days on which the exchanges are closed beside the weekends, as a user lists them.
 *
 * @module
 */
import { RpcUsageError } from '../../rpc/index.js';
import { describe } from '../data/describe.js';

const DAY = 86_400_000;

/** The longest range of days: a year that was mistyped makes a longer one. */
const LONGEST = 60;

/** `2027-02-05` or `20270205`, or two of them with `/` between, as ISO 8601 writes a range. */
const FORM = /^(\d{4})(-?)(\d\d)\2(\d\d)(?:\/(\d{4})\2(\d\d)\2(\d\d))?$/;

/** @throws RpcUsageError `BAD_OPTION` that names the entry. */
export function checkHolidays(name: string, holidays: readonly string[]): readonly string[] {
  const fault = (what: string): RpcUsageError => new RpcUsageError('BAD_OPTION', `${name} ${what}`);
  const given: unknown = holidays;
  if (!Array.isArray(given))
    throw fault('must be an array of days, ["2027-01-01", "2027-02-05/2027-02-11"] for instance');

  for (const [index, entry] of holidays.entries()) {
    const range = rangeOf(entry);
    const where = `has ${describe(entry)} as entry ${index + 1}, which`;
    if (range === undefined) throw fault(`${where} is no day: write 2027-01-01, or 2027-02-05/2027-02-11`);
    if (range.to < range.from) throw fault(`${where} ends before it begins`);
    if (range.to - range.from >= LONGEST) throw fault(`${where} is longer than ${LONGEST} days`);
  }
  return holidays;
}

/** The days of a list that {@link checkHolidays} has passed, counted from 1970. */
export function daysOf(holidays: readonly string[]): ReadonlySet<number> {
  const days = new Set<number>();
  for (const entry of holidays) {
    const range = rangeOf(entry);
    if (range !== undefined) for (let day = range.from; day <= range.to; day++) days.add(day);
  }
  return days;
}

function rangeOf(entry: unknown): { readonly from: number; readonly to: number } | undefined {
  const match = typeof entry === 'string' ? FORM.exec(entry) : null;
  if (match === null) return undefined;
  const [, year = '', , month = '', date = '', toYear = year, toMonth = month, toDate = date] = match;
  const from = dayOf(year, month, date);
  const to = dayOf(toYear, toMonth, toDate);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** @returns undefined for a day that no month has, such as 31 February. */
function dayOf(year: string, month: string, date: string): number | undefined {
  const text = `${year}-${month}-${date}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? time / DAY : undefined;
}
