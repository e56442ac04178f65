/**
 * The error of the programs themselves.
 *
 * @module
 */
import { BridgeError, messageOf } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';

/** Codes of {@link CliError}. */
export type CliErrorCode =
  | 'USAGE' // a wrong argument, option, environment variable or configuration file
  | 'FILE' // a file that cannot be read or written, or is not what it should be
  | 'REFUSED' // the server's answer is no answer to what was asked
  | 'UNREACHABLE'; // nobody answers at an address

/** The program cannot do what it was asked to; the message says what to do. */
export class CliError extends BridgeError<CliErrorCode> {
  constructor(code: CliErrorCode, message: string, options: BridgeErrorOptions = {}) {
    super(code, message, options);
  }

  /** A file that cannot be read or written, by the path that the user gave. */
  static file(path: string, cause: unknown): CliError {
    return new CliError('FILE', `${path}: ${messageOf(cause)}`, { cause });
  }
}

/** An error of the operating system: a file or an address that cannot be used, as a rule. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
