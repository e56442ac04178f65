import { describe, expect, test } from 'vitest';
import { Direction, Exchange, Offset, OrderData, OrderType, Status, replace } from 'vnpy-bridge/vnpy';
import { haltProcedure } from '../../../src/guard/halt/procedure.js';
import type {
  HaltEngine,
  HaltProcedureOptions,
  HaltReport,
  ProcedureClock,
} from '../../../src/guard/halt/procedure.js';

/** A server with orders, and a clock that goes to the next timer when nothing else is to be done. */
class Server implements HaltEngine, ProcedureClock {
  #now = 0;
  #timers: { at: number; call: () => void }[] = [];
  readonly orders = new Map<string, OrderData>();
  readonly cancels: { id: string; at: number }[] = [];
  readonly calls: string[] = [];
  readonly refuses = new Set<string>();
  readonly silent = new Set<string>();
  readonly forgets = new Set<string>();
  readonly fills = new Set<string>();
  unsettled: readonly string[] = [];
  waiting = 0;
  isDown = false;
  onList: () => void = () => undefined;

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    setImmediate(() => {
      const [next] = this.#timers.sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      this.#timers.shift();
      this.#now = next.at;
      next.call();
    });
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  add(id: string, more: Partial<OrderData> = {}): void {
    const order = new OrderData({
      gateway_name: 'CTP',
      symbol: 'rb2705',
      exchange: Exchange.SHFE,
      orderid: id,
      type: more.type ?? OrderType.LIMIT,
      direction: more.direction ?? Direction.LONG,
      offset: Offset.OPEN,
      price: more.price ?? 3500,
      volume: more.volume ?? 1,
      status: Status.NOTTRADED,
    });
    this.orders.set(order.vt_orderid, order);
  }

  withdrawWaiting(): number {
    this.calls.push('withdraw');
    return this.waiting;
  }

  settled(): Promise<readonly string[]> {
    this.calls.push('settled');
    return Promise.resolve(this.unsettled);
  }

  activeOrders(): Promise<readonly OrderData[]> {
    this.calls.push('list');
    this.onList();
    if (this.isDown) return Promise.reject(new Error('not connected'));
    return Promise.resolve([...this.orders.values()].filter((order) => order.isActive()));
  }

  cancel(order: OrderData): Promise<void> {
    const { vt_orderid } = order;
    this.cancels.push({ id: vt_orderid, at: this.#now });
    if (this.refuses.has(vt_orderid)) return Promise.reject(new Error('exchange is closed'));
    if (this.silent.has(vt_orderid)) return new Promise(() => undefined);
    const isFilled = this.fills.has(vt_orderid);
    const traded = isFilled ? order.volume : order.traded;
    const status = isFilled ? Status.ALLTRADED : Status.CANCELLED;
    this.orders.set(vt_orderid, replace(order, { traded, status }));
    return Promise.resolve();
  }

  ended({ vt_orderid }: OrderData): Promise<OrderData | undefined> {
    return Promise.resolve(this.forgets.has(vt_orderid) ? undefined : this.orders.get(vt_orderid));
  }

  run(options: Partial<HaltProcedureOptions> = {}): Promise<HaltReport> {
    return haltProcedure(this, { clock: this, ...options });
  }
}

describe('50 orders', () => {
  test('are cancelled at five a second, after what waits and what is under way', async () => {
    const server = new Server();
    server.waiting = 3;
    for (let index = 0; index < 50; index++) server.add(String(index));
    const report = await server.run();
    expect(report).toMatchObject({ isDone: true, withdrawn: 3, failed: [], unknown: [], cancels: 50 });
    expect(report.cancelled).toHaveLength(50);
    expect(server.calls.slice(0, 3)).toEqual(['withdraw', 'settled', 'list']);
    for (const [index, { at }] of server.cancels.entries())
      expect(at - (server.cancels[index - 5]?.at ?? -1000)).toBeGreaterThanOrEqual(1000);
  });

  test('of which some were filled, refuse, say nothing or are forgotten each stand where they belong', async () => {
    const server = new Server();
    for (let index = 0; index < 50; index++) server.add(String(index));
    server.fills.add('CTP.1');
    server.refuses.add('CTP.2');
    server.silent.add('CTP.3');
    server.forgets.add('CTP.4');
    const report = await server.run();
    expect(report.isDone).toBe(false);
    expect(report.filled).toEqual(['CTP.1']);
    expect(report.unknown).toEqual(['CTP.4']);
    expect(report.failed.map(({ vt_orderid }) => vt_orderid).sort()).toEqual(['CTP.2', 'CTP.3']);
    expect(report.failed.find(({ vt_orderid }) => vt_orderid === 'CTP.2')?.reason).toBe('exchange is closed');
    expect(report.cancelled).toHaveLength(46);
    expect(report.ms).toBeLessThan(80_000);
    // It was tried again.
    expect(server.cancels.filter(({ id }) => id === 'CTP.2').length).toBeGreaterThan(1);
  });

  test('are listed and not cancelled by a drill', async () => {
    const server = new Server();
    for (let index = 0; index < 50; index++) server.add(String(index));
    const report = await server.run({ drill: true });
    expect(report).toMatchObject({ isDrill: true, isDone: false, cancels: 50, withdrawn: 0, failed: [] });
    expect([server.cancels, server.calls]).toEqual([[], ['settled', 'list']]);
  });
});

describe('the procedure', () => {
  test('is never done while an outcome is unknown', async () => {
    const server = new Server();
    server.unsettled = ['ref-1'];
    const report = await server.run();
    expect(report).toMatchObject({ isDone: false, unknown: ['ref-1'], failed: [] });
  });

  test('finds an order that appears late, and then that its answer was not lost', async () => {
    const server = new Server();
    server.unsettled = ['ref-1'];
    let lists = 0;
    server.onList = () => {
      if (++lists !== 2) return;
      server.add('late');
      server.unsettled = [];
    };
    expect(await server.run()).toMatchObject({ isDone: true, cancelled: ['CTP.late'], unknown: [] });
  });

  test('says that orders could not be listed', async () => {
    const server = new Server();
    server.isDown = true;
    const report = await server.run({ deadline: 5000 });
    expect(report.isDone).toBe(false);
    expect(report.failed).toEqual([{ vt_orderid: '', reason: 'orders could not be listed: not connected' }]);
  });

  test('takes market orders, aggressive and large ones first', async () => {
    const server = new Server();
    server.add('small', { price: 3500, volume: 1 });
    server.add('low', { price: 3400, volume: 9 });
    server.add('sell', { price: 3600, volume: 5, direction: Direction.SHORT });
    server.add('dear', { price: 3700, volume: 8, direction: Direction.SHORT });
    server.add('market', { price: 0, type: OrderType.MARKET });
    await server.run();
    expect(server.cancels.map(({ id }) => id)).toEqual(['CTP.market', 'CTP.sell', 'CTP.small', 'CTP.low', 'CTP.dear']);
  });

  test('leaves orders that it does not cover', async () => {
    const server = new Server();
    server.add('own');
    server.add('other');
    const report = await server.run({ covers: ({ orderid }) => orderid === 'own' });
    expect(report).toMatchObject({ isDone: true, cancelled: ['CTP.own'] });
    expect(server.cancels).toHaveLength(1);
  });

  test('goes on when the guard throws, and says so', async () => {
    const server = new Server();
    server.add('own');
    server.withdrawWaiting = () => {
      throw new Error('broken');
    };
    const report = await server.run();
    expect(report).toMatchObject({ isDone: false, cancelled: ['CTP.own'] });
    expect(report.failed.map(({ reason }) => reason).join()).toContain('broken');
  });

  test('ends when it is told to', async () => {
    const server = new Server();
    server.add('own');
    server.refuses.add('CTP.own');
    expect(await server.run({ signal: AbortSignal.abort() })).toMatchObject({ isDone: false });
  });
});
