/**
 * What a captured direction of a TCP stream tells, where it is ZMTP. Unlike a connection, a capture may begin in the middle
 * and have holes: what cannot be read is told, and the next frame searched for.
 *
 * @module
 */
import type { Said } from '../findings/finding.js';
import {
  COMMAND,
  frameHeader,
  FrameReader,
  GREETING_BYTES,
  GreetingReader,
  LONG,
  MORE,
  readCommand,
  readError,
  readMetadata,
  ZmtpError,
} from '../../../zmtp/internal.js';

/** Something that a stream told. */
export type StreamItem =
  /** A message with all its parts. */
  | { readonly kind: 'message'; readonly frames: readonly Uint8Array[] }
  /** The sender's socket type, from its READY. */
  | { readonly kind: 'ready'; readonly socketType: string | undefined }
  | { readonly kind: 'subscription'; readonly wanted: boolean; readonly prefix: Uint8Array }
  /** The sender refuses the connection. */
  | { readonly kind: 'error'; readonly reason: string }
  /** What follows cannot be read without the keys. */
  | { readonly kind: 'encrypted'; readonly mechanism: string }
  /** Bytes that are no ZMTP, or not any more. */
  | { readonly kind: 'lost'; readonly bytes: number; readonly why: Said };

const latin1 = new TextDecoder('latin1');

/** Reads one direction of one connection, chunk by chunk. The bytes of a chunk have to stay as they are. */
export class CapturedStream {
  #state: 'start' | 'greeting' | 'frames' | 'searching' | 'deaf' = 'start';
  #items: StreamItem[] = [];
  readonly #greeting = new GreetingReader();
  #frames = this.#reader(0);
  /** Parts of a message whose last part is still to come. */
  #parts: Uint8Array[] = [];
  /** Bytes so far, those that are missing with them. */
  #offset = 0;
  /** Bytes in which the start of a frame was searched for. */
  #skipped = 0;
  /** Whether the capture has the first byte of the connection. */
  #isWhole = false;

  /** Bytes are missing: what is half read is given up, and the next frame searched for. */
  interrupt(missing: number): readonly StreamItem[] {
    if (this.#state !== 'deaf') {
      const pending = this.#state === 'greeting' ? this.#offset : this.#frames.pending;
      this.#lose(missing + pending, ({ containers }) => containers.packetsMissing);
      this.#search();
    }
    this.#offset += missing;
    return this.#taken();
  }

  /** Takes the next bytes, as they came in one segment. */
  add(data: Uint8Array): readonly StreamItem[] {
    const start = this.#offset;
    this.#offset += data.length;
    try {
      this.#read(data, start);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      this.#broken(error);
    }
    return this.#taken();
  }

  /** The stream ends: tells what is left half read. */
  end(): readonly StreamItem[] {
    this.#tellSkipped();
    if (this.#state === 'frames' && (this.#frames.isInside || this.#parts.length > 0))
      this.#lose(this.#frames.pending, ({ containers }) => containers.endsInside);
    return this.#taken();
  }

  #taken(): readonly StreamItem[] {
    return this.#items.splice(0);
  }

  #lose(bytes: number, why: Said): void {
    this.#items.push({ kind: 'lost', bytes, why });
  }

  #search(): void {
    this.#begin('searching', this.#offset);
  }

  #begin(state: 'frames' | 'searching', offset: number): void {
    this.#frames = this.#reader(offset);
    this.#parts = [];
    this.#state = state;
  }

  #tellSkipped(): void {
    if (this.#skipped > 0) this.#lose(this.#skipped, ({ containers }) => containers.noStart);
    this.#skipped = 0;
  }

  #read(data: Uint8Array, start: number): void {
    let rest = data;
    if (this.#state === 'start') {
      this.#isWhole = rest[0] === 0xff;
      if (this.#isWhole) this.#state = 'greeting';
      else if (plausibleFrames(rest)) this.#begin('frames', start);
      else this.#state = 'deaf';
    } else if (this.#state === 'searching') {
      if (plausibleFrames(rest)) {
        this.#tellSkipped();
        this.#begin('frames', start);
      } else {
        this.#skipped += rest.length;
      }
    }
    if (this.#state === 'greeting') rest = rest.subarray(this.#greet(rest));
    if (this.#state === 'frames') this.#frames.read(rest);
  }

  #broken({ message, offset = this.#offset }: ZmtpError): void {
    if (this.#state === 'greeting') {
      this.#lose(this.#offset, ({ containers }) => containers.olderZmtp(message));
      this.#state = 'deaf';
      return;
    }
    const isWhole = this.#isWhole;
    this.#lose(this.#offset - offset, ({ containers }) =>
      isWhole ? containers.noFrame(message) : containers.noFrameFromFirst(message),
    );
    this.#search();
  }

  /** @returns how many bytes belong to the greeting. */
  #greet(data: Uint8Array): number {
    const taken = this.#greeting.read(data);
    const { greeting } = this.#greeting;
    if (greeting === undefined) return taken;
    const { mechanism } = greeting;
    if (mechanism === 'CURVE' || mechanism === 'GSSAPI') {
      this.#items.push({ kind: 'encrypted', mechanism });
      this.#state = 'deaf';
    } else {
      this.#begin('frames', GREETING_BYTES);
    }
    return taken;
  }

  #reader(offset: number): FrameReader {
    const frame = (flags: number, body: Uint8Array): void => {
      if ((flags & COMMAND) !== 0) this.#command(body);
      else this.#part(body, (flags & MORE) !== 0);
    };
    // A capture is a file: what a frame announces costs nothing until it is there.
    return new FrameReader({ frame }, Number.MAX_SAFE_INTEGER, offset);
  }

  #part(body: Uint8Array, more: boolean): void {
    this.#parts.push(body);
    if (more) return;
    this.#items.push({ kind: 'message', frames: this.#parts });
    this.#parts = [];
  }

  /** A command that is senseless costs no more than itself: where the next frame begins is known. */
  #command(body: Uint8Array): void {
    try {
      const item = commandItem(body);
      if (item !== undefined) this.#items.push(item);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      const { message } = error;
      const end = this.#offset;
      this.#lose(body.length, ({ containers }) => containers.inSegment(message, end));
    }
  }
}

function commandItem(body: Uint8Array): StreamItem | undefined {
  const { name, data } = readCommand(body);
  switch (name) {
    case 'READY': {
      const type = readMetadata(data, Infinity).get('socket-type');
      return { kind: 'ready', socketType: type && latin1.decode(type) };
    }
    case 'SUBSCRIBE':
    case 'CANCEL':
      return { kind: 'subscription', wanted: name === 'SUBSCRIBE', prefix: data };
    case 'ERROR':
      return { kind: 'error', reason: readError(data) };
    default:
      return undefined;
  }
}

/** Frames larger than this are no sign of ZMTP when the start of a connection was not captured. */
const PLAUSIBLE_SIZE = 1 << 28;

/** Whether a segment looks as if a frame started with it: for captures that began in the middle. */
function plausibleFrames(data: Uint8Array): boolean {
  let at = 0;
  while (at < data.length) {
    const { flags, size, bodyAt } = frameHeader(data, at);
    if (flags > (MORE | LONG | COMMAND)) return false;
    if (size === undefined) return at > 0;
    if (size > PLAUSIBLE_SIZE || ((flags & LONG) !== 0 && size < 256)) return false;
    const first = data[bodyAt];
    // A delimiter, a pickle or a topic is what vnpy sends first.
    if (at === 0 && size > 0 && first !== undefined && first !== 0x80 && first < 0x20) return false;
    at = bodyAt + size;
  }
  return true;
}
