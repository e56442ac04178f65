/**
 * A DEALER over one connection, to a REP or ROUTER (https://rfc.zeromq.org/spec/28/).
 *
 * @module
 */
import { ClientConnection } from './client.js';
import type { ClientEvents, ClientOptions } from './client.js';

/** One connection of a DEALER. Nothing that was sent over it ever leaves over another. */
export interface DealerConnection {
  /** Sends a message; false where there is no peer, or too much waits for it: then nothing has left. */
  send(parts: readonly Uint8Array[]): boolean;
  /**
   * Closes at once. Over TCP it is reset: what this system still holds arrives no more. A Unix socket cannot be reset, and
   * what was written to it is with the peer.
   */
  close(): void;
}

/** Bytes that may wait for the peer. */
const WAITING_BYTES = 2 ** 30;

/**
 * Begins to connect.
 *
 * @throws RangeError for a key of the wrong length.
 */
export function connectDealer(options: ClientOptions, events: ClientEvents): DealerConnection {
  const client = new ClientConnection('DEALER', options, { messages: Infinity, bytes: WAITING_BYTES }, events);
  const { connection } = client;
  return {
    send: (parts) => connection.trySend(parts),
    close: () => {
      client.close();
    },
  };
}
