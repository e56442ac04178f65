/** A program that does not read in time: the server ends its connection, and it is connected again and told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { TransportStatus } from 'vnpy-bridge/cluster';
import { NatsTransport } from '../src/cluster/transport/nats-transport.js';
import { writePrefixed, readPrefix } from '../src/cluster/wire/prefix.js';
import { SequenceWatch } from '../src/cluster/wire/sequence.js';
import { eventually } from '../tests/support/patience.js';
import { NatsServer } from './support/nats-server.js';

const COUNT = 40_000;

test('who reads too slowly loses messages, hears why, and sees by their numbers how many', async () => {
  await using server = await NatsServer.start(
    ({ listen }) => `listen: "${listen}"\nmax_pending: 1MB\nwrite_deadline: "1s"`,
  );
  const [slow, fast] = await Promise.all(
    ['slow', 'fast'].map((name) => NatsTransport.connect({ servers: [server.url], name, reconnectWait: 20 })),
  );
  if (slow === undefined || fast === undefined) throw new Error('not connected');
  const statuses: TransportStatus[] = [];
  slow.onStatus((status) => statuses.push(status));
  const watch = new SequenceWatch();
  let heard = 0;
  let last = 0;
  slow.subscribe('md.a', ({ payload }) => {
    const prefix = readPrefix(payload);
    if (prefix === undefined) return;
    watch.see('md.a', prefix);
    heard++;
    last = prefix.seq;
  });
  await slow.flush({ timeout: 5000 });

  const tick = new Uint8Array(1000);
  const publish = (seq: number): void => {
    fast.publish('md.a', writePrefixed({ encoding: 1, edge: 1, boot: 1, epoch: 1, seq, time: 0 }, tick));
  };
  publish(1);
  await eventually(() => {
    expect(heard).toBe(1);
  });
  // The reader is this program, too: it sends, and computes instead of reading.
  for (let seq = 2; seq <= COUNT; seq++) publish(seq);
  await sleep(1);
  for (const end = performance.now() + 2500; performance.now() < end;);
  await eventually(() => {
    expect(statuses.map(({ isConnected }) => isConnected)).toEqual([false, true]);
  });
  expect(statuses[0]?.detail).toMatch(/read nothing for \d+ ms.*too slow/);

  publish(COUNT + 1);
  await eventually(() => {
    expect(last).toBe(COUNT + 1);
  });
  expect(heard).toBeLessThan(COUNT);
  expect(heard + watch.counts.missed).toBe(COUNT + 1);
  await Promise.all([slow.close(), fast.close()]);
});
