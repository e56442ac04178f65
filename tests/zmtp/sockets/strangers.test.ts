/** Connections of strangers: too many, silent, half, cut, and bytes that mean nothing. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeMessage } from '../../../src/zmtp/frames.js';
import { connectDealer } from '../../../src/zmtp/index.js';
import { seededRandom } from '../../support/bytes.js';
import { Mutator } from '../../support/mutate.js';
import { ascii } from '../support/side.js';
import { command, greeting, RawPeer, RawServer, ready } from './support/raw-peer.js';
import { bindPub, bindRouter, ClientLog, dealer, until } from './support/sockets.js';

/** A call that is answered shows that the server goes on. */
async function answersOn(bound: Awaited<ReturnType<typeof bindRouter>>): Promise<void> {
  const { dealer: client, log } = dealer(bound.endpoint);
  await log.peers.first();
  const { length } = bound.messages.all;
  client.send([ascii('still')]);
  await bound.messages.upTo(length + 1);
  client.close();
}

describe('limits', () => {
  test.each([
    [{ connections: 3, connectionsOfAddress: 3 }, 'there are 3 connections already'],
    [{ handshakes: 3, handshakesOfAddress: 3 }, 'there are 3 connections in their handshake already'],
    [{ connectionsOfAddress: 3 }, 'there are 3 connections from this address already'],
    [{ handshakesOfAddress: 3 }, 'there are 3 connections from this address in their handshake already'],
  ])('%o: one more is closed, and let in when one has gone', async (limits, reason) => {
    const bound = await bindRouter({ limits });
    const peers: RawPeer[] = [];
    for (let index = 0; index < 3; index++) peers.push(await RawPeer.connect(bound.endpoint));
    await until(() => bound.router.connections === 3);
    const one = await RawPeer.connect(bound.endpoint);
    await one.closed;
    expect((await bound.refusals.first()).reason).toBe(reason);
    peers[0]?.socket.destroy();
    await until(() => bound.router.connections === 2);
    await answersOn(bound);
  });

  test('a handshake that is done is none any more', async () => {
    const { endpoint, router, refusals } = await bindRouter({ limits: { handshakes: 1, handshakesOfAddress: 1 } });
    for (let index = 0; index < 5; index++) {
      await (await RawPeer.connect(endpoint)).shake('DEALER');
      await until(() => router.peers === index + 1);
    }
    expect(refusals.all).toEqual([]);
  });
});

test('1,000 silent and half-greeting connections: others are served, nothing is published to them, all end in time', async () => {
  const { pub, endpoint, refusals } = await bindPub({
    limits: { handshakes: 2000, handshakesOfAddress: 2000, handshakeTimeout: 3000 },
  });
  const strangers = await Promise.all(Array.from({ length: 1000 }, () => RawPeer.connect(endpoint)));
  for (const [index, peer] of strangers.entries()) if (index % 2 === 0) peer.send(greeting().subarray(0, 30));
  const good = await RawPeer.connect(endpoint);
  await good.shake('SUB');
  good.send(command('SUBSCRIBE'), command('PING', '\0\0'));
  await good.frame();
  expect(pub.peers).toBe(1);
  pub.send([ascii('event')]);
  expect((await good.frame()).body).toBe('event');
  await Promise.all(strangers.map((peer) => peer.closed));
  expect(refusals.all).toHaveLength(1000);
  expect(pub.dropped).toBe(0);
});

describe('a reset', () => {
  const STATES: Readonly<Record<string, readonly Uint8Array[]>> = {
    'before the greeting': [],
    'in the greeting': [greeting().subarray(0, 11)],
    'after the greeting': [greeting()],
    'in READY': [greeting(), ready('DEALER').subarray(0, 9)],
    'after READY': [greeting(), ready('DEALER')],
    'in a message': [greeting(), ready('DEALER'), encodeMessage([ascii('a'), ascii('b')]).subarray(0, 4)],
  };

  test.each(Object.entries(STATES))('%s leaves nothing behind, and half a message is nobody’s', async (_, pieces) => {
    const bound = await bindRouter();
    for (let round = 0; round < 20; round++) {
      const peer = await RawPeer.connect(bound.endpoint);
      if (pieces.length > 0) peer.send(...pieces);
      if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      peer.socket.resetAndDestroy();
    }
    await until(() => bound.router.connections === 0);
    expect(bound.router.peers).toBe(0);
    await answersOn(bound);
    expect(bound.messages.all.map(({ parts }) => parts)).toEqual([['still']]);
    expect(bound.closed.all.length).toBeLessThanOrEqual(bound.opened.all.length);
  });

  test('of a server, at each state: the client is told once', async () => {
    for (const pieces of Object.values(STATES)) {
      const server = await RawServer.listen();
      const { log } = dealer(server.endpoint);
      const peer = await server.accept();
      if (pieces.length > 0) peer.send(...pieces.map((piece, index) => (index === 1 ? ready('ROUTER') : piece)));
      peer.socket.resetAndDestroy();
      await log.ends.first();
      await new Promise((resolve) => setImmediate(resolve));
      expect(log.ends.all).toHaveLength(1);
    }
  });
});

test('5,000 clients that come and go leave no memory, timer or descriptor', async () => {
  const bound = await bindRouter();
  const inUse = (): { timers: number; descriptors: number } => ({
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
  });
  const round = async (): Promise<void> => {
    const logs = Array.from({ length: 50 }, () => dealerOnce(bound.endpoint));
    await Promise.all(logs);
    await until(() => bound.router.connections === 0);
    bound.opened.all.length = 0;
    bound.closed.all.length = 0;
  };
  for (let index = 0; index < 10; index++) await round();
  const before = inUse();
  const memory = process.memoryUsage().heapUsed;
  for (let index = 0; index < 90; index++) await round();
  const after = inUse();
  expect(after.timers).toBeLessThanOrEqual(before.timers + 5);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 5);
  expect(process.memoryUsage().heapUsed - memory).toBeLessThan(48 * 2 ** 20);
});

async function dealerOnce(endpoint: Parameters<typeof RawPeer.connect>[0]): Promise<void> {
  const log = new ClientLog();
  const ping = { interval: 10_000, timeout: 30_000 };
  const client = connectDealer({ endpoint, security: { mechanism: 'NULL' }, connectTimeout: 20_000, ping }, log);
  await log.peers.first();
  client.close();
}

test('fuzz: damaged conversations over real sockets, cut and glued, harm neither server nor the next client', async () => {
  const whole = Buffer.concat([
    greeting(),
    ready('DEALER'),
    encodeMessage([ascii('a'), ascii('b'.repeat(300))]),
    command('PING', '\0\x01ctx'),
    command('SUBSCRIBE', 'x'),
    encodeMessage([ascii('c')]),
  ]);
  const routers = await bindRouter({ limits: { maxMessageBytes: 2 ** 20, handshakeTimeout: 500 } });
  const { endpoint } = await bindPub({ limits: { handshakeTimeout: 500 } });
  const mutator = new Mutator(20261129, [whole]);
  const random = seededRandom(3);
  const thrown: unknown[] = [];
  const note = (error: unknown): void => {
    thrown.push(error);
  };
  process.on('uncaughtException', note);
  const before = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 300; round++) {
    const peer = await RawPeer.connect(round % 2 === 0 ? routers.endpoint : endpoint);
    const data = round % 7 === 0 ? Uint8Array.from({ length: 500 }, () => random() * 256) : mutator.next();
    for (let at = 0; at < data.length;) {
      const size = 1 + Math.floor(random() * (random() < 0.5 ? 9 : 400));
      peer.socket.write(data.subarray(at, at + size));
      if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
      at += size;
    }
    const way = random();
    if (way < 0.5) peer.socket.end();
    else if (way < 0.75) peer.socket.resetAndDestroy();
    else setTimeout(() => peer.socket.destroy(), 5);
  }
  await until(() => routers.router.connections === 0);
  await answersOn(routers);
  process.off('uncaughtException', note);
  expect(thrown).toEqual([]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  expect(routers.refusals.all.filter(({ end }) => end?.error.code === 'PROTOCOL').length).toBeGreaterThan(5);
});

test('fuzz: a damaged server costs its client that connection alone, told once', async () => {
  const whole = Buffer.concat([greeting(), ready('ROUTER'), encodeMessage([ascii('a'), ascii('b')])]);
  const mutator = new Mutator(7, [whole]);
  const server = await RawServer.listen();
  for (let round = 0; round < 200; round++) {
    const { dealer: client, log } = dealer(server.endpoint, { limits: { maxMessageBytes: 2 ** 20 } });
    const peer = await server.accept();
    peer.socket.end(mutator.next());
    await log.ends.first();
    expect(log.ends.all).toHaveLength(1);
    expect(client.send([ascii('x')])).toBe(false);
  }
});
