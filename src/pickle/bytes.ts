/**
 * Bytes at offsets that the caller has checked.
 *
 * @module
 */

/**
 * The byte at an offset inside the data. Hot code checks a whole argument against the limit once; a second check of
 * every byte (`?? 0`) would cost the decoder about a tenth of its time, and so would its use for another kind of array.
 */
export function byteAt(data: Uint8Array, at: number): number {
  // eslint-disable-next-line @typescript-eslint/non-nullable-type-assertion-style -- `!` is banned here; see above
  return data[at] as number;
}

/** An unsigned int of four bytes, little endian, at an offset inside the data. */
export function uint4At(data: Uint8Array, at: number): number {
  const low = byteAt(data, at) | (byteAt(data, at + 1) << 8) | (byteAt(data, at + 2) << 16);
  return low + byteAt(data, at + 3) * 0x1000000;
}
