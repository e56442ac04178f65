/**
 * Consumers of `npm run bench -- cluster`, so many in a process. Its argument says as JSON which. It sends a message when all are
 * connected, and answers questions of its parent.
 *
 * @module
 */
import { connect } from '@nats-io/transport-node';
import { Subscriber } from 'zeromq';
import { ClusterGateway } from 'vnpy-bridge/cluster';
import { Exchange, RpcGateway, SubscribeRequest } from 'vnpy-bridge/vnpy';
import { ACCOUNT, CLUSTER, QUIET, RAW, symbolOf, watchHealth } from './cluster-parts.js';
import type { ConsumerQuestion, ConsumerRole, Losses, Received } from './cluster-parts.js';
import { percentiles } from './rpc-turns.js';

/** After so many ms without a tick the rest is lost. */
const PATIENCE = 2000;

const role = JSON.parse(process.argv[2] ?? '') as ConsumerRole;
const { kind, count, market, servers = [], account = ACCOUNT, symbols = [] } = role;

let seen = 0;
let expected = Infinity;
let isTimed = false;
let late: number[] = [];
let [first, last] = [0, 0];
let cpu = process.cpuUsage();
let used = 0;

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

function see(made: number): void {
  seen++;
  if (isTimed) late.push(now() - made);
  if (seen === 1) first = performance.now();
  if (seen % 64 === 0 || seen === expected) last = performance.now();
  if (seen === expected) note();
}

function note(): void {
  const { user, system } = process.cpuUsage(cpu);
  used = user + system;
}

const gateways: ClusterGateway[] = [];
/** Clients that have lost their edge, and what they said. */
const losers = new Set<ClusterGateway>();
const reasons = new Map<string, number>();
const health = watchHealth();

function lost(gateway: ClusterGateway, detail: string): void {
  losers.add(gateway);
  const reason = detail.replace(/\d+/g, 'N');
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}

function lossesSoFar(): Losses {
  const steady = gateways.filter((gateway) => !losers.has(gateway));
  return { reasons: Object.fromEntries(reasons), unexplained: missedBy(steady) };
}

const missedBy = (some: readonly ClusterGateway[]): number =>
  some.reduce((sum, gateway) => sum + gateway.eventCounts().missedTicks, 0);

async function open(number: number): Promise<void> {
  if (kind === 'zeromq') {
    const socket = new Subscriber({ receiveHighWaterMark: 0, linger: 0 });
    socket.subscribe();
    socket.connect(market.publish ?? '');
    void (async () => {
      for await (const [, body] of socket) see(body?.readDoubleBE(0) ?? NaN);
    })();
  } else if (kind === 'nats') {
    const connection = await connect({ servers: [...servers] });
    const callback = (_: unknown, { data }: { readonly data: Uint8Array }): void => {
      see(Buffer.from(data.buffer, data.byteOffset, 8).readDoubleBE(0));
    };
    connection.subscribe(`${RAW}.>`, { callback });
    await connection.flush();
  } else if (kind === 'gateway') {
    const gateway = new RpcGateway({ logger: QUIET });
    gateway.on('tick', ({ turnover }, { fresh }) => {
      if (fresh) see(turnover);
    });
    await gateway.connect(market.request ?? '', market.publish ?? '');
  } else {
    const ticks = symbols.length === 0 ? 'all' : 'subscribed';
    const place = { servers, cluster: CLUSTER, account, principal: `c${number}` };
    const gateway = new ClusterGateway({ ...place, ticks, logger: QUIET });
    gateway.on('tick', ({ turnover }, { fresh }) => {
      if (fresh) see(turnover);
    });
    gateway.on('status', (status) => {
      if (status.state === 'disconnected') lost(gateway, status.detail);
    });
    await gateway.connect();
    const own = symbols[number] ?? [];
    for (const each of own)
      await gateway.subscribe(new SubscribeRequest({ symbol: symbolOf(each), exchange: Exchange.SHFE }), 'SIM');
    gateways.push(gateway);
  }
}

function result(): Received {
  const late50 = late.length === 0 ? NaN : percentiles(late).p50;
  const rate = ((seen - 1) / (last - first)) * 1000;
  return { seen, rate, cpu: used / seen, late: late50, missed: missedBy(gateways) };
}

/** Waits for the rest. */
async function completed(): Promise<Received> {
  for (let before = -1, since = performance.now(); seen < expected && performance.now() - since < PATIENCE;) {
    if (seen !== before) [before, since] = [seen, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (seen < expected) note();
  return result();
}

async function answer(question: ConsumerQuestion): Promise<unknown> {
  switch (question.op) {
    case 'begin':
      [seen, expected, isTimed, late] = [0, question.expected, question.isTimed, []];
      cpu = process.cpuUsage();
      return true;
    case 'completed':
      return completed();
    case 'now':
      return result();
    case 'losses':
      return lossesSoFar();
    case 'health':
      return health();
  }
}

for (let number = 0; number < count; number += 20)
  await Promise.all(Array.from({ length: Math.min(20, count - number) }, (_, each) => open(number + each)));
process.on('message', (question: ConsumerQuestion) => {
  void answer(question).then((value) => process.send?.(value));
});
process.on('disconnect', () => process.exit());
process.send?.('connected');
