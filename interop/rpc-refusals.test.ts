/** Arguments that would end the only thread of a vnpy server: refused, and proved to be such. */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  DefaultDict,
  Deque,
  OrderedDict,
  PersistentId,
  PicklingError,
  PyDateTime,
  PyGlobal,
  PyObject,
  PyPath,
  PytzZone,
  PyZoneInfo,
  Tuple,
} from 'vnpy-bridge/pickle';
import { RpcClient } from 'vnpy-bridge/rpc';
import { Exchange, HistoryRequest, Interval, RpcGateway, RpcService, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { connectTo } from './rpc-support/clients.js';
import { startPeer, vnpyVersions } from './support/index.js';
import type { Peer } from './support/index.js';

const at = (zone: PyZoneInfo | PytzZone): PyDateTime => new PyDateTime(2026, 1, 5, 9, 0, 0, 0, zone);
const request = (zone: PyZoneInfo | PytzZone): HistoryRequest =>
  new HistoryRequest({ symbol: 'rb2605', exchange: Exchange.SHFE, start: at(zone), interval: Interval.MINUTE });

/** What Python raises at, and what a client has to be told to send it all the same. */
const KILLERS: readonly (readonly [title: string, value: unknown, type: string])[] = [
  ['a zone in the wrong case', new PyZoneInfo('asia/shanghai'), 'ZoneInfoNotFoundError'],
  ['a history request with a typo in its zone', request(new PyZoneInfo('Asia/Shanghia')), 'ZoneInfoNotFoundError'],
  ['a zone of pytz', at(new PytzZone('Asia/Shanghai')), 'ModuleNotFoundError'],
  ['a path of another system', new PyPath('WindowsPath', ['C:\\a']), ''],
  ['a persistent id', new PersistentId('x'), 'UnpicklingError'],
  ['an unknown name', new PyGlobal('shop.models', 'Order'), 'ModuleNotFoundError'],
  ['an unknown factory', new DefaultDict(new PyGlobal('shop.models', 'Order')), 'ModuleNotFoundError'],
  ['a call that raises', new PyObject(new PyGlobal('builtins', 'int'), Tuple.of('x')), 'ValueError'],
];

describe.each(vnpyVersions())('the server of vnpy %s', (vnpy) => {
  let server: Peer;
  let client: RpcClient;
  beforeAll(async () => {
    server = await startPeer({ script: 'rpc_server', vnpy });
  });

  test.each([
    ...KILLERS,
    ['a deque of a negative length', Object.assign(Deque.create([1]), { maxlen: -1 }), ''],
    ['an attribute dict that is none', Object.assign(new OrderedDict(), { attributes: Tuple.of(null, null) }), ''],
    [
      'a slot that is no attribute',
      Object.assign(new OrderedDict(), { attributes: Tuple.of(null, { __class__: 1 }) }),
      '',
    ],
    ['a member of an enum for a factory', new DefaultDict(Exchange.SHFE), ''],
    ['an unhashable key', new Map([[Tuple.of([1]), 1]]), ''],
    ['a request as a key', new Map([[request(new PyZoneInfo('UTC')), 1]]), ''],
  ] as const)('is not sent %s, and answers the next call', async (_, value) => {
    client = await connectTo(server, { registry: vnpyRegistry });
    await expect(client.call('type_of', [value])).rejects.toBeInstanceOf(PicklingError);
    expect(await client.call('add', [1, 2])).toBe(3);
  });

  test('takes what is not refused: every type, in the spelling of the IANA database', async () => {
    client = await connectTo(server, { registry: vnpyRegistry });
    const values = [
      at(new PyZoneInfo('Asia/Chongqing')),
      new DefaultDict(new PyGlobal('builtins', 'list')),
      new PyPath('PurePosixPath', ['a']),
      request(new PyZoneInfo('US/Eastern')),
      Float64Array.of(1),
    ];
    const types = ['datetime', 'defaultdict', 'PurePosixPath', 'HistoryRequest', 'ndarray'];
    for (const [index, value] of values.entries()) {
      expect(await client.call('type_of', [value])).toMatchObject([
        expect.stringContaining(types[index] ?? '?'),
        expect.any(String),
      ]);
    }
  });

  test.each(KILLERS)('ends at %s', async (_, value, type) => {
    const victim = await startPeer({ script: 'rpc_server', vnpy });
    const reckless = await connectTo(victim, { registry: vnpyRegistry, dumps: { foreign: 'write' } });
    const lost = expect(reckless.call('type_of', [value], { timeout: 60_000 })).rejects.toThrow();
    const death = await victim.waitFor((record) => 'thread_died' in record);
    expect(death).toMatchObject({ thread_died: { type: expect.stringContaining(type) as string } });
    await reckless.stop();
    await lost;
  });
});

describe.each(vnpyVersions())('the server of vnpy %s behind a relay', (vnpy) => {
  let server: Peer;
  beforeAll(async () => {
    server = await startPeer({ script: 'vnpy_server', vnpy });
  });

  test.each<readonly [string, HistoryRequest]>([
    ['in a zone that no database has', request(new PyZoneInfo('no/Where'))],
    ['in a zone of pytz', request(new PytzZone('Asia/Shanghai'))],
    ['in a zone of pytz with its offset', request(new PytzZone('Asia/Shanghai', 28_800, 0, 'CST'))],
    [
      'with a path of another system',
      Object.assign(request(new PyZoneInfo('UTC')), { file: new PyPath('WindowsPath', ['C:\\a']) }),
    ],
    [
      'with a name that pytz has',
      Object.assign(request(new PyZoneInfo('UTC')), { type: new PyGlobal('pytz', '_UTC') }),
    ],
  ])('is not sent the request of a client %s, and answers the next call', async (_, history) => {
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(server.addresses.request, server.addresses.publish);
    const service = new RpcService(gateway);
    onTestFinished(() => service.stop());
    await service.start('tcp://127.0.0.1:0', { topicFrame: 'tcp://127.0.0.1:0' });
    const { reply, topicFrame = '' } = service.addresses ?? { reply: '' };
    const client = new RpcClient({ registry: vnpyRegistry, dumps: { foreign: 'write' } });
    onTestFinished(() => client.stop());
    await client.start(reply, topicFrame);
    await client.ready();
    await expect(client.call('query_history', [history, 'RPC'])).rejects.toThrow('the option foreign decides');
    const contract = [...gateway.contracts.values()][0];
    if (contract === undefined) throw new Error('the server has no contract');
    const { symbol, exchange } = contract;
    const start = at(new PyZoneInfo('Asia/Shanghai'));
    const known = new HistoryRequest({ symbol, exchange, start, interval: Interval.MINUTE });
    expect(await gateway.queryHistory(known)).toBeInstanceOf(Array);
  });
});
