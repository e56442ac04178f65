/**
 * A PUB for tests: it sends to whoever is connected, asked for or not, and tells what subscribers say.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { DEFAULT_LIMITS, Protocol } from '../../../src/zmtp/protocol.js';
import type { ProtocolOptions } from '../../../src/zmtp/protocol.js';
import { nul } from './side.js';

export interface PublisherEvents {
  /** A subscriber asks for something, `+topic`, or takes it back, `-topic`; `pong` is its answer to a PING. */
  heard?(what: string): void;
}

export class RawPublisher {
  readonly #server: Server;
  readonly #peers = new Map<Socket, Protocol>();

  private constructor(server: Server, mechanism: ProtocolOptions['mechanism'], events: PublisherEvents) {
    this.#server = server;
    server.on('connection', (socket) => {
      const protocol = new Protocol(
        { socketType: 'PUB', mechanism, limits: DEFAULT_LIMITS },
        {
          send: (bytes) => socket.write(bytes),
          ready: () => this.#peers.set(socket, protocol),
          message: () => undefined,
          subscription: (prefix, wanted) => {
            events.heard?.(`${wanted ? '+' : '-'}${Buffer.from(prefix).toString()}`);
          },
          ping: (_ttl, context) => socket.write(protocol.encodePong(context)),
          pong: () => {
            events.heard?.('pong');
          },
        },
      );
      socket.on('data', (chunk) => {
        protocol.read(chunk);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => this.#peers.delete(socket));
      protocol.start();
    });
  }

  static async listen(
    events: PublisherEvents = {},
    mechanism: ProtocolOptions['mechanism'] = nul,
  ): Promise<RawPublisher> {
    const publisher = new RawPublisher(createServer({ noDelay: true }), mechanism, events);
    await once(publisher.#server.listen(0, '127.0.0.1'), 'listening');
    return publisher;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  publish(...parts: readonly Uint8Array[]): void {
    for (const [socket, protocol] of this.#peers) socket.write(protocol.encode(parts));
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void {
    for (const socket of this.#peers.keys()) socket.write(bytes);
  }

  ping(): void {
    for (const [socket, protocol] of this.#peers) socket.write(protocol.encodePing(0));
  }

  /** Closes the connections, after what was published. */
  hangUp(): void {
    for (const socket of this.#peers.keys()) socket.end();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#peers.keys()) socket.destroy();
  }
}
