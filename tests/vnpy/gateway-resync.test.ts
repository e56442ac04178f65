import { describe, expect, test } from 'vitest';
import { Event, EventType, Exchange, QuoteData, Status } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, ResyncReport } from 'vnpy-bridge/vnpy';
import { account, contract, nextEvent, order, orderRequest, position, startFake, trade } from './support.js';
import type { FakeServer } from './support.js';

/** Resolves when the server is asked for a subscription. */
function nextSubscription(server: FakeServer): Promise<void> {
  return new Promise((resolve) => {
    server.engine.hooks.set('subscribe', resolve);
  });
}

describe('after a loss of the connection', () => {
  test('what was missed is told once, and the symbols are subscribed again', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1'), order('2')];
      engine.accounts = [account(100)];
    });
    const gateway = await server.connected();
    await gateway.subscribe('rb2705.SHFE');
    const told: string[] = [];
    gateway.on('order', (data) => told.push(`${data.vt_orderid} ${data.status.name}`));
    gateway.on('trade', (data) => told.push(data.vt_tradeid));
    gateway.on('account', (data) => told.push(`balance ${data.balance}`));
    const filled = gateway.waitForOrder('CTP.1');

    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('1', { status: Status.ALLTRADED, traded: 10 }), order('2'), order('3')];
    server.engine.trades = [trade('t1', '1')];
    server.engine.accounts = [account(90)];
    server.transport.sever('requests');
    server.transport.sever('events');
    const report = await resynced;

    expect(report).toMatchObject({ reason: 'reconnected', restarted: false, resubscribed: ['rb2705.SHFE'] });
    expect(report.missed.order.map((data) => data.vt_orderid)).toEqual(['CTP.1', 'CTP.3']);
    expect(report.vanished.order).toEqual([]);
    expect(report.downtime).toBeGreaterThan(0);
    expect(told).toEqual(['balance 90', 'CTP.1 ALLTRADED', 'CTP.3 NOTTRADED', 'CTP.t1']);
    expect((await filled).status).toBe(Status.ALLTRADED);
    expect(server.engine.subscriptions).toHaveLength(2);
    expect(gateway.stats()).toMatchObject({ snapshots: 2, client: { reconnects: 1 } });
  });

  test("after a restart the state is the new server's; what it has lost is reported", async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1'), order('2', { status: Status.ALLTRADED, traded: 10 })];
      engine.trades = [trade('t1', '2')];
      engine.positions = [position(3)];
    });
    const gateway = await server.connected();
    const waiting = gateway.waitForOrder('CTP.1');
    const rejected = expect(waiting).rejects.toThrow(expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error);
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.orders = [order('2', { status: Status.ALLTRADED, traded: 10 })];
      engine.positions = [position(5)];
    });
    const report = await resynced;
    expect(report.restarted).toBe(true);
    expect(report.vanished).toMatchObject({
      order: [{ vt_orderid: 'CTP.1' }],
      trade: [{ vt_tradeid: 'CTP.t1' }],
      position: [],
    });
    expect(report.missed).toMatchObject({ order: [], trade: [], position: [{ volume: 5 }] });
    expect([...gateway.orders.keys()]).toEqual(['CTP.2']);
    expect(gateway.trades.size).toBe(0);
    await rejected;
  });

  test('an order of which nothing was ever told, and which the new server does not know, is not waited for', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const lost = expect(gateway.waitForOrder(await gateway.sendOrder(orderRequest()))).rejects.toThrow(
      expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error,
    );
    const kept = gateway.waitForOrder('CTP.2');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.orders = [order('2')];
    });
    await resynced;
    await lost;
    server.engine.tellOrder(order('2', { status: Status.CANCELLED }));
    expect((await kept).status).toBe(Status.CANCELLED);
  });

  test('the quotes of a server that was restarted are gone, those of a connection that was lost are not', async () => {
    const quote = (quoteid: string): QuoteData =>
      new QuoteData({
        gateway_name: 'CTP',
        symbol: 'rb2705',
        exchange: Exchange.SHFE,
        quoteid,
        status: Status.NOTTRADED,
      });
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await server.connected();
    const told = nextEvent(gateway, 'quote');
    server.engine.emit(new Event(EventType.QUOTE, quote('1')));
    await told;
    const back = nextEvent<ResyncReport>(gateway, 'resynced');
    server.transport.sever('requests');
    expect((await back).restarted).toBe(false);
    expect([...gateway.quotes.keys()]).toEqual(['CTP.1']);
    const restarted = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      // Told before the gateway knows that this is another server.
      engine.hooks.set('get_all_trades', () => {
        engine.emit(new Event(EventType.QUOTE, quote('2')));
      });
    });
    expect((await restarted).restarted).toBe(true);
    expect([...gateway.quotes.keys()]).toEqual(['CTP.2']);
  });

  test('an order id that the new server uses again is a new order', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', { status: Status.ALLTRADED, traded: 10 })];
      engine.trades = [trade('1', '1')];
    });
    const gateway = await server.connected();
    const told: string[] = [];
    gateway.on('order', (data) => told.push(`${data.vt_orderid} ${data.status.name}`));
    gateway.on('trade', (data) => told.push(`${data.vt_tradeid} ${data.price}`));
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart((engine) => {
      engine.orders = [order('1')];
      engine.trades = [trade('1', '1', { price: 3600 })];
    });
    await resynced;
    expect(told).toEqual(['CTP.1 NOTTRADED', 'CTP.1 3600']);
  });

  test('a symbol whose contract the restarted server has not loaded yet is subscribed again when it has', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    await gateway.subscribe('rb2705.SHFE');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.contracts = [];
    });
    const report = await resynced;
    // A contract that is gone may have expired: it alone is no sign of a restart.
    expect(report).toMatchObject({
      restarted: false,
      vanished: { contract: [{ vt_symbol: 'rb2705.SHFE' }] },
      resubscribed: [],
    });
    expect(gateway.contracts.size).toBe(1);
    const again = nextSubscription(server);
    server.engine.emit(new Event(EventType.CONTRACT, contract()));
    await again;
  });

  test('it is subscribed again also when a second look was taken in between', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    await gateway.subscribe('rb2705.SHFE');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.contracts = [];
    });
    await resynced;
    // Its first message, vnpy's own log line, makes the gateway look again.
    const missed = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('9')];
    server.engine.tellLog('RPC started');
    expect(await missed).toMatchObject({ reason: 'joined' });
    const again = nextSubscription(server);
    server.engine.emit(new Event(EventType.CONTRACT, contract()));
    await again;
  });

  test('a symbol that cannot be subscribed again is reported, and the rest goes on', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    await gateway.subscribe('rb2705.SHFE');
    const problem = nextEvent<GatewayProblem>(gateway, 'error');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.hooks.set('subscribe', () => {
        throw new Error('not today');
      });
    });
    expect(await problem).toMatchObject({ kind: 'resubscribe', vt_symbol: 'rb2705.SHFE' });
    expect((await resynced).resubscribed).toEqual([]);
  });

  test('a snapshot that fails is reported and tried again', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const problem = nextEvent<GatewayProblem>(gateway, 'error');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    let failures = 1;
    await server.restart((engine) => {
      engine.orders = [order('1')];
      engine.hooks.set('get_all_trades', () => {
        if (failures-- > 0) throw new Error('not ready');
      });
    });
    expect(await problem).toMatchObject({ kind: 'snapshot', message: expect.stringContaining('not ready') as string });
    expect(await resynced).toMatchObject({ reason: 'reconnected' });
    expect([...gateway.orders.keys()]).toEqual(['CTP.1']);
  });

  test('a loss in the middle of a snapshot is made up for by the next one', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const reports: ResyncReport[] = [];
    gateway.on('resynced', (report) => reports.push(report));
    let losses = 1;
    const resynced = nextEvent(gateway, 'resynced');
    await server.restart((engine) => {
      engine.orders = [order('1')];
      engine.hooks.set('get_all_orders', () => {
        if (losses-- > 0) server.transport.sever('requests');
      });
    });
    await resynced;
    expect([...gateway.orders.keys()]).toEqual(['CTP.1']);
    expect(reports).toHaveLength(1);
  });

  test('a loss while the subscription was still on its way is a loss like any other', async () => {
    const server = await startFake();
    server.transport.freeze('events');
    const gateway = await server.connected();
    await gateway.subscribe('rb2705.SHFE');
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    await server.restart((engine) => {
      engine.orders = [order('1')];
    });
    expect(await resynced).toMatchObject({
      reason: 'reconnected',
      missed: { order: [{ vt_orderid: 'CTP.1' }] },
      resubscribed: ['rb2705.SHFE'],
    });
  });

  test('a server that was not there yet when connect() was called is no loss', async () => {
    const server = await startFake();
    await server.service.stop();
    const gateway = server.gateway();
    const reports: ResyncReport[] = [];
    gateway.on('resynced', (report) => reports.push(report));
    const refused = nextEvent(gateway, 'status', (status: { state: string }) => status.state === 'disconnected');
    const connecting = gateway.connect('requests', 'events');
    await refused;
    await server.restart();
    await connecting;
    await gateway.findOrder('nobody');
    expect(reports).toEqual([]);
  });

  test('close() in the middle of a resync ends it quietly', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    const asked = new Promise<void>((resolve) => {
      void server.restart((engine) => {
        engine.hooks.set('get_all_orders', () => {
          resolve();
          return new Promise(() => undefined);
        });
      });
    });
    await asked;
    await gateway.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(problems).toEqual([]);
  });
});
