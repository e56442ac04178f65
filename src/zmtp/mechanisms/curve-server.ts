/**
 * The server's side of CURVE.
 *
 * @module
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeCommand, readMetadata } from '../commands.js';
import type { Command, Metadata } from '../commands.js';
import { ZmtpError } from '../errors.js';
import { BOX_OVERHEAD, KEY_BYTES, newKeyPair, open, seal, sharedKey } from './box.js';
import type { KeyPair } from './box.js';
import { refusal, unexpected } from './common.js';
import {
  COOKIE_BYTES,
  CurveTraffic,
  cut,
  join,
  LONG_NONCE,
  nonce,
  OwnCounter,
  PeerCounter,
  SHORT_NONCE,
  strong,
} from './curve.js';
import { encodeZ85 } from '../z85.js';
import type { Acceptance, Mechanism, Step } from './mechanism.js';

const VOUCH_BYTES = 2 * KEY_BYTES + BOX_OVERHEAD;

/** What a server has to know for CURVE. */
export interface CurveServerOptions {
  /** This server's own pair. */
  readonly pair: KeyPair;
  /** Whether the client with this public key, as Z85 text, may connect. */
  readonly accepts: (publicKey: string) => Acceptance;
  /** Whether a HELLO may be looked at now. It costs more than anything else that a stranger can send. Default: always. */
  readonly mayGreet?: () => boolean;
  /** This side's properties as bytes. */
  readonly metadata: Uint8Array;
  readonly maxProperties: number;
}

/** What the server remembers between HELLO and INITIATE. */
interface Begun {
  readonly clientTransient: Uint8Array;
  readonly transient: KeyPair;
  readonly cookie: Uint8Array;
}

export class CurveServer implements Mechanism {
  readonly name = 'CURVE';
  readonly asServer = true;
  readonly #options: CurveServerOptions;
  readonly #own = new OwnCounter();
  readonly #peer = new PeerCounter();
  #begun: Begun | undefined;
  #client: string | undefined;
  traffic: CurveTraffic | undefined;

  constructor(options: CurveServerOptions) {
    this.#options = options;
  }

  get peer(): string | undefined {
    return this.#client;
  }

  start(): undefined {
    return undefined;
  }

  receive(command: Command): Step {
    return this.#begun === undefined ? this.#hello(command) : this.#initiate(command, this.#begun);
  }

  #hello(command: Command): Step {
    if (command.name !== 'HELLO') throw unexpected(command, 'HELLO');
    const [version, , clientKey, counter, box] =
      cut(command.data, 2, 72, KEY_BYTES, SHORT_NONCE, 64 + BOX_OVERHEAD) ?? [];
    if (!version || !clientKey || !counter || !box)
      throw new ZmtpError('PROTOCOL', 'a HELLO of CURVE of the wrong size');
    if (version[0] !== 1) throw new ZmtpError('PROTOCOL', `a HELLO of CURVE ${version.join('.')}, not 1.0`);
    if (this.#options.mayGreet?.() === false)
      throw new ZmtpError('LIMIT', 'too many handshakes of CURVE from this address in a short time');
    const key = strong(sharedKey(this.#options.pair, clientKey));
    const plain = open(key, nonce('CurveZMQHELLO---', counter), box);
    if (plain?.some((byte) => byte !== 0) !== false)
      throw new ZmtpError('REFUSED', 'the client has the public key of another server');
    this.#peer.take(counter);

    // The state stays here, so a cookie need not hold it: it only has to come back.
    const transient = newKeyPair();
    const cookie = randomBytes(COOKIE_BYTES);
    this.#begun = { clientTransient: clientKey.slice(), transient, cookie };
    const random = randomBytes(LONG_NONCE);
    const welcome = seal(key, nonce('WELCOME-', random), join(transient.publicKey, cookie));
    return { send: encodeCommand('WELCOME', join(random, welcome)) };
  }

  #initiate(command: Command, { clientTransient, transient, cookie }: Begun): Step {
    if (command.name !== 'INITIATE') throw unexpected(command, 'INITIATE');
    const boxAt = COOKIE_BYTES + SHORT_NONCE;
    const counter = command.data.subarray(COOKIE_BYTES, boxAt);
    if (!equal(command.data.subarray(0, COOKIE_BYTES), cookie) || counter.length < SHORT_NONCE)
      throw new ZmtpError('PROTOCOL', 'an INITIATE without the cookie of its WELCOME');
    const key = strong(sharedKey(transient, clientTransient));
    const plain = open(key, nonce('CurveZMQINITIATE', counter), command.data.subarray(boxAt));
    const metadataAt = KEY_BYTES + LONG_NONCE + VOUCH_BYTES;
    if (plain === undefined || plain.length < metadataAt)
      throw new ZmtpError('PROTOCOL', 'an INITIATE that was changed on its way');
    this.#peer.take(counter);

    const clientKey = plain.subarray(0, KEY_BYTES);
    const random = plain.subarray(KEY_BYTES, KEY_BYTES + LONG_NONCE);
    const vouch = plain.subarray(KEY_BYTES + LONG_NONCE, metadataAt);
    const vouched = open(strong(sharedKey(transient, clientKey)), nonce('VOUCH---', random), vouch);
    if (vouched === undefined || !equal(vouched, join(clientTransient, this.#options.pair.publicKey)))
      throw new ZmtpError('PROTOCOL', 'an INITIATE without proof that the client has its secret key');
    return this.#admit(
      encodeZ85(clientKey),
      key,
      readMetadata(plain.subarray(metadataAt), this.#options.maxProperties),
    );
  }

  #admit(client: string, key: Uint8Array, ready: Metadata): Step {
    const accepted = this.#options.accepts(client);
    if (accepted !== true) return refusal(accepted, `no client with the public key ${client} may connect`);
    this.#client = client;
    const counter = this.#own.next();
    const box = seal(key, nonce('CurveZMQREADY---', counter), this.#options.metadata);
    this.traffic = new CurveTraffic(key, true, this.#own, this.#peer);
    return { send: encodeCommand('READY', join(counter, box)), ready };
  }
}

/** Whether two texts are equal, in the same time whatever they hold. */
function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
