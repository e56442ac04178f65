/**
 * The fast path for a datetime: it and its zone at once.
 *
 * vnpy gives every tick, bar and order a datetime in the exchange's zone. As each message is a pickle of its own, each brings
 * the zone with it. Eight hours east of UTC are 25 opcodes, ten memo entries and four calls, a third of the time of decoding a
 * tick. CPython always writes them in the same way.
 *
 * @module
 */
import { datetimeAt } from '../../classes/builtins/datetime.js';
import { byteAt, uint4At } from '../../wire/bytes.js';
import { nameOf } from '../calls.js';
import { DeferredTuple, FLAG, PART } from '../deferred.js';
import { canDefer, deferPart } from './fast-paths.js';
import type { Machine } from '../machine.js';
import { encodeUtf8 } from '../../wire/text.js';
import type { PyDateTime } from '../../values/py-datetime.js';
import { PyTimeDelta } from '../../values/py-time-delta.js';
import { PytzZone, PyTimeZone, PyZoneInfo } from '../../values/time-zones.js';

/** A sequence of at least eight bytes, compared eight at a time, as floats. */
class Pattern {
  readonly length: number;
  readonly #words: Float64Array;
  readonly #last: number;

  constructor(...parts: readonly (string | number)[]) {
    const bytes = Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...encodeUtf8(part)])));
    const view = new DataView(bytes.buffer);
    this.length = bytes.length;
    this.#words = Float64Array.from({ length: bytes.length >> 3 }, (_, index) => view.getFloat64(8 * index, true));
    this.#last = view.getFloat64(bytes.length - 8, true);
  }

  /** Whether it stands at an offset, behind which there are as many bytes at least. */
  standsAt(view: DataView, at: number): boolean {
    const words = this.#words;
    for (let index = 0; index < words.length; index++)
      if (view.getFloat64(at + 8 * index, true) !== words[index]) return false;

    return view.getFloat64(at + this.length - 8, true) === this.#last;
  }
}

const MEMO = 0x94;
const GLOBAL = 0x93;
const BINGET = 0x68;
const text = (value: string): readonly (string | number)[] => [0x8c, value.length, value, MEMO];
const name = (value: string): readonly (string | number)[] => [...text(value), GLOBAL, MEMO];
const call = (tuple: number): readonly number[] => [tuple, MEMO, 0x52];

/**
 * `datetime(packed, timezone(timedelta(0, seconds, 0)))`, the packed fields and MEMOIZE being read. Before each of the two
 * names comes BINGET of the module's; the seconds are BININT2.
 */
const TIMEZONE = new Pattern(...name('timezone'));
const TIMEDELTA = new Pattern(...name('timedelta'), 0x4b, 0, 0x4d);
const OFFSET_END = new Pattern(0x4b, 0, ...call(0x87), MEMO, ...call(0x85), MEMO, ...call(0x86));
const TIMEZONE_AT = 2;
const TIMEDELTA_AT = TIMEZONE_AT + TIMEZONE.length + 2;
const SECONDS_AT = TIMEDELTA_AT + TIMEDELTA.length;
const OFFSET_END_AT = SECONDS_AT + 2;
const FIXED = {
  bytes: OFFSET_END_AT + OFFSET_END.length,
  opcodes: 25,
  /** With that of the packed fields, without that of the datetime. */
  memo: 10,
  text: 'timezonetimedelta'.length,
} as const;

/** `datetime(packed, getattr(ZoneInfo, '_unpickle')(key, 1))`, up to the length of the key, and from its end on. */
const ZONE_INFO = new Pattern(
  ...text('builtins'),
  ...name('getattr'),
  ...text('zoneinfo'),
  ...name('ZoneInfo'),
  ...text('_unpickle'),
  ...call(0x86),
  MEMO,
  0x8c,
);
const KEY_END = new Pattern(MEMO, 0x4b, 1, ...call(0x86), MEMO, ...call(0x86));
const NAMED = {
  bytes: ZONE_INFO.length + 1 + KEY_END.length,
  opcodes: 29,
  memo: 14,
  text: 'builtinsgetattrzoneinfoZoneInfo_unpickle'.length,
} as const;

/**
 * The whole of a datetime, whose class is on the stack: its ten bytes, MEMOIZE, then TUPLE1, or a zone and TUPLE2, then
 * MEMOIZE, REDUCE. It takes the place of its class on the stack; opcodes and text are counted in the machine.
 *
 * @param pos - the offset of the ten bytes.
 * @param pauseAt - how many opcodes may be executed.
 * @returns the offset after it, `pos` when it is not that.
 */
export function readDatetime(m: Machine, view: DataView, pos: number, limit: number, pauseAt: number): number {
  const { data } = m;
  // Ten bytes, at most five for a zone from the memo, four opcodes.
  if (limit - pos < 19 || data[pos + 10] !== MEMO || !canDefer(m, 2)) return pos;
  const at = pos + 11;
  const next = byteAt(data, at);
  if (next === 0x85) return data[at + 1] === MEMO && data[at + 2] === 0x52 ? finish(m, pos, null, at + 3, 4) : pos;
  if (next === 0x8c) return readNamed(m, view, pos, limit, pauseAt);
  if (next !== BINGET && next !== 0x6a) return pos;
  const index = next === BINGET ? byteAt(data, at + 1) : uint4At(data, at + 1);
  const known = m.memo[index];
  if (typeof known === 'string') return readFixed(m, view, pos, limit, pauseAt);
  // The entry may mean the arguments that the zone was made of.
  if (((m.workspace.flags[index] ?? 0) & PART) !== 0) return pos;
  if (!(known instanceof PyTimeZone) && !(known instanceof PyZoneInfo) && !(known instanceof PytzZone)) return pos;
  const callAt = at + (next === BINGET ? 2 : 5);
  if (data[callAt] !== 0x86 || data[callAt + 1] !== MEMO || data[callAt + 2] !== 0x52) return pos;
  return finish(m, pos, known, callAt + 3, 5);
}

/** Of a datetime whose zone is known, or is none. */
function finish(
  m: Machine,
  pos: number,
  zone: PyTimeZone | PyZoneInfo | PytzZone | null,
  end: number,
  opcodes: number,
): number {
  const value = datetimeAt(m.data, pos, zone);
  if (value === undefined) return pos;
  deferPart(m, value, FLAG.packed);
  deferPart(m, value, FLAG.arguments);
  m.stack[m.sp - 1] = value;
  const { budget, depth } = m;
  budget.opcodes += opcodes;
  // The tuple and what the call makes of it.
  depth.chain += 2;
  depth.containers += 2;
  return end;
}

/** Whether there is room for what a zone takes. */
function hasRoom(m: Machine, zone: typeof FIXED | typeof NAMED, left: number, pauseAt: number): boolean {
  return (
    left >= zone.bytes &&
    m.budget.opcodes + zone.opcodes <= pauseAt &&
    m.budget.textLeft >= zone.text &&
    canDefer(m, zone.memo)
  );
}

/** With an offset from UTC of up to 18 hours east. */
function readFixed(m: Machine, view: DataView, pos: number, limit: number, pauseAt: number): number {
  const { data, memo, registry } = m;
  const { zones } = registry;
  const at = pos + 11;
  if (zones === undefined || !hasRoom(m, FIXED, limit - at, pauseAt)) return pos;
  if (data[at + TIMEDELTA_AT - 2] !== BINGET || data[at] !== BINGET) return pos;
  if (memo[byteAt(data, at + 1)] !== 'datetime' || memo[byteAt(data, at + TIMEDELTA_AT - 1)] !== 'datetime') return pos;
  if (
    !TIMEZONE.standsAt(view, at + TIMEZONE_AT) ||
    !TIMEDELTA.standsAt(view, at + TIMEDELTA_AT) ||
    !OFFSET_END.standsAt(view, at + OFFSET_END_AT)
  )
    return pos;
  const offset = new PyTimeDelta(0, view.getUint16(at + SECONDS_AT, true), 0);
  const zone = new PyTimeZone(offset);
  const value = datetimeAt(data, pos, zone);
  if (value === undefined) return pos;
  deferPart(m, value, FLAG.packed);
  deferPart(m, 'timezone', 0);
  deferPart(m, zones.timezone, 0);
  deferPart(m, 'timedelta', 0);
  deferPart(m, zones.timedelta, 0);
  deferPart(m, offset, FLAG.arguments);
  deferPart(m, offset, 0);
  deferPart(m, zone, FLAG.arguments);
  deferPart(m, zone, 0);
  deferPart(m, value, FLAG.arguments);
  return counted(m, value, FIXED, at + FIXED.bytes, 0);
}

/** With a zone of the IANA database. */
function readNamed(m: Machine, view: DataView, pos: number, limit: number, pauseAt: number): number {
  const { data, registry } = m;
  const { zones } = registry;
  const at = pos + 11;
  const keyAt = at + ZONE_INFO.length + 1;
  if (zones === undefined || !hasRoom(m, NAMED, limit - at, pauseAt) || !ZONE_INFO.standsAt(view, at)) return pos;
  const length = byteAt(data, keyAt - 1);
  if (length === 0 || limit - at - NAMED.bytes < length || m.budget.textLeft - NAMED.text < length) return pos;
  if (!KEY_END.standsAt(view, keyAt + length)) return pos;
  // Damaged text is an error of its opcode, so the long way has to meet it.
  for (let index = keyAt; index < keyAt + length; index++) if (byteAt(data, index) > 0x7f) return pos;
  const key = m.strings.utf8(data, view, keyAt, length);
  const zone = PyZoneInfo.read(key, 'cache', m.options.forward);
  const value = datetimeAt(data, pos, zone);
  if (value === undefined) return pos;
  const type = nameOf(m, 'zoneinfo', 'ZoneInfo');
  deferPart(m, value, FLAG.packed);
  deferPart(m, 'builtins', 0);
  deferPart(m, 'getattr', 0);
  deferPart(m, zones.getattr, 0);
  deferPart(m, 'zoneinfo', 0);
  deferPart(m, 'ZoneInfo', 0);
  deferPart(m, type, 0);
  deferPart(m, '_unpickle', 0);
  deferPart(m, new DeferredTuple([type, '_unpickle']), FLAG.deferred);
  deferPart(m, zones.unpickle, 0);
  deferPart(m, key, 0);
  deferPart(m, new DeferredTuple([key, 1]), FLAG.deferred);
  deferPart(m, zone, 0);
  deferPart(m, value, FLAG.arguments);
  return counted(m, value, NAMED, at + NAMED.bytes + length, length);
}

/** Counts what a datetime with a zone of its own took. */
function counted(m: Machine, value: PyDateTime, zone: typeof FIXED | typeof NAMED, end: number, more: number): number {
  m.stack[m.sp - 1] = value;
  const { budget, depth } = m;
  budget.opcodes += zone.opcodes;
  budget.textLeft -= zone.text + more;
  // Three tuples, three calls.
  depth.chain += 6;
  depth.containers += 6;
  return end;
}
