/**
 * `loads` and `Unpickler`.
 *
 * @module
 */
import { compile } from '../classes/compiled-registry.js';
import type { CompiledRegistry } from '../classes/compiled-registry.js';
import { decode, decodeSteps } from './decoder.js';
import type { Decoded } from './decoder.js';
import { UnpicklingError } from '../errors.js';
import { MachinePool } from './machine.js';
import { checkStep, resolveLoadsOptions } from '../classes/options.js';
import type { LoadsOptions, ResolvedLoadsOptions } from '../classes/options.js';

/** Reads pickles with options that are checked once. Usable again after an error. */
export class Unpickler {
  readonly #options: ResolvedLoadsOptions;
  readonly #registry: CompiledRegistry;
  readonly #pool = new MachinePool();

  /** @throws UnpicklingError for an impossible option. */
  constructor(options: LoadsOptions = {}) {
    this.#options = resolveLoadsOptions(options);
    this.#registry = compile(this.#options.registry);
  }

  /** The value of a pickle. @throws UnpicklingError */
  load(data: Uint8Array): unknown {
    return load(data, this.#options, this.#registry, this.#pool);
  }

  /**
   * The value of a large pickle, decoded in steps: call `next()` until `done`, and let other work have its turn in
   * between. Decodings may happen in between, of this Unpickler too. The data must not change meanwhile.
   *
   * @param opcodes - how many opcodes one step executes, at least 1; 10,000 take 1 ms or so.
   * @throws UnpicklingError
   */
  *loadSteps(data: Uint8Array, opcodes = 10_000): Generator<undefined, unknown> {
    checkStep(opcodes);
    const bytes = plainBytes(data);
    return complete(bytes, yield* decodeSteps(bytes, this.#options, this.#registry, opcodes), this.#options);
  }

  /**
   * The value of the pickle at an offset, and where it ends: for several pickles one behind the other. Bytes behind it
   * are no error.
   *
   * @throws UnpicklingError
   */
  loadAt(data: Uint8Array, offset: number): { value: unknown; end: number } {
    return decode(plainBytes(data), offset, this.#options, this.#registry, this.#pool);
  }
}

/**
 * The value of a pickle. Nothing in it is executed: classes that the registry does not know become inert data.
 *
 * @throws UnpicklingError
 */
export function loads(data: Uint8Array, options?: LoadsOptions): unknown {
  const resolved = resolveLoadsOptions(options);
  return load(data, resolved, compile(resolved.registry), scratch);
}

/** Memory that `loads` uses again. Nothing in it is of any decoding once that is over. */
const scratch = new MachinePool();

function load(data: Uint8Array, options: ResolvedLoadsOptions, registry: CompiledRegistry, pool: MachinePool): unknown {
  const bytes = plainBytes(data);
  return complete(bytes, decode(bytes, 0, options, registry, pool), options);
}

/** The value of a pickle that is the whole of the data. */
function complete(bytes: Uint8Array, { value, end }: Decoded, options: ResolvedLoadsOptions): unknown {
  if (end < bytes.length && options.trailing === 'error') {
    const left = bytes.length - end;
    throw new UnpicklingError('TRAILING_BYTES', `The pickle ends at byte ${end}, ${left} bytes follow`, {
      offset: end,
    });
  }
  return value;
}

/** The data as exactly a Uint8Array: slices of a subclass, such as Node's Buffer, would be of that class, or views. */
function plainBytes(data: Uint8Array): Uint8Array {
  // What slice() goes by; and unlike a look at the prototype it is compiled in line.
  if (ArrayBuffer.isView(data) && data.constructor === Uint8Array) return data;
  if (!(data instanceof Uint8Array)) throw new UnpicklingError('INVALID_INPUT', 'The data is not a Uint8Array');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
