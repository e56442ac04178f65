/**
 * The decoder's loop: the opcodes that make up nearly all of every pickle. The others are in rare-opcodes.ts.
 *
 * Fast paths, each worth its lines by measurement:
 * - The machine with its stack and memo is used again (`MachinePool`), the heights are in local variables.
 * - Short strings come from a cache by their bytes (`StringCache`).
 * - The attributes of an instance of a registered class are read in a loop of their own (`readAttributes`). They go straight
 *   from the stack to the instance, without a dict in between (`PendingState`, `applyPending`).
 * - Long strings that follow one another are decoded many at once (`TextWindow`).
 * - A call of a tuple, and a datetime, are taken as one (`reduceItems`, `readDatetime`).
 *
 * None is taken where it would execute more opcodes than are allowed, so decoding in steps of one opcode takes none. This is how
 * tests/pickle/differential.test.ts compares them with the opcodes one by one.
 *
 * @module
 */
import { readAttributes } from './fast/read-attributes.js';
import { byteAt, uint4At } from '../wire/bytes.js';
import { applyPending, buildState, create, findGlobal, newObject, reduce, reduceItems } from './calls.js';
import { appendItems, setItems } from './containers.js';
import { DeferredTuple, FLAG, PendingState } from './deferred.js';
import { MOST_BINARY_DIGITS } from '../classes/options.js';
import { UnpicklingError } from '../errors.js';
import { canDefer, deferPart, pendingAt, reduceEnd, startPending } from './fast/fast-paths.js';
import type { Machine } from './machine.js';
import { decodeLong } from '../wire/numbers.js';
import { HIGHEST_PROTOCOL } from '../wire/opcodes.js';
import { runRareOpcode } from './rare-opcodes.js';
import { SHORT } from './fast/strings.js';
import { PyDict } from '../values/py-dict.js';
import { PyFloat } from '../values/py-float.js';
import { PyGlobal } from '../values/py-global.js';
import { Tuple, tupleFrom } from '../values/tuple.js';
import { readDatetime } from './fast/zoned-datetimes.js';

/** A tuple is immutable, so there is one empty one, as in CPython. */
const EMPTY_TUPLE: Tuple = tupleFrom([]);
Object.freeze(EMPTY_TUPLE);

/** What `run` returns when its budget is used up: the machine holds all that is needed to go on. */
export const PAUSED = Symbol('paused');

/** The most opcodes that a fast path takes at once: one that might go beyond the budget is not taken. */
const MOST_OPCODES = 5;

/**
 * Runs until STOP, or for some opcodes.
 *
 * **The register contract.** `pos`, `sp`, `limit`, `fence`, `textLeft`, `memoEnd` and `opcodes` are local variables, the
 * registers, which an engine reads and writes faster than fields. The machine's own `pos`, `sp`, `budget.textLeft`
 * and `budget.opcodes` are stale meanwhile. A callee may read only what is written to the machine just before it is called,
 * and whatever it changes is loaded just after it.
 *
 * | callee | reads of the machine | leaves in the machine | by its result |
 * | --- | --- | --- | --- |
 * | `readAttributes` | `sp`, `opcodes`, `textLeft` | `sp`, `opcodes`, `textLeft` | `pos` |
 * | `readDatetime` | `sp`, `opcodes`, `textLeft` | `opcodes`, `textLeft`; `stack[sp - 1]` is the datetime | `pos` |
 * | `startPending` | `sp`, `opcodes` | `sp`, `opcodes`, and a mark, so a `fence` | `pos` |
 * | `m.put` | `sp` | `memoEnd` | - |
 * | `m.get` | `sp` | `sp`, one higher | - |
 * | `m.popItems` | `sp` | `sp`, `fence` | the items |
 * | `m.popMark` | - | `fence` | the height at the mark |
 * | `m.pushMark` | - | `fence`: the height that it is given | - |
 * | `buildState` | `sp` | `sp`, one lower | - |
 * | `appendItems`, `setItems`, `applyPending` | - | `stack`, in the slots that they are given | - |
 * | `reduce`, `reduceItems`, `newObject`, `create`, `findGlobal`, `deferPart` | - | - | the value |
 * | `leaveFrame`, `enterFrame` | - | `limit` | - |
 * | `runRareOpcode` | `pos`, `sp`, `textLeft` | `pos`, `sp`, `textLeft`, `memoEnd`, `fence` | - |
 *
 * - `fence` is the topmost entry of `marks`: `m.fence` always has it. Where it changes, `pending` is looked up anew.
 * - `limit` stands in the machine and in the register at any time. Only the two functions of frames change it.
 * - `memoCount` and `start` have no register. `start` is written before each opcode, for messages.
 * - `m.fail`, `m.tooLong` and `m.underflow` with a height read `start` and `limit` alone, so an error needs nothing written.
 * - A pause writes all registers, and STOP those that are asked for: `pos`, `sp`, `opcodes`.
 *
 * @param most - how many opcodes may be executed.
 * @returns the value, or {@link PAUSED}.
 */
export function run(m: Machine, most: number): unknown {
  const { data, stack, memo, marks, strings, options, workspace, budget, depth, identity } = m;
  const { lossless, view: views, maxOpcodes } = options;
  const map = options.dict === 'map';
  let pos = m.pos;
  let sp = m.sp | 0;
  let limit = m.limit;
  let fence = m.fence | 0;
  let opcodes = budget.opcodes;
  const pauseAt = Math.min(maxOpcodes, opcodes + most);
  let textLeft = budget.textLeft;
  let memoEnd = m.memoEnd;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  // The state whose attributes are being read, while nothing stands between.
  let pending = pendingAt(stack, fence);

  while (true) {
    if (pending !== undefined && ((sp - fence) & 1) === 0) {
      // Between MARK and SETITEMS every second value is an attribute's name.
      m.sp = sp;
      budget.opcodes = opcodes;
      budget.textLeft = textLeft;
      pos = readAttributes(m, pending, view, pos, limit, pauseAt);
      sp = m.sp | 0;
      opcodes = budget.opcodes;
      textLeft = budget.textLeft;
    }
    m.start = pos;
    if (pos >= limit) {
      leaveFrame(m, pos);
      limit = m.limit;
    }
    if (++opcodes > pauseAt) {
      if (opcodes > maxOpcodes) throw m.fail('LIMIT_OPCODES', `is one more than the limit of ${maxOpcodes} opcodes`);
      m.pos = pos;
      m.sp = sp;
      m.limit = limit;
      budget.textLeft = textLeft;
      budget.opcodes = opcodes - 1;
      return PAUSED;
    }
    const code = byteAt(data, pos++);
    switch (code) {
      case 0x8c: {
        // SHORT_BINUNICODE
        if (pos >= limit) throw m.tooLong(pos, 1);
        let length = byteAt(data, pos);
        pos++;
        if (length > limit - pos) throw m.tooLong(pos, length);
        textLeft -= length;
        if (textLeft < 0) throw tooMuchText(m);
        const text =
          (length > SHORT && opcodes < pauseAt ? m.window.read(data, view, pos, length, limit) : undefined) ??
          strings.utf8(data, view, pos, length);
        pos += length;
        stack[sp++] = text;
        // Nearly every string is stored in the memo at once, which needs no hints: a string is never replaced.
        length = m.memoCount;
        if (
          pos < limit &&
          data[pos] === 0x94 &&
          opcodes < pauseAt &&
          length <= memo.length &&
          length < memoEnd &&
          memo[length] === undefined
        ) {
          memo[length] = text;
          m.memoCount = length + 1;
          pos++;
          opcodes++;
        }
        break;
      }
      case 0x58: {
        // BINUNICODE
        if (limit - pos < 4) throw m.tooLong(pos, 4);
        const length = uint4At(data, pos);
        pos += 4;
        if (length > limit - pos) throw m.tooLong(pos, length);
        textLeft -= length;
        if (textLeft < 0) throw tooMuchText(m);
        stack[sp++] = strings.utf8(data, view, pos, length);
        pos += length;
        break;
      }
      case 0x94: {
        // MEMOIZE
        const index = m.memoCount;
        const slot = sp - 1;
        if (slot < fence) throw m.underflow(1, sp);
        if (index >= workspace.flags.length || slot >= workspace.slotMemo.length) m.growHints(slot, index);
        const value = stack[slot];
        if (
          index > memo.length ||
          index >= memoEnd ||
          memo[index] !== undefined ||
          (typeof value === 'object' && value !== null && memo[workspace.slotMemo[slot] ?? 0] === value)
        ) {
          m.sp = sp;
          m.put(index);
          memoEnd = m.memoEnd;
          break;
        }
        memo[index] = value;
        workspace.slotMemo[slot] = index;
        m.memoCount = index + 1;
        break;
      }
      case 0x68: // BINGET
      case 0x6a: {
        // LONG_BINGET
        const size = code === 0x68 ? 1 : 4;
        if (size > limit - pos) throw m.tooLong(pos, size);
        // An index is a small int nearly always, which is what an engine looks up fastest.
        let index = size === 1 ? byteAt(data, pos) : view.getInt32(pos, true);
        if (index < 0) index += 2 ** 32;
        pos += size;
        const value = memo[index];
        if (typeof value === 'string') {
          stack[sp++] = value;
        } else if (
          value !== undefined &&
          identity.shared &&
          identity.plainMemo &&
          sp < workspace.slotMemo.length &&
          (workspace.flags[index] ?? 16) < 2
        ) {
          // An object that is just itself; what `get` would find out is known.
          const { slotMemo, flags } = workspace;
          slotMemo[sp] = index;
          flags[index] = 1;
          stack[sp++] = value;
          // They come in runs.
          while (data[pos] === 0x6a && limit - pos > 5 && opcodes < pauseAt && sp < slotMemo.length) {
            index = view.getInt32(pos + 1, true);
            const next = memo[index];
            if (index < 0 || typeof next !== 'object' || next === null || (flags[index] ?? 16) >= 2) break;
            slotMemo[sp] = index;
            flags[index] = 1;
            stack[sp++] = next;
            pos += 5;
            opcodes++;
          }
        } else {
          m.sp = sp++;
          m.get(index);
        }
        break;
      }
      case 0x47: {
        // BINFLOAT
        if (limit - pos < 8) throw m.tooLong(pos, 8);
        const value = view.getFloat64(pos);
        pos += 8;
        stack[sp++] = lossless && Number.isInteger(value) && !Object.is(value, -0) ? new PyFloat(value) : value;
        // Floats come in runs.
        while (data[pos] === 0x47 && limit - pos > 8 && !lossless && opcodes < pauseAt) {
          stack[sp++] = view.getFloat64(pos + 1);
          pos += 9;
          opcodes++;
        }
        break;
      }
      case 0x4b: // BININT1
        if (pos >= limit) throw m.tooLong(pos, 1);
        stack[sp++] = data[pos++];
        break;
      case 0x4d: // BININT2
        if (limit - pos < 2) throw m.tooLong(pos, 2);
        stack[sp++] = byteAt(data, pos) | (byteAt(data, pos + 1) << 8);
        pos += 2;
        break;
      case 0x4a: // BININT
        if (limit - pos < 4) throw m.tooLong(pos, 4);
        stack[sp++] = uint4At(data, pos) | 0;
        pos += 4;
        break;
      case 0x8a: {
        // LONG1
        if (pos >= limit) throw m.tooLong(pos, 1);
        const length = byteAt(data, pos++);
        if (length > limit - pos) throw m.tooLong(pos, length);
        stack[sp++] = decodeLong(data, pos, pos + length, options.maxDigits ?? MOST_BINARY_DIGITS);
        pos += length;
        break;
      }
      case 0x4e: // NONE
        stack[sp++] = null;
        break;
      case 0x88: // NEWTRUE
        stack[sp++] = true;
        break;
      case 0x89: // NEWFALSE
        stack[sp++] = false;
        break;
      case 0x43: // SHORT_BINBYTES
      case 0x42: {
        // BINBYTES
        const size = code === 0x43 ? 1 : 4;
        if (size > limit - pos) throw m.tooLong(pos, size);
        const length = size === 1 ? byteAt(data, pos) : uint4At(data, pos);
        pos += size;
        if (length > limit - pos) throw m.tooLong(pos, length);
        if (length === 10 && sp > fence && stack[sp - 1] === m.registry.datetime && opcodes + MOST_OPCODES <= pauseAt) {
          m.sp = sp;
          budget.opcodes = opcodes;
          budget.textLeft = textLeft;
          const end = readDatetime(m, view, pos, limit, pauseAt);
          if (end > pos) {
            pos = end;
            opcodes = budget.opcodes;
            textLeft = budget.textLeft;
            break;
          }
        }
        stack[sp++] = views ? data.subarray(pos, pos + length) : m.bytes.copy(data, pos, pos + length);
        pos += length;
        break;
      }
      case 0x28: // MARK
        m.pushMark(sp);
        fence = sp;
        pending = undefined;
        break;
      case 0x5d: // EMPTY_LIST
        depth.containers++;
        stack[sp++] = [];
        break;
      case 0x7d: // EMPTY_DICT
        depth.containers++;
        stack[sp++] = map ? new PyDict() : {};
        break;
      case 0x29: // EMPTY_TUPLE
        stack[sp++] = EMPTY_TUPLE;
        break;
      case 0x61: {
        // APPEND
        depth.chain++;
        depth.containers++;
        sp--;
        if (sp - 1 < fence) throw m.underflow(2, sp + 1);
        const target = stack[sp - 1];
        if (isPlainList(target)) target.push(stack[sp]);
        else appendItems(m, sp - 1, sp, sp + 1);
        break;
      }
      case 0x65: {
        // APPENDS
        const from = m.popMark();
        fence = m.fence | 0;
        pending = pendingAt(stack, fence);
        if (from - 1 < fence) throw m.underflow(1, from);
        const target = stack[from - 1];
        if (isPlainList(target)) {
          let end = target.length;
          for (let index = from; index < sp; index++) target[end++] = stack[index];
        } else {
          appendItems(m, from - 1, from, sp);
        }
        sp = from;
        break;
      }
      case 0x73: // SETITEM
        depth.chain++;
        depth.containers++;
        sp -= 2;
        if (sp - 1 < fence) throw m.underflow(3, sp + 2);
        setItems(m, sp - 1, sp, sp + 2);
        break;
      case 0x75: {
        // SETITEMS
        const from = m.popMark();
        fence = m.fence | 0;
        pending = pendingAt(stack, fence);
        if (from - 1 < fence) throw m.underflow(1, from);
        const target = stack[from - 1];
        // PendingState stands above its instance, so with it there are two items.
        if (
          target instanceof PendingState &&
          data[pos] === 0x62 &&
          pos < limit &&
          opcodes < pauseAt &&
          applyPending(m, target, from, sp)
        ) {
          pos++;
          opcodes++;
          sp = from - 1;
          break;
        }
        setItems(m, from - 1, from, sp);
        sp = from;
        break;
      }
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: {
        // TUPLE3
        const count = code - 0x84;
        depth.chain++;
        depth.containers++;
        sp -= count;
        if (sp < fence) throw m.underflow(count, sp + count);
        const items =
          count === 1
            ? [stack[sp]]
            : count === 2
              ? [stack[sp], stack[sp + 1]]
              : [stack[sp], stack[sp + 1], stack[sp + 2]];
        const callEnd = sp > fence ? reduceEnd(data, pos, limit) : pos;
        let value: unknown;
        if (callEnd > pos && identity.plainMemo && opcodes + 2 <= pauseAt && canDefer(m, 2)) {
          // What a callback is told, or throws, is of REDUCE.
          m.start = callEnd - 1;
          value = reduceItems(m, stack[sp - 1], items);
        }
        if (value === undefined) {
          stack[sp++] = tupleFrom(items);
          break;
        }
        // The level of the tuple, and now that of what the call makes of it.
        depth.chain++;
        depth.containers++;
        if (callEnd - pos === 2) deferPart(m, new DeferredTuple(items), FLAG.deferred);
        opcodes += callEnd - pos;
        pos = callEnd;
        stack[sp - 1] = value;
        break;
      }
      case 0x74: // TUPLE
        m.sp = sp;
        stack[marks[marks.length - 1] ?? 0] = makeTuple(m.popItems());
        sp = (m.sp + 1) | 0;
        fence = m.fence | 0;
        pending = pendingAt(stack, fence);
        break;
      case 0x93: {
        // STACK_GLOBAL
        sp--;
        if (sp - 1 < fence) throw m.underflow(2, sp + 1);
        const module = stack[sp - 1];
        const qualname = stack[sp];
        if (typeof module !== 'string' || typeof qualname !== 'string')
          throw m.fail('BAD_GLOBAL', 'needs two strings: a module and a name');

        stack[sp - 1] = findGlobal(m, module, qualname);
        break;
      }
      case 0x52: // REDUCE
        depth.chain++;
        depth.containers++;
        sp--;
        if (sp - 1 < fence) throw m.underflow(2, sp + 1);
        stack[sp - 1] = reduce(m, stack[sp - 1], stack[sp]);
        break;
      case 0x81: {
        // NEWOBJ
        depth.chain++;
        depth.containers++;
        sp--;
        if (sp - 1 < fence) throw m.underflow(2, sp + 1);
        const type = stack[sp - 1];
        const args = stack[sp];
        const entry = type instanceof PyGlobal ? m.registry.entryOf(type) : undefined;
        if (entry?.kind !== 'object' || !(args instanceof Tuple) || args.length > 0) {
          stack[sp - 1] = newObject(m, type, args, undefined);
          break;
        }
        const instance = create(m, entry);
        stack[sp - 1] = instance;
        const after = pos;
        if (opcodes + MOST_OPCODES <= pauseAt) {
          m.sp = sp;
          budget.opcodes = opcodes;
          pos = startPending(m, entry, pos, limit);
        }
        if (pos === after) {
          m.noteUndeferred(instance);
          break;
        }
        opcodes = budget.opcodes;
        sp = m.sp | 0;
        fence = m.fence | 0;
        pending = pendingAt(stack, fence);
        break;
      }
      case 0x62: // BUILD
        depth.chain++;
        depth.containers++;
        m.sp = sp;
        buildState(m);
        sp = m.sp | 0;
        break;
      case 0x2e: // STOP
        if (sp - 1 < fence) throw m.underflow(1, sp);
        m.pos = pos;
        m.sp = sp;
        budget.opcodes = opcodes;
        return stack[sp - 1];
      case 0x71: // BINPUT
        if (pos >= limit) throw m.tooLong(pos, 1);
        m.sp = sp;
        m.put(byteAt(data, pos++));
        memoEnd = m.memoEnd;
        break;
      case 0x72: // LONG_BINPUT
        if (limit - pos < 4) throw m.tooLong(pos, 4);
        m.sp = sp;
        m.put(uint4At(data, pos));
        memoEnd = m.memoEnd;
        pos += 4;
        break;
      case 0x80: {
        // PROTO
        if (pos >= limit) throw m.tooLong(pos, 1);
        const protocol = byteAt(data, pos++);
        if (protocol > HIGHEST_PROTOCOL) {
          throw m.fail(
            'UNSUPPORTED_PROTOCOL',
            `names protocol ${protocol}; the highest there is is ${HIGHEST_PROTOCOL}`,
          );
        }
        m.protocol = protocol;
        break;
      }
      case 0x95: // FRAME
        enterFrame(m, pos);
        limit = m.limit;
        pos += 8;
        break;
      default:
        m.pos = pos;
        m.sp = sp;
        budget.textLeft = textLeft;
        runRareOpcode(m, code);
        pos = m.pos;
        sp = m.sp | 0;
        textLeft = budget.textLeft;
        memoEnd = m.memoEnd;
        fence = m.fence | 0;
        pending = pendingAt(stack, fence);
    }
  }
}

function isPlainList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !(value instanceof Tuple);
}

function makeTuple(items: unknown[]): Tuple {
  return items.length === 0 ? EMPTY_TUPLE : tupleFrom(items);
}

function tooMuchText(m: Machine): UnpicklingError {
  return m.fail('LIMIT_TEXT', `goes beyond the limit of ${m.options.maxText} characters of text`);
}

/** At the end of a frame the data goes on; at the end of the data there is nothing. */
function leaveFrame(m: Machine, pos: number): void {
  if (pos >= m.end)
    throw new UnpicklingError('TRUNCATED', `The data ends at byte ${pos} without STOP`, { offset: pos });
  m.inFrame = false;
  m.limit = m.end;
}

/** Reads the length of a frame and sets its end. `pos` is the offset of the length. */
function enterFrame(m: Machine, pos: number): void {
  const { data, options } = m;
  if (m.limit - pos < 8) throw m.tooLong(pos, 8);
  const start = pos + 8;
  const length = uint4At(data, pos) + uint4At(data, pos + 4) * 2 ** 32;
  if (options.lenient) return;
  if (m.inFrame && start < m.limit)
    throw m.fail('FRAME_BOUNDARY', `starts a frame inside the one that ends at byte ${m.limit}`);

  m.inFrame = false;
  if (length > m.end - start) throw m.tooLong(start, length);
  m.inFrame = true;
  // As a small int where it is one: the length comes as a float.
  const end = start + length;
  m.limit = end < 2 ** 30 ? end | 0 : end;
}
