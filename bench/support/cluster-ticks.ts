/**
 * The ticks of `npm run bench -- cluster`: as fast as it goes, and calmly.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { OrderWays } from './cluster-orders.js';
import { CLUSTER, startConsumers, startMarket, SYMBOLS } from './cluster-parts.js';
import type { ConsumerRole, MarketQuestion, Received } from './cluster-parts.js';
import { PythonPeer } from './python.js';
import { printTable } from './report.js';
import { against, turns } from './rpc-turns.js';

const CONSUMERS = [1, 10, 50, 200];
/** Deliveries of a turn, all consumers together, as fast as it goes; and a second, for the latency. */
const DELIVERIES = 10_000;
const CALM = 2000;
/** Ticks of a turn at least: of fewer, what a publisher does besides would be the larger part. Calmly it is not looked at. */
const LEAST = 200;
const LEAST_CALM = 20;
/** Ticks that a publisher tells nobody before: the first are dearer until they are compiled. */
const WARM = 20_000;
const HEAD = [
  ...['consumers, by', 'deliveries/s', 'to zeromq.js', 'CPU of one', 'publisher CPU'],
  ...['p50, calm', 'to zeromq.js', 'lost'],
];
/** µs of CPU that a tick may take an edge, beyond the client that brings it. */
const EDGE_CPU = 12;

/** What a turn of ticks gives: of all consumers together, and the µs of CPU that one tick takes its publisher. */
interface Ticks extends Received {
  readonly publisher: number;
  readonly lost: number;
}

interface Contender extends AsyncDisposable {
  readonly begin: (expected: number, isTimed: boolean) => Promise<unknown>;
  readonly completed: () => Promise<Received>;
  readonly market: (question: MarketQuestion) => Promise<unknown>;
}

/** Measures all, and prints two tables. */
export async function benchTicks(url: string, rounds: number): Promise<void> {
  const servers = [url];
  const role = { symbols: SYMBOLS, servers };
  await using service = await startMarket({ ...role, mode: 'service' });
  await using behind = await startMarket({ ...role, mode: 'service' });
  await using edge = await startMarket({ ...role, mode: 'edge' });
  // Its own: consumers of another contender would take from the time of those that are measured.
  await using pythonEdge = await startMarket({ ...role, mode: 'edge', account: 'python' });
  await using rawZeromq = await startMarket({ ...role, mode: 'zeromq' });
  await using rawNats = await startMarket({ ...role, mode: 'nats' });
  await using ways = new OrderWays();
  const relay = await ways.startRelay(behind.told);
  for (const { ask } of [service, behind, edge, pythonEdge, rawZeromq, rawNats])
    await ask({ op: 'series', count: WARM, rate: 0 });
  const all = new Map<number, Results>();
  console.log(`\nTicks of ${SYMBOLS} symbols to consumers in one process; zeromq.js and nats.js alone decode nothing`);
  for (const count of CONSUMERS) {
    await using python = await pythonConsumers(url, count, pythonEdge.ask);
    await using zeromq = await consumers({ kind: 'zeromq', count, market: rawZeromq.told }, rawZeromq.ask);
    await using nats = await consumers({ kind: 'nats', count, market: {}, servers }, rawNats.ask);
    await using direct = await consumers({ kind: 'gateway', count, market: service.told }, service.ask);
    await using relayed = await consumers({ kind: 'gateway', count, market: relay }, behind.ask);
    await using cluster = await consumers({ kind: 'cluster', count, market: {}, servers }, edge.ask);
    await sleep(500); // Until the publishers have read all subscriptions.
    const results = await fastAndCalm({ zeromq, nats, direct, relayed, cluster, python }, count, rounds);
    all.set(count, results);
    console.log('');
    printTable([HEAD, ...rowsOf(count, results)]);
  }
  console.log('\nClusterGateway, by the number of consumers\n');
  printTable([['ratio', 'reached', 'target'], ...targetRows(all)]);
}

async function consumers(role: ConsumerRole, market: Contender['market']): Promise<Contender> {
  const process = await startConsumers(role);
  return {
    market,
    begin: (expected, isTimed) => process.ask({ op: 'begin', expected, isTimed }),
    completed: () => process.ask({ op: 'completed' }) as Promise<Received>,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

async function pythonConsumers(url: string, count: number, market: Contender['market']): Promise<Contender> {
  const python = new PythonPeer('bench/support/cluster_consumer.py');
  await python.ask({ op: 'open', url, subject: `vb1.${CLUSTER}.md.python.>`, count });
  return {
    market,
    begin: (expected, isTimed) => python.ask({ op: 'begin', expected, isTimed }),
    completed: () => python.ask<Received>({ op: 'completed' }),
    [Symbol.asyncDispose]: () => python[Symbol.asyncDispose](),
  };
}

interface Both {
  readonly fast: Ticks;
  readonly calm: Ticks;
}

type Results = Readonly<Record<Name, Both>>;
type Name = 'zeromq' | 'nats' | 'direct' | 'relayed' | 'cluster' | 'python';

async function fastAndCalm(
  contenders: Readonly<Record<Name, Contender>>,
  count: number,
  rounds: number,
): Promise<Record<Name, Both>> {
  const names = Object.keys(contenders) as Name[];
  const by = <Value>(value: (name: Name) => Value): Record<Name, Value> =>
    Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;
  const each = (rate: number, deliveries: number, times: number): Promise<Record<Name, Ticks>> =>
    turns(
      by((name) => () => turn(contenders[name], { count, rate, deliveries })),
      times,
    );
  const fast = await each(0, DELIVERIES, rounds);
  const calm = await each(Math.max(40, CALM / count), CALM / 4, 1);
  return by((name) => ({ fast: fast[name], calm: calm[name] }));
}

async function turn(
  { begin, completed, market }: Contender,
  { count, rate, deliveries }: { readonly count: number; readonly rate: number; readonly deliveries: number },
): Promise<Ticks> {
  const published = Math.max(rate === 0 ? LEAST : LEAST_CALM, Math.round(deliveries / count));
  await begin(published * count, rate > 0);
  const publisher = (await market({ op: 'series', count: published, rate })) as number;
  const received = await completed();
  return { ...received, publisher, lost: 1 - received.seen / (published * count) };
}

const LABELS: Readonly<Record<Name, string>> = {
  zeromq: 'zeromq.js alone',
  nats: 'nats.js alone',
  direct: 'RpcGateway at the server',
  relayed: 'RpcGateway at a relay',
  cluster: 'ClusterGateway',
  python: 'nats-py, pickle.loads',
};

function rowsOf(count: number, results: Results): string[][] {
  const base = results.zeromq;
  const times = (ratio: number): string => `${ratio.toFixed(2)} x`;
  return (Object.entries(results) as [Name, Both][]).map(([name, { fast, calm }]) => [
    `${count}, ${LABELS[name]}`,
    fast.rate.toFixed(0),
    times(fast.rate / base.fast.rate),
    `${fast.cpu.toFixed(1)} µs`,
    `${fast.publisher.toFixed(1)} µs`,
    `${calm.late.toFixed(2)} ms`,
    times(calm.late / base.calm.late),
    `${(fast.lost * 100).toFixed(1)} %`,
  ]);
}

function targetRows(all: ReadonlyMap<number, Results>): string[][] {
  const rows: string[][] = [];
  for (const [count, { zeromq, direct, relayed, cluster, python }] of all) {
    const row = (what: string, ratio: number, target?: number, bound?: 'least' | 'most'): void => {
      rows.push([`${count}: ${what}`, ...against(ratio, target, bound)]);
    };
    row('p50 to zeromq.js alone', cluster.calm.late / zeromq.calm.late, count === 1 ? 1.5 : 1, 'most');
    row('deliveries/s to zeromq.js alone', cluster.fast.rate / zeromq.fast.rate, count === 1 ? undefined : 1.2);
    row('deliveries/s to RpcGateway at the server', cluster.fast.rate / direct.fast.rate);
    row('deliveries/s to the relay', cluster.fast.rate / relayed.fast.rate, count === 50 ? 1.4 : undefined);
    row('deliveries/s to nats-py', cluster.fast.rate / python.fast.rate, 1.5);
    row('CPU of a tick to nats-py', cluster.fast.cpu / python.fast.cpu, 0.8, 'most');
  }
  for (const [count, { cluster }] of all) {
    const cpu = cluster.fast.publisher;
    const target = `<= ${EDGE_CPU} µs ${cpu <= EDGE_CPU ? 'reached' : 'missed'}`;
    rows.push([`${count}: CPU of a tick at the edge, its client not counted`, `${cpu.toFixed(1)} µs`, target]);
  }
  return rows;
}
