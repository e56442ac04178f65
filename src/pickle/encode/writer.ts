/**
 * The bytes of a pickle as they grow: opcodes, frames, and the memo of strings.
 *
 * @module
 */
import type { Packing } from '../classes/builtins/definition.js';
import { PicklingError } from '../errors.js';
import { chunkOf } from './field-plan.js';
import type { Chunk, FloatRun, PreparedGlobal, PreparedName } from './field-plan.js';
import { encodeLong, floatRepr } from '../wire/numbers.js';
import { REMEMBERED_KEYS } from './output-space.js';
import type { OutputSpace } from './output-space.js';
import { hashOf, mixed } from './string-table.js';
import { encodeRawUnicodeEscape, encodeUtf8, writeUtf8 } from '../wire/text.js';

/** A frame ends at the first value that starts beyond this many bytes, and larger payloads stand outside: as CPython. */
const FRAME_TARGET = 64 * 1024;
/** A shorter frame goes without its header: as CPython. */
const FRAME_MIN = 4;
/** CPython's `_PY_LONG_DEFAULT_MAX_STR_DIGITS` (Include/internal/pycore_long.h), which its own pickler minds, too. */
const MAX_TEXT_DIGITS = 4300;
const FRAME_HEADER = 9;

/** What an item of a run takes at most, in bytes. */
const MAX_SCALAR = 9;

/** Strings up to this many UTF-16 units take at most 255 bytes of UTF-8, and are written in one pass. */
const SHORT_UNITS = 85;

/** STACK_GLOBAL, MEMOIZE. */
const STACK_GLOBAL = chunkOf([0x93, 0x94]);
/** EMPTY_TUPLE, NEWOBJ, MEMOIZE. */
const NEW_OBJECT = chunkOf([0x29, 0x81, 0x94]);

/** Writes opcodes. One writes one pickle after the other. @internal */
export class Writer {
  bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  /** Offset of the next byte. */
  pos = 0;
  /** Entries in the memo so far. */
  memoCount = 0;
  #framing = false;
  /** Where the open frame's header is; -1 between frames. */
  #frame = -1;
  /** Where the open frame ends, at the next value; infinite between frames. */
  #frameEnd = Infinity;
  /** How far one may write: to the end of the output, or nowhere while the next byte has to start a frame. */
  #room = 0;
  #longStrings: Map<string, number> | undefined;

  constructor(
    readonly protocol: number,
    readonly space: OutputSpace,
    readonly maxBytes: number,
    readonly pool: boolean,
  ) {
    this.bytes = space.bytes;
    this.#view = space.view;
  }

  /** PROTO, from protocol 2 on. */
  begin(): void {
    const { space } = this;
    this.bytes = space.bytes;
    this.#view = space.view;
    this.pos = 0;
    this.memoCount = 0;
    if (this.protocol >= 2) {
      this.bytes[0] = 0x80;
      this.bytes[1] = this.protocol;
      this.pos = 2;
    }
    this.#setFraming(this.protocol >= 4);
  }

  /** STOP; gives the pickle. */
  end(): Uint8Array<ArrayBuffer> {
    this.op(0x2e);
    this.#commitFrame();
    if (this.pos > this.maxBytes) throw this.#tooLong();
    return this.space.take(this.pos, this.pool);
  }

  /** Forgets the pickle, be it complete or not. */
  clear(): void {
    this.#frame = -1;
    this.#frameEnd = Infinity;
    this.#longStrings = undefined;
    const { space } = this;
    space.clear();
    // A large buffer is not kept.
    this.bytes = space.bytes;
    this.#view = space.view;
  }

  /** To be called before each value: frames end only between values. */
  boundary(): void {
    if (this.pos >= this.#frameEnd) this.#commitFrame();
  }

  /** Whether so many bytes can be written with no end of a frame among them. Makes room for them. */
  fits(size: number): boolean {
    this.reserve(size);
    return this.pos + size < this.#frameEnd;
  }

  /** Makes room for so many bytes, and starts a frame when none is open. */
  reserve(size: number): void {
    if (this.pos + size > this.#room) this.#makeRoom(size);
  }

  /** One opcode without an argument. */
  op(code: number): void {
    this.reserve(1);
    this.bytes[this.pos++] = code;
  }

  /** An opcode with an argument of one byte. */
  op1(code: number, argument: number): void {
    this.reserve(2);
    this.bytes[this.pos++] = code;
    this.bytes[this.pos++] = argument;
  }

  /** An opcode with an argument of four bytes, little endian. */
  op4(code: number, argument: number): void {
    this.reserve(5);
    this.bytes[this.pos] = code;
    this.#view.setUint32(this.pos + 1, argument, true);
    this.pos += 5;
  }

  /** An opcode with a line of text, whose bytes are given. */
  line(code: number, bytes: Uint8Array): void {
    this.reserve(bytes.length + 2);
    this.bytes[this.pos++] = code;
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
    this.bytes[this.pos++] = 0x0a;
  }

  /** An opcode with a line of ASCII. */
  asciiLine(code: number, text: string): void {
    this.line(code, encodeUtf8(text));
  }

  /** Stores the top of the stack in the memo; gives its number. */
  memoize(): number {
    const index = this.memoCount++;
    if (this.protocol >= 4) this.op(0x94);
    else if (this.protocol === 0) this.asciiLine(0x70, String(index));
    else if (index < 256) this.op1(0x71, index);
    else this.op4(0x72, index);
    return index;
  }

  /** Fetches from the memo. */
  fetch(index: number): void {
    if (this.protocol === 0) this.asciiLine(0x67, String(index));
    else if (index < 256) this.op1(0x68, index);
    else this.op4(0x6a, index);
  }

  /** EXT1, EXT2 or EXT4. */
  extension(code: number): void {
    if (code < 0x100) {
      this.op1(0x82, code);
    } else if (code < 0x10000) {
      this.op1(0x83, code & 0xff);
      this.raw(Uint8Array.of(code >> 8));
    } else {
      this.op4(0x84, code);
    }
  }

  float(value: number): void {
    if (this.protocol === 0) {
      this.asciiLine(0x46, floatRepr(value));
      return;
    }
    this.reserve(9);
    this.bytes[this.pos] = 0x47;
    this.#view.setFloat64(this.pos + 1, value);
    this.pos += 9;
  }

  /**
   * Numbers and what is in the memo, one after the other, from `first` on. It goes on as long as nothing else comes, the output
   * has room and the frame does not end. Protocol 4 and later. Gives the index of the first item that is left.
   */
  run(items: readonly unknown[], first: number, end: number): number {
    const { bytes, space } = this;
    const view = this.#view;
    const limit = Math.min(this.#frameEnd, this.#room - MAX_SCALAR);
    let { pos } = this;
    let index = first;
    for (; index < end && pos < limit; index++) {
      const item = items[index];
      if (typeof item === 'number') {
        if ((item | 0) !== item || Object.is(item, -0)) {
          // A larger int has opcodes of its own.
          if (Number.isSafeInteger(item) && item !== 0) break;
          bytes[pos] = 0x47;
          view.setFloat64(pos + 1, item);
          pos += 9;
        } else if (item >= 0 && item < 0x100) {
          bytes[pos] = 0x4b;
          bytes[pos + 1] = item;
          pos += 2;
        } else if (item >= 0 && item < 0x10000) {
          bytes[pos] = 0x4d;
          view.setUint16(pos + 1, item, true);
          pos += 3;
        } else {
          bytes[pos] = 0x4a;
          view.setInt32(pos + 1, item, true);
          pos += 5;
        }
      } else {
        if (typeof item !== 'object' || item === null) break;
        const known = space.memo.get(item);
        if (known === undefined) break;
        bytes[pos] = known < 0x100 ? 0x68 : 0x6a;
        if (known < 0x100) {
          bytes[pos + 1] = known;
          pos += 2;
        } else {
          view.setUint32(pos + 1, known, true);
          pos += 5;
        }
      }
    }
    this.pos = pos;
    return index;
  }

  /** A safe integer. */
  int(value: number): void {
    if (value > 0x7fffffff || value < -0x80000000) {
      this.bigint(BigInt(value));
    } else if (this.protocol === 0) {
      this.asciiLine(0x49, String(value));
    } else if (value >= 0 && value < 0x100) {
      this.op1(0x4b, value);
    } else if (value >= 0 && value < 0x10000) {
      this.reserve(3);
      this.bytes[this.pos++] = 0x4d;
      this.bytes[this.pos++] = value & 0xff;
      this.bytes[this.pos++] = value >> 8;
    } else {
      this.op4(0x4a, value);
    }
  }

  bigint(value: bigint): void {
    const small = Number(value);
    if (small >= -0x80000000 && small <= 0x7fffffff) {
      this.int(small);
      return;
    }
    if (this.protocol < 2) {
      const text = String(value);
      if (text.length - (value < 0n ? 1 : 0) > MAX_TEXT_DIGITS) {
        throw new PicklingError(
          'PROTOCOL_TOO_LOW',
          `An int of more than ${MAX_TEXT_DIGITS} digits needs protocol 2: Python reads no more of them as text`,
        );
      }
      this.asciiLine(0x4c, `${text}L`);
      return;
    }
    const bytes = encodeLong(value);
    if (bytes.length < 256) this.op1(0x8a, bytes.length);
    else this.op4(0x8b, bytes.length);
    this.raw(bytes);
  }

  bool(value: boolean): void {
    if (this.protocol >= 2) this.op(value ? 0x88 : 0x89);
    else this.asciiLine(0x49, value ? '01' : '00');
  }

  /** Bytes without an opcode. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** Opcode, length and content of bytes, protocol 3 and later. */
  sizedBytes(codes: SizedCodes, content: Uint8Array): void {
    const { length } = content;
    // As CPython: what is as large as a frame stands by itself.
    const outside = length >= FRAME_TARGET && this.#framing;
    if (outside) {
      this.#commitFrame();
      this.#setFraming(false);
    }
    if (length < 256 && codes.short !== undefined) {
      this.op1(codes.short, length);
    } else if (length <= 0xffffffff && codes.medium !== undefined) {
      this.op4(codes.medium, length);
    } else {
      this.reserve(9);
      this.bytes[this.pos] = codes.long;
      this.#view.setBigUint64(this.pos + 1, BigInt(length), true);
      this.pos += 9;
    }
    this.raw(content);
    if (outside) this.#setFraming(true);
  }

  /** A string: fetched from the memo when it has been written before, else written and stored. Gives its number. */
  string(text: string): number {
    const { length } = text;
    if (length > SHORT_UNITS || this.protocol < 4) return this.#longString(text);
    // And a little, because ASCII is written in words.
    this.reserve(6 + 3 * length);
    const { bytes } = this;
    const view = this.#view;
    const start = this.pos + 2;
    let end = start + length;
    let hash = 0;
    let unit = 0;
    // Four at a time: one store, and one step of the hash.
    let at = 0;
    for (; at + 3 < length && unit < 0x80; at += 4) {
      const first = text.charCodeAt(at);
      const second = text.charCodeAt(at + 1);
      const third = text.charCodeAt(at + 2);
      const fourth = text.charCodeAt(at + 3);
      const word = first | (second << 8) | (third << 16) | (fourth << 24);
      unit = first | second | third | fourth;
      view.setInt32(start + at, word, true);
      hash = mixed(hash, word);
    }
    for (; at < length && unit < 0x80; at++) {
      unit = text.charCodeAt(at);
      bytes[start + at] = unit;
      hash = mixed(hash, unit);
    }
    if (unit > 0x7f) {
      end = writeUtf8(text, bytes, start);
      hash = hashOf(view, start, end);
    }
    const index = this.memoCount;
    const known = this.space.strings.find(bytes, start, end, hash, index);
    if (known >= 0) {
      this.fetch(known);
      return known;
    }
    bytes[start - 2] = 0x8c;
    bytes[start - 1] = end - start;
    bytes[end] = 0x94;
    this.pos = end + 1;
    this.memoCount = index + 1;
    return index;
  }

  /**
   * The key of a dict, the same as a string. The dicts of a list mostly have the same keys in the same places. Comparing with
   * the last one's costs a fifth of finding the string by its bytes.
   */
  key(text: string, place: number): void {
    const { space } = this;
    if (space.keys[place] === text) {
      this.fetch(space.keyIndices[place] ?? 0);
      return;
    }
    const index = this.string(text);
    if (place < REMEMBERED_KEYS) {
      space.keys[place] = text;
      space.keyIndices[place] = index;
      if (place >= space.keyCount) space.keyCount = place + 1;
    }
  }

  /** A prepared name: the same as a string. */
  name(name: PreparedName): void {
    const { encoded, id } = name;
    if (this.protocol < 4 || encoded === undefined) {
      this.string(name.text);
      return;
    }
    const { prepared } = this.space;
    const known = prepared.get(id);
    if (known >= 0) {
      this.fetch(known);
      return;
    }
    this.chunk(encoded);
    prepared.set(id, this.memoCount++);
  }

  /** A prepared class, protocol 4 and later: by its number, from the memo, or by its name. */
  global(global: PreparedGlobal): void {
    const { encoded, id, extension, module, qualname } = global;
    const { prepared } = this.space;
    const known = prepared.get(id);
    if (known >= 0) {
      this.fetch(known);
    } else if (extension !== undefined) {
      this.extension(extension);
    } else {
      if (encoded !== undefined && prepared.get(module.id) < 0 && prepared.get(qualname.id) < 0) {
        this.chunk(encoded);
        prepared.set(module.id, this.memoCount++);
        prepared.set(qualname.id, this.memoCount++);
      } else {
        this.name(module);
        this.name(qualname);
        this.chunk(STACK_GLOBAL);
      }
      prepared.set(id, this.memoCount++);
    }
  }

  /** SHORT_BINBYTES with what an object packs, MEMOIZE. Protocol 4 and later. */
  packed(packing: Packing, value: object): void {
    const { size } = packing;
    this.reserve(size + 3);
    const { bytes, pos } = this;
    bytes[pos] = 0x43;
    bytes[pos + 1] = size;
    packing.write(value, bytes, pos + 2);
    bytes[pos + 2 + size] = 0x94;
    this.pos = pos + size + 3;
    this.memoCount++;
  }

  /** A call with one to three arguments that have been written: TUPLE1 to TUPLE3, MEMOIZE, REDUCE, MEMOIZE. */
  call(count: number): number {
    this.reserve(4);
    const { bytes, pos } = this;
    bytes[pos] = 0x84 + count;
    bytes[pos + 1] = 0x94;
    bytes[pos + 2] = 0x52;
    bytes[pos + 3] = 0x94;
    this.pos = pos + 4;
    this.memoCount += 2;
    return this.memoCount - 1;
  }

  /** An instance of a prepared class, with no state yet: protocol 4 and later. Gives its number in the memo. */
  instance(type: PreparedGlobal): number {
    this.global(type);
    this.chunk(NEW_OBJECT);
    return this.memoCount++;
  }

  /** A few prepared bytes. */
  chunk({ words, length }: Chunk): void {
    this.reserve(length + 3);
    const { pos } = this;
    const view = this.#view;
    for (let index = 0; index < words.length; index++) view.setInt32(pos + 4 * index, words[index] ?? 0, true);
    this.pos = pos + length;
  }

  /**
   * Float attributes in one stroke, names and all. None of the names may have been written before, all values from `first` on
   * are numbers, and the frame does not end among them. Otherwise writes nothing and gives false.
   */
  floatRun(run: FloatRun, values: readonly unknown[], first: number): boolean {
    const { template, numbers, ids } = run;
    const count = numbers.length;
    const { prepared } = this.space;
    if (!prepared.hasNone(ids) || !this.fits(template.length)) return false;
    const { bytes, pos } = this;
    const view = this.#view;
    bytes.set(template, pos);
    for (let index = 0; index < count; index++) {
      const value = values[first + index];
      // What stands there now is not part of the pickle yet.
      if (typeof value !== 'number') return false;
      view.setFloat64(pos + (numbers[index] ?? 0), value);
    }
    prepared.setAll(ids, this.memoCount);
    this.memoCount += count;
    this.pos = pos + template.length;
    return true;
  }

  #longString(text: string): number {
    this.#longStrings ??= new Map<string, number>();
    const known = this.#longStrings.get(text);
    if (known !== undefined) {
      this.fetch(known);
      return known;
    }
    if (this.protocol === 0) this.line(0x56, encodeRawUnicodeEscape(text));
    else this.sizedBytes(this.protocol >= 4 ? UNICODE4 : UNICODE1, encodeUtf8(text));
    const index = this.memoize();
    this.#longStrings.set(text, index);
    return index;
  }

  #setFraming(framing: boolean): void {
    this.#framing = framing;
    this.#room = framing && this.#frame < 0 ? 0 : this.bytes.length;
  }

  #makeRoom(size: number): void {
    if (this.#framing && this.#frame < 0) {
      if (this.pos + FRAME_HEADER > this.bytes.length) this.#grow(FRAME_HEADER + size);
      this.#frame = this.pos;
      this.pos += FRAME_HEADER;
      this.#frameEnd = this.pos + FRAME_TARGET;
    }
    if (this.pos + size > this.bytes.length) this.#grow(size);
    this.#room = this.bytes.length;
  }

  #commitFrame(): void {
    const frame = this.#frame;
    if (frame < 0) return;
    this.#frame = -1;
    this.#frameEnd = Infinity;
    this.#setFraming(this.#framing);
    const start = frame + FRAME_HEADER;
    const length = this.pos - start;
    if (length < FRAME_MIN) {
      this.bytes.copyWithin(frame, start, this.pos);
      this.pos -= FRAME_HEADER;
      return;
    }
    this.bytes[frame] = 0x95;
    this.#view.setUint32(frame + 1, length, true);
    this.#view.setUint32(frame + 5, 0, true);
  }

  #grow(size: number): void {
    const needed = this.pos + size;
    // The room reserved is a little more than what is used: the exact check is at the end.
    if (this.pos > this.maxBytes || size > this.maxBytes + 1024) throw this.#tooLong();
    const grown = new Uint8Array(this.space.grownSize(needed));
    grown.set(this.bytes.subarray(0, this.pos));
    this.space.adopt(grown);
    this.bytes = grown;
    this.#view = this.space.view;
  }

  #tooLong(): PicklingError {
    return new PicklingError('LIMIT_BYTES', `The pickle is longer than the limit of ${this.maxBytes} bytes`);
  }
}

/** The opcodes of a type for lengths of one, four and eight bytes. */
export interface SizedCodes {
  readonly short?: number;
  readonly medium?: number;
  readonly long: number;
}

/** BINUNICODE, BINUNICODE8 (which no protocol below 4 has, nor a string that would need it). */
const UNICODE1: SizedCodes = { medium: 0x58, long: 0x8d };
/** SHORT_BINUNICODE, BINUNICODE, BINUNICODE8. */
const UNICODE4: SizedCodes = { short: 0x8c, medium: 0x58, long: 0x8d };
/** SHORT_BINBYTES, BINBYTES, BINBYTES8. */
export const BYTES: SizedCodes = { short: 0x43, medium: 0x42, long: 0x8e };
/** BYTEARRAY8. */
export const BYTEARRAY: SizedCodes = { long: 0x96 };
