import { beforeAll, describe, expect, test, vi } from 'vitest';
import { PyObject, Tuple } from 'vnpy-bridge/pickle';
import type { RpcClient, RpcEvent } from 'vnpy-bridge/rpc';
import { connectTo, newClient, published } from './rpc-support/clients.js';
import { PATIENCE, startPeer } from './support/index.js';
import type { Peer, VnpyVersion } from './support/index.js';

const versions: [VnpyVersion, string][] = [
  ['4.5', 'zh_CN.UTF-8'],
  ['4.4', 'C.UTF-8'],
];

describe.each(versions)('RpcClient with the server of vnpy %s (%s)', (vnpy, locale) => {
  let server: Peer;

  beforeAll(async () => {
    server = await startPeer({ script: 'rpc_server', vnpy, locale, journal: true });
  });

  describe('calls', () => {
    test.each<[name: string, args: unknown[], kwargs: Record<string, unknown>, result: unknown]>([
      ['add', [1, 3], {}, 4],
      ['add', ['多', '空'], {}, '多空'],
      ['add', [1], { b: 2 }, 3],
      ['add', [[1], [2]], {}, [1, 2]],
      ['add', [2 ** 53 - 1, 1], {}, 2n ** 53n],
      ['none', [], {}, null],
      ['echo', [], {}, Tuple.of<unknown>(Tuple.of(), {})],
      ['echo', [null, true, 1.5], { k: 'v' }, Tuple.of<unknown>(Tuple.of<unknown>(null, true, 1.5), { k: 'v' })],
      ['type_of', [Tuple.of(1)], {}, Tuple.of('tuple', '(1,)')],
      ['type_of', [new Uint8Array([1])], {}, Tuple.of('bytes', "b'\\x01'")],
      ['type_of', [undefined], {}, Tuple.of('NoneType', 'None')],
      ['big_list', [3], {}, [0, 1, 2]],
    ])('%s(%j, %j)', async (name, args, kwargs, result) => {
      const client = await connectTo(server);
      expect(await client.call(name, args, { kwargs })).toEqual(result);
    });

    test('a result of ten megabytes arrives whole', async () => {
      const client = await connectTo(server);
      const bytes = await client.call<Uint8Array>('big_bytes', [10_000_000]);
      expect(bytes).toHaveLength(10_000_000);
    });

    test.each([
      ['raise_error', ['kaputt 坏了'], {}, 'ValueError', 'kaputt 坏了'],
      ['raise_error', ['two\nlines'], {}, 'ValueError', 'two\nlines'],
      ['raise_key_error', ['k'], {}, 'KeyError', "'k'"],
      ['no_such_function', [], {}, 'KeyError', "'no_such_function'"],
      ['add', [1], {}, 'TypeError', /add\(\) missing 1 required positional argument: 'b'$/],
      ['add', [1, 2], { c: 3 }, 'TypeError', /add\(\) got an unexpected keyword argument 'c'/],
      ['add', [1, 'x'], {}, 'TypeError', "unsupported operand type(s) for +: 'int' and 'str'"],
    ])('%s(%j, %j) raises %s', async (name, args, kwargs, type, message) => {
      const client = await connectTo(server);
      await expect(client.call(name, args, { kwargs })).rejects.toMatchObject({
        name: 'RemoteException',
        type,
        remoteMessage: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
        traceback: expect.stringContaining('Traceback (most recent call last):\n  File ') as string,
      });
    });

    test('an instance of a class that nobody knows is inert data', async () => {
      const client = await connectTo(server);
      expect(await client.call('unknown', [7])).toBeInstanceOf(PyObject);
    });

    test('a thousand at once come back to their callers', async () => {
      const client = await connectTo(server);
      const results = await Promise.all(Array.from({ length: 1000 }, (_, index) => client.call('add', [index, 0])));
      expect(results).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    });

    test('urgent ones overtake those that wait', async () => {
      const client = await connectTo(server, { window: 1 });
      const before = server.journal().length;
      await Promise.all([
        client.call('sleep', [0.1]),
        ...['a', 'b'].map((uid) => client.call('execute', [uid])),
        client.call('execute', ['cancel'], { priority: 'high' }),
      ]);
      expect(
        server
          .journal()
          .slice(before)
          .map(({ args }) => args),
      ).toEqual(['(0.1,)', "('cancel',)", "('a',)", "('b',)"]);
    });

    test('a timeout or an abort harms no other call', async () => {
      const client = await connectTo(server);
      const controller = new AbortController();
      const settled = Promise.allSettled([
        client.call('sleep', [1], { timeout: 50 }),
        client.call('add', [1, 1], { signal: controller.signal }),
        client.call('add', [2, 2]),
      ]);
      controller.abort();
      expect(await settled).toMatchObject([
        { reason: { code: 'TIMEOUT', outcome: 'unknown' } },
        { reason: { code: 'ABORTED', outcome: 'unknown' } },
        { value: 4 },
      ]);
      expect(client.stats().calls).toMatchObject({ lateReplies: 2, abandoned: 0, inFlight: 0 });
    });
  });

  describe('events', () => {
    /** Publishes until the subscription, which travels on its own connection, has arrived. */
    async function subscribed(client: RpcClient, topic: string): Promise<void> {
      const marker = `${topic}.marker`;
      const markers = client.events({ topic: marker });
      const first = markers.next();
      await vi.waitFor(
        async () => {
          await client.call('publish', [1], { kwargs: { topic: marker, kind: 'int' } });
          expect(client.stats().events.delivered).toBeGreaterThan(0);
        },
        { interval: 20, ...PATIENCE },
      );
      await first;
      await markers.return?.();
    }

    test('arrive in order, of the wanted topics only, in listeners and iterators', async () => {
      const client = await connectTo(server);
      const heard: RpcEvent[] = [];
      client.subscribe('wanted');
      await subscribed(client, 'wanted');
      client.on('event', (event) => {
        if (event.topic === 'wanted.a') heard.push(event);
      });
      const stream = client.events();
      const filtered = client.stats().events.filtered;
      await client.call('publish', [50], { kwargs: { topic: 'unwanted', kind: 'int' } });
      // Two threads publish in any order: these come after those, so that those have come when these have.
      await published(client);
      await client.call('publish', [200], { kwargs: { topic: 'wanted.a', kind: 'int' } });
      await vi.waitFor(() => {
        expect(heard).toHaveLength(200);
      }, PATIENCE);
      expect(heard.map(({ data }) => data)).toEqual(Array.from({ length: 200 }, (_, index) => index));
      const fromStream: unknown[] = [];
      for await (const { topic, data } of stream) if (topic === 'wanted.a' && fromStream.push(data) === 200) break;

      expect(fromStream).toEqual(heard.map(({ data }) => data));
      // A server of 4.5 filters: what nobody wants does not cross the wire. One of 4.4 cannot.
      expect(client.stats().events.filtered - filtered).toBe(vnpy === '4.5' ? 0 : 50);
    });

    test('everything arrives for the empty topic, data of every kind', async () => {
      const client = await connectTo(server);
      client.subscribe('');
      await subscribed(client, 'any');
      const heard = client.events();
      for (const kind of ['int', 'dict', 'tick', 'event', 'unknown'])
        await client.call('publish', [1], { kwargs: { topic: kind, kind } });

      const kinds: string[] = [];
      for await (const { topic, data } of heard) {
        expect(data).toBeDefined();
        if (!topic.startsWith('any') && kinds.push(topic) === 5) break;
      }
      expect(kinds.toSorted()).toEqual(['dict', 'event', 'int', 'tick', 'unknown']);
    });

    test('heartbeats come whatever is subscribed, and tell the clock', { timeout: 30_000 }, async () => {
      const clients = await Promise.all(
        [[], ['wanted'], ['']].map(async (topics) => {
          const client = await connectTo(server);
          topics.forEach((topic) => {
            client.subscribe(topic);
          });
          return client;
        }),
      );
      const heartbeats = (): number[] => clients.map((client) => client.stats().events.heartbeats);
      await vi.waitFor(() => {
        expect(Math.min(...heartbeats())).toBe(1);
      }, PATIENCE);
      // One may have come between the first subscription and the last, and the next is ten seconds away.
      expect(Math.max(...heartbeats())).toBeLessThanOrEqual(2);
      for (const client of clients) {
        expect(Math.abs(client.stats().clockOffset ?? NaN)).toBeLessThan(1000);
        expect(client.stats().lastMessageAge).toBeLessThan(1000);
      }
    });
  });

  test('without a subscribe address calls work', async () => {
    const client = newClient();
    await client.start(server.addresses.request);
    expect(await client.call('add', [1, 1])).toBe(2);
  });
});
