/**
 * What is wrong with a configuration that is to be made.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';

/**
 * - `KEY`: a text is no key, or one key is used twice.
 * - `USER`: a user that makes no sense.
 * - `UNSAFE`: whoever reaches a port would be trusted.
 */
export type ClusterConfigCode = 'KEY' | 'USER' | 'UNSAFE';

/** A configuration cannot be made; the message says what to do. */
export class ClusterConfigError extends BridgeError<ClusterConfigCode> {
  constructor(code: ClusterConfigCode, message: string, options: BridgeErrorOptions = {}) {
    super(code, message, options);
  }
}

/**
 * - `NO_RECORD`: nothing is known of the account.
 * - `NO_SUCH_HALT`: there is none to end.
 */
export type ClusterControlCode = 'NO_RECORD' | 'NO_SUCH_HALT';

/** An account does not take what a person says; the message says why. */
export class ClusterControlError extends BridgeError<ClusterControlCode> {
  constructor(code: ClusterControlCode, message: string, options: BridgeErrorOptions = {}) {
    super(code, message, options);
  }
}
