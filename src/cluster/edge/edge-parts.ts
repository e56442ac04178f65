/**
 * What an edge is made with.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { EngineGuard } from '../../vnpy/index.js';

/** A number for the name of an edge, for the prefix of what it publishes. */
export function numberOf(edge: string): number {
  return createHash('sha256').update(edge).digest().readUInt32BE();
}

/** Whether a server is on this machine. */
export function isHere(address: string): boolean {
  if (address === 'memory') return true;
  const host = address
    .replace(/^[a-z]+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
  return /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host);
}

/** The same guard, without the ZeroMQ addresses that principals have for themselves: there are none on NATS. */
export function withoutAddresses(guard: EngineGuard): EngineGuard {
  return {
    access: guard.access,
    refuseOrders: guard.refuseOrders,
    addresses: [],
    attach: (engine, functions) => guard.attach(engine, functions),
    engineFor: (principal, engine) => guard.engineFor(principal, engine),
    sees: (principal, event) => guard.sees(principal, event),
    onLate: (listener) => guard.onLate(listener),
  };
}
