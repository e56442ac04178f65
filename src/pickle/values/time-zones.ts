/**
 * Python's time zones: `datetime.timezone`, `zoneinfo.ZoneInfo`, `pytz`. (dateutil's stay inert data whose offsets are
 * understood.)
 *
 * @module
 */
import { inspectCustom } from './inspect.js';
import { PyGlobal } from './py-global.js';
import { PyObject } from './py-object.js';
import { PyTimeDelta } from './py-time-delta.js';
import { malformedZoneKey, unknownZoneKey } from './zone-keys.js';
import { offsetOfInstant, offsetOfWallTime } from './zone-rules.js';

/** A fixed offset from UTC: Python's `datetime.timezone`. */
export class PyTimeZone {
  /** UTC itself: Python's `timezone.utc`. */
  static readonly utc: PyTimeZone = new PyTimeZone(new PyTimeDelta());

  /** East of UTC is positive; less than a day. */
  readonly offset: PyTimeDelta;
  /** The name, if it was given one. */
  readonly name: string | undefined;

  /** @throws RangeError when the offset is a day or more, TypeError for a name that is no string. */
  constructor(offset: PyTimeDelta, name?: string) {
    // As `new_timezone` of CPython's Modules/_datetimemodule.c.
    if (name !== undefined && typeof name !== 'string') throw new TypeError('The name of a time zone is a string');
    // As Python: strictly between -24 h and 24 h.
    const { days, seconds, microseconds } = offset;
    if (days > 0 || days < -1 || (days === -1 && seconds === 0 && microseconds === 0))
      throw new RangeError(`The UTC offset ${offset.toString()} is not less than a day`);

    this.offset = offset;
    this.name = name;
  }

  /** A zone that is this many minutes east of UTC. */
  static ofMinutes(minutes: number, name?: string): PyTimeZone {
    return new PyTimeZone(new PyTimeDelta(0, minutes * 60), name);
  }

  /** Its name: `UTC+08:00` when it has none of its own. */
  toString(): string {
    return this.name ?? `UTC${this.offset.totalMicroseconds === 0n ? '' : isoOffset(this.offset)}`;
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    return `PyTimeZone ${this.toString()}`;
  }
}

/** How Python pickles a ZoneInfo: `from-key` for a plain one, `no-cache` for `ZoneInfo.no_cache(key)`. */
export type ZoneInfoCaching = 'cache' | 'no-cache';

/** A zone of the IANA database by its key: Python's `zoneinfo.ZoneInfo`. Rules come from `Intl`. */
export class PyZoneInfo {
  /** `Asia/Shanghai`. */
  readonly key: string;
  readonly caching: ZoneInfoCaching;

  #decoded = false;

  /**
   * @param key - exactly as the IANA database spells it: Python on Linux does not find `asia/shanghai`.
   * @throws RangeError when no Python can have a zone of that key: an empty one, an absolute path.
   */
  constructor(key: string, caching: ZoneInfoCaching = 'cache') {
    const wrong = malformedZoneKey(key);
    if (wrong !== undefined) throw new RangeError(wrong);
    this.key = key;
    this.caching = caching;
  }

  /** One that came in a pickle. @param forward - whether it may be written to others for that. @internal */
  static read(key: string, caching: ZoneInfoCaching, forward: boolean): PyZoneInfo {
    const zone = new PyZoneInfo(key, caching);
    zone.#decoded = forward;
    return zone;
  }

  /** Whether it came in a pickle that may be written to others: some Python knows it. @internal */
  static isDecoded(zone: PyZoneInfo): boolean {
    return zone.#decoded;
  }

  /** Its key: `Asia/Shanghai`. */
  toString(): string {
    return this.key;
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    return `PyZoneInfo ${this.toString()}`;
  }
}

/** A zone of the pytz package. */
export class PytzZone {
  /** `Asia/Shanghai`, `UTC`; undefined for a `pytz.FixedOffset`. */
  readonly zone: string | undefined;
  /** Seconds east of UTC that this instance was localised to; undefined when pytz gives the name alone. */
  readonly utcOffset: number | undefined;
  /** Seconds of daylight saving time in the offset. */
  readonly dst: number | undefined;
  /** `CST`. */
  readonly abbreviation: string | undefined;
  #decoded = false;

  /** @throws RangeError when a `pytz.FixedOffset` is not of whole minutes within a day: `_FixedOffset` of pytz. */
  constructor(zone: string | undefined, utcOffset?: number, dst?: number, abbreviation?: string) {
    if (zone === undefined && !isWithinDay(utcOffset ?? 0))
      throw new RangeError(`A pytz.FixedOffset has whole minutes, fewer than those of a day, not ${utcOffset ?? 0} s`);

    this.zone = zone;
    this.utcOffset = utcOffset;
    this.dst = dst;
    this.abbreviation = abbreviation;
  }

  /** Notes that it came in a pickle. @param forward - whether it may be written to others for that. @internal */
  static markDecoded(zone: PytzZone, forward: boolean): PytzZone {
    zone.#decoded = forward;
    return zone;
  }

  /** Whether it came in a pickle that may be written to others: some Python has pytz. @internal */
  static isDecoded(zone: PytzZone): boolean {
    return zone.#decoded;
  }

  /** Its zone, or its offset in minutes as pytz shows it. */
  toString(): string {
    return this.zone ?? `pytz.FixedOffset(${(this.utcOffset ?? 0) / 60})`;
  }

  /** What `console.log` shows. @internal */
  [inspectCustom](): string {
    return `PytzZone ${this.toString()}`;
  }
}

function isWithinDay(seconds: number): boolean {
  return Number.isInteger(seconds / 60) && Math.abs(seconds) < 86_400;
}

/** Whether a value is what Python takes for a tzinfo, as far as this side can tell. @internal */
export function isTimeZone(value: unknown): value is TzInfo {
  return (
    value instanceof PyTimeZone || value instanceof PyZoneInfo || value instanceof PytzZone || value instanceof PyObject
  );
}

/** Any time zone: inert data for those of packages that this one does not know. */
export type TzInfo = PyTimeZone | PyZoneInfo | PytzZone | PyObject;

/**
 * The offset of a zone from UTC, in microseconds, at a wall-clock time.
 *
 * @param wall - the wall-clock time, in microseconds since 1970-01-01 00:00 of that wall clock.
 * @param fold - 1 for the second of two equal wall-clock times (PEP 495).
 * @throws RangeError when the zone is unknown here.
 */
export function utcOffsetAt(zone: TzInfo, wall: bigint, fold: number): bigint {
  if (zone instanceof PyTimeZone) return zone.offset.totalMicroseconds;
  if (zone instanceof PyZoneInfo) return offsetOfWallTime(zone.key, wall, fold);
  if (zone instanceof PytzZone) {
    if (zone.utcOffset !== undefined) return BigInt(zone.utcOffset) * 1_000_000n;
    return zone.zone === 'UTC' ? 0n : offsetOfWallTime(zone.zone ?? 'UTC', wall, fold);
  }
  return dateutilOffset(zone, (plain) => utcOffsetAt(plain, wall, fold));
}

/** The same at an instant, in microseconds since the epoch. @throws RangeError when the zone is unknown here. */
export function utcOffsetAtInstant(zone: TzInfo, instant: bigint): bigint {
  if (zone instanceof PyZoneInfo) return offsetOfInstant(zone.key, instant);
  if (zone instanceof PytzZone && zone.utcOffset === undefined && zone.zone !== 'UTC')
    return offsetOfInstant(zone.zone ?? 'UTC', instant);

  if (zone instanceof PyObject) return dateutilOffset(zone, (plain) => utcOffsetAtInstant(plain, instant));
  return utcOffsetAt(zone, instant, 0);
}

/** The offset of a zone of dateutil. */
function dateutilOffset(zone: PyObject, offsetIn: (zone: PyTimeZone | PyZoneInfo) => bigint): bigint {
  const plain = plainZone(zone);
  if (plain !== undefined) return offsetIn(plain);
  throw new RangeError(`The UTC offset of a time zone of ${classNameOf(zone)} is not known here`);
}

function classNameOf({ class: type }: PyObject): string {
  return type instanceof PyGlobal ? type.fullName : 'an unknown class';
}

/**
 * The zone of this package that a zone of dateutil is. It reads `tzutc`, `tzoffset` by its offset, `tzfile` by the key in its
 * path, and `tzlocal` of a system without daylight saving time. Undefined for any other, and where dateutil's file is of no
 * known key.
 */
export function plainZone(zone: PyObject): PyTimeZone | PyZoneInfo | undefined {
  const { class: type, args } = zone;
  if (!(type instanceof PyGlobal) || !/^dateutil\.(?:tz|zoneinfo)(?:\.|$)/.test(type.module)) return undefined;
  switch (type.qualname) {
    case 'tzutc':
      return PyTimeZone.utc;
    case 'tzoffset':
      return fixedZone(stateOf(zone, '_offset') ?? args[1], stateOf(zone, '_name') ?? args[0]);
    case 'tzlocal':
      return stateOf(zone, '_hasdst') === false ? fixedZone(stateOf(zone, '_std_offset'), undefined) : undefined;
    // `tzfile(None, path)`; `_unpickle(tzfile, key, path, ...)`; `gettz(key)` of the files that dateutil brings itself.
    case 'tzfile':
    case '_unpickle':
    case 'gettz':
      return namedZone(args);
    default:
      return undefined;
  }
}

function stateOf({ state }: PyObject, name: string): unknown {
  return typeof state === 'object' && state !== null ? (Reflect.get(state, name) as unknown) : undefined;
}

function fixedZone(offset: unknown, name: unknown): PyTimeZone | undefined {
  const delta = typeof offset === 'number' ? new PyTimeDelta(0, Math.round(offset)) : offset;
  if (!(delta instanceof PyTimeDelta)) return undefined;
  return new PyTimeZone(delta, typeof name === 'string' ? name : undefined);
}

function namedZone(args: readonly unknown[]): PyZoneInfo | undefined {
  for (const arg of args) {
    if (typeof arg !== 'string') continue;
    const key = arg.slice(arg.lastIndexOf('zoneinfo/') < 0 ? 0 : arg.lastIndexOf('zoneinfo/') + 'zoneinfo/'.length);
    if (malformedZoneKey(key) === undefined && unknownZoneKey(key) === undefined) return new PyZoneInfo(key);
  }
  return undefined;
}

/** What a zone is called where its offset is not known. @internal */
export function zoneName(zone: TzInfo): string {
  return zone instanceof PyObject ? classNameOf(zone) : zone.toString();
}

/** `+08:00`, with seconds and microseconds only where there are any. */
export function isoOffset(offset: PyTimeDelta): string {
  const total = offset.totalMicroseconds;
  const size = total < 0n ? -total : total;
  const seconds = Number(size / 1_000_000n);
  const micro = Number(size % 1_000_000n);
  const two = (value: number): string => String(value).padStart(2, '0');
  let text = `${total < 0n ? '-' : '+'}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  if (seconds % 60 !== 0 || micro !== 0) text += `:${two(seconds % 60)}`;
  if (micro !== 0) text += `.${String(micro).padStart(6, '0')}`;
  return text;
}
