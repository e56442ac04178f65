/**
 * Dates, times and time zones. The layout of the states is that of CPython's `Lib/_pydatetime.py`.
 *
 * @module
 */
import { PyTimeDelta } from '../../../../pickle/index.js';
import { isDate, isoDate, isoOffset, isoTime, isTime } from '../../../../pickle/internal.js';
import type { CallNode, Node } from '../../machine/nodes.js';
import { bytesOf, integerOf, isBare, ownNames } from '../known.js';
import type { Context, Invalid, Known, Recogniser } from '../known.js';

/** `2026-01-05` of four bytes; the top bit of the month may hold the fold. */
function dateText(state: Uint8Array): string | undefined {
  const [high = 0, low = 0, monthAndFold = 0, day = 0] = state;
  const year = high * 256 + low;
  const month = monthAndFold & 0x7f;
  return isDate(year, month, day) ? isoDate(year, month, day) : undefined;
}

/** `09:30:00.500000` of six bytes; the top bit of the hour of a time may hold the fold. */
function timeText(state: Uint8Array): string | undefined {
  const [hourAndFold = 0, minute = 0, second = 0, high = 0, middle = 0, low = 0] = state;
  const hour = hourAndFold & 0x7f;
  const micros = high * 65536 + middle * 256 + low;
  return isTime(hour, minute, second, micros) ? isoTime(hour, minute, second, micros) : undefined;
}

interface Zone {
  /** `+08:00`, when the zone has one offset. */
  readonly offset: string | undefined;
  readonly name: string;
  readonly names: Known['names'];
}

function zoneOf(node: Node | undefined, context: Context): Zone | undefined {
  if (node === undefined || node.kind === 'none') return { offset: '', name: '', names: [] };
  const known = context.known(node);
  if (known?.text === undefined || !ZONE_TYPES.has(known.type)) return undefined;
  const fixed = /^UTC([+-]\d\d:\d\d(?::\d\d(?:\.\d{6})?)?)?/.exec(known.text);
  return { offset: fixed === null ? undefined : (fixed[1] ?? '+00:00'), name: known.text, names: known.names };
}

const ZONE_TYPES: ReadonlySet<string> = new Set([
  'datetime.timezone',
  'zoneinfo.ZoneInfo',
  'pytz',
  'dateutil.tz.tzutc',
  'dateutil.tz.tzoffset',
  'dateutil.tz.tzlocal',
]);

function withZone(text: string, zone: Zone): string {
  if (zone.name === '') return text;
  return zone.offset === undefined ? `${text}[${zone.name}]` : text + zone.offset;
}

function stamp(type: string, length: number, textOf: (state: Uint8Array) => string | undefined): Recogniser {
  return (call, args, context): Known | Invalid | undefined => {
    if (call.how !== 'REDUCE' || !isBare(call) || args.length < 1 || args.length > 2) return undefined;
    const state = bytesOf(args[0], context);
    if (state === undefined) return undefined;
    if (state.length !== length) return { invalid: (facts) => facts.stateBytes(type, state.length, length) };
    const text = textOf(state);
    if (text === undefined) return { invalid: (facts) => facts.stateInvalid(type) };
    const zone = zoneOf(args[1], context);
    if (zone === undefined) return undefined;
    return { type, profile: 'data', text: withZone(text, zone), names: [...ownNames(call, ...args), ...zone.names] };
  };
}

function datetimeText(state: Uint8Array): string | undefined {
  const date = dateText(state.subarray(0, 4));
  const time = timeText(state.subarray(4));
  // The fold of a datetime is in the month, so the hour's top bit must be clear.
  if (date === undefined || time === undefined || ((state[4] ?? 0) & 0x80) !== 0) return undefined;
  return `${date}T${time}${((state[2] ?? 0) & 0x80) === 0 ? '' : ' (fold=1)'}`;
}

const DAY = 86_400_000_000n;

/** The microseconds of `timedelta(days, seconds, microseconds)`. */
function deltaOf(node: Node | undefined, context: Context): bigint | undefined {
  if (node?.kind !== 'call' || context.nameOf(node.callable) !== 'datetime.timedelta') return undefined;
  if (node.args.kind !== 'tuple' || !isBare(node)) return undefined;
  const [days = 0, seconds = 0, micros = 0] = node.args.items.map(integerOf);
  if (node.args.items.some((item) => integerOf(item) === undefined) || node.args.items.length > 3) return undefined;
  return (BigInt(days) * 86_400n + BigInt(seconds)) * 1_000_000n + BigInt(micros);
}

/** `+08:00`; undefined for a day or more, which is no offset of a zone. */
function offsetText(micros: bigint): string | undefined {
  return micros >= DAY || micros <= -DAY ? undefined : isoOffset(PyTimeDelta.fromMicroseconds(micros));
}

const timedelta: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE') return undefined;
  const micros = deltaOf(call, context);
  if (micros === undefined || args.length !== 3) return undefined;
  try {
    const text = PyTimeDelta.fromMicroseconds(micros).toString();
    return { type: 'datetime.timedelta', profile: 'data', text, names: ownNames(call) };
  } catch (error) {
    if (error instanceof RangeError) return { invalid: (facts) => facts.longDelta(Number(micros / DAY)) };
    throw error;
  }
};

const timezone: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE' || !isBare(call) || args.length < 1 || args.length > 2) return undefined;
  const micros = deltaOf(args[0], context);
  const [, name] = args;
  if (micros === undefined || (name !== undefined && name.kind !== 'str')) return undefined;
  const offset = offsetText(micros);
  if (offset === undefined) return { invalid: (facts) => facts.longOffset };
  const names = [...ownNames(call), ...(args[0] === undefined ? [] : (context.known(args[0])?.names ?? []))];
  const text = `UTC${micros === 0n ? '' : offset}${name === undefined ? '' : ` ${name.value}`}`;
  return { type: 'datetime.timezone', profile: 'data', text, names };
};

const ZONE_KEY = /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/;

function zoneKey(node: Node | undefined): string | undefined {
  // A key is the path of a file below the time zone database: `..` must not leave it.
  return node?.kind === 'str' && ZONE_KEY.test(node.value) ? node.value : undefined;
}

/** `ZoneInfo._unpickle(key, True)`, by its dotted name or through `getattr(ZoneInfo, '_unpickle')`. */
export function zoneInfo(call: CallNode, args: readonly Node[], names: Known['names']): Known | undefined {
  const key = zoneKey(args[0]);
  if (call.how !== 'REDUCE' || !isBare(call) || key === undefined || args.length > 2) return undefined;
  return { type: 'zoneinfo.ZoneInfo', profile: 'data', text: key, names };
}

const pytzZone: Recogniser = (call, args) => {
  const key = zoneKey(args[0]);
  if (call.how !== 'REDUCE' || !isBare(call) || key === undefined) return undefined;
  if (args.length !== 1 && args.length !== 4) return undefined;
  const seconds = args.length === 4 ? integerOf(args[1]) : undefined;
  const offset = seconds === undefined ? '' : offsetText(BigInt(seconds) * 1_000_000n);
  if (offset === undefined) return undefined;
  return { type: 'pytz', profile: 'data', text: `${key} ${offset}`.trimEnd(), names: ownNames(call) };
};

const pytzUtc: Recogniser = (call, args) =>
  call.how === 'REDUCE' && isBare(call) && args.length === 0
    ? { type: 'pytz', profile: 'data', text: 'UTC', names: ownNames(call) }
    : undefined;

const pytzFixed: Recogniser = (call, args) => {
  const minutes = integerOf(args[0]);
  if (call.how !== 'REDUCE' || !isBare(call) || minutes === undefined || args.length !== 1) return undefined;
  const offset = offsetText(BigInt(minutes) * 60_000_000n);
  return offset === undefined
    ? undefined
    : { type: 'pytz', profile: 'data', text: `UTC${offset}`, names: ownNames(call) };
};

/** `tzutc`, `tzoffset` and `tzlocal` of dateutil: objects with plain state. */
export function dateutilZone(type: string, state: ReadonlyMap<string, Node>, context: Context): string | undefined {
  if (type === 'dateutil.tz.tz.tzutc') return 'UTC';
  if (type === 'dateutil.tz.tz.tzlocal') return 'local';
  if (type !== 'dateutil.tz.tz.tzoffset') return undefined;
  const micros = deltaOf(state.get('_offset'), context);
  const offset = micros === undefined ? undefined : offsetText(micros);
  return offset === undefined ? undefined : `UTC${offset}`;
}

/** Recognisers by name. */
export const TIME: Readonly<Record<string, Recogniser>> = {
  'datetime.datetime': stamp('datetime.datetime', 10, datetimeText),
  'datetime.date': stamp('datetime.date', 4, (state) => (((state[2] ?? 0) & 0x80) === 0 ? dateText(state) : undefined)),
  'datetime.time': stamp('datetime.time', 6, timeText),
  'datetime.timedelta': timedelta,
  'datetime.timezone': timezone,
  'zoneinfo.ZoneInfo._unpickle': (call, args) => zoneInfo(call, args, ownNames(call)),
  'pytz._p': pytzZone,
  'pytz._UTC': pytzUtc,
  'pytz.FixedOffset': pytzFixed,
};
