import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectDealer, encodeZ85, keyPairOf, newKeyPair, secretBytes } from '../../../src/zmtp/index.js';
import type { ClientSecurity, Endpoint, ServerSecurity } from '../../../src/zmtp/index.js';
import { seededRandom } from '../../support/bytes.js';
import { ascii } from '../support/side.js';
import { Door } from './support/door.js';
import { command, greeting, HOST, RawPeer } from './support/raw-peer.js';
import { bindPub, bindRouter, dealer, sub, until } from './support/sockets.js';

const pair = newKeyPair();
const ownKey = secretBytes(newKeyPair());
const keyText = encodeZ85(keyPairOf(ownKey).publicKey);

interface Way {
  readonly name: string;
  readonly server: ServerSecurity;
  readonly client: ClientSecurity;
  readonly id: string | undefined;
}

const WAYS: readonly Way[] = [
  { name: 'NULL', server: { mechanism: 'NULL' }, client: { mechanism: 'NULL' }, id: undefined },
  {
    name: 'PLAIN',
    server: { mechanism: 'PLAIN', accepts: (_, password) => password === 'right' },
    client: { mechanism: 'PLAIN', username: 'ann', password: 'right' },
    id: 'ann',
  },
  {
    name: 'CURVE',
    server: { mechanism: 'CURVE', secretKey: secretBytes(pair), accepts: () => true },
    client: { mechanism: 'CURVE', serverKey: pair.publicKey, secretKey: ownKey },
    id: keyText,
  },
];

/** A way to the endpoint that ends after so many bytes of the client. */
async function cutAfter(endpoint: Endpoint, bytes: number): Promise<Endpoint> {
  const port = endpoint.transport === 'tcp' ? endpoint.port : 0;
  const proxy = createServer((near: Socket) => {
    const far = createConnection({ host: HOST, port });
    let left = bytes;
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    far.on('data', (chunk) => near.write(chunk));
    near.on('data', (chunk: Buffer) => {
      const taken = chunk.subarray(0, left);
      left -= taken.length;
      far.write(taken, () => {
        if (left === 0) far.end();
      });
    });
  });
  proxy.listen(0, HOST);
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
  });
  return { transport: 'tcp', host: HOST, port: (proxy.address() as AddressInfo).port };
}

describe.each(WAYS)('$name', ({ server, client, id }) => {
  test('is let in under the name that the doorkeeper gives, which comes with every message', async () => {
    const door = new Door(() => 'desk-1');
    const { router, endpoint, messages, closed } = await bindRouter({ security: server, doorkeeper: door });
    const { dealer: connection, log } = dealer(endpoint, { security: client });
    await log.peers.first();
    connection.send([ascii('hello')]);
    const { peer } = await messages.first();
    expect(peer.admitted).toEqual({ principal: 'desk-1', address: HOST });
    expect(door.asked).toEqual([expect.objectContaining({ address: HOST, id })]);
    connection.close();
    expect((await closed.first()).admitted).toBe(peer.admitted);
    expect(door.isSettled).toBe(true);
    expect(router.connections).toBe(0);
    expect(door.faults).toEqual([]);
  });

  test('is not let in, and nothing is kept of it', async () => {
    const door = new Door(() => ({ refused: 'no' }));
    const { router, endpoint, opened, refusals } = await bindRouter({ security: server, doorkeeper: door });
    const { log } = dealer(endpoint, { security: client });
    const { error } = await log.ends.first();
    // Only wrong credentials are told, after which libzmq never comes back.
    expect(error.code).toBe(id === undefined ? 'CLOSED' : 'REFUSED');
    await until(() => router.connections === 0);
    expect(opened.all).toEqual([]);
    expect(door).toMatchObject({ gone: 0, refused: 1, faults: [] });
    expect(refusals.all.filter(({ end }) => end?.error.code !== 'REFUSED')).toEqual([]);
  });

  test('is told nothing where it may try again', async () => {
    const door = new Door(() => ({ refused: 'not now', retry: true }));
    const { router, endpoint } = await bindRouter({ security: server, doorkeeper: door });
    const { log } = dealer(endpoint, { security: client });
    expect((await log.ends.first()).error.code).toBe('CLOSED');
    await until(() => router.connections === 0);
    expect(door.isSettled).toBe(true);
  });

  test('is dropped while it is let in, and counts as having been inside', async () => {
    const door = new Door((newcomer) => {
      newcomer.drop();
      newcomer.drop();
      return 'desk-1';
    });
    const { router, endpoint, opened } = await bindRouter({ security: server, doorkeeper: door });
    const { log } = dealer(endpoint, { security: client });
    await log.ends.first();
    expect(opened.all).toEqual([]);
    expect(router.connections).toBe(0);
    expect(door).toMatchObject({ gone: 1, isSettled: true, faults: [] });
  });

  test('is dropped when it is ready: nothing of it comes any more, and all tables forget it', async () => {
    const door = new Door();
    const { router, endpoint, messages, opened, closed } = await bindRouter({ security: server, doorkeeper: door });
    const { dealer: connection, log } = dealer(endpoint, { security: client });
    const { id: peerId } = await opened.first();
    await log.peers.first();
    connection.send([ascii('on its way')]);
    door.asked[0]?.drop();
    expect(router.send(peerId, [ascii('too late')])).toBe('gone');
    expect({ peers: router.peers, connections: router.connections, closed: closed.all.length }).toEqual({
      peers: 0,
      connections: 0,
      closed: 1,
    });
    door.asked[0]?.drop();
    await log.ends.first();
    expect(messages.all).toEqual([]);
    expect(door).toMatchObject({ gone: 1, isSettled: true, faults: [] });
  });

  test('is cut at every stage of its handshake: who was let in goes once', async () => {
    const door = new Door();
    const { router, endpoint, opened } = await bindRouter({
      security: server,
      doorkeeper: door,
      limits: { hellosOfAddress: Infinity },
    });
    let cuts = 0;
    for (let bytes = 1; opened.all.length === 0; bytes += 11) {
      const { dealer: connection, log } = dealer(await cutAfter(endpoint, bytes), { security: client });
      await Promise.race([log.ends.first(), opened.first()]);
      connection.close();
      cuts++;
    }
    expect(cuts).toBeGreaterThan(8);
    await until(() => router.connections === 0);
    expect(door).toMatchObject({ isSettled: true, faults: [] });
    // By CURVE a peer is ready as soon as it is let in. By the others some were let in and cut before they were ready.
    expect(door.gone).toBeGreaterThanOrEqual(server.mechanism === 'CURVE' ? 1 : 3);
    expect(door.gone).toBeLessThanOrEqual(cuts);
  });
});

test('a server that closes tells of all who are inside, also of those in their handshake', async () => {
  const door = new Door();
  const { router, endpoint, opened } = await bindRouter({
    security: { mechanism: 'PLAIN', accepts: () => true },
    doorkeeper: door,
  });
  const half = await RawPeer.connect(endpoint);
  half.send(greeting('PLAIN'), command('HELLO', '\x03ann\x01x'));
  dealer(endpoint, { security: { mechanism: 'PLAIN', username: 'bob', password: 'x' } });
  await opened.first();
  await until(() => door.inside.size === 2);
  await router.close(50);
  expect(door).toMatchObject({ gone: 2, isSettled: true, faults: [] });
});

test('100 connections at random, good and bad, cut and dropped: each is asked about once, and goes once', async () => {
  const random = seededRandom(7);
  const door = new Door(({ id }) => {
    if (id === 'bad') return { refused: 'bad', retry: random() < 0.5 };
    return id ?? '';
  });
  const { router, endpoint } = await bindRouter({
    security: { mechanism: 'PLAIN', accepts: (_, password) => password === 'right' },
    doorkeeper: door,
  });
  const connections = Array.from({ length: 100 }, async () => {
    const username = random() < 0.3 ? 'bad' : 'good';
    const password = random() < 0.2 ? 'wrong' : 'right';
    const way = random() < 0.4 ? await cutAfter(endpoint, 1 + Math.floor(random() * 150)) : endpoint;
    const security: ClientSecurity = { mechanism: 'PLAIN', username, password };
    const { dealer: connection, log } = dealer(way, { security });
    await Promise.race([log.peers.first(), log.ends.first()]);
    if (random() < 0.5) connection.close();
  });
  await Promise.all(connections);
  for (const newcomer of [...door.inside]) if (random() < 0.7) newcomer.drop();
  await router.close(50);
  expect(door).toMatchObject({ isSettled: true, faults: [] });
  expect(door.gone).toBeGreaterThan(20);
  expect(door.refused).toBeGreaterThan(5);
});

test('1,000 connections of one key, which is revoked: all are gone at once', { timeout: 60_000 }, async () => {
  const door = new Door();
  const { router, endpoint, opened } = await bindRouter({
    security: { mechanism: 'CURVE', secretKey: secretBytes(pair), accepts: () => true },
    doorkeeper: door,
    limits: { hellosOfAddress: Infinity },
  });
  let ended = 0;
  for (let count = 0; count < 1000; count += 100) {
    for (let each = 0; each < 100; each++) {
      const connection = connectDealer(
        {
          endpoint,
          security: { mechanism: 'CURVE', serverKey: pair.publicKey, secretKey: ownKey },
          connectTimeout: 30_000,
          ping: { interval: Infinity, timeout: Infinity },
        },
        { opened: () => undefined, message: () => undefined, closed: () => ended++ },
      );
      onTestFinished(() => {
        connection.close();
      });
    }
    await opened.upTo(count + 100);
  }
  expect(new Set(door.asked.map(({ id }) => id))).toEqual(new Set([keyText]));
  for (const newcomer of [...door.inside]) newcomer.drop();
  expect({ peers: router.peers, connections: router.connections }).toEqual({ peers: 0, connections: 0 });
  await until(() => ended === 1000);
  expect(door).toMatchObject({ gone: 1000, isSettled: true, faults: [] });
});

describe('a PUB', () => {
  test('that closes one within the turn in which it publishes sends it nothing of that', async () => {
    const door = new Door();
    const { pub, endpoint } = await bindPub({ doorkeeper: door });
    const { sub: subscriber, log } = sub(endpoint);
    await log.peers.first();
    subscriber.subscribe(ascii(''));
    await until(() => {
      pub.send([ascii('sync')]);
      return log.messages.all.length > 0;
    });
    pub.send([ascii('secret')]);
    door.asked[0]?.drop();
    await log.ends.first();
    expect(log.messages.all.flat()).not.toContain('secret');
    expect(pub.peers).toBe(0);
    expect(door).toMatchObject({ gone: 1, isSettled: true, faults: [] });
  });

  test.each(WAYS.slice(1))('sends to some only by $name, in order, whatever leaves together', async ({ server }) => {
    const keys = new Map([1, 2, 3].map((number) => [`desk-${number}`, secretBytes(newKeyPair())]));
    const names = new Map([...keys].map(([name, key]) => [encodeZ85(keyPairOf(key).publicKey), name]));
    const door = new Door(({ id = '' }) => names.get(id) ?? id);
    const { pub, endpoint } = await bindPub({ security: server, doorkeeper: door });
    const PREFIXES = [[''], ['a'], ['a', 'b'], ['']];
    const listeners = [...keys].flatMap(([name, secretKey]) =>
      PREFIXES.map((prefixes) => {
        const security: ClientSecurity =
          server.mechanism === 'CURVE'
            ? { mechanism: 'CURVE', serverKey: pair.publicKey, secretKey }
            : { mechanism: 'PLAIN', username: name, password: 'right' };
        return { name, prefixes, ...sub(endpoint, { security }) };
      }),
    );
    for (const { sub: subscriber, prefixes, log } of listeners) {
      await log.peers.first();
      for (const prefix of [...prefixes, 'sync', 'end']) subscriber.subscribe(ascii(prefix));
    }
    const heard = (log: (typeof listeners)[number]['log']): string[] =>
      log.messages.all.flat().filter((text) => text !== 'sync' && text !== 'end');
    await until(() => {
      pub.send([ascii('sync')]);
      return listeners.every(({ log }) => log.messages.all.length > 0);
    });
    const random = seededRandom(3);
    const sent: { readonly text: string; readonly to: ReadonlySet<string> | undefined }[] = [];
    for (let number = 0; number < 2000; number++) {
      const to = random() < 0.3 ? undefined : new Set([...keys.keys()].filter(() => random() < 0.5));
      const text = `${'abc'[Math.floor(random() * 3)] ?? ''}${number}`;
      sent.push({ text, to });
      pub.send([ascii(text)], to);
      if (random() < 0.1) await new Promise(setImmediate);
    }
    pub.send([ascii('end')]);
    await until(() => listeners.every(({ log }) => log.messages.all.at(-1)?.[0] === 'end'));
    for (const { name, prefixes, log } of listeners) {
      const wanted = sent.filter(
        ({ text, to }) => to?.has(name) !== false && prefixes.some((prefix) => text.startsWith(prefix)),
      );
      expect(heard(log)).toEqual(wanted.map(({ text }) => text));
    }
  });
});
