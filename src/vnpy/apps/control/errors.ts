/**
 * Errors of the control of strategies.
 *
 * @module
 */
import { BridgeError } from '../../../errors.js';
import { OptionChecks } from '../../../options.js';

/** Why something was not done. */
export type AppControlErrorCode =
  | 'NOT_REGISTERED' // the server has no such function: examples/app_control.py registers them, for the applications it finds
  | 'UNKNOWN_NAME' // the application has no strategy, class, spread or algo of this name
  | 'NOT_DONE' // the application did not do it: `logs` has its reasons
  | 'STRATEGY_FAILED' // the strategy's own code raised an exception: `logs` has the traceback
  | 'TIMEOUT' // on_init was still running when the time was over, and goes on
  | 'UNEXPECTED_REPLY' // the server answered with something else than the function gives
  | 'BAD_OPTION'; // a wrong option, or a name misspelt

/** An application did not do what it was asked to. */
export class AppControlError extends BridgeError<AppControlErrorCode> {
  /** What the application logged meanwhile, oldest first. Empty where the client has no events. */
  readonly logs: readonly string[];

  constructor(
    code: AppControlErrorCode,
    message: string,
    { logs = [], ...options }: { readonly cause?: unknown; readonly logs?: readonly string[] } = {},
  ) {
    super(code, message, options);
    this.logs = logs;
  }
}

/** The checks of options. */
export const controlChecks = new OptionChecks((message) => new AppControlError('BAD_OPTION', message));
