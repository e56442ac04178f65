/**
 * CURVE: what both of its sides share (https://rfc.zeromq.org/spec/26/). Where libzmq and the text differ, libzmq stands.
 *
 * @module
 */
import { encodeCommand } from '../commands.js';
import { ZmtpError } from '../errors.js';
import { COMMAND, MORE, uint32, unfilled, writeUint32 } from '../frames.js';
import { BOX_OVERHEAD } from './box.js';
import { Secretbox } from './secretbox.js';

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

const NOTHING = new Uint8Array(0);

/** A nonce of 24 bytes: a text of 16 and a counter of 8, or a text of 8 and 16 random bytes. */
export function nonce(prefix: string, rest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix.length + rest.length);
  for (let at = 0; at < prefix.length; at++) bytes[at] = prefix.charCodeAt(at);
  bytes.set(rest, prefix.length);
  return bytes;
}

/** The counter of one side's own boxes: it never comes to the same value again. */
export class OwnCounter {
  #value = 0;

  /** The next value as 8 bytes. */
  next(): Uint8Array {
    const bytes = new Uint8Array(SHORT_NONCE);
    this.write(bytes, 0);
    return bytes;
  }

  /** Writes the next value as 8 bytes. */
  write(target: Uint8Array, at: number): void {
    if (this.#value >= Number.MAX_SAFE_INTEGER)
      throw new ZmtpError('LIMIT', 'as many messages were encrypted as one connection can have');
    this.#value++;
    writeUint32(target, at, Math.floor(this.#value / 2 ** 32));
    writeUint32(target, at + 4, this.#value);
  }
}

/** The counter in the peer's boxes: what is not above the last one is a box of before, sent again. */
export class PeerCounter {
  #high = 0;
  #low = 0;

  /** @throws ZmtpError `PROTOCOL` unless the counter rises. */
  take(bytes: Uint8Array): void {
    const high = uint32(bytes, 0);
    const low = uint32(bytes, 4);
    if (high < this.#high || (high === this.#high && low <= this.#low))
      throw new ZmtpError('PROTOCOL', 'an encrypted message that repeats an earlier one, or comes out of order');
    this.#high = high;
    this.#low = low;
  }
}

/** What every box in traffic begins with. */
const MESSAGE = encodeCommand('MESSAGE');
const BOX_AT = MESSAGE.length + SHORT_NONCE;
const INSIDE_AT = BOX_AT + BOX_OVERHEAD;

/** What a box in traffic held. */
export interface Opened {
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** Boxes of messages and commands once the handshake is done. */
export class CurveTraffic {
  readonly #ownBoxes: Secretbox;
  readonly #peerBoxes: Secretbox;
  readonly #own: OwnCounter;
  readonly #peer: PeerCounter;

  constructor(key: Uint8Array, isServer: boolean, own: OwnCounter, peer: PeerCounter) {
    const server = new Secretbox(key, nonce('CurveZMQMESSAGES', NOTHING));
    const client = new Secretbox(key, nonce('CurveZMQMESSAGEC', NOTHING));
    this.#ownBoxes = isServer ? server : client;
    this.#peerBoxes = isServer ? client : server;
    this.#own = own;
    this.#peer = peer;
  }

  /** The body of the frame that carries this one. */
  seal(flags: number, payload: Uint8Array): Uint8Array {
    const body = unfilled(CURVE_OVERHEAD + payload.length);
    body.set(MESSAGE);
    this.#own.write(body, MESSAGE.length);
    body[INSIDE_AT] = (flags & MORE) | ((flags & COMMAND) === 0 ? 0 : COMMAND_INSIDE);
    body.set(payload, INSIDE_AT + 1);
    this.#ownBoxes.seal(body.subarray(MESSAGE.length, BOX_AT), body.subarray(BOX_AT));
    return body;
  }

  /** @throws ZmtpError `PROTOCOL` for what is no box of this connection, or one that came before. */
  open(body: Uint8Array): Opened {
    let isMessage = body.length >= CURVE_OVERHEAD;
    for (let at = 0; at < MESSAGE.length; at++) isMessage &&= body[at] === MESSAGE[at];
    if (!isMessage) throw new ZmtpError('PROTOCOL', 'a frame that is not encrypted on an encrypted connection');
    const counter = body.subarray(MESSAGE.length, BOX_AT);
    const plain = this.#peerBoxes.open(counter, body.subarray(BOX_AT));
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
