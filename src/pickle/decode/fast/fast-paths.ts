/**
 * The decoder's fast paths: sequences of opcodes that CPython always writes, taken as one.
 *
 * Each leaves stack, marks and memo as the opcodes one by one would, except that values which only the memo would hold
 * are deferred. What is not exactly the sequence goes the long way.
 *
 * @module
 */
import { byteAt } from '../../wire/bytes.js';
import type { ObjectEntry } from '../../classes/compiled-registry.js';
import { FLAG, PendingState } from '../deferred.js';
import type { Machine } from '../machine.js';

/** The state below the topmost mark, when it is one whose dict has not been made. */
export function pendingAt(stack: readonly unknown[], fence: number): PendingState | undefined {
  const below = fence === 0 ? undefined : stack[fence - 1];
  return below instanceof PendingState ? below : undefined;
}

/**
 * The fast path for an instance that NEWOBJ has just made. In every pickle of a dataclass the bytes of an empty dict with a mark
 * follow. Where they do, a `PendingState` goes on the stack instead of a dict.
 *
 * @returns the offset after what was taken; its opcodes are counted in the machine.
 */
export function startPending(m: Machine, entry: ObjectEntry, from: number, limit: number): number {
  const { data } = m;
  // MEMOIZE or BINPUT n, EMPTY_DICT, MEMOIZE or BINPUT n, MARK: at most six bytes, all in this frame.
  if (limit - from < 6 || m.identity.statesMade || m.memoCount + 2 > m.options.maxMemo) return from;
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
  m.budget.opcodes += 2 + Number(dictAt > from) + Number(markAt > dictAt + 1);
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

/** Whether up to so many values can be stored in the memo without further checks. */
export function canDefer(m: Machine, count: number): boolean {
  const { memo, memoCount: index, memoEnd } = m;
  if (index > memo.length || index + count > memoEnd) return false;
  for (let at = index; at < index + count; at++) if (memo[at] !== undefined) return false;
  return true;
}

/** MEMOIZE of a value, or of a part of it that has not been made. */
export function deferPart(m: Machine, value: unknown, flag: number): void {
  const index = m.memoCount++;
  m.growHints(0, index);
  m.memo[index] = value;
  m.workspace.flags[index] = flag;
}
