/**
 * The client's side of CURVE.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { encodeCommand, readMetadata } from '../commands.js';
import type { Command } from '../commands.js';
import { ZmtpError } from '../errors.js';
import { BOX_OVERHEAD, KEY_BYTES, newKeyPair, open, seal, sharedKey } from './box.js';
import type { KeyPair } from './box.js';
import { unexpected } from './common.js';
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
import type { Mechanism, Step } from './mechanism.js';

/** What a client has to know for CURVE. */
export interface CurveClientOptions {
  /** The server's public key, 32 bytes. */
  readonly serverKey: Uint8Array;
  /** This client's own pair. */
  readonly pair: KeyPair;
  /** This side's properties as bytes. */
  readonly metadata: Uint8Array;
  readonly maxProperties: number;
}

export class CurveClient implements Mechanism {
  readonly name = 'CURVE';
  readonly asServer = false;
  readonly #options: CurveClientOptions;
  /** A pair for this connection alone: what is recorded today stays secret when the long-term key is lost. */
  readonly #transient = newKeyPair();
  readonly #own = new OwnCounter();
  readonly #peer = new PeerCounter();
  #state: 'hello' | 'initiate' = 'hello';
  /** The key of HELLO and WELCOME, then that of all that follows. */
  #key: Uint8Array | undefined;
  traffic: CurveTraffic | undefined;

  constructor(options: CurveClientOptions) {
    this.#options = options;
  }

  /** The server's public key as Z85 text, once it has shown that it has the secret one. */
  get peer(): string | undefined {
    return this.traffic === undefined ? undefined : encodeZ85(this.#options.serverKey);
  }

  start(): Uint8Array {
    this.#key = strong(sharedKey(this.#transient, this.#options.serverKey));
    const counter = this.#own.next();
    const box = seal(this.#key, nonce('CurveZMQHELLO---', counter), new Uint8Array(64));
    const version = Uint8Array.of(1, 0);
    return encodeCommand('HELLO', join(version, new Uint8Array(72), this.#transient.publicKey, counter, box));
  }

  receive(command: Command): Step {
    return this.#state === 'hello' ? this.#welcome(command) : this.#ready(command);
  }

  #welcome(command: Command): Step {
    if (command.name !== 'WELCOME') throw unexpected(command, 'WELCOME');
    const { serverKey, pair, metadata } = this.#options;
    const [random, box] = cut(command.data, LONG_NONCE, KEY_BYTES + COOKIE_BYTES + BOX_OVERHEAD) ?? [];
    const plain = random && box ? open(strong(this.#key), nonce('WELCOME-', random), box) : undefined;
    if (plain === undefined) throw new ZmtpError('PROTOCOL', 'a WELCOME that the server with this key did not make');
    const serverTransient = plain.slice(0, KEY_BYTES);
    const cookie = plain.subarray(KEY_BYTES);
    this.#key = strong(sharedKey(this.#transient, serverTransient));

    const vouchRandom = randomBytes(LONG_NONCE);
    const vouch = seal(
      strong(sharedKey(pair, serverTransient)),
      nonce('VOUCH---', vouchRandom),
      join(this.#transient.publicKey, serverKey),
    );
    const counter = this.#own.next();
    const initiate = seal(
      this.#key,
      nonce('CurveZMQINITIATE', counter),
      join(pair.publicKey, vouchRandom, vouch, metadata),
    );
    this.#state = 'initiate';
    return { send: encodeCommand('INITIATE', join(cookie, counter, initiate)) };
  }

  #ready(command: Command): Step {
    if (command.name !== 'READY') throw unexpected(command, 'READY');
    const counter = command.data.subarray(0, SHORT_NONCE);
    const key = strong(this.#key);
    const plain =
      counter.length === SHORT_NONCE
        ? open(key, nonce('CurveZMQREADY---', counter), command.data.subarray(SHORT_NONCE))
        : undefined;
    if (plain === undefined) throw new ZmtpError('PROTOCOL', 'a READY that was changed on its way');
    this.#peer.take(counter);
    this.traffic = new CurveTraffic(key, false, this.#own, this.#peer);
    return { ready: readMetadata(plain, this.#options.maxProperties) };
  }
}
