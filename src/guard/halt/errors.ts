/**
 * Errors of halting.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';

/**
 * - `NOT_ALLOWED`: who asks has not the right, or is whom it stops.
 * - `UNKNOWN_HALT`: there is no halt of this id.
 * - `NO_REASON`: the reason is missing.
 * - `HELD`: something has to be done before: a file `HALT` lies there.
 * - `SECOND_PERSON`: by the policy two have to say so, and this was the first.
 * - `NOT_STORED`: it could not be written to the disk, so nothing has changed.
 */
export type HaltErrorCode = 'NOT_ALLOWED' | 'UNKNOWN_HALT' | 'NO_REASON' | 'HELD' | 'SECOND_PERSON' | 'NOT_STORED';

/** A halt cannot be ended. */
export class HaltError extends BridgeError<HaltErrorCode> {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it makes the base's protected one public
  constructor(code: HaltErrorCode, message: string, options?: BridgeErrorOptions) {
    super(code, message, options);
  }
}

/**
 * - `UNREACHABLE`: nobody answers at the address.
 * - `UNSAFE`: others could reach the control, or something else lies at its address.
 * - `BAD_REQUEST`: the request is none.
 * - `REFUSED`: the guard refused or could not do it.
 * - `BAD_ANSWER`: what answers is no guard.
 * - `TIMEOUT`: there was no answer in time; what was asked may have happened.
 */
export type ControlErrorCode = 'UNREACHABLE' | 'UNSAFE' | 'BAD_REQUEST' | 'REFUSED' | 'BAD_ANSWER' | 'TIMEOUT';

/** The local control does not work, or refused. */
export class ControlError extends BridgeError<ControlErrorCode> {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it makes the base's protected one public
  constructor(code: ControlErrorCode, message: string, options?: BridgeErrorOptions) {
    super(code, message, options);
  }
}
