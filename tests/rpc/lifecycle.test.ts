import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RpcClient } from '../../src/rpc/client.js';
import { RpcServer } from '../../src/rpc/server.js';
import { DEFAULT_TRANSPORT } from '../../src/rpc/transports.js';

/** In ms. Long enough for hundreds of lives; with libzmq's traps open, the process ended within a second or two. */
const DURATION = 1500;
/** How many lives there are at least, however long a slow machine takes for them. */
const LIVES = 12;

async function addressMaker(kind: string): Promise<() => string> {
  if (kind === 'tcp') return () => 'tcp://127.0.0.1:*';

  const folder = await mkdtemp(join(tmpdir(), 'rpc-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  let count = 0;
  return () => (kind === 'ipc' ? `ipc://${join(folder, String(count++))}` : `inproc://lifecycle-${count++}`);
}

/** One client and one server, from start to stop, with calls and events on their way in the end. */
async function live(address: () => string, order: number): Promise<void> {
  const server = new RpcServer({ gracePeriod: 10 }).register('add', (a: number, b: number) => a + b);
  await server.start(address(), address());
  const client = new RpcClient({ reconnect: { initial: 1, max: 5 } });
  await client.start(server.addresses?.reply ?? '', server.addresses?.topicFrame);
  client.subscribe('');
  client.on('event', () => undefined);
  expect(await client.call('add', [1, 2])).toBe(3);
  for (let count = 0; count < 20; count++) server.publish('x', count);

  const calls = [1, 2, 3].map(() => client.call('add', [1, 2]).catch(() => undefined));
  if (order === 0) {
    await Promise.all([client.stop(), server.stop()]);
  } else if (order === 1) {
    await server.stop();
    await client.stop();
  } else {
    await client.stop();
    await server.stop();
  }
  await Promise.all(calls);
}

// libzmq ends the whole process when an assertion of its own fails: what is tested is that this test ends at all.
test.each(DEFAULT_TRANSPORT === 'zeromq' ? ['tcp', 'ipc', 'inproc'] : ['tcp', 'ipc'])(
  'clients and servers come and go in any order over %s',
  { timeout: 60_000 },
  async (kind) => {
    const address = await addressMaker(kind);
    const end = performance.now() + DURATION;
    let lives = 0;
    const round = async (): Promise<void> => {
      while (performance.now() < end || lives < LIVES) await live(address, lives++ % 3);
    };
    await Promise.all([round(), round(), round()]);
    expect(lives).toBeGreaterThanOrEqual(LIVES);
  },
);
