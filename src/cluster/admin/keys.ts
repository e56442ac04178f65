/**
 * Keys of NATS users: an Ed25519 pair as text. The seed is secret; the server's configuration and a policy have the public
 * key, and the server never learns the seed.
 *
 * The form is that of github.com/nats-io/nkeys: base 32 of a prefix, the key, and a checksum (CRC-16/XMODEM, low byte first).
 *
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { ClusterConfigError } from './errors.js';

/** A pair of a user. */
export interface UserKey {
  /** 58 characters that begin with `SU`. */
  readonly seed: string;
  /** 56 characters that begin with `U`. */
  readonly publicKey: string;
}

/** nkeys: `PrefixByteUser` and `PrefixByteSeed`. */
const USER = 20 << 3;
const SEED = 18 << 3;

const KEY_BYTES = 32;

/** What stands before the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410), and of a public key in SPKI. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_LENGTH = 12;

/** Makes a pair. */
export function makeUserKey(): UserKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8.length);
  // The prefix of the kind is spread over two bytes, so that every seed of a user begins with SU.
  const seed = encode([SEED | (USER >> 5), (USER & 0x1f) << 3], bytes);
  return { seed, publicKey: publicKeyOf(seed) };
}

/**
 * The public key of a seed.
 * @throws {@link ClusterConfigError} `KEY`, which does not repeat the text: it may be a secret.
 */
export function publicKeyOf(seed: string): string {
  const bytes = decode(seed);
  if (bytes?.length !== KEY_BYTES + 2 || bytes[0] !== (SEED | (USER >> 5)) || bytes[1] !== (USER & 0x1f) << 3)
    throw new ClusterConfigError('KEY', "this is no seed of a NATS user: one has 58 characters and begins with 'SU'");
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, bytes.subarray(2)]), format: 'der', type: 'pkcs8' });
  return encode([USER], createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI_LENGTH));
}

/** Whether a text is the public key of a user, its checksum included: a slip of the pen is told before a server is started. */
export function isUserPublicKey(text: string): boolean {
  const bytes = decode(text);
  return bytes?.length === KEY_BYTES + 1 && bytes[0] === USER;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encode(prefix: readonly number[], key: Uint8Array): string {
  const body = Buffer.concat([Buffer.from(prefix), key]);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(crc16(body));
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of Buffer.concat([body, sum])) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >> bits) & 0x1f);
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((value << (5 - bits)) & 0x1f);
}

/** @returns prefix and key, or undefined where it is no such text. */
function decode(text: string): Buffer | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) return undefined;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  const whole = Buffer.from(bytes);
  if (whole.length < 3) return undefined;
  const body = whole.subarray(0, -2);
  return whole.readUInt16LE(body.length) === crc16(body) ? body : undefined;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
