/** The boxes against those of another implementation, which is audited. */
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, hsalsa20, wordsOf } from '../../src/zmtp/mechanisms/salsa20.js';
import { Secretbox, TAG_BYTES } from '../../src/zmtp/mechanisms/secretbox.js';

const bytes = (size: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: size, maxLength: size });
/** Random bytes reach no carry but by luck: those of all ones and of all zeros do. */
const extreme = (limit: number): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.nat(limit), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
    .map(([size, value]) => new Uint8Array(size).fill(value));
const plain = fc.oneof(fc.uint8Array({ maxLength: 400 }), extreme(5000));
const key = fc.oneof(
  bytes(32),
  extreme(32).map((some) => new Uint8Array(32).fill(some[0] ?? 0)),
);

function seal(boxes: Secretbox, tail: Uint8Array, text: Uint8Array): Uint8Array {
  const box = new Uint8Array(TAG_BYTES + text.length);
  box.set(text, TAG_BYTES);
  boxes.seal(tail, box);
  return box;
}

test('every box is that of noble, opens, and does not when a bit of it is another', () => {
  fc.assert(
    fc.property(key, bytes(24), plain, fc.nat(), (secret, nonce, text, bit) => {
      const boxes = new Secretbox(secret, nonce.subarray(0, 16));
      const tail = nonce.subarray(16);
      const box = seal(boxes, tail, text);
      expect(box).toEqual(xsalsa20poly1305(secret, nonce).encrypt(text));
      expect(boxes.open(tail, box)).toEqual(text);
      const at = bit % (8 * box.length);
      box[at >> 3] = (box[at >> 3] ?? 0) ^ (1 << (at & 7));
      expect(boxes.open(tail, box)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('every length up to some pieces, one box after the other in the same memory', () => {
  const secret = new Uint8Array(32).fill(0xab);
  const nonce = new Uint8Array(24).fill(3);
  const boxes = new Secretbox(secret, nonce.subarray(0, 16));
  for (let size = 0; size < 4300; size += size < 300 || (size > 1980 && size < 2100) ? 1 : 37) {
    const text = Uint8Array.from({ length: size }, (_, index) => index * 7 + size);
    nonce[23] = size;
    const box = seal(boxes, nonce.subarray(16), text);
    if (Buffer.compare(box, xsalsa20poly1305(secret, nonce).encrypt(text)) !== 0) expect.fail(`${size} bytes differ`);
    if (Buffer.compare(boxes.open(nonce.subarray(16), box) ?? secret, text) !== 0) expect.fail(`${size} do not open`);
    expect(boxes.open(nonce.subarray(16), box.subarray(0, -1))).toBeUndefined();
  }
});

describe('Poly1305 at its edges', () => {
  // Of RFC 8439, appendix A.3, those whose sum reaches 2^130 - 5 or wraps there, as ciphertexts: noble is the judge of the rest.
  const ones = 'ffffffffffffffffffffffffffffffff';
  test.each([
    ones,
    ones + ones,
    `${ones}f0ffffffffffffffffffffffffffffff11${'00'.repeat(15)}`,
    `fb${'fe'.repeat(15)}${'01'.repeat(16)}`,
  ])('%s, for keys of all kinds', (hex) => {
    const text = Uint8Array.from(Buffer.from(hex, 'hex'));
    for (let round = 0; round < 300; round++) {
      const secret = new Uint8Array(32).fill(round);
      const nonce = new Uint8Array(24).fill(255 - (round % 256));
      // What is authenticated is the encrypted text: encrypted twice, it is the text itself.
      const stream = xsalsa20poly1305(secret, nonce).encrypt(text).subarray(TAG_BYTES);
      const box = seal(new Secretbox(secret, nonce.subarray(0, 16)), nonce.subarray(16), stream);
      expect(box.subarray(TAG_BYTES)).toEqual(text);
      expect(box).toEqual(xsalsa20poly1305(secret, nonce).encrypt(stream));
    }
  });
});

test('HSalsa20', () => {
  fc.assert(
    fc.property(bytes(32), bytes(16), (secret, input) => {
      const out = new Uint32Array(8);
      const sigma = Uint32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
      hsalsa(sigma, new Uint32Array(secret.slice().buffer), new Uint32Array(input.slice().buffer), out);
      expect(bytesOf(hsalsa20(wordsOf(secret), wordsOf(input)))).toEqual(new Uint8Array(out.buffer));
    }),
  );
});

test('a box with less than a tag is none', () => {
  expect(
    new Secretbox(new Uint8Array(32), new Uint8Array(16)).open(new Uint8Array(8), new Uint8Array(15)),
  ).toBeUndefined();
});
