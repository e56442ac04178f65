/**
 * The decoder's fast paths: sequences of opcodes that CPython always writes, taken as one.
 *
 * Each leaves stack, marks and memo as the opcodes one by one would, except that values which only the memo would hold
 * are deferred. What is not exactly the sequence goes the long way.
 *
 * @module
 */
import { datetimeAt } from './builtins/datetime.js';
import { byteAt, uint4At } from './bytes.js';
import type { ObjectEntry } from './compiled-registry.js';
import { FLAG, PendingState } from './deferred.js';
import type { Deferred } from './deferred.js';
import type { Machine } from './machine.js';
import type { PyDateTime } from './values/py-datetime.js';
import { PytzZone, PyTimeZone, PyZoneInfo } from './values/time-zones.js';

/** The state below the topmost mark, when it is one whose dict has not been made. */
export function pendingAt(stack: readonly unknown[], fence: number): PendingState | undefined {
  const below = fence === 0 ? undefined : stack[fence - 1];
  return below instanceof PendingState ? below : undefined;
}

/**
 * The fast path for an instance that NEWOBJ has just made: when the bytes that follow are those of an empty dict with a
 * mark, as in every pickle of a dataclass, a `PendingState` goes on the stack instead of a dict.
 *
 * @returns the offset after what was taken; its opcodes are counted in the machine.
 */
export function startPending(m: Machine, entry: ObjectEntry, from: number, limit: number): number {
  const { data } = m;
  // MEMOIZE or BINPUT n, EMPTY_DICT, MEMOIZE or BINPUT n, MARK: at most six bytes, all in this frame.
  if (limit - from < 6 || m.memoCount + 2 > m.options.maxMemo) return from;
  const dictAt = from + memoLength(data, from);
  if (data[dictAt] !== 0x7d) return from;
  const markAt = dictAt + 1 + memoLength(data, dictAt + 1);
  if (data[markAt] !== 0x28) return from;
  putAt(m, from, dictAt);
  const index = markAt === dictAt + 1 ? -1 : memoIndexAt(m, dictAt + 1, markAt);
  m.push(new PendingState(entry, m.stack[m.sp - 1] as object, m.sp, index));
  putAt(m, dictAt + 1, markAt);
  if (index >= 0) m.workspace.flags[index] = FLAG.deferred;
  m.pushMark(m.sp);
  m.opcodes += 2 + Number(dictAt > from) + Number(markAt > dictAt + 1);
  return markAt + 1;
}

/** Length of the opcode that stores in the memo, 0 when there is none. */
function memoLength(data: Uint8Array, at: number): number {
  if (data[at] === 0x94) return 1;
  return data[at] === 0x71 ? 2 : 0;
}

function memoIndexAt(m: Machine, at: number, end: number): number {
  return end - at === 1 ? m.memoCount : byteAt(m.data, at + 1);
}

function putAt(m: Machine, at: number, end: number): void {
  if (end > at) m.put(memoIndexAt(m, at, end));
}

/**
 * Where a call ends whose argument tuple has just been taken: `[MEMOIZE] REDUCE`.
 *
 * @returns `from` when it is not that.
 */
export function reduceEnd(data: Uint8Array, from: number, limit: number): number {
  const at = data[from] === 0x94 ? from + 1 : from;
  return at < limit && data[at] === 0x52 ? at + 1 : from;
}

/** Whether up to two values can be stored in the memo without further checks. */
export function canDefer(m: Machine): boolean {
  const { memo, memoCount: index, options } = m;
  return (
    index <= memo.length && index + 2 <= options.maxMemo && memo[index] === undefined && memo[index + 1] === undefined
  );
}

/** MEMOIZE of a value that has not been made. */
export function defer(m: Machine, value: Deferred): void {
  deferPart(m, value, FLAG.deferred);
}

/** MEMOIZE of a part of a value. */
function deferPart(m: Machine, value: object, flag: number): void {
  const index = m.memoCount++;
  m.growHints(0, index);
  m.memo[index] = value;
  m.workspace.flags[index] = flag;
}

/**
 * The whole of a datetime, whose class is on the stack: its ten bytes, MEMOIZE, then TUPLE1, or a zone from the memo and
 * TUPLE2, then MEMOIZE, REDUCE.
 *
 * @param pos the offset of the ten bytes.
 */
export function readDatetime(
  m: Machine,
  pos: number,
  limit: number,
): { value: PyDateTime; end: number; opcodes: number } | undefined {
  const { data } = m;
  // Ten bytes, at most five for the zone, four opcodes.
  if (limit - pos < 19 || data[pos + 10] !== 0x94 || !canDefer(m)) return undefined;
  let at = pos + 11;
  let zone: PyTimeZone | PyZoneInfo | PytzZone | null = null;
  if (data[at] === 0x85) {
    at += 1;
  } else {
    const short = data[at] === 0x68;
    if (!short && data[at] !== 0x6a) return undefined;
    const known = m.memo[short ? byteAt(data, at + 1) : uint4At(data, at + 1)];
    if (!(known instanceof PyTimeZone) && !(known instanceof PyZoneInfo) && !(known instanceof PytzZone))
      return undefined;
    zone = known;
    at += short ? 2 : 5;
    if (data[at++] !== 0x86) return undefined;
  }
  if (data[at] !== 0x94 || data[at + 1] !== 0x52) return undefined;
  const value = datetimeAt(data, pos, zone);
  if (value === undefined) return undefined;
  deferPart(m, value, FLAG.packed);
  deferPart(m, value, FLAG.arguments);
  return { value, end: at + 2, opcodes: zone === null ? 4 : 5 };
}
