/** Peers that read slowly or not at all, lines that are slow, and what a close leaves behind. */
import { describe, expect, test } from 'vitest';
import { encodeMessage, messageBytes } from '../../../src/zmtp/frames.js';
import { ascii } from '../support/side.js';
import { command, RawPeer } from './support/raw-peer.js';
import { bindPub, bindRouter, dealer, sub, until } from './support/sockets.js';

const MEBIBYTE = 2 ** 20;

/** Subscribes to all, and reads nothing from then on. */
async function deafSub(endpoint: Parameters<typeof RawPeer.connect>[0]): Promise<RawPeer> {
  const peer = await RawPeer.connect(endpoint);
  await peer.shake('SUB');
  peer.send(command('SUBSCRIBE'), command('PING', '\0\0'));
  await peer.frame();
  peer.socket.pause();
  return peer;
}

const numbered = (index: number, size: number): Uint8Array[] => {
  const body = new Uint8Array(size);
  new DataView(body.buffer).setUint32(0, index);
  return [ascii('topic'), body];
};
const numberOf = (body: string): number => Buffer.from(body, 'latin1').readUInt32BE();

describe('a subscriber that does not read', () => {
  test('S7: loses the newest, as whole messages, each counted; another loses nothing; memory is flat', async () => {
    const highWaterMark = 50;
    const count = 4000;
    const size = 10_000;
    const { pub, endpoint } = await bindPub({ highWaterMark });
    const slow = await deafSub(endpoint);
    const { sub: quick, log } = sub(endpoint);
    quick.subscribe(ascii(''));
    await log.peers.first();
    const sends = setInterval(() => pub.send([ascii('first')]), 5);
    await log.messages.first();
    clearInterval(sends);
    const firsts = (): number => log.messages.all.filter(([topic]) => topic === 'first').length;
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let index = 0; index < count; index++) {
      pub.send(numbered(index, size));
      if (index % 5 === 4) await new Promise((resolve) => setImmediate(resolve));
      if (index % 100 === 99) {
        await log.messages.upTo(firsts() + index + 1);
        log.messages.all.forEach(
          (parts, at) => (log.messages.all[at] = [parts[0] ?? '', (parts[1] ?? '').slice(0, 4)]),
        );
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
    }
    const all = await log.messages.upTo(firsts() + count);
    const numbers = all.filter(([topic]) => topic === 'topic').map(([, body = '']) => numberOf(body));
    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index));
    expect(pub.dropped).toBeGreaterThan(highWaterMark);
    expect(most).toBeLessThan(32 * MEBIBYTE);

    // What it was given is the beginning, whole, without a hole; then come the newest, after it reads again.
    slow.socket.resume();
    const received: number[] = [];
    const dropped = pub.dropped;
    const expected = count - dropped;
    while (received.length < expected) {
      const { body } = await slow.frame();
      if (body === 'first') continue;
      expect(body).toBe('topic');
      received.push(numberOf((await slow.frame()).body));
    }
    expect(received).toEqual(Array.from({ length: expected }, (_, index) => index));
    pub.send(numbered(count, size));
    await slow.frame();
    expect(numberOf((await slow.frame()).body)).toBe(count);
    expect(pub.dropped).toBe(dropped);
  });

  test('many of them share what may wait for all', async () => {
    const { pub, endpoint } = await bindPub({
      highWaterMark: Infinity,
      limits: { waitingBytes: 100 * MEBIBYTE, totalWaitingBytes: 8 * MEBIBYTE },
    });
    for (let index = 0; index < 4; index++) await deafSub(endpoint);
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 400; index++) {
      pub.send(numbered(index, 100_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pub.dropped).toBeGreaterThan(100);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * MEBIBYTE);
  });
});

describe('a ROUTER', () => {
  test('Q4: says "full" for a peer that does not read, and "gone" for one that has gone', async () => {
    const { router, endpoint, opened, closed } = await bindRouter({ highWaterMark: 10 });
    const peer = await RawPeer.connect(endpoint);
    await peer.shake('DEALER');
    const { id } = await opened.first();
    peer.socket.pause();
    const answer = [new Uint8Array(MEBIBYTE)];
    const deliveries: string[] = [];
    while (deliveries.at(-1) !== 'full') {
      deliveries.push(router.send(id, answer));
      await new Promise((resolve) => setImmediate(resolve));
      expect(deliveries.length).toBeLessThan(200);
    }
    expect(router.send(id, answer)).toBe('full');
    // It opens again when the peer reads, and what was taken is whole.
    peer.socket.resume();
    for (let index = 0; index < deliveries.length - 1; index++)
      expect((await peer.frame()).body).toHaveLength(MEBIBYTE);
    expect(router.send(id, [ascii('again')])).toBe('sent');
    expect((await peer.frame()).body).toBe('again');
    peer.socket.destroy();
    await closed.first();
    expect(router.send(id, [ascii('x')])).toBe('gone');
    expect(router.send(id + 1, [ascii('x')])).toBe('gone');
  });

  test('a reader of a few bytes a second holds up nobody but itself', async () => {
    const { router, endpoint, opened } = await bindRouter({ highWaterMark: 5 });
    const slow = await RawPeer.connect(endpoint);
    await slow.shake('DEALER');
    const { id } = await opened.first();
    slow.socket.pause();
    const { dealer: quick, log } = dealer(endpoint);
    await log.peers.first();
    const quickId = (await opened.upTo(2))[1]?.id ?? 0;
    for (let index = 0; index < 50; index++) {
      router.send(id, [new Uint8Array(MEBIBYTE)]);
      slow.socket.read(3);
      expect(router.send(quickId, [ascii(String(index))])).toBe('sent');
      expect((await log.messages.upTo(index + 1)).at(-1)).toEqual([String(index)]);
    }
    expect(router.send(id, [new Uint8Array(MEBIBYTE)])).toBe('full');
    quick.close();
  });
});

describe('the end', () => {
  test('close with time to linger delivers what waits, to one that reads late', async () => {
    const { router, endpoint, opened } = await bindRouter();
    const peer = await RawPeer.connect(endpoint);
    await peer.shake('DEALER');
    const { id } = await opened.first();
    peer.socket.pause();
    const parts = [new Uint8Array(MEBIBYTE)];
    for (let index = 0; index < 12; index++) expect(router.send(id, parts)).toBe('sent');
    const closed = router.close(30_000);
    // The address is free and nobody is let in, while what waits still leaves.
    await expect(RawPeer.connect(endpoint)).rejects.toThrow('ECONNREFUSED');
    peer.socket.resume();
    const bytes = await peer.take(12 * messageBytes(parts));
    expect(bytes).toHaveLength(12 * messageBytes(parts));
    peer.socket.end();
    await closed;
    expect(router.connections).toBe(0);
  });

  test('close settles after its time with peers that neither read nor close, and at once with strangers', async () => {
    const { router, endpoint, opened } = await bindRouter();
    const half = await RawPeer.connect(endpoint);
    await half.shake('DEALER');
    const silent = await RawPeer.connect(endpoint);
    half.socket.pause();
    const { id } = await opened.first();
    for (let index = 0; index < 12; index++) router.send(id, [new Uint8Array(MEBIBYTE)]);
    await until(() => router.connections === 2);
    await router.close(100);
    expect(router.connections).toBe(0);
    expect(router.send(id, [ascii('x')])).toBe('gone');
    await silent.closed;
  });

  test('a DEALER that closes takes back what has not left: the peer gets less than all, and no half message', async () => {
    const { endpoint, opened, messages, closed } = await bindRouter();
    const { dealer: one, log } = dealer(endpoint);
    await log.peers.first();
    await opened.first();
    for (let index = 0; index < 64; index++) one.send([ascii(''), new Uint8Array(MEBIBYTE)]);
    one.close();
    expect(one.send([ascii('late')])).toBe(false);
    await closed.first();
    expect(messages.all.length).toBeLessThan(64);
    expect(messages.all.every(({ parts }) => parts.length === 2 && parts[1]?.length === MEBIBYTE)).toBe(true);
  });
});

test('H5: a large message over a slow line is life, though nothing whole comes for long', async () => {
  const timeout = 120;
  const { endpoint, messages, closed } = await bindRouter({ ping: { interval: timeout / 2, timeout } });
  const peer = await RawPeer.connect(endpoint);
  await peer.shake('DEALER');
  const message = encodeMessage([ascii('x'.repeat(3000))]);
  // PINGs are not answered: the bytes alone say that the peer lives.
  for (let at = 0; at < message.length; at += 100) {
    peer.send(message.subarray(at, at + 100));
    await new Promise((resolve) => setTimeout(resolve, timeout / 8));
  }
  expect((await messages.first()).parts).toEqual(['x'.repeat(3000)]);
  expect(closed.all).toEqual([]);
  await closed.first();
});
