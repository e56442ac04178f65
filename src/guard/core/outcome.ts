/**
 * What an engine's failure to take an order means.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import { RpcCallError } from '../../rpc/index.js';
import { SendOrderError } from '../../vnpy/index.js';
import type { OrderOutcome } from '../../vnpy/index.js';

/** Codes of errors that are thrown before anything leaves. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'MISSING_FIELD',
  'UNKNOWN_FIELD',
  'WRONG_TYPE',
  'OUT_OF_RANGE',
  'NOT_CONNECTED',
  'CLOSED',
  'UNKNOWN_SYMBOL',
]);

/** What is known about the order. Everything that proves nothing is `unknown`: it may be at the exchange. */
export function outcomeOf(error: unknown): OrderOutcome {
  if (error instanceof SendOrderError || error instanceof RpcCallError) return error.outcome;
  return error instanceof BridgeError && BEFORE_SENDING.has((error as BridgeError).code) ? 'not-sent' : 'unknown';
}
