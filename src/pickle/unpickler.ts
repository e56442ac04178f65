/**
 * `loads` and `Unpickler`.
 *
 * @module
 */
import { UnpicklingError } from './errors.js';
import { resolveLoadsOptions } from './options.js';
import type { LoadsOptions, ResolvedLoadsOptions } from './options.js';

/** Reads pickles with options that are checked once. Usable again after an error. */
export class Unpickler {
  readonly #options: ResolvedLoadsOptions;

  /** @throws UnpicklingError for an impossible option. */
  constructor(options: LoadsOptions = {}) {
    this.#options = resolveLoadsOptions(options);
  }

  /** The value of a pickle. @throws UnpicklingError */
  load(data: Uint8Array): unknown {
    throw new UnpicklingError('INTERNAL', `Not written yet (${this.#options.encoding}): ${data.length}`);
  }
}

/**
 * The value of a pickle. Nothing in it is executed: classes that the registry does not know become inert data.
 *
 * @throws UnpicklingError
 */
export function loads(data: Uint8Array, options?: LoadsOptions): unknown {
  return new Unpickler(options).load(data);
}
