/**
 * `dumps` and `Pickler`.
 *
 * @module
 */
import { compile } from './compiled-registry.js';
import type { CompiledRegistry } from './compiled-registry.js';
import { encode } from './encoder.js';
import { resolveDumpsOptions } from './options.js';
import type { DumpsOptions, ResolvedDumpsOptions } from './options.js';

/** Writes values with options that are checked once. Usable again after an error. */
export class Pickler {
  readonly #options: ResolvedDumpsOptions;
  readonly #registry: CompiledRegistry;

  /** @throws PicklingError for an impossible option. */
  constructor(options: DumpsOptions = {}) {
    this.#options = resolveDumpsOptions(options);
    this.#registry = compile(this.#options.registry);
  }

  /** The pickle of a value. @throws PicklingError with the path to what cannot be written. */
  dump(value: unknown): Uint8Array<ArrayBuffer> {
    return encode(value, this.#options, this.#registry);
  }
}

/**
 * The pickle of a value, as CPython writes it.
 *
 * @throws PicklingError with the path to what cannot be written; nothing has been written then.
 */
export function dumps(value: unknown, options?: DumpsOptions): Uint8Array<ArrayBuffer> {
  const resolved = resolveDumpsOptions(options);
  return encode(value, resolved, compile(resolved.registry));
}
