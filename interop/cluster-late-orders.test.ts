/**
 * How an order could arrive late over NATS, after its sender was told that it failed: on a way that is cut, silent or held, and at a
 * server that stands still. What was told not to have left must never arrive, and what arrives late must be refused by its deadline.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import type { TransportStatus } from 'vnpy-bridge/cluster';
import { NatsTransport } from '../src/cluster/transport/nats-transport.js';
import { readBeat, writeBeat } from '../src/cluster/wire/beats.js';
import { EdgeClock } from '../src/cluster/wire/edge-clock.js';
import { readEnvelope, writeEnvelope } from '../src/cluster/wire/envelope.js';
import { eventually } from '../tests/support/patience.js';
import { NatsServer } from './support/nats-server.js';
import { TcpProxy } from './support/tcp-proxy.js';

const ORDER = 'vb1.test.cmd.a.desk.send_order';
const BEAT = 'vb1.test.beat.a.edge';
const BEAT_INTERVAL = 50;
const BEAT_TIMEOUT = 400;
const BUDGET = 800;
const PING = 300;

let server: NatsServer;
let proxy: TcpProxy;
let desk: NatsTransport;
let edge: NatsTransport;
let clock: EdgeClock;
let beats: NodeJS.Timeout;
/** Orders that have come to the edge, those that it has executed, and how long after they were asked for, in ms. */
let heard: string[];
let executed: string[];
let delays: number[];
let askedAt: Map<string, number>;

beforeEach(async () => {
  server = await NatsServer.start();
  proxy = await TcpProxy.open(portOf(server.url));
  desk = await connect(`127.0.0.1:${proxy.port}`, 'desk');
  clock = new EdgeClock();
  [heard, executed, delays] = [[], [], []];
  askedAt = new Map();
  desk.subscribe(BEAT, ({ payload }) => {
    const beat = readBeat(payload);
    if (beat !== undefined) clock.hear(beat, performance.now());
  });
});

afterEach(async () => {
  clearInterval(beats);
  await desk.close();
  await edge.close();
  await proxy[Symbol.asyncDispose]();
  await server.stop();
});

test('no edge listens: certainly not sent, and told at once', async () => {
  edge = await connect(server.url, 'edge');
  const before = performance.now();
  await expect(desk.request(ORDER, bytes('1'), { timeout: 30_000 })).rejects.toMatchObject({ code: 'NO_RESPONDERS' });
  expect(performance.now() - before).toBeLessThan(5000);
});

test('the server is killed: what was asked meanwhile did not leave, and never arrives', async () => {
  await startEdge();
  expect(await order('first')).toBe('executed');
  await server.stop();
  await eventually(() => {
    expect(desk.status().isConnected).toBe(false);
  });
  expect(await order('meanwhile')).toBe('not-sent');
  const next = await NatsServer.start();
  proxy.target = portOf(next.url);
  await edge.close();
  server = next;
  await startEdge();
  await freshBeat();
  expect(await order('after')).toBe('executed');
  expect(heard).toEqual(['first', 'after']);
});

test('a connection is being made, and the server says nothing yet: what is asked does not leave, nor later', async () => {
  await startEdge();
  expect(await order('first')).toBe('executed');
  proxy.mute();
  proxy.cut();
  await eventually(() => {
    // It is connected to the way, which says nothing.
    expect(proxy.open).toBe(1);
  });
  for (let index = 0; index < 20; index++) {
    expect(await order(`dialled ${index}`)).toBe('not-sent');
    await sleep(10);
  }
  proxy.release();
  await freshBeat();
  expect(await order('after')).toBe('executed');
  await sleep(500);
  expect(heard).toEqual(['first', 'after']);
});

test('a black hole: what it swallowed comes late and is refused, and what was asked after it was noticed never comes', async () => {
  await startEdge();
  expect(await order('first')).toBe('executed');
  proxy.hold();
  expect(await order('swallowed')).toBe('unknown');
  await eventually(() => {
    expect(clock.age(performance.now())).toBeGreaterThan(BEAT_TIMEOUT);
  });
  // Without a beat there is no deadline; and without a sign of life no connection.
  expect(await order('no beat')).toBe('not-sent');
  await eventually(() => {
    expect(desk.status()).toMatchObject({ isConnected: false });
  });
  expect(await ask('no sign of life', {})).toBe('DISCONNECTED');
  await sleep(BUDGET);
  proxy.release();
  await freshBeat();
  expect(await order('after')).toBe('executed');
  expect(executed).toEqual(['first', 'after']);
  expect(heard).not.toContain('no beat');
  expect(heard).not.toContain('no sign of life');
});

test('the server stands still: what it holds comes late, and is refused', async () => {
  await startEdge();
  expect(await order('first')).toBe('executed');
  server.signal('SIGSTOP');
  // The signal takes a moment.
  while (await isAwake(edge)) await sleep(10);
  expect(await order('held')).toBe('unknown');
  await eventually(() => {
    expect(desk.status()).toMatchObject({ isConnected: false });
  });
  expect(await order('later')).toBe('not-sent');
  await sleep(BUDGET);
  server.signal('SIGCONT');
  await freshBeat();
  expect(await order('after')).toBe('executed');
  expect(executed).toEqual(['first', 'after']);
  expect(heard).not.toContain('later');
});

test('whatever the way does: what was told not to have left never arrives, and nothing is executed after its deadline', async () => {
  await startEdge();
  const told = new Map<string, string>();
  const orders: Promise<void>[] = [];
  const faults = [
    () => {
      proxy.cut();
    },
    () => {
      proxy.mute();
      proxy.cut();
    },
    () => {
      proxy.hold();
    },
    () => {
      proxy.hold();
      proxy.mute();
    },
  ];
  let count = 0;
  const asking = setInterval(() => {
    const id = String(count++);
    orders.push(
      order(id).then((outcome) => {
        told.set(id, outcome);
      }),
    );
  }, 7);
  for (let round = 0; round < 16; round++) {
    faults[round % faults.length]?.();
    await sleep(50 + Math.random() * 700);
    proxy.release();
    await sleep(100 + Math.random() * 400);
  }
  clearInterval(asking);
  await Promise.all(orders);
  await freshBeat();
  expect(await order('last')).toBe('executed');
  const of = (wanted: string): string[] => [...told].filter(([, outcome]) => outcome === wanted).map(([id]) => id);
  expect(of('executed').length).toBeGreaterThan(20);
  expect(of('not-sent').length).toBeGreaterThan(20);
  const arrived = new Set(heard);
  expect(of('not-sent').filter((id) => arrived.has(id))).toEqual([]);
  expect(heard).toHaveLength(arrived.size);
  expect(Math.max(...delays)).toBeLessThanOrEqual(BUDGET);
  const done = new Set(executed);
  expect(of('expired').filter((id) => done.has(id))).toEqual([]);
  expect(of('executed').filter((id) => !done.has(id))).toEqual([]);
});

test('a lost connection is told, and what was under way is not known', async () => {
  await startEdge();
  const statuses: TransportStatus[] = [];
  desk.onStatus((status) => statuses.push(status));
  edge.subscribe('silent', () => undefined);
  await edge.flush({ timeout: 5000 });
  const asked = ask('1', {}, 'silent');
  await desk.flush({ timeout: 5000 });
  proxy.cut();
  expect(await asked).toBe('FAILED');
  await eventually(() => {
    expect(statuses.map(({ isConnected }) => isConnected)).toEqual([false, true]);
  });
  // Subscriptions stand over it.
  await freshBeat();
});

test('a server that takes connections and says nothing leaves none open', async () => {
  await startEdge();
  proxy.mute();
  proxy.cut();
  // Attempts last 300 ms each.
  await sleep(2000);
  expect(proxy.open).toBeLessThanOrEqual(1);
  proxy.release();
  await freshBeat();
});

function connect(address: string, name: string): Promise<NatsTransport> {
  return NatsTransport.connect({
    servers: [address],
    name,
    principal: name,
    pingInterval: PING,
    dialTimeout: PING,
    reconnectWait: 20,
  });
}

/** An edge as it is: beats, and nothing executed after its deadline. */
async function startEdge(): Promise<void> {
  edge = await connect(server.url, 'edge');
  edge.subscribe(ORDER, ({ payload, headers, reply }) => {
    const id = new TextDecoder().decode(payload);
    heard.push(id);
    const { deadline } = readEnvelope(headers) ?? {};
    const isLate = deadline === undefined || performance.now() > deadline;
    if (!isLate) {
      executed.push(id);
      delays.push(performance.now() - (askedAt.get(id) ?? NaN));
    }
    if (reply !== undefined && edge.status().isConnected)
      edge.publish(reply, bytes(id), { headers: writeEnvelope(isLate ? { notExecuted: 'expired' } : {}) });
  });
  await edge.flush({ timeout: 5000 });
  clearInterval(beats);
  const boot = Math.floor(Math.random() * 2 ** 32);
  let count = 0;
  beats = setInterval(() => {
    if (!edge.status().isConnected) return;
    const now = { monotonic: performance.now(), wall: Date.now() };
    const who = { account: 'a', edge: 'edge', number: 1, boot, epoch: 1, state: 'active' } as const;
    edge.publish(BEAT, writeBeat({ ...who, ...now, count: count++, load: 0, vnpy: true }));
  }, BEAT_INTERVAL);
  await freshBeat();
}

/** The desk hears the edge that is there now. */
async function freshBeat(): Promise<void> {
  await eventually(() => {
    expect(desk.status().isConnected).toBe(true);
    expect(clock.age(performance.now())).toBeLessThan(2 * BEAT_INTERVAL);
    expect(clock.behind).toBeLessThan(BUDGET);
  });
}

/** What a desk is told of an order: the three outcomes, and where it was refused. */
async function order(id: string): Promise<string> {
  const deadline = clock.deadline(performance.now(), BUDGET, BEAT_TIMEOUT);
  if (deadline === undefined) return 'not-sent';
  const outcome = await ask(id, writeEnvelope({ deadline }));
  return (
    { DISCONNECTED: 'not-sent', NO_RESPONDERS: 'not-sent', TIMEOUT: 'unknown', FAILED: 'unknown' }[outcome] ?? outcome
  );
}

async function ask(id: string, headers: Readonly<Record<string, string>>, subject = ORDER): Promise<string> {
  askedAt.set(id, performance.now());
  try {
    const answer = await desk.request(subject, bytes(id), { timeout: BUDGET, headers });
    return readEnvelope(answer.headers)?.notExecuted ?? 'executed';
  } catch (error) {
    if (error instanceof ClusterTransportError) return error.code;
    throw error;
  }
}

/** Whether the server answers. */
function isAwake(transport: NatsTransport): Promise<boolean> {
  return transport.flush({ timeout: 100 }).then(
    () => true,
    () => false,
  );
}

function portOf(url: string): number {
  return Number(url.slice(url.lastIndexOf(':') + 1));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
