/** What a Python peer may be unable to load leaves neither a client nor a server, but what came from a Python is passed on. */
import { afterEach, describe, expect, test } from 'vitest';
import {
  ClassRegistry,
  dumps,
  loads,
  PersistentId,
  PicklingError,
  PyDateTime,
  PyGlobal,
  PyObject,
  PyPath,
  PyRange,
  PytzZone,
  PyZoneInfo,
  Tuple,
} from 'vnpy-bridge/pickle';
import { MemoryTransport, RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import type { RpcClientOptions, RpcServerOptions } from 'vnpy-bridge/rpc';

const registry = ClassRegistry.of({
  kind: 'enum',
  module: 'shop',
  qualname: 'Color',
  members: [{ name: 'RED', values: ['red'], member: Object.freeze({}) }],
});
const call = (module: string, name: string, ...args: unknown[]): PyObject =>
  new PyObject(new PyGlobal(module, name), Tuple.from(args));

const FOREIGN: readonly (readonly [string, unknown])[] = [
  ['a zone in the wrong case', new PyZoneInfo('asia/shanghai')],
  ['a zone of pytz', new PytzZone('Asia/Shanghai')],
  ['a path of one system', new PyPath('WindowsPath', ['C:\\'])],
  ['a name', new PyGlobal('shop', 'Cart')],
  ['a call', call('shop', 'Cart')],
  ['a persistent id', new PersistentId('x')],
];
/** An object of an application of vnpy, as it comes from a Python. */
const decoded = (value: unknown): unknown => loads(dumps(value, { registry }), { registry });

const open: (RpcClient | RpcServer)[] = [];
afterEach(async () => {
  for (const peer of open.splice(0)) await peer.stop();
});

interface Pair {
  readonly client: RpcClient;
  readonly server: RpcServer;
  readonly got: unknown[];
}

/** A client, and a server with a function that gives `result`, and with one that gives its argument. */
async function pair(
  options: { client?: RpcClientOptions; server?: RpcServerOptions; result?: unknown } = {},
): Promise<Pair> {
  const transport = new MemoryTransport();
  const server = new RpcServer({ transport, registry, ...options.server });
  const client = new RpcClient({ transport, registry, timeout: 5000, ...options.client });
  open.push(client, server);
  const got: unknown[] = [];
  server.register('take', (value: unknown) => void got.push(value));
  server.register('echo', (value: unknown) => value);
  server.register('give', () => options.result);
  await server.start('requests', 'events');
  await client.start('requests', 'events');
  await client.ready();
  return { client, server, got };
}

describe('an argument', () => {
  test.each(FOREIGN)('that is %s is refused, and the next call is answered', async (_, value) => {
    const { client, server, got } = await pair();
    const error: unknown = await client.call('take', [1, { of: [value] }]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PicklingError);
    expect(error).toMatchObject({ code: 'NOT_PORTABLE', path: '$[1][1].of[0]' });
    expect(server.stats().requests).toBe(0);
    await client.call('take', [1]);
    expect(got).toEqual([1]);
  });

  test('in a keyword is refused, too', async () => {
    const { client } = await pair();
    await expect(client.call('take', [], { kwargs: { value: call('shop', 'Cart') } })).rejects.toMatchObject({
      code: 'NOT_PORTABLE',
      path: '$[2].value',
    });
  });

  test('that would be called where it arrives is refused wherever it came from', async () => {
    const { client } = await pair();
    await expect(client.call('take', [decoded(call('os', 'system', 'true'))])).rejects.toMatchObject({
      code: 'NOT_PORTABLE',
    });
    await expect(client.call('take', [decoded(new PyGlobal('os', 'system'))])).rejects.toMatchObject({
      code: 'NOT_PORTABLE',
    });
  });

  test.each([
    ['a zone', new PyZoneInfo('Local/Exchange')],
    ['a zone of pytz', new PytzZone('Asia/Shanghai')],
    ['a member of a registered enum by value', call('shop', 'Color', 'blue')],
    ['one by name', call('builtins', 'getattr', new PyGlobal('shop', 'Color'), 'BLUE')],
  ])('that came from a Python is sent back to it: %s', async (_, value) => {
    const { client, got } = await pair();
    await expect(client.call('take', [value])).rejects.toMatchObject({ code: 'NOT_PORTABLE' });
    await client.call('take', [decoded(value)]);
    expect(got).toHaveLength(1);
  });

  test.each([
    ['of another class', call('shop', 'Cart', 'blue')],
    ['with more arguments', call('shop', 'Color', 'blue', 1)],
    ['with an object for its value', call('shop', 'Color', call('os', 'system'))],
    ['of an attribute of another class', call('builtins', 'getattr', new PyGlobal('os', 'environ'), 'copy')],
  ])('that is a decoded call %s is none of that', async (_, value) => {
    const { client } = await pair();
    await expect(client.call('take', [decoded(value)])).rejects.toMatchObject({ code: 'NOT_PORTABLE' });
  });

  test.each(FOREIGN)('that is %s is refused also where the option is undefined', async (_, value) => {
    const { client } = await pair({ client: { dumps: { foreign: undefined } } });
    await expect(client.call('take', [value])).rejects.toMatchObject({ code: 'NOT_PORTABLE' });
  });

  test('that no Python loads is refused, whatever the options are', async () => {
    const { client } = await pair({ client: { dumps: { foreign: 'write' } } });
    expect(() => new PyRange(0, 1, 0)).toThrow(RangeError);
    await expect(client.call('take', [new Map([[[1], 1]])])).rejects.toMatchObject({ code: 'UNHASHABLE' });
  });

  test.each(FOREIGN)("that is %s is sent with foreign: 'write'", async (_, value) => {
    const { client, got } = await pair({ client: { dumps: { foreign: 'write' } } });
    await client.call('take', [value]);
    expect(got).toHaveLength(1);
  });
});

describe('a result', () => {
  test.each(FOREIGN)('that is %s is answered with an error', async (_, result) => {
    const { client, server } = await pair({ result });
    await expect(client.call('give')).rejects.toThrow('PicklingError');
    expect(server.stats()).toMatchObject({ unpicklable: 1 });
  });

  test('that came from a Python server is passed on, and what came from a client is not', async () => {
    const { client } = await pair({
      result: decoded(call('cta', 'Stats', 1)),
      client: { dumps: { foreign: 'write' } },
    });
    expect(await client.call('give')).toBeInstanceOf(PyObject);
    await expect(client.call('echo', [call('cta', 'Stats', 1)])).rejects.toThrow('PicklingError');
  });
});

/** What a client sends: written by hand where the classes of the codec would not write it. */
const FROM_CLIENT: readonly (readonly [string, unknown])[] = [
  ...FOREIGN,
  ['a datetime in a zone that no database has', new PyDateTime(2026, 1, 5, 9, 0, 0, 0, new PyZoneInfo('no/Where'))],
  ['one that is not from the cache', new PyZoneInfo('no/Where', 'no-cache')],
  ['a datetime in a zone of pytz', new PyDateTime(2026, 1, 5, 9, 0, 0, 0, new PytzZone('Asia/Shanghai', 0, 0, 'CST'))],
  ['the UTC of pytz', call('pytz', '_UTC')],
  ['a fixed offset of pytz', new PytzZone(undefined, 3600)],
  ['a path of POSIX', new PyPath('PosixPath', ['/a'])],
  ['a path of Python 3.13', call('pathlib._local', 'WindowsPath', 'C:\\')],
  ['a name of pytz', new PyGlobal('pytz', '_UTC')],
  ['a name of numpy', new PyGlobal('numpy._core.multiarray', '_reconstruct')],
  ['a name of Python 2', new PyGlobal('__builtin__', 'set')],
];

describe('what a client of a relay sent', () => {
  test.each(FROM_CLIENT)('goes no further when it is %s', async (_, value) => {
    const { client: upstream, server: python } = await pair();
    const { client, server: relay } = await pair({ client: { dumps: { foreign: 'write' } } });
    relay.register('pass', (given: unknown) => upstream.call('take', [given]));
    for (const sent of [value, { data: [value] }]) {
      await expect(client.call('pass', [sent])).rejects.toThrow('PicklingError');
      await expect(client.call('echo', [sent])).rejects.toThrow('PicklingError');
    }
    expect(python.stats().requests).toBe(0);
    await client.call('pass', [1]);
    expect(python.stats().requests).toBe(1);
  });

  test.each(FROM_CLIENT.filter(([, value]) => value instanceof PyZoneInfo || value instanceof PyPath))(
    'goes on with loads.forward: true when it is %s',
    async (_, value) => {
      const { client } = await pair({
        client: { dumps: { foreign: 'write' } },
        server: { loads: { forward: true } },
      });
      expect(await client.call('echo', [value])).toEqual(value);
    },
  );

  test.each([
    ['a zone', new PyZoneInfo('Asia/Shanghai')],
    ['an array', Float64Array.of(1, 2)],
    ['a set', new Set([1])],
    ['a path', new PyPath('PurePosixPath', ['/a'])],
  ])('goes on when every Python has it: %s', async (_, value) => {
    const { client } = await pair();
    expect(dumps(await client.call('echo', [value]))).toEqual(dumps(loads(dumps(value))));
  });
});

describe('an event', () => {
  test.each(FOREIGN)('that is %s is refused, and published nowhere', async (_, value) => {
    const { server } = await pair();
    expect(() => {
      server.publish('topic', value);
    }).toThrow(PicklingError);
    expect(server.stats().published).toBe(0);
  });

  test('of an application of vnpy goes through a relay', async () => {
    const { client: upstream, server: python } = await pair({ server: { dumps: { foreign: 'write' } } });
    const { client: reader, server: relay } = await pair();
    upstream.subscribe('');
    reader.subscribe('');
    upstream.on('event', ({ topic, data }) => {
      relay.publish(topic, data);
    });
    const received = new Promise<unknown>((resolve) => {
      reader.on('event', ({ topic, data }) => {
        if (topic === 'eCta') resolve(data);
      });
    });
    python.publish('eCta', { stats: call('cta', 'Stats', 1), at: new PytzZone('Asia/Shanghai') });
    expect(await received).toMatchObject({ stats: { class: { module: 'cta' } }, at: { zone: 'Asia/Shanghai' } });
  });
});
