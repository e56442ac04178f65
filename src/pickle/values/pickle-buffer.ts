/**
 * Python's PickleBuffer.
 *
 * @module
 */

/**
 * A Python `pickle.PickleBuffer` (PEP 574): bytes that travel beside a pickle of protocol 5, where `bufferCallback` takes them,
 * and inside it otherwise. It is a view, so whoever makes one of existing bytes shares their memory.
 *
 * In a pickle it is a `bytes` when it is read-only and a `bytearray` otherwise (`save_picklebuffer` of CPython's
 * Modules/_pickle.c). So it is as a key, and only a read-only one can be hashed.
 *
 * @example
 * ```ts
 * const buffers: PickleBuffer[] = [];
 * const pickle = dumps(PickleBuffer.view(samples), { protocol: 5, bufferCallback: (buffer) => void buffers.push(buffer) });
 * loads(pickle, { buffers }); // the very memory of samples
 * ```
 */
export class PickleBuffer extends Uint8Array {
  /** Parts of it are bytes, as Python's memoryview of it gives them. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  /** Whether the reader is not to change the bytes. JavaScript cannot hold anybody to it. */
  readonly readonly: boolean;

  /** So many zero bytes, a copy of these bytes, or a view of a buffer: the constructors of Uint8Array. */
  constructor(length?: number);
  constructor(bytes: ArrayLike<number> | Iterable<number>);
  constructor(buffer: ArrayBufferLike, byteOffset?: number, length?: number, readonly?: boolean);
  constructor(
    source?: number | ArrayLike<number> | Iterable<number> | ArrayBufferLike,
    byteOffset?: number,
    length?: number,
    readonly = false,
  ) {
    // Only a buffer takes the other two, and Uint8Array ignores them for everything else.
    super(source as ArrayBuffer, byteOffset, length);
    this.readonly = readonly;
  }

  /** The bytes of a typed array or DataView, in place: nothing is copied. @param readonly - default false. */
  static view(bytes: ArrayBufferView, readonly = false): PickleBuffer {
    return new PickleBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength, readonly);
  }
}
