/**
 * Values that stand in a row or a table, read one at a time: an array may have millions, of which a person sees six.
 *
 * @module
 */
import { isoOffset, nanosOfUnit, offsetOfInstant } from '../../../pickle/internal.js';
import { PyTimeDelta } from '../../../pickle/index.js';
import type { ViewTexts } from '../../lang/en/views.js';
import type { Node } from '../machine/nodes.js';

/** Nothing is there: NumPy's and pandas' own words for it. */
export interface Missing {
  readonly missing: 'NaN' | 'NaT' | '<NA>' | '--';
}

/** What is written as text and is none: a date, a span, a complex number, a record. */
export interface Written {
  readonly written: string;
  /** Of a record: its fields. */
  readonly fields?: () => readonly Cell[];
}

/** One value: a number, a truth, text of the pickle, what is written as text, nothing, or an object of its own. */
export type Cell = number | bigint | boolean | string | Written | Missing | { readonly node: Node };

/** An array of any dimensions. */
export interface Values {
  /** As NumPy and pandas call it: `float64`, `datetime64[us, Asia/Shanghai]`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /**
   * The value at a place, counted as C counts: the last index runs fastest.
   * @param short - For a person: of a long text the beginning will do.
   */
  readonly cell: (at: number, short?: boolean) => Cell;
  /** Of dates: the number that stands in memory. */
  readonly ticks?: (at: number) => bigint;
  /** Of records in a row: their fields as columns, for a person. */
  readonly records?: Table;
}

/** One column of a table. */
export interface Column {
  /** Its name: of several levels when the columns have. */
  readonly name: readonly Cell[];
  readonly dtype: string;
  readonly cell: (row: number, short?: boolean) => Cell;
  /** Its values are of a kind that is not known: what they are stands nowhere. */
  readonly isUnread?: boolean;
}

/** A DataFrame, a Series or an Index. */
export interface Table {
  readonly rows: number;
  readonly columnCount: number;
  column(index: number): Column;
  /** Levels of what names the rows. */
  readonly index: readonly Column[];
  /** The types of the columns are told although nothing names the rows. */
  readonly hasTypes?: boolean;
  /** What names the rows, in a few words: `RangeIndex(0, 7)`. */
  readonly indexText: (words: ViewTexts) => string;
}

const NO_TIME = -(2n ** 63n);
const NAT: Missing = { missing: 'NaT' };

/** Nanoseconds of a unit; undefined for months, years and units that no clock has. */
const nanosOf = (unit: string): bigint | undefined => nanosOfUnit(unit === 'μs' ? 'us' : unit);

const MAX_MS = 8_640_000_000_000_000n;

/** `2026-01-05T09:30:00`, with the digits of a second that are there; undefined out of JavaScript's range. */
function isoOf(nanos: bigint): string | undefined {
  let ms = nanos / 1_000_000n;
  let rest = nanos % 1_000_000n;
  if (rest < 0n) {
    rest += 1_000_000n;
    ms--;
  }
  if (ms > MAX_MS || ms < -MAX_MS) return undefined;
  const [date = '', time = ''] = new Date(Number(ms)).toISOString().replace('Z', '').split('T');
  const fraction = `${time.slice(9)}${String(rest).padStart(6, '0')}`;
  const digits = fraction.endsWith('000000')
    ? fraction.slice(0, 3)
    : fraction.endsWith('000')
      ? fraction.slice(0, 6)
      : fraction;
  return `${date}T${time.slice(0, 8)}${Number(fraction) === 0 ? '' : `.${digits}`}`;
}

/** Where the clock of a zone stands: its name, or an offset as `+08:00`. */
export interface Zone {
  readonly key: string | undefined;
  readonly offset: string | undefined;
}

function offsetNanos(offset: string): bigint {
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /^([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(offset) ?? [];
  const total = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds);
  return (sign === '-' ? -total : total) * 1_000_000_000n;
}

function inZone(nanos: bigint, { key, offset }: Zone): string | undefined {
  if (offset !== undefined) {
    const local = isoOf(nanos + offsetNanos(offset));
    return local === undefined ? undefined : local + offset;
  }
  try {
    const micros = offsetOfInstant(key ?? 'UTC', nanos / 1000n);
    const local = isoOf(nanos + micros * 1000n);
    return local === undefined ? undefined : local + isoOffset(PyTimeDelta.fromMicroseconds(micros));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const utc = isoOf(nanos);
    return utc === undefined ? undefined : `${utc}Z`;
  }
}

const written = (text: string): Written => ({ written: text });

/** A time: what a signed number of `step` units since 1970 stands for, in a zone when there is one. */
export function timeCell(value: bigint, unit: string, step = 1, zone?: Zone): Cell {
  if (value === NO_TIME) return NAT;
  const count = value * BigInt(step);
  const raw = `${count} ${unit}`;
  if (unit === 'Y' || unit === 'M') {
    const months = unit === 'Y' ? count * 12n : count;
    const year = 1970n + (months - (((months % 12n) + 12n) % 12n)) / 12n;
    if (year < 0n || year > 9999n) return written(raw);
    const month = Number(((months % 12n) + 12n) % 12n) + 1;
    const text = String(year).padStart(4, '0');
    return written(unit === 'Y' ? text : `${text}-${String(month).padStart(2, '0')}`);
  }
  const nanos = nanosOf(unit);
  if (nanos === undefined) return written(raw);
  if (zone !== undefined) return written(inZone(count * nanos, zone) ?? raw);
  const text = isoOf(count * nanos);
  return written((unit === 'D' || unit === 'W' ? text?.slice(0, 10) : text) ?? raw);
}

/** A span of time: `1 days 00:00:02.5`. */
export function spanCell(value: bigint, unit: string, step = 1): Cell {
  if (value === NO_TIME) return NAT;
  const count = value * BigInt(step);
  const nanos = nanosOf(unit);
  if (nanos === undefined) return unit === 'generic' ? count : written(`${count} ${unit}`);
  const total = count * nanos;
  const size = total < 0n ? -total : total;
  const two = (part: bigint): string => String(part).padStart(2, '0');
  const seconds = size / 1_000_000_000n;
  const fraction = String(size % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const clock = `${two((seconds / 3600n) % 24n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  const text = `${seconds / 86_400n} days ${clock}${fraction === '' ? '' : `.${fraction}`}`;
  return written(total < 0n ? `-(${text})` : text);
}

/** The shortest decimal that a float16 reads back as the same. */
export function shortFloat16(value: number): number {
  // Half of the distance to the next one: nothing nearer is read as another.
  const half = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 11);
  for (let digits = 1; digits < 6 && value !== 0; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) < half) return short;
  }
  return value;
}

/** The shortest decimal that a float32 reads back as the same. */
export function shortFloat32(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
