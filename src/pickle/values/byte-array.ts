/**
 * Python's bytearray.
 *
 * @module
 */

/** A Python `bytearray`: bytes that `dumps` writes as a bytearray, where it writes any other Uint8Array as bytes. */
export class ByteArray extends Uint8Array<ArrayBuffer> {
  /** So many zero bytes, a copy of these bytes, or a view of a buffer: the constructors of Uint8Array. */
  constructor(length?: number);
  constructor(bytes: ArrayLike<number> | Iterable<number>);
  constructor(buffer: ArrayBuffer, byteOffset?: number, length?: number);
  constructor(
    source?: number | ArrayLike<number> | Iterable<number> | ArrayBuffer,
    byteOffset?: number,
    length?: number,
  ) {
    // Only a buffer takes the other two, and Uint8Array ignores them for everything else.
    super(source as ArrayBuffer, byteOffset, length);
  }

  // slice() and subarray() of a bytearray are bytearrays in Python too, so the species stays.
}
