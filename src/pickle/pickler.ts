/**
 * `dumps` and `Pickler`.
 *
 * @module
 */
import { PicklingError } from './errors.js';
import { resolveDumpsOptions } from './options.js';
import type { DumpsOptions, ResolvedDumpsOptions } from './options.js';

/** Writes values with options that are checked once. Usable again after an error. */
export class Pickler {
  readonly #options: ResolvedDumpsOptions;

  /** @throws PicklingError for an impossible option. */
  constructor(options: DumpsOptions = {}) {
    this.#options = resolveDumpsOptions(options);
  }

  /** The pickle of a value. @throws PicklingError with the path to what cannot be written. */
  dump(value: unknown): Uint8Array<ArrayBuffer> {
    throw new PicklingError('INTERNAL', `Not written yet (protocol ${this.#options.protocol}): ${typeof value}`);
  }
}

/**
 * The pickle of a value, as CPython writes it.
 *
 * @throws PicklingError with the path to what cannot be written; nothing has been written then.
 */
export function dumps(value: unknown, options?: DumpsOptions): Uint8Array<ArrayBuffer> {
  return new Pickler(options).dump(value);
}
