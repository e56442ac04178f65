/**
 * `dumps` and `Pickler`.
 *
 * @module
 */
import { compile } from '../classes/compiled-registry.js';
import type { CompiledRegistry } from '../classes/compiled-registry.js';
import { Encoder } from './encoder.js';
import { resolveDumpsOptions } from '../classes/options.js';
import type { DumpsOptions, ResolvedDumpsOptions } from '../classes/options.js';
import { OutputSpace } from './output-space.js';

/** Writes values with options that are checked once. Usable again after an error. */
export class Pickler {
  readonly #options: ResolvedDumpsOptions;
  readonly #registry: CompiledRegistry;
  /** What the last pickle was written with. Out while a pickle is written: one that a callback asks for makes its own. */
  #idle: Encoder | undefined;

  /** @throws PicklingError for an impossible option. */
  constructor(options: DumpsOptions = {}) {
    this.#options = resolveDumpsOptions(options);
    this.#registry = compile(this.#options.registry);
  }

  /** The pickle of a value. @throws PicklingError with the path to what cannot be written. */
  dump(value: unknown): Uint8Array<ArrayBuffer> {
    const encoder = this.#idle ?? new Encoder(new OutputSpace(), this.#options, this.#registry);
    this.#idle = undefined;
    try {
      return encoder.encode(value);
    } finally {
      this.#idle = encoder;
    }
  }
}

/**
 * The space that `dumps` writes into, call after call, because making one costs more than a small pickle. It is empty between
 * two calls, and out during one, so that nothing of a call can be seen by another. It is a saving, and no state.
 */
const idleSpaces: OutputSpace[] = [];

/**
 * The pickle of a value, as CPython writes it.
 *
 * @throws PicklingError with the path to what cannot be written; nothing has been written then.
 */
export function dumps(value: unknown, options?: DumpsOptions): Uint8Array<ArrayBuffer> {
  const resolved = resolveDumpsOptions(options);
  const space = idleSpaces.pop() ?? new OutputSpace();
  try {
    return new Encoder(space, resolved, compile(resolved.registry)).encode(value);
  } finally {
    if (idleSpaces.length === 0) idleSpaces.push(space);
  }
}
