/** Where the events of a client are received; tests/zmtp/receiver has the thread itself. */
import { expect, onTestFinished, test } from 'vitest';
import { RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import type { ClientProblem, RpcClientOptions } from 'vnpy-bridge/rpc';
import { RpcGateway } from 'vnpy-bridge/vnpy';
import { CONNECTION_ROWS } from '../../src/rpc/options.js';
import { resolveOptions } from '../../src/vnpy/gateway/options.js';
import { eventually } from '../support/patience.js';

const ANY = 'tcp://127.0.0.1:*';

async function subscribed(options: RpcClientOptions): Promise<{ client: RpcClient; server: RpcServer }> {
  const server = new RpcServer();
  const client = new RpcClient(options);
  onTestFinished(async () => {
    await client.stop();
    await server.stop();
  });
  await server.start(ANY, ANY);
  await client.start(server.addresses?.reply ?? '', server.addresses?.topicFrame);
  client.subscribe('');
  client.on('event', () => undefined);
  await eventually(() => {
    server.publish('x', 0);
    expect(client.stats().events.delivered).toBeGreaterThan(0);
  });
  return { client, server };
}

/** Lets a program compute while a server publishes so many events, as one that the two share must do in turns. */
async function busyDuring(server: RpcServer, events: number): Promise<void> {
  for (let count = 0; count < events; count++) server.publish('x', count);
  const { setImmediate: turn } = await import('node:timers/promises');
  await turn(); // They leave.
  for (const end = performance.now() + 300; performance.now() < end;);
}

test('a thread gives the events that came while the program computed, in order', async () => {
  const { client, server } = await subscribed({ receiver: 'thread' });
  const events = client.events();
  const first = events.next();
  await busyDuring(server, 2000);
  const got = [(await first).value?.data];
  while (got.at(-1) !== 1999) got.push((await events.next()).value?.data);
  const numbers = got.slice(got.lastIndexOf(0));
  expect(numbers).toEqual(Array.from({ length: 2000 }, (_, count) => count));
  expect(client.stats().events.missed).toBe(0);
});

test('what the thread drops is counted, and told', async () => {
  const { client, server } = await subscribed({ receiver: 'thread', receiveHighWaterMark: 100 });
  const problems: ClientProblem[] = [];
  client.on('error', (problem) => problems.push(problem));
  while (client.stats().events.missed === 0) await busyDuring(server, 5000);

  const { missed } = client.stats().events;
  expect(problems[0]).toMatchObject({
    kind: 'missed-events',
    message: expect.stringMatching(/^\d+ events were lost: more than receiveHighWaterMark, 100, waited/) as string,
  });
  const told = problems.map((problem) => (problem.kind === 'missed-events' ? problem.count : 0));
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(missed);
});

test('a client receives inline and a gateway in a thread, unless an option says otherwise', () => {
  expect(CONNECTION_ROWS.receiver.default).toBe('auto');
  expect(resolveOptions({}).client.receiver).toBe('thread');
  expect(resolveOptions({ receiver: 'auto' }).client.receiver).toBe('thread');
  expect(resolveOptions({ receiver: 'inline' }).client.receiver).toBe('inline');
  expect(() => new RpcGateway({ receiver: 'worker' as 'thread' })).toThrow(/receiver must be one of/);
});
