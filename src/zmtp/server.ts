/**
 * The connections of a socket that binds: who may connect, how many, and what they cost.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Admitted, Doorkeeper, Newcomer } from './admission.js';
import { Connection } from './connection.js';
import type { ConnectionEnd } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { listen } from './listen.js';
import type { Listening } from './listen.js';
import type { Acceptance } from './mechanisms/mechanism.js';
import type { QueueLimits, SharedBytes } from './outbox.js';
import { DEFAULT_LIMITS } from './protocol.js';
import type { Peer, ProtocolLimits } from './protocol.js';
import { Pulse } from './pulse.js';
import type { PingOptions } from './pulse.js';
import type { ServerSecurity } from './security.js';
import { serverMechanism } from './security.js';
import type { SocketType } from './socket-types.js';

/** How many peers there may be. One more is closed at once: it may try again. */
export interface ServerLimits {
  /** Connections. */
  readonly connections: number;
  /** Of them, those whose handshake is not done. */
  readonly handshakes: number;
  /** Connections from one address, so that one cannot take all of them. Half of `connections` unless told. */
  readonly connectionsOfAddress: number;
  /** Handshakes from one address. Half of `handshakes` unless told. */
  readonly handshakesOfAddress: number;
  /**
   * Handshakes of CURVE that one address may begin a second, each of some 0.4 ms of this processor; five seconds' worth may
   * come at once.
   */
  readonly hellosOfAddress: number;
  /** Time for the handshake, in ms. */
  readonly handshakeTimeout: number;
  /** Bytes that may wait for one peer. */
  readonly waitingBytes: number;
  /** Bytes that may wait for all peers of a socket. */
  readonly totalWaitingBytes: number;
}

/** Those of an address follow from the others. */
export const DEFAULT_SERVER_LIMITS: Omit<ServerLimits, 'connectionsOfAddress' | 'handshakesOfAddress'> = {
  connections: 10_000,
  handshakes: 1000,
  hellosOfAddress: 100,
  handshakeTimeout: 10_000,
  waitingBytes: 64 * 2 ** 20,
  totalWaitingBytes: 2 ** 30,
};

/** How to serve. */
export interface ServerOptions {
  readonly endpoint: Endpoint;
  readonly security: ServerSecurity;
  /** Why this address may not connect; undefined when it may. Default: every address may. */
  readonly refuses?: (address: string) => string | undefined;
  /** Decides about every connection, and says of whom it is. `refused` is not told of those it refuses. */
  readonly doorkeeper?: Doorkeeper;
  readonly ping: PingOptions;
  /** Messages that may wait for one peer. */
  readonly highWaterMark: number;
  readonly limits?: Partial<ProtocolLimits & ServerLimits>;
  /** A connection was refused, or ended in the handshake or by a fault of the peer. */
  readonly refused?: (refusal: Refusal) => void;
}

/** A peer that was not let in, or not kept. */
export interface Refusal {
  /** Empty for a peer at a Unix socket. */
  readonly address: string;
  readonly reason: string;
  /** How it ended; undefined where it was closed at once. */
  readonly end: ConnectionEnd | undefined;
}

/** A peer as its server sees it. */
export interface ServerPeer {
  /** Of no other connection of this socket, before or after. */
  readonly id: number;
  readonly connection: Connection;
  /** Empty at a Unix socket. IPv4 addresses are written as such. */
  readonly address: string;
  /** As whom the doorkeeper has let it in; undefined before, and without one. */
  admitted: Admitted | undefined;
}

/** What the connections of a server tell. */
export interface ServerEvents {
  ready(peer: ServerPeer, about: Peer): void;
  message(peer: ServerPeer, parts: readonly Uint8Array[]): void;
  subscription(peer: ServerPeer, prefix: Uint8Array, wanted: boolean): void;
  /** Only for those that were ready. */
  closed(peer: ServerPeer): void;
}

/** A socket that is bound. */
export class Server {
  readonly #socketType: SocketType;
  readonly #options: ServerOptions;
  readonly #events: ServerEvents;
  readonly #limits: ProtocolLimits & ServerLimits;
  readonly #mechanism: ReturnType<typeof serverMechanism>;
  readonly #queue: QueueLimits;
  readonly #pulse: Pulse;
  readonly #peers = new Set<ServerPeer>();
  readonly #handshakes = new Set<ServerPeer>();
  /** Those whom the doorkeeper has let in, as it knows them. */
  readonly #newcomers = new Map<ServerPeer, Newcomer>();
  readonly #ofAddress = new Map<string, { connections: number; handshakes: number }>();
  #listening: Listening | undefined;
  #lastId = 0;

  /** @throws RangeError for a key of the wrong length. */
  constructor(socketType: SocketType, options: ServerOptions, events: ServerEvents) {
    this.#socketType = socketType;
    this.#options = options;
    this.#events = events;
    const limits = { ...DEFAULT_LIMITS, ...DEFAULT_SERVER_LIMITS, ...options.limits };
    this.#limits = {
      ...limits,
      connectionsOfAddress: options.limits?.connectionsOfAddress ?? limits.connections / 2,
      handshakesOfAddress: options.limits?.handshakesOfAddress ?? limits.handshakes / 2,
    };
    this.#mechanism = serverMechanism(options.security, limits.hellosOfAddress);
    const shared: SharedBytes = { waiting: 0, limit: limits.totalWaitingBytes };
    this.#queue = { messages: options.highWaterMark, bytes: limits.waitingBytes, shared };
    this.#pulse = new Pulse(options.ping);
  }

  /** @throws the system's error, with its `code`. */
  async listen(): Promise<Endpoint> {
    this.#listening = await listen(this.#options.endpoint, (socket) => {
      this.#accept(socket);
    });
    return this.#listening.endpoint;
  }

  /** Connections, with those whose handshake is not done. */
  get connections(): number {
    return this.#peers.size;
  }

  /** Bytes that wait for all peers together. */
  get waitingBytes(): number {
    return this.#queue.shared?.waiting ?? 0;
  }

  /** Closes a connection at once. */
  drop(peer: ServerPeer): void {
    if (!this.#forget(peer)) return;
    const wasReady = peer.connection.peer !== undefined;
    peer.connection.destroy();
    if (wasReady) this.#events.closed(peer);
    this.#left(peer);
  }

  /** Accepts no more; what waits gets `linger` ms to leave. Resolves when every connection is closed. */
  async close(linger: number): Promise<void> {
    await this.#listening?.close();
    await Promise.all(Array.from(this.#peers, ({ connection }) => connection.end(linger)));
    for (const peer of [...this.#peers]) {
      this.#forget(peer);
      this.#left(peer);
    }
  }

  #accept(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    const reason = this.#whyRefused(address);
    if (reason !== undefined) {
      socket.on('error', () => undefined);
      socket.destroy();
      this.#options.refused?.({ address, reason, end: undefined });
      return;
    }
    const { ping } = this.#options;
    const peer: ServerPeer = {
      id: ++this.#lastId,
      address,
      admitted: undefined,
      connection: new Connection(
        {
          protocol: {
            socketType: this.#socketType,
            mechanism: this.#mechanism(address, (id) => this.#admit(peer, id)),
            limits: this.#limits,
          },
          handshakeTimeout: this.#limits.handshakeTimeout,
          ping,
          queue: this.#queue,
          resets: false, // Answers on their way would be lost.
        },
        {
          ready: (about) => {
            this.#shaken(peer);
            this.#pulse.add(peer.connection);
            this.#events.ready(peer, about);
          },
          message: (parts) => {
            this.#events.message(peer, parts);
          },
          subscription: (prefix, wanted) => {
            this.#events.subscription(peer, prefix, wanted);
          },
          closed: (end) => {
            this.#closed(peer, end);
          },
        },
      ),
    };
    this.#enter(peer);
    // By NULL nothing more will be known of it. A connection that is closed closes the socket that it is given.
    if (this.#options.security.mechanism === 'NULL' && this.#admit(peer, undefined) !== true) this.drop(peer);
    socket.on('data', (chunk: Buffer) => {
      peer.connection.read(chunk);
    });
    peer.connection.attach(socket);
  }

  #whyRefused(address: string): string | undefined {
    const { connections, handshakes, connectionsOfAddress, handshakesOfAddress } = this.#limits;
    const own = this.#ofAddress.get(address);
    if (this.#peers.size >= connections) return `there are ${connections} connections already`;
    if (this.#handshakes.size >= handshakes) return `there are ${handshakes} connections in their handshake already`;
    if (own !== undefined && own.connections >= connectionsOfAddress)
      return `there are ${connectionsOfAddress} connections from this address already`;
    if (own !== undefined && own.handshakes >= handshakesOfAddress)
      return `there are ${handshakesOfAddress} connections from this address in their handshake already`;
    return this.#options.refuses?.(address);
  }

  #admit(peer: ServerPeer, id: string | undefined): Acceptance {
    const { doorkeeper } = this.#options;
    if (doorkeeper === undefined) return true;
    const newcomer: Newcomer = {
      address: peer.address,
      id,
      drop: () => {
        this.drop(peer);
      },
    };
    const answer = doorkeeper.admit(newcomer);
    if ('refused' in answer) return answer.retry === true ? 'later' : false;
    if (this.#peers.has(peer)) {
      peer.admitted = answer;
      this.#newcomers.set(peer, newcomer);
      return true;
    }
    doorkeeper.closed(newcomer); // It was dropped while it was let in.
    return false;
  }

  #left(peer: ServerPeer): void {
    const newcomer = this.#newcomers.get(peer);
    this.#newcomers.delete(peer);
    if (newcomer !== undefined) this.#options.doorkeeper?.closed(newcomer);
  }

  #enter(peer: ServerPeer): void {
    this.#peers.add(peer);
    this.#handshakes.add(peer);
    const own = this.#ofAddress.get(peer.address) ?? { connections: 0, handshakes: 0 };
    own.connections++;
    own.handshakes++;
    this.#ofAddress.set(peer.address, own);
  }

  #shaken(peer: ServerPeer): void {
    const own = this.#ofAddress.get(peer.address);
    if (this.#handshakes.delete(peer) && own !== undefined) own.handshakes--;
  }

  /** False for one that was forgotten before. */
  #forget(peer: ServerPeer): boolean {
    this.#shaken(peer);
    this.#pulse.delete(peer.connection);
    if (!this.#peers.delete(peer)) return false;
    const own = this.#ofAddress.get(peer.address);
    if (own === undefined) return true;
    own.connections--;
    if (own.connections === 0) this.#ofAddress.delete(peer.address);
    return true;
  }

  #closed(peer: ServerPeer, end: ConnectionEnd): void {
    this.#forget(peer);
    const wasReady = end.phase === 'ready';
    if (wasReady) this.#events.closed(peer);
    this.#left(peer);
    const { code, message } = end.error;
    // A peer that goes, at whatever moment, is nobody's fault.
    if (code === 'CLOSED' || code === 'SYSTEM') return;
    this.#options.refused?.({ address: peer.address, reason: message, end });
  }
}

/** What a dual-stack socket calls `::ffff:1.2.3.4` is the IPv4 address. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
