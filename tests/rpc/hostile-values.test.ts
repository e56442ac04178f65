import { describe, expect, onTestFinished, vi, test } from 'vitest';
import { messageOf } from '../../src/errors.js';
import { RpcClient } from '../../src/rpc/client.js';
import { Dispatcher } from '../../src/rpc/dispatcher.js';
import type { Source } from '../../src/rpc/dispatcher.js';
import { RemoteException } from '../../src/rpc/errors.js';
import type { ClientProblem } from '../../src/rpc/events.js';
import { MemoryTransport } from '../../src/rpc/memory-transport.js';
import { formatTraceback } from '../../src/rpc/traceback.js';
import type { Transport } from '../../src/rpc/transport.js';
import { eventually } from '../support/patience.js';
import { collect, connectedPair, EVENTS, REQUESTS, startedLater } from './support/fixtures.js';

function thrower(): never {
  throw new Error('a trap');
}

function withGetter(property: 'name' | 'message' | 'stack' | 'then'): Error {
  return Object.defineProperty(new Error('x'), property, { get: thrower });
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

async function rejection(value: unknown): Promise<never> {
  await Promise.resolve();
  throw value;
}

/** What a program may throw, and the last line of the traceback that tells of it. */
const thrown: readonly (readonly [string, unknown, string])[] = [
  ['an error whose name is a symbol', Object.assign(new Error('x'), { name: Symbol('n') }), 'Error: x'],
  ['an error whose message is a symbol', Object.assign(new Error(), { message: Symbol('m') }), 'Error: [object Error]'],
  ['an error whose message is a number', Object.assign(new TypeError(), { message: 7 }), 'TypeError: TypeError: 7'],
  ['an error in a Proxy whose traps throw', new Proxy(new Error('x'), { get: thrower }), 'Exception: [object]'],
  ['an error whose prototype is a trap', new Proxy(new Error('x'), { getPrototypeOf: thrower }), 'Exception: Error: x'],
  ['a revoked Proxy', revoked(new Error('x')), 'Exception: [object]'],
  ['a revoked Proxy of a function', revoked(thrower), 'Exception: [function]'],
  ['an error whose stack throws', withGetter('stack'), 'Error: x'],
  ['an error whose message throws', withGetter('message'), 'Error: [object Error]'],
  ['an error whose name throws', withGetter('name'), 'Error: x'],
  ['an object without a prototype', Object.create(null), 'Exception: [object Object]'],
  ['a function', () => 'secret source', 'Exception: [function]'],
  ['a symbol', Symbol('s'), 'Exception: Symbol(s)'],
  ['an error with half a character', new Error('\ud800'), 'Error: \ud800'],
  ['an error that is too long to be told', new Error('x'.repeat(2 ** 29 - 30)), `Error: ${'x'.repeat(2 ** 20)}…`],
];

/** What a handler may return. */
const returned: readonly (readonly [string, unknown, RegExp])[] = [
  ['a thenable whose then throws', { then: thrower }, /Error: a trap\n$/],
  ['an object whose then is a getter that throws', withGetter('then'), /Error: a trap\n$/],
  ['a promise of a revoked Proxy', Promise.resolve([revoked({})]), /PicklingError: Reading the value failed: /],
  ['a revoked Proxy', revoked({}), /TypeError: /],
  ['an object whose traps throw', new Proxy({}, { get: thrower, ownKeys: thrower }), /PicklingError: .*a trap/],
  [
    'a thenable that rejects with a hostile error',
    {
      then: (_: unknown, no: (e: unknown) => void) => {
        no(revoked({}));
      },
    },
    /\[object\]\n$/,
  ],
];

describe('a server answers, and goes on, whatever', () => {
  test.each(thrown)('a handler throws: %s', async (_, value, lastLine) => {
    const { client } = await connectedPair({
      setUp: (server) => {
        server
          .register('now', () => {
            throw value;
          })
          .register('later', () => rejection(value))
          .register('add', (a: number, b: number) => a + b);
      },
    });
    for (const name of ['now', 'later']) {
      const error = await client.call(name).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RemoteException);
      const { traceback } = error as RemoteException;
      expect(traceback.trimEnd().split('\n').at(-1) === lastLine, traceback.slice(-100)).toBe(true);
    }
    expect(await client.call('add', [1, 2])).toBe(3);
  });

  test.each(returned)('a handler returns: %s', async (_, value, text) => {
    const { client, server } = await connectedPair({
      setUp: (it) => it.register('f', () => value).register('add', (a: number, b: number) => a + b),
    });
    await expect(client.call('f')).rejects.toMatchObject({ traceback: expect.stringMatching(text) as string });
    expect(await client.call('add', [1, 2])).toBe(3);
    expect(server.stats()).toMatchObject({ failed: 1, succeeded: 1, internalErrors: 0, pending: 0 });
  });

  test('options for encoding that let no answer be written do not hide the failure', async () => {
    const { client } = await connectedPair({
      server: { dumps: { maxBytes: 3, persistentId: thrower } },
      setUp: (server) => server.register('f', () => 'some text'),
    });
    await expect(client.call('f')).rejects.toBeInstanceOf(RemoteException);
  });

  test('a transport fails at an answer', async () => {
    const memory = new MemoryTransport();
    let failing: 'thrown' | 'rejected' | undefined;
    const transport: Transport = {
      openClient: () => memory.openClient(),
      openServer: async () => {
        const sockets = await memory.openServer();
        return {
          ...sockets,
          bindReply: async (address) => {
            const socket = await sockets.bindReply(address);
            return {
              ...socket,
              send: (frames) => {
                const how = failing;
                failing = undefined;
                if (how === 'thrown') thrower();
                return how === 'rejected' ? Promise.reject(new Error('a broken pipe')) : socket.send(frames);
              },
            };
          },
        };
      },
    };
    const error = vi.fn();
    const { client, server } = await connectedPair({
      client: { transport: memory },
      server: { transport, logger: { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error } },
      setUp: (it) => it.register('add', (a: number, b: number) => a + b),
    });
    for (const how of ['thrown', 'rejected'] as const) {
      failing = how;
      void client.call('add', [1, 2]).catch(() => undefined);
      expect(await client.call('add', [3, 4])).toBe(7);
    }
    expect(server.stats()).toMatchObject({ internalErrors: 2, pending: 0 });
    expect(error.mock.calls).toEqual([
      [expect.stringContaining('could not be handled: a trap')],
      [expect.stringContaining('could not be handled: a broken pipe')],
    ]);
  });

  test('running a request itself fails', async () => {
    const answers: string[] = [];
    const onError = vi.fn();
    const dispatcher = new Dispatcher({
      maxPending: 10,
      maxPendingPerClient: 10,
      run: ([kind]) => (kind === 0 ? thrower() : Promise.reject(new Error('later'))),
      refuse: (reason) => Buffer.from(reason),
      onError,
    });
    const source: Source = {
      name: '',
      answer: (_, body) => {
        answers.push(Buffer.from(body).toString());
        return Promise.resolve(true);
      },
    };
    const envelope = [Buffer.from('client'), new Uint8Array()];
    for (const kind of [0, 1, 1]) dispatcher.add({ source, envelope, body: Uint8Array.of(kind), caller: undefined });

    await eventually(() => {
      expect(answers).toEqual(Array.from({ length: 3 }, () => 'the server failed at this request'));
    });
    expect(onError).toHaveBeenCalledTimes(3);
    expect(dispatcher).toMatchObject({ pending: 0, clients: 0 });
  });
});

describe('a client goes on, whatever', () => {
  test.each(thrown)('a listener throws: %s', async (_, value) => {
    const { client, server } = await connectedPair();
    const problems: ClientProblem[] = [];
    const heard: unknown[] = [];
    client.on('error', (problem) => problems.push(problem));
    client.on('event', () => {
      throw value;
    });
    const rejects = (): unknown => rejection(value);
    client.on('event', rejects);
    client.on('event', ({ data }) => heard.push(data));
    client.subscribe('');
    server.publish('x', 1);
    server.publish('x', 2);
    await eventually(() => {
      expect(heard).toEqual([1, 2]);
      expect(problems).toHaveLength(4);
    });
    expect(problems.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'listener'));
  });

  test('the key function of an iterator throws: its reader learns of it, and nobody else', async () => {
    const { client, server } = await connectedPair();
    client.subscribe('');
    const hostile = client.events({ limit: 2, latestBy: thrower });
    const other = client.events();
    for (let seq = 0; seq < 5; seq++) server.publish('x', seq);

    await expect(collect(hostile)).rejects.toMatchObject({ message: 'latestBy threw: a trap' });
    for (let seq = 0; seq < 5; seq++) expect(await other.next()).toMatchObject({ value: { data: seq } });
  });

  test('handling a message itself fails', async () => {
    const memory = new MemoryTransport();
    let poisoned = true;
    const transport: Transport = {
      openServer: () => memory.openServer(),
      openClient: async () => {
        const sockets = await memory.openClient();
        return {
          ...sockets,
          connectRequest: (address, listener) =>
            sockets.connectRequest(address, {
              ...listener,
              message: (frames) => {
                listener.message(poisoned ? new Proxy([], { get: thrower }) : frames);
                poisoned = false;
              },
            }),
        };
      },
    };
    await startedLater(memory).start(REQUESTS, EVENTS);
    const client = new RpcClient({ transport });
    onTestFinished(() => client.stop());
    await client.start(REQUESTS, EVENTS);
    const problems: ClientProblem[] = [];
    client.on('error', (problem) => problems.push(problem));
    void client.call('add', [1, 2]).catch(() => undefined);
    await eventually(() => {
      expect(problems).toEqual([
        expect.objectContaining({ kind: 'internal', message: expect.stringContaining('a trap') as string }),
      ]);
    });
    expect(client.stats().internalErrors).toBe(1);
  });
});

test.each(thrown)('what is written about it never throws: %s', (_, value) => {
  expect(typeof messageOf(value)).toBe('string');
  expect(() => {
    formatTraceback(value, false);
  }).not.toThrow();
});
