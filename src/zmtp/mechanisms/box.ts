/**
 * NaCl's boxes: X25519 of node:crypto, which has no XSalsa20, and the secretbox of this folder.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { bytesOf, hsalsa20, wordsOf } from './salsa20.js';
import { Secretbox, TAG_BYTES } from './secretbox.js';

/** Bytes of a key. */
export const KEY_BYTES = 32;
/** Bytes that a box has more than what is in it. */
export const BOX_OVERHEAD = TAG_BYTES;

/** DER of a raw X25519 key up to its 32 bytes (RFC 8410). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const SECRET_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Bytes of a nonce that are HSalsa20's. */
const HEAD_BYTES = 16;

/** A key pair: the secret half stays inside OpenSSL. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secret: KeyObject;
}

/** A new pair. */
export function newKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('x25519');
  return { publicKey: publicKeyOf(privateKey), secret: privateKey };
}

/** The pair of a secret key of 32 bytes. */
export function keyPairOf(secretKey: Uint8Array): KeyPair {
  const secret = createPrivateKey({ key: Buffer.concat([SECRET_PREFIX, secretKey]), format: 'der', type: 'pkcs8' });
  return { publicKey: publicKeyOf(secret), secret };
}

/** The bytes of a secret key, for text that a person keeps. */
export function secretBytes(pair: KeyPair): Uint8Array {
  return new Uint8Array(pair.secret.export({ format: 'der', type: 'pkcs8' }).subarray(-KEY_BYTES));
}

function publicKeyOf(secret: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES));
}

/**
 * The key of all boxes between two pairs, `crypto_box_beforenm` of NaCl.
 *
 * @returns undefined for a public key of low order: what it gives is known to everybody.
 */
export function sharedKey(own: KeyPair, publicKey: Uint8Array): Uint8Array | undefined {
  let secret: Buffer;
  try {
    const peer = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, publicKey]), format: 'der', type: 'spki' });
    secret = diffieHellman({ privateKey: own.secret, publicKey: peer });
  } catch {
    return undefined;
  }
  return bytesOf(hsalsa20(wordsOf(secret), new Int32Array(4)));
}

/** A box or secretbox of NaCl: the tag, then what is in it. */
export function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  const box = new Uint8Array(TAG_BYTES + plain.length);
  box.set(plain, TAG_BYTES);
  new Secretbox(key, nonce.subarray(0, HEAD_BYTES)).seal(nonce.subarray(HEAD_BYTES), box);
  return box;
}

/** What is in a box; undefined when it was not made with this key and nonce, or was changed. */
export function open(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  return new Secretbox(key, nonce.subarray(0, HEAD_BYTES)).open(nonce.subarray(HEAD_BYTES), box);
}
