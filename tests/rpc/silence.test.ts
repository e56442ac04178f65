/**
 * What goes over a connection on which nothing is said, and when a silent peer is given up. interop/old-libzmq.matrix.ts has
 * the same with the old libraries themselves, and 45 s long.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import * as zmq from 'zeromq';
import { dumps } from 'vnpy-bridge/pickle';
import { RpcClient } from '../../src/rpc/client.js';
import type { RpcClientOptions } from '../../src/rpc/options.js';
import { ZmqClientSockets } from '../../src/rpc/zeromq/client-sockets.js';
import type { ZmqModule } from '../../src/rpc/zeromq/module.js';
import { ZmqServerSockets } from '../../src/rpc/zeromq/server-sockets.js';
import { greeting, message, ready } from '../cli/inspect/wire.js';
import { CLIENT_SOCKETS, SERVER_SOCKETS } from '../support/bare-sockets.js';
import { eventually } from '../support/patience.js';
import { statusOf } from './support/fixtures.js';
import { NO_LISTENER, watchedZmq } from './support/watched-zmq.js';

/** A REP or PUB as libzmq 4.1 has them, of ZMTP 3.0: it greets everybody, and answers no PING and nothing else. */
class OldSocket {
  /** Bytes that came after the handshake. */
  received = Buffer.alloc(0);
  connections = 0;
  greets = true;
  readonly #sockets = new Set<Socket>();
  readonly #server;
  readonly #peers: Socket[] = [];

  constructor(type: 'REP' | 'PUB') {
    const hello = greeting();
    hello[11] = 0; // The minor version of ZMTP 3.0.
    const handshake = Buffer.concat([hello, ready(type)]);
    this.#server = createServer((socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      if (!this.greets) return;
      socket.write(hello);
      let bytes = Buffer.alloc(0);
      let isReady = false;
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        // A frame's size is its second byte: everything here is short.
        const end = hello.length + 2 + (bytes[hello.length + 1] ?? 0);
        if (!isReady && bytes.length > hello.length + 1 && bytes.length >= end) {
          isReady = true;
          socket.write(handshake.subarray(hello.length));
          bytes = bytes.subarray(end);
          this.#peers.push(socket);
        }
        if (isReady) {
          this.received = Buffer.concat([this.received, bytes]);
          bytes = Buffer.alloc(0);
        }
      });
    });
    onTestFinished(() => {
      this.#sockets.forEach((socket) => socket.destroy());
      this.#server.close();
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  publish(): void {
    for (const socket of this.#peers) socket.write(message('x', dumps(1)));
  }
}

function clientOf(options: RpcClientOptions): RpcClient {
  const client = new RpcClient({ reconnect: { initial: 10, max: 50 }, ...options });
  onTestFinished(() => client.stop());
  return client;
}

test('a server that says nothing and answers no PING is sent none, and stays connected', async () => {
  const requests = new OldSocket('REP');
  const client = clientOf({ heartbeat: { tolerance: 400 } });
  const statuses: unknown[] = [];
  client.on('status', ({ state }) => statuses.push(state));
  await client.start(await requests.listen());
  await client.ready();
  // Each time that nothing has come for long it is asked for its greeting, over a connection of its own.
  await eventually(() => {
    expect(requests.connections).toBeGreaterThan(4);
  });
  expect(requests.received.toString('latin1')).toBe('');
  expect(statuses).toEqual(['connecting', 'connected']);
});

test('a server whose system accepts connections, and that greets nobody any more, stands still', async () => {
  const requests = new OldSocket('REP');
  const client = clientOf({ heartbeat: { tolerance: 400 } });
  await client.start(await requests.listen());
  await client.ready();
  requests.greets = false;
  expect(await statusOf(client, ({ state }) => state === 'disconnected')).toMatchObject({
    reason: 'lost',
    detail: expect.stringContaining('its process stands still') as string,
  });
});

test('events of the same host speak for an idle request connection, but not for one that owes an answer', async () => {
  const requests = new OldSocket('REP');
  const events = new OldSocket('PUB');
  const client = clientOf({ heartbeat: { tolerance: 1000, feedTolerance: Infinity } });
  client.subscribe('');
  await client.start(await requests.listen(), await events.listen());
  await client.ready();
  const timer = setInterval(() => {
    events.publish();
  }, 20);
  onTestFinished(() => {
    clearInterval(timer);
  });
  requests.greets = false;
  await eventually(() => {
    expect(client.stats().events.received).toBeGreaterThan(100);
  });
  expect(client.status()).toEqual({ state: 'connected', reconnects: 0 });
  expect(requests.connections).toBe(1);
  const call = client.call('add', [1, 3]).catch((error: unknown) => error);
  expect(await call).toMatchObject({ code: 'DISCONNECTED', outcome: 'unknown' });
});

const ANY = 'tcp://127.0.0.1:*';

function serverSockets(module: ZmqModule): ZmqServerSockets {
  return new ZmqServerSockets(module, SERVER_SOCKETS, zmq.context, undefined);
}

test('no socket has a heartbeat of ZeroMQ; TCP finds the peers that are gone', async () => {
  const { module, made } = watchedZmq();
  const server = serverSockets(module);
  const bound = [await server.bindReply(ANY), await server.bindPublish(ANY)];
  const client = new ZmqClientSockets(module, { ...CLIENT_SOCKETS, pingTimeout: 30_000 });
  const connections = [
    client.connectRequest('tcp://127.0.0.1:9', NO_LISTENER),
    client.connectSubscribe('tcp://127.0.0.1:9', NO_LISTENER),
  ];
  const seen = made.map((socket) => ({
    heartbeat: [socket.heartbeatInterval, socket.heartbeatTimeToLive],
    // When keepalive begins, s; how often it asks, s; and how many times. Then how long the system tries to deliver, ms.
    tcp: [
      socket.tcpKeepaliveIdle,
      socket.tcpKeepaliveInterval,
      socket.tcpKeepaliveCount,
      socket.tcpMaxRetransmitTimeout,
    ],
    on: socket.tcpKeepalive,
  }));
  for (const connection of connections) connection.close();
  await Promise.all(bound.map((socket) => socket.close()));
  const heartbeat = [0, 0];
  expect(seen).toEqual([
    { heartbeat, on: 1, tcp: [30, 10, 3, 60_000] },
    { heartbeat, on: 1, tcp: [30, 10, 3, 60_000] },
    { heartbeat, on: 1, tcp: [5, 2, 3, 10_000] },
    { heartbeat, on: 1, tcp: [15, 5, 3, 0] },
  ]);
});

test('a publisher that has nothing to say forgets the clients that are gone', async () => {
  let looks = 0;
  const { module } = watchedZmq(() => looks++);
  const publisher = await serverSockets(module).bindPublish(ANY);
  onTestFinished(() => publisher.close());
  const subscriber = new zmq.Subscriber({ linger: 0 });
  subscriber.connect(publisher.address);
  await eventually(() => {
    expect(looks).toBeGreaterThan(0);
  });
  const before = looks;
  subscriber.close();
  await eventually(() => {
    expect(looks).toBeGreaterThan(before);
  });
});
