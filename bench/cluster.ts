/**
 * `npm run bench -- cluster [ticks] [snapshot] [orders] [soak]`: a cluster on a real nats-server, beside a client at the server
 * itself, a relay, zeromq.js and nats.js alone, and nats-py with pickle.loads. `--full` adds the soak of ten minutes; without it a
 * soak that is named takes two.
 *
 * All contenders of a table take turns on the same machine, and medians are compared. Targets stand beside what was reached.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterGateway, NatsTransport } from 'vnpy-bridge/cluster';
import { Direction, Exchange, Offset, OrderRequest, OrderType, RpcGateway } from 'vnpy-bridge/vnpy';
import { NatsCluster } from '../interop/support/nats-cluster.js';
import { NatsServer } from '../interop/support/nats-server.js';
import { makeStreams, OrderWays } from './support/cluster-orders.js';
import { CLUSTER, QUIET, startMarket, symbolOf } from './support/cluster-parts.js';
import { soak } from './support/cluster-soak.js';
import { benchTicks } from './support/cluster-ticks.js';
import { measure, median, printTable, shownTime } from './support/report.js';
import type { BenchmarkOptions } from './support/report.js';
import { against } from './support/rpc-turns.js';

const SNAPSHOT = 1000;
const SNAPSHOT_TARGET = 100e6;
const ORDERS = 30;
const MOST_ROUNDS = 3;
/** Of the soak, after a minute to warm up. */
const MINUTES = 10;
const SHORT_MINUTES = 2;
/** An order through the cluster to one at the server itself, and what the journal may add, in ns. */
const ORDER_TARGET = 3;
const JOURNAL_TARGET = 2e6;

/** Runs the benchmark and prints its tables: those whose names contain one of the filters. */
export async function run({ rounds: asked, filters, full }: BenchmarkOptions): Promise<void> {
  const rounds = Math.min(asked, MOST_ROUNDS);
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((filter) => name.includes(filter));
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores of ${cpus()[0]?.model ?? 'unknown'}, ` +
      `load before: ${loadavg()[0]?.toFixed(2)}; medians of ${rounds} turns. Ratios count, not times.`,
  );
  await using nats = await NatsServer.start();
  if (wanted('ticks')) await benchTicks(nats.url, rounds);
  if (wanted('snapshot')) await benchSnapshot(nats.url, asked);
  if (wanted('orders')) await benchOrders(nats.url, asked);
  const isSoakNamed = filters.some((filter) => 'soak'.includes(filter));
  if (full ? wanted('soak') : isSoakNamed)
    if (!(await soak(nats, full ? MINUTES : SHORT_MINUTES))) process.exitCode = 1;

  console.log(`\nload after: ${loadavg()[0]?.toFixed(2)}`);
}

async function benchSnapshot(url: string, rounds: number): Promise<void> {
  const servers = [url];
  const account = 'snapshot';
  await using service = await startMarket({ mode: 'service', symbols: SNAPSHOT });
  await using edge = await startMarket({ mode: 'edge', symbols: SNAPSHOT, servers, account });
  for (const { ask } of [service, edge]) await ask({ op: 'series', count: SNAPSHOT, rate: 0 });
  const times = { direct: [] as number[], cluster: [] as number[], server: [] as number[] };
  const transport = await NatsTransport.connect({ servers, logger: QUIET });
  for (let round = -1; round < rounds; round++) {
    await using direct = new RpcGateway({ logger: QUIET });
    await direct.connect(service.told.request ?? '', service.told.publish ?? '');
    await using cluster = new ClusterGateway({ servers, cluster: CLUSTER, account, principal: 'bench', logger: QUIET });
    await cluster.connect();
    const taken = {
      direct: await timeOf(() => ticksOf(direct)),
      cluster: await timeOf(() => ticksOf(cluster)),
      server: await timeOf(() => transport.lasts([`vb1.${CLUSTER}.md.${account}.>`], { timeout: 5000 })),
    };
    if (round >= 0) for (const name of ['direct', 'cluster', 'server'] as const) times[name].push(taken[name]);
  }
  await transport.close();
  const cluster = median(times.cluster);
  const ratio = `${(cluster / median(times.direct)).toFixed(2)} x`;
  const target = `<= ${shownTime(SNAPSHOT_TARGET)} ${cluster <= SNAPSHOT_TARGET ? 'reached' : 'missed'}`;
  console.log(`\nThe last ticks of ${SNAPSHOT} symbols\n`);
  printTable([
    ['by', 'time', 'to the first', 'target'],
    ['RpcGateway at the server', shownTime(median(times.direct)), '', ''],
    ['ClusterGateway', shownTime(cluster), ratio, target],
    ['the nats-server alone, undecoded', shownTime(median(times.server)), '', ''],
  ]);
}

/** Asks for the last tick of each symbol, as a subscription does. */
async function ticksOf(gateway: RpcGateway): Promise<void> {
  const symbols = Array.from({ length: SNAPSHOT }, (_, number) => `${symbolOf(number)}.SHFE`);
  await Promise.all(symbols.map((symbol) => gateway.client.call('get_tick', [symbol])));
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) * 1e6;
}

async function benchOrders(url: string, rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  await using three = await NatsCluster.start();
  try {
    await makeStreams(three.urls, 'three', three.urls.length);
    await using ways = new OrderWays();
    const state = folder;
    const clients = {
      direct: await ways.direct(),
      relay: await ways.relay(),
      plain: await ways.cluster([url], 'plain', state, '--no-journal'),
      one: await ways.cluster([url], 'one', state),
      plainOfThree: await ways.cluster(three.urls, 'plain', state, '--no-journal'),
      three: await ways.cluster(three.urls, 'three', state),
    };
    // What the journal of an edge does once before an order leaves, by a program that does nothing else.
    const oneStore = await ways.store([url], 'one');
    const threeStores = await ways.store(three.urls, 'three');
    const sending = (gateway: RpcGateway) => (): Promise<number> => middleOf(() => gateway.sendOrder(ORDER, 'SIM'));
    const times = await measure(
      {
        direct: sending(clients.direct),
        relay: sending(clients.relay),
        plain: sending(clients.plain),
        one: sending(clients.one),
        plainOfThree: sending(clients.plainOfThree),
        three: sending(clients.three),
        oneAppend: () => middleOf(oneStore),
        threeAppends: () => middleOf(threeStores),
      },
      rounds,
    );
    const row = (name: string, time: number, target?: number): string[] => [
      ...[name, shownTime(time)],
      ...against(time / times.direct, target, 'most'),
    ];
    const journal = (name: string, time: number, plain: number): string[] => {
      const more = time - plain;
      const target = `<= ${shownTime(JOURNAL_TARGET)} ${more <= JOURNAL_TARGET ? 'reached' : 'missed'}`;
      return [...row(name, time).slice(0, 3), `+ ${shownTime(more)}: ${target}`];
    };
    console.log('\nAn order and its id, one after the other; relay and edge stand before a server as the first one\n');
    printTable([
      ['by', 'time', 'to the first', 'target'],
      row('RpcGateway at the server', times.direct),
      row('RpcGateway at a relay', times.relay),
      row('ClusterGateway, no journal', times.plain, ORDER_TARGET),
      journal('ClusterGateway, journal at 1 server, synced', times.one, times.plain),
      row('ClusterGateway, no journal, 3 servers', times.plainOfThree),
      journal('ClusterGateway, journal at 3 servers, synced', times.three, times.plainOfThree),
      row('nats.js alone, one append at 1 server, synced', times.oneAppend),
      row('nats.js alone, one append at 3 servers, synced', times.threeAppends),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ORDER = new OrderRequest({
  ...{ symbol: 'rb2705', exchange: Exchange.SHFE, direction: Direction.LONG, offset: Offset.OPEN },
  ...{ type: OrderType.LIMIT, volume: 1, price: 3300 },
});

/** The middle of the times of some orders, or of what stands beside them, in ns. */
async function middleOf(send: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let sent = 0; sent < ORDERS; sent++) times.push(await timeOf(send));
  return median(times);
}
