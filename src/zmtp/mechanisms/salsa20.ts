/**
 * Salsa20, and the HSalsa20 that makes XSalsa20 of it (https://cr.yp.to/snuffle/xsalsa-20110204.pdf), over words in memory that
 * is used again. One key serves a whole connection, so nothing has to be made for a message.
 *
 * @module
 */

/** "expand 32-byte k" */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

const BLOCK_WORDS = 16;
/** Where the words of a key, of what a nonce has, and of the constants stand in a block. */
const KEY_PLACES = [1, 2, 3, 4, 11, 12, 13, 14] as const;
const INPUT_PLACES = [6, 7, 8, 9] as const;
const SIGMA_PLACES = [0, 5, 10, 15] as const;

/** @param bytes - Their number is a multiple of 4; little-endian. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(index * 4, true));
}

/** The other way round. */
export function bytesOf(words: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [index, word] of words.entries()) view.setInt32(index * 4, word, true);
  return new Uint8Array(view.buffer);
}

function fill(block: Int32Array, places: readonly number[], words: ArrayLike<number>): void {
  for (const [index, place] of places.entries()) block[place] = words[index] ?? 0;
}

/** @param key - 8 words. @param input - 4 words. @returns another key. */
export function hsalsa20(key: Int32Array, input: Int32Array): Int32Array {
  const block = new Int32Array(BLOCK_WORDS);
  fill(block, SIGMA_PLACES, SIGMA);
  fill(block, KEY_PLACES, key);
  fill(block, INPUT_PLACES, input);
  const mixed = new Int32Array(BLOCK_WORDS);
  mix(block, mixed);
  return Int32Array.from([...SIGMA_PLACES, ...INPUT_PLACES], (place) => mixed[place] ?? 0);
}

/** The stream of one key. */
export class Salsa20 {
  readonly #block = new Int32Array(BLOCK_WORDS);
  readonly #mixed = new Int32Array(BLOCK_WORDS);

  /** @param key - 8 words. */
  constructor(key: Int32Array) {
    fill(this.#block, SIGMA_PLACES, SIGMA);
    fill(this.#block, KEY_PLACES, key);
  }

  /** Begins the stream of a nonce of 8 bytes, as two words. */
  begin(first: number, second: number): void {
    this.#block[6] = first;
    this.#block[7] = second;
    this.#block[8] = 0;
    this.#block[9] = 0;
  }

  /** Adds the next blocks of the stream to words, from one of them to before another. */
  xor(words: Int32Array, from: number, to: number): void {
    const block = this.#block;
    const mixed = this.#mixed;
    for (let at = from; at < to; at += BLOCK_WORDS) {
      mix(block, mixed);
      for (let index = 0; index < BLOCK_WORDS; index++)
        words[at + index] = (words[at + index] ?? 0) ^ ((mixed[index] ?? 0) + (block[index] ?? 0));
      const next = ((block[8] ?? 0) + 1) | 0;
      block[8] = next;
      if (next === 0) block[9] = (block[9] ?? 0) + 1;
    }
  }
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** The twenty rounds, with every word in a variable of its own: in an array they take three times as long. */

function mix(from: Int32Array, to: Int32Array): void {
  let x0 = from[0] ?? 0;
  let x1 = from[1] ?? 0;
  let x2 = from[2] ?? 0;
  let x3 = from[3] ?? 0;
  let x4 = from[4] ?? 0;
  let x5 = from[5] ?? 0;
  let x6 = from[6] ?? 0;
  let x7 = from[7] ?? 0;
  let x8 = from[8] ?? 0;
  let x9 = from[9] ?? 0;
  let x10 = from[10] ?? 0;
  let x11 = from[11] ?? 0;
  let x12 = from[12] ?? 0;
  let x13 = from[13] ?? 0;
  let x14 = from[14] ?? 0;
  let x15 = from[15] ?? 0;
  for (let round = 0; round < 20; round += 2) {
    x4 ^= rotated((x0 + x12) | 0, 7);
    x8 ^= rotated((x4 + x0) | 0, 9);
    x12 ^= rotated((x8 + x4) | 0, 13);
    x0 ^= rotated((x12 + x8) | 0, 18);
    x9 ^= rotated((x5 + x1) | 0, 7);
    x13 ^= rotated((x9 + x5) | 0, 9);
    x1 ^= rotated((x13 + x9) | 0, 13);
    x5 ^= rotated((x1 + x13) | 0, 18);
    x14 ^= rotated((x10 + x6) | 0, 7);
    x2 ^= rotated((x14 + x10) | 0, 9);
    x6 ^= rotated((x2 + x14) | 0, 13);
    x10 ^= rotated((x6 + x2) | 0, 18);
    x3 ^= rotated((x15 + x11) | 0, 7);
    x7 ^= rotated((x3 + x15) | 0, 9);
    x11 ^= rotated((x7 + x3) | 0, 13);
    x15 ^= rotated((x11 + x7) | 0, 18);
    x1 ^= rotated((x0 + x3) | 0, 7);
    x2 ^= rotated((x1 + x0) | 0, 9);
    x3 ^= rotated((x2 + x1) | 0, 13);
    x0 ^= rotated((x3 + x2) | 0, 18);
    x6 ^= rotated((x5 + x4) | 0, 7);
    x7 ^= rotated((x6 + x5) | 0, 9);
    x4 ^= rotated((x7 + x6) | 0, 13);
    x5 ^= rotated((x4 + x7) | 0, 18);
    x11 ^= rotated((x10 + x9) | 0, 7);
    x8 ^= rotated((x11 + x10) | 0, 9);
    x9 ^= rotated((x8 + x11) | 0, 13);
    x10 ^= rotated((x9 + x8) | 0, 18);
    x12 ^= rotated((x15 + x14) | 0, 7);
    x13 ^= rotated((x12 + x15) | 0, 9);
    x14 ^= rotated((x13 + x12) | 0, 13);
    x15 ^= rotated((x14 + x13) | 0, 18);
  }
  to[0] = x0;
  to[1] = x1;
  to[2] = x2;
  to[3] = x3;
  to[4] = x4;
  to[5] = x5;
  to[6] = x6;
  to[7] = x7;
  to[8] = x8;
  to[9] = x9;
  to[10] = x10;
  to[11] = x11;
  to[12] = x12;
  to[13] = x13;
  to[14] = x14;
  to[15] = x15;
}
