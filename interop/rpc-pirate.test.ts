/**
 * The pirate patterns of the ZeroMQ guide that apply to a client: a server that crashes at random, and one that is slow.
 */
import { expect, test } from 'vitest';
import { RpcCallError } from 'vnpy-bridge/rpc';
import type { RpcClient } from 'vnpy-bridge/rpc';
import { begun, connectTo, executed } from './rpc-support/clients.js';
import { PATIENCE, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';

const CALLS = 10_000;
const KILLS = 20;

/** What each call came to, by its uid. */
type Endings = Map<string, 'ok' | RpcCallError>;

/** Calls `execute` with a uid of its own, up to `CALLS` in all, `workers` at a time. */
async function workers(client: RpcClient, count: number, endings: Endings, uids: Iterator<number>): Promise<void> {
  const work = async (): Promise<void> => {
    for (let next = uids.next(); next.done !== true; next = uids.next()) {
      const uid = `u${next.value}`;
      try {
        await client.call('execute', [uid]);
        endings.set(uid, 'ok');
      } catch (error) {
        if (!(error instanceof RpcCallError)) throw error;

        endings.set(uid, error);
      }
    }
  };
  await Promise.all(Array.from({ length: count }, work));
}

test.each(['4.5', '4.4'] as const)(
  `${CALLS} calls through ${KILLS} kills of a server of vnpy %s: none lost without an error, none executed twice`,
  { timeout: 120_000 },
  async (vnpy) => {
    const servers: Peer[] = [await startPeer({ script: 'rpc_server', vnpy, journal: true })];
    const [first] = servers as [Peer];
    const client = await connectTo(first, { timeout: 60_000 });
    const endings: Endings = new Map();
    const uids = Array.from({ length: CALLS }, (_, uid) => uid);
    const share = Math.ceil(CALLS / (KILLS + 1));
    for (let kill = 0; kill <= KILLS; kill++) {
      const working = workers(client, 64, endings, uids.splice(0, share).values());
      if (kill < KILLS) {
        // In the midst of this share; what is left of it goes to the next server.
        const current = servers.at(-1) ?? first;
        await Promise.all([begun(current, 'execute', share / 8), client.ready()]);
        await current.kill();
        servers.push(await startPeer({ script: 'rpc_server', vnpy, journal: true, addresses: first.addresses }));
      }
      await working;
    }

    const journals = servers.map((server) => executed(server).map(String));
    const journal = journals.flat();
    expect(endings.size).toBe(CALLS);
    expect(new Set(journal).size).toBe(journal.length);
    const done = new Set(journal);
    for (const [uid, ending] of endings) {
      if (ending === 'ok') expect(done).toContain(uid);
      else expect(ending).toMatchObject({ code: 'DISCONNECTED', outcome: 'unknown' });
    }
    // What was answered is all but the windows that the kills met, and every server had its share.
    const failures = [...endings.values()].filter((ending) => ending !== 'ok').length;
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThanOrEqual(KILLS * 64);
    expect(journals.every((one) => one.length > 0)).toBe(true);
    const { calls, reconnects } = client.stats();
    expect(calls).toMatchObject({ total: CALLS, succeeded: CALLS - failures, inFlight: 0, queued: 0, abandoned: 0 });
    expect(calls.disconnected).toEqual({ notSent: 0, unknown: failures });
    expect(reconnects).toBeGreaterThanOrEqual(KILLS - 1); // The last may not be complete yet: events come on their own connection.
  },
);

test(
  'a lazy pirate tries again what is safe to try again, until the server is there',
  { timeout: 60_000 },
  async () => {
    const server = await startPeer({ script: 'rpc_server', journal: true });
    const client = await connectTo(server, { timeout: 1000 });
    await server.kill();
    const attempts: unknown[] = [];
    const read = async (): Promise<number> => {
      while (true) {
        try {
          return await client.call<number>('add', [1, 2]);
        } catch (error) {
          attempts.push((error as RpcCallError).outcome);
        }
      }
    };
    const answer = read();
    await expect.poll(() => attempts.length, PATIENCE).toBeGreaterThan(2);
    await startPeer({ script: 'rpc_server', addresses: server.addresses });
    expect(await answer).toBe(3);
    // The first may have left before the client knew; those that waited for the server did not.
    expect(attempts.slice(1).every((outcome) => outcome === 'not-sent')).toBe(true);
  },
);

test('a slow server gets no more than the window, and what is given up meanwhile stays here', async () => {
  const server = await startPeer({ script: 'rpc_server', journal: true });
  const client = await connectTo(server, { window: 3, timeout: 400 });
  const slow = client.call('sleep', [1.5], { timeout: 5000 });
  await begun(server, 'sleep');
  const settled = await Promise.allSettled(Array.from({ length: 50 }, (_, uid) => client.call('execute', [`s${uid}`])));
  const outcomes = settled.map((result) =>
    result.status === 'fulfilled' ? 'ok' : (result.reason as RpcCallError).outcome,
  );
  expect(outcomes).toEqual(['unknown', 'unknown', ...Array.from({ length: 48 }, () => 'not-sent')]);
  expect(await slow).toBe(1.5);
  await client.call('execute', ['after'], { timeout: 10_000 });
  expect(executed(server)).toEqual(['s0', 's1', 'after']);
});
