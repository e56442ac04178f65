/**
 * What a fault of the server does to calls: the server's own journal says what was executed.
 */
import { describe, expect, test, vi } from 'vitest';
import { RpcCallError } from 'vnpy-bridge/rpc';
import type { CallOptions, RpcClient, RpcClientOptions } from 'vnpy-bridge/rpc';
import { begun, connectTo, executed, newClient, paused, statusOf } from './rpc-support/clients.js';
import { freeAddress, PATIENCE, startPeer } from './support/index.js';
import type { Addresses, Peer, VnpyVersion } from './support/index.js';

/** What a call came to: `ok`, or the error's code and outcome. */
type Ending = 'ok' | `${RpcCallError['code']} ${RpcCallError['outcome']}`;

interface Scene {
  readonly server: Peer;
  readonly client: RpcClient;
  /** Calls `execute(uid)`; its ending is looked at when all is over. */
  readonly order: (uid: string, options?: CallOptions) => void;
  /** Calls `sleep(seconds)` and waits until the server has begun it. */
  readonly occupy: (seconds: number, options?: CallOptions) => Promise<void>;
  /** The server's process ends, or has ended, and a new one takes its addresses. */
  readonly restart: () => Promise<Peer>;
}

interface Row {
  readonly fault: string;
  readonly moment: string;
  readonly options?: RpcClientOptions;
  readonly play: (scene: Scene) => Promise<void>;
  /** How each call ended, by uid. */
  readonly endings: Readonly<Record<string, Ending | readonly Ending[]>>;
  /** What the servers, old and new, have executed altogether; a list of lists where it is a race. */
  readonly executed: readonly string[];
  /** Uids that may or may not be in the journal. */
  readonly perhaps?: readonly string[];
}

const SHORT: CallOptions = { timeout: 400 };

const rows: Row[] = [
  {
    fault: 'kill -9',
    moment: 'before the call, which times out before a new server is there',
    play: async ({ server, client, order, restart }) => {
      await server.kill();
      await lost(client);
      order('a', SHORT);
      await ended(client, 1);
      await restart();
      await client.ready();
      order('b');
    },
    endings: { a: 'TIMEOUT not-sent', b: 'ok' },
    executed: ['b'],
  },
  {
    fault: 'kill -9',
    moment: 'before the call, which waits for the new server',
    play: async ({ server, client, order, restart }) => {
      await server.kill();
      await lost(client);
      order('a');
      order('b');
      await restart();
    },
    endings: { a: 'ok', b: 'ok' },
    executed: ['a', 'b'],
  },
  {
    fault: 'kill -9',
    moment: 'while the server is busy, the call waiting in its queue',
    play: async ({ server, order, occupy, restart }) => {
      await occupy(30);
      order('a');
      await server.kill();
      await restart();
      order('b');
    },
    endings: { sleep: 'DISCONNECTED unknown', a: 'DISCONNECTED unknown', b: 'ok' },
    executed: ['b'],
  },
  {
    fault: 'kill -9',
    moment: 'while the window is full: what waits in the client goes to the new server, once',
    options: { window: 2 },
    play: async ({ server, order, occupy, restart }) => {
      await occupy(30);
      order('a');
      order('b');
      order('c');
      await server.kill();
      await restart();
    },
    endings: { sleep: 'DISCONNECTED unknown', a: 'DISCONNECTED unknown', b: 'ok', c: 'ok' },
    executed: ['b', 'c'],
  },
  {
    fault: 'kill -9',
    moment: 'at the same moment as the call',
    play: async ({ server, client, order, restart }) => {
      order('a');
      const gone = server.kill();
      order('b');
      await gone;
      await restart();
      await client.ready();
      order('c');
    },
    endings: {
      a: ['ok', 'DISCONNECTED unknown'],
      b: ['ok', 'DISCONNECTED unknown'],
      c: 'ok',
    },
    executed: ['c'],
    perhaps: ['a', 'b'],
  },
  {
    fault: 'SIGTERM',
    moment: 'while the server is busy',
    play: async ({ server, order, occupy, restart }) => {
      await occupy(30);
      order('a');
      await server.kill('SIGTERM');
      await restart();
      order('b');
    },
    endings: { sleep: 'DISCONNECTED unknown', a: 'DISCONNECTED unknown', b: 'ok' },
    executed: ['b'],
  },
  {
    fault: 'SIGSTOP',
    moment: 'before the call, which leaves and times out; SIGCONT follows',
    play: async ({ server, client, order }) => {
      await paused(server);
      order('a', SHORT);
      await ended(client, 1);
      server.resume();
      order('b');
    },
    endings: { a: 'TIMEOUT unknown', b: 'ok' },
    executed: ['a', 'b'],
  },
  {
    fault: 'SIGSTOP',
    moment: 'before more calls than the window holds; SIGCONT follows',
    options: { window: 2 },
    play: async ({ server, client, order }) => {
      await paused(server);
      ['a', 'b', 'c', 'd'].forEach((uid) => {
        order(uid, SHORT);
      });
      await ended(client, 4);
      server.resume();
      order('e');
    },
    endings: { a: 'TIMEOUT unknown', b: 'TIMEOUT unknown', c: 'TIMEOUT not-sent', d: 'TIMEOUT not-sent', e: 'ok' },
    executed: ['a', 'b', 'e'],
  },
  {
    fault: 'SIGSTOP',
    moment: 'before the call, then kill -9 and a new server',
    play: async ({ server, client, order, restart }) => {
      await paused(server);
      order('a', SHORT);
      order('b');
      await ended(client, 1);
      await server.kill();
      await restart();
      order('c');
    },
    endings: { a: 'TIMEOUT unknown', b: 'DISCONNECTED unknown', c: 'ok' },
    executed: ['c'],
  },
  {
    fault: 'SIGSTOP',
    moment: 'during the call, for longer than the heartbeat tolerance: the connection is given up',
    options: { heartbeat: { tolerance: 600 } },
    play: async ({ server, client, order }) => {
      await paused(server);
      order('a');
      // The subscription's connection may be given up before.
      const status = await statusOf(client, (now) => now.state === 'disconnected' && now.endpoint === 'request');
      expect(status).toMatchObject({ reason: 'lost' });
      order('b', SHORT);
      await ended(client, 1);
      server.resume();
      await client.ready();
      order('c');
    },
    endings: { a: 'DISCONNECTED unknown', b: 'TIMEOUT not-sent', c: 'ok' },
    executed: ['c'],
    perhaps: ['a'], // The reset takes it back, unless the server had read it.
  },
  {
    fault: 'a short SIGSTOP',
    moment: 'during the call, which has time',
    play: async ({ server, order }) => {
      await paused(server);
      order('a');
      await new Promise((resolve) => setTimeout(resolve, 300));
      server.resume();
    },
    endings: { a: 'ok' },
    executed: ['a'],
  },
  {
    fault: 'a long call',
    moment: 'before a call whose time ends while it waits in the server',
    play: async ({ client, order, occupy }) => {
      // Longer than the other call has time, by more than a busy machine lets this program wait.
      await occupy(3);
      order('a', SHORT);
      await ended(client, 1);
      order('b');
    },
    endings: { sleep: 'ok', a: 'TIMEOUT unknown', b: 'ok' },
    executed: ['a', 'b'],
  },
  {
    fault: 'a long call',
    moment: 'before calls that are given up while they wait in the client',
    options: { window: 1 },
    play: async ({ client, order, occupy }) => {
      // Longer than the other call has time, by more than a busy machine lets this program wait.
      await occupy(3);
      const controller = new AbortController();
      order('a', SHORT);
      order('b', { signal: controller.signal });
      order('c');
      controller.abort();
      await ended(client, 2);
    },
    endings: { sleep: 'ok', a: 'TIMEOUT not-sent', b: 'ABORTED not-sent', c: 'ok' },
    executed: ['c'],
  },
  {
    fault: 'stop() of the client',
    moment: 'while a call runs, one waits in the server, one in the client',
    options: { window: 2 },
    play: async ({ client, order, occupy, server }) => {
      await occupy(1);
      order('a');
      order('b');
      await client.stop();
      // A REP takes one message of each connection in turn: behind the second answer nothing of the first one's waits.
      const other = await connectTo(server);
      await other.call('add', [1, 2]);
      await other.call('add', [1, 2]);
    },
    endings: { sleep: 'CLOSED unknown', a: 'CLOSED unknown', b: 'CLOSED not-sent' },
    executed: [],
    perhaps: ['a'], // The reset takes it back, unless the server had read it.
  },
];

/** Resolves when the client knows that the request connection is no more; the subscription's may break first. */
async function lost(client: RpcClient): Promise<void> {
  await statusOf(client, (status) => status.state === 'disconnected' && status.endpoint === 'request');
}

/** Resolves when so many calls have failed. */
async function ended(client: RpcClient, count: number): Promise<void> {
  await vi.waitFor(
    () => {
      const { timedOut, aborted } = client.stats().calls;
      expect(timedOut.notSent + timedOut.unknown + aborted.notSent + aborted.unknown).toBe(count);
    },
    { interval: 10, ...PATIENCE },
  );
}

async function ending(call: Promise<unknown>): Promise<Ending> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof RpcCallError) return `${error.code as RpcCallError['code']} ${error.outcome}`;

    throw error;
  }
}

describe.each<VnpyVersion>(['4.5', '4.4'])('a server of vnpy %s', (vnpy) => {
  test.each(rows)('$fault, $moment', async ({ options, play, endings, executed: wanted, perhaps = [] }) => {
    const servers = [await startPeer({ script: 'rpc_server', vnpy, journal: true })];
    const [server] = servers as [Peer];
    const client = await connectTo(server, options);
    const calls: [string, Promise<Ending>][] = [];
    const order: Scene['order'] = (uid, callOptions) => {
      calls.push([uid, ending(client.call('execute', [uid], callOptions))]);
    };
    await play({
      server,
      client,
      order,
      occupy: async (seconds, callOptions) => {
        calls.push(['sleep', ending(client.call('sleep', [seconds], callOptions))]);
        await begun(server, 'sleep');
      },
      restart: async () => {
        const next = await startPeer({ script: 'rpc_server', vnpy, journal: true, addresses: server.addresses });
        servers.push(next);
        return next;
      },
    });
    const came = Object.fromEntries(await Promise.all(calls.map(async ([uid, call]) => [uid, await call] as const)));
    for (const [uid, allowed] of Object.entries(endings))
      expect([uid, [allowed].flat()]).toEqual([uid, expect.arrayContaining([came[uid]])]);

    const journal = servers.flatMap((one) => executed(one));
    expect(journal.filter((uid) => !perhaps.includes(String(uid)))).toEqual(wanted);
    for (const uid of perhaps) {
      const times = journal.filter((one) => one === uid).length;
      expect(times).toBeLessThanOrEqual(1);
      if (came[uid] === 'ok') expect(times).toBe(1);
    }
  });

  test('absent at the start: what times out is never executed, what waits is, once', async () => {
    const addresses = await freeAddresses();
    const client = newClient();
    await client.start(addresses.request, addresses.publish);
    const given = ending(client.call('execute', ['given up'], { timeout: 200 }));
    const wanted = ending(client.call('execute', ['wanted']));
    expect(await given).toBe('TIMEOUT not-sent');
    const server = await startPeer({ script: 'rpc_server', vnpy, journal: true, addresses });
    expect(await wanted).toBe('ok');
    expect(await client.call('executed', ['execute'])).toHaveLength(1);
    expect(executed(server)).toEqual(['wanted']);
  });

  test('restarted: the status tells, subscriptions stand, nothing has to be done', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const client = await connectTo(server);
    client.subscribe('news');
    const events = client.events();
    const states: string[] = [];
    client.on('status', ({ state }) => states.push(state));
    await server.kill();
    await statusOf(client, ({ state }) => state === 'disconnected');
    await startPeer({ script: 'rpc_server', vnpy, addresses: server.addresses });
    await client.ready();
    expect(client.status()).toEqual({ state: 'connected', reconnects: 1 });
    await vi.waitFor(
      async () => {
        await client.call('publish', [1], { kwargs: { topic: 'news', kind: 'int' } });
        expect(client.stats().events.delivered).toBeGreaterThan(0);
      },
      { interval: 20, ...PATIENCE },
    );
    expect((await events.next()).value).toEqual({ topic: 'news', data: 0 });
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['disconnected', 'connected']);
  });

  test('its thread dies: the call is unknown, the status says so with advice, no more calls leave, a new server cures it', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy, journal: true });
    const client = await connectTo(server, { heartbeat: { tolerance: 1000, probeTimeout: 500 } });
    const killer = await ending(client.call('unpicklable', [], { timeout: 500 }));
    expect(killer).toBe('TIMEOUT unknown');
    // The call's time may end before the thread does.
    await expect.poll(() => server.command('serving'), PATIENCE).toBe(false);
    const status = await statusOf(client, ({ state }) => state === 'disconnected');
    expect(status).toMatchObject({
      reason: 'unresponsive',
      detail: expect.stringMatching(
        /the connection to .* stands, but neither a reply nor a heartbeat .*restart the server/,
      ) as string,
    });
    expect(await ending(client.call('execute', ['a'], SHORT))).toBe('TIMEOUT not-sent');
    await server.kill();
    const next = await startPeer({ script: 'rpc_server', vnpy, journal: true, addresses: server.addresses });
    await client.ready();
    expect(await ending(client.call('execute', ['b']))).toBe('ok');
    expect(executed(next)).toEqual(['b']);
  });

  test('a dead thread is noticed without any call, by the missing heartbeats', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const other = await connectTo(server);
    const client = await connectTo(server, { heartbeat: { tolerance: 1500, probeTimeout: 500 } });
    await ending(other.call('unpicklable', [], { timeout: 200 }));
    expect(await statusOf(client, ({ state }) => state === 'disconnected')).toMatchObject({ reason: 'unresponsive' });
  });

  test('a call that runs longer than the tolerance is no disconnect, nor is an idle server', async () => {
    const server = await startPeer({ script: 'rpc_server', vnpy });
    const client = await connectTo(server, { heartbeat: { tolerance: 1000, probeTimeout: 1000 } });
    const states: string[] = [];
    client.on('status', ({ state }) => states.push(state));
    expect(await client.call('sleep', [3])).toBe(3);
    // Between two heartbeats, which are 10 s apart, the silence is longer than this tolerance too.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(states).toEqual([]);
    expect(await client.call('add', [1, 2])).toBe(3);
  });
});

/** Two addresses that were free a moment ago. */
async function freeAddresses(): Promise<Addresses> {
  return { request: await freeAddress(), publish: await freeAddress() };
}
