/**
 * The connection to the messaging system that options ask for.
 *
 * @module
 */
import { RpcUsageError } from '../../rpc/index.js';
import type { ClusterTransport } from './transport.js';

/** What options say of it. */
export interface TransportChoice {
  readonly servers?: readonly string[] | undefined;
  readonly transport?: ClusterTransport | undefined;
  readonly natsKeyFile?: string | undefined;
}

/** How it is opened, and whose it is. */
export interface TransportOpening {
  readonly open: () => Promise<ClusterTransport>;
  /** It was made for whoever opens it, and ends with it. */
  readonly ownsTransport: boolean;
}

/** @throws RpcUsageError `BAD_OPTION` where both are given, or neither. */
export function openTransport({ servers, transport }: TransportChoice): TransportOpening {
  if ((servers === undefined) === (transport === undefined))
    throw new RpcUsageError('BAD_OPTION', 'give servers or transport: one of them, and not both');
  if (transport !== undefined) return { open: () => Promise.resolve(transport), ownsTransport: false };
  return {
    open: () => Promise.reject(new RpcUsageError('BAD_OPTION', 'servers: there is no NATS transport yet')),
    ownsTransport: true,
  };
}
