import { expect, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { RpcServer } from '../../src/rpc/server.js';
import { eventually } from '../support/patience.js';

const ANY = 'tcp://127.0.0.1:*';

/** How many of each kind keep this process alive: sockets, timers, watchers. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);

  counts.delete('Immediate'); // The test's own.
  return counts;
}

/** What there is more of than before. The runner has timers of its own, which may have ended meanwhile. */
function left(before: ReadonlyMap<string, number>): string[] {
  return [...resources()].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name);
}

async function use(how: 'used' | 'absent' | 'pending' | 'waiting for the next attempt'): Promise<void> {
  const server = new RpcServer({ gracePeriod: 20 })
    .register('add', (a: number, b: number) => a + b)
    .register('hang', () => new Promise(() => undefined));
  await server.start(ANY, ANY);
  const client = new RpcClient({ reconnect: { initial: 5000 } });
  if (how === 'absent' || how === 'waiting for the next attempt') {
    await client.start('tcp://127.0.0.1:1', 'tcp://127.0.0.1:1');
    void client.call('add', [1, 2]).catch(() => undefined);
    if (how === 'waiting for the next attempt') {
      await eventually(() => {
        expect(client.stats().failedAttempts).toBe(2);
      });
    }
  } else {
    await client.start(server.addresses?.reply ?? '', server.addresses?.topicFrame);
    client.subscribe('');
    client.on('event', () => undefined);
    expect(await client.call('add', [1, 2])).toBe(3);
    if (how === 'pending') {
      void client.call('hang', [], { signal: new AbortController().signal }).catch(() => undefined);
      void client.events().next();
      await eventually(() => {
        expect(server.stats().pending).toBe(1);
      });
    }
  }
  await client.stop();
  await server.stop();
}

test.each(['used', 'absent', 'pending', 'waiting for the next attempt'] as const)(
  'nothing that keeps the process alive is left of a client and a server: %s',
  async (how) => {
    await use(how); // The first use loads the native module, which opens what stays.
    const before = resources();
    for (let count = 0; count < 5; count++) await use(how);

    // Not eventually(): it has timers of its own. libzmq closes what a socket had in a thread of its own, a moment later:
    // how many turns of this loop that is depends on when the machine lets that thread run.
    const patience = performance.now() + 30_000;
    while (left(before).length > 0 && performance.now() < patience) await new Promise(setImmediate);

    expect(left(before)).toEqual([]);
  },
);
