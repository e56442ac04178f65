/** Arguments that would end the only thread of a vnpy server: refused, and proved to be such. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  DefaultDict,
  Deque,
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
import type { RpcClient } from 'vnpy-bridge/rpc';
import { Exchange, HistoryRequest, Interval, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { connectTo } from './rpc-support/clients.js';
import { startPeer, vnpyVersions } from './support/index.js';
import type { Peer } from './support/index.js';

const at = (zone: PyZoneInfo | PytzZone): PyDateTime => new PyDateTime(2026, 1, 5, 9, 0, 0, 0, zone);
const request = (zone: PyZoneInfo): HistoryRequest =>
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
    const lost = expect(reckless.call('type_of', [value], {}, { timeout: 60_000 })).rejects.toThrow();
    const death = await victim.waitFor((record) => 'thread_died' in record);
    expect(death).toMatchObject({ thread_died: { type: expect.stringContaining(type) as string } });
    await reckless.stop();
    await lost;
  });
});
