/**
 * A guarded relay is killed while orders flow through it, and comes back: what the server has is what the audit says, and nothing
 * that counted is forgotten.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { SendOrderError } from 'vnpy-bridge/vnpy';
import type { RpcGateway } from 'vnpy-bridge/vnpy';
import { verifyAudit } from '../src/guard/audit/verify.js';
import { cancelOf, idsOf, listed, ownAddresses, PolicyHome, resting, taken } from './guard-support.js';
import type { OwnAddresses } from './guard-support.js';
import { PATIENCE, repositoryRoot, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';
import { connected } from './vnpy-support.js';

const SCRIPT = join(repositoryRoot(), 'interop', 'support', 'guarded-relay.mjs');
const KILLS = 3;
const CLIENTS = 4;
/** More than flow before the last kill, and few enough to be used up soon after it. */
const ORDERS_A_DAY = 400;
/** What a start may take beside what the program itself takes to load, in ms. */
const START = 5000;

/** Starts the relay, and waits until it serves. */
async function startRelay(server: Peer, policy: string, own: OwnAddresses): Promise<ChildProcess> {
  const { request, publish } = server.addresses;
  const child = spawn(
    process.execPath,
    [SCRIPT, policy, request, publish, own.request, own.subscribe, own.subscribePair],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the relay has ended: ${said}`)));
  ended.catch(() => undefined);
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
  expect(JSON.parse(line)).toMatchObject({ ready: true });
  expect((JSON.parse(line) as { ms: number }).ms).toBeLessThan(START);
  return child;
}

/** How an order was answered: its id, or what its error says of it. */
type Answer = { readonly id: string } | { readonly outcome: string; readonly message: string };

async function answerOf(client: RpcGateway, reference: string): Promise<Answer> {
  try {
    return { id: await client.sendOrder(resting({ reference }), { gatewayName: 'SIM', timeout: 20_000 }) };
  } catch (error) {
    if (!(error instanceof SendOrderError)) throw error;
    return { outcome: error.outcome, message: error.message };
  }
}

test.each(['4.5', '4.4'] as const)(
  'vnpy %s: a relay that is killed has written down every order that the server has, and forgets none',
  async (vnpy) => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '2'], journal: true });
    const own = await ownAddresses();
    const home = new PolicyHome({
      version: 1,
      audit: 'audit.jsonl',
      roles: {
        trader: {
          functions: ['get_*', 'subscribe', 'send_order', 'cancel_order'],
          see: 'own',
          limits: { ordersPerDay: ORDERS_A_DAY },
        },
      },
      principals: { local: { roles: ['trader'] } },
    });
    onTestFinished(() => {
      home.remove();
    });
    let relay = await startRelay(server, home.path, own);
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => connected({ request: own.request, publish: own.subscribe })),
    );
    const answers = new Map<string, Answer>();
    let flows = true;
    let count = 0;
    const flow = async (client: RpcGateway): Promise<void> => {
      while (flows) {
        const reference = `flow-${count++}`;
        const answer = await answerOf(client, reference);
        answers.set(reference, answer);
        if ('message' in answer && answer.message.includes('[ordersPerDay]')) return;
        if ('outcome' in answer && answer.outcome === 'not-sent') await client.client.ready();
      }
    };
    const placed = (): number => [...answers.values()].filter((answer) => 'id' in answer).length;
    const flowing = clients.map(flow);

    for (let kill = 1; kill <= KILLS; kill++) {
      const moment = placed() + 1 + Math.floor(Math.random() * 40);
      await expect.poll(placed, { ...PATIENCE, interval: 1 }).toBeGreaterThanOrEqual(moment);
      relay.kill('SIGKILL');
      await once(relay, 'exit');
      relay = await startRelay(server, home.path, own);
    }
    // Until the day's orders are used up, by those of all lives of the relay together.
    await Promise.all(flowing);
    flows = false;

    const orders = taken(server);
    const passed = home.audit().filter((line) => line['kind'] === 'decided' && line['outcome'] === 'passed');
    const decided = new Map(passed.map((line) => [line['reference'], line]));
    for (const order of orders) {
      const line = decided.get(order['reference']);
      expect(line, `the decision on ${String(order['reference'])}`).toMatchObject({ vt_symbol: order['vt_symbol'] });
      expect(Date.parse(String(line?.['time'])) / 1000).toBeLessThanOrEqual(Number(order['time']));
    }
    expect(idsOf(await listed(server, 'main_engine.get_all_orders()')).length).toBe(orders.length);
    const atServer = new Set(orders.map((line) => line['reference']));
    for (const [reference, answer] of answers) {
      const isThere = atServer.has(reference);
      if ('id' in answer) expect(isThere, reference).toBe(true);
      else if (answer.outcome !== 'unknown') expect(isThere, `${reference}: ${answer.message}`).toBe(false);
    }
    expect(orders.length).toBeLessThanOrEqual(ORDERS_A_DAY);
    expect(placed()).toBeGreaterThan(ORDERS_A_DAY / 2);
    expect(await verifyAudit([join(home.folder, 'audit.jsonl')])).toMatchObject({ result: 'ok' });

    // Each is still its sender's, also those that were under way when the relay was killed.
    const [client] = clients;
    if (client === undefined) throw new Error('there are clients');
    for (const order of orders) await client.cancelOrder(cancelOf(String(order['id'])), 'SIM');
    await expect.poll(() => listed(server, 'main_engine.get_all_active_orders()'), PATIENCE).toEqual([]);
  },
  120_000,
);
