/** Three nats-servers, of which one is killed or stands still: what was acknowledged is kept, and one of many wins. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { StreamPlan } from 'vnpy-bridge/cluster';
import { NatsTransport } from '../src/cluster/transport/nats-transport.js';
import { NatsCluster } from './support/nats-cluster.js';
import type { NatsServer } from './support/nats-server.js';

const PLAN: StreamPlan = {
  name: 'LOG',
  subjects: ['log.>'],
  description: '',
  storage: 'file',
  replicas: 3,
  ttls: true,
};

let cluster: NatsCluster;
let one: NatsTransport;
let two: NatsTransport;

beforeAll(async () => {
  cluster = await NatsCluster.start();
  const options = { servers: cluster.urls, pingInterval: 500, connectTimeout: 30_000 };
  one = await NatsTransport.connect({ ...options, name: 'one' });
  two = await NatsTransport.connect({ ...options, name: 'two' });
  await patiently(() => one.ensureStream(PLAN));
  await patiently(() => two.last('log.none', { timeout: 1000 }));
});

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  await cluster[Symbol.asyncDispose]();
});

test('the server that leads is killed: what was acknowledged is there, in order, and nothing twice', async () => {
  const acknowledged: string[] = [];
  const unknown = new Set<string>();
  let count = 0;
  let isOver = false;
  /** Each writes what nobody has written, and only where it is the first. */
  const writer = async (transport: NatsTransport): Promise<void> => {
    while (!isOver) {
      const key = `log.key.${count++}`;
      const outcome = await append(transport, key);
      if (outcome === 'done') acknowledged.push(key);
      else if (outcome === 'TIMEOUT' || outcome === 'FAILED') unknown.add(key);
      if (outcome !== 'done') await sleep(20);
    }
  };
  const writers = [writer(one), writer(two)];
  await sleep(700);
  const leader = await leaderOf();
  await leader.stop();
  await patiently(() => one.append('log.after.one', bytes('1'), { timeout: 1000 }));
  await patiently(() => two.append('log.after.two', bytes('1'), { timeout: 1000 }));
  await sleep(300);
  isOver = true;
  await Promise.all(writers);
  await two.append('log.end', bytes('1'), { timeout: 5000 });

  const stored: string[] = [];
  let last = 0;
  for await (const { subject, seq } of two.history('log.>', { timeout: 10_000 })) {
    expect(seq).toBeGreaterThan(last);
    last = seq;
    stored.push(subject);
  }
  const keys = stored.filter((subject) => subject.startsWith('log.key.'));
  expect(new Set(keys).size).toBe(keys.length);
  expect(acknowledged.length).toBeGreaterThan(20);
  const there = new Set(stored);
  expect(acknowledged.filter((key) => !there.has(key))).toEqual([]);
  expect(keys.filter((key) => !unknown.has(key) && !acknowledged.includes(key))).toEqual([]);
  // Whoever tries again what is not known learns whether it is there.
  for (const key of unknown) expect(await append(one, key)).toBe(there.has(key) ? 'CONFLICT' : 'done');
});

test('of two left one of many wins, and with one nothing is stored', async () => {
  const tries = Array.from({ length: 20 }, (_, index) => append(index % 2 ? one : two, 'log.race'));
  const outcomes = await Promise.all(tries);
  expect(outcomes.filter((each) => each === 'done')).toHaveLength(1);
  expect(outcomes.filter((each) => each === 'CONFLICT')).toHaveLength(19);

  const stopped = cluster.servers.find(({ url }) => isRunning(url) && !one.server.address.endsWith(portOf(url)));
  await stopped?.stop();
  await sleep(500);
  const outcome = await append(one, 'log.alone');
  expect(['TIMEOUT', 'FAILED', 'NO_STREAM', 'DISCONNECTED']).toContain(outcome);
});

const gone = new Set<string>();

function isRunning(url: string): boolean {
  return !gone.has(url);
}

/** The server that leads the stream, by what it writes when it begins. */
async function leaderOf(): Promise<NatsServer> {
  const answer = await one.request('$JS.API.STREAM.INFO.LOG', new Uint8Array(), { timeout: 5000 });
  const { cluster: group } = JSON.parse(Buffer.from(answer.payload).toString()) as { cluster: { leader: string } };
  const leader = cluster.servers[Number(group.leader.slice(1)) - 1];
  if (leader === undefined) throw new Error(`no server is called ${group.leader}`);
  gone.add(leader.url);
  return leader;
}

async function append(transport: NatsTransport, subject: string): Promise<string> {
  try {
    await transport.append(subject, bytes('1'), { timeout: 1000, expectedLast: 0 });
  } catch (error) {
    if (error instanceof ClusterTransportError) return error.code;
    throw error;
  }
  return 'done';
}

/** Tries again until it is done: servers choose a leader for seconds. */
async function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (const end = Date.now() + 40_000; ;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}

function portOf(url: string): string {
  return url.slice(url.lastIndexOf(':'));
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
