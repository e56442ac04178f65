/**
 * NaCl's boxes: X25519 of node:crypto, XSalsa20 and Poly1305 of `@noble/ciphers`.
 *
 * @module
 */
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Bytes of a key. */
export const KEY_BYTES = 32;
/** Bytes that a box has more than what is in it. */
export const BOX_OVERHEAD = 16;

/** DER of a raw X25519 key up to its 32 bytes (RFC 8410). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const SECRET_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The first words of Salsa20's block, "expand 32-byte k". */
const SIGMA = Uint32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);

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
  const out = new Uint32Array(8);
  hsalsa(SIGMA, new Uint32Array(new Uint8Array(secret).buffer), new Uint32Array(4), out);
  return new Uint8Array(out.buffer);
}

/** A box or secretbox of NaCl: the tag, then what is in it. */
export function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  return xsalsa20poly1305(key, nonce).encrypt(plain);
}

/** What is in a box; undefined when it was not made with this key and nonce, or was changed. */
export function open(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  if (box.length < BOX_OVERHEAD) return undefined;
  try {
    return xsalsa20poly1305(key, nonce).decrypt(box);
  } catch {
    return undefined;
  }
}
