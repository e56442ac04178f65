/**
 * Which bytes of a decoding can be changed in Python.
 *
 * @module
 */
import { ByteArray } from '../values/byte-array.js';
import { PickleBuffer } from '../values/pickle-buffer.js';

/**
 * The buffers that a decoding without `lossless` was given. In its result they are what the user gave, and do not say whether
 * they can be changed. Of one that was given twice the last time counts. @internal
 */
export class GivenBuffers {
  readonly #given: Uint8Array[] = [];
  readonly #readonly = new Set<Uint8Array>();
  /** The same as `#given` as far as anybody asked: a Set takes five times the time of a list. */
  readonly #known = new Set<Uint8Array>();
  #knownCount = 0;

  /** NEXT_BUFFER. */
  add(buffer: Uint8Array): void {
    this.#given.push(buffer);
    if (this.#readonly.size > 0) this.#readonly.delete(buffer);
  }

  /** READONLY_BUFFER. */
  addReadonly(bytes: Uint8Array): void {
    this.#readonly.add(bytes);
  }

  /** Whether bytes of the result can be changed in Python. */
  isWriteable(bytes: Uint8Array): boolean {
    if (this.#readonly.has(bytes)) return false;
    if (bytes instanceof PickleBuffer) return !bytes.readonly;
    if (bytes instanceof ByteArray) return true;
    const given = this.#given;
    while (this.#knownCount < given.length) {
      const next = given[this.#knownCount++];
      if (next !== undefined) this.#known.add(next);
    }
    return this.#known.has(bytes);
  }
}
