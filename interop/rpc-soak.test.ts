/**
 * A long run against a Python server: memory stays flat after the first tenth, latency does not drift, and every event
 * that arrives is delivered. Not every event arrives: vnpy's publisher drops in silence what exceeds its queue of 1,000,
 * an eighth of a second here, when ZeroMQ's thread in its process gets no CPU for so long. That it is the publisher is
 * shown below: our queue of 100,000 would overflow only after a pause of twelve seconds, and the longest is measured
 * (rpc-slow-reader.test.ts shows both losses one by one).
 * `npm run soak` runs all of it; the tests run a tenth.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { RpcClient } from 'vnpy-bridge/rpc';
import { connectTo } from './rpc-support/clients.js';
import { startPeer } from './support/index.js';

const FULL = process.env['SOAK'] === 'full';
const EVENTS = FULL ? 1_000_000 : 100_000;
const CALLS = FULL ? 200_000 : 20_000;
const PARTS = 10;

/** Events a second: below what the publisher and a busy machine can do, so that nothing has a reason to be lost. */
const RATE = 8000;

/** Events that may wait for this program: the client's default `receiveHighWaterMark`. */
const QUEUE = 100_000;

const MB = 2 ** 20;

interface Part {
  readonly heap: number;
  readonly rss: number;
  /** Median time of a call, in ms. */
  readonly latency: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function memory(): Promise<Pick<Part, 'heap' | 'rss'>> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise(setImmediate); // Finalizers of received frames run in a turn of their own.
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / MB, rss: rss / MB };
}

/** Calls one after the other; gives the median time. */
async function calls(client: RpcClient, count: number): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    expect(await client.call('add', [index, 1])).toBe(index + 1);
    times.push(performance.now() - start);
  }
  return times.sort((left, right) => left - right)[Math.floor(count / 2)] ?? NaN;
}

test(`${EVENTS} events and ${CALLS} calls`, { timeout: FULL ? 1_800_000 : 120_000 }, async () => {
  const server = await startPeer({ script: 'rpc_server' });
  const client = await connectTo(server, { registry: vnpyRegistry });
  let heard = 0;
  client.on('event', () => {
    heard++;
  });
  const stream = client.events({ topic: 'soak' });
  let read = 0;
  const reading = (async (): Promise<void> => {
    for await (const { topic } of stream) read += topic === 'soak' ? 1 : 0;
  })();
  client.subscribe('soak');
  await expect
    .poll(
      async () => {
        await client.call('publish', [1], { kwargs: { topic: 'soak.first', kind: 'event' } });
        return heard;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);

  // What was published to find out whether the subscription stands is not part of the run.
  let firsts = 0;
  client.on('event', ({ topic }) => {
    firsts += topic === 'soak.first' ? 1 : 0;
  });
  firsts += heard;
  const parts: Part[] = [];
  const pauses = monitorEventLoopDelay();
  pauses.enable();
  for (let part = 1; part <= PARTS; part++) {
    await client.call('publish', [EVENTS / PARTS, RATE], { kwargs: { topic: 'soak', kind: 'event' } });
    const latency = await calls(client, CALLS / PARTS);
    await expect.poll(() => client.call('publishing'), { timeout: 120_000, interval: 100 }).toBe(false);
    // The last ones may be on their way still: until none has come for a while.
    for (let before = -1; before !== client.stats().events.received;) {
      before = client.stats().events.received;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    parts.push({ latency, ...(await memory()) });
  }
  const [first] = parts as [Part];
  const last = parts.at(-1) ?? first;
  expect(last.heap - first.heap).toBeLessThan(8);
  expect(last.rss - first.rss).toBeLessThan(40);
  // A busy machine moves medians; a leak of timers or listeners would multiply them.
  expect(last.latency).toBeLessThan(Math.max(1, first.latency * 5));
  const { received, heartbeats, delivered } = client.stats().events;
  expect(received).toBe(delivered + heartbeats);
  expect(heard).toBe(delivered);
  expect(read).toBe(delivered - firsts);
  expect(read).toBeGreaterThan(EVENTS * 0.98);
  // What is missing was not lost on this side: however long it stood still, its queue had room.
  pauses.disable();
  expect((pauses.max / 1e9) * RATE).toBeLessThan(QUEUE / 2);
  expect(client.stats()).toMatchObject({
    events: { dropped: 0, undecodable: 0, queued: 0 },
    calls: { inFlight: 0, queued: 0, abandoned: 0 },
    reconnects: 0,
  });
  await client.stop();
  await reading;
});
