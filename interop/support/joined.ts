import { expect } from 'vitest';
import { PATIENCE } from './patience.js';
import type { Peer } from './peer.js';

/**
 * Resolves when a gateway_client gets what its vnpy_server publishes. That it has been answered does not say so: a
 * subscription goes another way than requests, and what is published before it has arrived is lost.
 */
export async function joined(server: Peer, client: Peer): Promise<void> {
  await expect
    .poll(async () => {
      await server.command('eval', { code: `main_engine.event_engine.put(Event('eJoined'))` });
      return client.records.some((record) => record['event'] === 'eJoined');
    }, PATIENCE)
    .toBe(true);
}
