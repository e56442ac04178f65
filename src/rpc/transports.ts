/**
 * The transports by name.
 *
 * @module
 */
import type { Transport } from './transport.js';
import { zmqTransport } from './zeromq/transport.js';
import { zmtpTransport } from './zmtp/transport.js';

/** `zmtp`: ZeroMQ's wire in TypeScript. `zeromq`: libzmq, by the package zeromq, which has to be installed. */
export type TransportName = 'zmtp' | 'zeromq';

const TRANSPORTS: Readonly<Record<TransportName, Transport>> = { zmtp: zmtpTransport, zeromq: zmqTransport };

/** The names of the transports. */
export const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as readonly TransportName[];

/** What is used where nothing is chosen. */
export const DEFAULT_TRANSPORT: TransportName = 'zmtp';

/** The transport that was chosen. */
export function transportOf(choice: TransportName | Transport): Transport {
  return typeof choice === 'string' ? TRANSPORTS[choice] : choice;
}
