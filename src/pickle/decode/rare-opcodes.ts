/**
 * The opcodes outside of the decoder's loop: text ones of protocol 0, Python 2's strings, large lengths, sets, what
 * comes from outside of the pickle.
 *
 * @module
 */
import { findGlobal, instantiate, newObject } from './calls.js';
import type { Keywords } from './calls.js';
import { addItems, describe, makeDict, makeFrozenSet } from './containers.js';
import type { Machine } from './machine.js';
import { MOST_BINARY_DIGITS, MOST_TEXT_DIGITS } from '../classes/options.js';
import { decodeLong, parseFloatLine, parseInteger } from '../wire/numbers.js';
import {
  decodeAscii,
  decodeLatin1,
  decodeRawUnicodeEscape,
  decodeStringEscape,
  decodeUtf8,
  TextError,
} from '../wire/text.js';
import { ByteArray } from '../values/byte-array.js';
import { isInert, stepsOf } from '../values/inert.js';
import type { Inert } from '../values/inert.js';
import { PersistentId } from '../values/persistent-id.js';
import { PyDict } from '../values/py-dict.js';
import { PyFloat } from '../values/py-float.js';
import { PyObject } from '../values/py-object.js';
import { tupleFrom } from '../values/tuple.js';

/** Runs an opcode. `m.pos` stands behind its byte; marks, stack and `m.pos` are as they should be afterwards. */
export function runRareOpcode(m: Machine, code: number): void {
  // Not all of them put a value into another one, but none adds more than a level.
  m.depth.chain++;
  m.depth.containers++;
  switch (code) {
    case 0x30: // POP
      pop(m);
      return;
    case 0x31: // POP_MARK
      m.popItems();
      return;
    case 0x32: // DUP
      if (m.sp <= m.fence) throw m.underflow(1);
      m.identity.aliased = true;
      m.identity.shared = true;
      m.push(m.stack[m.sp - 1]);
      return;
    case 0x46: // FLOAT
      m.push(float(m, parseFloatLine(line(m))));
      return;
    case 0x49: // INT
      m.push(int(m));
      return;
    case 0x4c: // LONG
      m.push(parseInteger(line(m).replace(/L$/, ''), 0, m.options.maxDigits ?? MOST_TEXT_DIGITS));
      return;
    case 0x53: // STRING
      quotedString(m);
      return;
    case 0x54: // BINSTRING
      python2String(m, take(m, size4(m)), m.pos);
      return;
    case 0x55: // SHORT_BINSTRING
      python2String(m, take(m, uint(m, 1)), m.pos);
      return;
    case 0x56: {
      // UNICODE
      const start = lineStart(m);
      m.push(counted(m, decodeRawUnicodeEscape(m.data, start, m.pos - 1)));
      return;
    }
    case 0x8d: {
      // BINUNICODE8
      const start = take(m, uint8(m));
      m.push(counted(m, decodeUtf8(m.data, start, m.pos)));
      return;
    }
    case 0x8e: // BINBYTES8
      m.push(bytes(m, take(m, uint8(m))));
      return;
    case 0x96: {
      // BYTEARRAY8
      // A bytearray is there to be changed: it is a copy even with `view`.
      const start = take(m, uint8(m));
      m.push(ByteArray.from(m.data.subarray(start, m.pos)));
      return;
    }
    case 0x8b: {
      // LONG4
      const start = take(m, size4(m));
      m.push(decodeLong(m.data, start, m.pos, m.options.maxDigits ?? MOST_BINARY_DIGITS));
      return;
    }
    case 0x64: {
      // DICT
      const from = m.popMark();
      m.settlePending(from);
      shiftUp(m, from);
      m.stack[from] = makeDict(m, from + 1, m.sp);
      m.sp = from + 1;
      return;
    }
    case 0x6c: // LIST
      m.push(m.popItems());
      return;
    case 0x8f: // EMPTY_SET
      m.push(new Set());
      return;
    case 0x90: {
      // ADDITEMS
      const from = m.popMark();
      m.settlePending(from);
      if (from - 1 < m.fence) throw m.underflow(1);
      addItems(m, from - 1, from, m.sp);
      m.sp = from;
      return;
    }
    case 0x91: // FROZENSET
      m.push(makeFrozenSet(m, m.popItems()));
      return;
    case 0x67: // GET
      m.get(memoIndex(m));
      return;
    case 0x70: // PUT
      m.put(memoIndex(m));
      return;
    case 0x63: // GLOBAL
      m.push(findGlobal(m, name(m), name(m)));
      return;
    case 0x69: {
      // INST
      const type = findGlobal(m, name(m), name(m));
      m.push(instantiate(m, type, tupleFrom(m.popItems())));
      return;
    }
    case 0x6f: {
      // OBJ
      const items = m.popItems();
      if (items.length === 0) throw m.underflow(1);
      m.push(instantiate(m, items[0], tupleFrom(items.slice(1))));
      return;
    }
    case 0x92: {
      // NEWOBJ_EX
      const kwargs = m.current(m.pop());
      const args = m.pop();
      const type = m.pop();
      m.push(newObject(m, type, args, keywords(m, kwargs)));
      return;
    }
    case 0x82: // EXT1
      m.push(extension(m, uint(m, 1)));
      return;
    case 0x83: // EXT2
      m.push(extension(m, uint(m, 2)));
      return;
    case 0x84: // EXT4
      m.push(extension(m, uint(m, 4) | 0));
      return;
    case 0x50: {
      // PERSID
      const start = lineStart(m);
      m.push(persistent(m, decodeAscii(m.data, start, m.pos - 1)));
      return;
    }
    case 0x51: // BINPERSID
      m.push(persistent(m, m.current(m.pop())));
      return;
    case 0x97: // NEXT_BUFFER
      m.push(m.nextBuffer());
      return;
    case 0x98: {
      // READONLY_BUFFER
      if (m.sp <= m.fence) throw m.underflow(1);
      const buffer = m.stack[m.sp - 1];
      if (!(buffer instanceof Uint8Array))
        throw m.fail('BUFFER_MISSING', `makes ${describe(buffer)} read-only, which is no buffer`);

      m.stack[m.sp - 1] = m.readonlyBuffer(buffer);
      return;
    }
    default: {
      const shown = code.toString(16).padStart(2, '0');
      throw m.fail('UNKNOWN_OPCODE', `has the byte 0x${shown}, which is no opcode`);
    }
  }
}

function pop(m: Machine): void {
  // As CPython: a mark on top of the stack is what goes.
  if (m.marks.length > 1 && m.fence === m.sp) {
    m.settlePending(m.popMark());
    return;
  }
  dropCall(m, m.pop());
}

/**
 * A call whose result is thrown away is one that is made for its effect. CPython writes such a call for a class with a state
 * setter (the sixth item of `__reduce__`). It is `setter(object, state)` on top of the object itself, which remembers it.
 */
function dropCall(m: Machine, call: unknown): void {
  if (!(call instanceof PyObject) || call.construction !== 'call' || call.args.length !== 2 || m.sp <= m.fence) return;
  const object = m.stack[m.sp - 1];
  if (call.args[0] === object) stepsOf(object)?.push({ kind: 'setter', setter: call.class, state: call.args[1] });
}

/** Makes room for one value below the items from a slot on. */
function shiftUp(m: Machine, from: number): void {
  // copyWithin() makes no room itself: without it the last item would be lost.
  if (m.stack.length === m.sp) m.stack.push(undefined);
  m.stack.copyWithin(from + 1, from, m.sp);
  m.sp++;
}

function uint(m: Machine, size: number): number {
  const start = take(m, size);
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (m.data[start + index] ?? 0);
  return value;
}

function uint8(m: Machine): number {
  // Lengths beyond 2**53 lose digits here, and are far beyond every limit all the same.
  const low = uint(m, 4);
  return low + uint(m, 4) * 2 ** 32;
}

function size4(m: Machine): number {
  const size = uint(m, 4) | 0;
  if (size < 0) throw m.fail('BAD_ARGUMENT', `has the negative length ${size}`);
  return size;
}

/** Takes `length` bytes and gives the offset of the first. */
function take(m: Machine, length: number): number {
  const start = m.pos;
  if (length > m.limit - start) throw m.tooLong(start, length);
  m.pos = start + length;
  return start;
}

/** Takes a line and gives its start; it ends before `m.pos - 1`. */
function lineStart(m: Machine): number {
  const start = m.pos;
  const newline = m.data.indexOf(0x0a, start);
  if (newline < 0) throw m.fail('TRUNCATED', 'has a line without an end');
  if (newline >= m.limit) throw m.tooLong(start, newline + 1 - start);
  m.pos = newline + 1;
  return start;
}

function line(m: Machine): string {
  const start = lineStart(m);
  return decodeLatin1(m.data, start, m.pos - 1);
}

function name(m: Machine): string {
  const start = lineStart(m);
  return decodeUtf8(m.data, start, m.pos - 1);
}

function counted(m: Machine, text: string): string {
  m.budget.textLeft -= text.length;
  if (m.budget.textLeft < 0)
    throw m.fail('LIMIT_TEXT', `goes beyond the limit of ${m.options.maxText} characters of text`);
  return text;
}

function bytes(m: Machine, start: number): Uint8Array {
  return m.options.view ? m.data.subarray(start, m.pos) : m.bytes.copy(m.data, start, m.pos);
}

function float(m: Machine, value: number): number | PyFloat {
  return m.options.lossless && Number.isInteger(value) && !Object.is(value, -0) ? new PyFloat(value) : value;
}

function int(m: Machine): number | bigint | boolean {
  const text = line(m);
  // Protocol 0 has no other way to write them; `I1` is the int.
  // CPython's load_int (Modules/_pickle.c) takes any two characters that are 0 or 1: `-0` and `+1` too.
  if (/^[0 +-]0$/.test(text)) return false;
  return /^[0 +]1$/.test(text) ? true : parseInteger(text, 0, m.options.maxDigits ?? MOST_TEXT_DIGITS);
}

function memoIndex(m: Machine): number {
  const index = parseInteger(line(m), 10, m.options.maxDigits ?? MOST_TEXT_DIGITS);
  if (typeof index !== 'number' || index < 0) throw m.fail('BAD_ARGUMENT', `has the memo index ${index}`);
  return index;
}

function quotedString(m: Machine): void {
  const start = lineStart(m);
  const end = m.pos - 1;
  const quote = m.data[start];
  if ((quote !== 0x22 && quote !== 0x27) || end - start < 2 || m.data[end - 1] !== quote)
    throw m.fail('BAD_ARGUMENT', 'has no matching quotes');

  const unescaped = decodeStringEscape(m.data, start + 1, end - 1);
  m.push(decodePython2(m, unescaped, 0, unescaped.length));
}

function python2String(m: Machine, start: number, end: number): void {
  m.push(decodePython2(m, m.data, start, end));
}

function decodePython2(m: Machine, data: Uint8Array, start: number, end: number): string | Uint8Array {
  switch (m.options.encoding) {
    case 'bytes':
      return m.bytes.copy(data, start, end);
    case 'latin1':
      return counted(m, decodeLatin1(data, start, end));
    case 'utf8':
      return counted(m, decodeUtf8(data, start, end));
    case 'ascii':
      try {
        return counted(m, decodeAscii(data, start, end));
      } catch (error) {
        if (!(error instanceof TextError)) throw error;
        throw new TextError(`${error.message}; choose the option encoding for Python 2's text`, { cause: error });
      }
  }
}

function keywords(m: Machine, value: unknown): Keywords | Inert {
  if (isInert(value)) return value;
  if (value instanceof PyDict) return value.size === 0 ? undefined : value;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    throw m.fail('BAD_CALL', `has ${describe(value)} for keyword arguments, not a dict`);

  return Object.keys(value).length === 0 ? undefined : (value as Record<string, unknown>);
}

function extension(m: Machine, code: number): unknown {
  const global = m.registry.extension(code);
  if (global === undefined)
    throw m.fail('UNKNOWN_EXTENSION', `has the extension code ${code}, which the registry does not know`);

  return global;
}

function persistent(m: Machine, id: unknown): unknown {
  const { persistentLoad } = m.options;
  if (persistentLoad === undefined) return new PersistentId(id);
  let value: unknown;
  try {
    value = persistentLoad(id) ?? null;
  } catch (cause) {
    throw m.fail('CALLBACK_FAILED', 'has a persistent id, and persistentLoad threw', cause);
  }
  m.noteForeign(value);
  return value;
}
