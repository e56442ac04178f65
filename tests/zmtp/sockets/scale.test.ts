/**
 * Many peers at once. The numbers here fit into seconds; `npm run soak:wire` takes five times as many, for ten minutes.
 */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { encodeMessage } from '../../../src/zmtp/frames.js';
import type { Endpoint } from '../../../src/zmtp/index.js';
import { ascii } from '../support/side.js';
import { heldBytes } from './support/memory.js';
import { command, greeting, HOST, ready } from './support/raw-peer.js';
import { bindPub, bindRouter, dealer, until } from './support/sockets.js';

const FULL = process.env['SOAK'] === 'full';
const MEBIBYTE = 2 ** 20;
const MINUTE = 60_000;

/** Connections that are made together: fewer than may be in their handshake. */
const TOGETHER = 100;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function inGroups<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const size = Math.min(TOGETHER, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: size }, (_, index) => make(made.length + index)))));
  }
  return made;
}

/**
 * A subscriber whose subscription stands: the answer to the PING behind it has come. A bare socket, because what tests its
 * bytes would keep memory that is not the publisher's.
 */
function subscriber(endpoint: Endpoint, topic: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial(endpoint, () => {
      socket.write(Buffer.concat([greeting(), ready('SUB')]));
    });
    let text = '';
    socket.on('error', reject).on('data', (chunk: Buffer) => {
      const wasReady = text.includes('READY');
      text += chunk.toString('latin1');
      if (!wasReady && text.includes('READY'))
        socket.write(Buffer.concat([command('SUBSCRIBE', topic), command('PING', '\0\0')]));
      if (!text.includes('PONG')) return;
      socket.removeAllListeners('data');
      resolve(socket);
    });
  });
}

function dial(endpoint: Endpoint, connected: () => void): Socket {
  return createConnection({ host: HOST, port: endpoint.transport === 'tcp' ? endpoint.port : 0 }, connected);
}

describe('a publisher with slow subscribers', () => {
  const SUBSCRIBERS = FULL ? 4500 : 900;
  const SLOW = SUBSCRIBERS / 9;
  const EVENT = [ascii('tick'), new Uint8Array(200)];
  const EVENT_BYTES = encodeMessage(EVENT).length;
  const EVENTS = 15;

  /** Counts what comes by its bytes: all messages have the same size. */
  class Readers {
    readonly #sockets: readonly Socket[];
    #sentAt = 0;
    #waiting = 0;
    #done: () => void = () => undefined;
    #latencies: number[] = [];

    constructor(sockets: readonly Socket[]) {
      this.#sockets = sockets;
      for (const socket of sockets) {
        let bytes = 0;
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes < EVENT_BYTES) return;
          bytes -= EVENT_BYTES;
          this.#latencies.push(performance.now() - this.#sentAt);
          if (--this.#waiting === 0) this.#done();
        });
      }
    }

    /** Sends events one after the other, and gives the time in ms in which 99 of 100 arrived. */
    async p99(send: () => void): Promise<number> {
      this.#latencies = [];
      for (let event = 0; event < EVENTS; event++) {
        this.#waiting = this.#sockets.length;
        const arrived = new Promise<void>((resolve) => {
          this.#done = resolve;
        });
        this.#sentAt = performance.now();
        send();
        await arrived;
      }
      const { length } = this.#latencies;
      expect(length).toBe(EVENTS * this.#sockets.length);
      return this.#latencies.sort((one, other) => one - other)[Math.floor(length * 0.99)] ?? NaN;
    }
  }

  const median = (values: readonly number[]): number =>
    [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

  test(
    `${SUBSCRIBERS} get all as soon as without ${SLOW} that are slow, and memory is bounded`,
    { timeout: FULL ? 20 * MINUTE : MINUTE },
    async () => {
      const { pub, endpoint } = await bindPub({
        highWaterMark: 100,
        limits: {
          connectionsOfAddress: 10_000,
          waitingBytes: MEBIBYTE / 4,
          totalWaitingBytes: 16 * MEBIBYTE,
        },
      });
      const readers = new Readers(await inGroups(SUBSCRIBERS, () => subscriber(endpoint, 'tick')));
      const send = (): void => {
        pub.send(EVENT);
      };
      await readers.p99(send);
      const rest = await heldBytes();
      const times = { without: [] as number[], with: [] as number[] };
      const growth: number[] = [];

      /** One measurement with slow ones: half of them read nothing, the others something now and then. */
      const round = async (): Promise<void> => {
        times.without.push(await readers.p99(send));
        const slow = await inGroups(SLOW, async (index) => {
          const socket = await subscriber(endpoint, index % 2 === 0 ? '' : 'flood');
          return socket.pause();
        });
        // What only they ask for: the buffers of the system and the queues are full, and more is dropped.
        const { dropped } = pub;
        while (pub.dropped < dropped + 10 * SLOW) {
          pub.send([ascii('flood'), new Uint8Array(100_000)]);
          await turn();
        }
        const sip = setInterval(() => {
          for (let index = 0; index < SLOW; index += 4) slow[index]?.read();
        }, 5);
        times.with.push(await readers.p99(send));
        clearInterval(sip);
        growth.push((await heldBytes()) - rest);
        for (const socket of slow) socket.resetAndDestroy();
        await until(() => pub.peers === SUBSCRIBERS);
      };

      const end = performance.now() + (FULL ? 10 * MINUTE : 0);
      do await round();
      while (performance.now() < end || times.with.length < 5);
      expect(median(times.with)).toBeLessThan(1.5 * median(times.without));
      // What may wait for all, and what the sockets of this side hold.
      expect(Math.max(...growth)).toBeLessThan(64 * MEBIBYTE);
      expect((await heldBytes()) - rest).toBeLessThan(8 * MEBIBYTE);
    },
  );
});

describe('connects', () => {
  const PER_SECOND = 1000;

  /** How a connection ended: with the server's READY, or closed before it. */
  function connectOnce(endpoint: Endpoint, keep: boolean): Promise<'served' | 'closed'> {
    return new Promise((resolve, reject) => {
      const socket = dial(endpoint, () => {
        socket.write(Buffer.concat([greeting(), ready('DEALER')]));
      });
      let bytes = 0;
      socket.on('data', ({ length }: Buffer) => {
        bytes += length;
        if (bytes <= 64) return;
        resolve('served');
        if (!keep) socket.resetAndDestroy();
      });
      socket.on('end', () => {
        resolve('closed');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve('closed');
        else reject(error);
      });
    });
  }

  test.each([
    ['which go again', FULL ? 60 : 5, undefined],
    ['which stay, up to the limit', FULL ? 60 : 1, 600],
  ])(
    `${PER_SECOND} a second, %s, for %i s: each is served or refused, and an honest client is answered`,
    { timeout: 5 * MINUTE },
    async (_, seconds, limit) => {
      const { router, endpoint, messages, refusals, opened, closed } = await bindRouter(
        limit === undefined ? {} : { limits: { connectionsOfAddress: limit + 1 } },
      );
      const { dealer: honest, log } = dealer(endpoint);
      await log.peers.first();
      const over = new AbortController();
      const calls = (async (): Promise<number> => {
        let count = 0;
        for (; !over.signal.aborted; count++) {
          honest.send([ascii(`call ${count}`)]);
          const { peer, parts } = (await messages.upTo(1))[0] ?? {};
          messages.all.length = 0;
          expect(parts).toEqual([`call ${count}`]);
          router.send(peer?.id ?? 0, [ascii(`answer ${count}`)]);
          await log.messages.first(([text]) => text === `answer ${count}`);
          log.messages.all.length = 0;
        }
        return count;
      })();

      const outcomes: Promise<string>[] = [];
      const began = performance.now();
      while (outcomes.length < PER_SECOND * seconds) {
        const due = Math.min(PER_SECOND * seconds, ((performance.now() - began) / 1000) * PER_SECOND);
        while (outcomes.length < due) outcomes.push(connectOnce(endpoint, limit !== undefined));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const all = await Promise.all(outcomes);
      over.abort();
      expect(await calls).toBeGreaterThan(20);
      const served = all.filter((outcome) => outcome === 'served').length;
      expect(served).toBe(limit ?? all.length);
      expect(refusals.all).toHaveLength(all.length - served);
      await until(() => router.connections === (limit ?? 0) + 1);
      expect(opened.all.length - closed.all.length).toBe(router.peers);
    },
  );
});

test('a publisher that is quiet keeps nothing of clients of the past', { timeout: 5 * MINUTE }, async () => {
  const { pub, endpoint } = await bindPub();
  const clients = FULL ? 20_000 : 1000;
  const visit = async (index: number): Promise<void> => {
    const socket = await subscriber(endpoint, `topic ${index % 10}`);
    socket.resetAndDestroy();
  };
  const visits = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += TOGETHER)
      await Promise.all(Array.from({ length: TOGETHER }, (_, offset) => visit(index + offset)));
    await until(() => pub.peers === 0);
  };
  await visits(500);
  const before = await heldBytes();
  await visits(clients);
  // libzmq keeps some 25 KB for each until something is published (libzmq issue 1256).
  expect(((await heldBytes()) - before) / clients).toBeLessThan(2000);
});
