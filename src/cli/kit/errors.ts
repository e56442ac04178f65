/**
 * Errors of the program itself, and what every error means for the exit code.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';
import { RemoteException, RpcCallError, RpcTransportError } from '../../rpc/errors.js';
import { EXIT } from '../bridge/exit-codes.js';
import type { ExitCode } from '../bridge/exit-codes.js';

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
}

/** The exit code of a command that has an answer to give and was told to end before it had. */
export function interruptedExit(reason: unknown): ExitCode {
  return reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

const CLI_EXITS: Readonly<Record<CliErrorCode, ExitCode>> = {
  USAGE: EXIT.usage,
  FILE: EXIT.usage,
  REFUSED: EXIT.refused,
  UNREACHABLE: EXIT.unreachable,
};

/** Codes of the layers below that mean: nobody answered, and nothing has happened. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set(['NOT_CONNECTED', 'TIMEOUT', 'DISCONNECTED']);

/** The exit code for an error that ends a command. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return CLI_EXITS[error.code];
  if (error instanceof RemoteException) return EXIT.refused;
  if (error instanceof RpcCallError) {
    if (error.code === 'BAD_REPLY') return EXIT.refused;
    return error.outcome === 'unknown' ? EXIT.unknown : EXIT.unreachable;
  }
  if (error instanceof RpcTransportError) return EXIT.usage;
  if (error instanceof BridgeError) {
    const { code } = error as BridgeError;
    if (UNREACHABLE_CODES.has(code)) return EXIT.unreachable;
    return code === 'DATAFEED_ERROR' || code === 'UNEXPECTED_REPLY' ? EXIT.refused : EXIT.usage;
  }
  return isSystemError(error) ? EXIT.usage : EXIT.internal;
}

/** An error of the operating system: a file or an address that cannot be used, as a rule. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
