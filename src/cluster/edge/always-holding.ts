/**
 * An account that needs no lease, because one edge alone has it.
 *
 * @module
 */
import type { Holding } from '../account/holding.js';

/** Holds it for as long as the program runs. */
export const alwaysHolding: Holding = Object.freeze({
  state: 'active',
  reason: 'this edge holds the account without a lease',
  epoch: 1,
  left: Infinity,
  mayOrder: true,
  mayReduce: true,
  mayCancel: true,
  onChange: () => () => undefined,
} satisfies Holding);
