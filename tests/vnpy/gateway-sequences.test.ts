import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { loads } from 'vnpy-bridge/pickle';
import { ContractData, Event, OrderData, Product, TradeData, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { nextEvent, orderRequest, record, settled, startFake } from './support.js';

// What vnpy's own gateway classes tell of orders (python-fixtures/gateway_sequences.py): every id means one order there.

interface Step {
  /** A pickled Event, in base64. */
  readonly event?: string;
  /** What send_order returned. */
  readonly sent?: string;
}

const FILE = new URL('../../python-fixtures/data/gateway-sequences.json', import.meta.url);
const SEQUENCES = Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, readonly Step[]>);

afterEach(() => {
  vi.useRealTimers();
});

function eventOf(step: Step | undefined): Event<OrderData | TradeData> {
  const event = loads(Buffer.from(step?.event ?? '', 'base64'), { registry: vnpyRegistry });
  if (event instanceof Event && (event.data instanceof OrderData || event.data instanceof TradeData))
    return event as Event<OrderData | TradeData>;

  throw new Error('a step is no event of an order or a trade');
}

function fillOf({ vt_tradeid, vt_orderid, price, volume }: TradeData): string {
  return [vt_tradeid, vt_orderid, price, volume].join(' ');
}

test('there are sequences of each gateway', () => {
  const gateways = new Set(SEQUENCES.map(([name]) => name.split(':')[0]));
  expect([...gateways].sort()).toEqual(['binance', 'ctp', 'okx']);
});

test.each(SEQUENCES)('%s: no order is taken for another, each fill comes once', async (_, steps) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const events = steps.filter((step) => step.event !== undefined).map(eventOf);
  const first = events[0]?.data;
  if (first === undefined) throw new Error('an empty sequence');
  const { gateway_name, symbol, exchange } = first;
  const server = await startFake((engine) => {
    engine.contracts = [
      new ContractData({
        gateway_name,
        symbol,
        exchange,
        name: symbol,
        product: Product.FUTURES,
        size: 1,
        pricetick: 1,
      }),
    ];
  });
  const gateway = await settled(server);
  const replaced: unknown[] = [];
  gateway.on('error', (problem) => replaced.push(problem));
  const fills: string[] = [];
  gateway.on('trade', (data) => fills.push(fillOf(data)));
  const told = record(gateway, 'order');

  const waiting: Promise<OrderData>[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.sent !== undefined) continue;
    const id = steps[index + 1]?.sent;
    if (id === undefined) {
      server.engine.emit(eventOf(step));
      continue;
    }
    // A gateway tells of the order before it returns the id.
    server.engine.onSendOrder = () => {
      server.engine.emit(eventOf(step));
      return id;
    };
    const { price, volume } = eventOf(step).data;
    expect(await gateway.sendOrder(orderRequest({ symbol, exchange, price, volume }))).toBe(id);
    waiting.push(gateway.waitForOrder(id));
  }
  const seen = nextEvent(gateway, 'log');
  server.engine.tellLog('all of it');
  await seen;
  vi.advanceTimersByTime(60_000);

  expect(replaced).toEqual([]);
  expect(told.length).toBeGreaterThan(2);
  const trades = events.map(({ data }) => data).filter((data) => data instanceof TradeData);
  expect(fills).toEqual([...new Set(trades.map(fillOf))]);
  for (const order of await Promise.all(waiting)) expect(order.isActive()).toBe(false);
  const last = events.map(({ data }) => data).filter((data) => data instanceof OrderData);
  for (const data of new Map(last.map((order) => [order.vt_orderid, order])).values())
    expect(gateway.orders.get(data.vt_orderid)).toMatchObject({ status: data.status, traded: data.traded });
});
