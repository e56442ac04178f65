import { describe, expect, onTestFinished, vi, test } from 'vitest';
import { dumps, Tuple } from 'vnpy-bridge/pickle';
import { callOptions } from 'vnpy-bridge/rpc';
import { RpcClient } from '../../src/rpc/client.js';
import { RemoteException, RpcCallError } from '../../src/rpc/errors.js';
import type { ClientProblem, RpcEvent } from '../../src/rpc/events.js';
import { MemoryTransport } from '../../src/rpc/memory-transport.js';
import type { RpcServer } from '../../src/rpc/server.js';
import type { ClientStatus } from '../../src/rpc/status.js';
import type { Transport } from '../../src/rpc/transport.js';
import { eventually } from '../support/patience.js';
import { collect, connectedPair, EVENTS, Gate, REQUESTS, startedLater, statusOf } from './support/fixtures.js';

class Secret {
  readonly key = 1;
}

interface Api {
  add(a: number, b: number): number;
  now(): Date;
}

describe('calls', () => {
  test('give results, exceptions, and what the arguments were', async () => {
    const { client } = await connectedPair({
      setUp: (server) => {
        server
          .register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] })
          .register('echo', (...args: unknown[]) => args, { params: ['*args', '**kwargs'] })
          .register('fail', () => {
            throw new RangeError('on purpose');
          });
      },
    });
    expect(await client.call('add', [1, 3])).toBe(4);
    expect(await client.call('add', [1], { kwargs: { b: 3 } })).toBe(4);
    expect(await client.call('echo', [null, 'x', Tuple.of(1, 2)], { kwargs: { k: 2.5 } })).toEqual([
      null,
      'x',
      Tuple.of(1, 2),
      { k: 2.5 },
    ]);
    await expect(client.call('fail')).rejects.toMatchObject({ type: 'RangeError', remoteMessage: 'on purpose' });
    await expect(client.call('add', [1])).rejects.toMatchObject({
      type: 'TypeError',
      remoteMessage: "add() missing 1 required positional argument: 'b'",
    });
    await expect(client.call('nothing')).rejects.toMatchObject({ type: 'KeyError', remoteMessage: "'nothing'" });
    expect(client.stats().calls).toMatchObject({ total: 6, succeeded: 3, failed: 3, inFlight: 0, queued: 0 });
    expect(client.stats().latency).toMatchObject({ count: 6 });
  });

  test('are many in flight, each with its own answer', async () => {
    const { client } = await connectedPair({
      setUp: (server) => {
        server.register('double', async (value: number) => {
          await new Promise(setImmediate);
          return value * 2;
        });
      },
    });
    const values = Array.from({ length: 500 }, (_, index) => index);
    expect(await Promise.all(values.map((value) => client.call('double', [value])))).toEqual(
      values.map((value) => value * 2),
    );
  });

  test.each([
    ['a function', [() => 1]],
    ['a symbol', [Symbol('x')]],
    ['an instance of a class that nobody registered', [new Secret()]],
  ])('refuse what cannot be pickled at once: %s', async (_name, args) => {
    const { client } = await connectedPair();
    await expect(client.call('f', args)).rejects.toMatchObject({ name: 'PicklingError' });
    expect(client.stats().calls).toMatchObject({ total: 1, refused: 1, queued: 0, inFlight: 0 });
  });

  test.each([
    ['name', [1 as unknown as string]],
    ['args', ['f', 'no array' as unknown as unknown[]]],
    ['kwargs', ['f', [], { kwargs: new Map() as unknown as Record<string, unknown> }]],
    ['options', ['f', [], new Map([['b', 2]])]],
    ['timeout', ['f', [], { timeout: -1 }]],
  ] as const)('refuse a request whose %s would kill a Python server', async (_what, call) => {
    const { client, server } = await connectedPair();
    await expect(client.call(...(call as unknown as Parameters<RpcClient['call']>))).rejects.toMatchObject({
      name: 'RpcUsageError',
    });
    expect(server.stats().requests).toBe(0);
  });

  test('fail before the start and after the stop', async () => {
    const client = new RpcClient({ transport: new MemoryTransport() });
    await expect(client.call('f')).rejects.toMatchObject({ code: 'CLOSED', outcome: 'not-sent' });
    await client.stop();
    await expect(client.call('f')).rejects.toMatchObject({ code: 'CLOSED', outcome: 'not-sent' });
  });

  test('can be typed, and the proxy calls nothing of its own', async () => {
    const { client, server } = await connectedPair({
      setUp: (it) => {
        it.implement<Pick<Api, 'add'>>({ add: (a, b) => a + b });
      },
    });
    const api = client.proxy<Api>();
    const sum: number = await api.add(1, 3);
    expect(sum).toBe(4);
    expect(await Promise.resolve(api)).toBe(api);
    expect(JSON.stringify({ api })).toBe('{"api":{}}');
    expect(Object.prototype.toString.call(api)).toBe('[object Object]');
    expect(api.add).toBe(api.add);
    expect(server.stats().requests).toBe(1);
    const impatient = client.proxy<Api>({ signal: AbortSignal.abort() });
    await expect(impatient.add(1, 2)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  describe('options of a proxy method', () => {
    interface Shop {
      readonly price: (item: string, discount?: number, currency?: string) => string;
      readonly sum: (...values: number[]) => number;
      readonly echo: (value: unknown) => unknown;
    }

    const shop = async (): Promise<{ client: RpcClient; server: RpcServer }> =>
      connectedPair({
        setUp: (it) => {
          it.register('price', (item: string, discount = 0, currency = 'CNY') => `${item} ${discount} ${currency}`, {
            params: ['item', 'discount?', 'currency?'],
          });
          it.register('sum', (...values: number[]) => values.reduce((left, right) => left + right, 0));
          it.register('echo', (value: unknown) => value);
          it.register('hang', () => new Promise(() => undefined));
        },
      });

    test('stand last, whatever stands before', async () => {
      const { client } = await shop();
      const api = client.proxy<Shop>();
      const kwargs = { currency: 'USD' };
      expect(await api.price('tea', callOptions({ kwargs }))).toBe('tea 0 USD');
      expect(await api.price('tea', 5, callOptions({ kwargs }))).toBe('tea 5 USD');
      expect(await api.price('tea', 5, 'EUR', callOptions({ timeout: 5000 }))).toBe('tea 5 EUR');
      expect(await api.sum(1, 2, 3, callOptions({ priority: 'high' }))).toBe(6);
      expect(await api.sum(callOptions({}))).toBe(0);
      expect(await client.call('price', ['tea'], callOptions({ kwargs }))).toBe('tea 0 USD');
      // @ts-expect-error -- a number is no currency, with or without options
      expect(await api.price('tea', 5, 7, callOptions({}))).toBe('tea 5 7');
      // What only looks like options is data.
      expect(await api.echo({ timeout: 5 })).toEqual({ timeout: 5 });
    });

    test('come on top of those of the proxy', async () => {
      const { client } = await shop();
      const api = client.proxy<{ hang: () => void }>({ timeout: 60_000 });
      await expect(api.hang(callOptions({ timeout: 20 }))).rejects.toMatchObject({ code: 'TIMEOUT', timeout: 20 });
      const aborted = callOptions({ signal: AbortSignal.abort() });
      await expect(api.hang(aborted)).rejects.toMatchObject({ code: 'ABORTED', outcome: 'not-sent' });
    });

    test('are never sent as data', async () => {
      const { client, server } = await shop();
      const options = callOptions({ timeout: 5 });
      const refused = {
        code: 'UNSUPPORTED_TYPE',
        message: expect.stringMatching(/callOptions\(\) is no data: it may only be the last argument/) as string,
      };
      const api = client.proxy<{ echo: (...values: unknown[]) => unknown }>();
      await expect(api.echo(options, 1)).rejects.toMatchObject(refused);
      await expect(api.echo({ options })).rejects.toMatchObject(refused);
      await expect(client.call('echo', [options])).rejects.toMatchObject(refused);
      await expect(client.call('echo', [], { kwargs: { options } })).rejects.toMatchObject(refused);
      expect(() => dumps(options)).toThrow(expect.objectContaining(refused));
      expect(Object.isFrozen(options)).toBe(true);
      expect(server.stats().requests).toBe(0);
    });
  });

  test('share one signal without a warning', async () => {
    const { client } = await connectedPair({ setUp: (server) => server.register('f', () => 1) });
    const warnings: Error[] = [];
    const listener = (warning: Error): void => {
      warnings.push(warning);
    };
    process.on('warning', listener);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 100 }, () => client.call('f', [], { signal })));
    await new Promise(setImmediate);
    process.off('warning', listener);
    expect(warnings).toEqual([]);
  });

  test('say what is wrong with a reply that is none', async () => {
    const transport = new MemoryTransport();
    const sockets = await transport.openServer();
    const reply = await sockets.bindReply(REQUESTS);
    const junk = [Buffer.from('junk'), Buffer.from('80045d942e', 'hex')];
    reply.receive((frames) => {
      void reply.send([...frames.slice(0, 3), junk.shift() ?? Buffer.alloc(0)]);
    });
    const client = new RpcClient({ transport });
    await client.start(REQUESTS);
    await expect(client.call('f')).rejects.toMatchObject({ code: 'BAD_REPLY', cause: { name: 'UnpicklingError' } });
    await expect(client.call('f')).rejects.toMatchObject({ code: 'BAD_REPLY', data: Buffer.from('80045d942e', 'hex') });
    expect(client.stats().calls.badReply).toBe(2);
    await client.stop();
  });
});

describe('no phantom orders', () => {
  test('what timed out before the server came up is never executed', async () => {
    const transport = new MemoryTransport();
    const executed: string[] = [];
    const client = new RpcClient({ transport, reconnect: { initial: 5, max: 5 } });
    await client.start(REQUESTS);
    await expect(client.call('order', ['given up'], { timeout: 30 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      outcome: 'not-sent',
      message: expect.stringContaining('nobody accepts connections at requests') as string,
    });
    const waiting = client.call('order', ['still wanted']);
    const server = startedLater(transport).register('order', (name: string) => {
      executed.push(name);
      return name;
    });
    await server.start(REQUESTS, EVENTS);
    expect(await waiting).toBe('still wanted');
    expect(await client.call('order', ['last'])).toBe('last');
    expect(executed).toEqual(['still wanted', 'last']);
    await client.stop();
  });

  test('what was on its way when the server crashed is unknown, and not sent again', async () => {
    const gate = new Gate();
    const executed: string[] = [];
    const { transport, client } = await connectedPair({
      client: { window: 1, reconnect: { initial: 5, max: 5 } },
      setUp: (server) => {
        server.register('order', async (name: string) => {
          executed.push(name);
          await gate.opened;
          return name;
        });
      },
    });
    const first = client.call('order', ['first']).catch((error: unknown) => error);
    const second = client.call('order', ['second']);
    await eventually(() => {
      expect(executed).toEqual(['first']);
    });
    transport.sever(REQUESTS);
    expect(await first).toMatchObject({ code: 'DISCONNECTED', outcome: 'unknown' });
    gate.open();
    expect(await second).toBe('second');
    expect(executed).toEqual(['first', 'second']);
  });

  test('what cannot leave because the server hangs is not sent', async () => {
    const executed: number[] = [];
    const { transport, client } = await connectedPair({
      client: { window: 2 },
      setUp: (server) => server.register('order', (number: number) => executed.push(number)),
    });
    transport.freeze(REQUESTS);
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        client.call('order', [number], { timeout: 50 }).catch((error: unknown) => (error as RpcCallError).outcome),
      ),
    );
    expect(outcomes).toEqual(['unknown', 'unknown', 'not-sent', 'not-sent']);
    transport.thaw(REQUESTS);
    await client.call('order', [5]);
    expect(executed).toEqual([1, 2, 5]);
    expect(client.stats().calls).toMatchObject({ lateReplies: 2, abandoned: 0 });
  });
});

describe('status', () => {
  test('tells of the way from idle to stopped, a restart included', async () => {
    const transport = new MemoryTransport();
    const client = new RpcClient({ transport, reconnect: { initial: 5, max: 5 } });
    const seen: string[] = [];
    client.on('status', (status) => seen.push(status.state));
    expect(client.status()).toEqual({ state: 'idle' });
    await client.start(REQUESTS, EVENTS);
    const server = startedLater(transport);
    await server.start(REQUESTS, EVENTS);
    await client.ready();
    await server.stop();
    await statusOf(client, ({ state }) => state === 'disconnected');
    await server.start(REQUESTS, EVENTS);
    await client.ready();
    expect(client.status()).toEqual({ state: 'connected', reconnects: 1 });
    await client.stop();
    expect(seen.filter((state, index) => state !== seen[index - 1])).toEqual([
      'connecting',
      'disconnected',
      'connected',
      'disconnected',
      'connected',
      'stopped',
    ]);
    expect(client.stats().reconnects).toBe(1);
  });

  test('of a server whose thread died: named, with advice, and no more calls are sent', async () => {
    const { transport, client, server } = await connectedPair({
      client: { heartbeat: { tolerance: 100, probeTimeout: 50 }, timeout: 60 },
      server: { heartbeatInterval: 20 },
      setUp: (it) => it.register('f', () => 1),
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.status().state).toBe('connected');
    transport.freeze(REQUESTS);
    transport.freeze(EVENTS);
    const status = await statusOf(client, ({ state }) => state !== 'connected');
    expect(status).toMatchObject({ state: 'disconnected', reason: 'unresponsive' });
    const requests = server.stats().requests;
    await expect(client.call('f')).rejects.toMatchObject({
      outcome: 'not-sent',
      message: expect.stringContaining('restart the server') as string,
    });
    transport.thaw(REQUESTS);
    transport.thaw(EVENTS);
    await client.ready();
    expect(client.status()).toEqual({ state: 'connected', reconnects: 0 });
    expect(server.stats().requests).toBe(requests + 1);
    expect(await client.call('f')).toBe(1);
  });

  test('of a subscription that brings nothing while the server answers: named, and calls go on', async () => {
    const { transport, client } = await connectedPair({
      client: { heartbeat: { tolerance: 100, feedTolerance: 100, probeTimeout: 50 } },
      server: { heartbeatInterval: 20 },
      setUp: (it) => it.register('f', () => 1),
    });
    transport.freeze(EVENTS);
    const status = await statusOf(client, ({ state }) => state !== 'connected');
    expect(status).toMatchObject({
      state: 'disconnected',
      reason: 'unresponsive',
      endpoint: 'subscribe',
      address: EVENTS,
    });
    expect(await client.call('f')).toBe(1);
    expect(client.status().state).toBe('disconnected');
    transport.thaw(EVENTS);
    await client.ready();
    expect(client.status()).toEqual({ state: 'connected', reconnects: 1 });
  });

  test('is not disturbed by a call that runs for long without a heartbeat', async () => {
    const gate = new Gate();
    const { transport, client } = await connectedPair({
      client: { heartbeat: { tolerance: 50, probeTimeout: 20 } },
      setUp: (server) => server.register('slow', () => gate.opened),
    });
    const states: ClientStatus['state'][] = [];
    client.on('status', ({ state }) => states.push(state));
    transport.freeze(EVENTS);
    const call = client.call('slow');
    await new Promise((resolve) => setTimeout(resolve, 250));
    gate.open();
    await call;
    expect(states).toEqual([]);
  });

  test('ready() says why not', async () => {
    const client = new RpcClient({ transport: new MemoryTransport() });
    await client.start(REQUESTS);
    await expect(client.ready({ timeout: 30 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('nobody accepts connections') as string,
    });
    await expect(client.ready({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    const waiting = client.ready();
    await client.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('a client starts once, and again only if the start failed', async () => {
    const transport = new MemoryTransport();
    const failing: Transport = {
      openClient: () => Promise.reject(new Error('no sockets')),
      openServer: () => transport.openServer(),
    };
    const broken = new RpcClient({ transport: failing });
    await expect(broken.start(REQUESTS)).rejects.toThrow('no sockets');
    await expect(broken.start(REQUESTS)).rejects.toThrow('no sockets');
    const client = new RpcClient({ transport });
    await client.start(REQUESTS);
    await expect(client.start(REQUESTS)).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
    await client.stop();
    await expect(client.start(REQUESTS)).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
  });
});

describe.each([
  ['topic frame', { topicFrame: EVENTS }],
  ['pair', { pair: EVENTS }],
])('events in the %s format', (_name, publish) => {
  test('reach listeners and iterators in order, those of the wanted topics only', async () => {
    const { client, server } = await connectedPair({ publish });
    const heard: RpcEvent[] = [];
    client.on('event', (event) => heard.push(event));
    client.subscribe('eTick.');
    const orders = client.events({ topic: 'eOrder.' });
    const subscribed = client.events();
    for (let seq = 0; seq < 3; seq++) {
      server.publish(`eTick.${seq}`, { seq });
      server.publish('eOrder.', { seq });
      server.publish('eLog', { seq });
    }
    await eventually(() => {
      expect(heard).toHaveLength(3);
    });
    expect(heard.map(({ topic }) => topic)).toEqual(['eTick.0', 'eTick.1', 'eTick.2']);
    const collected: unknown[] = [];
    for await (const event of orders) {
      collected.push(event);
      if (collected.length === 3) break;
    }
    expect(collected).toEqual([0, 1, 2].map((seq) => ({ topic: 'eOrder.', data: { seq } })));
    client.unsubscribe('eTick.');
    server.publish('eTick.9', {});
    await client.stop();
    expect((await collect(subscribed)).map(({ topic }) => topic)).toEqual(['eTick.0', 'eTick.1', 'eTick.2']);
  });

  test('carry heartbeats, which tell the clock and are no events', async () => {
    const { client } = await connectedPair({ publish, server: { heartbeatInterval: 10 } });
    const listener = vi.fn();
    client.on('event', listener);
    await eventually(() => {
      expect(client.stats().events.heartbeats).toBeGreaterThan(1);
    });
    client.subscribe('');
    const before = client.stats().events.heartbeats;
    await eventually(() => {
      expect(client.stats().events.heartbeats).toBeGreaterThan(before);
    });
    expect(listener).not.toHaveBeenCalled();
    // Not of another clock, nor in another unit: a machine may pause for a second.
    expect(Math.abs(client.stats().clockOffset ?? NaN)).toBeLessThan(10_000);
    expect(client.stats().lastMessageAge).toBeLessThan(10_000);
  });

  test('subscriptions stand after a restart', async () => {
    const { client, server } = await connectedPair({ publish, client: { reconnect: { initial: 5, max: 5 } } });
    client.subscribe('a');
    const events = client.events();
    await server.stop();
    await statusOf(client, ({ state }) => state === 'disconnected');
    await server.start(REQUESTS, publish);
    await client.ready();
    server.publish('abc', 1);
    expect(await events.next()).toEqual({ value: { topic: 'abc', data: 1 }, done: false });
  });
});

describe('the heartbeats of vnpy 2.0.6 to 2.9', () => {
  // pickle.dumps(['_keep_alive', datetime(2021, 6, 1, 1, 2, 3, 456789)], protocol) of CPython: naive, and meant as UTC.
  const sent = Date.UTC(2021, 5, 1, 1, 2, 3) + 456.789;
  const messages = {
    'Python 3.7':
      '80035d710028580b0000005f6b6565705f616c6976657101636461746574696d650a6461746574696d650a7102430a07e5060101020306f8557103857104527105652e',
    'Python 3.8 and later':
      '8004953c000000000000005d94288c0b5f6b6565705f616c697665948c086461746574696d65948c086461746574696d65949394430a07e5060101020306f8559485945294652e',
  };

  test.each(Object.entries(messages))('of %s tell the clock offset in every time zone', async (_python, hex) => {
    const transport = new MemoryTransport();
    const sockets = await transport.openServer();
    const publisher = await sockets.bindPublish(EVENTS);
    await startedLater(transport).start(REQUESTS, 'elsewhere');
    const client = new RpcClient({ transport });
    onTestFinished(() => client.stop());
    await client.start(REQUESTS, EVENTS);
    await client.ready();
    expect(client.stats().clockOffset).toBeUndefined();
    const zone = process.env['TZ'];
    onTestFinished(() => {
      vi.restoreAllMocks();
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });
    for (const [index, [tz, ahead]] of (
      [
        ['Asia/Shanghai', 90_000],
        ['America/New_York', -1500],
      ] as const
    ).entries()) {
      process.env['TZ'] = tz;
      expect(new Date(0).getTimezoneOffset()).not.toBe(0);
      vi.spyOn(Date, 'now').mockReturnValue(Math.floor(sent) - ahead);
      publisher.send([Buffer.from(hex, 'hex')]); // Without a subscription: the prefixes of heartbeats are always asked for.
      await eventually(() => {
        expect(client.stats().events.heartbeats).toBe(index + 1);
      });
      expect(client.stats().clockOffset).toBeCloseTo(ahead + 0.789, 2);
    }
    expect(client.stats().events).toMatchObject({ delivered: 0, undecodable: 0 });
  });
});

describe('events', () => {
  test('that cannot be decoded are told with topic, offset and bytes, and the client lives on', async () => {
    const transport = new MemoryTransport();
    const sockets = await transport.openServer();
    const publisher = await sockets.bindPublish(EVENTS);
    await startedLater(transport).start(REQUESTS, 'elsewhere');
    const client = new RpcClient({ transport });
    await client.start(REQUESTS, EVENTS);
    await client.ready();
    client.subscribe('');
    const problems: ClientProblem[] = [];
    const heard: RpcEvent[] = [];
    client.on('error', (problem) => problems.push(problem));
    client.on('event', (event) => heard.push(event));
    const good = Buffer.from('80044b012e', 'hex');
    publisher.send([Buffer.from('broken'), good.subarray(0, 3)]);
    publisher.send([Buffer.from([0xff, 0xfe]), good]);
    publisher.send([Buffer.from('one part that is no pickle')]);
    publisher.send([good]);
    publisher.send([Buffer.from('three'), good, good]);
    publisher.send([Buffer.from('fine'), good]);
    await eventually(() => {
      expect(heard).toEqual([{ topic: 'fine', data: 1 }]);
    });
    expect(problems).toHaveLength(5);
    expect(problems[0]).toMatchObject({
      kind: 'undecodable-event',
      topic: 'broken',
      offset: expect.any(Number) as number,
      frames: [Buffer.from('broken'), good.subarray(0, 3)],
      message: expect.stringMatching(/"broken".*at byte.*Likely causes/) as string,
    });
    expect(client.stats().events).toMatchObject({ received: 6, undecodable: 5, delivered: 1 });
    await client.stop();
  });

  test('survive a listener that throws, which is an error event', async () => {
    const { client, server } = await connectedPair();
    const problems: ClientProblem[] = [];
    const heard: unknown[] = [];
    client.on('error', (problem) => {
      problems.push(problem);
      throw new Error('and so does this one');
    });
    client.on('event', () => {
      throw new Error('listener broken');
    });
    client.on('event', ({ data }) => heard.push(data));
    client.subscribe('');
    server.publish('x', 1);
    server.publish('x', 2);
    await eventually(() => {
      expect(heard).toEqual([1, 2]);
    });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatchObject({ kind: 'listener', event: 'event', cause: { message: 'listener broken' } });
    expect(client.stats().events.listenerErrors).toBe(4);
  });

  test('that an iterator cannot hold are told, never lost in silence', async () => {
    const { client, server } = await connectedPair();
    const reports: unknown[] = [];
    client.on('overflow', (report) => reports.push(report));
    const events = client.events({ topic: 'tick', limit: 10 });
    for (let seq = 0; seq < 25; seq++) server.publish('tick', seq);

    await eventually(() => {
      expect(client.stats().events).toMatchObject({ delivered: 25, queued: 10, dropped: 15 });
    });
    expect(reports[0]).toEqual({ topic: 'tick', dropped: 1, conflated: 0, limit: 10 });
    await client.stop();
    expect((await collect(events)).map(({ data }) => data)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(client.stats().events.dropped).toBe(15);
    expect(reports).toHaveLength(2);
  });

  test('of an ended iterator do not cross the wire any more', async () => {
    const { client, server } = await connectedPair();
    const events = client.events({ topic: 'x' });
    server.publish('x', 1);
    for await (const { data } of events) {
      expect(data).toBe(1);
      break;
    }
    server.publish('x', 2);
    server.publish('heartbeat', 3);
    await eventually(() => {
      expect(client.stats().events.heartbeats).toBe(1);
    });
    expect(client.stats().events).toMatchObject({ received: 2, delivered: 1, filtered: 0 });
  });

  test('are not decoded for nobody', async () => {
    const { client, server } = await connectedPair();
    client.subscribe('');
    server.publish('x', 1);
    await eventually(() => {
      expect(client.stats().events).toMatchObject({ received: 1, delivered: 0, filtered: 1 });
    });
  });
});

describe('stop', () => {
  test('settles everything, is idempotent, and leaves nothing behind', async () => {
    const gate = new Gate();
    const { client, transport } = await connectedPair({
      client: { window: 1 },
      setUp: (server) => server.register('hang', () => gate.opened),
    });
    const calls = [client.call('hang'), client.call('hang')].map((call) => call.catch((error: unknown) => error));
    const iterators = [client.events().next(), client.events({ topic: 'x' }).next(), client.statuses().next()];
    const statuses = client.statuses();
    await Promise.all([client.stop(), client.stop()]);
    await client.stop();
    expect(await Promise.all(calls)).toMatchObject([
      { code: 'CLOSED', outcome: 'unknown' },
      { code: 'CLOSED', outcome: 'not-sent' },
    ]);
    expect((await Promise.all(iterators)).map(({ done }) => done)).toEqual([true, true, false]);
    expect((await collect(statuses)).map(({ state }) => state)).toEqual(['connected', 'stopped']);
    expect(transport.connections(REQUESTS) + transport.connections(EVENTS)).toBe(0);
    expect((await client.events().next()).done).toBe(true);
    gate.open();
  });

  test('comes with `await using`', async () => {
    const transport = new MemoryTransport();
    let kept: RpcClient;
    {
      await using client = new RpcClient({ transport });
      await client.start(REQUESTS);
      kept = client;
    }
    expect(kept.status()).toEqual({ state: 'stopped' });
  });

  test('while starting makes the start fail', async () => {
    const client = new RpcClient({ transport: new MemoryTransport() });
    const starting = client.start(REQUESTS);
    await client.stop();
    await expect(starting).rejects.toMatchObject({ code: 'NOT_STARTED' });
    expect(client.status()).toEqual({ state: 'stopped' });
  });
});

test('RemoteException is no RpcCallError: it has no outcome, because it is one', () => {
  expect(new RemoteException('f', '')).not.toBeInstanceOf(RpcCallError);
});
