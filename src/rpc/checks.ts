/**
 * The checks of `src/options.ts` with the error of this layer and of those above it: RpcUsageError `BAD_OPTION`.
 *
 * @module
 */
import { OptionChecks } from '../options.js';
import { RpcUsageError } from './errors.js';

/** All checks of this layer: for option tables. */
export const optionChecks = new OptionChecks((message) => new RpcUsageError('BAD_OPTION', message));

export const { object: checkObject, options: checkOptions, choice, withMethods, duration } = optionChecks;
