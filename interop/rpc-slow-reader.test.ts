/**
 * A client that stands still for a moment, and where events are lost then: in the reader's queue or in the publisher's.
 * Every event carries its number, so that what is missing is known, and libzmq tells of none of it.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RpcServer } from 'vnpy-bridge/rpc';
import type { RpcClient } from 'vnpy-bridge/rpc';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { Event, TickData } from 'vnpy-bridge/vnpy';
import { connectTo, newClient, published } from './rpc-support/clients.js';
import { PATIENCE, startPeer } from './support/index.js';

/** The queue that vnpy's sockets have on both sides: libzmq's default, in messages. */
const VNPY_QUEUE = 1000;

/** Collects the numbers of the events of topic `x`, from when the subscription stands. */
async function listen(client: RpcClient, publishOne: (topic: string) => unknown): Promise<number[]> {
  const numbers: number[] = [];
  client.on('event', ({ topic, data }) => {
    if (topic === 'x') numbers.push((data as Event<TickData>).data.volume);
  });
  client.subscribe('x');
  await heard(client, publishOne, 'x.first');
  return numbers;
}

/** Publishes until one arrives: everything before it has arrived or is lost then. */
async function heard(client: RpcClient, publishOne: (topic: string) => unknown, topic: string): Promise<void> {
  let arrived = false;
  const off = client.on('event', (event) => {
    arrived ||= event.topic === topic;
  });
  await vi.waitFor(
    async () => {
      await publishOne(topic);
      expect(arrived).toBe(true);
    },
    { ...PATIENCE, interval: 50 },
  );
  off();
}

/** Lets nothing of this program run, as a long computation does, but costs no CPU time. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

const first = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

// Again if it fails: vnpy's publisher has a queue of 1,000, which overflows when its thread gets no CPU for 50 ms, and
// then an event is lost before it has reached this side.
test.each([
  { vnpy: '4.5', queue: undefined, seconds: 1, loses: false },
  { vnpy: '4.4', queue: undefined, seconds: 1, loses: false },
  // The same with the queue of vnpy's own client, to see that it is the queue that holds them; for longer, because a slow
  // machine may publish no more in a second than all queues hold together.
  { vnpy: '4.5', queue: VNPY_QUEUE, seconds: 3, loses: true },
] as const)(
  'an event loop that stands still for $seconds s at 20,000 events/s: vnpy $vnpy, queue $queue, loses $loses',
  { retry: 2 },
  async ({ vnpy, queue, seconds, loses }) => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const client = await connectTo(server, {
      registry: vnpyRegistry,
      receiver: 'thread', // As a gateway has it.
      ...(queue === undefined ? {} : { receiveHighWaterMark: queue }),
    });
    const publishOne = (topic: string): Promise<unknown> => server.command('publish', { topic, kind: 'event' });
    const numbers = await listen(client, publishOne);
    await server.command('publish', { count: 30_000, rate: 20_000, topic: 'x', kind: 'event' });
    await vi.waitFor(() => {
      expect(numbers.length).toBeGreaterThan(1000);
    }, PATIENCE);
    standStill(1000 * seconds);
    await published(client);
    await heard(client, publishOne, 'x.last');
    if (loses) expect(numbers.length).toBeLessThan(30_000);
    else expect(numbers).toEqual(first(30_000));
  },
);

test(
  'an event loop that stands still for 3 s at 20,000 events/s loses no more than on libzmq, in one run',
  { retry: 2 },
  async () => {
    const server = await startPeer({ script: 'rpc_server' });
    const publishOne = (client: RpcClient) => (topic: string) =>
      client.call('publish', [1], { kwargs: { topic, kind: 'event' } });
    const readers: { client: RpcClient; numbers: readonly number[] }[] = [];
    for (const transport of ['zmtp', 'zeromq'] as const) {
      const client = await connectTo(server, { registry: vnpyRegistry, transport, receiver: 'thread' });
      readers.push({ client, numbers: await listen(client, publishOne(client)) });
    }
    await server.command('publish', { count: 80_000, rate: 20_000, topic: 'x', kind: 'event' });
    await vi.waitFor(() => {
      for (const { numbers } of readers) expect(numbers.length).toBeGreaterThan(1000);
    }, PATIENCE);
    standStill(3000);
    for (const { client } of readers) {
      await published(client);
      await heard(client, publishOne(client), 'x.last');
    }
    const [zmtp = NaN, zeromq = NaN] = readers.map(({ numbers }) => new Set(numbers).size);
    expect(zmtp).toBeGreaterThanOrEqual(zeromq);
    // More than the 60,000 of the pause is only lost before it has reached this side.
    expect(zmtp).toBeGreaterThan(60_000);
  },
);

/** A network between two peers that can stand still: it reads nothing, so that the sender's buffers fill. */
async function startNetwork(target: string): Promise<{ address: string; pause: () => void; resume: () => void }> {
  const upstream: Socket[] = [];
  const { hostname, port } = new URL(target);
  const network = createServer((socket) => {
    const other = connect(Number(port), hostname);
    upstream.push(other);
    socket.on('error', () => other.destroy()).pipe(other);
    other.on('error', () => socket.destroy()).pipe(socket);
    onTestFinished(() => {
      socket.destroy();
      other.destroy();
    });
  });
  network.listen(0, '127.0.0.1');
  await once(network, 'listening');
  onTestFinished(() => void network.close());
  return {
    address: `tcp://127.0.0.1:${(network.address() as AddressInfo).port}`,
    pause: () => {
      upstream.forEach((socket) => socket.pause());
    },
    resume: () => {
      upstream.forEach((socket) => socket.resume());
    },
  };
}

/** More than TCP's buffers and a queue of 1,000 hold, fewer than our own queues do: 100,000. */
const EVENTS = 40_000;

test("what is lost while the way to the reader stands still, the queue of vnpy's publisher lost", async () => {
  const server = await startPeer({ script: 'rpc_server' });
  const network = await startNetwork(server.addresses.publish);
  const client = newClient({ registry: vnpyRegistry });
  await client.start(server.addresses.request, network.address);
  await client.ready();
  const publishOne = (topic: string): Promise<unknown> => server.command('publish', { topic, kind: 'event' });
  const numbers = await listen(client, publishOne);
  network.pause();
  // Not as fast as it goes: TCP takes the first thousands, and the publisher's queue must not be full before, because its
  // own thread got no CPU for a moment.
  await server.command('publish', { count: EVENTS, rate: 10_000, topic: 'x', kind: 'event' });
  await published(client);
  expect(numbers.length).toBeLessThan(EVENTS / 2);
  network.resume();
  await heard(client, publishOne, 'x.last');
  // Everything up to where its queue was full, and nothing after it. Our own queue is larger than all of them together.
  expect(numbers.length).toBeLessThan(EVENTS);
  expect(numbers).toEqual(first(numbers.length));
});

test("the same with this package's server: its queue holds them all", async () => {
  const server = new RpcServer({ registry: vnpyRegistry });
  onTestFinished(() => server.stop());
  await server.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  const { reply, topicFrame = '' } = server.addresses ?? { reply: '' };
  const network = await startNetwork(topicFrame);
  const client = newClient({ registry: vnpyRegistry });
  await client.start(reply, network.address);
  await client.ready();
  const event = (number: number): unknown => ({ data: { volume: number }, padding: 'x'.repeat(800) });
  const numbers = await listen(client, (topic) => {
    server.publish(topic, event(0));
  });
  network.pause();
  for (let number = 0; number < EVENTS; number++) {
    server.publish('x', event(number));
    if (number % 1000 === 0) await new Promise(setImmediate);
  }
  network.resume();
  await heard(
    client,
    (topic) => {
      server.publish(topic, event(0));
    },
    'x.last',
  );
  expect(numbers).toEqual(first(EVENTS));
});
