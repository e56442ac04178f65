/**
 * Datetimes that were given as a JavaScript Date: an instant without a zone, which is written in the zone of whoever serves it.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';

const ofDates = new WeakSet<PyDateTime>();

/**
 * A Date as an aware datetime in UTC, which remembers that it was one.
 *
 * @throws RangeError for an invalid Date, or one outside of the years 1 to 9999.
 */
export function datetimeOfDate(date: Date): PyDateTime {
  const datetime = PyDateTime.fromDate(date);
  ofDates.add(datetime);
  return datetime;
}

/** Whether it was given as a Date: its zone was nobody's choice. */
export function isOfDate(value: unknown): value is PyDateTime {
  return value instanceof PyDateTime && ofDates.has(value);
}
