/**
 * `npm run bench -- guard`: what a decision takes by itself, what the guard adds to a query on the wire and to an order with its
 * audit, beside this disk's own flush, and whether the cost stays when a million orders have passed.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guard } from 'vnpy-bridge/guard';
import {
  CancelRequest,
  Direction,
  Exchange,
  Offset,
  OrderRequest,
  OrderType,
  SimulatedEngine,
  SubscribeRequest,
} from 'vnpy-bridge/vnpy';
import type { TradingEngine } from 'vnpy-bridge/vnpy';
import { openGuardWire } from './support/guard-wire.js';
import { InstantEngine } from './support/instant-engine.js';
import { inProcess, measure, median, printTable, shownTime } from './support/report.js';
import type { BenchmarkOptions, Clock } from './support/report.js';

const MANY = 1e12;

const LIMITS = {
  orderVolume: 10,
  orderNotional: { CNY: MANY },
  messagesPerSecond: 1e9,
  ordersPerDay: { total: MANY, perSymbol: MANY },
  messagesPerDay: { total: MANY },
  cancelsPerDay: { perSymbol: MANY },
  openOrders: { total: 1000, perSymbol: 1000 },
  positionVolume: { total: MANY, perSymbol: MANY },
  selfTrade: 'refuse',
  lossPerDay: { max: MANY, then: 'reduce' },
};

const POLICY = {
  version: 1,
  roles: { trader: { functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'], limits: LIMITS } },
  principals: { desk: { plainUser: 'desk', roles: ['trader'] }, local: { roles: ['trader'] } },
};

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The targets: ns, or ratios. */
const ORDER = 20_000;
const QUERY = 2000;
const WIRE = 1.2;
const FLUSHES = 2.5;
const FLAT = 1.25;

/** How many orders pass for the last table, and in which parts they are timed. */
const MILLION = 1_000_000;
const PART = 20_000;

/** Runs the benchmark and prints its tables: those whose names contain one of the filters. */
export async function run({ rounds, filters, clock }: BenchmarkOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-guard-'));
  const tables = {
    decision: () => decisions(rounds, clock),
    wire: () => wire(folder, rounds),
    audit: () => audited(folder, rounds),
    million: () => million(folder, clock),
  };
  try {
    for (const [name, table] of Object.entries(tables))
      if (filters.length === 0 || filters.some((filter) => name.includes(filter))) await table();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A decision by itself: the engine behind takes no time, and no order. */
async function decisions(rounds: number, clock: Clock): Promise<void> {
  const engine = new InstantEngine(false);
  await using guard = await Guard.open({ ...POLICY, audit: false }, { logger: QUIET });
  const desk = guard.engineFor('desk', engine);
  await guard.attach(engine);
  const query = { principal: 'desk', name: 'get_tick', args: ['rb2705.SHFE'], kwargs: {}, address: '' };
  const order = orderOf(3300);
  const times = await measure(
    {
      query: inProcess(() => guard.access.decide(query), clock),
      bare: each(1000, () => Promise.resolve(engine.sendOrder(order)), clock),
      order: each(1000, () => desk.sendOrder(order, 'SIM'), clock),
    },
    rounds,
  );
  const decision = times.order - times.bare;
  printTable([
    ['a decision alone, all limits', 'time', 'target', ''],
    ['query', shownTime(times.query), shownTime(QUERY), reached(times.query <= QUERY)],
    ['order, reserved and given back', shownTime(decision), shownTime(ORDER), reached(decision <= ORDER)],
  ]);
}

/** Through relays that are processes of their own. */
async function wire(folder: string, rounds: number): Promise<void> {
  const relays = await openGuardWire(folder, { ...POLICY, audit: 'wire.jsonl' });
  try {
    const { guarded, unguarded } = relays;
    const asked = (client: typeof guarded, name: string, args: readonly unknown[]): (() => Promise<number>) =>
      each(200, () => client.call(name, args));
    const times = await measure(
      {
        tick: asked(unguarded, 'get_tick', ['rb2705.SHFE']),
        guardedTick: asked(guarded, 'get_tick', ['rb2705.SHFE']),
        accounts: asked(unguarded, 'get_all_accounts', []),
        guardedAccounts: asked(guarded, 'get_all_accounts', []),
      },
      // Three processes take turns: one round takes little, and says little.
      10 * rounds,
    );
    const row = (name: string, plain: number, behind: number): readonly string[] => [
      ...[name, shownTime(plain), shownTime(behind), (behind / plain).toFixed(2)],
      ...[String(WIRE), reached(behind / plain <= WIRE)],
    ];
    printTable([
      ['a query on the wire', 'relay', 'guarded relay', 'ratio', 'target', ''],
      row('get_tick', times.tick, times.guardedTick),
      row('get_all_accounts', times.accounts, times.guardedAccounts),
    ]);
  } finally {
    await relays.close();
  }
}

/** With an audit, at a simulated market. */
async function audited(folder: string, rounds: number): Promise<void> {
  const engine = new SimulatedEngine({ seed: 1 });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'SIM');
  engine.step();
  await using plain = await Guard.open({ ...POLICY, audit: false }, { logger: QUIET });
  const audit = join(folder, 'audit.jsonl');
  await using withAudit = await Guard.open({ ...POLICY, audit }, { logger: QUIET, state: join(folder, 'state') });
  const [decided, written] = [plain.engineFor('desk', engine), withAudit.engineFor('desk', engine)];
  await Promise.all([plain.attach(engine), withAudit.attach(engine)]);
  const disk = await open(join(folder, 'disk'), 'a');
  const price = Math.round((engine.getTick('rb2705.SHFE')?.limit_down ?? 0) + 10);
  const times = await measure(
    {
      query: each(1000, () => Promise.resolve(engine.getTick('rb2705.SHFE'))),
      guardedQuery: each(1000, () => decided.getTick('rb2705.SHFE')),
      order: each(200, () => sendAndCancel(engine, price)),
      guardedOrder: each(200, () => sendAndCancel(decided, price)),
      flush: each(20, async () => {
        await disk.write('x'.repeat(400));
        await disk.datasync();
      }),
      auditedOrder: each(20, () => sendAndCancel(written, price)),
      auditedBurst: each(2, () => Promise.all(Array.from({ length: 64 }, () => sendAndCancel(written, price)))),
    },
    rounds,
  );
  await disk.close();
  const most = times.order + FLUSHES * times.flush;
  printTable([
    ['at a simulated market', 'time', 'target', ''],
    ['a query, unguarded', shownTime(times.query), '', ''],
    ['a query', shownTime(times.guardedQuery), '', ''],
    ['an order and its cancel, unguarded', shownTime(times.order), '', ''],
    ['the same, all limits, no audit', shownTime(times.guardedOrder), '', ''],
    ['write and fdatasync of 400 bytes', shownTime(times.flush), '', ''],
    [
      'an order and its cancel, all limits, audit',
      shownTime(times.auditedOrder),
      shownTime(most),
      reached(times.auditedOrder <= most),
    ],
    [
      '64 at once, each',
      shownTime(times.auditedBurst / 64),
      'below one flush',
      reached(times.auditedBurst / 64 < times.flush),
    ],
  ]);
}

/** Orders that are taken and cancelled, one after the other. */
async function million(folder: string, clock: Clock): Promise<void> {
  const engine = new InstantEngine(true);
  // With its counts on the disk, which are written while the orders pass.
  const state = join(folder, 'million');
  await using guard = await Guard.open({ ...POLICY, audit: false }, { logger: QUIET, state });
  const desk = guard.engineFor('desk', engine);
  await guard.attach(engine);
  const part = each(PART, () => sendAndCancel(desk, 3300), clock);
  await part();
  const heap = heapUsed();
  const times: number[] = [];
  for (let done = 0; done < MILLION; done += PART) times.push(await part());
  const [first, last] = [median(times.slice(0, 5)), median(times.slice(-5))];
  printTable([
    [`${MILLION.toLocaleString('en')} orders and cancels`, 'value', 'target', ''],
    ['each of the first 100,000', shownTime(first), '', ''],
    ['each of the last 100,000', shownTime(last), `${FLAT} of the first`, reached(last <= FLAT * first)],
    ['heap that has grown', `${((heapUsed() - heap) / 1e6).toFixed(1)} MB`, '', ''],
  ]);
}

/** The time of one of so many, one after the other, in ns. What waits for a disk or a process is measured by `elapsed`. */
function each(count: number, work: () => Promise<unknown>, clock: Clock = 'elapsed'): () => Promise<number> {
  return async () => {
    const begun = performance.now();
    const begunCpu = process.cpuUsage();
    for (let done = 0; done < count; done++) await work();
    const elapsed = (performance.now() - begun) * 1e6;
    const { user, system } = process.cpuUsage(begunCpu);
    return (clock === 'cpu' ? (user + system) * 1e3 : elapsed) / count;
  };
}

function orderOf(price: number): OrderRequest {
  const order = { direction: Direction.LONG, type: OrderType.LIMIT, offset: Offset.OPEN, volume: 1, price };
  return new OrderRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, ...order });
}

async function sendAndCancel(engine: TradingEngine, price: number): Promise<void> {
  const id = await engine.sendOrder(orderOf(price), 'SIM');
  const cancel = { symbol: 'rb2705', exchange: Exchange.SHFE, orderid: id.slice('SIM.'.length) };
  await engine.cancelOrder(new CancelRequest(cancel), 'SIM');
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function reached(isReached: boolean): string {
  return isReached ? 'reached' : 'NOT reached';
}
