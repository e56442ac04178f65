/**
 * Errors of alerts.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';
import { OptionChecks } from '../../options.js';

/** Alerts cannot be sent as they are set up. No message shows what follows the host of a URL: it is a secret. */
export class AlertError extends BridgeError<'BAD_OPTION'> {
  constructor(message: string, options?: BridgeErrorOptions) {
    super('BAD_OPTION', message, options);
  }
}

/** The checks of these options. */
export const alertChecks = new OptionChecks((message) => new AlertError(message));
