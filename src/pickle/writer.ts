/**
 * The bytes of a pickle as they grow: opcodes, frames, and the memo of strings.
 *
 * @module
 */
import { PicklingError } from './errors.js';
import type { FieldName, FloatRun } from './field-plan.js';
import { encodeLong, floatRepr } from './numbers.js';
import { StringTable } from './string-table.js';
import { encodeRawUnicodeEscape, encodeUtf8, writeUtf8 } from './text.js';

/** A frame ends at the first value that starts beyond this many bytes, and larger payloads stand outside: as CPython. */
const FRAME_TARGET = 64 * 1024;
/** A shorter frame goes without its header: as CPython. */
const FRAME_MIN = 4;
const FRAME_HEADER = 9;

/** A buffer up to this size, in bytes, is kept for the next pickle; a larger one becomes the pickle itself. */
const KEPT_BYTES = 128 * 1024;
const INITIAL_BYTES = 16 * 1024;
/** How many smaller pickles it takes until a large one is no longer expected. */
const EXPECTED_FOR = 16;
/** What a pickle may waste of the buffer that it is handed over in: a quarter. */
const MAX_WASTE = 0.25;

/** Strings up to this many UTF-16 units take at most 255 bytes of UTF-8, and are written in one pass. */
const SHORT_UNITS = 85;

/** What one `dumps` after the other writes into. Between two of them it holds nothing of either. */
export class OutputSpace {
  bytes = new Uint8Array(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);
  /** Size of the last pickle that was too large to keep its buffer: the next is likely to be as large. */
  #expected = 0;
  /** Pickles since then. */
  #idle = 0;
  readonly strings = new StringTable();
  /** For the number of an attribute's name: one more than its place in the memo; 0 while it has not been written. */
  fieldMemo = new Int32Array(256);

  /** A pickle of its own: the first bytes of the output. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length <= KEPT_BYTES) return this.bytes.slice(0, length);
    this.#expected = length;
    this.#idle = 0;
    const wasted = this.bytes.length - length;
    return wasted <= MAX_WASTE * length ? this.bytes.subarray(0, length) : this.bytes.slice(0, length);
  }

  /** How large to make the output when it has to grow. */
  grownSize(needed: number): number {
    // A little more than last time, as a list of orders gets longer.
    return Math.max(needed, 2 * this.bytes.length, Math.ceil(this.#expected * 1.0625));
  }

  clear(): void {
    if (this.bytes.length > KEPT_BYTES) this.adopt(new Uint8Array(INITIAL_BYTES));
    else if (this.#idle++ > EXPECTED_FOR) this.#expected = 0;
    this.strings.clear();
    this.fieldMemo.fill(0);
  }

  /** Makes room for the numbers of so many names. */
  growFields(count: number): void {
    if (count > this.fieldMemo.length) {
      const grown = new Int32Array(2 * count);
      grown.set(this.fieldMemo);
      this.fieldMemo = grown;
    }
  }

  adopt(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** Writes opcodes. @internal */
export class Writer {
  bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  /** Offset of the next byte. */
  pos = 0;
  /** Entries in the memo so far. */
  memoCount = 0;
  /** Where the open frame's header is; -1 between frames. */
  #frame = -1;
  #framing = false;
  #longStrings: Map<string, number> | undefined;

  constructor(
    readonly protocol: number,
    readonly space: OutputSpace,
    readonly maxBytes: number,
  ) {
    this.bytes = space.bytes;
    this.#view = space.view;
  }

  /** PROTO, from protocol 2 on. */
  begin(): void {
    if (this.protocol >= 2) {
      this.bytes[0] = 0x80;
      this.bytes[1] = this.protocol;
      this.pos = 2;
    }
    this.#framing = this.protocol >= 4;
  }

  /** STOP; gives a copy of the pickle. */
  end(): Uint8Array<ArrayBuffer> {
    this.op(0x2e);
    this.#commitFrame();
    if (this.pos > this.maxBytes) throw this.#tooLong();
    return this.space.take(this.pos);
  }

  /** To be called before each value: frames end only between values. */
  boundary(): void {
    if (this.#frame >= 0 && this.pos - this.#frame - FRAME_HEADER >= FRAME_TARGET) this.#commitFrame();
  }

  /** Makes room for so many bytes, and starts a frame when none is open. */
  reserve(size: number): void {
    if (this.#framing && this.#frame < 0) {
      this.#frame = this.pos;
      this.pos += FRAME_HEADER;
    }
    if (this.pos + size > this.bytes.length) this.#grow(size);
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
      this.asciiLine(0x4c, `${value}L`);
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
      this.#framing = false;
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
    if (outside) this.#framing = true;
  }

  /** A string: fetched from the memo when it has been written before, else written and stored. */
  string(text: string): void {
    if (text.length > SHORT_UNITS || this.protocol < 4) {
      this.#longString(text);
      return;
    }
    this.reserve(3 + 3 * text.length);
    const { bytes } = this;
    const start = this.pos + 2;
    let end = start;
    let hash = 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        end = writeUtf8(text, bytes, start);
        hash = 0;
        for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
        break;
      }
      bytes[end++] = unit;
      hash = (Math.imul(hash, 31) + unit) | 0;
    }
    const known = this.space.strings.find(bytes, start, end, hash, this.memoCount);
    if (known >= 0) {
      this.fetch(known);
      return;
    }
    bytes[start - 2] = 0x8c;
    bytes[start - 1] = end - start;
    bytes[end] = 0x94;
    this.pos = end + 1;
    this.memoCount++;
  }

  /** The name of an attribute: the same as a string, prepared. */
  fieldName(name: FieldName): void {
    const { encoded, id } = name;
    if (this.protocol < 4 || encoded === undefined) {
      this.string(name.text);
      return;
    }
    const { fieldMemo } = this.space;
    const known = fieldMemo[id] ?? 0;
    if (known > 0) {
      this.fetch(known - 1);
      return;
    }
    const { length } = encoded;
    this.reserve(length);
    const { bytes, pos } = this;
    for (let index = 0; index < length; index++) bytes[pos + index] = encoded[index] ?? 0;
    this.pos = pos + length;
    fieldMemo[id] = ++this.memoCount;
  }

  /**
   * Float attributes in one stroke, names and all: when none of the names has been written before, all values from
   * `first` on are numbers, and the frame does not end among them. Otherwise writes nothing and gives false.
   */
  floatRun(run: FloatRun, values: readonly unknown[], first: number): boolean {
    const { template, numbers, names } = run;
    const count = numbers.length;
    if (this.protocol < 4) return false;
    const { fieldMemo } = this.space;
    for (let index = 0; index < count; index++) {
      if (fieldMemo[names[index]?.id ?? 0] !== 0 || typeof values[first + index] !== 'number') return false;
    }
    this.reserve(template.length);
    if (this.pos - this.#frame - FRAME_HEADER + template.length >= FRAME_TARGET) return false;
    const { bytes, pos } = this;
    const view = this.#view;
    bytes.set(template, pos);
    for (let index = 0; index < count; index++) {
      view.setFloat64(pos + (numbers[index] ?? 0), values[first + index] as number);
      fieldMemo[names[index]?.id ?? 0] = ++this.memoCount;
    }
    this.pos = pos + template.length;
    return true;
  }

  #longString(text: string): void {
    this.#longStrings ??= new Map<string, number>();
    const known = this.#longStrings.get(text);
    if (known !== undefined) {
      this.fetch(known);
      return;
    }
    if (this.protocol === 0) this.line(0x56, encodeRawUnicodeEscape(text));
    else this.sizedBytes(this.protocol >= 4 ? UNICODE4 : UNICODE1, encodeUtf8(text));
    this.#longStrings.set(text, this.memoize());
  }

  #commitFrame(): void {
    const frame = this.#frame;
    if (frame < 0) return;
    this.#frame = -1;
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
