/**
 * `vnpy-bridge relay --guard` as it is: its disk is full, and its clock is set back.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { SendOrderError } from 'vnpy-bridge/vnpy';
import type { RpcGateway } from 'vnpy-bridge/vnpy';
import { verifyAudit } from '../src/guard/audit/verify.js';
import { cancelOf, ownAddresses, PolicyHome, resting, startRelay, taken, traderPolicy } from './guard-support.js';
import { freePort, PATIENCE, repositoryRoot, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';
import { connected } from './vnpy-support.js';

const HOUR = 3_600_000;

/** The id of an order that the guard lets through, or the rule that refuses it. */
async function sent(client: RpcGateway, reference: string): Promise<string> {
  try {
    return await client.sendOrder(resting({ reference }), { gatewayName: 'SIM' });
  } catch (error) {
    if (!(error instanceof SendOrderError) || error.outcome !== 'refused') throw error;
    return /\[\w+\]/.exec(error.message)?.[0] ?? error.message;
  }
}

function homeOf(policy: object): PolicyHome {
  const home = new PolicyHome(policy);
  onTestFinished(() => {
    home.remove();
  });
  return home;
}

async function serverOf(): Promise<Peer> {
  return startPeer({ script: 'vnpy_server', vnpy: '4.5', args: ['--rate', '2'], journal: true });
}

// What ends the limit again, prlimit, is Linux's.
test.runIf(process.platform === 'linux')(
  'a full disk: orders are refused, cancels and queries go on, /healthz says so, and it ends with it',
  async () => {
    const server = await serverOf();
    const own = await ownAddresses();
    const home = homeOf(traderPolicy({}));
    const metrics = `127.0.0.1:${await freePort()}`;
    // 16 KiB of audit.
    const relay = await startRelay({
      ...{ server: server.addresses, own, policy: home.path, blocks: 32 },
      args: ['--metrics', metrics],
    });
    const client = await connected({ request: own.request, publish: own.subscribe });
    const health = async (): Promise<{ readonly status: number; readonly detail: string }> => {
      const answer = await fetch(`http://${metrics}/healthz`);
      return { status: answer.status, ...((await answer.json()) as { readonly detail: string }) };
    };
    expect(await health()).toMatchObject({ status: 200 });

    const ids: string[] = [];
    let last = '';
    for (let count = 0; count < 100 && last !== '[audit]'; count++) {
      last = await sent(client, `full-${count}`);
      if (last.startsWith('SIM.')) ids.push(last);
    }
    expect(last).toBe('[audit]');
    expect(ids.length).toBeGreaterThan(5);
    // None of those that were refused has left.
    expect(taken(server).map(({ id }) => id)).toEqual(ids);
    await expect.poll(health, PATIENCE).toMatchObject({
      status: 503,
      detail: expect.stringMatching(/audit.*no space.*orders are refused, cancels pass/) as string,
    });
    expect(await (await fetch(`http://${metrics}/metrics`)).text()).toMatch(/^vnpy_bridge_guard_audit_ok 0$/m);

    // Who is in the market gets out, and sees.
    expect(await client.client.call('get_all_orders')).toHaveLength(ids.length);
    const [first = ''] = ids;
    await client.cancelOrder(cancelOf(first), 'SIM');
    await expect.poll(() => server.journal().filter(({ event }) => event === 'cancel'), PATIENCE).toHaveLength(1);
    expect(relay.isOver).toBe(false);

    execFileSync('prlimit', ['--pid', String(relay.pid), '--fsize=unlimited']);
    await expect.poll(() => health(), PATIENCE).toMatchObject({ status: 200 });
    expect(await sent(client, 'after')).toMatch(/^SIM\./);
    await relay.kill();
    expect(await verifyAudit([join(home.folder, 'audit.jsonl')])).toMatchObject({ result: 'ok' });
    const passed = home.audit().filter((line) => line['kind'] === 'decided' && line['function'] === 'send_order');
    for (const { reference } of taken(server))
      expect(passed.find((line) => line['reference'] === reference)).toMatchObject({ outcome: 'passed' });
  },
);

test('a clock that is set back opens no trading day again, also after a restart', async () => {
  const server = await serverOf();
  const own = await ownAddresses();
  // The day begins two hours ago, so that nothing but the test changes it.
  const starts = new Date(Date.now() - 2 * HOUR).toISOString().slice(11, 16);
  const days = [{ exchanges: ['*'], starts, zone: 'UTC' }];
  const home = homeOf(traderPolicy({ ordersPerDay: 3 }, { days }));
  const file = join(home.folder, 'clock');
  const preload = pathToFileURL(join(repositoryRoot(), 'interop', 'support', 'shifted-clock.mjs')).href;
  const options = {
    ...{ server: server.addresses, own, policy: home.path },
    ...{ node: ['--import', preload], env: { CLOCK_FILE: file } },
  };
  let count = 0;
  writeFileSync(file, '0');
  const relay = await startRelay(options);
  const client = await connected({ request: own.request, publish: own.subscribe });
  const send = (): Promise<string> => sent(client, `day-${count++}`);
  const clock = (): number => Date.parse(String(home.audit().at(-1)?.['time'])) - Date.now();
  /** Sets the clock, and waits until the relay has it: its lines of the audit tell its time. */
  const set = async (hours: number): Promise<void> => {
    writeFileSync(file, String(hours * HOUR));
    await expect
      .poll(async () => {
        await client.cancelOrder(cancelOf('SIM.none'), 'SIM').catch(() => undefined);
        return Math.abs(clock() - hours * HOUR) < HOUR / 2;
      }, PATIENCE)
      .toBe(true);
  };

  for (let order = 0; order < 3; order++) expect(await send()).toMatch(/^SIM\./);
  expect(await send()).toBe('[ordersPerDay]');
  // The next day has begun, and has its own three.
  await set(24);
  expect(await send()).toMatch(/^SIM\./);
  // Back: neither the day before nor a new one.
  await set(0);
  expect(await send()).toMatch(/^SIM\./);
  expect(await send()).toMatch(/^SIM\./);
  expect(await send()).toBe('[ordersPerDay]');
  await set(-48);
  expect(await send()).toBe('[ordersPerDay]');
  expect(relay.log).toMatch(/the clock of this machine has jumped by -\d+ s/);

  await relay.kill();
  await startRelay(options);
  await client.client.ready();
  expect(await send()).toBe('[ordersPerDay]');
  await set(24);
  expect(await send()).toBe('[ordersPerDay]');
  await set(48);
  expect(await send()).toMatch(/^SIM\./);
  expect(taken(server)).toHaveLength(7);
  expect(await verifyAudit([join(home.folder, 'audit.jsonl')])).toMatchObject({ result: 'ok' });
});
