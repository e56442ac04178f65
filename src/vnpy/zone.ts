/**
 * The zone in which a server writes what its program gave as a JavaScript Date.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { option } from '../option-table.js';
import { PyDateTime, PyZoneInfo } from '../pickle/index.js';
import type { TzInfo } from '../pickle/index.js';
import { RpcUsageError } from '../rpc/index.js';
import { datetimeFieldsOf } from './data/classes.js';
import { isOfDate } from './data/dates.js';
import type { Clock } from './data/schema.js';
import { Event } from './event.js';

/** The option `zone`. Default: the zone of the exchanges that most of vnpy's gateways connect to. */
export const ZONE_ROW = option.other<TzInfo | string, string>('a time zone', undefined, 'Asia/Shanghai');

/** @throws RpcUsageError `BAD_OPTION` unless it is a time zone whose offsets are known here. */
export function zoneOption(value: TzInfo | string): TzInfo {
  try {
    const zone = typeof value === 'string' ? new PyZoneInfo(value) : value;
    PyDateTime.fromDate(new Date(0), zone);
    return zone;
  } catch (error) {
    throw new RpcUsageError(
      'BAD_OPTION',
      `zone must be a time zone, 'Asia/Shanghai' or a PyZoneInfo for instance: ${messageOf(error)}`,
    );
  }
}

/**
 * A piece of vnpy's data, a list of them, or an event with one, as it is to be written. What was given as a Date is in the zone.
 * Where vnpy's field has no zone, it is the wall clock of that zone alone. Everything else keeps the zone that it has. What
 * needs no change is given back.
 */
export function inZone<T>(value: T, zone: TzInfo): T {
  if (Array.isArray(value)) return value.map((item: unknown) => inZone(item, zone)) as T;
  if (value instanceof Event) {
    const data: unknown = inZone(value.data as unknown, zone);
    return data === value.data ? value : (new Event(value.type, data) as typeof value);
  }
  const fields = datetimeFieldsOf(value);
  if (fields === undefined) return value;
  let changed: object | undefined;
  for (const [name, clock] of fields) {
    const given: unknown = Reflect.get(value as object, name);
    if (!isOfDate(given)) continue;
    // A copy: whoever made the data goes on with his own.
    changed ??= Object.assign(Object.create(Object.getPrototypeOf(value) as object) as object, value);
    Reflect.set(changed, name, written(given, clock, zone));
  }
  return (changed as T | undefined) ?? value;
}

function written(given: PyDateTime, clock: Clock, zone: TzInfo): PyDateTime {
  const there = PyDateTime.fromEpochMicroseconds(given.epochMicroseconds, zone);
  if (clock === 'aware') return there;
  const { year, month, day, hour, minute, second, microsecond } = there;
  return new PyDateTime(year, month, day, hour, minute, second, microsecond);
}
