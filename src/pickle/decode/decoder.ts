/**
 * Decoding: a machine, the loop, and what remains to be done with the value or the error.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { CompiledRegistry } from '../classes/compiled-registry.js';
import { UnpicklingError } from '../errors.js';
import { PAUSED, run } from './loop.js';
import { Machine } from './machine.js';
import type { MachinePool } from './machine.js';
import { DigitsError, NumberError } from '../wire/numbers.js';
import type { ResolvedLoadsOptions } from '../classes/options.js';
import { finishResult, finishSteps } from './result.js';
import { TextError } from '../wire/text.js';

/** A decoded value, and where its pickle ended. */
export interface Decoded {
  readonly value: unknown;
  /** Offset of the byte after STOP. */
  readonly end: number;
}

/** Decodes the pickle at an offset. @throws UnpicklingError, and nothing else */
export function decode(
  data: Uint8Array,
  offset: number,
  options: ResolvedLoadsOptions,
  registry: CompiledRegistry,
  pool: MachinePool,
): Decoded {
  checkSize(data, options);
  const machine = pool.take();
  machine.begin(data, offset, options, registry);
  try {
    const value = run(machine, Infinity);
    return { value: finishResult(machine, value), end: machine.pos };
  } catch (error) {
    throw asUnpicklingError(machine, error);
  } finally {
    pool.give(machine);
  }
}

/**
 * Decodes in steps, so that whoever asks for them can let other work have its turn in between.
 *
 * @param opcodes - how many opcodes one step executes.
 * @throws UnpicklingError, and nothing else
 */
export function* decodeSteps(
  data: Uint8Array,
  options: ResolvedLoadsOptions,
  registry: CompiledRegistry,
  opcodes: number,
): Generator<undefined, Decoded> {
  checkSize(data, options);
  // Other decodings happen between two steps: this one needs a machine of its own.
  const machine = new Machine();
  machine.begin(data, 0, options, registry);
  while (true) {
    try {
      const value = run(machine, opcodes);
      if (value !== PAUSED) return { value: yield* finishSteps(machine, value, opcodes), end: machine.pos };
    } catch (error) {
      throw asUnpicklingError(machine, error);
    }
    yield undefined;
  }
}

function checkSize(data: Uint8Array, options: ResolvedLoadsOptions): void {
  if (data.length > options.maxBytes)
    throw new UnpicklingError('LIMIT_BYTES', `The data has ${data.length} bytes, the limit is ${options.maxBytes}`);
}

function asUnpicklingError(machine: Machine, error: unknown): unknown {
  if (error instanceof UnpicklingError) return error;
  if (error instanceof TextError) return machine.fail('BAD_TEXT', error.message, error);
  if (error instanceof NumberError) return machine.fail('BAD_ARGUMENT', error.message, error);
  if (error instanceof DigitsError) return machine.fail('LIMIT_DIGITS', error.message, error);

  const reason = messageOf(error);
  if (error instanceof TypeError && CHANGING.has(machine.opcodeName ?? ''))
    return machine.fail('BAD_TARGET', `changes something that cannot be changed: ${reason}`, error);

  return machine.fail('INTERNAL', `failed: ${reason}`, error);
}

/**
 * Opcodes that change what is on the stack. That may be frozen only when a user's callback or definition gave it, an enum member
 * for example. To ask each time would cost more than the change.
 */
const CHANGING = new Set(['APPEND', 'APPENDS', 'SETITEM', 'SETITEMS', 'ADDITEMS', 'BUILD']);
