/** What became of an order: `undefined` has to be true, whatever holds the server up. The server's journal is the judge. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { RpcService, SendOrderError } from 'vnpy-bridge/vnpy';
import type { RpcGateway } from 'vnpy-bridge/vnpy';
import { paused } from './rpc-support/clients.js';
import { startPeer } from './support/index.js';
import type { Peer, VnpyVersion } from './support/index.js';
import { buy, connected, contractOf, joined, next } from './vnpy-support.js';

/** Runs it with both versions at once: what takes time here is waiting. */
async function withBoth(run: (vnpy: VnpyVersion) => Promise<void>): Promise<void> {
  await Promise.all((['4.5', '4.4'] as const).map(run));
}

/** Sends an order of which no answer comes in time, and gives its reference. */
async function lose(gateway: RpcGateway, price: number, reference = ''): Promise<string> {
  const request = buy(contractOf(gateway, 'rb2705.SHFE'), price, { reference });
  const error: unknown = await gateway.sendOrder(request, { timeout: 200 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SendOrderError);
  expect(error).toMatchObject({ outcome: 'unknown' });
  return (error as SendOrderError).reference;
}

/** A gateway that is connected to a relay of another. */
async function relayed(upstream: RpcGateway): Promise<RpcGateway> {
  const relay = new RpcService(upstream);
  await relay.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  onTestFinished(() => relay.stop());
  const { reply = '', topicFrame = '' } = relay.addresses ?? {};
  const gateway = await connected({ request: reply, publish: topicFrame });
  await joined(gateway);
  return gateway;
}

const executed = (server: Peer, reference: string): number =>
  server.journal().filter((line) => line['reference'] === reference).length;

test('a server whose event thread is busy lists the order late, and it is found', () =>
  withBoth(async (vnpy) => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, journal: true });
    const gateway = await connected(server.addresses);
    await joined(gateway);
    // A handler that takes its time, for instance one that writes to a database: longer than findOrder waits by itself.
    const register = "event_engine.register('eSlow', lambda event: __import__('time').sleep(3))";
    await server.command('eval', { code: `main_engine.${register}` });
    await server.command('eval', { code: "main_engine.event_engine.put(Event('eSlow'))" });
    await paused(server);
    const reference = await lose(gateway, 3200);
    server.resume();
    expect(await gateway.findOrder(reference)).toMatchObject({ reference, price: 3200 });
    expect(executed(server, reference)).toBe(1);
  }));

test('an order that was never placed is not there, and the log says why it was asked', () =>
  withBoth(async (vnpy) => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, journal: true });
    const gateway = await connected(server.addresses);
    await joined(gateway);
    const logs: string[] = [];
    gateway.on('log', ({ msg }) => logs.push(msg));
    expect(await gateway.findOrder('nobody')).toBeUndefined();
    expect(logs.filter((msg) => msg.includes('vnpy-bridge-findOrder-'))).toHaveLength(1);
    expect(server.journal()).toEqual([]);
  }));

test('through a relay, while its server stands still: not known, then found', () =>
  withBoth(async (vnpy) => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, journal: true });
    const upstream = await connected(server.addresses, { timeouts: { request: 500 } });
    await joined(upstream);
    const gateway = await relayed(upstream);
    await paused(server);
    const reference = await lose(gateway, 3200, 'my order 17');
    await expect(gateway.findOrder(reference, { timeout: 2000 })).rejects.toMatchObject({ code: 'ORDER_UNCERTAIN' });
    server.resume();
    expect(await gateway.findOrder(reference)).toMatchObject({ reference, price: 3200 });
    expect(executed(server, reference)).toBe(1);
    expect(await gateway.findOrder('nobody')).toBeUndefined();
  }));

/** What a network does that was away for a while: the client's connection is gone, and what was under way comes late. */
async function startNetwork(
  target: string,
): Promise<{ address: string; hold: () => void; cut: () => void; deliver: () => void }> {
  const { hostname, port } = new URL(target);
  const pairs: { client: Socket; server: Socket; held: Buffer[] | undefined }[] = [];
  const network = createServer((client) => {
    const server = connect(Number(port), hostname);
    const pair: (typeof pairs)[number] = { client, server, held: undefined };
    pairs.push(pair);
    client.on('data', (data) => {
      if (pair.held === undefined) server.write(data);
      else pair.held.push(data);
    });
    server.on('data', (data) => client.write(data));
    for (const socket of [client, server]) socket.on('error', () => undefined);
  });
  network.listen(0, '127.0.0.1');
  await once(network, 'listening');
  onTestFinished(() => {
    network.close();
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
  });
  return {
    address: `tcp://127.0.0.1:${(network.address() as AddressInfo).port}`,
    hold: () => {
      for (const pair of pairs) pair.held = [];
    },
    cut: () => {
      for (const { client } of pairs) client.destroy();
    },
    deliver: () => {
      for (const { server, held } of pairs) held?.forEach((data) => server.write(data));
    },
  };
}

test('an order that arrives long after the connection over which it left is found, directly and through a relay', async () => {
  const run = async (way: 'directly' | 'through a relay'): Promise<void> => {
    const server = await startPeer({ script: 'vnpy_server', journal: true });
    const network = await startNetwork(server.addresses.request);
    // Its connection is not reset: the system goes on delivering.
    const upstream = await connected({ ...server.addresses, request: network.address }, { transport: 'zeromq' });
    await joined(upstream);
    const gateway = way === 'directly' ? upstream : await relayed(upstream);
    network.hold();
    const reference = await lose(gateway, 3200);
    const back = next(upstream, 'resynced');
    network.cut();
    await back;
    // As much time as the system of the client goes on trying, and a little less.
    const late = setTimeout(network.deliver, 8000);
    onTestFinished(() => {
      clearTimeout(late);
    });
    expect(await gateway.findOrder(reference)).toMatchObject({ reference, price: 3200 });
    expect(executed(server, reference)).toBe(1);
  };
  await Promise.all([run('directly'), run('through a relay')]);
});

test('an order that a tunnel may hold stays uncertain, and is found when it comes', async () => {
  const server = await startPeer({ script: 'vnpy_server', journal: true });
  const network = await startNetwork(server.addresses.request);
  const gateway = await connected({ ...server.addresses, request: network.address }, { tunnel: true });
  await joined(gateway);
  network.hold();
  const reference = await lose(gateway, 3200);
  const back = next(gateway, 'resynced');
  network.cut();
  await back;
  await expect(gateway.findOrder(reference)).rejects.toMatchObject({
    code: 'ORDER_UNCERTAIN',
    message: expect.stringContaining('may reach the server at any time') as string,
  });
  const told = next(gateway, 'order', (order) => order.reference === reference);
  network.deliver();
  await told;
  expect(await gateway.findOrder(reference)).toMatchObject({ reference, price: 3200 });
  expect(executed(server, reference)).toBe(1);
});
