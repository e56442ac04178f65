/**
 * What a field of a declared type holds, whatever Python had there. Python's programs put a Decimal where a float is declared,
 * and a Timestamp of pandas where a datetime is.
 *
 * @module
 */
import { PyDecimal, PyFraction } from './exact-numbers.js';
import { NDArray, NumpyScalar } from './numpy.js';
import { NumpyDType } from './numpy-dtype.js';
import { PyDate } from './py-date.js';
import { PyDateTime } from './py-datetime.js';
import { PyFloat } from './py-float.js';
import { PyGlobal } from './py-global.js';
import { PyObject } from './py-object.js';
import { plainZone } from './time-zones.js';
import type { TzInfo } from './time-zones.js';

/** The declared types that are kept. */
export type FieldType = 'float' | 'int' | 'datetime';

/** Nanoseconds of numpy's units of time, by their names. Months and years have no length. */
const UNITS: Readonly<Record<string, bigint>> = {
  W: 604_800_000_000_000n,
  D: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  ns: 1n,
};

/** Nanoseconds of a unit of time of numpy's; undefined for months, years and what is none. */
export function nanosOfUnit(unit: string): bigint | undefined {
  return Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
}

/** The same by pandas's numbers for them (`NPY_DATETIMEUNIT` of numpy's ndarraytypes.h). */
const PANDAS_UNITS: Readonly<Record<number, bigint>> = { 7: 1_000_000_000n, 8: 1_000_000n, 9: 1000n, 10: 1n };

/** numpy's and pandas's "not a time". */
const NAT = -(2n ** 63n);

/** Whether a field of a type may hold a value as it is. */
export function fits(type: FieldType, nullable: boolean, value: unknown): boolean {
  if (type !== 'datetime') return typeof value === 'number' || (value === null && nullable);
  return value === null || (value instanceof PyDateTime && !(value.tzinfo instanceof PyObject));
}

/** A value as a field of a type holds it; undefined when it is none of that type. */
export function converted(type: FieldType, value: unknown): unknown {
  return type === 'datetime' ? datetimeOf(value) : numberOf(value);
}

/** The number that a value is in Python, as a JavaScript number; undefined when it is none. */
export function numberOf(value: unknown): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
    case 'boolean':
      return Number(value);
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value instanceof PyDecimal || value instanceof PyFraction) return value.toNumber();
  if (value instanceof PyFloat) return value.value;
  if (value instanceof NumpyScalar) return isNumeric(value.dtype) ? numberOf(value.value) : undefined;
  // An array of no dimension is a number to Python's arithmetic.
  if (value instanceof NDArray && value.shape.length === 0 && isNumeric(value.dtype)) return numberOf(value.data[0]);
  return undefined;
}

function isNumeric(dtype: string): boolean {
  return 'iufb'.includes(new NumpyDType(dtype).kind);
}

/** The datetime that a value is; null for "not a time"; undefined when it is none. */
function datetimeOf(value: unknown): PyDateTime | null | undefined {
  try {
    if (value instanceof PyDateTime) return inPlainZone(value);
    if (value instanceof PyDate) return new PyDateTime(value.year, value.month, value.day);
    if (value instanceof NumpyScalar) return ofNumpy(value);
    if (value instanceof PyObject) return ofPandas(value);
  } catch (error) {
    // A year that Python's datetime does not have, or a zone that is not known here.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function inPlainZone(value: PyDateTime): PyDateTime | undefined {
  const { year, month, day, hour, minute, second, microsecond, tzinfo, fold } = value;
  if (!(tzinfo instanceof PyObject)) return value;
  const zone = plainZone(tzinfo);
  return zone && new PyDateTime(year, month, day, hour, minute, second, microsecond, zone, fold);
}

function ofNumpy({ dtype, value }: NumpyScalar): PyDateTime | null | undefined {
  if (new NumpyDType(dtype).kind !== 'M' || typeof value !== 'bigint') return undefined;
  if (value === NAT) return null;
  const [, count = '', unit = ''] = /\[(\d*)([^\]]+)\]$/.exec(dtype) ?? [];
  const size = nanosOfUnit(unit);
  return size === undefined ? undefined : at(value * BigInt(count === '' ? 1 : count) * size, null);
}

/**
 * pandas's Timestamp, `_unpickle_timestamp(value, freq, tz, reso)` or, up to pandas 1.4, `Timestamp(value, freq, tz)`, and its NaT
 * (`pandas/_libs/tslibs/timestamps.pyx`, `nattype.pyx`). The value counts from 1970 in UTC, or on the wall clock.
 */
function ofPandas({ class: type, args }: PyObject): PyDateTime | null | undefined {
  if (!(type instanceof PyGlobal) || !type.module.startsWith('pandas._libs.tslibs.')) return undefined;
  if (type.qualname.endsWith('_nat_unpickle')) return null;
  if (type.qualname !== '_unpickle_timestamp' && type.qualname !== 'Timestamp') return undefined;
  const [value, , zone = null, unit = 10] = args as readonly unknown[];
  const size = typeof unit === 'number' ? PANDAS_UNITS[unit] : undefined;
  if ((typeof value !== 'bigint' && typeof value !== 'number') || size === undefined) return undefined;
  const plain = zone instanceof PyObject ? plainZone(zone) : zone;
  return plain === undefined ? undefined : at(BigInt(value) * size, plain as TzInfo | null);
}

/** The datetime so many nanoseconds after 1970-01-01: an instant, or a time of the wall clock where there is no zone. */
function at(nanoseconds: bigint, zone: TzInfo | null): PyDateTime {
  const rest = nanoseconds % 1000n;
  const microseconds = (nanoseconds - (rest < 0n ? rest + 1000n : rest)) / 1000n;
  if (zone !== null) return PyDateTime.fromEpochMicroseconds(microseconds, zone);
  const { year, month, day, hour, minute, second, microsecond } = PyDateTime.fromEpochMicroseconds(microseconds);
  return new PyDateTime(year, month, day, hour, minute, second, microsecond);
}

/** Names of the fields of an object that hold something else than what they are declared to. */
const misfits = new WeakMap<object, Set<string>>();

/** Notes that a field holds what could not be converted. */
export function noteMisfit(object: object, name: string): void {
  const names = misfits.get(object);
  if (names === undefined) misfits.set(object, new Set([name]));
  else names.add(name);
}

/** The fields of a decoded object that hold what could not be converted. @internal */
export function misfitsOf(object: object): ReadonlySet<string> | undefined {
  return misfits.get(object);
}
