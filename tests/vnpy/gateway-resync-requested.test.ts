import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Status } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, ResyncReport } from 'vnpy-bridge/vnpy';
import { contract, nextEvent, order, settled, startFake, trade, useProcessor } from './support.js';

const failure = (code: string): Error => expect.objectContaining({ name: 'GatewayError', code }) as Error;

describe('a comparison that was asked for', () => {
  test('tells what was missed, once', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await settled(server);
    const told: string[] = [];
    gateway.on('order', (data) => told.push(`${data.vt_orderid} ${data.status.name}`));
    const resynced: ResyncReport[] = [];
    gateway.on('resynced', (report) => resynced.push(report));
    server.engine.orders = [order('1', { status: Status.CANCELLED }), order('2')];
    server.engine.contracts.push(contract('rb2710'));
    const report = await gateway.resync();
    expect(report).toMatchObject({ reason: 'requested', downtime: 0, restarted: false, resubscribed: [] });
    expect(report.missed.order.map((data) => data.vt_orderid)).toEqual(['CTP.1', 'CTP.2']);
    expect(report.missed.contract.map((data) => data.symbol)).toEqual(['rb2710']);
    expect(told).toEqual(['CTP.1 CANCELLED', 'CTP.2 NOTTRADED']);
    expect(resynced).toEqual([report]);
    expect((await gateway.resync()).missed).toMatchObject({ contract: [], order: [], trade: [] });
    expect(resynced).toHaveLength(1);
  });

  test('waits for a connection that is away, and is the one that makes up for it', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const lost = nextEvent(gateway, 'status', (status: { state: string }) => status.state === 'disconnected');
    await server.service.stop();
    await lost;
    const report = gateway.resync();
    await server.restart((engine) => {
      engine.trades = [trade('t1', '1')];
    });
    expect(await report).toMatchObject({ reason: 'reconnected', missed: { trade: [{ vt_tradeid: 'CTP.t1' }] } });
  });

  test('may be asked for while connecting', async () => {
    const server = await startFake();
    const gateway = server.gateway();
    const connected = gateway.connect('requests', 'events');
    const report = gateway.resync();
    await connected;
    expect(await report).toMatchObject({ reason: 'requested' });
  });

  test('ends with the signal, and with the gateway', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const lost = nextEvent(gateway, 'status', (status: { state: string }) => status.state === 'disconnected');
    await server.service.stop();
    await lost;
    await expect(gateway.resync({ signal: AbortSignal.abort() })).rejects.toThrow(failure('ABORTED'));
    const controller = new AbortController();
    const aborted = expect(gateway.resync({ signal: controller.signal })).rejects.toThrow(failure('ABORTED'));
    const closed = expect(gateway.resync()).rejects.toThrow(failure('CLOSED'));
    controller.abort();
    await aborted;
    await gateway.close();
    await closed;
    await expect(gateway.resync()).rejects.toThrow(failure('CLOSED'));
  });

  test('fails when the server cannot answer, and nobody else is told', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    server.engine.hooks.set('get_all_orders', () => {
      throw new Error('database is locked');
    });
    await expect(gateway.resync()).rejects.toThrow('database is locked');
    server.engine.hooks.clear();
    expect(await gateway.resync()).toMatchObject({ reason: 'requested' });
    expect(problems).toEqual([]);
    expect(server.engine.calls.filter((name) => name === 'get_all_orders')).toHaveLength(4);
  });
});

/** Keeps the event loop from turning, in ms. */
function block(time: number): void {
  const end = performance.now() + time;
  while (performance.now() < end);
}

describe('a program that did not read', () => {
  beforeEach(() => {
    useProcessor(1);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('compares by itself once it has read all there is', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    const gateway = await settled(server, { stallTolerance: 600 });
    const resynced = nextEvent<ResyncReport>(gateway, 'resynced');
    server.engine.orders = [order('1', { status: Status.ALLTRADED, traded: 10 })];
    server.engine.trades = [trade('t1', '1')];
    block(700);
    // Messages that had arrived: there is no rest yet, but timers run.
    const busyUntil = performance.now() + 600;
    let comparedEarly = false;
    while (performance.now() < busyUntil) {
      block(5);
      await new Promise(setImmediate);
      comparedEarly ||= gateway.trades.size > 0;
    }
    expect(comparedEarly).toBe(false);
    const report = await resynced;
    expect(report).toMatchObject({ reason: 'stalled', downtime: 0, restarted: false });
    expect(report.missed.order).toMatchObject([{ vt_orderid: 'CTP.1', status: Status.ALLTRADED }]);
    expect(gateway.orders.get('CTP.1')?.traded).toBe(10);
    expect(gateway.trades.size).toBe(1);
  });

  test('a pause within the tolerance is none', async () => {
    const patient = await startFake();
    await settled(patient, { stallTolerance: 5000 });
    const impatient = await startFake();
    const resynced = nextEvent(await settled(impatient, { stallTolerance: 600 }), 'resynced');
    impatient.engine.orders = [order('1')];
    const asked = patient.engine.calls.length;
    block(700);
    await resynced;
    expect(patient.engine.calls).toHaveLength(asked);
  });

  test('the tolerance is a time', async () => {
    const server = await startFake();
    expect(() => server.gateway({ stallTolerance: 0 })).toThrow('stallTolerance must be a number of milliseconds');
    const gateway = await settled(server, { stallTolerance: Infinity });
    expect(await gateway.resync()).toMatchObject({ reason: 'requested' });
  });
});
