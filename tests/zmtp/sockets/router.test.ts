/** Who a ROUTER's peers are, heartbeats, and handshakes that end otherwise than by READY. */
import { describe, expect, test } from 'vitest';
import { encodeError } from '../../../src/zmtp/commands.js';
import { COMMAND, encodeFrame, encodeMessage } from '../../../src/zmtp/frames.js';
import { connectDealer, newKeyPair, RouterSocket, secretBytes } from '../../../src/zmtp/index.js';
import { ascii } from '../support/side.js';
import { command, greeting, HOST, RawPeer, RawServer, ready } from './support/raw-peer.js';
import { bindRouter, dealer, until } from './support/sockets.js';

describe('identities', () => {
  test('Q2: a second peer of one identity is closed, the first stays, and the name is free when it has gone', async () => {
    const { router, endpoint, opened, closed, messages, refusals } = await bindRouter();
    const identity = ascii('desk');
    const first = await RawPeer.connect(endpoint);
    await first.shake('DEALER', { identity });
    const second = await RawPeer.connect(endpoint);
    second.send(greeting(), ready('DEALER', identity), encodeMessage([ascii('swallowed')]));
    await second.closed;
    expect((await refusals.first()).reason).toBe('another connection has the same identity');
    first.send(encodeMessage([ascii('first')]));
    expect((await messages.first()).parts).toEqual(['first']);
    expect(router.find(identity)?.id).toBe(opened.all[0]?.id);

    first.socket.destroy();
    await closed.first();
    expect(router.find(identity)).toBeUndefined();
    const third = await RawPeer.connect(endpoint);
    await third.shake('DEALER', { identity });
    expect(router.find(identity)?.id).toBe((await opened.upTo(2))[1]?.id);
    expect(opened.all).toHaveLength(2);
  });

  test('Q3: none, 255 bytes, one that begins with 0; 256 bytes are refused', async () => {
    const { router, endpoint, opened, refusals } = await bindRouter();
    const identities = [ascii(''), ascii(''), new Uint8Array(255).fill(200), Uint8Array.of(0, 1, 2, 3, 4)];
    for (const identity of identities) await (await RawPeer.connect(endpoint)).shake('DEALER', { identity });
    expect((await opened.upTo(4)).map((peer) => peer.identity)).toEqual(identities);
    expect(router.find(ascii(''))).toBeUndefined();
    expect(router.find(Uint8Array.of(0, 1, 2, 3, 4))?.id).toBe(opened.all[3]?.id);
    const long = await RawPeer.connect(endpoint);
    long.send(greeting(), ready('DEALER', new Uint8Array(256)));
    await long.closed;
    expect((await refusals.first()).reason).toContain('a routing id of 256 bytes');
  });

  test('Q4: an id is of one connection alone: an answer for one that has gone goes to no later one', async () => {
    const { router, endpoint, opened, closed } = await bindRouter();
    const ids = new Set<number>();
    for (let round = 1; round <= 50; round++) {
      const peer = await RawPeer.connect(endpoint);
      await peer.shake('DEALER', { identity: ascii('same') });
      const id = (await opened.upTo(round)).at(-1)?.id ?? 0;
      for (const former of ids) expect(router.send(former, [ascii('late')])).toBe('gone');
      ids.add(id);
      expect(router.send(id, [ascii('own')])).toBe('sent');
      expect((await peer.frame()).body).toBe('own');
      peer.socket.destroy();
      await closed.upTo(round);
    }
    expect(ids.size).toBe(50);
  });
});

describe('heartbeats', () => {
  test('H1: the context comes back, 16 bytes of it; a PING without a TTL ends the connection', async () => {
    const { endpoint, refusals } = await bindRouter();
    const peer = await RawPeer.connect(endpoint);
    await peer.shake('DEALER');
    peer.send(command('PING', '\0\0'));
    expect((await peer.frame()).body).toBe('\x04PONG');
    peer.send(command('PING', '\0\x000123456789abcdefXYZ'));
    expect((await peer.frame()).body).toBe('\x04PONG0123456789abcdef');
    peer.send(command('PING', '\0'));
    await peer.closed;
    expect((await refusals.first()).reason).toBe('a PING without a TTL');
  });

  test('H2: a peer that falls silent for longer than it promised is given up, and not before', async () => {
    const { endpoint, closed, opened } = await bindRouter();
    const peer = await RawPeer.connect(endpoint);
    await peer.shake('DEALER');
    await opened.first();
    peer.send(command('PING', '\0\x02')); // 0.2 s
    const from = performance.now();
    await peer.frame();
    await closed.first();
    expect(performance.now() - from).toBeGreaterThan(190);
    await peer.closed;
  });

  test.each(['DEALER', 'ROUTER'])('H3, H4: a %s sends PING with TTL 0 to a peer of 3.1, none to 3.0', async (own) => {
    const ping = { interval: 20, timeout: 60_000 };
    for (const minor of [1, 0]) {
      let peer: RawPeer;
      let ends: { readonly all: readonly unknown[] };
      if (own === 'ROUTER') {
        const { endpoint, closed } = await bindRouter({ ping });
        peer = await RawPeer.connect(endpoint);
        await peer.shake('DEALER', { minor });
        ends = closed;
      } else {
        const server = await RawServer.listen();
        ends = dealer(server.endpoint, { ping }).log.ends;
        peer = await server.accept();
        await peer.shake('ROUTER', { minor });
      }
      if (minor === 1) {
        expect(await peer.frame()).toEqual({ flags: COMMAND, body: '\x04PING\0\0' });
      } else {
        let bytes = 0;
        peer.socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
        await new Promise((resolve) => setTimeout(resolve, 150));
        expect(bytes).toBe(0);
      }
      expect(ends.all).toEqual([]);
    }
  });

  test.each([1, 0])('H4: a silent peer of minor %i is given up only if that is 1', async (minor) => {
    const server = await RawServer.listen();
    const { log } = dealer(server.endpoint, { ping: { interval: 20, timeout: 60 } });
    const peer = await server.accept();
    await peer.shake('ROUTER', { minor });
    if (minor === 1) {
      expect((await log.ends.first()).error).toMatchObject({ code: 'TIMEOUT' });
    } else {
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(log.ends.all).toEqual([]);
    }
  });

  test('H6: of 10,000 PINGs at once few are answered: one answer says as much as many', async () => {
    const { router, endpoint, opened, messages } = await bindRouter();
    const peer = await RawPeer.connect(endpoint);
    await peer.shake('DEALER');
    const { id } = await opened.first();
    peer.send(...Array.from({ length: 10_000 }, () => command('PING', '\0\x00ctx')), encodeMessage([ascii('end')]));
    await messages.first();
    router.send(id, [ascii('end')]);
    let answers = 0;
    while ((await peer.frame()).body === '\x04PONGctx') answers++;
    expect(answers).toBeGreaterThan(0);
    expect(answers).toBeLessThan(5000);
  });
});

describe('handshakes that end', () => {
  test('G7: silence before, in and after the greeting ends in time, told with its phase', async () => {
    const { endpoint, refusals, router } = await bindRouter({ limits: { handshakeTimeout: 100 } });
    for (const [index, bytes] of [ascii(''), greeting().subarray(0, 10), greeting()].entries()) {
      const peer = await RawPeer.connect(endpoint);
      peer.send(bytes);
      await peer.closed;
      const refusal = (await refusals.upTo(index + 1))[index];
      expect(refusal?.reason).toBe('no handshake within 0.1 s');
      expect(refusal?.end?.phase).toBe(index < 2 ? 'greeting' : 'securing');
    }
    expect(router.connections).toBe(0);
  });

  test('G7: a client gives up a server that says nothing', async () => {
    const server = await RawServer.listen();
    const { log } = dealer(server.endpoint, { connectTimeout: 100 });
    const { error, phase } = await log.ends.first();
    expect([error.code, phase]).toEqual(['TIMEOUT', 'greeting']);
  });

  test('P2: a wrong password gets ERROR "400", once, and then the end', async () => {
    const { endpoint, refusals } = await bindRouter({
      security: { mechanism: 'PLAIN', accepts: (_, password) => password === 'secret' },
    });
    const peer = await RawPeer.connect(endpoint);
    peer.send(greeting('PLAIN'), command('HELLO', '\x03ann\x05wrong'));
    await peer.take(64);
    expect((await peer.frame()).body).toBe(Buffer.from(encodeError('400')).toString('latin1'));
    await expect(peer.frame()).rejects.toThrow('closed');
    expect((await refusals.first()).reason).toBe('wrong password, or no such user: "ann"');

    const { log } = dealer(endpoint, { security: { mechanism: 'PLAIN', username: 'ann', password: 'wrong' } });
    expect((await log.ends.first()).error.message).toContain('400');
  });

  test('P3: too many connections are closed without ERROR, and without a word', async () => {
    const { endpoint, refusals, opened } = await bindRouter({
      security: { mechanism: 'PLAIN', accepts: () => true },
      limits: { connections: 1, connectionsOfAddress: 1 },
    });
    dealer(endpoint, { security: { mechanism: 'PLAIN', username: 'ann', password: '' } });
    await opened.first();
    const second = await RawPeer.connect(endpoint);
    await expect(second.take(1)).rejects.toThrow('closed');
    expect((await refusals.first()).reason).toBe('there are 1 connections already');
  });

  test('P4: two servers and two clients of PLAIN do not wait for ever', async () => {
    const { endpoint } = await bindRouter({
      security: { mechanism: 'PLAIN', accepts: () => true },
      limits: { handshakeTimeout: 100 },
    });
    // Another server, as a peer that connects: it waits for HELLO, too.
    const server = await RawPeer.connect(endpoint);
    server.send(greeting('PLAIN'));
    await server.closed;
    const clients = await RawServer.listen();
    const { log } = dealer(clients.endpoint, { security: { mechanism: 'PLAIN', username: 'ann', password: '' } });
    const client = await clients.accept();
    client.send(greeting('PLAIN'), command('HELLO', '\x03ann\0'));
    expect((await log.ends.first()).error.message).toContain('HELLO');
  });

  test('C7: a client with the key of another server is told that the connection closed in the handshake', async () => {
    const [server, other] = [newKeyPair(), newKeyPair()];
    const { endpoint, refusals } = await bindRouter({
      security: { mechanism: 'CURVE', secretKey: secretBytes(server), accepts: () => true },
    });
    const { log } = dealer(endpoint, { security: { mechanism: 'CURVE', serverKey: other.publicKey } });
    const { error, phase } = await log.ends.first();
    expect([error.code, phase]).toEqual(['CLOSED', 'securing']);
    expect((await refusals.first()).end?.phase).toBe('securing');
  });

  test('an unknown key of CURVE gets ERROR "400"', async () => {
    const server = newKeyPair();
    const { endpoint } = await bindRouter({
      security: { mechanism: 'CURVE', secretKey: secretBytes(server), accepts: () => false },
    });
    const { log } = dealer(endpoint, { security: { mechanism: 'CURVE', serverKey: server.publicKey } });
    const { error } = await log.ends.first();
    expect([error.code, error.message]).toEqual(['REFUSED', expect.stringContaining('400')]);
  });
});

describe('listeners that throw', () => {
  test.each(['opened', 'message'])('in "%s": that connection ends, the others and the server go on', async (where) => {
    let isThrowing = true;
    const told: unknown[] = [];
    const fault = (event: string): void => {
      if (isThrowing && event === where) throw new Error('the listener is broken');
    };
    const router = new RouterSocket(
      {
        endpoint: { transport: 'tcp', host: HOST, port: 0 },
        security: { mechanism: 'NULL' },
        ping: { interval: Infinity, timeout: Infinity },
        highWaterMark: 10,
        refused: ({ address, reason, end }) => {
          told.push([address, reason, end?.error.code]);
        },
      },
      {
        opened: () => {
          fault('opened');
        },
        message: ({ id }, parts) => {
          fault('message');
          router.send(id, parts);
        },
      },
    );
    const endpoint = await router.listen();
    const bad = await RawPeer.connect(endpoint);
    bad.send(greeting(), ready('DEALER'));
    if (where === 'message') bad.send(encodeMessage([ascii('x')]));
    await bad.closed;
    await until(() => told.length > 0);
    expect(told).toEqual([[HOST, 'the listener is broken', 'LISTENER']]);
    isThrowing = false;
    const good = await RawPeer.connect(endpoint);
    await good.shake('DEALER');
    good.send(encodeMessage([ascii('x')]));
    expect((await good.frame()).body).toBe('x');
    await until(() => router.peers === 1 && router.connections === 1);
    await router.close(0);
  });

  test('a client whose listener throws is closed, and told so with what was thrown', async () => {
    const server = await RawServer.listen();
    const ends: unknown[] = [];
    connectDealer(
      {
        endpoint: server.endpoint,
        security: { mechanism: 'NULL' },
        connectTimeout: 5000,
        ping: { interval: Infinity, timeout: Infinity },
      },
      {
        opened: () => undefined,
        message: () => {
          throw new Error('the listener is broken');
        },
        closed: ({ error }) => ends.push(error.message),
      },
    );
    const peer = await server.accept();
    await peer.shake('ROUTER');
    peer.send(encodeMessage([ascii('x')]), encodeFrame(0, ascii('y')));
    await peer.closed;
    await until(() => ends.length > 0);
    expect(ends).toEqual(['the listener is broken']);
  });
});

test('endless MORE ends that connection, at the limit of parts and at that of bytes', async () => {
  const { endpoint, refusals, messages } = await bindRouter({ limits: { maxMessageBytes: 100_000 } });
  const part = encodeFrame(1, ascii(''));
  const many = await RawPeer.connect(endpoint);
  await many.shake('DEALER');
  many.send(...Array.from({ length: 1025 }, () => part));
  await many.closed;
  expect((await refusals.upTo(1))[0]?.end?.error.code).toBe('LIMIT');
  const large = await RawPeer.connect(endpoint);
  await large.shake('DEALER');
  large.send(...Array.from({ length: 101 }, () => encodeFrame(1, new Uint8Array(1000))));
  await large.closed;
  expect((await refusals.upTo(2))[1]?.end?.error.code).toBe('LIMIT');
  expect(messages.all).toEqual([]);
});
