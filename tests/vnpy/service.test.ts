import { describe, expect, onTestFinished, test } from 'vitest';
import { PyDateTime, PyGlobal, PyObject, Tuple } from 'vnpy-bridge/pickle';
import { MemoryTransport, RemoteException, RpcClient } from 'vnpy-bridge/rpc';
import type { RpcEvent } from 'vnpy-bridge/rpc';
import {
  BarData,
  CancelRequest,
  DatafeedError,
  DatafeedServer,
  Event,
  EventType,
  Exchange,
  HistoryRequest,
  RpcDatafeed,
  RpcGateway,
  RpcService,
  SendOrderError,
  SimulatedEngine,
  SubscribeRequest,
  TickData,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import type { Datafeed, LogData, TradingEngine } from 'vnpy-bridge/vnpy';
import { readSchema } from './schema.js';
import { ScriptedEngine, contract, order, orderRequest, tick } from './support.js';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

/** A client of a service of this engine, as Python's RpcClient would be one. */
async function served(engine: TradingEngine): Promise<{ client: RpcClient; service: RpcService; logged: string[] }> {
  const transport = new MemoryTransport();
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
  };
  const logger = { debug: log, info: log, warn: log, error: log };
  const service = new RpcService(engine, { transport, logger });
  await service.start('requests', 'events');
  const client = new RpcClient({ transport, registry: vnpyRegistry });
  onTestFinished(async () => {
    await client.stop();
    await service.stop();
  });
  client.subscribe('');
  await client.start('requests', 'events');
  await client.ready();
  return { client, service, logged };
}

/** The events that a client gets until one of this type. */
async function eventsUntil(client: RpcClient, type: string): Promise<RpcEvent[]> {
  const seen: RpcEvent[] = [];
  for await (const event of client.events()) {
    seen.push(event);
    if ((event.data as Event).type === type) break;
  }
  return seen;
}

describe('RpcService', () => {
  test('refuses an engine that lacks methods, with their names', () => {
    const noEngine = {} as TradingEngine;
    expect(() => new RpcService(noEngine)).toThrow(
      /the engine of RpcService has no method subscribe\(\): it needs subscribe, sendOrder/,
    );
    expect(() => new RpcService(undefined as unknown as TradingEngine)).toThrow(
      /the engine of RpcService must be an object/,
    );
    const engine = new ScriptedEngine();
    const half = Object.assign(engine, { getAllTicks: undefined }) as unknown as TradingEngine;
    expect(() => new RpcService(half)).toThrow(/has no method getAllTicks\(\)/);
    expect(() => new DatafeedServer({} as Datafeed)).toThrow(
      /the datafeed of DatafeedServer has no method queryBarHistory\(\)/,
    );
  });

  test('refuses events whose data a Python would die of, logs them once and counts them', async () => {
    const engine = new ScriptedEngine();
    engine.isRemote = false;
    const { client, service, logged } = await served(engine);
    const events = eventsUntil(client, 'eMine');
    const plain = { symbol: 'X', last_price: 3 };
    engine.emit(new Event(EventType.TICK, plain));
    engine.emit(new Event(EventType.TICK, plain));
    engine.emit(new Event(`${EventType.TICK}X.SHFE`, null));
    engine.emit(new Event(EventType.ORDER, tick(1)));
    engine.emit(new Event(EventType.LOG, 'a text'));
    engine.emit(new Event(EventType.TICK, tick(1)));
    // An application's own events have data of any kind.
    engine.emit(new Event('eMine', plain));
    const types = (await events).map(({ data }) => (data as Event).type);
    expect(types).toEqual([EventType.TICK, 'eTick.rb2705.SHFE', 'eMine']);
    expect(service.stats()).toMatchObject({ refused: 5, published: 3 });
    const lines = logged.filter((line) => line.includes('was not published'));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /an event of type "eTick\." was not published: its data must be new TickData\(\{ \.\.\. \}\), not an object/,
    );
  });

  test('leaves out of answers what is not of their class', async () => {
    const engine = new ScriptedEngine();
    engine.isRemote = false;
    engine.contracts = [contract(), { symbol: 'X' } as never, tick(1) as never];
    const { client, service, logged } = await served(engine);
    expect(await client.call('get_all_contracts')).toEqual([contract()]);
    engine.getTick = () => order('1') as never;
    expect(await client.call('get_tick', ['rb2705.SHFE'])).toBeNull();
    expect(service.stats().refused).toBe(3);
    expect(
      logged.filter((line) => line.includes('a part of the answer to get_all_contracts was left out')),
    ).toHaveLength(2);
  });

  test('hands on, as a relay, what a server sent of classes that are not known here', async () => {
    const engine = new ScriptedEngine();
    const transport = new MemoryTransport();
    const server = new RpcService(engine, { transport, dumps: { foreign: 'write' } });
    await server.start('requests', 'events');
    const gateway = new RpcGateway({ transport });
    await gateway.connect('requests', 'events');
    const relay = new RpcService(gateway, { transport });
    await relay.start('relay requests', 'relay events');
    const client = new RpcClient({ transport, registry: vnpyRegistry });
    onTestFinished(async () => {
      for (const part of [client, relay, server]) await part.stop();
      await gateway.close();
    });
    client.subscribe('');
    await client.start('relay requests', 'relay events');
    await client.ready();
    const events = eventsUntil(client, EventType.TICK);
    const mine = new PyObject(new PyGlobal('my_gateway', 'MyTick'), Tuple.of());
    server.server.publish('', new Event(EventType.TICK, mine));
    const [event] = await events;
    expect((event?.data as Event).data).toBeInstanceOf(PyObject);
    expect(relay.stats().refused).toBe(0);
  });

  test.each(['4.5.0', '4.4.0'])("has vnpy_rpcservice's functions, with the parameters of vnpy %s", async (version) => {
    const { functions } = readSchema(version);
    expect(Object.keys(functions)).toHaveLength(17);
    const engine = new ScriptedEngine();
    const { client } = await served(engine);
    const values: Record<string, unknown> = {
      gateway_name: 'CTP',
      vt_symbol: 'rb2705.SHFE',
      vt_orderid: 'CTP.1',
      vt_tradeid: 'CTP.1',
      vt_positionid: 'p',
      vt_accountid: 'a',
    };
    const requests: Record<string, object> = {
      subscribe: new SubscribeRequest(RB),
      send_order: orderRequest(),
      cancel_order: new CancelRequest({ ...RB, orderid: '1' }),
      query_history: new HistoryRequest({ ...RB, start: new Date(0) }),
    };
    for (const [name, parameters] of Object.entries(functions)) {
      const kwargs = Object.fromEntries(parameters.map((key) => [key, key === 'req' ? requests[name] : values[key]]));
      await expect(client.call(name, [], { kwargs })).resolves.toBeDefined();
      const missing = client.call(name, parameters.length === 0 ? ['one too many'] : []);
      await expect(missing).rejects.toThrow(expect.objectContaining({ type: 'TypeError' }) as Error);
    }
  });

  test('gives None for what is not there, and lists', async () => {
    const engine = new ScriptedEngine();
    engine.orders = [order('1')];
    const { client } = await served(engine);
    expect(await client.call('get_order', ['CTP.1'])).toEqual(order('1'));
    expect(await client.call('get_order', ['CTP.9'])).toBeNull();
    expect(await client.call('get_order', [5])).toBeNull();
    expect(await client.call('get_all_contracts')).toEqual([contract()]);
    expect(await client.call('subscribe', [new SubscribeRequest(RB), 'CTP'])).toBeNull();
  });

  test('refuses a request of another kind with a TypeError, before the engine sees it', async () => {
    const engine = new ScriptedEngine();
    const { client } = await served(engine);
    await expect(client.call('send_order', [{ symbol: 'x' }, 'CTP'])).rejects.toThrow(
      'send_order() takes a OrderRequest as req, got an object',
    );
    await expect(client.call('send_order', [orderRequest(), 7])).rejects.toThrow('takes a str as gateway_name, got 7');
    expect(engine.requests).toEqual([]);
  });

  test("what the engine refuses is '' and a log event; what it throws is a traceback", async () => {
    const engine = new ScriptedEngine();
    const { client } = await served(engine);
    for (const outcome of ['refused', 'not-sent'] as const) {
      engine.onSendOrder = () => {
        throw new SendOrderError(outcome, 'no money', { reference: 'r' });
      };
      const log = eventsUntil(client, EventType.LOG);
      expect(await client.call('send_order', [orderRequest(), 'CTP'])).toBe('');
      expect(((await log)[0]?.data as Event<LogData>).data.msg).toBe('send_order: no money');
    }
    engine.onSendOrder = () => {
      throw new SendOrderError('unknown', 'nobody knows', { reference: 'r' });
    };
    await expect(client.call('send_order', [orderRequest(), 'CTP'])).rejects.toThrow(RemoteException);
    await expect(client.call('send_order', [orderRequest(), 'CTP'])).rejects.toThrow('nobody knows');
  });

  test('publishes what vnpy publishes: twice with the id behind the type, the timer never', async () => {
    const engine = new ScriptedEngine();
    const { client } = await served(engine);
    const events = eventsUntil(client, 'eEnd');
    const data = tick(1, { datetime: PyDateTime.fromDate(new Date(0)) });
    engine.tellTick(data);
    engine.tellOrder(order('1'));
    engine.emit(new Event(EventType.TIMER, null));
    engine.emit(new Event(EventType.CONTRACT, contract()));
    engine.emit(new Event('eMine', { a: 1 }));
    engine.emit(new Event('eEnd', null));
    const seen = await events;
    expect(seen.map(({ topic, data }) => [topic, (data as Event).type])).toEqual([
      ['', 'eTick.'],
      ['', 'eTick.rb2705.SHFE'],
      ['', 'eOrder.'],
      ['', 'eOrder.CTP.1'],
      ['', 'eContract.'],
      ['', 'eMine'],
      ['', 'eEnd'],
    ]);
    expect(seen[1]?.data).toEqual(new Event('eTick.rb2705.SHFE', data));
  });

  test('an event that cannot be pickled is left out and said; the rest goes on', async () => {
    const engine = new ScriptedEngine();
    const { client, logged } = await served(engine);
    const events = eventsUntil(client, 'eEnd');
    engine.emit(new Event('ePortfolio', { engine: () => undefined }));
    engine.emit(new Event('eEnd', null));
    expect(await events).toHaveLength(1);
    expect(logged).toContainEqual(expect.stringMatching(/^Event ePortfolio was not published: /));
  });

  test('stops and starts again; the engine is listened to once', async () => {
    const engine = new SimulatedEngine();
    const { client, service } = await served(engine);
    const lost = new Promise<void>((resolve) => {
      client.on('status', (status) => {
        if (status.state === 'disconnected') resolve();
      });
    });
    await service.stop();
    expect(service.isActive()).toBe(false);
    await lost;
    await service.start('requests', 'events');
    await client.ready();
    const events = eventsUntil(client, 'eTick.rb2705.SHFE');
    engine.subscribe(new SubscribeRequest(RB));
    expect(await events).toHaveLength(2);
    expect(service.addresses).toMatchObject({ reply: 'requests', topicFrame: 'events' });
    expect(service.stats().published).toBeGreaterThanOrEqual(2);
  });

  test('says so when another engine has the address', async () => {
    const transport = new MemoryTransport();
    const first = new RpcService(new SimulatedEngine(), { transport });
    const second = new RpcService(new SimulatedEngine(), { transport });
    await first.start('requests', 'events');
    await expect(second.start('requests', 'other')).rejects.toThrow('another socket is bound to it');
    expect(second.isActive()).toBe(false);
    await first.stop();
  });
});

describe('RpcDatafeed and DatafeedServer', () => {
  const start = new Date(0);

  async function datafeedOf(source: Datafeed): Promise<RpcDatafeed> {
    const transport = new MemoryTransport();
    const server = new DatafeedServer(source, { transport });
    const datafeed = new RpcDatafeed({ transport });
    onTestFinished(async () => {
      await datafeed.close();
      await server.stop();
    });
    await server.start('requests', 'events');
    await datafeed.connect('requests', 'events');
    return datafeed;
  }

  const bar = new BarData({ ...RB, gateway_name: 'DB', datetime: PyDateTime.fromDate(start), close_price: 1 });
  const nothing: Datafeed = { queryBarHistory: () => [], queryTickHistory: () => [] };

  test('bars and ticks arrive as they are', async () => {
    const datafeed = await datafeedOf({
      queryBarHistory: () => [bar],
      queryTickHistory: () => Promise.resolve([tick(1, { datetime: PyDateTime.fromDate(start) })]),
    });
    expect(await datafeed.queryBarHistory(new HistoryRequest({ ...RB, start }))).toEqual([bar]);
    const ticks = await datafeed.queryTickHistory(new HistoryRequest({ ...RB, start }));
    expect(ticks).toEqual([tick(1, { datetime: PyDateTime.fromDate(start) })]);
    expect(ticks[0]).toBeInstanceOf(TickData);
  });

  test('what the source throws is a DatafeedError with its words', async () => {
    const datafeed = await datafeedOf({
      ...nothing,
      queryBarHistory: () => Promise.reject(new Error('no licence')),
    });
    const failed = datafeed.queryBarHistory(new HistoryRequest({ ...RB, start }));
    await expect(failed).rejects.toThrow(new DatafeedError('no licence'));
  });

  test('an answer of another kind is an error', async () => {
    const datafeed = await datafeedOf({ ...nothing, queryBarHistory: () => [tick(1)] as unknown as BarData[] });
    const failed = datafeed.queryBarHistory(new HistoryRequest({ ...RB, start }));
    await expect(failed).rejects.toThrow(
      'the datafeed answered query_bar_history with a TickData, not with a list of BarData',
    );
  });

  test('a request of another kind is a TypeError', async () => {
    const datafeed = await datafeedOf(nothing);
    await expect(datafeed.client.call('query_bar_history', [1])).rejects.toThrow(
      'takes a HistoryRequest as req, got 1',
    );
  });

  test('nobody there: connect rejects', async () => {
    const datafeed = new RpcDatafeed({ transport: new MemoryTransport() });
    await expect(datafeed.connect('requests', 'events', { timeout: 20 })).rejects.toThrow('not connected within 20 ms');
    await datafeed.close();
  });
});

test('RpcDatafeed.connect() refuses an option that there is not', async () => {
  await using datafeed = new RpcDatafeed();
  const misspelt = { timout: 5 } as { timeout?: number };
  await expect(datafeed.connect('tcp://127.0.0.1:2014', undefined, misspelt)).rejects.toThrow(
    'there is no option "timout"; did you mean "timeout"?',
  );
});
