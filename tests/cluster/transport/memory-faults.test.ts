import { expect, test } from 'vitest';
import type { ClusterTransport, TransportStatus } from 'vnpy-bridge/cluster';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import { MemoryCluster } from '../../../src/cluster/transport/memory-transport.js';
import { ManualClock, settled } from '../support/manual-clock.js';

const TIMEOUT = 500;

interface Scene {
  readonly clock: ManualClock;
  readonly cluster: MemoryCluster;
  readonly desk: ClusterTransport;
  readonly edge: ClusterTransport;
  /** What the edge has heard of `cmd.>`. */
  readonly executed: string[];
}

async function scene(): Promise<Scene> {
  const clock = new ManualClock();
  const cluster = new MemoryCluster({ clock });
  const [desk, edge] = [cluster.connect({ name: 'desk' }), cluster.connect({ name: 'edge' })];
  await edge.ensureStream({
    name: 'LEASE',
    subjects: ['lease.>'],
    description: '',
    storage: 'file',
    replicas: 1,
    ttls: true,
  });
  await edge.ensureStream({ name: 'LAST', subjects: ['md.>'], description: '', storage: 'memory', replicas: 1 });
  const executed: string[] = [];
  edge.subscribe('cmd.>', ({ payload, reply }) => {
    executed.push(text(payload));
    if (reply !== undefined) edge.publish(reply, payload);
  });
  return { clock, cluster, desk, edge, executed };
}

test('what comes to a program that stands still waits, and is executed late', async () => {
  const { clock, cluster, desk, executed } = await scene();
  cluster.pause('edge');
  const asked = outcome(desk.request('cmd.order', bytes('1'), { timeout: TIMEOUT }));
  await clock.advance(TIMEOUT);
  expect(await asked).toBe('TIMEOUT');
  expect(executed).toEqual([]);
  cluster.thaw('edge');
  await settled();
  expect(executed).toEqual(['1']);
});

test('what a program that stands still wanted to say waits', async () => {
  const { cluster, desk, edge } = await scene();
  const heard = hear(desk, 'beat.>');
  cluster.pause('edge');
  edge.publish('beat.edge', bytes('1'));
  await settled();
  expect(heard).toEqual([]);
  cluster.thaw('edge');
  await settled();
  expect(heard).toEqual(['1']);
});

test('a client that was cut knows it, and loses what was under way', async () => {
  const { cluster, desk, executed } = await scene();
  const statuses: TransportStatus[] = [];
  const stop = desk.onStatus((status) => statuses.push(status));
  const heard = hear(desk, 'a');
  cluster.pause('edge');
  const asked = outcome(desk.request('cmd.order', bytes('1'), { timeout: TIMEOUT }));
  await settled();
  cluster.cut('desk', 'the cable');
  expect(await asked).toBe('FAILED');
  expect(desk.status()).toEqual({ isConnected: false, detail: 'the cable' });
  expect(await outcome(desk.request('cmd.order', bytes('2'), { timeout: TIMEOUT }))).toBe('DISCONNECTED');
  expect(await outcome(desk.append('lease.a', bytes('2'), { timeout: TIMEOUT }))).toBe('DISCONNECTED');
  expect(() => {
    desk.publish('a', bytes('2'));
  }).toThrow(expect.objectContaining({ code: 'DISCONNECTED' }));
  cluster.thaw('edge');
  cluster.restore('desk');
  await settled();
  expect(executed).toEqual(['1']);
  expect(statuses.map(({ isConnected }) => isConnected)).toEqual([false, true]);
  desk.publish('a', bytes('3'));
  await settled();
  expect(heard).toEqual(['3']);
  stop();
  cluster.cut('desk');
  expect(statuses).toHaveLength(2);
});

test('a black hole is noticed after a while, and what it swallowed arrives when it heals', async () => {
  const { clock, cluster, desk, executed } = await scene();
  cluster.blackHole('desk');
  const asked = outcome(desk.request('cmd.order', bytes('1'), { timeout: TIMEOUT }));
  await clock.advance(TIMEOUT);
  expect(await asked).toBe('TIMEOUT');
  expect(desk.status().isConnected).toBe(true);
  await clock.advance(4000);
  expect(desk.status().isConnected).toBe(false);
  expect(await outcome(desk.request('cmd.order', bytes('2'), { timeout: TIMEOUT }))).toBe('DISCONNECTED');
  cluster.heal('desk');
  await settled();
  expect(executed).toEqual(['1']);
  expect(desk.status().isConnected).toBe(true);
});

test('messages get lost, as many as one says', async () => {
  const { cluster, desk, executed } = await scene();
  const lost = cluster.drop('cmd.*', { client: 'desk', times: 2 });
  for (const each of ['1', '2', '3']) desk.publish('cmd.order', bytes(each));
  await settled();
  expect(executed).toEqual(['3']);
  expect(lost.met).toBe(2);
});

test('messages to one client get lost', async () => {
  const { cluster, desk, edge } = await scene();
  const [ours, theirs] = [hear(desk, 'md.>'), hear(edge, 'md.>')];
  const lost = cluster.drop('md.>', { stage: 'deliver', client: 'desk' });
  edge.publish('md.a', bytes('1'));
  await settled();
  lost.end();
  edge.publish('md.a', bytes('2'));
  await settled();
  expect(ours).toEqual(['2']);
  expect(theirs).toEqual(['1', '2']);
});

test('messages arrive in another order', async () => {
  const { cluster, desk, executed } = await scene();
  const held = cluster.hold('cmd.*', { times: 2 });
  for (const each of ['1', '2', '3']) desk.publish('cmd.order', bytes(each));
  await settled();
  expect(executed).toEqual(['3']);
  held.release('reversed');
  await settled();
  expect(executed).toEqual(['3', '2', '1']);
});

test('what a client may not is refused, and heard of', async () => {
  const { cluster, desk, executed } = await scene();
  const refused: string[] = [];
  desk.onRefused((detail) => refused.push(detail));
  cluster.deny('desk', { publish: ['cmd.>', 'lease.>'], subscribe: ['md.>'] });
  const heard = hear(desk, 'md.a');
  desk.publish('cmd.order', bytes('1'));
  expect(await outcome(desk.request('cmd.order', bytes('2'), { timeout: TIMEOUT }))).toBe('DENIED');
  expect(await outcome(desk.append('lease.a', bytes('3'), { timeout: TIMEOUT }))).toBe('DENIED');
  expect(await outcome(desk.last('md.a', { timeout: TIMEOUT }))).toBe('DENIED');
  desk.publish('md.a', bytes('4'));
  await settled();
  expect(heard).toEqual([]);
  expect(executed).toEqual([]);
  expect(refused).toEqual(['subscribing to md.a is not allowed', 'publishing to cmd.order is not allowed']);
  cluster.deny('desk');
  desk.publish('cmd.order', bytes('5'));
  await settled();
  expect(executed).toEqual(['5']);
});

test('what is stored is not acknowledged', async () => {
  const { clock, cluster, edge } = await scene();
  cluster.loseAcks('lease.>', { times: 1 });
  const appended = outcome(edge.append('lease.a', bytes('1'), { timeout: TIMEOUT, expectedLast: 0 }));
  await clock.advance(TIMEOUT);
  expect(await appended).toBe('TIMEOUT');
  expect(await outcome(edge.append('lease.a', bytes('1'), { timeout: TIMEOUT, expectedLast: 0 }))).toBe('CONFLICT');
});

test('a store that grants a lease to two', async () => {
  const { cluster, desk, edge } = await scene();
  cluster.grantTwice('lease.a', 2);
  const append = (who: ClusterTransport): Promise<string> =>
    outcome(who.append('lease.a', bytes('1'), { timeout: TIMEOUT, expectedLast: 0 }));
  expect(await Promise.all([append(desk), append(edge)])).toEqual(['done', 'done']);
  expect(await append(edge)).toBe('CONFLICT');
});

test('a stream loses its end, is put back, and is gone', async () => {
  const { cluster, edge } = await scene();
  const append = (content: string, expectedLast: number): Promise<number> =>
    edge.append('lease.a', bytes(content), { timeout: TIMEOUT, expectedLast });
  await append('1', 0);
  const old = cluster.copyStream('LEASE');
  await append('2', 1);
  await append('3', 2);
  cluster.rollBackStream('LEASE', 2);
  expect(text((await edge.last('lease.a', { timeout: TIMEOUT }))?.payload)).toBe('2');
  expect(await append('again', 2)).toBe(3);
  cluster.restoreStream('LEASE', old);
  expect(await append('other', 1)).toBe(2);
  cluster.loseStream('LEASE');
  expect(await outcome(append('4', 2))).toBe('NO_STREAM');
});

test('reads are old ones, and appending tells', async () => {
  const { cluster, edge } = await scene();
  const first = await edge.append('lease.a', bytes('1'), { timeout: TIMEOUT });
  const second = await edge.append('lease.a', bytes('2'), { timeout: TIMEOUT });
  cluster.lagReads('lease.>', 1);
  expect((await edge.last('lease.a', { timeout: TIMEOUT }))?.seq).toBe(first);
  expect(await outcome(edge.append('lease.a', bytes('3'), { timeout: TIMEOUT, expectedLast: first }))).toBe('CONFLICT');
  cluster.lagReads('lease.>', 0);
  expect((await edge.last('lease.a', { timeout: TIMEOUT }))?.seq).toBe(second);
});

test('a server that ends loses what it had in memory', async () => {
  const { cluster, desk, edge } = await scene();
  await edge.append('lease.a', bytes('1'), { timeout: TIMEOUT });
  await edge.append('md.a', bytes('1'), { timeout: TIMEOUT });
  cluster.stop();
  expect(desk.status().isConnected).toBe(false);
  const late = cluster.connect({ name: 'late' });
  expect(late.status().isConnected).toBe(false);
  cluster.start();
  expect(late.status().isConnected).toBe(true);
  expect(await desk.last('lease.a', { timeout: TIMEOUT })).toBeDefined();
  expect(await desk.last('md.a', { timeout: TIMEOUT })).toBeUndefined();
});

test('a name is one client’s', async () => {
  const { cluster, desk } = await scene();
  expect(() => cluster.connect({ name: 'desk' })).toThrow(ClusterTransportError);
  await desk.close();
  expect(cluster.clients).toEqual(['edge']);
  cluster.connect({ name: 'desk' });
  expect(() => {
    cluster.cut('nobody');
  }).toThrow(/nobody/);
});

function hear(transport: ClusterTransport, pattern: string): string[] {
  const heard: string[] = [];
  transport.subscribe(pattern, ({ payload }) => heard.push(text(payload)));
  return heard;
}

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ClusterTransportError) return error.code;
    throw error;
  }
  return 'done';
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(payload: Uint8Array | undefined): string {
  return new TextDecoder().decode(payload);
}
