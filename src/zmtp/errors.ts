/**
 * What can be wrong with a connection of ZMTP.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { BridgeErrorOptions } from '../errors.js';

/**
 * - `FOREIGN`: the peer speaks another protocol.
 * - `VERSION`: it speaks a ZMTP older than 3.
 * - `MECHANISM`: it wants another security mechanism.
 * - `SOCKET_TYPE`: its socket is of a type that does not go with this one.
 * - `REFUSED`: it refused this side's credentials, or this side the peer's.
 * - `PROTOCOL`: it broke the protocol.
 * - `LIMIT`: it went beyond a limit of this side.
 * - `TIMEOUT`: it was silent for too long.
 * - `CLOSED`: it closed the connection.
 * - `SYSTEM`: the system reports a fault, which is the `cause`.
 * - `LISTENER`: this program's own listener threw the `cause` at something that came.
 */
export type ZmtpErrorCode =
  | 'FOREIGN'
  | 'VERSION'
  | 'MECHANISM'
  | 'SOCKET_TYPE'
  | 'REFUSED'
  | 'PROTOCOL'
  | 'LIMIT'
  | 'TIMEOUT'
  | 'CLOSED'
  | 'SYSTEM'
  | 'LISTENER';

/** Why a connection cannot go on. Secrets are never in its message. */
export class ZmtpError extends BridgeError<ZmtpErrorCode> {
  /** Where in the bytes received, counted from the first of the connection; undefined where no byte is to blame. */
  readonly offset: number | undefined;

  constructor(code: ZmtpErrorCode, message: string, offset?: number, options: BridgeErrorOptions = {}) {
    super(code, offset === undefined ? message : `${message} (byte ${offset} of the connection)`, options);
    this.offset = offset;
  }
}
