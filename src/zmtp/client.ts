/**
 * One connection that this side makes: it does not reconnect by itself.
 *
 * @module
 */
import { Connection } from './connection.js';
import type { ConnectionEnd } from './connection.js';
import { Dial } from './dial.js';
import type { Endpoint } from './endpoint.js';
import type { QueueLimits } from './outbox.js';
import { DEFAULT_LIMITS } from './protocol.js';
import type { Peer, ProtocolLimits } from './protocol.js';
import { Pulse } from './pulse.js';
import type { PingOptions } from './pulse.js';
import type { ClientSecurity } from './security.js';
import { clientMechanism } from './security.js';
import type { SocketType } from './socket-types.js';

/** How to connect. All of it is plain data, which another thread can be given. */
export interface ClientOptions {
  readonly endpoint: Endpoint;
  readonly security: ClientSecurity;
  /** Time until the handshake is done, in ms, with resolving a name and connecting. */
  readonly connectTimeout: number;
  readonly ping: PingOptions;
  /** Default: those of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<ProtocolLimits>;
}

/** What a connection tells. Never called before the function that made it has returned, nor after `close()`. */
export interface ClientEvents {
  /** The handshake is done. At most once. */
  opened(peer: Peer): void;
  /** A message. Its parts are good until this returns. */
  message(parts: readonly Uint8Array[]): void;
  /** The connection is no more, or could not be made. At most once, and nothing follows. */
  closed(end: ConnectionEnd): void;
}

/** Dials, and watches the connection. */
export class ClientConnection {
  readonly connection: Connection;
  readonly #dial: Dial;
  readonly #pulse: Pulse;

  /** @throws RangeError for a key of the wrong length. */
  constructor(socketType: SocketType, options: ClientOptions, queue: QueueLimits, events: ClientEvents) {
    const { endpoint, security, connectTimeout, ping, limits } = options;
    this.#pulse = new Pulse(ping);
    this.connection = new Connection(
      {
        protocol: { socketType, mechanism: clientMechanism(security), limits: { ...DEFAULT_LIMITS, ...limits } },
        handshakeTimeout: connectTimeout,
        ping,
        queue,
        resets: socketType === 'DEALER',
      },
      {
        ready: (peer) => {
          this.#pulse.add(this.connection);
          events.opened(peer);
        },
        message: (parts) => {
          events.message(parts);
        },
        subscription: () => undefined,
        closed: ({ error, phase }) => {
          this.#release();
          events.closed({ error, phase: phase === 'connecting' ? this.#dial.phase : phase });
        },
      },
    );
    try {
      this.#dial = new Dial(endpoint, connectTimeout, {
        connected: (socket) => {
          this.connection.attach(socket);
        },
        failed: (error, phase) => {
          this.connection.connectFailed(error, phase);
        },
        read: (chunk) => {
          this.connection.read(chunk);
        },
      });
    } catch (error) {
      this.connection.destroy();
      throw error;
    }
  }

  /** Closes at once, and tells nobody. See {@link Connection.destroy}. */
  close(): void {
    this.#release();
    this.connection.destroy();
  }

  #release(): void {
    this.#pulse.delete(this.connection);
    this.#dial.cancel();
  }
}
