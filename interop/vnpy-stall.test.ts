import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Status } from 'vnpy-bridge/vnpy';
import { startPeer } from './support/index.js';
import { buy, connected, contractOf, next } from './vnpy-support.js';

/** Events of 10 kB: more than the queues on the way hold, here and at the server, and TCP between them. */
const FLOOD = 8000;
/** How long this program does not read at the least, in ms. The flood takes a server less than half of it as a rule. */
const STALL = 5000;
/** On a slow machine it does not read until the flood is over, but no longer than this, in ms. */
const LONGEST_STALL = 25_000;

/** A loop that computes until there is the file that the server makes when it has published all. */
function compute(done: string): void {
  const began = performance.now();
  const goesOn = (time: number): boolean => time < STALL || (time < LONGEST_STALL && !existsSync(done));
  while (goesOn(performance.now() - began));
}

/** As Ctrl-Z does, or a container that is paused: the threads of ZeroMQ stand still as well. */
async function bePaused(done: string): Promise<void> {
  const rest = `for i in $(seq ${(LONGEST_STALL - STALL) / 100}); do [ -e '${done}' ] && break; sleep 0.1; done`;
  const script = `sleep ${STALL / 1000}; ${rest}; kill -CONT ${process.pid}`;
  const waker = spawn('sh', ['-c', script], { stdio: 'ignore' });
  await once(waker, 'spawn');
  process.kill(process.pid, 'SIGSTOP');
}

test.each([
  ['4.5', 'computed', compute],
  ['4.4', 'computed', compute],
  ['4.5', 'was paused', bePaused],
] as const)(
  'vnpy %s: what was dropped while this program %s is found when it reads again',
  async (vnpy, _what, stall) => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '20'], journal: true });
    const gateway = await connected(server.addresses, { receiveHighWaterMark: 10, stallTolerance: STALL / 2 });
    const rest = async (price: number): Promise<string> => {
      const vtOrderid = await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), price));
      await gateway.waitForOrder(vtOrderid, { until: (order) => order.status === Status.NOTTRADED, timeout: 10_000 });
      return vtOrderid;
    };
    const cancelled = await rest(3200);
    const kept = await rest(3201);
    // The subscription works now: from here on nothing but a stall gives a reason to look again.
    await gateway.resync();
    const waiting = gateway.waitForOrder(cancelled, { timeout: 2 * LONGEST_STALL });
    const resynced = next(gateway, 'resynced');

    const flood = `[rpc_engine.server.publish('eFlood', 'x' * 10000) for _ in range(${FLOOD})]`;
    const cancel = `main_engine.cancel_order(main_engine.get_order('${cancelled}').create_cancel_request(), 'SIM')`;
    const soon = "__import__('time').sleep(0.5)";
    // The exchange has cancelled it, and what vnpy's event engine had to publish of that, it has published.
    const isActive = `lambda: main_engine.get_order('${cancelled}').is_active()`;
    const known = `[__import__('time').sleep(0.01) for _ in iter(${isActive}, False)]`;
    const drained = `__import__('drain').drain(main_engine.event_engine)`;
    const folder = mkdtempSync(join(tmpdir(), 'vnpy-stall-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const done = join(folder, 'done');
    const work = [soon, flood, cancel, known, drained, `open('${done}', 'w').close()`].join(', ');
    await server.command('eval', { code: `__import__('threading').Thread(target=lambda: (${work})).start()` });
    await stall(done);
    expect(existsSync(done)).toBe(true);
    // It was cancelled at the server, and the state here does not know.
    expect(gateway.orders.get(cancelled)?.status).toBe(Status.NOTTRADED);

    const report = await resynced;
    // A process that got less than half of the processor counts as paused: either watch may come first.
    const reason = expect.stringMatching(/^(stalled|paused)$/) as string;
    expect(report).toMatchObject({ reason, restarted: false, downtime: 0 });
    expect(report.missed.order).toMatchObject([{ vt_orderid: cancelled, status: Status.CANCELLED }]);
    expect((await waiting).status).toBe(Status.CANCELLED);
    expect(gateway.orders.get(kept)?.status).toBe(Status.NOTTRADED);
    expect(gateway.stats().client.events.received).toBeLessThan(FLOOD);
    expect(server.journal().filter((line) => line['event'] === 'cancel')).toHaveLength(1);
  },
);
