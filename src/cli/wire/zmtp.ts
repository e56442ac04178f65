/**
 * ZeroMQ messages out of one direction of a TCP stream: ZMTP 3 (https://rfc.zeromq.org/spec/23/, /spec/37/).
 *
 * @module
 */
import { COMMAND, GREETING_BYTES, LONG, MORE } from '../../zmtp/internal.js';

/** Something that a ZMTP stream told. */
export type ZmtpItem =
  /** A message with all its parts. */
  | { readonly kind: 'message'; readonly frames: readonly Uint8Array[] }
  /** A command of the protocol: READY, SUBSCRIBE, CANCEL, PING, PONG, ERROR. */
  | { readonly kind: 'command'; readonly name: string; readonly body: Uint8Array }
  /** The greeting, with the security mechanism. */
  | { readonly kind: 'greeting'; readonly mechanism: string; readonly version: string }
  /** Bytes that are no ZMTP, or not any more. */
  | { readonly kind: 'lost'; readonly bytes: number; readonly why: string };

const latin1 = new TextDecoder('latin1');

/** Parses one direction of one connection, chunk by chunk. */
export class ZmtpStream {
  #state: 'start' | 'frames' | 'encrypted' | 'searching' | 'foreign' = 'start';
  /** What is read and not yet understood: joined only when a whole frame is there. */
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes that the next step needs. */
  #needed = 1;
  /** Parts of a message whose last part is still to come. */
  #parts: Uint8Array[] = [];
  #skipped = 0;

  /** Bytes are missing: what is half read is given up, and the next frame searched for. */
  *interrupt(missing: number): Generator<ZmtpItem> {
    if (this.#isDeaf()) return;
    yield { kind: 'lost', bytes: missing + this.#length, why: 'packets are missing from the capture' };
    this.#search();
  }

  /** Takes the next bytes, as they came in one segment. */
  *add(data: Uint8Array): Generator<ZmtpItem> {
    if (this.#isDeaf()) return;
    if (this.#state === 'searching') {
      if (!plausibleFrames(data)) {
        this.#skipped += data.length;
        return;
      }
      yield* this.#tellSkipped();
      this.#state = 'frames';
    }
    this.#chunks.push(data);
    this.#length += data.length;
    if (this.#length < this.#needed) return;
    if (this.#state === 'start') {
      const { items, state } = this.#greeting();
      this.#state = state;
      yield* items;
    }
    if (this.#state === 'frames') yield* this.#frames();
  }

  /** The stream ends: tells what is left half read. */
  *end(): Generator<ZmtpItem> {
    yield* this.#tellSkipped();
    if (this.#state === 'frames' && (this.#length > 0 || this.#parts.length > 0))
      yield { kind: 'lost', bytes: this.#length, why: 'the capture ends in the middle of a message' };
  }

  #isDeaf(): boolean {
    return this.#state === 'foreign' || this.#state === 'encrypted';
  }

  *#tellSkipped(): Generator<ZmtpItem> {
    if (this.#skipped > 0) yield { kind: 'lost', bytes: this.#skipped, why: 'the start of a frame was not captured' };
    this.#skipped = 0;
  }

  #join(): Uint8Array {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #keep(rest: Uint8Array, needed = 1): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    this.#needed = Math.max(1, needed);
  }

  #search(): void {
    this.#keep(new Uint8Array());
    this.#parts = [];
    this.#state = 'searching';
  }

  #greeting(): { readonly items: ZmtpItem[]; readonly state: 'start' | 'frames' | 'encrypted' | 'foreign' } {
    const buffer = this.#join();
    // The signature is FF, eight bytes, 7F; without it the capture began later.
    if (buffer[0] !== 0xff) return { items: [], state: plausibleFrames(buffer) ? 'frames' : 'foreign' };
    if (buffer.length < GREETING_BYTES) {
      this.#keep(buffer, GREETING_BYTES);
      return { items: [], state: 'start' };
    }
    const major = buffer[10] ?? 0;
    if (buffer[9] !== 0x7f || major < 3) {
      const why = 'an older ZMTP than 3, or another protocol';
      return { items: [{ kind: 'lost', bytes: buffer.length, why }], state: 'foreign' };
    }
    const mechanism = latin1.decode(buffer.subarray(12, 32)).replace(/\0.*$/s, '');
    this.#keep(buffer.subarray(GREETING_BYTES));
    return {
      items: [{ kind: 'greeting', mechanism, version: `${major}.${buffer[11] ?? 0}` }],
      state: mechanism === 'CURVE' || mechanism === 'GSSAPI' ? 'encrypted' : 'frames',
    };
  }

  *#frames(): Generator<ZmtpItem> {
    let rest = this.#join();
    while (true) {
      const frame = readFrame(rest);
      if (frame === 'invalid') {
        yield { kind: 'lost', bytes: rest.length, why: 'these bytes are no ZMTP frame' };
        this.#search();
        return;
      }
      if (frame.body === undefined) {
        this.#keep(rest, frame.length);
        return;
      }
      rest = rest.subarray(frame.length);
      if (frame.command) {
        const nameLength = frame.body[0] ?? 0;
        const name = latin1.decode(frame.body.subarray(1, 1 + nameLength));
        yield { kind: 'command', name, body: frame.body.subarray(1 + nameLength) };
        continue;
      }
      this.#parts.push(frame.body);
      if (!frame.more) {
        yield { kind: 'message', frames: this.#parts };
        this.#parts = [];
      }
    }
  }
}

interface Frame {
  /** Undefined when it is not all there yet. */
  readonly body: Uint8Array | undefined;
  readonly more: boolean;
  readonly command: boolean;
  /** Bytes of the frame with its header, as far as known. */
  readonly length: number;
}

function readFrame(data: Uint8Array): Frame | 'invalid' {
  const flags = data[0] ?? 0;
  const more = (flags & MORE) !== 0;
  const command = (flags & COMMAND) !== 0;
  if (flags > 7 || (command && more)) return 'invalid';
  const header = (flags & LONG) === 0 ? 2 : 9;
  if (data.length < header) return { body: undefined, more, command, length: header };
  const size = frameSize(data, 0, header);
  if (size > Number.MAX_SAFE_INTEGER) return 'invalid';
  const length = header + size;
  return { body: data.length < length ? undefined : data.subarray(header, length), more, command, length };
}

function frameSize(data: Uint8Array, at: number, header: number): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return header === 2 ? view.getUint8(at + 1) : view.getUint32(at + 1) * 2 ** 32 + view.getUint32(at + 5);
}

/** Frames larger than this are no sign of ZMTP when the start of a connection was not captured. */
const PLAUSIBLE_SIZE = 1 << 28;

/** Whether a segment looks as if a frame started with it: for captures that began in the middle. */
function plausibleFrames(data: Uint8Array): boolean {
  let at = 0;
  while (at < data.length) {
    const flags = data[at] ?? 0;
    const long = (flags & LONG) !== 0;
    const header = long ? 9 : 2;
    if (flags > 7) return false;
    if (at + header > data.length) return at > 0;
    const size = frameSize(data, at, header);
    if (size > PLAUSIBLE_SIZE || (long && size < 256)) return false;
    const first = data[at + header];
    // A delimiter, a pickle or a topic is what vnpy sends first.
    if (at === 0 && size > 0 && first !== undefined && first !== 0x80 && first < 0x20) return false;
    at += header + size;
  }
  return true;
}

/** The properties of a READY command: `Socket-Type` and others. */
export function readyProperties(body: Uint8Array): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  while (at < body.length) {
    const nameLength = body[at] ?? 0;
    const valueAt = at + 1 + nameLength + 4;
    if (valueAt > body.length) break;
    const length = view.getUint32(at + 1 + nameLength);
    properties.set(
      latin1.decode(body.subarray(at + 1, at + 1 + nameLength)),
      latin1.decode(body.subarray(valueAt, valueAt + length)),
    );
    at = valueAt + length;
  }
  return properties;
}
