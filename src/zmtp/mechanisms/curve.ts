/**
 * CURVE: what both of its sides share (https://rfc.zeromq.org/spec/26/). Where libzmq and the text differ, libzmq stands.
 *
 * @module
 */
import { encodeCommand } from '../commands.js';
import { ZmtpError } from '../errors.js';
import { COMMAND, MORE } from '../frames.js';
import { BOX_OVERHEAD, open, seal } from './box.js';

/** What tells a command inside a box: another bit than outside (libzmq's curve_mechanism_base.cpp). */
const COMMAND_INSIDE = 2;

/** Bytes that a message has more on the wire than in the program: name, nonce, tag and inner flags. */
export const CURVE_OVERHEAD = 8 + 8 + BOX_OVERHEAD + 1;

/** Bytes of the random part of a long nonce. */
export const LONG_NONCE = 16;
/** Bytes of the counter in a short nonce. */
export const SHORT_NONCE = 8;
/** Bytes of what a server gives with its WELCOME and wants back. */
export const COOKIE_BYTES = 96;

const NONCE_BYTES = 24;

/** A nonce of 24 bytes: a text of 16 and a counter of 8, or a text of 8 and 16 random bytes. */
export function nonce(prefix: string, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(NONCE_BYTES);
  for (let at = 0; at < prefix.length; at++) bytes[at] = prefix.charCodeAt(at);
  bytes.set(rest, prefix.length);
  return bytes;
}

/** The counter of one side's own boxes: it never comes to the same value again. */
export class OwnCounter {
  #value = 0;

  /** The next value as 8 bytes. */
  next(): Uint8Array {
    if (this.#value >= Number.MAX_SAFE_INTEGER)
      throw new ZmtpError('LIMIT', 'as many messages were encrypted as one connection can have');
    this.#value++;
    const bytes = new Uint8Array(SHORT_NONCE);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(this.#value / 2 ** 32));
    view.setUint32(4, this.#value >>> 0);
    return bytes;
  }
}

/** The counter in the peer's boxes: what is not above the last one is a box of before, sent again. */
export class PeerCounter {
  #high = 0;
  #low = 0;

  /** @throws ZmtpError `PROTOCOL` unless the counter rises. */
  take(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, SHORT_NONCE);
    const high = view.getUint32(0);
    const low = view.getUint32(4);
    if (high < this.#high || (high === this.#high && low <= this.#low))
      throw new ZmtpError('PROTOCOL', 'an encrypted message that repeats an earlier one, or comes out of order');
    this.#high = high;
    this.#low = low;
  }
}

/** What every box in traffic begins with. */
const MESSAGE = encodeCommand('MESSAGE');

/** What a box in traffic held. */
export interface Opened {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Boxes of messages and commands once the handshake is done. */
export class CurveTraffic {
  readonly #key: Uint8Array;
  readonly #ownPrefix: string;
  readonly #peerPrefix: string;
  readonly #own: OwnCounter;
  readonly #peer: PeerCounter;

  constructor(key: Uint8Array, isServer: boolean, own: OwnCounter, peer: PeerCounter) {
    this.#key = key;
    this.#ownPrefix = isServer ? 'CurveZMQMESSAGES' : 'CurveZMQMESSAGEC';
    this.#peerPrefix = isServer ? 'CurveZMQMESSAGEC' : 'CurveZMQMESSAGES';
    this.#own = own;
    this.#peer = peer;
  }

  /** The body of the frame that carries this one. */
  seal(flags: number, payload: Uint8Array): Uint8Array {
    const counter = this.#own.next();
    const plain = new Uint8Array(1 + payload.length);
    plain[0] = (flags & MORE) | ((flags & COMMAND) === 0 ? 0 : COMMAND_INSIDE);
    plain.set(payload, 1);
    const box = seal(this.#key, nonce(this.#ownPrefix, counter), plain);
    const data = new Uint8Array(SHORT_NONCE + box.length);
    data.set(counter);
    data.set(box, SHORT_NONCE);
    return encodeCommand('MESSAGE', data);
  }

  /** @throws ZmtpError `PROTOCOL` for what is no box of this connection, or one that came before. */
  open(body: Uint8Array): Opened {
    if (body.length < CURVE_OVERHEAD || MESSAGE.some((byte, at) => body[at] !== byte))
      throw new ZmtpError('PROTOCOL', 'a frame that is not encrypted on an encrypted connection');
    const data = body.subarray(MESSAGE.length);
    const counter = data.subarray(0, SHORT_NONCE);
    const plain = open(this.#key, nonce(this.#peerPrefix, counter), data.subarray(SHORT_NONCE));
    if (plain === undefined) throw new ZmtpError('PROTOCOL', 'an encrypted message that was changed on its way');
    this.#peer.take(counter);
    const inside = plain[0] ?? 0;
    return { flags: (inside & MORE) | ((inside & COMMAND_INSIDE) === 0 ? 0 : COMMAND), payload: plain.subarray(1) };
  }
}

/** The parts of a command's data, one after the other; undefined unless it has exactly this size. */
export function cut(data: Uint8Array, ...sizes: readonly number[]): readonly Uint8Array[] | undefined {
  let at = 0;
  const parts = sizes.map((size) => data.subarray(at, (at += size)));
  return at === data.length ? parts : undefined;
}

/** Bytes one after the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @throws ZmtpError `PROTOCOL` for the keys of which no secret can come. */
export function strong(key: Uint8Array | undefined): Uint8Array {
  if (key === undefined) throw new ZmtpError('PROTOCOL', 'a public key of CURVE that is none');
  return key;
}
