/**
 * A peer of CURVE whose every box can be made wrong. It knows the keys of its connection, and keeps to nothing.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { encodeCommand, encodeMetadata, readCommand } from '../../../../src/zmtp/commands.js';
import { COMMAND, encodeFrame } from '../../../../src/zmtp/frames.js';
import { newKeyPair, open, seal, sharedKey } from '../../../../src/zmtp/mechanisms/box.js';
import type { KeyPair } from '../../../../src/zmtp/mechanisms/box.js';
import { ascii } from '../../support/side.js';
import type { RawPeer } from './raw-peer.js';

/** Keys of which everybody knows the secret that they give. */
export const LOW_ORDER: readonly Uint8Array[] = [
  new Uint8Array(32),
  new Uint8Array(32).with(0, 1),
  Uint8Array.from(Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex')),
  Uint8Array.from(Buffer.from('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157', 'hex')),
  Uint8Array.from(Buffer.from('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')),
  Uint8Array.from(Buffer.from('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')),
  Uint8Array.from(Buffer.from('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')),
];

export const counter = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return new Uint8Array(bytes);
};

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const nonceOf = (text: string, rest: Uint8Array): Uint8Array => joined(ascii(text), rest);
const commandFrame = (name: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  encodeFrame(COMMAND, encodeCommand(name, joined(...parts)));
const typed = (type: string): Uint8Array => encodeMetadata([['Socket-Type', ascii(type)]]);

/** A command's data from a frame as {@link RawPeer} gives it. */
async function dataOf(peer: RawPeer, name: string): Promise<Uint8Array> {
  const command = readCommand(ascii((await peer.frame()).body));
  if (command.name !== name) throw new Error(`${command.name} instead of ${name}`);
  return command.data;
}

/** A key that must be there: a test's own mistake else. */
function key(secret: Uint8Array | undefined): Uint8Array {
  if (secret === undefined) throw new Error('a key of low order');
  return secret;
}

/** The client's side, one command after the other. */
export class CurveRawClient {
  readonly #peer: RawPeer;
  readonly #serverKey: Uint8Array;
  readonly #transient = newKeyPair();
  #serverTransient = new Uint8Array();
  #cookie = new Uint8Array();

  constructor(peer: RawPeer, serverKey: Uint8Array) {
    this.#peer = peer;
    this.#serverKey = serverKey;
  }

  hello(shown: Uint8Array = this.#transient.publicKey): Uint8Array {
    const box = seal(
      key(sharedKey(this.#transient, this.#serverKey)),
      nonceOf('CurveZMQHELLO---', counter(1)),
      new Uint8Array(64),
    );
    return commandFrame('HELLO', Uint8Array.of(1, 0), new Uint8Array(72), shown, counter(1), box);
  }

  async welcome(): Promise<void> {
    const data = await dataOf(this.#peer, 'WELCOME');
    const shared = key(sharedKey(this.#transient, this.#serverKey));
    const plain = key(open(shared, nonceOf('WELCOME-', data.subarray(0, 16)), data.subarray(16)));
    this.#serverTransient = plain.slice(0, 32);
    this.#cookie = plain.slice(32);
  }

  /** @param pair - Who it is. @param shown - Whose public key it shows. @param type - Its socket type. */
  initiate(pair: KeyPair, type: string, shown = pair.publicKey, counted = 2): Uint8Array {
    const random = randomBytes(16);
    const vouch = seal(
      key(sharedKey(pair, this.#serverTransient)),
      nonceOf('VOUCH---', random),
      joined(this.#transient.publicKey, this.#serverKey),
    );
    const box = seal(
      this.key,
      nonceOf('CurveZMQINITIATE', counter(counted)),
      joined(shown, random, vouch, typed(type)),
    );
    return commandFrame('INITIATE', this.#cookie, counter(counted), box);
  }

  async ready(): Promise<void> {
    await dataOf(this.#peer, 'READY');
  }

  /** The key of all boxes after the WELCOME. */
  get key(): Uint8Array {
    return key(sharedKey(this.#transient, this.#serverTransient));
  }
}

/** A frame of traffic. `side` is whose it says it is: C for the client, S for the server. */
export function box(secret: Uint8Array, count: number, text: string, side: 'C' | 'S' = 'C', inner = 0): Uint8Array {
  const plain = joined(Uint8Array.of(inner), ascii(text));
  const sealed = seal(secret, nonceOf(`CurveZMQMESSAGE${side}`, counter(count)), plain);
  return encodeFrame(0, encodeCommand('MESSAGE', joined(counter(count), sealed)));
}

/** What a server of CURVE answers, as far as the handshake goes. */
export class CurveRawServer {
  readonly #peer: RawPeer;
  readonly #pair: KeyPair;
  readonly #transient = newKeyPair();
  #client = new Uint8Array();

  constructor(peer: RawPeer, pair: KeyPair) {
    this.#peer = peer;
    this.#pair = pair;
  }

  async hello(): Promise<void> {
    this.#client = (await dataOf(this.#peer, 'HELLO')).slice(74, 106);
  }

  welcome(shown: Uint8Array = this.#transient.publicKey, cookie = new Uint8Array(96)): Uint8Array {
    const random = randomBytes(16);
    const shared = key(sharedKey(this.#pair, this.#client));
    return commandFrame('WELCOME', random, seal(shared, nonceOf('WELCOME-', random), joined(shown, cookie)));
  }

  async initiate(): Promise<void> {
    await dataOf(this.#peer, 'INITIATE');
  }

  ready(type: string, counted = 1): Uint8Array {
    return commandFrame(
      'READY',
      counter(counted),
      seal(this.key, nonceOf('CurveZMQREADY---', counter(counted)), typed(type)),
    );
  }

  get key(): Uint8Array {
    return key(sharedKey(this.#transient, this.#client));
  }
}
