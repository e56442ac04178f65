/**
 * The fast path for the attributes of an instance of a known class.
 *
 * A tick has forty, and more than half of all the work of decoding one is in them. So a loop of its own recognises their names
 * as the ones that are expected next, and takes their values. It leaves stack, memo and counters as the opcodes one by one
 * would, and ends before the first that it does not know.
 *
 * @module
 */
import { byteAt, uint4At } from '../../wire/bytes.js';
import type { PendingState } from '../deferred.js';
import type { Machine } from '../machine.js';

/** The most opcodes that one attribute takes. */
const OPCODES = 4;

/** Beyond this an engine's small ints end. */
const SMALL = 2 ** 30;

/**
 * Takes attributes from `from` on, the stack standing at the name of one. Text, opcodes and stack are counted in the machine.
 *
 * @param pauseAt - how many opcodes may be executed.
 * @returns the offset after what was taken.
 */
export function readAttributes(
  m: Machine,
  pending: PendingState,
  view: DataView,
  from: number,
  limit: number,
  pauseAt: number,
): number {
  if (limit > SMALL) return from;
  const { data, stack, memo, strings, budget } = m;
  const { memoEnd } = m;
  const { lossless } = m.options;
  const { keys } = pending.entry.shape;
  // Small ints all of them, which is what an engine computes with fastest.
  const end = limit | 0;
  const mostOpcodes = (Math.min(pauseAt - budget.opcodes, SMALL) - OPCODES) | 0;
  const mostText = Math.min(budget.textLeft, SMALL) | 0;
  let pos = from | 0;
  let sp = m.sp | 0;
  let memoCount = m.memoCount | 0;
  let opcodes = 0;
  let text = 0;
  for (let next = (sp - m.fence) >> 1; next < keys.length; next++) {
    const key = keys[next];
    if (key === undefined || opcodes > mostOpcodes) break;
    // The name and its MEMOIZE, or a name that the memo holds.
    let at = pos;
    const first = byteAt(data, at);
    if (first === 0x8c) {
      at += key.span;
      // The longest value of a fixed length: a float.
      if (at + 9 > end || !key.standsAt(view, pos)) break;
      if (
        memoCount >= memoEnd ||
        memoCount > memo.length ||
        memo[memoCount] !== undefined ||
        text + key.length > mostText
      )
        break;
      text += key.length;
      memo[memoCount++] = key.name;
      opcodes += 2;
    } else if (first === 0x68) {
      if (at + 11 > end || memo[byteAt(data, at + 1)] !== key.name) break;
      at += 2;
      opcodes++;
    } else if (first === 0x6a) {
      if (at + 14 > end || memo[uint4At(data, at + 1)] !== key.name) break;
      at += 5;
      opcodes++;
    } else {
      break;
    }
    stack[sp++] = key.name;
    // What follows is taken or not; the name is, whatever follows.
    pos = at;
    let value: unknown;
    switch (byteAt(data, at)) {
      case 0x47: // BINFLOAT
        if (lossless) break;
        value = view.getFloat64(at + 1);
        at += 9;
        break;
      case 0x4e: // NONE
        value = null;
        at++;
        break;
      case 0x88: // NEWTRUE
        value = true;
        at++;
        break;
      case 0x89: // NEWFALSE
        value = false;
        at++;
        break;
      case 0x4b: // BININT1
        value = data[at + 1];
        at += 2;
        break;
      case 0x4d: // BININT2
        value = byteAt(data, at + 1) | (byteAt(data, at + 2) << 8);
        at += 3;
        break;
      case 0x4a: // BININT
        value = view.getInt32(at + 1, true);
        at += 5;
        break;
      case 0x68: {
        // BINGET of a string
        const known = memo[byteAt(data, at + 1)];
        if (typeof known === 'string') value = known;
        at += 2;
        break;
      }
      case 0x6a: {
        // LONG_BINGET of a string
        const known = memo[uint4At(data, at + 1)];
        if (typeof known === 'string') value = known;
        at += 5;
        break;
      }
      case 0x8c: {
        // SHORT_BINUNICODE, MEMOIZE
        const length = byteAt(data, at + 1);
        at += 2;
        if (length >= end - at || data[at + length] !== 0x94 || text + length > mostText) break;
        if (memoCount >= memoEnd || memoCount > memo.length || memo[memoCount] !== undefined) break;
        // Damaged text is an error of this opcode, and what the memo holds must be known to clear it.
        m.start = at - 2;
        m.memoCount = memoCount;
        value = strings.utf8(data, view, at, length);
        text += length;
        at += length + 1;
        memo[memoCount++] = value;
        opcodes++;
        break;
      }
      default:
    }
    if (value === undefined) break;
    stack[sp++] = value;
    pos = at;
    opcodes++;
  }
  m.sp = sp;
  m.memoCount = memoCount;
  budget.opcodes += opcodes;
  budget.textLeft -= text;
  return pos;
}
