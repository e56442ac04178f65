import { describe, expect, test } from 'vitest';
import { PyDateTime, PyTimeZone, PyZoneInfo } from 'vnpy-bridge/pickle';
import { MemoryTransport, RpcClient } from 'vnpy-bridge/rpc';
import {
  BarData,
  ContractData,
  DatafeedServer,
  Event,
  EventType,
  Exchange,
  HistoryRequest,
  LogData,
  Product,
  RpcService,
  SimulatedEngine,
  replace,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import type { RpcServiceOptions, TickData } from 'vnpy-bridge/vnpy';
import { DATA_CLASSES } from '../../src/vnpy/data/classes.js';
import { ScriptedEngine, closed, nextEvent, startFake, tick } from './support.js';

const RB = { gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE };
/** Midnight in Shanghai, and the evening before in UTC. */
const MIDNIGHT = new Date('2027-03-19T00:00:00.123+08:00');

function option(expiry: Date | PyDateTime): ContractData {
  const rest = { name: 'IO', product: Product.OPTION, size: 100, pricetick: 0.2 };
  return new ContractData({ ...RB, ...rest, option_expiry: expiry, option_listed: expiry });
}

/** What is read at a server that serves an engine. */
async function served(engine: ScriptedEngine | SimulatedEngine, options: RpcServiceOptions = {}): Promise<RpcClient> {
  const transport = new MemoryTransport();
  const service = closed(new RpcService(engine, { transport, gracePeriod: 1, ...options }));
  await service.start('requests', 'events');
  const client = closed(new RpcClient({ transport, registry: vnpyRegistry }));
  await client.start('requests', 'events');
  client.subscribe('');
  return client;
}

describe('which datetimes have a zone in vnpy', () => {
  test('is in the schema', () => {
    const naive = DATA_CLASSES.flatMap(({ className, datetimes }) =>
      [...datetimes].filter(([, clock]) => clock === 'naive').map(([name]) => `${className}.${name}`),
    );
    expect(naive).toEqual([
      'TickData.localtime',
      'LogData.time',
      'ContractData.option_listed',
      'ContractData.option_expiry',
    ]);
    const aware = DATA_CLASSES.filter(({ datetimes }) => [...datetimes.values()].includes('aware'));
    expect(aware.map(({ className }) => className)).toEqual([
      'TickData',
      'BarData',
      'OrderData',
      'TradeData',
      'QuoteData',
      'HistoryRequest',
    ]);
  });
});

describe('a Date in one of vnpy’s objects', () => {
  test('is an aware UTC time here', () => {
    expect(tick(1, { datetime: MIDNIGHT }).datetime).toEqual(PyDateTime.fromDate(MIDNIGHT, PyTimeZone.utc));
  });

  test('is written in the zone of the service, and its wall clock where vnpy has no zone', async () => {
    const engine = new ScriptedEngine();
    engine.contracts = [option(MIDNIGHT)];
    const client = await served(engine);
    const data = tick(1, { datetime: MIDNIGHT, localtime: MIDNIGHT });
    const before = data.datetime;
    const wall = new PyDateTime(2027, 3, 19, 0, 0, 0, 123_000);

    const received = nextEvent<{ data: Event<TickData> }>(client, 'event', (event) => event.data instanceof Event);
    engine.emit(new Event(EventType.TICK, replace(data, { last_price: 2 })));
    const told = (await received).data.data;
    expect(told.datetime.toISOString()).toBe('2027-03-19T00:00:00.123000+08:00');
    expect(told.datetime.tzinfo).toEqual(new PyZoneInfo('Asia/Shanghai'));
    expect(told.localtime).toEqual(wall);
    expect(told).toMatchObject({ last_price: 2, vt_symbol: 'rb2705.SHFE' });
    // The engine's own object is as it was.
    expect(data.datetime).toBe(before);

    const [listed] = await client.call<ContractData[]>('get_all_contracts');
    expect(listed?.option_expiry).toEqual(wall);
    expect(await client.call('get_contract', ['rb2705.SHFE'])).toMatchObject({
      option_listed: wall,
      option_expiry: wall,
    });
  });

  test('is written in another zone where the option says so', async () => {
    for (const zone of ['America/New_York', new PyZoneInfo('America/New_York')]) {
      const engine = new ScriptedEngine();
      const client = await served(engine, { zone });
      const received = nextEvent<{ data: Event<LogData> }>(client, 'event', (event) => event.data instanceof Event);
      const log = new LogData({ gateway_name: 'CTP', msg: 'hello' });
      engine.emit(new Event(EventType.LOG, log));
      const { time } = (await received).data.data;
      expect(time.tzinfo).toBeNull();
      expect(time.instant(new PyZoneInfo('America/New_York'))).toBe(log.time.epochMicroseconds);
    }
  });

  test.each(['Asia/Nowhere', 8, {}])('%o is no zone', (zone) => {
    const options = { zone: zone as string };
    expect(() => new RpcService(new ScriptedEngine(), options)).toThrow(/zone must be a time zone, 'Asia\/Shanghai'/);
    expect(() => new SimulatedEngine(options)).toThrow(/zone must be a time zone/);
  });

  test('what has a zone of its own keeps it, and what is relayed', async () => {
    const written = PyDateTime.fromDate(MIDNIGHT, new PyZoneInfo('Europe/Berlin'));
    const server = await startFake((engine) => {
      engine.contracts = [option(MIDNIGHT)];
      engine.ticks = [tick(1, { datetime: written, localtime: written }), tick(2, { datetime: MIDNIGHT })];
    });
    const upstream = await server.connected();
    const [own, given] = await upstream.client.call<TickData[]>('get_all_ticks');
    expect([own?.datetime, own?.localtime]).toEqual([written, written]);
    expect(given?.datetime.toISOString()).toBe('2027-03-19T00:00:00.123000+08:00');

    const relay = closed(
      new RpcService(upstream, { transport: server.transport, gracePeriod: 1, zone: 'America/New_York' }),
    );
    await relay.start('relayed requests', 'relayed events');
    const downstream = server.gateway();
    await downstream.connect('relayed requests', 'relayed events');
    const received = nextEvent<TickData>(downstream, 'tick');
    server.engine.tellTick(tick(3, { datetime: MIDNIGHT }));
    expect((await received).datetime.toISOString()).toBe('2027-03-19T00:00:00.123000+08:00');
    expect(downstream.contracts.get('rb2705.SHFE')?.option_expiry).toEqual(
      new PyDateTime(2027, 3, 19, 0, 0, 0, 123_000),
    );
  });

  test('is in the zone of a SimulatedEngine', () => {
    const bar = new BarData({ ...RB, datetime: MIDNIGHT });
    const engine = new SimulatedEngine({
      contracts: [option(MIDNIGHT)],
      gatewayName: 'CTP',
      zone: 'Asia/Tokyo',
      history: () => [bar],
    });
    expect(engine.contracts.get('rb2705.SHFE')?.option_expiry).toEqual(new PyDateTime(2027, 3, 19, 1, 0, 0, 123_000));
    engine.giveTick(tick(3500, { datetime: MIDNIGHT }));
    expect(engine.ticks.get('rb2705.SHFE')?.datetime.toISOString()).toBe('2027-03-19T01:00:00.123000+09:00');
    const request = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start: MIDNIGHT });
    expect(engine.queryHistory(request)[0]?.datetime.toISOString()).toBe('2027-03-19T01:00:00.123000+09:00');
  });

  test('is in the zone of a DatafeedServer', async () => {
    const transport = new MemoryTransport();
    const bar = new BarData({ ...RB, datetime: MIDNIGHT });
    const feed = { queryBarHistory: () => [bar], queryTickHistory: () => [] };
    const server = closed(new DatafeedServer(feed, { transport, gracePeriod: 1, zone: PyTimeZone.ofMinutes(60) }));
    await server.start('requests', 'events');
    const client = closed(new RpcClient({ transport, registry: vnpyRegistry }));
    await client.start('requests', 'events');
    const request = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start: MIDNIGHT });
    const [answer] = await client.call<BarData[]>('query_bar_history', [request]);
    expect(answer?.datetime.toISOString()).toBe('2027-03-18T17:00:00.123000+01:00');
  });
});
