/**
 * Codes of six digits that change each 30 s (RFC 6238, with SHA-1, as the apps on telephones have it).
 *
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const STEP = 30_000;
const DIGITS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret, in base32. */
export function newTotpSecret(): string {
  return toBase32(randomBytes(20));
}

/** The text behind the QR code that an app reads. */
export function totpUri(secret: string, user: string, issuer = 'vnpy-bridge'): string {
  const label = encodeURIComponent(`${issuer}:${user}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=${STEP / 1000}`;
}

/** The code of a moment. */
export function totpCode(secret: string, time: number): string {
  return codeOf(fromBase32(secret), Math.floor(time / STEP));
}

/**
 * The step that a code is of: the present one, that before or that after. All are looked at, so that time tells nothing.
 *
 * @param after - The last step that was used: neither it nor one before is taken again.
 * @returns undefined for a wrong code, and for one that was used.
 */
export function totpStep(secret: string, code: string, time: number, after = -Infinity): number | undefined {
  const key = fromBase32(secret);
  const given = Buffer.from(code.padEnd(DIGITS).slice(0, DIGITS));
  const now = Math.floor(time / STEP);
  let found: number | undefined;
  for (const step of [now - 1, now, now + 1]) {
    const isSame = timingSafeEqual(given, Buffer.from(codeOf(key, step)));
    if (isSame && step > after) found = step;
  }
  return code.length === DIGITS ? found : undefined;
}

function codeOf(key: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.max(step, 0)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

function toBase32(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 31);
}

function fromBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.toUpperCase().replaceAll('=', '')) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new RangeError('a secret of a second factor is base32: letters and 2 to 7');
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Uint8Array.from(bytes);
}
