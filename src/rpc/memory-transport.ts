/**
 * A transport inside one process, for tests.
 *
 * @module
 */
import type { ClientSockets, ServerSockets, Transport } from './transport.js';

/** Servers and clients that share an instance reach each other by address; nothing leaves the process. */
export class MemoryTransport implements Transport {
  openClient(): Promise<ClientSockets> {
    return Promise.reject(new Error('not yet'));
  }

  openServer(): Promise<ServerSockets> {
    return Promise.reject(new Error('not yet'));
  }
}
