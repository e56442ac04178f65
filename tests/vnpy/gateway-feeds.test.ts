import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Event, EventType, Exchange, RpcGateway, RpcService, Status } from 'vnpy-bridge/vnpy';
import type { TickData } from 'vnpy-bridge/vnpy';
import { account, closed, nextEvent, order, position, record, settled, startFake, tick, trade } from './support.js';
import type { FakeServer } from './support.js';

// Fresh ticks for a loop, and each thing as often as it came.

const RB = 'rb2705.SHFE';

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Resolves when everything that was published before has been taken in. */
async function caughtUp(server: FakeServer, gateway: RpcGateway): Promise<void> {
  const seen = nextEvent(gateway, 'log');
  server.engine.tellLog('all of it');
  await seen;
}

/** A relay in front of a server, and who connects to it. */
async function relayed(server: FakeServer): Promise<{ upstream: RpcGateway; desk: () => Promise<RpcGateway> }> {
  const upstream = await settled(server);
  const relay = closed(new RpcService(upstream, { transport: server.transport, gracePeriod: 1 }));
  await relay.start('relay requests', 'relay events');
  const desk = async (): Promise<RpcGateway> => {
    const gateway = server.gateway();
    await gateway.connect('relay requests', 'relay events');
    return gateway;
  };
  return { upstream, desk };
}

describe('what comes again', () => {
  test('is told again by kind where it is a feed, and by event always', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = record(gateway, 'tick', 'order', 'trade', 'position', 'account');
    const events: string[] = [];
    gateway.on('event', ({ type }) => events.push(type));
    const stream = gateway.events();
    const first = stream.next();
    const all = [
      new Event(EventType.TICK, tick(1)),
      new Event(EventType.ORDER, order('1')),
      new Event(EventType.TRADE, trade('t', '1')),
      new Event(EventType.POSITION, position(1)),
      new Event(EventType.ACCOUNT, account(1)),
    ];
    for (const event of [...all, ...all]) server.engine.emit(event);
    await caughtUp(server, gateway);
    expect(told).toEqual([
      ...['tick rb2705.SHFE 1', 'order CTP.1 NOTTRADED 0', 'trade CTP.t', 'position', 'account'],
      ...['tick rb2705.SHFE 1', 'position', 'account'],
    ]);
    const types = all.map(({ type }) => type);
    expect(events).toEqual([...types, ...types, EventType.LOG]);
    expect((await first).value?.type).toBe(EventType.TICK);
    for (const type of [...types, ...types, EventType.LOG].slice(1))
      expect((await stream.next()).value?.type).toBe(type);

    // The twins under the longer types, and the order and the fill that were known.
    expect(gateway.stats()).toMatchObject({ doubles: 12, delivered: { tick: 2, order: 1, trade: 1 } });
  });

  test('under the longer type alone is told', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const told = record(gateway, 'tick');
    server.engine.emit(new Event(`${EventType.TICK}${RB}`, tick(1)));
    server.engine.emit(new Event(`${EventType.TICK}${RB}`, tick(1)));
    await caughtUp(server, gateway);
    expect(told).toEqual(['tick rb2705.SHFE 1', 'tick rb2705.SHFE 1']);
  });

  test('goes through a relay as it came', async () => {
    const server = await startFake();
    const { desk } = await relayed(server);
    const gateway = await desk();
    const events: string[] = [];
    gateway.on('event', ({ type }) => events.push(type));
    for (let count = 0; count < 2; count++) {
      server.engine.tellTick(tick(1));
      server.engine.tellOrder(order('1'));
      server.engine.tellTrade(trade('t', '1'));
    }
    await caughtUp(server, gateway);
    const one = [EventType.TICK, EventType.ORDER, EventType.TRADE];
    expect(events).toEqual([...one, ...one, EventType.LOG]);
  });
});

describe('a client that subscribes at a relay in a quiet market', () => {
  test('gets the last tick that the relay published itself over the present connection', async () => {
    const server = await startFake();
    const { upstream, desk } = await relayed(server);
    const first = await desk();
    const one = nextEvent<TickData>(first, 'tick');
    server.engine.tellTick(tick(1));
    await one;
    const second = await desk();
    await second.subscribe(RB);
    expect((await second.next('tick')).last_price).toBe(1);
    // After a loss it is of before: a client would take it for a new price.
    const resynced = nextEvent(upstream, 'resynced');
    server.transport.sever('requests');
    server.transport.sever('events');
    await resynced;
    const third = await desk();
    const told: number[] = [];
    third.on('tick', ({ last_price }, { fresh }) => {
      if (fresh) told.push(last_price);
    });
    await third.subscribe(RB);
    server.engine.tellTick(tick(2));
    expect((await third.next('tick')).last_price).toBe(2);
    expect(told).toEqual([2]);
  });

  test('gets none that the server was asked for', async () => {
    const server = await startFake((engine) => {
      engine.ticks = [tick(1)];
      engine.getTick = () => tick(1);
    });
    const { upstream, desk } = await relayed(server);
    expect(upstream.ticks.get(RB)?.last_price).toBe(1);
    const gateway = await desk();
    const events: string[] = [];
    gateway.on('event', ({ type }) => events.push(type));
    await gateway.subscribe(RB);
    await caughtUp(server, gateway);
    expect(events).toEqual([EventType.LOG]);
    expect(gateway.ticks.get(RB)?.last_price).toBe(1);
  });
});

describe('ticks', () => {
  test('that the server has are known when connect() resolves, and told to nobody', async () => {
    const server = await startFake((engine) => {
      engine.ticks = [tick(1), tick(5, { symbol: 'IF2703', exchange: Exchange.CFFEX })];
    });
    const gateway = server.gateway();
    const told = record(gateway, 'tick');
    await gateway.connect('requests', 'events');
    expect([...gateway.ticks.values()].map(({ last_price }) => last_price)).toEqual([1, 5]);
    expect(told).toEqual([]);
  });

  test('that the server was asked for are told as not fresh, once none has come', async () => {
    const server = await startFake((engine) => {
      engine.getTick = () => tick(1);
    });
    const gateway = await settled(server);
    const told: [number, boolean][] = [];
    gateway.on('tick', ({ last_price }, { fresh }) => told.push([last_price, fresh]));
    await gateway.subscribe(RB);
    expect(told).toEqual([[1, false]]);
    expect(gateway.ticks.get(RB)?.last_price).toBe(1);
    expect((await gateway.next('tick', { stale: true })).last_price).toBe(1);
    const fresh = gateway.next('tick');
    const [stale] = [gateway.events('tick', { stale: true })];
    expect((await stale.next()).value?.last_price).toBe(1);
    server.engine.tellTick(tick(2));
    expect((await fresh).last_price).toBe(2);
    expect(told).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  test('are not asked for where one came while the symbol was being subscribed, and the loop begins with it', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    let asked = 0;
    server.engine.getTick = () => {
      asked++;
      return undefined;
    };
    server.engine.hooks.set('subscribe', async () => {
      const came = nextEvent(gateway, 'tick');
      server.engine.tellTick(tick(7));
      await came;
    });
    await gateway.subscribe(RB);
    expect(asked).toBe(0);
    for await (const data of gateway.events('tick')) {
      expect(data.last_price).toBe(7);
      break;
    }
    expect((await gateway.next('tick')).last_price).toBe(7);
    // What next() has given it does not give again.
    await expect(gateway.next('tick', { timeout: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  test('are the latest of each symbol for a reader that is behind, or all of them', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const other = { symbol: 'IF2703', exchange: Exchange.CFFEX };
    const latest = gateway.events('tick');
    const all = gateway.events('tick', { queue: 'all' });
    const begun = [latest.next(), all.next()];
    for (const price of [1, 2, 3]) {
      server.engine.tellTick(tick(price));
      server.engine.tellTick(tick(price * 100, other));
    }
    await caughtUp(server, gateway);
    await Promise.all(begun);
    const read = async (stream: AsyncIterator<TickData, undefined>, count: number): Promise<(number | undefined)[]> => {
      const prices: (number | undefined)[] = [];
      while (prices.length < count) prices.push((await stream.next()).value?.last_price);
      return prices;
    };
    expect(await read(latest, 2)).toEqual([300, 3]);
    expect(await read(all, 5)).toEqual([100, 2, 200, 3, 300]);
    server.engine.tellTick(tick(4));
    server.engine.tellTick(tick(5));
    await caughtUp(server, gateway);
    expect(await read(latest, 1)).toEqual([5]);
  });

  test('take no options of ticks for other kinds', () => {
    const gateway = closed(new RpcGateway());
    expect(() => gateway.events('order', { queue: 'all' } as object)).toThrow(/there is no option "queue"/);
    expect(() => gateway.events('tick', { queue: 'every' } as object)).toThrow(/queue must be one of "latest", "all"/);
  });
});

describe('an iterator', () => {
  test('that nobody holds any more is let go of with what waits in it', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    let filtered = 0;
    const filter = (): boolean => {
      filtered++;
      return true;
    };
    // Asked once, and left: as in `const { value } = await gateway.events('order').next()`.
    const first = gateway.events('order', { filter }).next();
    server.engine.tellOrder(order('1'));
    expect((await first).value?.orderid).toBe('1');
    let before = 0;
    // When it is collected is not for us to say: until an order has come that it did not look at.
    for (let count = 2; filtered > before; count++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      before = filtered;
      server.engine.tellOrder(order(String(count)));
      await caughtUp(server, gateway);
    }
  });

  test('that is being read is kept, though nobody else holds it', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const pending = gateway.events('order').next();
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
    server.engine.tellOrder(order('1'));
    expect((await pending).value?.orderid).toBe('1');
  });
});

describe('next()', () => {
  test('gives one item, and says why none comes', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const wanted = gateway.next('order', { filter: ({ status }) => status === Status.CANCELLED });
    server.engine.tellOrder(order('1'));
    server.engine.tellOrder(order('1', { status: Status.CANCELLED }));
    expect(await wanted).toMatchObject({ status: Status.CANCELLED });
    await expect(gateway.next('order', { timeout: 1 })).rejects.toThrow(/^No order came within 1 ms$/);
    await expect(gateway.next('tick', { timeout: 1 })).rejects.toThrow(
      /^No tick came within 1 ms: .*subscribed.*market is open.*connected/,
    );
    const aborting = new AbortController();
    const aborted = gateway.next('order', { signal: aborting.signal });
    const pending = gateway.next('order');
    aborting.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    await gateway.close();
    await expect(pending).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(gateway.next('order')).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('waitForOrder with trades', () => {
  const FILLED = { volume: 3, traded: 3, status: Status.ALLTRADED };

  test('resolves when the fills add up to the order', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const order1 = gateway.waitForOrder('CTP.1');
    const whole = gateway.waitForOrder('CTP.1', { trades: true });
    server.engine.tellOrder(order('1', FILLED));
    await order1;
    server.engine.tellTrade(trade('a', '1'));
    server.engine.tellTrade(trade('b', '1', { volume: 2 }));
    expect(await whole).toMatchObject(FILLED);
    expect(gateway.trades.size).toBe(2);
    // Known already.
    expect(await gateway.waitForOrder('CTP.1', { trades: true })).toMatchObject(FILLED);
  });

  test('waits for those of each leg of a spread', async () => {
    const server = await startFake();
    const gateway = await settled(server);
    const spread = { ...FILLED, symbol: 'SP rb2705&rb2710' };
    const whole = gateway.waitForOrder('CTP.1', { trades: true });
    server.engine.tellOrder(order('1', spread));
    server.engine.tellTrade(trade('a', '1', { symbol: 'rb2705', volume: 3 }));
    server.engine.tellTrade(trade('b', '1', { symbol: 'rb2710', volume: 1 }));
    await caughtUp(server, gateway);
    const missing = gateway.waitForOrder('CTP.1', { trades: true, timeout: 1 });
    await expect(missing).rejects.toThrow(
      'Order CTP.1 is Status.ALLTRADED, 3 of 3 traded, but its fills came to 3 of rb2705.SHFE, 1 of rb2710.SHFE of 3 within 1 ms',
    );
    server.engine.tellTrade(trade('c', '1', { symbol: 'rb2710', volume: 2 }));
    expect(await whole).toMatchObject(spread);
  });

  test('says what is missing, and of what was never heard', async () => {
    const server = await startFake((engine) => {
      engine.orders = [order('1', FILLED), order('2', { status: Status.CANCELLED })];
      engine.trades = [trade('a', '1')];
    });
    const gateway = await settled(server);
    await expect(gateway.waitForOrder('CTP.1', { trades: true, timeout: 1 })).rejects.toMatchObject({
      code: 'TRADES_MISSING',
      message: expect.stringContaining('its fills came to 1 of 3') as string,
    });
    expect(await gateway.waitForOrder('CTP.2', { trades: true })).toMatchObject({ status: Status.CANCELLED });
    await expect(gateway.waitForOrder('CTP.9', { timeout: 1 })).rejects.toThrow(
      'Nothing was heard of an order CTP.9 within 1 ms. Is the id right?',
    );
  });
});
