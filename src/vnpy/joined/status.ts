/**
 * Several connections as one status.
 *
 * @module
 */
import type { ClientStatus } from '../../rpc/index.js';
import type { JoinedServer } from './server.js';

/** The best first: what works is what counts. */
const BEST = ['connected', 'disconnected', 'connecting', 'idle', 'stopped'] as const;

/** An engine without a connection is always there. */
const HERE: ClientStatus = { state: 'connected', reconnects: 0 };

/** How all are together: as the best of them. */
export function joinedStatus(servers: readonly JoinedServer[]): ClientStatus {
  const all = servers.map((server) => ({ name: server.name, status: server.status() ?? HERE }));
  const best = BEST.flatMap((state) => all.filter(({ status }) => status.state === state)).at(0);
  if (best === undefined) return { state: 'stopped' };
  const { name, status } = best;
  if (status.state === 'disconnected') return { ...status, detail: `${name}: ${status.detail}` };
  if (status.state !== 'connected') return status;
  const reconnects = all.reduce((sum, { status: each }) => sum + (each.state === 'connected' ? each.reconnects : 0), 0);
  return { state: 'connected', reconnects };
}
