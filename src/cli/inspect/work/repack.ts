/**
 * Writes a pickle again: in another protocol, without waste; and proves that it says the same.
 *
 * @module
 */
import { dumps, loads, PickleError } from '../../../pickle/index.js';
import type { LoadsOptions } from '../../../pickle/index.js';
import { optimize } from './optimize.js';

/** How to write. */
export interface RepackOptions {
  /** 0 to 5; undefined keeps the opcodes and only optimises, or (without `optimize`) the protocol of the input. */
  readonly protocol: number | undefined;
  readonly optimize: boolean;
  readonly loads: LoadsOptions;
}

/** A pickle that cannot be written again. */
export class RepackError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RepackError';
  }
}

/**
 * Writes one pickle again, and reads the result back to compare it.
 * @param current - The protocol of the input.
 * @throws `RepackError` when the input cannot be read or written, or the result does not say the same.
 */
export function repack(data: Uint8Array, current: number, options: RepackOptions): Uint8Array {
  const settings: LoadsOptions = { ...options.loads, lossless: true };
  try {
    const value = loads(data, settings);
    const protocol = options.protocol ?? current;
    const keepOpcodes = options.protocol === undefined && options.optimize;
    let output: Uint8Array = keepOpcodes ? data : dumps(value, { protocol });
    if (options.optimize) output = optimize(output, protocol);
    // Both are written by the same writer in the same way, so equal bytes are an equal value with equal sharing. They are
    // written in the protocol of the result. Earlier ones write some values through helpers, and those are read back as such.
    const before = dumps(value, { protocol });
    const after = dumps(loads(output, settings), { protocol });
    if (Buffer.compare(before, after) !== 0) throw new RepackError('the result does not say the same as the input');
    return output;
  } catch (error) {
    if (error instanceof PickleError) throw new RepackError(error.message, { cause: error });
    throw error;
  }
}
