import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startPeer } from './support/index.js';
import { buy, connected, contractOf, joined, next } from './vnpy-support.js';

/** Events of 10 kB that are published while this process stands still: more than the publisher's queue and TCP hold. */
const FLOOD = 5000;
/** The resting orders that are filled meanwhile. */
const FILLS = 6;

/** This process stands still for at least `time` seconds, and until there is the file: its fills are told by then. */
async function standStill(time: number, done: string): Promise<void> {
  const wait = `for i in $(seq 500); do [ -e '${done}' ] && break; sleep 0.05; done`;
  const waker = spawn('sh', ['-c', `sleep ${time}; ${wait}; kill -CONT ${process.pid}`], { stdio: 'ignore' });
  await once(waker, 'spawn');
  process.kill(process.pid, 'SIGSTOP');
}

test.each([
  ['4.5', 0.3],
  ['4.5', 1],
  ['4.5', 2],
  ['4.5', 4],
  ['4.4', 0.3],
  ['4.4', 1],
  ['4.4', 2],
  ['4.4', 4],
] as const)(
  'vnpy %s: six fills that the publisher dropped in a pause of %d s are told, once each',
  async (vnpy, time) => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '0'] });
    const gateway = await connected(server.addresses, { compareInterval: Infinity });
    await joined(gateway);
    const ids: string[] = [];
    for (let count = 0; count < FILLS; count++)
      ids.push(await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3400)));

    await Promise.all(
      ids.map((id) => gateway.waitForOrder(id, { until: (order) => order.status.name === 'NOTTRADED' })),
    );
    await gateway.resync();
    const told: string[] = [];
    gateway.on('trade', ({ vt_orderid }) => told.push(vt_orderid));
    const filled = Promise.all(ids.map((id) => gateway.waitForOrder(id, { trades: true, timeout: 30_000 })));
    const resynced = next(gateway, 'resynced');

    const folder = mkdtempSync(join(tmpdir(), 'vnpy-pause-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const done = join(folder, 'done');
    // The exchange fills them, in its own thread.
    const fall = `gateway._work.put(lambda: [gateway._book(order, __import__('sim_account').Fill(order.limit, order.left)) for order in list(gateway._orders.values())])`;
    const flood = `[rpc_engine.server.publish('', Event('eFlood', 'x' * 10000)) for _ in range(${FLOOD})]`;
    const wait = `[__import__('time').sleep(0.01) for _ in iter(lambda: len(main_engine.get_all_trades()), ${FILLS})]`;
    const drained = `[__import__('time').sleep(0.01) for _ in iter(main_engine.event_engine._queue.qsize, 0)]`;
    const soon = "__import__('time').sleep(0.1)";
    const work = [soon, flood, fall, wait, drained, `open('${done}', 'w').close()`].join(', ');
    await server.command('eval', { code: `__import__('threading').Thread(target=lambda: (${work})).start()` });
    await standStill(time, done);
    expect(existsSync(done)).toBe(true);
    const since = process.cpuUsage();
    const begun = performance.now();

    await filled;
    const took = performance.now() - begun;
    expect([...told].sort()).toEqual([...ids].sort());
    // Of what was published nearly nothing came: the publisher dropped the fills, and the comparison told them.
    const report = await resynced;
    // The first message after the stop may be the first of all, which has a comparison of its own.
    expect(report).toMatchObject({ reason: expect.stringMatching(/^(?:paused|joined)$/) as string, restarted: false });
    expect(report.missed.trade).toHaveLength(FILLS);
    expect(gateway.stats().client.events.received).toBeLessThan(FLOOD);
    // 3 s, and what this process had to wait for the processor of a busy machine.
    const { user, system } = process.cpuUsage(since);
    const busy = (user + system) / 1000;
    expect(took).toBeLessThan(3000 + 10 * busy);
    // Nothing comes twice when the stream goes on.
    await gateway.resync();
    expect(told).toHaveLength(FILLS);
  },
);
