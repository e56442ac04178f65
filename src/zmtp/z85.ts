/**
 * Z85: keys as text (https://rfc.zeromq.org/spec/32/).
 *
 * @module
 */

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (character, value) => [character, value]));

const BASE = 85;

/** @throws RangeError unless the number of bytes is a multiple of 4. */
export function encodeZ85(bytes: Uint8Array): string {
  if (bytes.length % 4 !== 0) throw new RangeError(`Z85 writes groups of 4 bytes, and these are ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    let value = view.getUint32(at);
    let group = '';
    for (let digit = 0; digit < 5; digit++) {
      group = (ALPHABET[value % BASE] ?? '') + group;
      value = Math.floor(value / BASE);
    }
    text += group;
  }
  return text;
}

/**
 * The bytes of a text; undefined when it is no Z85. That a group above 2^32 - 1 is none, many decoders do not see.
 * The text may be a secret: nothing here quotes it.
 */
export function decodeZ85(text: string): Uint8Array | undefined {
  if (text.length % 5 !== 0) return undefined;
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let group = 0; group < text.length / 5; group++) {
    let value = 0;
    for (let digit = 0; digit < 5; digit++) {
      const found = VALUES.get(text.charAt(group * 5 + digit));
      if (found === undefined) return undefined;
      value = value * BASE + found;
    }
    if (value > 0xffff_ffff) return undefined;
    view.setUint32(group * 4, value);
  }
  return bytes;
}
