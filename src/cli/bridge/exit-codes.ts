/**
 * The exit codes of `vnpy-bridge`, the same for every command and every output format, and what leads to each.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import { RemoteException, RpcCallError, RpcTransportError } from '../../rpc/index.js';
import { CliError, isSystemError } from '../kit/errors.js';
import type { CliErrorCode } from '../kit/errors.js';

/** What a run came to, by name. */
export const EXIT = {
  ok: 0,
  refused: 1,
  unreachable: 2,
  unknown: 3,
  usage: 4,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each says: for `--help` and for the document. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: 'done; also a service or a stream that was told to end, and an output whose reader went away',
  [EXIT.refused]: "the server's answer is no: the function raised, or `doctor` found a fault",
  [EXIT.unreachable]: 'nobody answered, and nothing has happened: no connection, or a request that never left',
  [EXIT.unknown]: 'a request left and was not answered: the server may have executed it',
  [EXIT.usage]: 'wrong usage, a wrong setting, or a file or address that cannot be used, or not to its end',
  [EXIT.internal]: 'a fault of vnpy-bridge itself',
  [EXIT.interrupted]: 'Ctrl-C before the answer',
  [EXIT.terminated]: 'SIGTERM before the answer',
};

const CLI_EXITS: Readonly<Record<CliErrorCode, ExitCode>> = {
  USAGE: EXIT.usage,
  FILE: EXIT.usage,
  REFUSED: EXIT.refused,
  UNREACHABLE: EXIT.unreachable,
};

/** Codes of the layers below that mean: nobody answered, and nothing has happened. */
const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'NOT_CONNECTED',
  'TIMEOUT',
  'DISCONNECTED',
  'UNREACHABLE',
  'NO_RESPONDERS',
  'CLOSED',
  'FAILED',
]);

/** Codes of the layers below that mean: the answer is no. */
const REFUSED_CODES: ReadonlySet<string> = new Set([
  'DATAFEED_ERROR',
  'UNEXPECTED_REPLY',
  'REFUSED',
  'DENIED',
  'NO_STREAM',
  'CONFLICT',
  'NO_RECORD',
  'NO_SUCH_HALT',
]);

/**
 * The exit code for an error that ends a command.
 * @param endedBy - The signal that took away the answer of a command that has one to give.
 */
export function exitCodeOf(error: unknown, endedBy?: string): ExitCode {
  if (endedBy !== undefined) return endedBy === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
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
    return REFUSED_CODES.has(code) ? EXIT.refused : EXIT.usage;
  }
  return isSystemError(error) ? EXIT.usage : EXIT.internal;
}
