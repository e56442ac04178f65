import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeMessage } from '../../../src/zmtp/frames.js';
import { newKeyPair, PubSocket, secretBytes } from '../../../src/zmtp/index.js';
import { PrefixSet } from '../../../src/zmtp/prefixes.js';
import { seededRandom } from '../../support/bytes.js';
import { ascii } from '../support/side.js';
import { command, greeting, RawPeer, RawServer, ready } from './support/raw-peer.js';
import { bindPub, SERVED, sub, until } from './support/sockets.js';

const subscribe = (prefix: string): Uint8Array => command('SUBSCRIBE', prefix);
const cancel = (prefix: string): Uint8Array => command('CANCEL', prefix);

/** A raw SUB at a PUB. Its PING is answered after what was sent before it has been taken. */
async function rawSub(endpoint: Parameters<typeof RawPeer.connect>[0], minor = 1): Promise<RawPeer> {
  const peer = await RawPeer.connect(endpoint);
  await peer.shake('SUB', { minor });
  return peer;
}

async function settled(peer: RawPeer): Promise<void> {
  peer.send(command('PING', '\0\0ctx'));
  expect((await peer.frame()).body).toBe('\x04PONGctx');
}

describe('a set of prefixes', () => {
  test('S1: random subscriptions and their ends, against a plain model', () => {
    const random = seededRandom(1);
    const text = (most: number): string =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () => 'ab\xff'[Math.floor(random() * 3)]).join('');
    const set = new PrefixSet();
    const model = new Set<string>();
    let wanted = 0;
    for (let round = 0; round < 20_000; round++) {
      const prefix = text(random() < 0.05 ? 0 : 5);
      const isAdded = random() < 0.3 + (round % 2000) / 4000;
      if (isAdded) expect(set.add(ascii(prefix))).toBe(!model.has(prefix));
      else expect(set.delete(ascii(prefix))).toBe(model.has(prefix));
      if (isAdded) model.add(prefix);
      else model.delete(prefix);
      const message = text(8);
      const expected = [...model].some((each) => message.startsWith(each));
      wanted += expected ? 1 : 0;
      if (set.matches(ascii(message)) !== expected) throw new Error(`${message} of ${[...model].join(' ')}`);
    }
    expect(set.size).toBe(model.size);
    expect(set.sorted().map((prefix) => Buffer.from(prefix).toString('latin1'))).toEqual([...model].sort());
    expect(wanted).toBeGreaterThan(2000);
    expect(wanted).toBeLessThan(18_000);
  });

  test('S1: a prefix of 1 MB, and a message that is longer', () => {
    const set = new PrefixSet();
    for (const prefix of ['b', 'c', 'd', 'e', 'x'.repeat(2 ** 20)]) set.add(ascii(prefix));
    expect(set.matches(ascii('x'.repeat(2 ** 20 - 1)))).toBe(false);
    expect(set.matches(ascii('x'.repeat(3 * 2 ** 20)))).toBe(true);
  });
});

describe('a PUB', () => {
  test('S2, S3: the end of nothing is nothing; what was asked for twice ends at once', async () => {
    const { pub, endpoint } = await bindPub();
    const peer = await rawSub(endpoint);
    peer.send(cancel('never'), cancel(''), subscribe('a'), subscribe('a'), subscribe('b'), cancel('a'));
    await settled(peer);
    pub.send([ascii('a1')]);
    pub.send([ascii('b1')]);
    expect(await peer.bodies(1)).toEqual(['b1']);
    peer.send(cancel('b'), cancel('b'));
    await settled(peer);
    pub.send([ascii('b2')]);
    peer.send(subscribe('a'));
    await settled(peer);
    pub.send([ascii('a2')]);
    expect(await peer.bodies(1)).toEqual(['a2']);
  });

  test('S4: both forms are read, whatever the version of the peer', async () => {
    const { pub, endpoint } = await bindPub();
    for (const minor of [0, 1]) {
      const peer = await rawSub(endpoint, minor);
      peer.send(subscribe('command'), encodeMessage([ascii('\x01message')]));
      await settled(peer);
      for (const topic of ['command', 'message', 'other']) pub.send([ascii(topic)]);
      expect(await peer.bodies(2)).toEqual(['command', 'message']);
      peer.send(cancel('message'), encodeMessage([ascii('\0command')]), subscribe('end'));
      await settled(peer);
      for (const topic of ['command', 'message', 'end']) pub.send([ascii(topic)]);
      expect(await peer.bodies(1)).toEqual(['end']);
      peer.socket.destroy();
    }
  });

  test('what was published before a subscription is not sent for it, and what was before its end is', async () => {
    // Publishes when a peer opens: what it asks for comes in the same read, while the message still waits.
    const pub: PubSocket = new PubSocket(SERVED, { opened: () => pub.send([ascii('a0')]) });
    onTestFinished(() => pub.close(0));
    const endpoint = await pub.listen();
    const first = await rawSub(endpoint);
    first.send(subscribe('a'));
    await settled(first);
    const second = await RawPeer.connect(endpoint);
    second.send(greeting(), ready('SUB'), subscribe('a'), command('PING', '\0\0ctx'));
    await second.take(64);
    expect(await second.bodies(2)).toEqual([expect.stringContaining('READY'), '\x04PONGctx']);
    expect(await first.bodies(1)).toEqual(['a0']);
    pub.send([ascii('a1')]);
    for (const peer of [first, second]) expect(await peer.bodies(1)).toEqual(['a1']);
    first.send(cancel('a'), subscribe('z'));
    await settled(first);
    pub.send([ascii('a2')]);
    pub.send([ascii('z1')]);
    expect(await first.bodies(1)).toEqual(['z1']);
  });

  test('S8: the empty prefix with CURVE', async () => {
    const server = newKeyPair();
    const { pub, endpoint } = await bindPub({
      security: { mechanism: 'CURVE', secretKey: secretBytes(server), accepts: () => true },
    });
    const { sub: subscriber, log } = sub(endpoint, {
      security: { mechanism: 'CURVE', serverKey: server.publicKey },
    });
    subscriber.subscribe(ascii(''));
    await log.peers.first();
    const sends = setInterval(() => pub.send([ascii('topic'), ascii('data')]), 5);
    expect(await log.messages.first()).toEqual(['topic', 'data']);
    clearInterval(sends);
    subscriber.unsubscribe(ascii(''));
    subscriber.subscribe(ascii('end'));
    const ends = setInterval(() => pub.send([ascii('end')]), 5);
    await log.messages.first(([topic]) => topic === 'end');
    clearInterval(ends);
    const { length } = log.messages.all;
    for (let index = 0; index < 10; index++) pub.send([ascii('topic')]);
    pub.send([ascii('end'), ascii('last')]);
    await log.messages.first(([, data]) => data === 'last');
    expect(log.messages.all.slice(length).filter(([topic]) => topic === 'topic')).toEqual([]);
  });

  test('S9: 100,000 messages to it are nothing, and are not kept', async () => {
    const { pub, endpoint } = await bindPub();
    const peer = await rawSub(endpoint);
    peer.send(subscribe('a'));
    await settled(peer);
    const flood = Buffer.concat(
      Array.from({ length: 10_000 }, () => encodeMessage([ascii('x'.repeat(100)), ascii('y')])),
    );
    const before = process.memoryUsage();
    for (let round = 0; round < 10; round++) {
      peer.send(flood);
      await settled(peer);
    }
    const after = process.memoryUsage();
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(32 * 2 ** 20);
    pub.send([ascii('a1')]);
    expect(await peer.bodies(1)).toEqual(['a1']);
  });

  test('S9: commands that mean nothing end the connection of their sender alone', async () => {
    const { pub, endpoint, refusals } = await bindPub();
    const [peer, other] = [await rawSub(endpoint), await rawSub(endpoint)];
    other.send(subscribe(''));
    await settled(other);
    peer.send(...Array.from({ length: 1000 }, () => command('NONSENSE')));
    await settled(peer);
    peer.send(command('NONSENSE'));
    await peer.closed;
    expect((await refusals.first()).reason).toBe('more than 1000 commands that mean nothing');
    pub.send([ascii('still')]);
    expect(await other.bodies(1)).toEqual(['still']);
  });

  test('subscriptions without end: each limit ends that connection, with its reason', async () => {
    const { pub, endpoint, refusals } = await bindPub({
      prefixLimits: { prefixes: 1000, prefixBytes: 100, totalBytes: 5000 },
    });
    const reasons = ['more than 1000 subscriptions', 'a subscription of 101 bytes', 'subscriptions of more than 5000'];
    for (const [index, prefixes] of [
      Array.from({ length: 1001 }, (_, number) => String(number)),
      ['x'.repeat(100), 'x'.repeat(101)],
      Array.from({ length: 51 }, (_, number) => String(number).padStart(100)),
    ].entries()) {
      const peer = await rawSub(endpoint);
      peer.send(...prefixes.slice(0, -1).map(subscribe));
      await settled(peer);
      peer.send(subscribe(prefixes.at(-1) ?? ''));
      await peer.closed;
      expect((await refusals.upTo(index + 1))[index]?.reason).toContain(reasons[index]);
    }
    await until(() => pub.peers === 0);
  });

  test('10,000 subscriptions of 100 bytes cost less than 10 s of processor time', async () => {
    const { pub, endpoint } = await bindPub();
    const peer = await rawSub(endpoint);
    const names = Array.from({ length: 10_000 }, (_, index) => String(index).padStart(100, '-'));
    const before = process.cpuUsage();
    peer.send(...names.map(subscribe));
    await settled(peer);
    // One that changes its mind with each message.
    for (let round = 0; round < 200; round++) {
      peer.send(cancel(names[0] ?? ''), subscribe(names[0] ?? ''));
      await settled(peer);
      pub.send([ascii(names[round] ?? '')]);
      expect(await peer.bodies(1)).toEqual([names[round]]);
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});

describe('a SUB', () => {
  test('S4, S5: asks for each prefix once, in order, in the form that the publisher knows', async () => {
    const server = await RawServer.listen();
    for (const [minor, form] of [
      [0, (prefix: string) => `\x01${prefix}`],
      [1, (prefix: string) => `\x09SUBSCRIBE${prefix}`],
    ] as const) {
      const { sub: subscriber } = sub(server.endpoint);
      for (const prefix of ['rb', 'cu', 'rb', '', 'gone', 'a']) subscriber.subscribe(ascii(prefix));
      subscriber.unsubscribe(ascii('gone'));
      subscriber.unsubscribe(ascii('never'));
      const peer = await server.accept();
      await peer.shake('PUB', { minor });
      expect(await peer.bodies(4)).toEqual(['', 'a', 'cu', 'rb'].map(form));
      subscriber.close();
    }
  });

  test('S5: 10,000 prefixes are asked for, none lost', async () => {
    const { pub, endpoint } = await bindPub();
    const { sub: subscriber, log } = sub(endpoint);
    for (let index = 0; index < 10_000; index++) subscriber.subscribe(ascii(`${index};`));
    const sends = setInterval(() => pub.send([ascii('9999;')]), 20);
    await log.messages.first();
    clearInterval(sends);
    const { length } = log.messages.all;
    for (let index = 0; index < 9999; index += 11) pub.send([ascii(`${index};`)]);
    const all = await log.messages.upTo(length + 909);
    expect(new Set(all.map(([topic]) => topic)).size).toBe(910);
  });

  test('S3: what it asked for twice it takes back twice, and tells the publisher of the last', async () => {
    const server = await RawServer.listen();
    const { sub: subscriber } = sub(server.endpoint);
    subscriber.subscribe(ascii('a'));
    const peer = await server.accept();
    await peer.shake('PUB');
    expect(await peer.bodies(1)).toEqual(['\x09SUBSCRIBEa']);
    subscriber.subscribe(ascii('a'));
    subscriber.unsubscribe(ascii('a'));
    subscriber.subscribe(ascii('b'));
    expect(await peer.bodies(1)).toEqual(['\x09SUBSCRIBEb']);
    subscriber.unsubscribe(ascii('a'));
    expect(await peer.bodies(1)).toEqual(['\x06CANCELa']);
  });

  test('S6: drops what a publisher sends unasked', async () => {
    const server = await RawServer.listen();
    const { sub: subscriber, log } = sub(server.endpoint);
    subscriber.subscribe(ascii('a'));
    const peer = await server.accept();
    await peer.shake('PUB');
    peer.send(encodeMessage([ascii('b'), ascii('a')]), encodeMessage([ascii('')]), encodeMessage([ascii('ab')]));
    expect(await log.messages.upTo(1)).toEqual([['ab']]);
    subscriber.unsubscribe(ascii('a'));
    subscriber.subscribe(ascii('c'));
    peer.send(encodeMessage([ascii('ab')]), encodeMessage([ascii('c')]));
    expect(await log.messages.upTo(2)).toEqual([['ab'], ['c']]);
  });

  test('gets nothing before the handshake, and no READY of a REP', async () => {
    const server = await RawServer.listen();
    const { log } = sub(server.endpoint);
    const peer = await server.accept();
    peer.send(greeting(), ready('REP'));
    expect((await log.ends.first()).error).toMatchObject({ code: 'SOCKET_TYPE' });
  });
});
