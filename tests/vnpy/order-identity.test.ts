import { describe, expect, test, vi, afterEach } from 'vitest';
import { Direction, Event, EventType, Exchange, Offset, OrderType, QuoteData, Status } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, OrderDataInit, ResyncReport, RpcGateway, TradeDataInit } from 'vnpy-bridge/vnpy';
import { nextEvent, order, orderRequest, record, settled, startFake, trade } from './support.js';
import type { FakeServer } from './support.js';

// A search that finds nothing waits for an order that was taken a moment ago: a fifth of its second here.
vi.mock('../../src/vnpy/gateway/order-search/references.js', async (original) => ({
  ...(await original<object>()),
  LISTING_DELAY: 200,
}));

// Gateways give their ids again: to another order, and to another fill.

const VANISHED = expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error;
const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

afterEach(() => {
  vi.useRealTimers();
});

/** Resolves when everything that was published before has been taken in. */
async function caughtUp(server: FakeServer, gateway: RpcGateway): Promise<void> {
  const seen = nextEvent(gateway, 'log');
  server.engine.tellLog('all of it');
  await seen;
}

/** What the gateway tells of ids that were given again. */
function replacements(gateway: RpcGateway): string[] {
  const told: string[] = [];
  gateway.on('error', (problem: GatewayProblem) => {
    if (problem.kind === 'replaced') told.push(problem.message.slice(problem.message.lastIndexOf(': ') + 2));
  });
  return told;
}

/** A rejection that is looked at later. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const OLD = { price: 3400, volume: 2, traded: 2, status: Status.ALLTRADED } as const;
const NEW = { price: 3300, volume: 7 } as const;

describe('an order that was sent here and got the id of an earlier one', () => {
  test('is not answered for by what was known of that', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', OLD)];
      engine.onSendOrder = () => 'CTP.1';
    });
    const gateway = await settled(server);
    const told = replacements(gateway);
    const impatient = rejection(gateway.waitForOrder('CTP.1', { until: () => false }));
    const id = await gateway.sendOrder(orderRequest(NEW));
    expect(gateway.orders.get(id)).toBeUndefined();
    expect(await impatient).toEqual(VANISHED);
    expect(told).toEqual(['the server gave its id to an order that was sent later']);
    const filled = gateway.waitForOrder(id);
    server.engine.tellOrder(order('1', NEW));
    server.engine.tellOrder(order('1', { ...NEW, traded: 7, status: Status.ALLTRADED }));
    expect(await filled).toMatchObject({ ...NEW, traded: 7 });
  });

  test('is not answered for by an answer that was asked for before it was sent', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', OLD)];
      engine.trades = [trade('a', '1', { volume: 2 })];
      engine.onSendOrder = () => 'CTP.1';
    });
    const gateway = await settled(server);
    const asked = new Promise<() => void>((resolve) => {
      server.engine.hooks.set('get_all_orders', () => {
        server.engine.hooks.delete('get_all_orders');
        return new Promise<void>((answer) => {
          resolve(answer);
        });
      });
    });
    const compared = gateway.resync();
    const answer = await asked;
    // The server answers one after the other: the list was made before it took the order.
    const sent = gateway.sendOrder(orderRequest(NEW));
    answer();
    const id = await sent;
    const report = await compared;
    expect(report).toMatchObject({ restarted: false, missed: { order: [], trade: [] } });
    expect(gateway.orders.get(id)).toBeUndefined();
    // One that is asked for now has it.
    server.engine.orders = [order('1', { ...NEW, traded: 1, status: Status.PARTTRADED })];
    await gateway.resync();
    expect(gateway.orders.get(id)).toMatchObject({ ...NEW, traded: 1 });
  });

  test('has what was told of it before the answer came', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', OLD)];
      engine.trades = [trade('a', '1', { volume: 2 })];
    });
    const gateway = await settled(server);
    const told = replacements(gateway);
    const trades = record(gateway, 'trade');
    server.engine.onSendOrder = async () => {
      // Nothing but their order tells these from the other's.
      server.engine.tellOrder(order('1', { ...OLD, traded: 0, status: Status.NOTTRADED }));
      server.engine.tellOrder(order('1', { ...OLD, datetime: new Date(1000) }));
      server.engine.tellTrade(trade('a', '1', { volume: 2 }));
      await caughtUp(server, gateway);
      return 'CTP.1';
    };
    const id = await gateway.sendOrder(orderRequest({ price: 3400, volume: 2 }));
    expect(await gateway.waitForOrder(id)).toMatchObject({ traded: 2, status: Status.ALLTRADED });
    expect(told).toHaveLength(1);
    // The fill looks like the other's, and is new.
    expect(trades).toEqual(['trade CTP.a']);
    expect([...gateway.trades.keys()]).toEqual(['CTP.a', 'CTP.a#1#rb2705#SHFE#LONG']);
    // Told again, by the stream or in a list, they are known.
    server.engine.tellTrade(trade('a', '1', { volume: 2 }));
    await gateway.resync();
    expect(trades).toHaveLength(1);
    expect(gateway.trades.size).toBe(2);
  });

  test('is found by its reference, and the earlier one has vanished', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => 'CTP.1';
    });
    const gateway = await settled(server);
    const first = await gateway.sendOrder(orderRequest({ ...NEW, reference: 'R1' }));
    server.engine.tellOrder(order('1', { ...NEW, traded: 7, status: Status.ALLTRADED }));
    await gateway.waitForOrder(first);
    await gateway.sendOrder(orderRequest({ ...NEW, reference: 'R2' }));
    server.engine.tellOrder(order('1', { ...NEW, datetime: new Date(1000) }));
    await caughtUp(server, gateway);
    expect(await gateway.findOrder('R2')).toMatchObject({ status: Status.NOTTRADED });
    await expect(gateway.findOrder('R1')).rejects.toThrow(VANISHED);
  });

  test('is found by its reference also where no answer came', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', OLD)];
      engine.onSendOrder = () => new Promise(() => undefined);
    });
    const gateway = await settled(server);
    const told = replacements(gateway);
    await expect(gateway.sendOrder(orderRequest({ ...NEW, reference: 'R2' }), { timeout: 20 })).rejects.toThrow(
      expect.objectContaining({ outcome: 'unknown' }),
    );
    // Equal to the earlier one but for the reference, of which that had none.
    server.engine.tellOrder(order('1', { ...OLD, reference: 'R2' }));
    await caughtUp(server, gateway);
    expect(await gateway.findOrder('R2')).toMatchObject({ reference: 'R2' });
    expect(told).toEqual(['it has the reference of an order that was sent later']);
  });

  test('goes to the gateway that took it, when it is cancelled', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { ...OLD, gateway_name: 'IB' })];
      engine.onSendOrder = () => 'CTP.1';
    });
    const gateway = await server.connected({ rewriteGatewayName: true });
    const id = await gateway.sendOrder(orderRequest(NEW));
    expect(id).toBe('RPC.1');
    server.engine.tellOrder(order('1', NEW));
    await caughtUp(server, gateway);
    const present = gateway.orders.get(id);
    expect(present).toMatchObject(NEW);
    if (present !== undefined) await gateway.cancelOrder(present);
    expect(server.engine.cancels.map(([, gatewayName]) => gatewayName)).toEqual(['CTP']);
  });

  test('is not overwritten by late news of the earlier one', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { ...OLD, traded: 1, status: Status.PARTTRADED })];
      engine.onSendOrder = () => 'CTP.1';
    });
    const gateway = await settled(server);
    const id = await gateway.sendOrder(orderRequest(NEW));
    server.engine.tellOrder(order('1', OLD));
    await caughtUp(server, gateway);
    expect(gateway.orders.get(id)).toBeUndefined();
    server.engine.tellOrder(order('1', NEW));
    server.engine.tellOrder(order('1', OLD));
    await caughtUp(server, gateway);
    expect(gateway.orders.get(id)).toMatchObject(NEW);
    expect(gateway.stats().superseded).toBe(2);
  });
});

describe('an id that comes again', () => {
  test.each<[string, Partial<OrderDataInit>]>([
    ['it has another symbol', { symbol: 'rb2701' }],
    ['it has another exchange', { exchange: Exchange.INE }],
    ['it has another direction', { direction: Direction.SHORT }],
    ['it has another reference', { reference: 'R2' }],
    ['less of it is filled, and it has another volume', { volume: 9, traded: 1 }],
    ['less of it is filled, and it has another price', { price: 3501, traded: 1 }],
  ])('is of another order when %s', async (why, changes) => {
    const first = { traded: 2, status: Status.PARTTRADED, reference: 'R1' };
    const server = await startFake((engine) => {
      engine.orders = [order('1', first)];
    });
    const gateway = await settled(server);
    const told = replacements(gateway);
    const waiting = rejection(gateway.waitForOrder('CTP.1'));
    server.engine.tellOrder(order('1', { ...first, ...changes }));
    expect(await waiting).toEqual(VANISHED);
    expect(told).toEqual([why]);
    expect(gateway.orders.get('CTP.1')).toMatchObject(changes);
  });

  test.each<[string, Partial<OrderDataInit>]>([
    ['time', { datetime: new Date(5000) }],
    ['price', { price: 3501 }],
    ['volume', { volume: 11 }],
    ['type', { type: OrderType.FAK }],
    ['offset', { offset: Offset.CLOSE }],
    ['missing direction', { direction: null }],
    ['missing reference', { reference: '' }],
    ['smaller filled volume', { traded: 1 }],
    ['smaller filled volume and no price', { traded: 1, price: 0 }],
  ])('is of the same order with another %s', async (_, changes) => {
    const first = { traded: 2, status: Status.PARTTRADED, reference: 'R1' };
    const server = await startFake((engine) => {
      engine.orders = [order('1', first)];
    });
    const gateway = await settled(server);
    const told = replacements(gateway);
    const ended = gateway.waitForOrder('CTP.1');
    server.engine.tellOrder(order('1', { ...first, ...changes }));
    server.engine.tellOrder(order('1', { ...first, ...changes, status: Status.CANCELLED }));
    expect(await ended).toMatchObject({ status: Status.CANCELLED });
    expect(told).toEqual([]);
  });

  test('is told by a comparison that finds another order there, which is no restart', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => 'CTP.1';
    });
    const gateway = await settled(server);
    const id = await gateway.sendOrder(orderRequest({ reference: 'R1' }));
    server.engine.tellOrder(order('1'));
    await caughtUp(server, gateway);
    const waiting = rejection(gateway.waitForOrder(id));
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    const other = { symbol: 'IF2703', exchange: Exchange.CFFEX, direction: Direction.SHORT, volume: 1, traded: 1 };
    await server.restart((engine) => {
      engine.orders = [order('1', { ...other, status: Status.ALLTRADED })];
    });
    expect(await resynced).toMatchObject({
      restarted: false,
      missed: { order: [{ symbol: 'IF2703' }] },
      vanished: { order: [{ symbol: 'rb2705' }] },
    });
    expect(await waiting).toEqual(VANISHED);
    await expect(gateway.findOrder('R1')).rejects.toThrow(VANISHED);
    expect(gateway.orders.get(id)).toMatchObject(other);
  });

  test('is of the same order when the day is told again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const server = await startFake();
    const gateway = await settled(server);
    const day = (): void => {
      server.engine.tellOrder(order('1', { status: Status.SUBMITTING }));
      server.engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 4 }));
      server.engine.tellOrder(order('1', { status: Status.ALLTRADED, traded: 10 }));
      server.engine.tellTrade(trade('a', '1', { volume: 4 }));
      server.engine.tellTrade(trade('b', '1', { volume: 6 }));
    };
    day();
    await caughtUp(server, gateway);
    const told = replacements(gateway);
    const trades = record(gateway, 'trade');
    const waiting = gateway.waitForOrder('CTP.1', { until: ({ datetime }) => datetime !== null });
    day();
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(60_000);
    server.engine.tellOrder(order('1', { status: Status.ALLTRADED, traded: 10, datetime: new Date(0) }));
    await waiting;
    expect(told).toEqual([]);
    expect(trades).toEqual([]);
  });

  test('is of another order when it works again for 10 s after the end, and its fills are new', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const ended = { traded: 10, status: Status.ALLTRADED };
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.tellOrder(order('1', ended));
    server.engine.tellTrade(trade('a', '1', { volume: 10 }));
    await caughtUp(server, gateway);
    const told = replacements(gateway);
    const trades = record(gateway, 'trade');
    const before = rejection(gateway.waitForOrder('CTP.1', { until: ({ status }) => status === Status.CANCELLED }));
    vi.advanceTimersByTime(1);
    server.engine.tellOrder(order('1'));
    server.engine.tellTrade(trade('a', '1', { volume: 10 }));
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(1);
    const after = gateway.waitForOrder('CTP.1');
    vi.advanceTimersByTime(9990);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(told).toEqual(['it has been working for 10 s after the other had ended']);
    expect(await before).toEqual(VANISHED);
    expect(trades).toEqual(['trade CTP.a']);
    server.engine.tellOrder(order('1', ended));
    expect(await after).toMatchObject(ended);
  });

  test('is of the same order when it was rejected and works again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.tellOrder(order('1', { status: Status.REJECTED }));
    server.engine.tellOrder(order('1'));
    await caughtUp(server, gateway);
    const told = replacements(gateway);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
    expect(gateway.orders.get('CTP.1')).toMatchObject({ status: Status.NOTTRADED });
  });

  test('of a quote is told', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = replacements(gateway);
    const quote = (symbol: string): Event =>
      new Event(EventType.QUOTE, new QuoteData({ ...RB, gateway_name: 'CTP', symbol, quoteid: '1' }));
    server.engine.emit(quote('rb2705'));
    server.engine.emit(quote('rb2701'));
    await caughtUp(server, gateway);
    expect(told).toEqual(['it has another symbol']);
    expect(gateway.quotes.get('CTP.1')).toMatchObject({ symbol: 'rb2701' });
  });
});

describe('a fill', () => {
  const SELL = { direction: Direction.SHORT } as const;

  test('is told once, though others have its id and the gateway tells the day again', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const trades = record(gateway, 'trade');
    const day = (): void => {
      server.engine.tellTrade(trade('t', '1'));
      server.engine.tellTrade(trade('t', '2', SELL));
      server.engine.tellTrade(trade('t', '3', { symbol: 'IF2703', exchange: Exchange.CFFEX }));
    };
    day();
    day();
    await caughtUp(server, gateway);
    expect(trades).toEqual(['trade CTP.t', 'trade CTP.t', 'trade CTP.t']);
    expect([...gateway.trades.keys()]).toEqual(['CTP.t', 'CTP.t#2#rb2705#SHFE#SHORT', 'CTP.t#3#IF2703#CFFEX#LONG']);
  });

  test.each<[string, Partial<TradeDataInit>]>([
    ['price', { price: 3501 }],
    ['volume', { volume: 2 }],
  ])('with another %s is told, and both are known', async (_, changes) => {
    const server = await startFake();
    const gateway = await settled(server);
    const trades = record(gateway, 'trade');
    for (const data of [trade('t', '1'), trade('t', '1', changes), trade('t', '1'), trade('t', '1', changes)])
      server.engine.tellTrade(data);

    await caughtUp(server, gateway);
    expect(trades).toEqual(['trade CTP.t', 'trade CTP.t']);
    expect([...gateway.trades.values()]).toMatchObject([{ price: 3500, volume: 1 }, changes]);
  });

  test('has not vanished when the map of vnpy has given its id to another', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.tellTrade(trade('t', '1'));
    server.engine.tellTrade(trade('t', '2', SELL));
    await caughtUp(server, gateway);
    const trades = record(gateway, 'trade');
    // OmsEngine keeps one for each id.
    server.engine.trades = [trade('t', '2', SELL)];
    expect(await gateway.resync()).toMatchObject({ restarted: false, vanished: { trade: [] } });
    expect(gateway.trades.size).toBe(2);
    expect(trades).toEqual([]);
    server.engine.trades = [];
    expect(await gateway.resync()).toMatchObject({ restarted: true, vanished: { trade: [{}, {}] } });
    expect(gateway.trades.size).toBe(0);
  });
});
