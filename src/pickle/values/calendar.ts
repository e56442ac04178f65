/**
 * Arithmetic of the proleptic Gregorian calendar, which Python's datetime uses, and checks of its fields.
 *
 * @module
 */

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Days of a month. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Whether these are a date that Python has: years 1 to 9999. */
export function isDate(year: number, month: number, day: number): boolean {
  return (
    Number.isInteger(year) &&
    Number.isInteger(month) &&
    Number.isInteger(day) &&
    year >= 1 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || day <= daysInMonth(year, month))
  );
}

/** Whether these are a time of day that Python has. */
export function isTime(hour: number, minute: number, second: number, microsecond: number): boolean {
  return inRange(hour, 23) && inRange(minute, 59) && inRange(second, 59) && inRange(microsecond, 999_999);
}

function inRange(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

/** Days from 1970-01-01 to a date. */
export function daysFromEpoch(year: number, month: number, day: number): number {
  const y = year - 1;
  const leap = month > 2 && isLeap(year) ? 1 : 0;
  const days = y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return days + (DAYS_BEFORE_MONTH[month - 1] ?? 0) + leap + day - 719_163;
}

/** `2024-01-02`. */
export function isoDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `03:04:05`, with six more digits only when there are microseconds. */
export function isoTime(hour: number, minute: number, second: number, microsecond: number): string {
  const text = `${two(hour)}:${two(minute)}:${two(second)}`;
  return microsecond === 0 ? text : `${text}.${String(microsecond).padStart(6, '0')}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
