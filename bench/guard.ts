/**
 * `npm run bench -- guard`: what the guard adds to a query, to an order, and to 64 orders at once, beside this disk's own flush.
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
import { measure, printTable, shownTime } from './support/report.js';
import type { BenchmarkOptions } from './support/report.js';

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
  roles: { trader: { functions: ['get_*', 'send_order', 'cancel_order'], limits: LIMITS } },
  principals: { desk: { plainUser: 'desk', roles: ['trader'] } },
};

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The target of a decision, in ns. */
const TARGET = 20_000;

/** Runs the benchmark and prints its table. */
export async function run({ rounds }: BenchmarkOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-guard-'));
  const engine = new SimulatedEngine({ seed: 1 });
  engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'SIM');
  engine.step();
  await using plain = await Guard.open({ ...POLICY, audit: false }, { logger: QUIET });
  await using audited = await Guard.open({ ...POLICY, audit: 'audit.jsonl' }, { logger: QUIET, state: folder });
  const [decided, written] = [plain.engineFor('desk', engine), audited.engineFor('desk', engine)];
  await Promise.all([plain.attach(engine), audited.attach(engine)]);
  const disk = await open(join(folder, 'disk'), 'a');
  const times = await measure(
    {
      query: each(1000, () => Promise.resolve(engine.getTick('rb2705.SHFE'))),
      guardedQuery: each(1000, () => decided.getTick('rb2705.SHFE')),
      order: each(200, () => sendAndCancel(engine, engine)),
      guardedOrder: each(200, () => sendAndCancel(engine, decided)),
      flush: each(20, async () => {
        await disk.write('x'.repeat(400));
        await disk.datasync();
      }),
      auditedOrder: each(20, () => sendAndCancel(engine, written)),
      auditedBurst: each(2, () => Promise.all(Array.from({ length: 64 }, () => sendAndCancel(engine, written)))),
    },
    rounds,
  );
  await disk.close();
  rmSync(folder, { recursive: true });
  const decision = times.guardedOrder - times.order;
  printTable([
    ['guard', 'time', 'target'],
    ['a query, unguarded', shownTime(times.query), ''],
    ['a query', shownTime(times.guardedQuery), `${shownTime(2000)} more`],
    ['an order and its cancel, unguarded', shownTime(times.order), ''],
    ['the same, all limits, no audit', shownTime(times.guardedOrder), `${shownTime(TARGET)} more`],
    ['what the decisions add', shownTime(decision), decision <= TARGET ? 'reached' : 'NOT reached'],
    ['write and fdatasync of 400 bytes', shownTime(times.flush), ''],
    [
      'an order and its cancel, all limits, audit',
      shownTime(times.auditedOrder),
      shownTime(times.order + 2.5 * times.flush),
    ],
    ['64 at once, each', shownTime(times.auditedBurst / 64), 'share flushes'],
  ]);
}

/** The time of one of so many, one after the other. */
function each(count: number, work: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const begun = performance.now();
    for (let done = 0; done < count; done++) await work();
    return ((performance.now() - begun) * 1e6) / count;
  };
}

async function sendAndCancel(market: SimulatedEngine, engine: TradingEngine): Promise<void> {
  const price = Math.round((market.getTick('rb2705.SHFE')?.limit_down ?? 0) + 10);
  const contract = { symbol: 'rb2705', exchange: Exchange.SHFE };
  const order = { direction: Direction.LONG, type: OrderType.LIMIT, offset: Offset.OPEN, volume: 1, price };
  const id = await engine.sendOrder(new OrderRequest({ ...contract, ...order }), 'SIM');
  await engine.cancelOrder(new CancelRequest({ ...contract, orderid: id.slice('SIM.'.length) }), 'SIM');
}
