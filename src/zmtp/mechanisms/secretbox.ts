/**
 * NaCl's secretbox, XSalsa20 and Poly1305, for many boxes of one key whose nonces begin alike: those of one direction of a
 * connection. Memory of its own is used for each again.
 *
 * @module
 */
import { endianness } from 'node:os';
import { Poly1305 } from './poly1305.js';
import { hsalsa20, Salsa20, wordsOf } from './salsa20.js';

/** Bytes that a box has more than what is in it: the tag, before it. */
export const TAG_BYTES = 16;
/** Bytes of the stream that are Poly1305's key, before those that encrypt. */
const KEY_BYTES = 32;
const KEY_WORDS = KEY_BYTES / 4;

const BLOCK_WORDS = 16;
/** Bytes that are worked on at once, with the room for the key. */
const PIECE = 2048;

const IS_LITTLE = endianness() === 'LE';

export class Secretbox {
  readonly #stream: Salsa20;
  readonly #mac = new Poly1305();
  readonly #words = new Int32Array(PIECE / 4);
  readonly #bytes = new Uint8Array(this.#words.buffer);
  /** The first block of a stream: Poly1305's key, and what encrypts the first bytes. */
  readonly #first = new Int32Array(BLOCK_WORDS);
  readonly #tag = new Int32Array(TAG_BYTES / 4);
  readonly #tagBytes = new Uint8Array(this.#tag.buffer);

  /** @param key - 32 bytes. @param head - The first 16 bytes of every nonce. */
  constructor(key: Uint8Array, head: Uint8Array) {
    this.#stream = new Salsa20(hsalsa20(wordsOf(key), wordsOf(head)));
  }

  /** Writes the box of what stands behind the tag's place, over it. @param tail - The last 8 bytes of the nonce. */
  seal(tail: Uint8Array, box: Uint8Array): void {
    this.#begin(tail);
    for (let at = TAG_BYTES, before = KEY_BYTES; at < box.length; before = 0) {
      const size = this.#load(box, at, before);
      this.#crypt(before, size);
      this.#store(box, at, before, size);
      this.#authenticate(before, size);
      at += size;
    }
    this.#finish();
    box.set(this.#tagBytes);
  }

  /** What is in a box; undefined when it was not made with this key and nonce, or was changed. */
  open(tail: Uint8Array, box: Uint8Array): Uint8Array | undefined {
    if (box.length < TAG_BYTES) return undefined;
    this.#begin(tail);
    for (let at = TAG_BYTES, before = KEY_BYTES; at < box.length; before = 0) {
      const size = this.#load(box, at, before);
      this.#authenticate(before, size);
      at += size;
    }
    this.#finish();
    // As long for every tag: how much of it is right must not show.
    let difference = 0;
    for (let at = 0; at < TAG_BYTES; at++) difference |= (this.#tagBytes[at] ?? 0) ^ (box[at] ?? 0);
    if (difference !== 0) return undefined;
    const plain = new Uint8Array(box.length - TAG_BYTES);
    for (let at = 0, before = KEY_BYTES; at < plain.length; before = 0) {
      const size = this.#load(box, at + TAG_BYTES, before);
      this.#crypt(before, size);
      this.#store(plain, at, before, size);
      at += size;
    }
    return plain;
  }

  #begin(tail: Uint8Array): void {
    this.#stream.begin(littleWord(tail, 0), littleWord(tail, 4));
    this.#first.fill(0);
    this.#stream.xor(this.#first, 0, BLOCK_WORDS);
    this.#mac.begin(this.#first);
  }

  /** Takes as much as there is room for behind so many bytes, and says how much that is. */
  #load(from: Uint8Array, at: number, before: number): number {
    const size = Math.min(PIECE - before, from.length - at);
    this.#bytes.set(from.subarray(at, at + size), before);
    if (!IS_LITTLE) swap(this.#words, before + size);
    return size;
  }

  /** Encrypts or decrypts a piece. What stands before the first one has a part of the stream that is used for nothing else. */
  #crypt(before: number, size: number): void {
    const words = this.#words;
    if (before > 0)
      for (let at = KEY_WORDS; at < BLOCK_WORDS; at++) words[at] = (words[at] ?? 0) ^ (this.#first[at] ?? 0);
    this.#stream.xor(words, before > 0 ? BLOCK_WORDS : 0, Math.ceil((before + size) / 4));
  }

  #store(to: Uint8Array, at: number, before: number, size: number): void {
    if (!IS_LITTLE) swap(this.#words, before + size);
    to.set(this.#bytes.subarray(before, before + size), at);
    if (!IS_LITTLE) swap(this.#words, before + size);
  }

  /** What a piece holds, padded where it ends within a block: only the last one may. */
  #authenticate(before: number, size: number): void {
    const from = before / 4;
    const whole = Math.floor(size / 16);
    this.#mac.update(this.#words, from, whole, 1);
    const rest = size - 16 * whole;
    if (rest === 0) return;
    const start = from + 4 * whole;
    const ends = start + (rest >> 2);
    const bits = 8 * (rest & 3);
    this.#words[ends] = ((this.#words[ends] ?? 0) & ((1 << bits) - 1)) | (1 << bits);
    this.#words.fill(0, ends + 1, start + 4);
    this.#mac.update(this.#words, start, 1, 0);
  }

  #finish(): void {
    this.#mac.finish(this.#tag);
    if (!IS_LITTLE) swap(this.#tag, TAG_BYTES);
  }
}

function littleWord(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** Turns the bytes of words around, on the machines whose words begin with the highest. */
function swap(words: Int32Array, bytes: number): void {
  const view = new DataView(words.buffer);
  for (let at = 0; at < bytes; at += 4) view.setInt32(at, view.getInt32(at, true), false);
}
