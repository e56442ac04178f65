/**
 * A SUB over one connection, to a PUB or XPUB (https://rfc.zeromq.org/spec/29/).
 *
 * @module
 */
import { ClientConnection } from './client.js';
import type { ClientEvents, ClientOptions } from './client.js';
import { Subscriptions } from './prefixes.js';

/** One connection of a SUB. */
export interface SubConnection {
  /** Asks for the messages whose first part starts with these bytes. Asked for twice, it has to be taken back twice. */
  subscribe(prefix: Uint8Array): void;
  /** Takes one such request back. */
  unsubscribe(prefix: Uint8Array): void;
  /** Closes at once. */
  close(): void;
}

/**
 * Begins to connect. What is subscribed before the connection stands is asked for then.
 *
 * @throws RangeError for a key of the wrong length.
 */
export function connectSub(options: ClientOptions, events: ClientEvents): SubConnection {
  const wanted = new Subscriptions();
  const queue = { messages: Infinity, bytes: Infinity }; // Subscriptions, and answers to PINGs: this side bounds them.
  const client = new ClientConnection('SUB', options, queue, {
    opened: (peer) => {
      for (const prefix of wanted.sorted()) client.connection.subscribe(prefix, true);
      events.opened(peer);
    },
    message: (parts) => {
      // A publisher may send what nobody asked for, or what was asked for a moment ago.
      const [first] = parts;
      if (first !== undefined && wanted.matches(first)) events.message(parts);
    },
    closed: (end) => {
      events.closed(end);
    },
  });
  return {
    subscribe: (prefix) => {
      if (wanted.add(prefix)) client.connection.subscribe(prefix, true);
    },
    unsubscribe: (prefix) => {
      if (wanted.delete(prefix)) client.connection.subscribe(prefix, false);
    },
    close: () => {
      client.close();
    },
  };
}
