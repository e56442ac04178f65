/**
 * Frames of ZMTP 3 (https://rfc.zeromq.org/spec/37/): the one reader and the one writer.
 *
 * @module
 */
import { ZmtpError } from './errors.js';

/** Flags of a frame. */
export const MORE = 1;
export const LONG = 2;
export const COMMAND = 4;

/** Bytes of the longest header: flags and a size of eight bytes. */
const LONG_HEADER = 9;
const SHORT_HEADER = 2;
const LONGEST_SHORT = 255;

/** Bytes that a frame gets before any of them has come. What is announced is not believed until it arrives. */
const FIRST_SPACE = 64 * 1024;

/** Gets what a {@link FrameReader} has read. */
export interface FrameSink {
  /**
   * One frame.
   *
   * @param flags - {@link MORE} and {@link COMMAND}; never both.
   * @param body - What it holds. The bytes are the chunk's own unless `owned`: then they may be kept, else they are good only
   * until this returns.
   */
  frame(flags: number, body: Uint8Array, owned: boolean): void;
}

/**
 * Makes frames of the bytes of one direction, in whatever pieces they come. Every byte is looked at once. A size is compared
 * with the limit before anything is allocated, and memory for a frame grows with what has come of it.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  /** Largest body that is taken, in bytes. May be changed between frames. */
  limit: number;
  /** Largest body of a command, in bytes, where it is smaller. */
  commandLimit = Infinity;
  /** Bytes read before the current chunk. */
  #offset: number;
  /** A header of which not all has come. */
  readonly #header = new Uint8Array(LONG_HEADER);
  #headerLength = 0;
  /** The body of which not all has come: its flags, size and the space that holds its first `#filled` bytes. */
  #flags = 0;
  #size = -1;
  #body: Uint8Array = EMPTY;
  #filled = 0;
  #interruptions = 0;

  /** @param offset - Bytes of the connection before the first frame, for the offsets in errors. */
  constructor(sink: FrameSink, limit: number, offset = 0) {
    this.#sink = sink;
    this.limit = limit;
    this.#offset = offset;
  }

  /** Whether the bytes so far end in the middle of a frame. */
  get isInside(): boolean {
    return this.#headerLength > 0 || this.#size >= 0;
  }

  /** Bytes so far of the frame that the bytes end in. */
  get pending(): number {
    return this.#size < 0 ? this.#headerLength : frameBytes(this.#size) - this.#size + this.#filled;
  }

  /** Bytes of the connection that have been read. */
  get offset(): number {
    return this.#offset;
  }

  /** Called by the sink: what comes after this frame is left for the next `read`. */
  interrupt(): void {
    this.#interruptions++;
  }

  /**
   * Takes the next bytes, and hands every frame that is whole to the sink.
   *
   * @returns how many were taken: all, unless the sink interrupted. The others are to be given again.
   * @throws ZmtpError `PROTOCOL` or `LIMIT`, and what the sink throws. After that nothing may be read any more.
   */
  read(chunk: Uint8Array): number {
    let at = 0;
    const before = this.#interruptions;
    while (at < chunk.length && this.#interruptions === before) {
      if (this.#size >= 0) at = this.#fill(chunk, at);
      else if (this.#headerLength > 0) at = this.#completeHeader(chunk, at);
      else at = this.#wholeFrames(chunk, at);
    }
    this.#offset += at;
    return at;
  }

  /** Frames that lie in one chunk: no copy. Returns where the first begins that does not. */
  #wholeFrames(chunk: Uint8Array, start: number): number {
    let at = start;
    const { length } = chunk;
    const before = this.#interruptions;
    while (length - at >= SHORT_HEADER) {
      const flags = chunk[at] ?? 0;
      let body = at + SHORT_HEADER;
      let size = chunk[at + 1] ?? 0;
      if ((flags & LONG) !== 0) {
        body = at + LONG_HEADER;
        if (body > length) break;
        size = longSize(chunk, at + 1);
      }
      this.#check(flags, size, at);
      if (size > length - body) {
        this.#begin(flags, size);
        return body;
      }
      at = body + size;
      this.#sink.frame(flags & ~LONG, chunk.subarray(body, at), false);
      if (this.#interruptions !== before) return at;
    }
    this.#header.set(chunk.subarray(at));
    this.#headerLength = length - at;
    if (this.#headerLength > 0) this.#checkFlags(this.#header[0] ?? 0, at);
    return length;
  }

  #completeHeader(chunk: Uint8Array, start: number): number {
    const { flags, bodyAt: wanted } = frameHeader(this.#header, 0);
    const taken = Math.min(wanted - this.#headerLength, chunk.length - start);
    this.#header.set(chunk.subarray(start, start + taken), this.#headerLength);
    this.#headerLength += taken;
    const at = start + taken;
    if (this.#headerLength < wanted) return at;
    const { size = 0 } = frameHeader(this.#header, 0);
    this.#check(flags, size, at - wanted);
    this.#headerLength = 0;
    if (size === 0) this.#sink.frame(flags & ~LONG, EMPTY, true);
    else this.#begin(flags, size);
    return at;
  }

  #begin(flags: number, size: number): void {
    this.#flags = flags & ~LONG;
    this.#size = size;
    this.#filled = 0;
    this.#body = new Uint8Array(Math.min(size, FIRST_SPACE));
  }

  #fill(chunk: Uint8Array, start: number): number {
    const taken = Math.min(this.#size - this.#filled, chunk.length - start);
    const filled = this.#filled + taken;
    if (filled > this.#body.length) {
      const larger = new Uint8Array(Math.min(this.#size, Math.max(filled, this.#body.length * 2)));
      larger.set(this.#body.subarray(0, this.#filled));
      this.#body = larger;
    }
    this.#body.set(chunk.subarray(start, start + taken), this.#filled);
    this.#filled = filled;
    if (filled < this.#size) return start + taken;
    const body = this.#body;
    this.#body = EMPTY;
    this.#size = -1;
    this.#sink.frame(this.#flags, body, true);
    return start + taken;
  }

  #check(flags: number, size: number, at: number): void {
    this.#checkFlags(flags, at);
    const limit = (flags & COMMAND) === 0 ? this.limit : Math.min(this.limit, this.commandLimit);
    if (size > limit) {
      const bytes = Number.isFinite(size) ? `${size} bytes` : 'more than 2^53 bytes';
      throw new ZmtpError('LIMIT', `a frame of ${bytes} is above the limit of ${limit}`, this.#offset + at);
    }
  }

  #checkFlags(flags: number, at: number): void {
    if (flags > (MORE | LONG | COMMAND)) {
      const text = `0x${flags.toString(16).padStart(2, '0')}`;
      throw new ZmtpError('PROTOCOL', `a frame with the flags ${text}, of which some are reserved`, this.#offset + at);
    }
    if ((flags & COMMAND) !== 0 && (flags & MORE) !== 0)
      throw new ZmtpError('PROTOCOL', 'a command that announces more parts', this.#offset + at);
  }
}

const EMPTY = new Uint8Array(0);

/** A size of eight bytes; Infinity where it is above what a number can count exactly. */
function longSize(bytes: Uint8Array, at: number): number {
  const high = uint32(bytes, at);
  return high > 0x1f_ffff ? Infinity : high * 2 ** 32 + uint32(bytes, at + 4);
}

/** Byte by byte: a DataView would be made for each frame. */
export function uint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

/** Only the lowest 32 bits of the value count. */
export function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** Space to be filled whole. A Buffer of Node.js's pool: a stream would make a Buffer of any other kind for each write. */
export function unfilled(size: number): Uint8Array {
  return Buffer.allocUnsafe(size);
}

/**
 * The header at a place, unchecked. `size` is undefined where not all of the header is there, and Infinity above what a
 * number can count exactly.
 */
export function frameHeader(
  bytes: Uint8Array,
  at: number,
): { readonly flags: number; readonly size: number | undefined; readonly bodyAt: number } {
  const flags = bytes[at] ?? 0;
  const bodyAt = at + ((flags & LONG) === 0 ? SHORT_HEADER : LONG_HEADER);
  if (bodyAt > bytes.length) return { flags, size: undefined, bodyAt };
  return { flags, size: (flags & LONG) === 0 ? bytes[at + 1] : longSize(bytes, at + 1), bodyAt };
}

/** Bytes of a frame with its header. */
export function frameBytes(size: number): number {
  return size + (size > LONGEST_SHORT ? LONG_HEADER : SHORT_HEADER);
}

/** Writes a header, and returns where the body begins. */
export function writeHeader(target: Uint8Array, at: number, flags: number, size: number): number {
  if (size <= LONGEST_SHORT) {
    target[at] = flags;
    target[at + 1] = size;
    return at + SHORT_HEADER;
  }
  target[at] = flags | LONG;
  writeUint32(target, at + 1, Math.floor(size / 2 ** 32));
  writeUint32(target, at + 5, size);
  return at + LONG_HEADER;
}

/** One frame as bytes. */
export function encodeFrame(flags: number, body: Uint8Array): Uint8Array {
  const frame = unfilled(frameBytes(body.length));
  frame.set(body, writeHeader(frame, 0, flags, body.length));
  return frame;
}

/** Bytes of a message of these parts. */
export function messageBytes(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += frameBytes(part.length);
  return total;
}

/** Writes a message, and returns where it ends. */
export function writeMessage(target: Uint8Array, start: number, parts: readonly Uint8Array[]): number {
  let at = start;
  const last = parts.length - 1;
  let index = 0;
  for (const part of parts) {
    at = writeHeader(target, at, index < last ? MORE : 0, part.length);
    target.set(part, at);
    at += part.length;
    index++;
  }
  return at;
}

/** A message of these parts as bytes. */
export function encodeMessage(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = unfilled(messageBytes(parts));
  writeMessage(bytes, 0, parts);
  return bytes;
}

/** Limits of a message. */
export interface MessageLimits {
  /** Bytes of all parts together. */
  readonly maxBytes: number;
  /** Parts. */
  readonly maxParts: number;
}

/**
 * Makes messages of parts. The parts of a message that is whole at once are not copied. Of those that wait for the next chunk
 * the borrowed ones are, when {@link settle} is called at the end of a chunk.
 */
export class MessageAssembler {
  readonly #limits: MessageLimits;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  /** Places of the parts that lie in a chunk. */
  #borrowed: number[] = [];

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a part.
   *
   * @param owned - Whether its bytes may be kept, as {@link FrameSink} says it.
   * @returns the message when this was its last part: its parts are as good as the part was.
   * @throws ZmtpError `LIMIT`.
   */
  add(part: Uint8Array, more: boolean, owned: boolean, offset: number): readonly Uint8Array[] | undefined {
    if (part.length > this.#limits.maxBytes - this.#bytes)
      throw new ZmtpError('LIMIT', `a message above the limit of ${this.#limits.maxBytes} bytes`, offset);
    if (this.#parts.length >= this.#limits.maxParts)
      throw new ZmtpError('LIMIT', `a message of more than ${this.#limits.maxParts} parts`, offset);
    this.#parts.push(part);
    if (more) {
      if (!owned) this.#borrowed.push(this.#parts.length - 1);
      this.#bytes += part.length;
      return undefined;
    }
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    if (this.#borrowed.length > 0) this.#borrowed = [];
    return parts;
  }

  /** Copies the borrowed parts that wait: the chunk that they lie in is about to be used again. */
  settle(): void {
    for (const at of this.#borrowed.splice(0)) {
      const part = this.#parts[at];
      if (part !== undefined) this.#parts[at] = new Uint8Array(part); // A Buffer's slice() does not copy.
    }
  }
}
