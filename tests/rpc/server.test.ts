import { describe, expect, vi, test } from 'vitest';
import { dumps, loads, PyObject, Tuple } from 'vnpy-bridge/pickle';
import type { Logger } from '../../src/rpc/logger.js';
import { MemoryTransport } from '../../src/rpc/memory-transport.js';
import { RpcServer } from '../../src/rpc/server.js';
import { PythonError } from '../../src/rpc/signature.js';
import type { Frames, RequestConnection } from '../../src/rpc/transport.js';
import { eventually } from '../support/patience.js';
import { connectedPair, EVENTS, Gate, REQUESTS, startedLater } from './support/fixtures.js';

const EMPTY = new Uint8Array(0);

/** A client that sends what it likes. */
class RawClient {
  readonly received: Frames[] = [];
  readonly #connection: RequestConnection;

  private constructor(connection: RequestConnection) {
    this.#connection = connection;
  }

  static async connect(transport: MemoryTransport): Promise<RawClient> {
    const sockets = await transport.openClient();
    return new Promise((resolve) => {
      const client: RawClient = new RawClient(
        sockets.connectRequest(REQUESTS, {
          opened: () => {
            resolve(client);
          },
          message: (frames) => client.received.push(frames),
          closed: () => undefined,
        }),
      );
    });
  }

  send(...frames: Uint8Array[]): Promise<void> {
    return this.#connection.send(frames);
  }

  request(...parts: unknown[]): Promise<void> {
    return this.send(EMPTY, dumps(parts));
  }

  close(): void {
    this.#connection.close();
  }

  /** The texts of the failures, the values of the successes. */
  get replies(): unknown[] {
    return this.received.map((frames) => {
      const [ok, value] = loads(frames.at(-1) ?? EMPTY) as [boolean, unknown];
      return ok ? value : String(value);
    });
  }

  async answers(count: number): Promise<unknown[]> {
    await eventually(() => {
      expect(this.received).toHaveLength(count);
    });
    return this.replies;
  }
}

async function serverWith(setUp: (server: RpcServer) => void = () => undefined, options = {}) {
  const transport = new MemoryTransport();
  const server = startedLater(transport, options);
  setUp(server);
  await server.start(REQUESTS, EVENTS);
  return { transport, server, client: await RawClient.connect(transport) };
}

function collectingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log =
    (level: string) =>
    (message: string): void => {
      lines.push(`${level}: ${message}`);
    };
  return { lines, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

describe('requests', () => {
  test.each([
    ['REQ', [EMPTY]],
    ['REQ_CORRELATE or DEALER', [Buffer.from('id-1'), EMPTY]],
    ['through a broker', [Buffer.from('a'), Buffer.from('b'), Buffer.from('c'), EMPTY]],
  ])('are answered in the envelope that they had: %s', async (_name, envelope) => {
    const { client } = await serverWith((server) => server.register('f', () => 'done'));
    await client.send(...envelope, dumps(['f', Tuple.of(), {}]));
    expect(await client.answers(1)).toEqual(['done']);
    expect(client.received[0]?.slice(0, -1)).toEqual(envelope);
  });

  const wrong: [name: string, frames: Uint8Array[], answer: RegExp][] = [
    ['no pickle', [EMPTY, Buffer.from('hello')], /UnpicklingError: /],
    ['an empty body', [EMPTY, EMPTY], /UnpicklingError: /],
    ['no body', [EMPTY], /UnpicklingError: /],
    ['two bodies', [EMPTY, Buffer.from('a'), Buffer.from('b')], /UnpicklingError: /],
    ['a truncated pickle', [EMPTY, dumps(['f', Tuple.of(), {}]).subarray(0, 12)], /UnpicklingError: /],
    ['a number', [EMPTY, dumps(7)], /a request must be \[name, args, kwargs\]/],
    ['two items', [EMPTY, dumps(['f', Tuple.of()])], /a request must be \[name, args, kwargs\]/],
    ['four items', [EMPTY, dumps(['f', Tuple.of(), {}, 1])], /a request must be \[name, args, kwargs\]/],
    ['a name that is none', [EMPTY, dumps([1, Tuple.of(), {}])], /name: str, args: tuple, kwargs: dict/],
    ['arguments that are none', [EMPTY, dumps(['f', 1, {}])], /name: str, args: tuple, kwargs: dict/],
    ['kwargs with a key that is no name', [EMPTY, dumps(['f', [], new Map([[1, 2]])])], /dict with str keys/],
    [
      'kwargs that reach for the prototype',
      [EMPTY, dumps(['f', [], new Map([['__proto__', 2]])])],
      /dict with str keys/,
    ],
    ['an unknown function', [EMPTY, dumps(['g', Tuple.of(), {}])], /KeyError: 'g'\n$/],
    ['a name of Object.prototype', [EMPTY, dumps(['constructor', Tuple.of(), {}])], /KeyError: 'constructor'\n$/],
    ['a name with a quote', [EMPTY, dumps(["it's", Tuple.of(), {}])], /KeyError: "it's"\n$/],
    [
      'keyword arguments nobody named',
      [EMPTY, dumps(['f', [], { x: 1 }])],
      /TypeError: f\(\) got an unexpected keyword argument 'x'/,
    ],
  ];

  test.each(wrong)('that are wrong get a traceback, and the server lives on: %s', async (_name, frames, answer) => {
    const { client, server } = await serverWith((it) => it.register('f', () => 'alive'));
    await client.send(...frames);
    await client.request('f', Tuple.of(), {});
    const [text, alive] = await client.answers(2);
    expect(text).toMatch(/^Traceback \(most recent call last\):\n/);
    expect(text).toMatch(answer);
    expect(alive).toBe('alive');
    expect(server.stats()).toMatchObject({ requests: 2, succeeded: 1, failed: 1 });
  });

  test('that are none are dropped and counted', async () => {
    const { client, server } = await serverWith((it) => it.register('f', () => 'alive'));
    await client.send();
    await client.send(Buffer.from('no empty frame'), dumps(['f', Tuple.of(), {}]));
    await client.request('f', Tuple.of(), {});
    expect(await client.answers(1)).toEqual(['alive']);
    expect(server.stats().junk).toBe(2);
  });

  test('never make the server run what a pickle names', async () => {
    let got: unknown;
    const { client } = await serverWith((server) => server.register('echo', (value: unknown) => (got = value)));
    await client.send(EMPTY, Buffer.from("(S'echo'\n(cos\nsystem\n(S'false'\ntRt(dl.", 'latin1'));
    const [reply] = await client.answers(1);
    expect(got).toBeInstanceOf(PyObject);
    // Nor is it handed on to anybody who would.
    expect(reply).toMatch(/PicklingError: A call of os\.system/);
  });

  test('larger than allowed are answered with an error', async () => {
    const { client, server } = await serverWith((it) => it.register('f', () => 1), { maxRequestBytes: 1000 });
    await client.request('f', Tuple.of('x'.repeat(2000)), {});
    expect((await client.answers(1))[0]).toMatch(/the request has 20\d\d bytes, 1000 are allowed/);
    expect(server.stats().malformed).toBe(1);
  });

  test('for names outside the allow-list find nothing', async () => {
    const { client } = await serverWith((it) => it.register('open', () => 1).register('secret', () => 2), {
      allow: ['open'],
    });
    await client.request('open', [], {});
    await client.request('secret', [], {});
    expect(await client.answers(2)).toEqual([1, expect.stringContaining("KeyError: 'secret'")]);
  });
});

describe('handlers', () => {
  test.each([
    [
      'throws',
      () => {
        throw new PythonError('ValueError', 'no');
      },
    ],
    ['rejects', () => Promise.reject(new PythonError('ValueError', 'no'))],
    [
      'is thenable and rejects',
      () => ({
        then: (_: unknown, reject: (error: Error) => void) => {
          reject(new PythonError('ValueError', 'no'));
        },
      }),
    ],
  ])('one that %s is answered with its traceback', async (_name, handler) => {
    const { client } = await serverWith((server) => server.register('f', handler), { hideStack: true });
    await client.request('f', [], {});
    expect(await client.answers(1)).toEqual(['Traceback (most recent call last):\nValueError: no\n']);
  });

  test('show the frames of the JavaScript stack unless told otherwise', async () => {
    const { client } = await serverWith((server) =>
      server.register(function broken() {
        throw new TypeError('oops');
      }),
    );
    await client.request('broken', [], {});
    expect((await client.answers(1))[0]).toMatch(
      / {2}File ".*server\.test\.ts", line \d+, in .*broken\nTypeError: oops\n$/,
    );
  });

  test.each([
    ['a function', () => () => 1],
    ['a symbol, later', () => Promise.resolve(Symbol('x'))],
    [
      'an instance that nobody registered',
      () =>
        new (class Thing {
          a = 1;
        })(),
    ],
    [
      'something too deep',
      () => {
        let value: unknown[] = [];
        for (let depth = 0; depth < 20_000; depth++) value = [value];

        return value;
      },
    ],
  ])('a result that cannot be pickled is an error: %s', async (_name, handler) => {
    const { client, server } = await serverWith((it) => it.register('f', handler));
    await client.request('f', [], {});
    expect((await client.answers(1))[0]).toMatch(/PicklingError/);
    expect(server.stats()).toMatchObject({ unpicklable: 1, failed: 1, succeeded: 0 });
  });

  test('answer one client in order and different clients side by side', async () => {
    const gates = new Map<string, Gate<string>>();
    const { client, transport, server } = await serverWith((it) =>
      it.register('wait', (name: string) => {
        const gate = new Gate<string>();
        gates.set(name, gate);
        return gate.opened;
      }),
    );
    const other = await RawClient.connect(transport);
    await client.request('wait', ['a1'], {});
    await client.request('wait', ['a2'], {});
    await other.request('wait', ['b1'], {});
    await eventually(() => {
      expect([...gates.keys()]).toEqual(['a1', 'b1']);
    });
    expect(server.stats()).toMatchObject({ pending: 3, clients: 2 });
    gates.get('b1')?.open('B1');
    expect(await other.answers(1)).toEqual(['B1']);
    gates.get('a1')?.open('A1');
    await client.answers(1);
    await eventually(() => {
      gates.get('a2')?.open('A2');
      expect(client.replies).toEqual(['A1', 'A2']);
    });
    expect(server.stats()).toMatchObject({ pending: 0, clients: 0 });
  });

  test('cannot be flooded: what is too much is answered with an error, others are served', async () => {
    const gate = new Gate();
    const { client, transport, server } = await serverWith(
      (it) => it.register('hang', () => gate.opened).register('quick', () => 'quick'),
      { maxPending: 100, maxPendingPerClient: 50 },
    );
    for (let count = 0; count < 10_000; count++) await client.request('hang', [], {});

    await eventually(() => {
      expect(server.stats()).toMatchObject({ pending: 50, refused: 9950 });
    });
    expect(client.replies[0]).toMatch(/this client has 50 requests waiting already/);
    const other = await RawClient.connect(transport);
    await other.request('quick', [], {});
    expect(await other.answers(1)).toEqual(['quick']);
    gate.open();
    await client.answers(10_000);
    expect(server.stats().pending).toBe(0);
  });

  test('many that end at once do not overflow the stack', async () => {
    const gate = new Gate();
    const { client } = await serverWith((it) => it.register('first', () => gate.opened).register('next', () => 1), {
      maxPendingPerClient: 20_000,
      maxPending: 20_000,
    });
    await client.request('first', [], {});
    for (let count = 0; count < 15_000; count++) await client.request('next', [], {});

    gate.open();
    await client.answers(15_001);
  });

  test('of a client that vanished: the answer goes nowhere, what waited is not run', async () => {
    const gate = new Gate();
    const run = vi.fn();
    const { client, server } = await serverWith((it) => it.register('hang', () => gate.opened).register('order', run));
    await client.request('hang', [], {});
    await client.request('order', [], {});
    await eventually(() => {
      expect(server.stats().pending).toBe(2);
    });
    client.close();
    gate.open();
    await eventually(() => {
      expect(server.stats()).toMatchObject({ pending: 0, clients: 0, undeliverable: 1, discarded: 1 });
    });
    expect(run).not.toHaveBeenCalled();
  });
});

describe('registering', () => {
  test('takes named functions, and names', async () => {
    function add(a: number, b: number): number {
      return a + b;
    }
    const { client } = await connectedPair({
      setUp: (server) => server.register(add, { params: ['a', 'b'] }).register('plus', add),
    });
    expect(await client.call('add', [1], { kwargs: { b: 2 } })).toBe(3);
    expect(await client.call('plus', [1, 2])).toBe(3);
  });

  test.each([
    ['twice', ['f', () => 1], 'ALREADY_REGISTERED'],
    ['without a name', [() => 1], 'BAD_ARGUMENT'],
    ['without a function', ['g', 7 as unknown as () => void], 'BAD_ARGUMENT'],
    ['with params of no Python function', ['h', () => 1, { params: ['a?', 'b'] }], 'BAD_ARGUMENT'],
  ])('refuses %s', (_name, call, code) => {
    const server = new RpcServer({ transport: new MemoryTransport() }).register('f', () => 1);
    expect(() => server.register(...(call as Parameters<RpcServer['register']>))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('starting and stopping', () => {
  test('a busy address is one clear error, and nothing stays bound', async () => {
    const transport = new MemoryTransport();
    await startedLater(transport).start(REQUESTS, EVENTS);
    const second = startedLater(transport);
    await expect(second.start(REQUESTS, 'other events')).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      address: REQUESTS,
    });
    expect(second.isActive()).toBe(false);
    const third = startedLater(transport);
    await third.start('other requests', 'other events');
    expect(third.isActive()).toBe(true);
  });

  test('says which versions its events reach', async () => {
    const notices = async (publish: Parameters<RpcServer['start']>[1]): Promise<string | undefined> => {
      const logger = collectingLogger();
      await startedLater(new MemoryTransport(), { logger }).start(REQUESTS, publish);
      return logger.lines.find((line) => line.includes('publishing'));
    };
    expect(await notices(EVENTS)).toMatch(/vnpy 4\.5 and later at events; clients of vnpy 3\.0 to 4\.4 get no events/);
    expect(await notices({ pair: EVENTS })).toMatch(
      /vnpy 3\.0 to 4\.4 at events; clients of vnpy 4\.5 and later get no events/,
    );
    expect(await notices({ topicFrame: 'a', pair: 'b' })).toMatch(
      /4\.5 and later at a and for clients of vnpy 3\.0 to 4\.4 at b$/,
    );
    // Which vnpy a client of a cluster stands before is its own business.
    expect(await notices('nats://desk/sim')).toMatch(/publishing events at nats:\/\/desk\/sim$/);
  });

  test('starts once, stops more than once, and starts again', async () => {
    const transport = new MemoryTransport();
    const server = startedLater(transport).register('f', () => 1);
    await server.start(REQUESTS, EVENTS);
    expect(server.addresses).toEqual({ reply: REQUESTS, topicFrame: EVENTS, pair: undefined });
    await expect(server.start(REQUESTS, EVENTS)).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(server.isActive()).toBe(false);
    expect(server.addresses).toBeUndefined();
    server.publish('x', 1);
    expect(server.stats().publishDropped).toBe(1);
    await server.start(REQUESTS, EVENTS);
    expect(server.isActive()).toBe(true);
  });

  test('stopped while starting, it does not run', async () => {
    const server = startedLater(new MemoryTransport());
    const starting = server.start(REQUESTS, EVENTS);
    await server.stop();
    await starting;
    expect(server.isActive()).toBe(false);
  });

  test('needs an address to publish at', async () => {
    await expect(startedLater(new MemoryTransport()).start(REQUESTS, {})).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
  });

  test('lets what runs end within the grace period, and answers the rest with an error', async () => {
    const gates = [new Gate<string>(), new Gate<string>()];
    let next = 0;
    const { client, transport, server } = await serverWith((it) => it.register('f', () => gates[next++]?.opened), {
      gracePeriod: 50,
      hideStack: true,
    });
    const other = await RawClient.connect(transport);
    await client.request('f', [], {});
    await client.request('f', [], {});
    await other.request('f', [], {});
    await eventually(() => {
      expect(server.stats().pending).toBe(3);
    });
    const stopped = server.stop();
    gates[0]?.open('in time');
    await stopped;
    const stopping = 'Traceback (most recent call last):\nError: the server is stopping\n';
    expect(client.replies.toSorted()).toEqual([stopping, 'in time'].toSorted());
    expect(other.replies).toEqual([stopping]);
    gates[1]?.open('too late');
    await new Promise(setImmediate);
    expect(other.replies).toHaveLength(1);
    expect(server.stats()).toMatchObject({ pending: 0, refused: 2 });
  });

  test('comes with `await using`', async () => {
    let kept: RpcServer;
    {
      await using server = new RpcServer({ transport: new MemoryTransport() });
      await server.start(REQUESTS, EVENTS);
      kept = server;
    }
    expect(kept.isActive()).toBe(false);
  });
});

describe('publishing', () => {
  test('in both formats at two addresses', async () => {
    const transport = new MemoryTransport();
    const server = startedLater(transport);
    await server.start(REQUESTS, { topicFrame: 'two parts', pair: 'one part' });
    const seen: Record<string, number[]> = {};
    const sockets = await transport.openClient();
    for (const address of ['two parts', 'one part']) {
      await new Promise<void>((resolve) => {
        const connection = sockets.connectSubscribe(address, {
          opened: resolve,
          message: (frames) => (seen[address] ??= []).push(frames.length),
          closed: () => undefined,
        });
        connection.subscribe(EMPTY);
      });
    }
    server.publish('topic', { seq: 1 });
    await eventually(() => {
      expect(seen).toEqual({ 'two parts': [2], 'one part': [1] });
    });
    expect(server.stats().published).toBe(1);
  });

  test('refuses what cannot be pickled before anything is sent', async () => {
    const { server, client } = await connectedPair();
    const listener = vi.fn();
    client.subscribe('');
    client.on('event', listener);
    expect(() => {
      server.publish('x', () => 1);
    }).toThrow(expect.objectContaining({ name: 'PicklingError' }));
    expect(() => {
      server.publish(1 as unknown as string, 1);
    }).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
    server.publish('x', 1);
    await eventually(() => {
      expect(listener).toHaveBeenCalledTimes(1);
    });
  });

  test('sends heartbeats while a handler runs', async () => {
    const gate = new Gate();
    const { server, client } = await connectedPair({
      server: { heartbeatInterval: 10 },
      setUp: (it) => it.register('hang', () => gate.opened),
    });
    const call = client.call('hang');
    await eventually(() => {
      expect(client.stats().events.heartbeats).toBeGreaterThan(2);
    });
    gate.open();
    await call;
    expect(server.stats().heartbeats).toBeGreaterThan(2);
  });
});
