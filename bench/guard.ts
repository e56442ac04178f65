/**
 * `npm run bench -- guard`: what a decision on an order costs, with every limit set, and whether it stays so.
 *
 * @module
 */
import {
  AccountData,
  ContractData,
  Direction,
  Exchange,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  Product,
  Status,
} from 'vnpy-bridge/vnpy';
import { RiskBook } from '../src/guard/limits/index.js';
import type { RiskOrder } from '../src/guard/limits/index.js';
import type { Limits } from '../src/guard/policy/policy.js';
import { DEFAULT_DAYS } from '../src/guard/policy/times.js';
import { measure, printTable, shownTime } from './support/report.js';
import type { BenchmarkOptions } from './support/report.js';

const MANY = 1e12;

const LIMITS: Limits = {
  orderVolume: 10,
  orderNotional: { CNY: MANY },
  messagesPerSecond: 50_000,
  ordersPerDay: { total: MANY, perSymbol: MANY },
  messagesPerDay: { total: MANY },
  cancelsPerDay: { perSymbol: MANY },
  openOrders: { total: 1000, perSymbol: 1000 },
  positionVolume: { total: MANY, perSymbol: MANY },
  openVolumePerDay: { total: MANY },
  selfTrade: 'refuse',
  duplicates: { count: MANY, within: 100 },
  lossPerDay: { max: MANY, then: 'reduce' },
};

/** A book, and what sends an order through its whole life: decided, answered, rejected. */
function desk(): { decide(): void; life(): void } {
  const days = DEFAULT_DAYS;
  const fresh = { tick: 10_000, position: 30_000, account: 60_000, reference: 'last' } as const;
  const accounts = [{ match: 'CTP.*', limits: LIMITS, foreignOrders: 'count' } as const];
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const book = new RiskBook({ clock, policy: { days, fresh, contracts: [], accounts } });
  const named = { gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE };
  book.onContract(new ContractData({ ...named, name: '', product: Product.FUTURES, size: 10, pricetick: 1 }));
  book.snapshot({
    positions: [],
    orders: [],
    trades: [],
    accounts: [new AccountData({ gateway_name: 'CTP', accountid: '1', balance: 1e9 })],
  });
  const request = new OrderRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    volume: 1,
    price: 3500,
  });
  const order: RiskOrder = { principal: 'desk', limits: LIMITS, warnAt: 0.8, request, gatewayName: 'CTP' };
  let next = 0;
  const decided = (): ReturnType<RiskBook['decide']> & { ok: true } => {
    const decision = book.decide(order);
    if (!decision.ok) throw new Error(`${decision.rule}: ${decision.reason}`);
    return decision;
  };
  return {
    decide() {
      decided().reservation.notSent();
    },
    life() {
      const { reservation } = decided();
      const orderid = String(next++);
      reservation.sent();
      reservation.answered(`CTP.${orderid}`);
      const { reference, volume, price, offset, direction, type } = request;
      const fields = { ...named, orderid, reference, volume, price, offset, direction, type };
      book.onOrder(new OrderData({ ...fields, status: Status.CANCELLED }));
      if (next % 1000 === 0) book.tick();
    },
  };
}

/** Runs the benchmark and prints its table. The target: a decision in 20 µs, also after 1,000,000 orders. */
export async function run({ rounds }: BenchmarkOptions): Promise<void> {
  const rows: string[][] = [['a decision on an order, taken back', 'time', 'memory']];
  const one = desk();
  for (const orders of [0, 100_000, 1_000_000]) {
    const before = rows.length === 1 ? 0 : orders - (rows.length === 2 ? 0 : 100_000);
    for (let count = 0; count < before; count++) {
      one.life();
      // No more messages a second than the limit allows.
      if (count % 40_000 === 39_999) await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    const time = await measure(
      {
        decide: batch(() => {
          one.decide();
        }),
      },
      rounds,
      20,
    );
    const heap = `${Math.round(process.memoryUsage().heapUsed / 1e6)} MB`;
    rows.push([`after ${orders.toLocaleString('en')} orders`, shownTime(time.decide), heap]);
  }
  printTable(rows);
}

/** So few at once that no window is full. */
function batch(work: () => void): () => number {
  return () => {
    const begun = performance.now();
    for (let count = 0; count < 1000; count++) work();
    return ((performance.now() - begun) * 1e6) / 1000;
  };
}
