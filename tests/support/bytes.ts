/**
 * Bytes for tests, written the short way.
 *
 * @module
 */

/** Bytes of Latin-1 text, numbers (one byte each) and byte arrays, one after the other. */
export function bytes(...parts: readonly (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += typeof part === 'number' ? 1 : part.length;
  const result = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'number') {
      result[at++] = part;
    } else if (typeof part === 'string') {
      for (let index = 0; index < part.length; index++) result[at++] = part.charCodeAt(index);
    } else {
      result.set(part, at);
      at += part.length;
    }
  }
  return result;
}

/** A number as little-endian bytes. */
export function little(value: number | bigint, size: 1 | 2 | 4 | 8): Uint8Array {
  const result = new Uint8Array(8);
  new DataView(result.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return result.subarray(0, size);
}

/** A number as 8 big-endian bytes, as BINFLOAT has it. */
export function float8(value: number): Uint8Array {
  const result = new Uint8Array(8);
  new DataView(result.buffer).setFloat64(0, value);
  return result;
}

/** Bytes as base64. */
export function toBase64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}

/** The bytes of base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** A generator of repeatable random numbers from 0 (included) to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
