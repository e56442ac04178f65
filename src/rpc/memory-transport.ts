/**
 * A transport inside one process, for tests: no port, no native module, and faults at will.
 *
 * @module
 */
import type { CallContext } from './access-control.js';
import { RpcTransportError } from './errors.js';
import type {
  ClientSocketOptions,
  ClientSockets,
  ConnectionFailure,
  ConnectionListener,
  Delivery,
  Frames,
  PeerGate,
  PublishSocket,
  ReplySocket,
  RequestConnection,
  ServerSocketOptions,
  ServerSockets,
  SubscribeConnection,
  Transport,
  TransportPeer,
} from './transport.js';

/**
 * Servers and clients that are given the same instance reach each other by address; any text is an address.
 * Messages arrive in order, each in a microtask of its own. Security options have no effect. An access control sees peers
 * without an address, of the mechanism `null`.
 *
 * @example
 * ```ts
 * const transport = new MemoryTransport();
 * const server = new RpcServer({ transport }).register('add', (a: number, b: number) => a + b);
 * await server.start('requests', 'events');
 * const client = new RpcClient({ transport });
 * await client.start('requests', 'events');
 * ```
 */
export class MemoryTransport implements Transport {
  readonly tellsPeers = true;
  readonly #endpoints = new Map<string, Endpoint>();
  #lastIdentity = 0;

  openClient({ maxMessageBytes = Infinity }: Partial<ClientSocketOptions> = {}): Promise<ClientSockets> {
    return Promise.resolve({
      connectRequest: (address: string, listener: ConnectionListener): RequestConnection => {
        const connection = this.#connect(address, 'reply', listener, maxMessageBytes);
        return {
          deliversFor: 0,
          send: (frames) => connection.toServer(frames),
          close: () => {
            connection.close();
          },
        };
      },
      connectSubscribe: (address: string, listener: ConnectionListener): SubscribeConnection => {
        const connection = this.#connect(address, 'publish', listener, maxMessageBytes);
        return {
          subscribe: (prefix) => {
            connection.prefixes.push(prefix);
          },
          unsubscribe: (prefix) => {
            const index = connection.prefixes.findIndex((known) => Buffer.compare(known, prefix) === 0);
            connection.prefixes.splice(index, index < 0 ? 0 : 1);
          },
          close: () => {
            connection.close();
          },
        };
      },
      close: () => undefined,
    });
  }

  openServer({ maxMessageBytes = Infinity }: Partial<ServerSocketOptions> = {}): Promise<ServerSockets> {
    return Promise.resolve({
      bindReply: (address: string, gate?: PeerGate) =>
        this.#settled((): ReplySocket => {
          const endpoint = this.#bind(address, 'reply', maxMessageBytes, gate);
          return {
            address,
            receive: (onMessage) => {
              endpoint.onMessage = onMessage;
            },
            send: (frames) => Promise.resolve(endpoint.reply(frames)),
            close: () => this.#unbind(endpoint),
          };
        }),
      bindPublish: (address: string, gate?: PeerGate) =>
        this.#settled((): PublishSocket => {
          const endpoint = this.#bind(address, 'publish', maxMessageBytes, gate);
          return { address, send: (frames, to) => endpoint.publish(frames, to), close: () => this.#unbind(endpoint) };
        }),
      close: () => undefined,
    });
  }

  /** Breaks every connection to an address, as a crash or a pulled cable does; the address stays bound. */
  sever(address: string): void {
    this.#endpoints.get(address)?.breakAll();
  }

  /** The address takes and gives nothing from now on, while its connections stand: a thread that died, or hangs. */
  freeze(address: string): void {
    this.#endpoints.get(address)?.freeze();
  }

  /** Ends {@link MemoryTransport.freeze}: what was sent meanwhile arrives. */
  thaw(address: string): void {
    this.#endpoints.get(address)?.thaw();
  }

  /** How many connections an address has. */
  connections(address: string): number {
    return this.#endpoints.get(address)?.connections.size ?? 0;
  }

  #connect(
    address: string,
    kind: Endpoint['kind'],
    listener: ConnectionListener,
    maxMessageBytes: number,
  ): MemoryConnection {
    const identity = Buffer.alloc(5);
    identity.writeUInt32BE(++this.#lastIdentity, 1);
    const connection = new MemoryConnection(identity, listener, maxMessageBytes);
    queueMicrotask(() => {
      const endpoint = this.#endpoints.get(address);
      if (endpoint === undefined)
        connection.fail({ kind: 'unreachable', detail: `nobody accepts connections at ${address}` });
      else if (endpoint.kind !== kind)
        connection.fail({ kind: 'handshake', detail: `${address} is a socket of another kind` });
      else connection.open(endpoint);
    });
    return connection;
  }

  #bind(address: string, kind: Endpoint['kind'], maxMessageBytes: number, gate: PeerGate | undefined): Endpoint {
    if (this.#endpoints.has(address)) {
      throw new RpcTransportError('ADDRESS_IN_USE', `cannot bind ${address}: another socket is bound to it`, {
        address,
      });
    }
    const endpoint = new Endpoint(address, kind, maxMessageBytes, gate);
    this.#endpoints.set(address, endpoint);
    return endpoint;
  }

  #unbind(endpoint: Endpoint): Promise<void> {
    if (this.#endpoints.get(endpoint.address) === endpoint) {
      this.#endpoints.delete(endpoint.address);
      endpoint.isBound = false;
      endpoint.breakAll();
    }
    return Promise.resolve();
  }

  /** The promise of what a function gives or throws. */
  #settled<Value>(create: () => Value): Promise<Value> {
    return new Promise((resolve) => {
      resolve(create());
    });
  }
}

/** A bound address. */
class Endpoint {
  readonly connections = new Set<MemoryConnection>();
  onMessage: (frames: Frames, sender?: CallContext) => void = () => undefined;
  isBound = true;
  /** What happens later because the address is frozen. */
  #deferred: (() => void)[] | undefined;

  constructor(
    readonly address: string,
    readonly kind: 'reply' | 'publish',
    readonly maxMessageBytes: number,
    readonly gate: PeerGate | undefined,
  ) {}

  request(connection: MemoryConnection, frames: Frames): void {
    this.#later(() => {
      if (connection.isDropped) return;
      if (bytesOf(frames) > this.maxMessageBytes) connection.fail(tooLarge(this.maxMessageBytes));
      else this.onMessage([connection.identity, ...frames], connection.admitted);
    });
  }

  reply(frames: Frames): Delivery {
    const [identity, ...rest] = frames;
    for (const connection of this.connections) {
      if (identity !== undefined && connection.identity.equals(identity)) {
        this.#later(() => {
          connection.toClient(rest);
        });
        return 'sent';
      }
    }
    return 'gone';
  }

  publish(frames: Frames, to?: ReadonlySet<string>): boolean {
    if (!this.isBound) return false;

    this.#later(() => {
      for (const connection of this.connections) {
        if (connection.mayGet(to) && connection.prefixes.some((prefix) => startsWith(frames[0], prefix)))
          connection.toClient(frames);
      }
    });
    return true;
  }

  freeze(): void {
    this.#deferred ??= [];
  }

  thaw(): void {
    const deferred = this.#deferred ?? [];
    this.#deferred = undefined;
    deferred.forEach((action) => {
      action();
    });
  }

  breakAll(): void {
    for (const connection of [...this.connections])
      connection.fail({ kind: 'lost', detail: `the connection to ${this.address} broke` });
  }

  #later(action: () => void): void {
    queueMicrotask(() => {
      if (this.#deferred === undefined) action();
      else this.#deferred.push(action);
    });
  }
}

/** The client's end of a connection. */
class MemoryConnection implements TransportPeer {
  readonly address = '';
  readonly mechanism = 'null';
  readonly id = undefined;
  readonly prefixes: Uint8Array[] = [];
  /** As whom it was let in. */
  admitted: CallContext | undefined;
  /** The server has ended it. */
  isDropped = false;
  /** The gate has let it in, and was not told of its end. */
  #isInside = false;
  #endpoint: Endpoint | undefined;
  #closed = false;

  constructor(
    readonly identity: Buffer,
    readonly listener: ConnectionListener,
    readonly maxMessageBytes: number,
  ) {}

  /** Where it has come to. */
  get endpoint(): string {
    return this.#endpoint?.address ?? '';
  }

  open(endpoint: Endpoint): void {
    if (this.#closed) return;
    this.#endpoint = endpoint;
    const admission = endpoint.gate?.admit(this);
    const isLetIn = admission === undefined || 'principal' in admission;
    this.#isInside = isLetIn;
    if (isLetIn) this.admitted = admission;
    if (this.isDropped) {
      this.#leave(endpoint); // While it was let in: now there is something to be closed.
      return;
    }
    if (!isLetIn) {
      this.fail({ kind: 'handshake', detail: `the server at ${endpoint.address} refuses this client` });
      return;
    }
    endpoint.connections.add(this);
    this.listener.opened();
  }

  drop(): void {
    this.isDropped = true;
    this.fail({ kind: 'lost', detail: `the server at ${this.endpoint} ended the connection` });
  }

  /** Whether it is one of these principals; undefined for all. */
  mayGet(to: ReadonlySet<string> | undefined): boolean {
    return to === undefined || (this.admitted !== undefined && to.has(this.admitted.principal));
  }

  fail(failure: ConnectionFailure): void {
    if (!this.#closed) {
      this.close();
      this.listener.closed(failure);
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#endpoint !== undefined) this.#leave(this.#endpoint);
  }

  #leave(endpoint: Endpoint): void {
    endpoint.connections.delete(this);
    if (!this.#isInside) return;
    this.#isInside = false;
    endpoint.gate?.closed(this);
  }

  toServer(frames: Frames): Promise<void> {
    if (this.#closed || this.#endpoint === undefined) return Promise.reject(new Error('EAGAIN'));

    this.#endpoint.request(this, frames);
    return Promise.resolve();
  }

  toClient(frames: Frames): void {
    if (this.#closed) return;

    if (bytesOf(frames) > this.maxMessageBytes) this.fail(tooLarge(this.maxMessageBytes));
    else this.listener.message(frames);
  }
}

function bytesOf(frames: Frames): number {
  return frames.reduce((sum, part) => sum + part.length, 0);
}

function tooLarge(maxMessageBytes: number): ConnectionFailure {
  return { kind: 'lost', detail: `the connection broke: a message of more than ${maxMessageBytes} bytes came` };
}

function startsWith(frame: Uint8Array | undefined, prefix: Uint8Array): boolean {
  return frame !== undefined && Buffer.compare(frame.subarray(0, prefix.length), prefix) === 0;
}
