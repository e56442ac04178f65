/**
 * A guarded relay is killed while orders flow through it, and comes back: what the server has is what the audit says, and nothing
 * that counted is forgotten.
 */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SendOrderError } from 'vnpy-bridge/vnpy';
import type { RpcGateway } from 'vnpy-bridge/vnpy';
import { verifyAudit } from '../src/guard/audit/verify.js';
import {
  cancelOf,
  idsOf,
  listed,
  ownAddresses,
  PolicyHome,
  resting,
  startRelay,
  taken,
  traderPolicy,
} from './guard-support.js';
import { compareSides, PATIENCE, startPeer } from './support/index.js';
import type { Answer } from './support/index.js';
import { connected } from './vnpy-support.js';

/** Of each version; `npm run chaos -- guard` does a hundred. */
const KILLS = 5;
const CLIENTS = 4;
/** More than flow before the last kill, and few enough to be used up soon after it. */
const ORDERS_A_DAY = 400;
/** What a start may take, with what the program itself takes to load, in ms. */
const START = 8000;

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
    const home = new PolicyHome(traderPolicy({ ordersPerDay: ORDERS_A_DAY }));
    onTestFinished(() => {
      home.remove();
    });
    const options = { server: server.addresses, own, policy: home.path };
    let relay = await startRelay(options);
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
      await relay.kill();
      relay = await startRelay(options);
      expect(await relay.ready).toBeLessThan(START);
    }
    // Until the day's orders are used up, by those of all lives of the relay together.
    await Promise.all(flowing);
    flows = false;

    const orders = taken(server);
    expect(compareSides({ audit: home.audit(), orders, answers })).toEqual([]);
    expect(idsOf(await listed(server, 'main_engine.get_all_orders()')).length).toBe(orders.length);
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
