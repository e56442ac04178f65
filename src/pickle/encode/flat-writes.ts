/**
 * What is written in one stroke, without a task: the fast paths of the encoder for small things.
 *
 * Each writes what the general way writes, or nothing and says so; tests/pickle/dumps-paths.test.ts compares the two.
 * They are taken only while {@link Encoding.direct} or {@link Encoding.plain} allows.
 *
 * @module
 */
import type { Encoding } from './encoding.js';
import { CallTask, DictTask } from './tasks.js';
import { PyFloat } from '../values/py-float.js';
import { PyGlobal } from '../values/py-global.js';
import { PyTimeDelta } from '../values/py-time-delta.js';
import { PyTimeZone } from '../values/time-zones.js';
import { FLAT_UNITS } from './write-plans.js';
import type { PackedKind, PreparedMember } from './write-plans.js';

/** A call of at most so many arguments may be flat. */
const FLAT_ARGS = 3;
/** A dict of more keys is not flat. */
export const FLAT_KEYS = 64;
/** What a flat call takes at most: five names and their opcodes, each three bytes a unit. */
export const FLAT_BYTES = 2048;

/**
 * A call whose arguments are short texts, numbers, names and what is in the memo, in one stroke: Python's
 * own small classes. Without a task, and with the end of a frame looked for once, it costs half as much.
 *
 * @returns false, and nothing is written, when the call is none of that kind.
 */
export function saveFlatCall(encoder: Encoding, callable: PyGlobal, args: readonly unknown[], value: object): boolean {
  const { writer } = encoder;
  if (args.length === 0 || args.length > FLAT_ARGS || callable.key.length > FLAT_UNITS) return false;
  for (const arg of args) if (!isFlat(encoder, arg)) return false;
  if (!writer.fits(FLAT_BYTES)) return false;
  encoder.names.save(callable);
  for (const arg of args) encoder.save(arg);
  encoder.memo.set(value, writer.call(args.length));
  return true;
}

/** A member of an enum, in one stroke: two to four in every event. @returns false, and nothing is written, when it is long. */
export function saveMember(encoder: Encoding, prepared: PreparedMember, value: object): boolean {
  const { writer } = encoder;
  if (!prepared.flat || !writer.fits(FLAT_BYTES)) return false;
  writer.global(prepared.getattr);
  writer.global(prepared.class);
  writer.string(prepared.member.name);
  encoder.memo.set(value, writer.call(2));
  return true;
}

/** A call with packed bytes, and with a time zone that mostly is in the memo: a datetime, in one stroke. */
export function savePacked(encoder: Encoding, kind: PackedKind, value: object): boolean {
  const { writer } = encoder;
  const { packing, callable } = kind;
  writer.global(kind.class);
  writer.packed(packing, value);
  const zone = packing.zone(value);
  if (zone !== null) {
    const known = encoder.memo.get(zone);
    if (known !== undefined) writer.fetch(known);
    else if (!saveFixedZone(encoder, zone)) return encoder.start(new CallTask(callable, [null, zone], value, 1));
  }
  encoder.memo.set(value, writer.call(zone === null ? 1 : 2));
  return true;
}

/** The zone of a datetime when it is a mere offset, as almost all are. Every tick that comes by wire has one of its own. */
function saveFixedZone(encoder: Encoding, zone: object): boolean {
  const { writer, memo } = encoder;
  if (!encoder.plain || Object.getPrototypeOf(zone) !== PyTimeZone.prototype) return false;
  const { offset, name } = zone as PyTimeZone;
  if (name !== undefined || Object.getPrototypeOf(offset) !== PyTimeDelta.prototype) return false;
  const names = encoder.names.fixedZone();
  if (names === undefined) return false;
  writer.global(names.timezone);
  const known = memo.get(offset);
  if (known !== undefined) {
    writer.fetch(known);
  } else {
    writer.global(names.timedelta);
    writer.int(offset.days);
    writer.int(offset.seconds);
    writer.int(offset.microseconds);
    memo.set(offset, writer.call(3));
  }
  memo.set(zone, writer.call(1));
  return true;
}

function isFlat(encoder: Encoding, arg: unknown): boolean {
  switch (typeof arg) {
    case 'string':
      return arg.length <= FLAT_UNITS;
    case 'object':
      if (arg === null || encoder.memo.get(arg) !== undefined) return true;
      if (arg instanceof PyGlobal) return arg.key.length <= FLAT_UNITS;
      return Object.getPrototypeOf(arg) === Uint8Array.prototype && (arg as Uint8Array).length < 256;
    default:
      return typeof arg === 'number' || typeof arg === 'boolean';
  }
}

/**
 * Keys and values of a dict, as long as nothing needs a task: scalars and what is in the memo. From the first other
 * value on a task takes over. A list of small dicts takes a quarter less time so.
 */
export function saveFlatRecord(
  encoder: Encoding,
  container: object,
  keys: readonly string[],
  values: readonly unknown[],
): boolean {
  const { writer } = encoder;
  const count = keys.length;
  if (count > 1) writer.op(0x28); // MARK
  for (let place = 0; place < count; place++) {
    writer.boundary();
    writer.key(keys[place] ?? '', place);
    const value = values[place];
    switch (typeof value) {
      case 'object': {
        if (value === null || value instanceof PyFloat) {
          encoder.save(value);
          break;
        }
        const known = encoder.memo.get(value);
        if (known === undefined) return encoder.start(new DictTask(keys, values, 2 * place + 1, true, container));
        writer.boundary();
        writer.fetch(known);
        break;
      }
      case 'function':
      case 'symbol':
        return encoder.start(new DictTask(keys, values, 2 * place + 1, true, container));
      default:
        encoder.save(value);
    }
  }
  // SETITEM, SETITEMS
  writer.op(count === 1 ? 0x73 : 0x75);
  return true;
}
