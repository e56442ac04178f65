import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Event, EventType, Exchange, QuoteData, Status } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, ResyncReport } from 'vnpy-bridge/vnpy';
import { eventually } from '../support/patience.js';
import { contract, nextEvent, order, orderRequest, record, settled, startFake, useProcessor } from './support.js';
import type { FakeServer } from './support.js';

// Comparisons with the server that come at the same time, fail, or lose their connection: none is forgotten.

const VANISHED = expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error;

const quote = (quoteid: string): Event =>
  new Event(
    EventType.QUOTE,
    new QuoteData({ gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE, quoteid }),
  );

/** Resolves when the server is asked for this, and lets it answer when the function that it gives is called. */
function held(server: FakeServer, name: string): Promise<() => void> {
  return new Promise((asked) => {
    server.engine.hooks.set(name, () => {
      server.engine.hooks.delete(name);
      return new Promise<void>((answer) => {
        asked(answer);
      });
    });
  });
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a comparison that is wanted', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('%i microtasks after another one ends is taken', async (hops) => {
    const server = await startFake();
    const gateway = await settled(server);
    const second = new Promise<ResyncReport>((resolve) => {
      const off = gateway.on('progress', (step) => {
        if (step.kind !== 'trade' || step.phase !== 'done') return;
        off();
        let turn = Promise.resolve();
        for (let hop = 0; hop < hops; hop++) turn = turn.then(() => undefined);
        void turn.then(() => {
          resolve(gateway.resync());
        });
      });
    });
    await gateway.resync();
    expect(await second).toMatchObject({ reason: 'requested' });
  });

  test('after a loss makes up for it also when the first attempt fails and another was requested meanwhile', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    const inVain = expect(gateway.waitForOrder('CTP.77')).rejects.toThrow(VANISHED);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    let requested: Promise<ResyncReport> | undefined;
    await server.restart((engine) => {
      engine.orders = [order('1')];
      engine.hooks.set('get_all_orders', () => {
        engine.hooks.clear();
        requested = gateway.resync();
        throw new Error('not yet');
      });
    });
    const report = await resynced;
    expect(report).toMatchObject({ reason: 'reconnected', missed: { order: [{ vt_orderid: 'CTP.1' }] } });
    expect(report.downtime).toBeGreaterThan(0);
    expect(await requested).toBe(report);
    expect(problems).toMatchObject([{ kind: 'snapshot' }]);
    await inVain;
  });

  test('by a stall stands when it was taken together with a requested one that failed', async () => {
    useProcessor(1);
    const server = await startFake();
    const gateway = await settled(server, { stallTolerance: 500 });
    const asked = held(server, 'get_all_trades');
    const first = gateway.resync();
    const answer = await asked;
    const second = gateway.resync();
    const end = performance.now() + 600;
    while (performance.now() < end);
    // The watch looks every 250 ms, and nothing tells that it has.
    await delay(600);
    server.engine.orders = [order('1')];
    server.engine.hooks.set('get_all_orders', () => {
      server.engine.hooks.clear();
      throw new Error('locked');
    });
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    answer();
    await first;
    await expect(second).rejects.toThrow('locked');
    expect(await resynced).toMatchObject({ reason: 'stalled', missed: { order: [{ vt_orderid: 'CTP.1' }] } });
  });

  test('by a request goes on over the next connection when its own is lost, and what it found is reported', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await settled(server);
    const told: ResyncReport[] = [];
    gateway.on('resynced', (report) => told.push(report));
    const asked = held(server, 'get_all_trades');
    server.engine.orders = [order('2')];
    const reports = Promise.all([gateway.resync(), gateway.resync()]);
    await asked;
    await server.restart((engine) => {
      engine.orders = [order('2')];
      // Of the new server: it stays, whoever finds out that it is one.
      engine.hooks.set('get_all_contracts', () => {
        engine.emit(quote('new'));
      });
    });
    const [report, same] = await reports;
    expect(same).toBe(report);
    expect(told).toEqual([report]);
    expect(report).toMatchObject({
      reason: 'reconnected',
      restarted: true,
      missed: { order: [{ vt_orderid: 'CTP.2' }] },
      vanished: { order: [{ vt_orderid: 'CTP.1' }] },
    });
    await eventually(() => {
      expect([...gateway.quotes.keys()]).toEqual(['CTP.new']);
    });
  });

  test('is counted', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const { snapshots } = gateway.stats();
    await gateway.resync();
    await gateway.resync();
    expect(gateway.stats().snapshots).toBe(snapshots + 2);
  });

  test('tells nothing more once the gateway is closed', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = record(gateway, 'order');
    gateway.on('order', () => void gateway.close());
    server.engine.orders = [order('1'), order('2'), order('3')];
    await expect(gateway.resync()).rejects.toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error);
    expect(told).toEqual(['order CTP.1 NOTTRADED 0']);
  });
});

describe('an order that a restarted server does not know', () => {
  test('is not waited for, also if the waiting begins while the connection is away', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const vtOrderid = await gateway.sendOrder(orderRequest());
    const lost = nextEvent(gateway, 'status', (status: { state: string }) => status.state === 'disconnected');
    await server.service.stop();
    await lost;
    const waiting = expect(gateway.waitForOrder(vtOrderid)).rejects.toThrow(VANISHED);
    await server.restart();
    await waiting;
  });

  test('is not waited for, also if it was sent between two losses', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    server.transport.sever('requests');
    const answer = await held(server, 'get_all_contracts');
    const comparing = held(server, 'get_all_trades');
    const sent = gateway.sendOrder(orderRequest());
    answer();
    const waiting = expect(gateway.waitForOrder(await sent)).rejects.toThrow(VANISHED);
    await comparing;
    await server.restart();
    await waiting;
  });
});

describe('an event that looks older than a comparison', () => {
  test('counts in the end, also if another comparison fails meanwhile', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: Status.REJECTED })];
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const gateway = await settled(server);
    server.engine.tellOrder(order('1'));
    const seen = nextEvent(gateway, 'log');
    server.engine.tellLog('all of it');
    await seen;
    expect(gateway.orders.get('CTP.1')?.status).toBe(Status.REJECTED);
    server.engine.hooks.set('get_all_orders', () => {
      throw new Error('locked');
    });
    await expect(gateway.resync()).rejects.toThrow('locked');
    const told = nextEvent(gateway, 'order');
    vi.advanceTimersByTime(10_000);
    expect(await told).toMatchObject({ status: Status.NOTTRADED });
  });
});

describe('a contract that a restarted server has lost', () => {
  test('is a sign of one restart, not of one at each comparison', async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract(), contract('rb2701')];
      engine.orders = [order('9')];
    });
    const gateway = await settled(server);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.contracts = [contract()];
    });
    expect(await resynced).toMatchObject({
      restarted: true,
      vanished: { contract: [{ symbol: 'rb2701' }], order: [{ orderid: '9' }] },
    });
    const told = nextEvent(gateway, 'quote');
    server.engine.emit(quote('1'));
    await told;
    expect(await gateway.resync()).toMatchObject({ restarted: false, vanished: { contract: [] } });
    const again = nextEvent<ResyncReport>(gateway, 'resynced');
    server.transport.sever('requests');
    expect(await again).toMatchObject({ reason: 'reconnected', restarted: false });
    expect([...gateway.quotes.keys()]).toEqual(['CTP.1']);
    expect(gateway.contracts.size).toBe(2);
  });

  test('is subscribed again when a comparison finds that it is back', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    await gateway.subscribe('rb2705.SHFE');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.contracts = [];
    });
    expect((await resynced).resubscribed).toEqual([]);
    const before = server.engine.subscriptions.length;
    server.engine.contracts = [contract()];
    await gateway.resync();
    await eventually(() => {
      expect(server.engine.subscriptions).toHaveLength(before + 1);
    });
    await gateway.resync();
    expect(server.engine.subscriptions).toHaveLength(before + 1);
  });
});

test('symbols are subscribed again once for a connection, however often its comparison fails', async () => {
  const server = await startFake((engine) => {
    engine.contracts = [contract(), contract('rb2710')];
  });
  const gateway = await settled(server);
  await gateway.subscribe('rb2705.SHFE');
  await gateway.subscribe('rb2710.SHFE');
  let failures = 0;
  const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
  await server.restart((engine) => {
    engine.contracts = [contract(), contract('rb2710')];
    engine.hooks.set('get_all_trades', () => {
      failures++;
      if (failures < 3) throw new Error('not yet');
    });
  });
  expect((await resynced).resubscribed).toEqual(['rb2705.SHFE', 'rb2710.SHFE']);
  expect(server.engine.subscriptions).toHaveLength(2);
});
