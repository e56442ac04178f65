/**
 * `datetime`, `zoneinfo` and `pytz`.
 *
 * How they travel: CPython's `Lib/_pydatetime.py` (`__reduce_ex__`, `_getstate`), `Lib/zoneinfo/_zoneinfo.py`, and pytz's
 * `__init__.py` and `tzinfo.py`.
 *
 * @module
 */
import { encodeLatin1 } from '../../wire/text.js';
import { isDate, isTime } from '../../values/calendar.js';
import { PyDate, PyTime } from '../../values/py-date.js';
import { PyDateTime } from '../../values/py-datetime.js';
import { PyGlobal } from '../../values/py-global.js';
import { PyObject } from '../../values/py-object.js';
import { PyTimeDelta } from '../../values/py-time-delta.js';
import { isTimeZone, PytzZone, PyTimeZone, PyZoneInfo } from '../../values/time-zones.js';
import type { TzInfo } from '../../values/time-zones.js';
import { Tuple } from '../../values/tuple.js';
import { unknownZoneKey } from '../../values/zone-keys.js';
import type { Reduction } from '../registry.js';
import { badValue, notPortable } from './definition.js';
import type { BuiltinDefinition, Packing } from './definition.js';

/** The packed fields: bytes, or Latin-1 text as Python 2 wrote them. */
function packed(value: unknown, length: number): Uint8Array {
  const bytes = typeof value === 'string' ? encodeLatin1(value) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) throw new RangeError(`needs ${length} bytes`);
  return bytes;
}

function zoneOf(value: unknown): TzInfo | null {
  if (value === undefined || value === null) return null;
  if (isTimeZone(value)) return value;
  throw new TypeError('has a tzinfo that is no time zone');
}

/** The zone that is to be written. CPython's datetime and time take nothing else: `bad tzinfo state arg`. */
function writtenZone(value: TzInfo | null): TzInfo | null {
  if (value === null || value instanceof PyTimeZone || isTimeZone(value)) return value;
  throw badValue('The tzinfo of a datetime or time is null or a time zone');
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function microsecondAt(bytes: Uint8Array, index: number): number {
  return (at(bytes, index) << 16) | (at(bytes, index + 1) << 8) | at(bytes, index + 2);
}

/**
 * Fold is the top bit of the first field that has room for it: the month of a datetime, the hour of a time. CPython
 * writes it from protocol 4 on; since 3.6 it reads it at every protocol, so here it is always written.
 */
function foldOf(byte: number): 0 | 1 {
  return byte > 0x7f ? 1 : 0;
}

/** The datetime whose ten packed bytes stand at an offset, undefined when its fields are out of range. */
export function datetimeAt(b: Uint8Array, start: number, zone: TzInfo | null): PyDateTime | undefined {
  const year = (at(b, start) << 8) | at(b, start + 1);
  const month = at(b, start + 2);
  const [day, hour, minute, second] = [at(b, start + 3), at(b, start + 4), at(b, start + 5), at(b, start + 6)];
  const microsecond = microsecondAt(b, start + 7);
  if (!isDate(year, month & 0x7f, day) || !isTime(hour, minute, second, microsecond)) return undefined;
  return new PyDateTime(year, month & 0x7f, day, hour, minute, second, microsecond, zone, foldOf(month));
}

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

/** Four bytes. */
function writeDate(out: Uint8Array, start: number, { year, month, day }: PyDate | PyDateTime): void {
  out[start] = year >> 8;
  out[start + 1] = year;
  out[start + 2] = month;
  out[start + 3] = day;
}

/** Six bytes. */
function writeTime(out: Uint8Array, start: number, { hour, minute, second, microsecond }: Clock): void {
  out[start] = hour;
  out[start + 1] = minute;
  out[start + 2] = second;
  out[start + 3] = microsecond >> 16;
  out[start + 4] = microsecond >> 8;
  out[start + 5] = microsecond;
}

const datetimePacking: Packing = {
  size: 10,
  write(value, out, start) {
    writeDate(out, start, value as PyDateTime);
    writeTime(out, start + 4, value as PyDateTime);
    if ((value as PyDateTime).fold === 1) out[start + 2] = at(out, start + 2) | 0x80;
  },
  zone: (value) => writtenZone((value as PyDateTime).tzinfo),
};

const datePacking: Packing = {
  size: 4,
  write(value, out, start) {
    writeDate(out, start, value as PyDate);
  },
  zone: () => null,
};

const timePacking: Packing = {
  size: 6,
  write(value, out, start) {
    writeTime(out, start, value as PyTime);
    if ((value as PyTime).fold === 1) out[start] = at(out, start) | 0x80;
  },
  zone: (value) => writtenZone((value as PyTime).tzinfo),
};

function packedBy(packing: Packing, value: object): Uint8Array {
  const bytes = new Uint8Array(packing.size);
  packing.write(value, bytes, 0);
  return bytes;
}

function reducePacked(packing: Packing): (value: object) => Reduction {
  return (value) => {
    const bytes = packedBy(packing, value);
    const zone = packing.zone(value);
    return { args: zone === null ? [bytes] : [bytes, zone] };
  };
}

/** The ten packed bytes of a datetime. */
export function packedDatetime(value: PyDateTime): Uint8Array {
  return packedBy(datetimePacking, value);
}

const datetime: BuiltinDefinition = {
  kind: 'custom',
  module: 'datetime',
  qualname: 'datetime',
  type: PyDateTime,
  construct({ args }) {
    if (args.length !== 1 && args.length !== 2) return undefined;
    const value = datetimeAt(packed(args[0], 10), 0, zoneOf(args[1]));
    if (value === undefined) throw new RangeError('has fields that are no date and time');
    return value;
  },
  reduce: reducePacked(datetimePacking),
  packing: datetimePacking,
};

const date: BuiltinDefinition = {
  kind: 'custom',
  module: 'datetime',
  qualname: 'date',
  type: PyDate,
  construct({ args }) {
    if (args.length !== 1) return undefined;
    const b = packed(args[0], 4);
    return new PyDate((at(b, 0) << 8) | at(b, 1), at(b, 2), at(b, 3));
  },
  reduce: reducePacked(datePacking),
  packing: datePacking,
};

const time: BuiltinDefinition = {
  kind: 'custom',
  module: 'datetime',
  qualname: 'time',
  type: PyTime,
  construct({ args }) {
    if (args.length !== 1 && args.length !== 2) return undefined;
    const b = packed(args[0], 6);
    const hour = at(b, 0);
    return new PyTime(hour & 0x7f, at(b, 1), at(b, 2), microsecondAt(b, 3), zoneOf(args[1]), foldOf(hour));
  },
  reduce: reducePacked(timePacking),
  packing: timePacking,
};

const timedelta: BuiltinDefinition = {
  kind: 'custom',
  module: 'datetime',
  qualname: 'timedelta',
  type: PyTimeDelta,
  construct({ args }) {
    const [days, seconds, microseconds] = args;
    if (args.length !== 3) return undefined;
    if (typeof days !== 'number' || typeof seconds !== 'number' || typeof microseconds !== 'number')
      throw new TypeError('needs three ints');

    return new PyTimeDelta(days, seconds, microseconds);
  },
  reduce(value) {
    const { days, seconds, microseconds } = value as PyTimeDelta;
    return { args: [days, seconds, microseconds] };
  },
};

const timezone: BuiltinDefinition = {
  kind: 'custom',
  module: 'datetime',
  qualname: 'timezone',
  type: PyTimeZone,
  construct({ args }) {
    const [offset, name] = args;
    if (args.length < 1 || args.length > 2) return undefined;
    if (!(offset instanceof PyTimeDelta)) throw new TypeError('needs a timedelta');
    if (name !== undefined && typeof name !== 'string') throw new TypeError('has a name that is no str');
    return new PyTimeZone(offset, name);
  },
  reduce(value) {
    const { offset, name } = value as PyTimeZone;
    return { args: name === undefined ? [offset] : [offset, name] };
  },
};

const getattr = PyGlobal.from('codec', 'builtins', 'getattr');
const zoneInfoClass = PyGlobal.from('codec', 'zoneinfo', 'ZoneInfo');
// As CPython 3.9 to 3.13 write it; every version reads it. (3.14 writes the dotted name at protocol 4 and above.)
const zoneInfoUnpickle = PyObject.mark(new PyObject(getattr, Tuple.of<unknown>(zoneInfoClass, '_unpickle')), 'codec');

const zoneInfo: BuiltinDefinition = {
  kind: 'custom',
  module: 'zoneinfo',
  qualname: 'ZoneInfo._unpickle',
  type: PyZoneInfo,
  construct({ args }, { forward }) {
    const [key, fromCache] = args;
    if (args.length !== 2 || typeof key !== 'string') return undefined;
    return PyZoneInfo.read(key, fromCache === 0 || fromCache === false ? 'no-cache' : 'cache', forward);
  },
  reduce(value, { foreign }) {
    const { key, caching } = value as PyZoneInfo;
    const unknown = foreign === 'write' || PyZoneInfo.isDecoded(value as PyZoneInfo) ? undefined : unknownZoneKey(key);
    if (unknown !== undefined) throw notPortable(unknown);
    return { callable: zoneInfoUnpickle, args: [key, caching === 'cache' ? 1 : 0] };
  },
};

const pytzUtc: BuiltinDefinition = {
  kind: 'custom',
  module: 'pytz',
  qualname: '_UTC',
  construct({ args }, { forward }) {
    return args.length === 0 ? PytzZone.markDecoded(new PytzZone('UTC', 0), forward) : undefined;
  },
};

const pytzFixed: BuiltinDefinition = {
  kind: 'custom',
  module: 'pytz',
  qualname: 'FixedOffset',
  construct({ args }, { forward }) {
    const [minutes] = args;
    if (args.length !== 1 || typeof minutes !== 'number') return undefined;
    return PytzZone.markDecoded(new PytzZone(undefined, minutes * 60), forward);
  },
};

const pytzZone: BuiltinDefinition = {
  kind: 'custom',
  module: 'pytz',
  qualname: '_p',
  type: PytzZone,
  construct({ args }, { forward }) {
    const [zone, offset, dst, abbreviation] = args;
    if (typeof zone !== 'string') return undefined;
    if (args.length === 1) return PytzZone.markDecoded(new PytzZone(zone), forward);
    if (typeof offset !== 'number' || typeof dst !== 'number' || typeof abbreviation !== 'string') return undefined;
    return args.length === 4 ? PytzZone.markDecoded(new PytzZone(zone, offset, dst, abbreviation), forward) : undefined;
  },
  reduce(value, { foreign }) {
    const { zone, utcOffset, dst, abbreviation } = value as PytzZone;
    if (foreign !== 'write' && !PytzZone.isDecoded(value as PytzZone))
      throw notPortable('A zone of pytz can be loaded only where pytz is, which vnpy 3.0 and later do not use');

    if (zone === undefined)
      return { callable: PyGlobal.from('codec', 'pytz', 'FixedOffset'), args: [(utcOffset ?? 0) / 60] };
    if (dst !== undefined) return { args: [zone, utcOffset ?? 0, dst, abbreviation ?? ''] };
    return zone === 'UTC' ? { callable: PyGlobal.from('codec', 'pytz', '_UTC') } : { args: [zone] };
  },
};

export const DATETIME_BUILTINS: readonly BuiltinDefinition[] = [
  datetime,
  date,
  time,
  timedelta,
  timezone,
  zoneInfo,
  pytzUtc,
  pytzFixed,
  pytzZone,
];
