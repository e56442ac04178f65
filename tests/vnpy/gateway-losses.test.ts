import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Event, EventType, Exchange, RpcService, Status } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, OrderDataInit, ResyncReport, RpcGateway, RpcGatewayOptions } from 'vnpy-bridge/vnpy';
import { MemoryTransport } from 'vnpy-bridge/rpc';
import { eventually } from '../support/patience.js';
import {
  closed,
  contract,
  nextEvent,
  order,
  orderRequest,
  record,
  settled as settledGateway,
  startFake,
  tick,
  trade,
  useProcessor,
} from './support.js';
import type { FakeServer } from './support.js';

// What a publisher drops without a word is found by comparing orders and trades.

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  // This process was never paused, however busy the machine is.
  useProcessor(1);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A gateway for which no silence is too long: the clock is turned by minutes in one step. */
function settled(server: FakeServer, options: RpcGatewayOptions = {}): Promise<RpcGateway> {
  return settledGateway(server, { heartbeat: { tolerance: Infinity, feedTolerance: Infinity }, ...options });
}

/** Resolves when everything that was published before has been taken in. */
async function caughtUp(server: FakeServer, gateway: RpcGateway): Promise<void> {
  const seen = nextEvent(gateway, 'log');
  server.engine.tellLog('all of it');
  await seen;
}

/** How often the server was asked for orders, and for something else than orders and trades. */
function asked(server: FakeServer): { orders: number; others: number } {
  const lists = server.engine.calls.filter((name) => name.startsWith('get_all_'));
  const others = lists.filter((name) => !['get_all_orders', 'get_all_trades'].includes(name));
  return { orders: lists.filter((name) => name === 'get_all_orders').length, others: others.length };
}

/** Resolves once a comparison is complete, with what the server was asked for since the call. */
async function compared(server: FakeServer, gateway: RpcGateway): Promise<{ orders: number; others: number }> {
  const before = asked(server);
  const { snapshots } = gateway.stats();
  await eventually(() => {
    expect(gateway.stats().snapshots).toBeGreaterThan(snapshots);
  });
  const now = asked(server);
  return { orders: now.orders - before.orders, others: now.others - before.others };
}

/** That nothing is compared is known once a call has come back that would have stood behind it. */
async function expectQuiet(server: FakeServer, gateway: RpcGateway): Promise<void> {
  const { snapshots } = gateway.stats();
  const before = asked(server);
  await gateway.client.call('get_contract', ['rb2705.SHFE']);
  expect(asked(server)).toEqual(before);
  expect(gateway.stats().snapshots).toBe(snapshots);
}

/** What the gateway tells of what does not fit together. */
function inconsistencies(gateway: RpcGateway): string[][] {
  const told: string[][] = [];
  gateway.on('error', (problem: GatewayProblem) => {
    if (problem.kind === 'inconsistent') told.push([...problem.vt_orderids]);
  });
  return told;
}

/** A fill of which the order was told, and the fill itself was dropped. */
function loseFill(server: FakeServer, tradeid: string, orderid: string, changes: Partial<OrderDataInit> = {}): void {
  server.engine.tellOrder(order(orderid, { traded: 1, status: Status.PARTTRADED, ...changes }));
  server.engine.trades.push(trade(tradeid, orderid));
}

describe('at an interval', () => {
  test('orders and trades are compared, and only what differs is told', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1'), order('2')];
    });
    const gateway = await settled(server);
    const told = record(gateway, 'order', 'trade');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('1'), order('2', { traded: 1, status: Status.PARTTRADED })];
    server.engine.trades = [trade('a', '2')];
    await vi.advanceTimersByTimeAsync(59_000);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(1_000);
    expect(await compared(server, gateway)).toEqual({ orders: 1, others: 0 });
    expect(await resynced).toMatchObject({
      reason: 'interval',
      restarted: false,
      downtime: 0,
      missed: { order: [{ orderid: '2' }], trade: [{ tradeid: 'a' }] },
    });
    expect(told).toEqual(['order CTP.2 PARTTRADED 1', 'trade CTP.a']);
    // And again; nothing differs now.
    gateway.on('resynced', () => told.push('resynced'));
    vi.advanceTimersByTime(60_000);
    await compared(server, gateway);
    expect(told).toEqual(['order CTP.2 PARTTRADED 1', 'trade CTP.a']);
  });

  test('of an own choice, or never', async () => {
    const server = await startFake();
    expect(() => server.gateway({ compareInterval: 0 })).toThrow('compareInterval must be a number of milliseconds');
    const gateway = await settled(server, { compareInterval: 500 });
    vi.advanceTimersByTime(500);
    await compared(server, gateway);
    const silent = await startFake();
    const never = await settled(silent, { compareInterval: Infinity });
    await vi.advanceTimersByTimeAsync(3_600_000);
    await expectQuiet(silent, never);
  });

  test('is never sooner than 100 times what the last answers took', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.hooks.set('get_all_trades', () => {
      server.engine.hooks.clear();
      vi.advanceTimersByTime(1_000);
    });
    vi.advanceTimersByTime(60_000);
    await compared(server, gateway);
    await vi.advanceTimersByTimeAsync(99_000);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(1_500);
    await compared(server, gateway);
  });

  test('is a fifth longer or shorter by chance', async () => {
    const server = await startFake();
    vi.mocked(Math.random).mockReturnValue(0);
    const gateway = await settled(server);
    vi.advanceTimersByTime(48_000);
    vi.mocked(Math.random).mockReturnValue(0.999);
    await compared(server, gateway);
    await vi.advanceTimersByTimeAsync(71_000);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(1_000);
    await compared(server, gateway);
  });

  test.each([
    ['an order', (gateway: RpcGateway) => gateway.sendOrder(orderRequest())],
    ['a cancel', (gateway: RpcGateway) => gateway.cancelOrder(order('7'))],
  ])('%s that is out postpones it, for 5 s at most', async (_what, call) => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => {
        const orderid = String(engine.requests.length);
        engine.tellOrder(order(orderid));
        return `CTP.${orderid}`;
      };
    });
    const gateway = await settled(server, { timeouts: { request: 600_000, snapshot: 600_000 } });
    let answer: () => void = () => undefined;
    for (const name of ['send_order', 'cancel_order'])
      server.engine.hooks.set(name, () => new Promise<void>((resolve) => (answer = resolve)));

    const held = async (): Promise<void> => {
      await eventually(() => {
        expect(server.engine.calls.at(-1)).toMatch(/^(send_order|cancel_order) CTP/);
      });
    };
    const first = call(gateway);
    await held();
    await vi.advanceTimersByTimeAsync(62_000);
    expect(gateway.client.stats().calls.inFlight).toBe(1);
    answer();
    await compared(server, gateway);
    await first;
    const second = call(gateway);
    await held();
    await vi.advanceTimersByTimeAsync(64_900);
    expect(gateway.client.stats().calls.inFlight).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    // It waits behind the order: this server, as Python's, answers a client's calls one after the other.
    expect(gateway.client.stats().calls.inFlight).toBe(2);
    answer();
    await second;
  });

  test('one that fails is told, and not tried again before its time', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const problem = nextEvent<GatewayProblem>(gateway, 'error');
    server.engine.hooks.set('get_all_orders', () => {
      throw new Error('locked');
    });
    vi.advanceTimersByTime(60_000);
    expect(await problem).toMatchObject({ kind: 'snapshot', message: expect.stringContaining('locked') as string });
    server.engine.hooks.clear();
    await vi.advanceTimersByTimeAsync(59_000);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(1_000);
    await compared(server, gateway);
  });

  test('ends with the gateway', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    await gateway.close();
    const before = asked(server);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked(server)).toEqual(before);
  });
});

describe('after a pause of this process', () => {
  /** Does not turn the event loop. The timers that tell of it are real ones. */
  function standStill(time: number): void {
    const end = process.uptime() + time / 1000;
    while (process.uptime() < end);
  }

  test('orders and trades are compared at once, and once more 5 s later', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await settled(server);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('1', { traded: 1, status: Status.PARTTRADED })];
    server.engine.trades = [trade('a', '1')];
    useProcessor(0.4);
    standStill(300);
    expect(await compared(server, gateway)).toEqual({ orders: 1, others: 0 });
    expect(await resynced).toMatchObject({ reason: 'paused', missed: { trade: [{ tradeid: 'a' }] } });
    useProcessor(1);
    // The publisher's queue was full for a moment yet.
    server.engine.trades.push(trade('b', '1'));
    const again = nextEvent<ResyncReport>(gateway, 'resynced');
    await vi.advanceTimersByTimeAsync(4_900);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(100);
    expect(await again).toMatchObject({ reason: 'paused', missed: { trade: [{ tradeid: 'b' }] } });
  });

  test('not when it was at work all the while', async () => {
    const server = await startFake();
    const gateway = await settled(server, { stallTolerance: Infinity });
    standStill(400);
    // The next look at the loop is over.
    for (let turn = 0; turn < 4; turn++)
      await new Promise((resolve) => setImmediate(() => setInterval(resolve, 60).unref()));
    await expectQuiet(server, gateway);
  });
});

describe('what does not fit together', () => {
  test('a fill whose order was never seen', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = inconsistencies(gateway);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('1', { traded: 1, status: Status.PARTTRADED })];
    server.engine.tellTrade(trade('a', '1'));
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(250);
    expect(await compared(server, gateway)).toEqual({ orders: 1, others: 0 });
    expect(await resynced).toMatchObject({ reason: 'suspicious', missed: { order: [{ orderid: '1' }], trade: [] } });
    expect(told).toEqual([]);
  });

  test('is no reason when the order is right behind its fill, and the fill behind its order', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.tellTrade(trade('a', '1'));
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(240);
    server.engine.tellOrder(order('1', { traded: 2, status: Status.PARTTRADED }));
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(1_900);
    server.engine.tellTrade(trade('b', '1'));
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(10_000);
    await expectQuiet(server, gateway);
  });

  test('the fills of an order that do not add up for 2 s', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = inconsistencies(gateway);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    loseFill(server, 'a', '1');
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(1_900);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(100);
    expect(await resynced).toMatchObject({ reason: 'suspicious', missed: { order: [], trade: [{ tradeid: 'a' }] } });
    expect(gateway.trades.size).toBe(1);
    expect(told).toEqual([]);
  });

  test('more fills than the order knows of: its event was dropped', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await settled(server);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('1', { traded: 1, status: Status.PARTTRADED })];
    server.engine.tellTrade(trade('a', '1'));
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(2_000);
    expect(await resynced).toMatchObject({ reason: 'suspicious', missed: { order: [{ traded: 1 }] } });
  });

  test('an order that was sent here, and nothing comes of it', async () => {
    const server = await startFake((engine) => {
      engine.onSendOrder = () => {
        engine.orders = [order('1')];
        return 'CTP.1';
      };
    });
    const gateway = await settled(server);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await gateway.sendOrder(orderRequest());
    await vi.advanceTimersByTimeAsync(1_900);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(100);
    expect(await resynced).toMatchObject({ reason: 'suspicious', missed: { order: [{ orderid: '1' }] } });
  });

  test('is compared at once, then every 5 s at most, and once more after something was found', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const found: string[] = [];
    gateway.on('resynced', ({ missed }) => found.push(missed.trade.map(({ tradeid }) => tradeid).join()));
    loseFill(server, 'a', '1');
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(2_000);
    await compared(server, gateway);
    loseFill(server, 'b', '2');
    loseFill(server, 'c', '3');
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(4_900);
    await expectQuiet(server, gateway);
    expect(found).toEqual(['a']);
    vi.advanceTimersByTime(100);
    await compared(server, gateway);
    expect(found).toEqual(['a', 'b,c']);
    // Something was lost: once more. It finds nothing, and that is the end.
    vi.advanceTimersByTime(5_000);
    await compared(server, gateway);
    await vi.advanceTimersByTimeAsync(30_000);
    await expectQuiet(server, gateway);
  });
});

describe('a difference that a comparison leaves', () => {
  test.each([
    [
      'fills that are not listed',
      'CTP.1',
      (server: FakeServer) => {
        server.engine.tellOrder(order('1', { traded: 3, status: Status.PARTTRADED }));
        server.engine.tellTrade(trade('a', '1'));
      },
    ],
    [
      'an order that is not listed',
      'CTP.1',
      (server: FakeServer) => {
        server.engine.tellTrade(trade('a', '1'));
      },
    ],
  ])('is told once, and gives no reason for another: %s', async (_what, id, happen) => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = inconsistencies(gateway);
    happen(server);
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(2_000);
    await compared(server, gateway);
    expect(told).toEqual([[id]]);
    await vi.advanceTimersByTimeAsync(50_000);
    await expectQuiet(server, gateway);
    vi.advanceTimersByTime(10_000);
    await compared(server, gateway);
    expect(told).toHaveLength(1);
    expect(gateway.stats().problems).toMatchObject({ inconsistent: 1 });
  });

  test('an own order of which the server knows nothing', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = inconsistencies(gateway);
    const id = await gateway.sendOrder(orderRequest());
    vi.advanceTimersByTime(2_000);
    await compared(server, gateway);
    expect(told).toEqual([[id]]);
    await vi.advanceTimersByTimeAsync(50_000);
    await expectQuiet(server, gateway);
  });

  test('does not hide a further one of the same order', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    server.engine.tellOrder(order('1', { traded: 3, status: Status.PARTTRADED }));
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(2_000);
    await compared(server, gateway);
    await vi.advanceTimersByTimeAsync(5_000);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    loseFill(server, 'd', '1', { traded: 4 });
    await caughtUp(server, gateway);
    vi.advanceTimersByTime(2_000);
    expect(await resynced).toMatchObject({ reason: 'suspicious', missed: { trade: [{ tradeid: 'd' }] } });
  });

  test('is how things stand when it is there at the first snapshot: nobody is told', async () => {
    // A day of which a part is listed: fills without orders, orders without their fills.
    const server = await startFake((engine) => {
      engine.orders = [order('1', { traded: 4, status: Status.PARTTRADED })];
      engine.trades = [trade('x', '9')];
    });
    const gateway = await settled(server);
    const told = inconsistencies(gateway);
    const other = { traded: 5, status: Status.PARTTRADED, volume: 10 } as const;
    server.engine.tellOrder(order('1', other));
    server.engine.tellTrade(trade('a', '1'));
    server.engine.tellTrade(trade('y', '9'));
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(10_000);
    await expectQuiet(server, gateway);
    // What is missing comes late, piece by piece.
    server.engine.tellTrade(trade('b', '1', { volume: 2 }));
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(10_000);
    await expectQuiet(server, gateway);
    expect(told).toEqual([]);
  });

  test('is the habit of a gateway that reports no trades: after three comparisons it is left alone', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const messages: string[] = [];
    gateway.on('error', ({ message }) => messages.push(message));
    const fill = async (orderid: string): Promise<void> => {
      server.engine.tellOrder(order(orderid, { traded: 10, status: Status.ALLTRADED }));
      await caughtUp(server, gateway);
    };
    for (const orderid of ['1', '2', '3']) {
      await fill(orderid);
      vi.advanceTimersByTime(5_000);
      await compared(server, gateway);
    }
    expect(messages).toHaveLength(3);
    expect(messages[2]).toContain('Gateway CTP seems to report so');
    await fill('4');
    await vi.advanceTimersByTimeAsync(30_000);
    await expectQuiet(server, gateway);
    expect(messages).toHaveLength(3);
  });

  test('is none where the fills of a spread are those of its legs', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const spread = { symbol: 'SP c2705&c2709', exchange: Exchange.DCE, price: -12 } as const;
    server.engine.tellOrder(order('1', { ...spread, traded: 2, status: Status.PARTTRADED }));
    server.engine.tellTrade(trade('a', '1', { symbol: 'c2705', exchange: Exchange.DCE, volume: 2 }));
    server.engine.tellTrade(trade('b', '1', { symbol: 'c2709', exchange: Exchange.DCE, volume: 2 }));
    // Of this one a leg was dropped.
    await caughtUp(server, gateway);
    await vi.advanceTimersByTimeAsync(10_000);
    await expectQuiet(server, gateway);
    server.engine.tellOrder(order('2', { ...spread, price: 0, traded: 1, status: Status.PARTTRADED }));
    server.engine.tellTrade(trade('c', '2', { symbol: 'c2705', exchange: Exchange.DCE }));
    server.engine.trades.push(trade('d', '2', { symbol: 'c2709', exchange: Exchange.DCE }));
    await caughtUp(server, gateway);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    vi.advanceTimersByTime(2_000);
    expect(await resynced).toMatchObject({ missed: { trade: [{ tradeid: 'd' }] } });
  });
});

test('what the stream says while a comparison is on its way is not overwritten by it', async () => {
  const server = await startFake((engine) => {
    engine.orders = [order('1')];
  });
  const gateway = await settled(server);
  const told = record(gateway, 'order');
  server.engine.hooks.set('get_all_orders', async () => {
    server.engine.hooks.clear();
    const old = server.engine.orders;
    server.engine.tellOrder(order('1', { status: Status.CANCELLED }));
    await caughtUp(server, gateway);
    // What it answers is of before.
    server.engine.orders = old;
  });
  vi.advanceTimersByTime(60_000);
  await compared(server, gateway);
  expect(gateway.orders.get('CTP.1')?.status).toBe(Status.CANCELLED);
  expect(told).toEqual(['order CTP.1 CANCELLED 0']);
});

test("a relay answers its clients' comparisons from its own state, and tells them what it missed itself", async () => {
  const server = await startFake((engine) => {
    engine.orders = [order('1')];
  });
  const upstream = await settled(server);
  const transport = new MemoryTransport();
  const relay = closed(new RpcService(upstream, { transport, heartbeatInterval: 50, gracePeriod: 1 }));
  await relay.start('requests', 'events');
  const client = server.gateway({ transport, compareInterval: 1_000, heartbeat: { tolerance: Infinity } });
  await client.connect('requests', 'events');
  const told = record(client, 'order', 'trade');
  const before = asked(server);
  const { snapshots } = client.stats();
  vi.advanceTimersByTime(1_000);
  await eventually(() => {
    expect(client.stats().snapshots).toBeGreaterThan(snapshots);
  });
  expect(asked(server)).toEqual(before);
  server.engine.orders = [order('1', { traded: 1, status: Status.PARTTRADED })];
  server.engine.trades = [trade('a', '1')];
  await upstream.resync();
  await eventually(() => {
    expect(told).toEqual(['order CTP.1 PARTTRADED 1', 'trade CTP.a']);
  });
});

describe('a contract that is gone', () => {
  test('stays, unless it is to be dropped; then a relay does not hand it on, and it is new when it comes again', async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract(), contract('rb2701')];
      engine.ticks = [tick(1), tick(2, { symbol: 'rb2701' })];
    });
    const keeping = await settled(server);
    const dropping = await settled(server, { dropGoneContracts: true });
    const transport = new MemoryTransport();
    const relay = closed(new RpcService(dropping, { transport, heartbeatInterval: 50, gracePeriod: 1 }));
    await relay.start('requests', 'events');
    await dropping.subscribe('rb2701.SHFE');
    server.engine.contracts = [contract()];
    await keeping.resync();
    const { vanished, restarted } = await dropping.resync();
    expect(vanished.contract).toMatchObject([{ symbol: 'rb2701' }]);
    expect(restarted).toBe(false);
    expect([...keeping.contracts.keys()]).toEqual(['rb2705.SHFE', 'rb2701.SHFE']);
    expect([...dropping.contracts.keys()]).toEqual(['rb2705.SHFE']);
    expect([...dropping.ticks.keys()]).toEqual(['rb2705.SHFE']);
    const client = server.gateway({ transport });
    await client.connect('requests', 'events');
    expect([...client.contracts.keys()]).toEqual(['rb2705.SHFE']);
    expect((await dropping.resync()).vanished.contract).toEqual([]);
    const before = server.engine.subscriptions.length;
    const told = nextEvent(dropping, 'contract');
    server.engine.emit(new Event(EventType.CONTRACT, contract('rb2701')));
    expect(await told).toMatchObject({ symbol: 'rb2701' });
    await eventually(() => {
      expect(server.engine.subscriptions.slice(before)).toMatchObject([[{ symbol: 'rb2701' }, 'CTP']]);
    });
    expect(dropping.contracts.has('rb2701.SHFE')).toBe(true);
    expect(() => server.gateway({ dropGoneContracts: 'yes' as never })).toThrow('dropGoneContracts');
  });
});
