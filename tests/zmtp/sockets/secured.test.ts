/** PLAIN and CURVE over real sockets, with peers that know the keys and keep to nothing. */
import { describe, expect, test } from 'vitest';
import { encodeFrame, encodeMessage } from '../../../src/zmtp/frames.js';
import { newKeyPair, secretBytes } from '../../../src/zmtp/index.js';
import type { ServerOptions } from '../../../src/zmtp/index.js';
import { seededRandom } from '../../support/bytes.js';
import { Mutator } from '../../support/mutate.js';
import { ascii } from '../support/side.js';
import { box, CurveRawClient, CurveRawServer, LOW_ORDER } from './support/curve-peer.js';
import { heldBytes } from './support/memory.js';
import { command, greeting, RawPeer, RawServer, ready } from './support/raw-peer.js';
import { bindPub, bindRouter, dealer, sub, until } from './support/sockets.js';
import type { Bound } from './support/sockets.js';

const MEBIBYTE = 2 ** 20;
const serverPair = newKeyPair();
const clientPair = newKeyPair();
const SECURED: Partial<ServerOptions> = {
  security: { mechanism: 'CURVE', secretKey: secretBytes(serverPair), accepts: () => true },
  limits: { hellosOfAddress: Infinity, handshakeTimeout: 1000, maxMessageBytes: MEBIBYTE },
};
const CURVE_CLIENT = { security: { mechanism: 'CURVE', serverKey: serverPair.publicKey } } as const;

/** A client of CURVE up to where its boxes begin. */
async function shaken(bound: Bound): Promise<{ peer: RawPeer; key: Uint8Array }> {
  const { peer, client } = await welcomed(bound);
  peer.send(client.initiate(clientPair, 'DEALER'));
  await client.ready();
  return { peer, key: client.key };
}

async function welcomed({ endpoint }: Bound): Promise<{ peer: RawPeer; client: CurveRawClient }> {
  const peer = await RawPeer.connect(endpoint);
  const client = new CurveRawClient(peer, serverPair.publicKey);
  peer.send(greeting('CURVE'));
  await peer.take(64);
  peer.send(client.hello());
  await client.welcome();
  return { peer, client };
}

async function answersOn(bound: Bound, options: Parameters<typeof dealer>[1]): Promise<void> {
  const { dealer: client, log } = dealer(bound.endpoint, options);
  await log.peers.first();
  client.send([ascii('still')]);
  await bound.messages.first(({ parts }) => parts[0] === 'still');
  bound.messages.all.length = 0;
  client.close();
}

describe('CURVE, a server', () => {
  const INSIDE = 'an encrypted message that';
  const WRONG: Readonly<Record<string, readonly [(key: Uint8Array) => readonly Uint8Array[], string]>> = {
    'a box of another key': [() => [box(newKeyPair().publicKey, 4, 'x')], `${INSIDE} was changed`],
    'a box that the server itself might have made': [(key) => [box(key, 4, 'x', 'S')], `${INSIDE} was changed`],
    'a box once more': [(key) => [box(key, 4, 'one'), box(key, 4, 'one')], `${INSIDE} repeats`],
    'boxes in another order': [(key) => [box(key, 5, 'one'), box(key, 4, 'x')], `${INSIDE} repeats`],
    'a nonce once more, with another message': [(key) => [box(key, 4, 'one'), box(key, 4, 'x')], `${INSIDE} repeats`],
    'a nonce of the handshake': [(key) => [box(key, 2, 'x')], `${INSIDE} repeats`],
    'a box without its end': [
      (key) => [encodeFrame(0, box(key, 4, 'some text').subarray(2, -1))],
      `${INSIDE} was changed`,
    ],
    'a box without its beginning': [
      (key) => [encodeFrame(0, box(key, 4, 'some text').subarray(12))],
      'a frame that is not encrypted',
    ],
    'a frame in the clear': [() => [encodeMessage([ascii('x'.repeat(40))])], 'a frame that is not encrypted'],
    'a command in the clear': [() => [command('PING', '\0\0'.repeat(20))], 'a frame that is not encrypted'],
    'a command that announces more parts': [(key) => [box(key, 4, 'x', 'C', 3)], 'a command that announces more parts'],
  };

  test.each(Object.entries(WRONG))('%s ends that connection, told with its reason', async (_, [make, reason]) => {
    const bound = await bindRouter(SECURED);
    const { peer, key } = await shaken(bound);
    peer.send(...make(key));
    await peer.closed;
    expect((await bound.refusals.first()).reason).toContain(reason);
    expect(bound.messages.all.map(({ parts }) => parts)).toEqual(make(key).length === 2 ? [['one']] : []);
    bound.messages.all.length = 0;
    await answersOn(bound, CURVE_CLIENT);
  });

  test('nonces may skip, up to the largest, after which there is none', async () => {
    const bound = await bindRouter(SECURED);
    const { peer, key } = await shaken(bound);
    peer.send(box(key, 3, 'a'), box(key, 2 ** 40, 'b'), box(key, Number.MAX_SAFE_INTEGER, 'c'));
    await bound.messages.upTo(3);
    peer.send(box(key, 4, 'x'));
    await peer.closed;
    expect(bound.messages.all.map(({ parts }) => parts)).toEqual([['a'], ['b'], ['c']]);
  });

  test.each(LOW_ORDER.map((key, index) => [index, key] as const))(
    'a key of low order (%i), for the connection or for the client, is no key',
    async (_, weak) => {
      const bound = await bindRouter(SECURED);
      const first = await RawPeer.connect(bound.endpoint);
      first.send(greeting('CURVE'), new CurveRawClient(first, serverPair.publicKey).hello(weak));
      await first.closed;
      const { peer, client } = await welcomed(bound);
      peer.send(client.initiate(clientPair, 'DEALER', weak));
      await peer.closed;
      expect((await bound.refusals.upTo(2)).map(({ reason }) => reason)).toEqual([
        expect.stringContaining('a public key of CURVE that is none'),
        expect.stringContaining('a public key of CURVE that is none'),
      ]);
      expect(bound.opened.all).toEqual([]);
    },
  );

  test('INITIATE: of another connection, of another client, with a nonce of HELLO', async () => {
    const bound = await bindRouter(SECURED);
    const one = await welcomed(bound);
    const other = await welcomed(bound);
    one.peer.send(other.client.initiate(clientPair, 'DEALER'));
    await one.peer.closed;
    // It shows the key of a client whose secret it does not have.
    other.peer.send(other.client.initiate(newKeyPair(), 'DEALER', clientPair.publicKey));
    await other.peer.closed;
    const third = await welcomed(bound);
    third.peer.send(third.client.initiate(clientPair, 'DEALER', clientPair.publicKey, 1));
    await third.peer.closed;
    expect((await bound.refusals.upTo(3)).map(({ reason }) => reason.split(' (')[0])).toEqual([
      'an INITIATE without the cookie of its WELCOME',
      'an INITIATE without proof that the client has its secret key',
      'an encrypted message that repeats an earlier one, or comes out of order',
    ]);
    expect(bound.opened.all).toEqual([]);
  });

  test('one address may begin so many handshakes a second, and others are served meanwhile', async () => {
    const address = (host: string): { endpoint: Bound['endpoint'] } => ({
      endpoint: { ...(bound.endpoint as { transport: 'tcp'; port: number }), host: '127.0.0.1', source: { host } },
    });
    const bound: Bound = await bindRouter({ ...SECURED, limits: { hellosOfAddress: 2 } });
    const greeted: RawPeer[] = [];
    // HELLOs until one is refused: those before it were looked at.
    for (let isOpen = true; isOpen && greeted.length < 100;) {
      const peer = await RawPeer.connect(bound.endpoint);
      peer.send(greeting('CURVE'), new CurveRawClient(peer, serverPair.publicKey).hello());
      await peer.take(64);
      isOpen = await peer.frame().then(
        () => true,
        () => false,
      );
      greeted.push(peer);
    }
    expect(greeted.length).toBeGreaterThan(10);
    expect(greeted.length).toBeLessThan(40);
    expect((await bound.refusals.first()).reason).toContain('too many handshakes of CURVE from this address');
    // No ERROR: libzmq would never come back after one.
    await expect(greeted.at(-1)?.take(1)).rejects.toThrow('closed');
    const { log } = dealer(address('127.0.0.2').endpoint, CURVE_CLIENT);
    await log.peers.first();
  });

  test('fuzz: whatever is damaged on its way, only what was sent arrives, in order and once', async () => {
    const bound = await bindRouter(SECURED);
    const { endpoint: published } = await bindPub(SECURED);
    const thrown: unknown[] = [];
    const note = (error: unknown): void => {
      thrown.push(error);
    };
    process.on('uncaughtException', note);
    const random = seededRandom(11);
    const below = (limit: number): number => Math.floor(random() * limit);
    const before = await heldBytes();
    let damaged = 0;
    for (let round = 0; round < 250; round++) {
      const { peer, client } = await welcomed(round % 5 === 0 ? { ...bound, endpoint: published } : bound);
      let initiate = client.initiate(clientPair, round % 5 === 0 ? 'SUB' : 'DEALER');
      const frames = ['1', '2', '3', '4'].map((text, index) => box(client.key, 3 + index, text));
      const way = below(6);
      const mutator = new Mutator(round, [...frames, initiate]);
      if (way === 0) initiate = mutator.next();
      else if (way === 1) frames[below(4)] = mutator.next();
      else if (way === 2) frames.splice(below(4), 1);
      else if (way === 3) frames.splice(below(4), 0, frames[below(4)] ?? initiate);
      else if (way === 4) frames.sort(() => random() - 0.5);
      else frames[below(4)] = initiate;
      damaged++;
      peer.send(initiate, ...frames);
      peer.socket.end();
      await peer.closed;
    }
    await until(() => bound.router.connections === 0);
    process.off('uncaughtException', note);
    expect(thrown).toEqual([]);
    expect(damaged).toBe(250);
    const byPeer = new Map<number, string>();
    for (const { peer, parts } of bound.messages.all)
      byPeer.set(peer.id, (byPeer.get(peer.id) ?? '') + parts.join('|'));
    expect(byPeer.size).toBeGreaterThan(50);
    for (const text of byPeer.values()) expect(text).toMatch(/^1?2?3?4?$/);
    expect((await heldBytes()) - before).toBeLessThan(64 * MEBIBYTE);
    bound.messages.all.length = 0;
    await answersOn(bound, CURVE_CLIENT);
  });
});

describe('CURVE, a client', () => {
  async function begun(): Promise<{ server: CurveRawServer; peer: RawPeer; log: ReturnType<typeof sub>['log'] }> {
    const raw = await RawServer.listen();
    const { sub: socket, log } = sub(raw.endpoint, CURVE_CLIENT);
    socket.subscribe(ascii(''));
    const peer = await raw.accept();
    const bytes = greeting('CURVE').slice();
    bytes[32] = 1;
    peer.send(bytes);
    await peer.take(64);
    const server = new CurveRawServer(peer, serverPair);
    await server.hello();
    return { server, peer, log };
  }

  test('the server’s boxes: each once, in order, of its side and this connection', async () => {
    for (const make of [
      (key: Uint8Array) => box(key, 2, 'x', 'S'),
      (key: Uint8Array) => box(key, 1, 'x', 'S'),
      (key: Uint8Array) => box(key, 3, 'x', 'C'),
      () => box(newKeyPair().publicKey, 3, 'x', 'S'),
      () => encodeMessage([ascii('in the clear'.repeat(5))]),
    ]) {
      const { server, peer, log } = await begun();
      peer.send(server.welcome());
      await server.initiate();
      peer.send(server.ready('PUB'), box(server.key, 2, 'event', 'S'), make(server.key));
      const { error } = await log.ends.first();
      expect(error.code).toBe('PROTOCOL');
      expect(log.messages.all).toEqual([['event']]);
    }
  });

  test('a WELCOME of another connection, with a key of low order, or damaged; a READY that repeats', async () => {
    const { server: earlier } = await begun();
    const old = earlier.welcome();
    const { log, peer } = await begun();
    peer.send(old);
    expect((await log.ends.first()).error.message).toContain('a WELCOME that the server with this key did not make');
    for (const weak of LOW_ORDER) {
      const again = await begun();
      again.peer.send(again.server.welcome(weak));
      expect((await again.log.ends.first()).error.message).toContain('a public key of CURVE that is none');
    }
    const last = await begun();
    last.peer.send(last.server.welcome());
    await last.server.initiate();
    last.peer.send(last.server.ready('PUB'), last.server.ready('PUB'));
    expect((await last.log.ends.first()).error.code).toBe('PROTOCOL');
    expect(last.log.messages.all).toEqual([]);
  });

  test('a server key of low order: the connection ends, nothing is thrown', async () => {
    for (const weak of LOW_ORDER) {
      const raw = await RawServer.listen();
      const { log } = dealer(raw.endpoint, { security: { mechanism: 'CURVE', serverKey: weak } });
      const peer = await raw.accept();
      const bytes = greeting('CURVE').slice();
      bytes[32] = 1;
      peer.send(bytes);
      expect((await log.ends.first()).error.message).toContain('a public key of CURVE that is none');
    }
  });
});

describe('PLAIN', () => {
  const PASSWORD = 'correct horse';
  const HELLO = command('HELLO', `\x03ann${String.fromCharCode(PASSWORD.length)}${PASSWORD}`);
  const INITIATE = encodeFrame(4, Uint8Array.from([8, ...ascii('INITIATE'), ...ready('DEALER').subarray(2 + 6)]));

  test('fuzz: nobody is let in without the password, and what is damaged costs that connection', async () => {
    const bound = await bindRouter({
      security: { mechanism: 'PLAIN', accepts: (user, password) => user === 'ann' && password === PASSWORD },
      limits: { handshakeTimeout: 1000, maxMessageBytes: MEBIBYTE },
    });
    const whole = [greeting('PLAIN'), HELLO, INITIATE, encodeMessage([ascii('order')])];
    const random = seededRandom(5);
    const thrown: unknown[] = [];
    const note = (error: unknown): void => {
      thrown.push(error);
    };
    process.on('uncaughtException', note);
    const before = await heldBytes();
    const good = await RawPeer.connect(bound.endpoint);
    good.send(...whole);
    await bound.messages.upTo(1);
    let admissible = 1;
    for (let round = 0; round < 300; round++) {
      const peer = await RawPeer.connect(bound.endpoint);
      const damagedAt = Math.floor(random() * whole.length);
      const data = Buffer.concat(
        whole.map((piece, index) => (index === damagedAt ? new Mutator(round, [piece, ...whole]).next() : piece)),
      );
      if (data.includes(`\x03ann${String.fromCharCode(PASSWORD.length)}${PASSWORD}`)) admissible++;
      for (let at = 0; at < data.length;) {
        const size = 1 + Math.floor(random() * 60);
        peer.socket.write(data.subarray(at, at + size));
        if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
        at += size;
      }
      peer.socket.end();
    }
    good.socket.end();
    await until(() => bound.router.connections === 0);
    process.off('uncaughtException', note);
    expect(thrown).toEqual([]);
    expect(bound.opened.all.length).toBeGreaterThan(20);
    expect(bound.opened.all.length).toBeLessThanOrEqual(admissible);
    expect(bound.opened.all.every(({ principal }) => principal === 'ann')).toBe(true);
    expect(bound.refusals.all.length).toBeGreaterThan(20);
    expect(bound.refusals.all.some(({ reason }) => reason.includes(PASSWORD))).toBe(false);
    expect((await heldBytes()) - before).toBeLessThan(64 * MEBIBYTE);
    bound.messages.all.length = 0;
    await answersOn(bound, { security: { mechanism: 'PLAIN', username: 'ann', password: PASSWORD } });
  });

  test('a HELLO once more, INITIATE before it, traffic before READY', async () => {
    const bound = await bindRouter({ security: { mechanism: 'PLAIN', accepts: () => true } });
    for (const pieces of [
      [HELLO, HELLO],
      [INITIATE, HELLO],
      [HELLO, encodeMessage([ascii('order')])],
      [HELLO, command('PING', '\0\0')],
      [HELLO, command('READY', 'x')],
    ]) {
      const peer = await RawPeer.connect(bound.endpoint);
      peer.send(greeting('PLAIN'), ...pieces);
      await peer.closed;
    }
    expect(bound.refusals.all).toHaveLength(5);
    expect(bound.opened.all).toEqual([]);
    expect(bound.messages.all).toEqual([]);
  });
});
