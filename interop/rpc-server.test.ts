/**
 * Python's own RpcClient, unmodified, against this package's server.
 */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FrozenSet, Tuple } from 'vnpy-bridge/pickle';
import { PythonError, RpcServer } from 'vnpy-bridge/rpc';
import type { PublishAddress, RpcServerOptions } from 'vnpy-bridge/rpc';
import { PeerCommandError, plain, startPeer } from './support/index.js';
import type { Described, Peer, PeerOptions, VnpyVersion } from './support/index.js';

const ANY = 'tcp://127.0.0.1:*';

interface Returned {
  readonly returned: Described;
}

interface Counts {
  readonly topics: Record<string, number>;
  readonly total: number;
  readonly heartbeat: number;
  readonly receiving: boolean;
}

/** Where a client of this version gets events. */
const FORMAT = { '4.5': { topicFrame: ANY }, '4.4': { pair: ANY } } as const;

async function serve(publish: PublishAddress, options: RpcServerOptions = {}): Promise<RpcServer> {
  const server = new RpcServer(options)
    .register('add', (a: number, b: number) => a + b, { params: ['a', 'b'] })
    .register('later', async (value: unknown) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return value;
    })
    .register('echo', (...args: unknown[]) => args, { params: ['*args', '**kwargs'] })
    .register('nothing', () => undefined)
    .register('greet', (name: string, greeting = 'hello') => `${greeting} ${name}`, { params: ['name', 'greeting?'] })
    .register('fail', () => {
      throw new PythonError('ValueError', '坏了 on purpose');
    })
    .register('function', () => () => 1)
    .register('hang', () => new Promise(() => undefined));
  onTestFinished(() => server.stop());
  await server.start(ANY, publish);
  return server;
}

async function python(server: RpcServer, vnpy: VnpyVersion, args: string[] = []): Promise<Peer> {
  const { reply, topicFrame, pair } = server.addresses ?? { reply: '', topicFrame: '', pair: '' };
  const publish = (vnpy === '4.5' ? (topicFrame ?? pair) : (pair ?? topicFrame)) ?? '';
  const options: PeerOptions = { script: 'rpc_client', vnpy, addresses: { request: reply, publish }, args };
  return startPeer(options);
}

async function call(client: Peer, name: string, rest: Record<string, unknown> = {}): Promise<unknown> {
  const { returned } = await client.command<Returned>('call', { name, ...rest });
  return plain(returned);
}

async function failure(client: Peer, name: string, rest: Record<string, unknown> = {}): Promise<PeerCommandError> {
  try {
    await call(client, name, rest);
  } catch (error) {
    if (error instanceof PeerCommandError) return error;

    throw error;
  }
  throw new Error(`${name} did not fail`);
}

describe.each(['4.5', '4.4'] as const)("Python's RpcClient of vnpy %s", (vnpy) => {
  test('gets results, with the right types', async () => {
    const client = await python(await serve(FORMAT[vnpy]), vnpy);
    expect(await call(client, 'add', { args: [1, 3] })).toBe(4);
    expect(await call(client, 'add', { args: [1], kwargs: { b: 3 } })).toBe(4);
    expect(await call(client, 'later', { args: ['多'] })).toBe('多');
    expect(await call(client, 'nothing')).toBe(null);
    expect(await call(client, 'greet', { args: ['vnpy'] })).toBe('hello vnpy');
    expect(await call(client, 'greet', { kwargs: { greeting: 'hi', name: 'you' } })).toBe('hi you');
    const { returned } = await client.command<Returned>('call', {
      name: 'echo',
      code: "((1, 2), b'x', 2**70, 1.0, None)",
    });
    expect(returned).toMatchObject({
      type: 'list',
      value: [{ type: 'tuple' }, { type: 'bytes' }, { type: 'int' }, {}, { type: 'NoneType' }, { type: 'dict' }],
    });
  });

  test('gets tracebacks that read like Python ones', async () => {
    const client = await python(await serve(FORMAT[vnpy]), vnpy);
    const wanted: [name: string, rest: Record<string, unknown>, last: string][] = [
      ['fail', {}, 'ValueError: 坏了 on purpose'],
      ['unknown_name', {}, "KeyError: 'unknown_name'"],
      ['add', { args: [1] }, "TypeError: add() missing 1 required positional argument: 'b'"],
      ['add', { args: [1, 2, 3] }, 'TypeError: add() takes 2 positional arguments but 3 were given'],
      ['add', { args: [1, 2], kwargs: { c: 1 } }, "TypeError: add() got an unexpected keyword argument 'c'"],
    ];
    for (const [name, rest, last] of wanted) {
      const error = await failure(client, name, rest);
      expect(error.type).toBe('vnpy.rpc.client.RemoteException');
      expect(error.message).toMatch(/^Traceback \(most recent call last\):\n/);
      expect(error.message.trimEnd().split('\n').at(-1)).toBe(last);
    }
    expect((await failure(client, 'function')).message).toContain('PicklingError');
    expect(await call(client, 'add', { args: [1, 1] })).toBe(2);
  });

  test('gets events in order, and its event thread lives on', async () => {
    const server = await serve(FORMAT[vnpy]);
    const client = await python(server, vnpy, ['--topic', '']);
    await vi.waitFor(
      async () => {
        server.publish('marker', 0);
        expect((await client.command<Counts>('counts')).total).toBeGreaterThan(0);
      },
      { timeout: 5000, interval: 20 },
    );
    const values = [
      1,
      1.5,
      'text',
      null,
      true,
      [1, 2],
      Tuple.of(1, 2),
      { a: { b: 1 } },
      new Date(0),
      new FrozenSet([1]),
    ];
    for (const value of values) server.publish('value', value);

    for (let seq = 0; seq < 300; seq++) server.publish('seq', seq);

    await client.waitFor(({ event, data }) => event === 'seq' && (data as Described).value === 299);
    const heard = client.records.filter(({ event }) => event === 'seq').map(({ data }) => plain(data as Described));
    expect(heard).toEqual(Array.from({ length: 300 }, (_, seq) => seq));
    expect(client.records.filter(({ event }) => event === 'value')).toHaveLength(values.length);
    expect((await client.command<Counts>('counts')).receiving).toBe(true);
  });

  test('gets heartbeats, also while a handler of another client hangs, and none of them are events', async () => {
    const server = await serve(FORMAT[vnpy], { heartbeatInterval: 100 });
    const client = await python(server, vnpy, ['--topic', '']);
    const before = Date.now() / 1000;
    await vi.waitFor(
      async () => {
        expect((await client.command<Counts>('counts')).heartbeat).toBeGreaterThan(before + 0.2);
      },
      { timeout: 5000 },
    );
    const other = await python(server, vnpy);
    const hanging = failure(other, 'hang', { timeout: 500 });
    const during = Date.now() / 1000;
    await vi.waitFor(
      async () => {
        const { heartbeat, total } = await client.command<Counts>('counts');
        expect(heartbeat).toBeGreaterThan(during + 0.2);
        expect(total).toBe(0);
      },
      { timeout: 5000 },
    );
    expect(await call(client, 'add', { args: [2, 2] })).toBe(4);
    expect((await hanging).message).toContain('Timeout of 500ms');
  });

  test('stops at once, as a heartbeat wakes it', async () => {
    const server = await serve(FORMAT[vnpy], { heartbeatInterval: 100 });
    const client = await python(server, vnpy, ['--topic', '']);
    expect(await client.command<number>('stop')).toBeLessThan(2);
  });

  test('is served beside a client that vanished in mid-call', async () => {
    const server = await serve(FORMAT[vnpy]);
    const doomed = await python(server, vnpy);
    void failure(doomed, 'hang').catch(() => undefined);
    await vi.waitFor(() => {
      expect(server.stats().pending).toBe(1);
    }, 5000);
    await doomed.kill();
    const client = await python(server, vnpy);
    expect(await call(client, 'add', { args: [1, 2], repeat: 100 })).toBe(3);
  });
});

test('one server publishes to clients of both formats', async () => {
  const server = await serve({ topicFrame: ANY, pair: ANY });
  const clients = await Promise.all((['4.5', '4.4'] as const).map((vnpy) => python(server, vnpy, ['--topic', ''])));
  const timer = setInterval(() => {
    server.publish('both', { seq: 1 });
  }, 10);
  onTestFinished(() => {
    clearInterval(timer);
  });
  for (const client of clients) {
    await client.command('wait_events', { count: 5 });
    expect((await client.command<Counts>('counts')).receiving).toBe(true);
  }
});
