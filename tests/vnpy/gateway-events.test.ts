import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PyGlobal, PyObject, Tuple } from 'vnpy-bridge/pickle';
import { Direction, Event, EventType, Exchange, OrderData, Status, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, TickData } from 'vnpy-bridge/vnpy';
import { account, nextEvent, order, position, record, settled, startFake, tick, trade } from './support.js';

/** How long an event may look older than a snapshot before it counts, in ms. */
const LATENESS = 10_000;

/** A status that only a newer vnpy has. */
const PENDING_CANCEL = new PyObject(new PyGlobal('vnpy.trader.constant', 'Status'), Tuple.of('PENDINGCANCEL')) as never;

afterEach(() => {
  vi.useRealTimers();
});

describe('snapshot and stream', () => {
  test('join without a gap or a double, whatever comes while the snapshot is on its way', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1'), order('2')];
      engine.trades = [trade('t1', '9')];
      // The events below happen before the server answers, and reach the client before the answer does.
      engine.hooks.set('get_all_orders', () => {
        engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 4 }));
        engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 6 }));
        engine.tellOrder(order('3'));
      });
      engine.hooks.set('get_all_trades', () => {
        engine.tellTrade(trade('t2', '1'));
      });
    });
    const gateway = server.gateway();
    const told = record(gateway, 'order', 'trade');
    await gateway.connect('requests', 'events');
    expect(told).toEqual([
      'order CTP.1 PARTTRADED 4',
      'order CTP.1 PARTTRADED 6',
      'order CTP.3 NOTTRADED 0',
      'order CTP.2 NOTTRADED 0',
      'trade CTP.t2',
      'trade CTP.t1',
    ]);
    expect(gateway.orders.get('CTP.1')?.traded).toBe(6);
  });

  test('what the stream has said since the snapshot was asked for counts more than the snapshot', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1'), order('2')];
      engine.positions = [position(3)];
      // The server takes its snapshot, and tells what follows before its answer has left.
      engine.hooks.set('get_all_positions', () => {
        engine.emit(new Event(EventType.POSITION, position(4)));
      });
      engine.hooks.set('get_all_orders', () => {
        engine.emit(new Event(EventType.ORDER, order('1', { status: Status.PARTTRADED, traded: 6 })));
        engine.emit(new Event(EventType.ORDER, order('3')));
      });
    });
    const gateway = server.gateway();
    const told = record(gateway, 'order', 'position');
    await gateway.connect('requests', 'events');
    expect(told).toEqual([
      'position',
      'order CTP.1 PARTTRADED 6',
      'order CTP.3 NOTTRADED 0',
      'order CTP.2 NOTTRADED 0',
    ]);
    expect(gateway.orders.get('CTP.1')?.traded).toBe(6);
    expect([...gateway.positions.values()].map((data) => data.volume)).toEqual([4]);
    expect([...gateway.orders.keys()].sort()).toEqual(['CTP.1', 'CTP.2', 'CTP.3']);
  });

  test('an event that is older than the snapshot changes nothing', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: Status.ALLTRADED, traded: 10 }), order('2', { traded: 2 })];
    });
    const gateway = await server.connected();
    const told = record(gateway, 'order');
    const { engine } = server;
    engine.emit(new Event(EventType.ORDER, order('1', { status: Status.PARTTRADED, traded: 4 })));
    engine.emit(new Event(EventType.ORDER, order('2', { status: Status.SUBMITTING })));
    engine.tellOrder(order('2', { status: Status.CANCELLED, traded: 2 }));
    await gateway.waitForOrder('CTP.2');
    expect(told).toEqual(['order CTP.2 CANCELLED 2']);
    expect(gateway.stats()).toMatchObject({ superseded: 2, doubles: 3 });
    expect(gateway.orders.get('CTP.1')?.status).toBe(Status.ALLTRADED);
  });

  test('an event that looks older counts all the same when the stream says nothing newer in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: Status.REJECTED }), order('2', { status: Status.ALLTRADED, traded: 10 })];
    });
    const gateway = await settled(server);
    const told = record(gateway, 'order');
    const { engine } = server;
    // Rejected, and working again: what vnpy_ib's "Inactive" can do.
    engine.tellOrder(order('1'));
    engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 4 }));
    // The stream is behind the snapshot, and catches up.
    engine.tellOrder(order('2', { status: Status.PARTTRADED, traded: 5 }));
    engine.tellOrder(order('2', { status: Status.ALLTRADED, traded: 10 }));
    const filled = gateway.waitForOrder('CTP.1', { until: (data) => data.traded === 4 });
    const seen = nextEvent(gateway, 'log');
    engine.tellLog('all of it');
    await seen;
    expect(told).toEqual([]);
    vi.advanceTimersByTime(LATENESS);
    await filled;
    expect(told).toEqual(['order CTP.1 PARTTRADED 4']);
    expect(gateway.getAllActiveOrders().map((data) => data.vt_orderid)).toEqual(['CTP.1']);
    expect(gateway.orders.get('CTP.2')?.status).toBe(Status.ALLTRADED);
  });

  test('an event that comes long after the snapshot counts at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: Status.REJECTED })];
    });
    const gateway = await settled(server);
    vi.advanceTimersByTime(LATENESS);
    const seen = nextEvent<OrderData>(gateway, 'order');
    server.engine.tellOrder(order('1'));
    expect(await seen).toMatchObject({ status: Status.NOTTRADED });
    expect(gateway.getAllActiveOrders()).toHaveLength(1);
  });

  test('an order of unknown status is not finished', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: PENDING_CANCEL, traded: 2 })];
    });
    const gateway = await server.connected();
    expect(gateway.getAllActiveOrders()).toHaveLength(1);
    const told = record(gateway, 'order');
    const ended = gateway.waitForOrder('CTP.1');
    server.engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 6 }));
    server.engine.tellOrder(order('1', { status: Status.CANCELLED, traded: 6 }));
    expect((await ended).status).toBe(Status.CANCELLED);
    expect(told).toEqual(['order CTP.1 PARTTRADED 6', 'order CTP.1 CANCELLED 6']);
  });

  test('within the stream the last word counts, even one that goes backwards', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const told = record(gateway, 'order');
    server.engine.tellOrder(order('1', { status: Status.PARTTRADED, traded: 4 }));
    server.engine.tellOrder(order('1', { status: Status.CANCELLED, traded: 0 }));
    await gateway.waitForOrder('CTP.1');
    expect(told).toEqual(['order CTP.1 PARTTRADED 4', 'order CTP.1 CANCELLED 0']);
  });

  test('two trades with one id, as both sides of a trade with oneself have, are two', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const told = record(gateway, 'trade');
    server.engine.tellTrade(trade('t', '1'));
    const second = nextEvent(gateway, 'trade', (data: { direction: Direction }) => data.direction === Direction.SHORT);
    server.engine.tellTrade(trade('t', '2', { direction: Direction.SHORT }));
    await second;
    expect(told).toEqual(['trade CTP.t', 'trade CTP.t']);
  });

  test('what happened before the publisher took note of the subscription is found by a second look', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    // The publisher is deaf and dumb at first, as while a subscription is still on its way to it.
    server.transport.freeze('events');
    const gateway = await server.connected();
    const told = record(gateway, 'order', 'trade');
    server.engine.orders = [order('1', { status: Status.ALLTRADED, traded: 10 })];
    server.engine.trades = [trade('t1', '1')];
    const resynced = nextEvent(gateway, 'resynced');
    server.transport.thaw('events');
    expect(await resynced).toMatchObject({
      reason: 'joined',
      downtime: 0,
      restarted: false,
      missed: { order: [{ vt_orderid: 'CTP.1' }], trade: [{ vt_tradeid: 'CTP.t1' }], position: [] },
      resubscribed: [],
    });
    expect(told).toEqual(['order CTP.1 ALLTRADED 10', 'trade CTP.t1']);
    expect(gateway.stats().snapshots).toBe(2);
  });

  test('a comparison that runs when the subscription is seen to work is that second look', async () => {
    const server = await startFake();
    server.transport.freeze('events');
    const gateway = await server.connected();
    const first = nextEvent(gateway, 'log');
    server.transport.thaw('events');
    server.engine.tellLog('RPC started');
    await first;
    // The server takes longer to answer than the gateway takes to look.
    server.engine.hooks.set('get_all_orders', () => delay(400));
    await gateway.resync();
    server.engine.hooks.clear();
    await gateway.resync();
    expect(gateway.stats().snapshots).toBe(3);
  });
});

describe('events', () => {
  test('what vnpy sends twice is told once; all of it is counted', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const told = record(gateway, 'tick', 'order', 'trade', 'account', 'position');
    const types: string[] = [];
    gateway.on('event', (event) => types.push(event.type));
    const { engine } = server;
    engine.tellTick(tick(1));
    engine.tellTick(tick(2));
    engine.tellOrder(order('1'));
    engine.tellTrade(trade('t', '1'));
    engine.emit(new Event(EventType.POSITION, position(1)));
    const last = nextEvent(gateway, 'account');
    engine.emit(new Event(EventType.ACCOUNT, account(5)));
    await last;
    engine.emit(new Event('eEnd', null));
    await nextEvent(gateway, 'event', (event: Event) => event.type === 'eEnd');
    expect(told).toEqual([
      'tick rb2705.SHFE 1',
      'tick rb2705.SHFE 2',
      'order CTP.1 NOTTRADED 0',
      'trade CTP.t',
      'position',
      'account',
    ]);
    expect(types).toEqual(['eTick.', 'eTick.', 'eOrder.', 'eTrade.', 'ePosition.', 'eAccount.', 'eEnd']);
    expect(gateway.stats()).toMatchObject({ doubles: 6, delivered: { tick: 2, order: 1 }, otherEvents: 1 });
  });

  test("WebTrader's shape, the bare object under its type, is understood too", async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const told = record(gateway, 'tick', 'log');
    const { server: rpc } = server.service;
    rpc.publish('eTick.', tick(1));
    rpc.publish('eTick.rb2705.SHFE', tick(1));
    rpc.publish('eTimer', null);
    const done = nextEvent(gateway, 'event', (event: Event) => event.type === 'eCtaLog');
    rpc.publish('eCtaLog', { msg: 'hello' });
    expect(await done).toEqual(new Event('eCtaLog', { msg: 'hello' }));
    expect(told).toEqual(['tick rb2705.SHFE 1']);
    expect(gateway.stats()).toMatchObject({ timers: 1, doubles: 1 });
  });

  test("an application's own event with a tick in it is not the market's tick", async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const told = record(gateway, 'tick');
    server.engine.emit(new Event('eAlgo', tick(9)));
    await nextEvent(gateway, 'event', (event: Event) => event.type === 'eAlgo');
    expect(told).toEqual([]);
    expect(gateway.ticks.size).toBe(0);
  });

  test.each([
    ['', {}],
    [', also under another name', { gatewayName: 'RPC', rewriteGatewayName: true }],
  ])(
    'a member of an enum that is not known here stays data and is counted, once for both topics%s',
    async (_, options) => {
      const mars = new PyObject(new PyGlobal('vnpy.trader.constant', 'Exchange'), Tuple.of('MARS'));
      const server = await startFake();
      const gateway = await server.connected(options);
      const tell = (price: number): Promise<unknown> => {
        const all = nextEvent(gateway, 'log');
        server.engine.tellTick(tick(price, { exchange: mars as never }));
        server.engine.tellLog('both of them');
        return all;
      };
      const seen = nextEvent<TickData>(gateway, 'tick');
      await tell(1);
      expect(await seen).toMatchObject({ vt_symbol: 'rb2705.MARS', exchange: mars });
      expect(gateway.stats()).toMatchObject({ unknownMembers: 1, doubles: 1 });
      await tell(2);
      expect(gateway.stats()).toMatchObject({ unknownMembers: 2, doubles: 2 });
    },
  );

  test("data of a foreign class under a type of vnpy's own is reported, once", async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    const done = nextEvent(gateway, 'log');
    const { engine } = server;
    const foreign = new PyObject(new PyGlobal('my_gateway', 'MyOrder'), Tuple.of());
    engine.emit(new Event('eOrder.', foreign));
    engine.emit(new Event('eOrder.CTP.1', foreign));
    engine.emit(new Event('eAlgo', foreign));
    engine.emit(new Event('eTick.', order('1')));
    engine.tellLog('all of it');
    await done;
    expect(problems).toMatchObject([
      {
        kind: 'foreign-data',
        type: 'eOrder.',
        className: 'my_gateway.MyOrder',
        message: expect.stringContaining('nobody who waits for its order is told') as string,
      },
      { kind: 'foreign-data', type: 'eTick.', className: 'a OrderData' },
    ]);
    expect(gateway.stats().otherEvents).toBe(4);
  });

  test("a subclass of one of vnpy's classes is its kind once it is registered", async () => {
    class MyOrder extends OrderData {
      constructor() {
        super({ gateway_name: '', symbol: '', exchange: Exchange.LOCAL, orderid: '' });
      }
    }
    const fields = Object.keys(new MyOrder()).map((name) => ({ name }));
    const registry = vnpyRegistry.with({
      kind: 'object',
      module: 'my_gateway',
      qualname: 'MyOrder',
      type: MyOrder,
      create: () => new MyOrder(),
      fields,
    });
    const server = await startFake();
    const gateway = await server.connected({ registry });
    const told = record(gateway, 'order');
    const ended = gateway.waitForOrder('CTP.1');
    const state = Object.assign({}, order('1', { status: Status.CANCELLED }));
    const theirs = new PyObject(new PyGlobal('my_gateway', 'MyOrder'), Tuple.of(), 'new', undefined, [
      { kind: 'state', state },
    ]);
    server.engine.emit(new Event('eOrder.', theirs));
    expect(await ended).toBeInstanceOf(MyOrder);
    expect(told).toEqual(['order CTP.1 CANCELLED 0']);
  });

  test('an int beyond 2^53 where vnpy declares a float is a number', async () => {
    const large = 2 ** 60;
    const asInt = <T extends object>(data: T, field: keyof T): T => Object.assign(data, { [field]: BigInt(large) });
    const server = await startFake((engine) => {
      engine.positions = [asInt(position(1), 'volume')];
    });
    const gateway = await server.connected();
    expect(gateway.positions.values().next().value).toMatchObject({ volume: large });
    const ticked = nextEvent(gateway, 'tick');
    server.engine.tellTick(asInt(tick(1), 'turnover'));
    expect(await ticked).toMatchObject({ turnover: large });
    const ordered = nextEvent(gateway, 'order');
    server.engine.tellOrder(asInt(order('1'), 'volume'));
    expect(await ordered).toMatchObject({ volume: large });
  });

  test('a listener that throws is reported and disturbs nobody', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    gateway.on('tick', () => {
      throw new Error('mine');
    });
    const told = record(gateway, 'tick');
    const problem = nextEvent<GatewayProblem>(gateway, 'error');
    server.engine.tellTick(tick(1));
    expect(await problem).toMatchObject({
      kind: 'listener',
      event: 'tick',
      message: 'a listener of "tick" threw: mine',
    });
    expect(told).toHaveLength(1);
  });

  test('a listener that throws is in the log and counted, though nobody listens to "error"', async () => {
    const server = await startFake();
    const errors: string[] = [];
    const ignore = (): void => undefined;
    const logger = { debug: ignore, info: ignore, warn: ignore, error: (line: string) => errors.push(line) };
    const gateway = await server.connected({ logger });
    gateway.on('tick', () => {
      throw new Error('mine');
    });
    const told = nextEvent(gateway, 'tick');
    server.engine.tellTick(tick(1));
    await told;
    expect(errors).toEqual(['a listener of "tick" threw: mine']);
    expect(gateway.stats().problems).toEqual({ listener: 1 });
  });

  test('off and the returned function take a listener away', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    let count = 0;
    const listener = (): void => {
      count++;
    };
    const off = gateway.on('tick', listener);
    gateway.on('tick', listener);
    off();
    gateway.off('tick', listener);
    const seen = nextEvent(gateway, 'tick');
    server.engine.tellTick(tick(1));
    await seen;
    expect(count).toBe(0);
  });
});

describe('iterators', () => {
  test('give what the filter lets through, in order, until they are left', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const stream = gateway.events('tick', { filter: (data) => data.last_price > 1, queue: 'all' });
    const seen: number[] = [];
    setImmediate(() => {
      for (const price of [1, 2, 3]) server.engine.tellTick(tick(price));
    });
    for await (const data of stream) {
      seen.push(data.last_price);
      if (data.last_price === 3) break;
    }
    expect(seen).toEqual([2, 3]);
  });

  test('end with the signal and with close(), without an error', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const aborting = new AbortController();
    const first = gateway.events('order', { signal: aborting.signal }).next();
    const second = gateway.events('order').next();
    aborting.abort();
    expect(await first).toEqual({ value: undefined, done: true });
    await gateway.close();
    expect(await second).toEqual({ value: undefined, done: true });
    expect(await gateway.events('order').next()).toEqual({ value: undefined, done: true });
  });

  test('a full one keeps the latest tick of each symbol, but ends rather than lose an order', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const overflows: string[] = [];
    gateway.on('overflow', ({ kind, dropped, conflated }) => overflows.push(`${kind} ${dropped} ${conflated}`));
    const ticks = gateway.events('tick', { limit: 2, queue: 'all' });
    const orders = gateway.events('order', { limit: 1 });
    // An iterator queues from its first next() on.
    const first = [ticks.next(), orders.next()] as const;
    server.engine.tellTick(tick(0));
    server.engine.tellOrder(order('0'));
    for (const price of [1, 2, 3, 4]) server.engine.tellTick(tick(price));
    server.engine.tellOrder(order('1'));
    const both = nextEvent(gateway, 'order', (data: OrderData) => data.orderid === '2');
    server.engine.tellOrder(order('2'));
    await both;
    expect((await first[0]).value?.last_price).toBe(0);
    expect((await first[1]).value?.orderid).toBe('0');
    expect((await ticks.next()).value?.last_price).toBe(3);
    expect((await ticks.next()).value?.last_price).toBe(4);
    expect((await orders.next()).value?.orderid).toBe('1');
    await expect(orders.next()).rejects.toThrow('more than 1 events were waiting to be read');
    expect(overflows).toEqual(['tick 0 1', 'order 1 0']);
  });

  test('what a filter throws is for the reader of that iterator alone', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const broken = gateway.events('tick', {
      filter: () => {
        throw new Error('mine');
      },
    });
    const first = broken.next();
    const sound = gateway.events('tick').next();
    server.engine.tellTick(tick(1));
    expect((await sound).value?.last_price).toBe(1);
    await expect(first).rejects.toThrow('mine');
  });
});
