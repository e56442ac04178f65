/**
 * A ROUTER (https://rfc.zeromq.org/spec/28/): REQ and DEALER peers, each with a queue of its own.
 *
 * @module
 */
import type { Admitted } from './admission.js';
import type { Endpoint } from './endpoint.js';
import type { Peer } from './protocol.js';
import { nameOf } from './prefixes.js';
import { Server } from './server.js';
import type { ServerOptions, ServerPeer } from './server.js';

/** What became of a message: taken, or its peer is gone, or too much waits for a peer that does not read. */
export type Delivery = 'sent' | 'gone' | 'full';

/** One connection of a ROUTER. Its id is of no other, so what is meant for it never goes to another with the same identity. */
export interface RouterPeer {
  readonly id: number;
  /** What it calls itself; empty where it does not. */
  readonly identity: Uint8Array;
  /** Who it has shown to be: a user name for PLAIN, a public key as Z85 text for CURVE. */
  readonly principal: string | undefined;
  /** Its IP address; empty at a Unix socket. */
  readonly address: string;
  /** As whom the doorkeeper has let it in; undefined without one. */
  readonly admitted: Admitted | undefined;
}

/** What a ROUTER tells. */
export interface RouterEvents {
  /** A message with its envelope, without the identity. Its parts may be kept. */
  message(peer: RouterPeer, parts: readonly Uint8Array[]): void;
  opened?(peer: RouterPeer): void;
  closed?(peer: RouterPeer): void;
}

interface Known extends RouterPeer {
  readonly server: ServerPeer;
}

export class RouterSocket {
  readonly #server: Server;
  readonly #peers = new Map<number, Known>();
  /** Names of those that call themselves something. */
  readonly #names = new Map<string, number>();

  constructor(options: ServerOptions, events: RouterEvents) {
    this.#server = new Server('ROUTER', options, {
      ready: (peer, about) => {
        const known = this.#enter(peer, about);
        if (known === undefined) {
          const reason = 'another connection has the same identity';
          options.refused?.({ address: peer.address, reason, end: undefined });
          this.#server.drop(peer);
        } else {
          events.opened?.(known);
        }
      },
      message: (peer, parts) => {
        const known = this.#peers.get(peer.id);
        if (known !== undefined) events.message(known, parts);
      },
      subscription: () => undefined,
      closed: ({ id }) => {
        const known = this.#peers.get(id);
        if (known === undefined) return;
        this.#peers.delete(id);
        if (known.identity.length > 0) this.#names.delete(nameOf(known.identity));
        events.closed?.(known);
      },
    });
  }

  /**
   * Binds.
   *
   * @returns where, with the real port or path.
   * @throws the system's error, with its `code`.
   */
  listen(): Promise<Endpoint> {
    return this.#server.listen();
  }

  /** Peers whose handshake is done. */
  get peers(): number {
    return this.#peers.size;
  }

  /** Connections, with those whose handshake is not done. */
  get connections(): number {
    return this.#server.connections;
  }

  /** The peer that calls itself so. */
  find(identity: Uint8Array): RouterPeer | undefined {
    const id = this.#names.get(nameOf(identity));
    return id === undefined ? undefined : this.#peers.get(id);
  }

  /** Sends a message, with its envelope, to the peer with this id. */
  send(id: number, parts: readonly Uint8Array[]): Delivery {
    const connection = this.#peers.get(id)?.server.connection;
    if (connection?.peer === undefined) return 'gone';
    return connection.trySend(parts) ? 'sent' : 'full';
  }

  /** Accepts no more; what waits gets `linger` ms to leave. */
  async close(linger: number): Promise<void> {
    await this.#server.close(linger);
    this.#peers.clear();
    this.#names.clear();
  }

  /**
   * Undefined for a second peer of one identity. libzmq keeps it and swallows what it sends (libzmq issue 4503); closed, it
   * can come again when the first is gone.
   */
  #enter(server: ServerPeer, { identity, principal }: Peer): Known | undefined {
    if (identity.length > 0) {
      const name = nameOf(identity);
      if (this.#names.has(name)) return undefined;
      this.#names.set(name, server.id);
    }
    const { id, address, admitted } = server;
    const known: Known = { id, address, identity, principal, admitted, server };
    this.#peers.set(server.id, known);
    return known;
  }
}
