import { describe, expect, test } from 'vitest';
import {
  CancelRequest,
  ContractData,
  Direction,
  Exchange,
  GatewayError,
  JoinedEngine,
  LogData,
  Offset,
  OrderRequest,
  OrderType,
  Product,
  RpcGateway,
  RpcService,
  SendOrderError,
  SimulatedEngine,
  SubscribeRequest,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { Event, TradingEngine } from 'vnpy-bridge/vnpy';
import { MemoryTransport } from 'vnpy-bridge/rpc';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };
const RB_ID = 'rb2705.SHFE';

const order = (more: Partial<ConstructorParameters<typeof OrderRequest>[0]> = {}): OrderRequest =>
  new OrderRequest({
    ...RB,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    price: 3400,
    volume: 2,
    ...more,
  });

function withPrice(engine: SimulatedEngine, price: number): SimulatedEngine {
  const book = { bid_price_1: price - 1, bid_volume_1: 50, ask_price_1: price + 1, ask_volume_1: 50 };
  engine.giveTick(new TickData({ ...RB, gateway_name: 'SIM', datetime: new Date(), last_price: price, ...book }));
  return engine;
}

function pair(): { a: SimulatedEngine; b: SimulatedEngine; both: JoinedEngine; events: Event[] } {
  // The same session: the same ids at both.
  const [a, b] = [1, 2].map((seed) => new SimulatedEngine({ seed, session: 's' }));
  if (a === undefined || b === undefined) throw new Error('two');
  const both = new JoinedEngine({ a, b });
  const events: Event[] = [];
  both.on('event', (event) => events.push(event));
  return { a, b, both, events };
}

const logs = (events: readonly Event[]): string[] =>
  events.flatMap(({ data }) => (data instanceof LogData ? [data.msg] : []));

/** An engine whose every list and answer is of another one. */
function wrapped(engine: SimulatedEngine, changes: Partial<Record<string, unknown>>): TradingEngine {
  return new Proxy(engine, {
    get: (target, name) => {
      const changed = typeof name === 'string' ? changes[name] : undefined;
      const value: unknown = changed ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe('names', () => {
  test('the same id at two servers is two orders, and each is cancelled where it is', async () => {
    const { a, b, both } = pair();
    const first = await both.sendOrder(order(), 'a:SIM');
    const second = await both.sendOrder(order({ price: 3300 }), 'b:SIM');
    expect([first, second]).toEqual(['a:SIM.s_1', 'b:SIM.s_1']);
    expect((await both.getAllOrders()).map(({ vt_orderid: id, price }) => [id, price])).toEqual([
      ['a:SIM.s_1', 3400],
      ['b:SIM.s_1', 3300],
    ]);
    const found = await both.getOrder(second);
    if (found === undefined) throw new Error(`there is no ${second}`);
    expect(found).toMatchObject({ gateway_name: 'b:SIM', orderid: 's_1', vt_symbol: RB_ID });
    await both.cancelOrder(found.createCancelRequest(), found.gateway_name);
    expect([a.getOrder('SIM.s_1')?.isActive(), b.getOrder('SIM.s_1')?.isActive()]).toEqual([true, false]);
    expect((await both.getAllActiveOrders()).map(({ vt_orderid: id }) => id)).toEqual([first]);
  });

  test('what is told is what is listed, and the servers keep their own names', async () => {
    const { a, b, both, events } = pair();
    withPrice(b, 3500);
    const id = await both.sendOrder(order({ price: 3600 }), 'b:SIM');
    const told = events.flatMap(({ type, data }) => (type === 'eOrder.' ? [data] : [])).at(-1);
    expect(await both.getOrder(id)).toBe(told);
    const [trade] = await both.getAllTrades();
    expect(trade).toMatchObject({ gateway_name: 'b:SIM', vt_orderid: id });
    expect(await both.getTrade(trade?.vt_tradeid ?? '')).toBe(trade);
    const [position] = await both.getAllPositions();
    expect(position?.vt_positionid).toMatch(/^b:SIM\.rb2705\.SHFE\./);
    expect(await both.getPosition(position?.vt_positionid ?? '')).toBe(position);
    expect((await both.getAllAccounts()).map(({ vt_accountid: account }) => account)).toEqual([
      'a:SIM.SIM',
      'b:SIM.SIM',
    ]);
    expect(await both.getAccount('b:SIM.SIM')).toBe((await both.getAllAccounts())[1]);
    expect(b.getAllTrades()[0]?.vt_tradeid).toMatch(/^SIM\./);
    expect(a.getAllAccounts()[0]?.vt_accountid).toBe('SIM.SIM');
  });

  test('a gateway may have a colon and dots in its name', async () => {
    const odd = new SimulatedEngine({ gatewayName: 'CTP:1.x', session: 's' });
    const both = new JoinedEngine({ odd, other: new SimulatedEngine() });
    const id = await both.sendOrder(order(), 'odd:CTP:1.x');
    expect(id).toBe('odd:CTP:1.x.s_1');
    expect((await both.getOrder(id))?.gateway_name).toBe('odd:CTP:1.x');
  });

  test('names that are none are refused', () => {
    const engine = new SimulatedEngine();
    for (const name of ['', 'a:b', 'a.b', 'a b', 'é', 'x'.repeat(33), '../a'])
      expect(() => new JoinedEngine({ [name]: engine }), name).toThrow(/a server's name/);
    expect(() => new JoinedEngine({})).toThrow(/needs one engine/);
  });

  test('a server that there is not gets nothing, and the log says so', async () => {
    const { a, b, both, events } = pair();
    for (const gateway of ['SIM', 'c:SIM', ':SIM', '__proto__:SIM'])
      expect(await both.sendOrder(order(), gateway)).toBe('');
    await both.cancelOrder(new CancelRequest({ ...RB, orderid: 's_1' }), 'SIM');
    await both.subscribe(new SubscribeRequest(RB), 'c:SIM');
    expect([a.orders.size, b.orders.size]).toEqual([0, 0]);
    expect(logs(events)[1]).toBe(`send_order of ${RB_ID}: "c:SIM" names no gateway of a:…, b:…; nothing was sent`);
    expect(logs(events)).toHaveLength(6);
    for (const id of ['SIM.s_1', 'c:SIM.s_1', '__proto__:SIM.s_1']) expect(await both.getOrder(id)).toBeUndefined();
  });
});

describe('a contract that two servers have', () => {
  test('is that of the first, once; both can be asked for', async () => {
    const { b, both } = pair();
    const own = new ContractData({
      ...{ symbol: 'own', exchange: Exchange.SHFE, gateway_name: 'SIM', name: 'own' },
      ...{ product: Product.FUTURES, size: 1, pricetick: 1 },
    });
    const three = new JoinedEngine({ b, c: new SimulatedEngine({ contracts: [own] }) });
    const all = await both.getAllContracts();
    expect(new Set(all.map(({ vt_symbol: id }) => id)).size).toBe(all.length);
    expect((await both.getContract(RB_ID))?.gateway_name).toBe('a:SIM');
    expect((await both.contractsOf(RB_ID)).map(({ gateway_name: name }) => name)).toEqual(['a:SIM', 'b:SIM']);
    expect((await three.getContract('own.SHFE'))?.gateway_name).toBe('c:SIM');
    // Without a gateway it is that of the contract.
    expect(await three.sendOrder(order({ symbol: 'own', price: 1 }), '')).toMatch(/^c:SIM\./);
  });

  test('has the ticks of one server: of that where it was subscribed', async () => {
    const { a, b, both, events } = pair();
    const ticks = (): [string, number][] =>
      events
        .splice(0)
        .flatMap(({ data }) =>
          data instanceof TickData ? [[data.gateway_name, data.last_price] as [string, number]] : [],
        );
    withPrice(a, 3500); // Somebody else's subscription.
    expect(ticks()).toEqual([['a:SIM', 3500]]);
    await both.subscribe(new SubscribeRequest(RB), 'b:SIM');
    events.length = 0;
    withPrice(a, 3501);
    withPrice(b, 3600);
    expect(ticks()).toEqual([['b:SIM', 3600]]);
    expect((await both.getTick(RB_ID))?.last_price).toBe(3600);
    expect((await both.getAllTicks()).map(({ last_price: price }) => price)).toEqual([3600]);
    await both.subscribe(new SubscribeRequest(RB), 'a:SIM');
    events.length = 0;
    withPrice(a, 3502);
    expect(ticks()).toEqual([]);
  });
});

describe('what became of an order', () => {
  test('the server is asked that it was sent to, and only that', async () => {
    const { a, both } = pair();
    const asked: string[] = [];
    const linked = wrapped(a, {
      status: () => ({ state: 'disconnected', detail: 'away', reason: 'lost', endpoint: 'request', address: 'x' }),
      findOrder: (reference: string) => {
        asked.push(reference);
        return Promise.reject(new GatewayError('ORDER_UNCERTAIN', 'CTP.3 may be it'));
      },
      on: (name: string, listener: (event: Event) => void) =>
        name === 'event' ? a.on('event', listener) : () => undefined,
    });
    const b = new SimulatedEngine();
    const two = new JoinedEngine({ a: linked, b });
    const id = await two.sendOrder(order({ reference: 'mine' }), 'b:SIM');
    expect((await two.findOrder('mine'))?.vt_orderid).toBe(id);
    expect(asked).toEqual([]);
    // It may have been sent by another process: then all are asked, and one that cannot tell counts.
    await expect(two.findOrder('other')).rejects.toMatchObject({
      code: 'ORDER_UNCERTAIN',
      message: 'a: CTP.3 may be it',
    });
    await two.sendOrder(order({ reference: 'shared' }), 'a:SIM');
    await two.sendOrder(order({ reference: 'shared' }), 'b:SIM');
    expect((await two.findOrder('shared'))?.gateway_name).toBe('b:SIM');
    expect(await both.findOrder('none')).toBeUndefined();
    expect(asked).toEqual(['other', 'shared']);
  });

  test('an error of the server comes as it is, and its reference is known', async () => {
    const { a, b } = pair();
    const failing = wrapped(a, {
      sendOrder: () => Promise.reject(new SendOrderError('unknown', 'no answer', { reference: 'made-here' })),
    });
    const two = new JoinedEngine({ a: failing, b });
    b.sendOrder(order({ reference: 'made-here' }));
    await expect(two.sendOrder(order(), 'a:SIM')).rejects.toMatchObject({ outcome: 'unknown' });
    // The order with that reference at the other server is not this one.
    expect(await two.findOrder('made-here')).toBeUndefined();
  });
});

describe('servers over a wire', () => {
  interface Wire {
    readonly gateway: RpcGateway;
    readonly service: RpcService;
    readonly engine: SimulatedEngine;
    readonly connect: () => Promise<void>;
    readonly stop: () => Promise<void>;
  }
  function wire(): Wire {
    const transport = new MemoryTransport();
    const engine = new SimulatedEngine({ session: 's' });
    const service = new RpcService(engine, { transport, gracePeriod: 1 });
    const gateway = new RpcGateway({ transport, timeouts: { connect: Infinity } });
    const connect = async (): Promise<void> => {
      await service.start('requests', 'events');
      await gateway.connect('requests', 'events');
    };
    const stop = async (): Promise<void> => {
      await gateway.close();
      await service.stop();
    };
    return { gateway, service, engine, connect, stop };
  }

  test('one that never came up keeps no other from working', async () => {
    const [up, down] = [wire(), wire()];
    const both = new JoinedEngine({ down: down.gateway, up: up.gateway });
    const told: [string, string][] = [];
    both.on('status', ({ state }, server) => told.push([state, server]));
    expect(both.status().state).toBe('idle');
    await up.connect();
    expect(both.status()).toMatchObject({ state: 'connected' });
    expect(told.at(-1)).toEqual(['connected', 'up']);
    expect(both.isRemote).toBe(true);
    const id = await both.sendOrder(order(), 'up:SIM');
    expect(up.engine.orders.size).toBe(1);
    expect((await both.findOrder((await both.getOrder(id))?.reference ?? ''))?.vt_orderid).toBe(id);
    await expect(both.sendOrder(order(), 'down:SIM')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    expect((await both.getContract(RB_ID))?.gateway_name).toBe('up:SIM');
    await Promise.all([up.stop(), down.stop()]);
  });

  test('a marker comes behind the events of all', async () => {
    const [a, b] = [wire(), wire()];
    await Promise.all([a.connect(), b.connect()]);
    const both = new JoinedEngine({ a: a.gateway, b: b.gateway });
    const events: Event[] = [];
    both.on('event', (event) => events.push(event));
    const ids = await Promise.all(['a:SIM', 'b:SIM'].map((gateway) => both.sendOrder(order(), gateway)));
    await both.flushEvents?.('the-marker');
    const orders = events.flatMap(({ data }) =>
      data instanceof LogData ? ['log'] : [Reflect.get(data as object, 'vt_orderid') as unknown],
    );
    expect(orders.at(-1)).toBe('log');
    expect(logs(events)).toEqual(['all events before the-marker are told']);
    expect(orders).toEqual(expect.arrayContaining(ids));
    await Promise.all([a.stop(), b.stop()]);
  });
});

test('what a comparison brought has the names of here', () => {
  const { a, b } = pair();
  const listeners = new Map<string, (...args: unknown[]) => void>();
  const linked = wrapped(a, {
    status: () => ({ state: 'connected', reconnects: 2 }),
    findOrder: () => undefined,
    on: (name: string, listener: (...args: unknown[]) => void) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    },
  });
  const both = new JoinedEngine({ a: linked, b });
  const reports: unknown[] = [];
  both.on('resynced', ({ missed, vanished, restarted }, server) => {
    reports.push([server, restarted, missed.account[0]?.vt_accountid, vanished.account[0]?.gateway_name]);
  });
  const account = a.getAllAccounts();
  const parts = { account, order: [], trade: [], position: [], contract: [], tick: [] };
  listeners.get('resynced')?.({ restarted: true, missed: parts, vanished: parts });
  expect(reports).toEqual([['a', true, 'a:SIM.SIM', 'a:SIM']]);
  expect(both.status()).toEqual({ state: 'connected', reconnects: 2 });
});

test('an engine that answers later, and one whose listener throws', async () => {
  const { a, b } = pair();
  const late = wrapped(a, {
    getContract: (id: string) => Promise.resolve(a.getContract(id)),
    getAllContracts: () => Promise.resolve(a.getAllContracts()),
  });
  const both = new JoinedEngine({ late, b });
  await both.getAllContracts();
  withPrice(b, 3600);
  withPrice(a, 3500);
  expect((await both.getContract(RB_ID))?.gateway_name).toBe('late:SIM');
  const problems: string[] = [];
  both.on('error', ({ message }, server) => problems.push(`${String(server)} ${message}`));
  both.on('event', () => {
    throw new Error('mine');
  });
  const seen: Event[] = [];
  both.on('event', (event) => seen.push(event));
  await both.sendOrder(order(), 'b:SIM');
  expect(problems[0]).toBe('undefined a listener of "event" threw: mine');
  expect(seen.length).toBeGreaterThan(0);
  both.close();
  const before = seen.length;
  b.sendOrder(order());
  expect(seen).toHaveLength(before);
});
