import { describe, expect, onTestFinished, test } from 'vitest';
import { RemoteException, RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import type { PublishAddress } from 'vnpy-bridge/rpc';
import {
  BarData,
  DatafeedServer,
  Direction,
  Exchange,
  HistoryRequest,
  Interval,
  Offset,
  Product,
  RpcDatafeed,
  RpcService,
  SimulatedEngine,
  Status,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import { membersMissingIn } from '../src/vnpy/client-filter.js';
import { ENUMS } from '../src/vnpy/enums/all.js';
import { field, plain, recentWeekday, startPeer, vnpyVersions } from './support/index.js';
import type { Addresses, Described, VnpyVersion } from './support/index.js';
import { buy, connected, contractOf, next } from './vnpy-support.js';

// What must hold with every vnpy, Python and Node.js that this package says it works with, in a minute. `make matrix` runs
// it for each combination; a plain run has the versions of `make setup`. Depth is in the other files of this folder.

const LOCALES = ['zh_CN.UTF-8', 'en_US.UTF-8'];
const PEERS = vnpyVersions().flatMap((vnpy) => LOCALES.map((locale) => ({ vnpy, locale })));

const BIND = 'tcp://127.0.0.1:0';

/** Where a server of this package publishes, in the format that a vnpy understands. */
function publishAddress(vnpy: VnpyVersion): PublishAddress {
  return vnpy === '4.5' ? BIND : { pair: BIND };
}

function addressesOf(server: Pick<RpcServer, 'addresses'>): Addresses {
  const { reply, topicFrame, pair } = server.addresses ?? {};
  const publish = topicFrame ?? pair;
  if (reply === undefined || publish === undefined) throw new Error('the server is not active');
  return { request: reply, publish };
}

/** The release that the peer has: `3.9` is installed as 3.9.4. */
const release = (vnpy: VnpyVersion): string => (vnpy === '3.9' ? '3.9.4' : vnpy);

describe.each(PEERS)('vnpy $vnpy in $locale', ({ vnpy, locale }) => {
  test('this RpcClient calls a Python RpcServer and gets its events in order', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy, locale });
    const client = new RpcClient({ registry: vnpyRegistry });
    onTestFinished(() => client.stop());
    await client.start(server.addresses.request, server.addresses.publish);
    expect(await client.call('add', [1, 3])).toBe(4);
    expect(await client.call('add', ['螺', '纹'])).toBe('螺纹');
    expect(await client.call('add', [1], { kwargs: { b: 4 } })).toBe(5);
    expect(await client.call('none')).toBeNull();
    expect(await client.call('type_of', [Direction.LONG])).toEqual([
      'vnpy.trader.constant.Direction',
      expect.stringContaining('Direction.LONG'),
    ]);
    const failure = client.call('raise_error', ['on purpose']);
    await expect(failure).rejects.toBeInstanceOf(RemoteException);
    await expect(failure).rejects.toMatchObject({ type: 'ValueError' });

    const numbers: number[] = [];
    const events = client.events({ topic: 'rb' });
    await client.call('publish', [100_000, 500, 'rb2705', 'int']);
    for await (const { topic, data } of events) {
      expect(topic).toBe('rb2705');
      numbers.push(data as number);
      if (numbers.length === 50) break;
    }
    await client.call('stop_publish');
    const first = numbers[0] ?? Number.NaN;
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => first + index));
  });

  test('this RpcGateway trades on a Python RpcService', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, locale, args: ['--rate', '20'], journal: true });
    const gateway = await connected(server.addresses);
    expect(gateway.contracts.size).toBe(server.ready.contracts);
    const contract = contractOf(gateway, 'rb2705.SHFE');
    expect(contract).toMatchObject({ exchange: Exchange.SHFE, product: Product.FUTURES, pricetick: 1 });
    expect([...gateway.accounts.keys()].sort()).toEqual(['SIM.CNY', 'SIM.USD', 'SIM.USDT']);

    const ticked = next(gateway, 'tick');
    await gateway.subscribe('rb2705.SHFE');
    const tick = await ticked;
    const positioned = next(gateway, 'position', (position) => position.vt_symbol === 'rb2705.SHFE');
    const id = await gateway.sendOrder(buy(contract, tick.ask_price_1 + 20));
    const order = await gateway.waitForOrder(id);
    expect(order).toMatchObject({ status: Status.ALLTRADED, direction: Direction.LONG, offset: Offset.OPEN });
    expect(await positioned).toMatchObject({ direction: Direction.LONG });

    const bars = await gateway.queryHistory(historyRequest());
    expect(bars).toHaveLength(5);
    expect(bars[0]).toBeInstanceOf(BarData);
    expect(server.journal().filter((record) => record['event'] === 'order')).toHaveLength(1);
    expect(gateway.stats().unknownMembers).toBe(0);
  });

  test('this RpcDatafeed queries a Python DatafeedServer', async () => {
    const server = await startPeer({ script: 'datafeed_server', vnpy, locale });
    const datafeed = new RpcDatafeed();
    onTestFinished(() => datafeed.close());
    await datafeed.connect(server.addresses.request, server.addresses.publish);
    const bars = await datafeed.queryBarHistory(historyRequest());
    expect(bars).toHaveLength(5);
    expect(bars[0]).toMatchObject({ exchange: Exchange.SHFE, interval: Interval.MINUTE });
  });

  test('a Python RpcClient calls this RpcServer and gets its events', async () => {
    const server = new RpcServer({ registry: vnpyRegistry });
    server.register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] });
    server.register('fail', () => {
      throw new TypeError('on purpose');
    });
    onTestFinished(() => server.stop());
    await server.start(BIND, publishAddress(vnpy));
    const client = await startPeer({
      script: 'rpc_client',
      vnpy,
      locale,
      addresses: addressesOf(server),
      args: ['--topic', ''],
    });
    const returned = async (name: string, call: object): Promise<unknown> =>
      client.command<{ returned: Described }>('call', { name, ...call }).then((reply) => plain(reply.returned));
    expect(await returned('add', { args: [1, 3] })).toBe(4);
    expect(await returned('add', { args: [1], kwargs: { b: 4 } })).toBe(5);
    await expect(returned('fail', {})).rejects.toMatchObject({
      type: 'vnpy.rpc.client.RemoteException',
      message: expect.stringMatching(/TypeError: on purpose\n$/) as string,
    });

    // A subscription takes its time to reach the publisher.
    let sent = 0;
    const timer = setInterval(() => {
      server.publish('rb2705', { seq: ++sent, direction: Direction.LONG });
    }, 5);
    onTestFinished(() => {
      clearInterval(timer);
    });
    await client.command('wait_events', { count: 20 });
    const events = client.records.filter((record) => record['event'] === 'rb2705');
    const received = events.map((record) => plain(record['data'] as Described) as { seq: number; direction: string });
    const first = received[0]?.seq ?? Number.NaN;
    expect(received).toEqual(received.map((_, index) => ({ seq: first + index, direction: 'LONG' })));
  });

  test('a Python RpcGateway trades on this RpcService', async () => {
    const missing = membersMissingIn(release(vnpy));
    const engine = new SimulatedEngine();
    const service = new RpcService(engine, { oldestClient: release(vnpy) });
    onTestFinished(async () => {
      engine.stop();
      await service.stop();
    });
    await service.start(BIND, publishAddress(vnpy));
    engine.start(20);
    const client = await startPeer({
      script: 'gateway_client',
      vnpy,
      locale,
      addresses: addressesOf(service),
      args: ['--connect'],
    });
    // What the package believes of this vnpy is what the enums there say.
    const enums = `__import__('vnpy.trader.constant', fromlist=['Exchange'])`;
    const code = `[[name, list(getattr(${enums}, name).__members__)] for name in ${JSON.stringify(Object.keys(ENUMS))}]`;
    const theirs = new Map(plain(await client.command<Described>('eval', { code })) as [string, string[]][]);
    const ours = Object.entries(ENUMS).flatMap(([name, members]) =>
      Object.values(members).filter((member) => theirs.get(name)?.includes(member.name) !== true),
    );
    expect(new Set(ours)).toEqual(missing);

    const contracts = (await client.command<Described>('get_all', { kind: 'contracts' })).value as Described[];
    // vnpy before 4.1 has no Exchange.GLOBAL: one contract with it would break the whole answer.
    const known = [...engine.contracts.values()].filter(({ exchange }) => !missing.has(exchange));
    expect(contracts.map((contract) => plain(field(contract, 'vt_symbol')))).toEqual(known.map((c) => c.vt_symbol));
    expect(service.stats().withheld).toBe(engine.contracts.size - known.length);
    await client.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
    const tick = await client.command<Described>('wait', { kind: 'tick', key: 'rb2705.SHFE', fields: {} });
    expect(field(tick, 'last_price').type).toBe('float');
    const id = await client.command<string>('send_order', {
      vt_symbol: 'rb2705.SHFE',
      direction: 'LONG',
      offset: 'OPEN',
      volume: 2,
      price: Number(plain(field(tick, 'last_price'))) + 50,
    });
    const order = await client.command<Described>('wait', { kind: 'order', key: id, fields: { status: 'ALLTRADED' } });
    expect(plain(order)).toMatchObject({ traded: 2, direction: 'LONG', offset: 'OPEN', gateway_name: 'RPC' });
    expect(await client.command('receiving')).toBe(true);
  });

  test('a Python datafeed queries this DatafeedServer', async () => {
    const engine = new SimulatedEngine();
    const server = new DatafeedServer({
      queryBarHistory: (request) => engine.queryHistory(request),
      queryTickHistory: () => {
        throw new Error('no ticks here');
      },
    });
    onTestFinished(() => server.stop());
    await server.start(BIND, publishAddress(vnpy));
    const client = await startPeer({ script: 'datafeed_client', vnpy, locale, addresses: addressesOf(server) });
    const query = { vt_symbol: 'rb2705.SHFE', start: '2024-01-02T09:00:00', end: '2024-01-02T09:04:00' };
    const bars = await client.command<{ data: Described; count: number }>('bars', query);
    expect(bars.count).toBeGreaterThan(0);
    const bar = (bars.data.value as Described[])[0];
    expect(bar?.type).toBe('vnpy.trader.object.BarData');
    expect(await client.command('ticks', query)).toMatchObject({ count: 0, outputs: ['no ticks here'] });
  });
});

/** The first five minutes of a weekday. */
function historyRequest(): HistoryRequest {
  const date = recentWeekday();
  return new HistoryRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    interval: Interval.MINUTE,
    start: new Date(`${date}T09:00:00+08:00`),
    end: new Date(`${date}T09:04:00+08:00`),
  });
}
