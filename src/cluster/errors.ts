/**
 * The errors of the cluster.
 *
 * @module
 */
import { BridgeError } from '../errors.js';
import type { BridgeErrorOptions } from '../errors.js';
import type { TransportCode } from './transport/transport.js';

/** Something could not be published, asked or stored. */
export class ClusterTransportError extends BridgeError<TransportCode> {
  constructor(code: TransportCode, message: string, options: BridgeErrorOptions = {}) {
    super(code, message, options);
  }
}

/**
 * Why an edge did not do what it was asked. Nothing has left for vnpy in any of these cases.
 *
 * - `EXPIRED`: it came after its deadline.
 * - `NOT_ACTIVE`: this edge does not hold the account, or not any more.
 * - `HALTED`: a person or the edge itself has stopped the account.
 * - `RECOVERING`: the edge has just taken the account over, and knows too little for this order.
 * - `KEY_REUSED`: another order has the key.
 * - `JOURNAL`: the order could not be written down first.
 */
export type ClusterCode = 'EXPIRED' | 'NOT_ACTIVE' | 'HALTED' | 'RECOVERING' | 'KEY_REUSED' | 'JOURNAL';

/** An edge refuses. Its text begins with the code, `[EXPIRED] …`: it is what Python and other machines see. */
export class ClusterError extends BridgeError<ClusterCode> {
  constructor(code: ClusterCode, message: string, options: BridgeErrorOptions = {}) {
    super(code, `[${code}] ${message}`, options);
  }
}
