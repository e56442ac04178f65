import { getEventListeners } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PyGlobal, PyObject, Tuple } from 'vnpy-bridge/pickle';
import { Direction, Exchange, GatewayError, HistoryRequest, Status, SubscribeRequest } from 'vnpy-bridge/vnpy';
import type { GatewayProblem, SnapshotProgress } from 'vnpy-bridge/vnpy';
import {
  account,
  contract,
  FakeServer,
  nextEvent,
  order,
  orderRequest,
  position,
  record,
  startFake,
  tick,
  trade,
} from './support.js';

describe('connect', () => {
  test('resolves with the whole state, told to listeners as events', async () => {
    const server = await startFake((engine) => {
      engine.accounts = [account(100)];
      engine.positions = [position(3), position(4, Direction.SHORT)];
      engine.orders = [order('1'), order('2', { status: Status.ALLTRADED, traded: 10 })];
      engine.trades = [trade('t1', '2')];
    });
    const gateway = server.gateway();
    const told = record(gateway, 'contract', 'account', 'position', 'order', 'trade');
    await gateway.connect('requests', 'events');
    expect([...gateway.contracts.keys()]).toEqual(['rb2705.SHFE']);
    expect(gateway.accounts.get('CTP.1')).toMatchObject({ balance: 100, available: 100 });
    expect([...gateway.positions.values()].map((data) => data.volume)).toEqual([3, 4]);
    expect([...gateway.orders.keys()]).toEqual(['CTP.1', 'CTP.2']);
    expect(gateway.getAllActiveOrders().map((data) => data.vt_orderid)).toEqual(['CTP.1']);
    expect([...gateway.trades.keys()]).toEqual(['CTP.t1']);
    expect(told).toEqual([
      'contract',
      'account',
      'position',
      'position',
      'order CTP.1 NOTTRADED 0',
      'order CTP.2 ALLTRADED 10',
      'trade CTP.t1',
    ]);
  });

  test('with retryFirstSnapshot a snapshot that fails is told, and taken again', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1')];
    });
    let failures = 1;
    server.engine.hooks.set('get_all_trades', () => {
      if (failures-- > 0) throw new Error('locked');
    });
    const gateway = server.gateway({ retryFirstSnapshot: true });
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    const told = record(gateway, 'order');
    await gateway.connect('requests', 'events');
    expect(problems).toMatchObject([{ kind: 'snapshot', message: expect.stringMatching(/again.*locked/s) as string }]);
    // What the first attempt brought is not told a second time.
    expect(told).toEqual(['order CTP.1 NOTTRADED 0']);
    const second = server.gateway({ retryFirstSnapshot: true });
    server.engine.hooks.set('get_all_trades', () => {
      throw new Error('locked');
    });
    const failed = nextEvent<GatewayProblem>(second, 'error');
    const connecting = second.connect('requests', 'events');
    await failed;
    await second.close();
    await expect(connecting).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('tells how far it is', async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract('a'), contract('b')];
    });
    const gateway = server.gateway();
    const steps: SnapshotProgress[] = [];
    gateway.on('progress', (step) => steps.push(step));
    await gateway.connect('requests', 'events');
    expect(steps.map(({ kind, phase, count }) => [kind, phase, count])).toEqual([
      ['contract', 'asked', undefined],
      ['contract', 'done', 2],
      ['account', 'asked', undefined],
      ['account', 'done', 0],
      ['position', 'asked', undefined],
      ['position', 'done', 0],
      ['order', 'asked', undefined],
      ['order', 'done', 0],
      ['trade', 'asked', undefined],
      ['trade', 'done', 0],
    ]);
  });

  test('rejects when nobody answers, and leaves nothing behind', async () => {
    const server = await startFake();
    const gateway = server.gateway({ timeouts: { connect: 30 } });
    await expect(gateway.connect('nobody', 'events')).rejects.toThrow('not connected within 30 ms');
    expect(gateway.status()).toEqual({ state: 'stopped' });
    await expect(gateway.connect('requests', 'events')).rejects.toThrow(
      expect.objectContaining({ code: 'CLOSED' }) as Error,
    );
  });

  test('waits for a server that comes up an hour later, or until close()', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const server = new FakeServer();
    const options = { timeouts: { connect: Infinity }, reconnect: { initial: 60_000, max: 60_000 } };
    const [patient, closing] = [server.gateway(options), server.gateway(options)];
    let ended = false;
    const connected = patient.connect('requests', 'events').finally(() => {
      ended = true;
    });
    const stopped = expect(closing.connect('requests', 'events')).rejects.toMatchObject({ code: 'CLOSED' });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ended).toBe(false);
    await closing.close();
    await stopped;
    await server.start();
    await vi.advanceTimersByTimeAsync(120_000);
    await connected;
    expect(patient.contracts.size).toBe(1);
  });

  test('takes a timeout that is no whole number', async () => {
    const server = await startFake();
    const gateway = await server.connected({ timeouts: { connect: 15000.5, snapshot: 15000.5, request: 15000.5 } });
    await gateway.subscribe('rb2705.SHFE');
    expect(server.engine.subscriptions).toHaveLength(1);
  });

  test('rejects when the snapshot cannot be had', async () => {
    const server = await startFake((engine) => {
      engine.hooks.set('get_all_orders', () => {
        throw new Error('no orders today');
      });
    });
    const gateway = server.gateway();
    await expect(gateway.connect('requests', 'events')).rejects.toThrow('no orders today');
    expect(gateway.status()).toEqual({ state: 'stopped' });
  });

  test('twice is an error; before it nothing can be asked', async () => {
    const server = await startFake();
    const gateway = server.gateway();
    await expect(gateway.subscribe('rb2705.SHFE')).rejects.toThrow('await connect() first');
    await gateway.connect('requests', 'events');
    await expect(gateway.connect('requests', 'events')).rejects.toThrow(
      expect.objectContaining({ code: 'ALREADY_CONNECTED' }) as Error,
    );
  });

  test('a listener may ask for more while the snapshot is still coming in', async () => {
    const server = await startFake();
    const gateway = server.gateway();
    gateway.on('contract', ({ vt_symbol }) => void gateway.subscribe(vt_symbol));
    await gateway.connect('requests', 'events');
    expect(server.engine.subscriptions).toHaveLength(1);
  });

  test('close() while it connects ends it', async () => {
    const server = await startFake();
    const gateway = server.gateway();
    const asked = new Promise<void>((resolve) => {
      server.engine.hooks.set('get_all_orders', () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    const connecting = expect(gateway.connect('requests', 'events')).rejects.toThrow('the client was stopped');
    await asked;
    await gateway.close();
    await connecting;
    await expect(gateway.subscribe('rb2705.SHFE')).rejects.toThrow('The gateway was closed');
  });

  test('an object of an unregistered class in a snapshot is reported and left out', async () => {
    const stranger = new PyObject(new PyGlobal('vnpy_ctp', 'CtpContract'), Tuple.of());
    const server = await startFake((engine) => {
      engine.contracts = [contract(), stranger as never];
    });
    const gateway = server.gateway();
    const problems: GatewayProblem[] = [];
    gateway.on('error', (problem) => problems.push(problem));
    await gateway.connect('requests', 'events');
    expect(gateway.contracts.size).toBe(1);
    expect(problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(/^get_all_contracts returned 1 objects .* vnpy_ctp\.CtpContract/) as string,
    ]);
  });
});

describe('subscribe', () => {
  test('finds the gateway by the contract', async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract('rb2705', 'CTP'), contract('au2706', 'TTS')];
    });
    const gateway = await server.connected();
    await gateway.subscribe('au2706.SHFE');
    await gateway.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
    expect(server.engine.subscriptions).toEqual([
      [new SubscribeRequest({ symbol: 'au2706', exchange: Exchange.SHFE }), 'TTS'],
      [new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }), 'CTP'],
    ]);
  });

  test.each(['rb9999.SHFE', 'rb2705', 'rb2705.MARS', '.SHFE', ''])('refuses %j here', async (vtSymbol) => {
    const server = await startFake();
    const gateway = await server.connected();
    await expect(gateway.subscribe(vtSymbol)).rejects.toThrow(
      expect.objectContaining({ code: 'UNKNOWN_SYMBOL' }) as Error,
    );
    expect(server.engine.subscriptions).toEqual([]);
  });

  test('names the gateway for a contract that the server does not list', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    await gateway.subscribe('xx.SSE', 'XTP');
    expect(server.engine.subscriptions).toEqual([
      [new SubscribeRequest({ symbol: 'xx', exchange: Exchange.SSE }), 'XTP'],
    ]);
  });
});

describe('queryHistory', () => {
  const request = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start: new Date(0) });

  test('None is no bars; anything else that is no list of bars is an error', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    expect(await gateway.queryHistory(request)).toEqual([]);
    server.engine.onQueryHistory = () => null;
    expect(await gateway.queryHistory(request)).toEqual([]);
    server.engine.onQueryHistory = () => 'sorry';
    await expect(gateway.queryHistory(request)).rejects.toThrow('query_history returned "sorry"');
    server.engine.onQueryHistory = () => [1];
    await expect(gateway.queryHistory(request)).rejects.toThrow(GatewayError);
  });

  test('can be aborted while it waits for its turn, and is then never sent', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.engine.hooks.set('query_history', () => held);
    const first = gateway.queryHistory(request);
    const aborting = new AbortController();
    const second = gateway.queryHistory(request, { signal: aborting.signal });
    const third = gateway.queryHistory(request);
    aborting.abort(new Error('not any more'));
    await expect(second).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'not any more' } });
    release();
    await Promise.all([first, third]);
    expect(server.engine.calls.filter((call) => call.startsWith('query_history'))).toHaveLength(2);
  });
});

describe('stale feeds', () => {
  test('a subscribed symbol without ticks is stale until one comes', async () => {
    const server = await startFake((engine) => {
      engine.contracts = [contract('rb2705'), contract('au2706')];
    });
    const gateway = await server.connected({ staleAfter: 40 });
    const told = nextEvent<{ vt_symbol: string; age: number }>(gateway, 'stale');
    await gateway.subscribe('rb2705.SHFE');
    const stale = await told;
    expect(stale.vt_symbol).toBe('rb2705.SHFE');
    expect(stale.age).toBeGreaterThanOrEqual(40);
    expect(gateway.staleSymbols()).toEqual(['rb2705.SHFE']);
    const fresh = nextEvent<{ vt_symbol: string }>(gateway, 'fresh');
    server.engine.tellTick(tick(1));
    expect(await fresh).toMatchObject({ vt_symbol: 'rb2705.SHFE' });
    expect(gateway.staleSymbols()).toEqual([]);
  });

  test('a tick that says what is known already shows that the feed lives', async () => {
    const server = await startFake();
    const gateway = await server.connected({ staleAfter: 40 });
    await gateway.subscribe('rb2705.SHFE');
    // The tick arrives before any timer can tell that the symbol is stale.
    const stale = nextEvent(gateway, 'stale');
    server.engine.tellTick(tick(1));
    await stale;
    const fresh = nextEvent(gateway, 'fresh');
    server.engine.tellTick(tick(1));
    await fresh;
    // A feed that repeats itself is told each time.
    expect(gateway.stats().delivered.tick).toBe(2);
  });

  test('a program that did not read takes nothing for stale before it has', async () => {
    const server = await startFake();
    const gateway = await server.connected({ staleAfter: 200 });
    await gateway.subscribe('rb2705.SHFE');
    const told: string[] = [];
    gateway.on('stale', ({ vt_symbol }) => told.push(`stale ${vt_symbol}`));
    gateway.on('tick', ({ last_price }) => told.push(`tick ${last_price}`));
    const stale = nextEvent(gateway, 'stale');
    // A tick that comes while the program computes, and has its turn after the look at the time.
    setTimeout(() => {
      server.engine.tellTick(tick(1));
    }, 100);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    await stale;
    expect(told).toEqual(['tick 1', 'stale rb2705.SHFE']);
  });

  test('an option that is undefined is left out', async () => {
    const server = await startFake();
    // As from JavaScript, or settings of which some are not set.
    const options: object = { registry: undefined, timeouts: { connect: undefined } };
    const gateway = await server.connected(options);
    expect(gateway.contracts.size).toBe(1);
  });

  test('names that are none are refused, in every function that takes options', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const wrong = (value: object): never => value as never;
    expect(() => server.gateway(wrong({ timeouts: { histroy: 5 } }))).toThrow('there is no option "histroy"');
    expect(() => server.gateway(wrong({ rewriteGatewayName: 'no' }))).toThrow(
      'rewriteGatewayName must be true or false',
    );
    expect(() => server.gateway(wrong({ gatewayName: 5 }))).toThrow('gatewayName must be a text, not 5');
    const misspelt = wrong({ timout: 5 });
    const refused = 'there is no option "timout"; did you mean "timeout"?';
    await expect(gateway.sendOrder(orderRequest(), wrong({ gatewayname: 'XTP' }))).rejects.toThrow('gatewayName');
    await expect(gateway.waitForOrder('CTP.1', misspelt)).rejects.toThrow(refused);
    await expect(gateway.findOrder('a', misspelt)).rejects.toThrow(refused);
    await expect(gateway.resync(misspelt)).rejects.toThrow(refused);
    expect(server.engine.requests).toEqual([]);
  });

  test('a time that is none is refused', async () => {
    const server = await startFake();
    expect(() => server.gateway({ staleAfter: NaN })).toThrow('staleAfter must be a number of milliseconds');
    expect(() => server.gateway({ timeouts: { connect: NaN } })).toThrow('timeouts.connect must be a number of');
    expect(() => server.gateway({ timeouts: { snapshot: 0 } })).toThrow('timeouts.snapshot must be a number of');
  });
});

test('one signal ends everything that it was given to, and is listened to twice at most: Node warns of the eleventh', async () => {
  const server = await startFake();
  const gateway = await server.connected();
  const controller = new AbortController();
  const { signal } = controller;
  const history = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start: new Date(0) });
  const listeners = (): number => getEventListeners(signal, 'abort').length;
  const waiting: Promise<unknown>[] = [];
  for (let i = 0; i < 20; i++) {
    waiting.push(gateway.waitForOrder(`CTP.${i}`, { signal }), gateway.resync({ signal }));
    waiting.push(gateway.events('order', { signal }).next(), gateway.client.events({ signal }).next());
    waiting.push(gateway.queryHistory(history, { signal }));
    const statuses = gateway.client.statuses({ signal });
    await statuses.next();
    waiting.push(statuses.next());
  }
  expect(listeners()).toBe(2);
  controller.abort();
  const endings = await Promise.allSettled(waiting);
  expect(endings).toHaveLength(120);
  expect(listeners()).toBe(0);
});

describe('close', () => {
  test('ends everything, and may be called again', async () => {
    const server = await startFake();
    const gateway = await server.connected();
    const waiting = gateway.waitForOrder('CTP.1');
    const rejected = expect(waiting).rejects.toThrow(expect.objectContaining({ code: 'CLOSED' }) as Error);
    await gateway.close();
    await gateway.close();
    await rejected;
    expect(gateway.status()).toEqual({ state: 'stopped' });
    await expect(gateway.subscribe('rb2705.SHFE')).rejects.toThrow('The gateway was closed');
    expect(server.transport.connections('requests')).toBe(0);
  });
});
