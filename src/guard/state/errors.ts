/**
 * Errors of the guard's state.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';

/** The state cannot be used. `LOCKED`: another process has it. `UNSAFE`: others may write it. */
export class StateError extends BridgeError<'LOCKED' | 'UNSAFE'> {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it makes the base's protected one public
  constructor(code: 'LOCKED' | 'UNSAFE', message: string, options?: BridgeErrorOptions) {
    super(code, message, options);
  }
}
