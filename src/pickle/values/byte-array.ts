/**
 * Python's bytearray.
 *
 * @module
 */

/** A Python `bytearray`: bytes that `dumps` writes as a bytearray, where it writes any other Uint8Array as bytes. */
export class ByteArray extends Uint8Array<ArrayBuffer> {
  // slice() and subarray() of a bytearray are bytearrays in Python too, so the species stays.
}
