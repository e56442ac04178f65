/**
 * Orders through a guarded relay in front of a real vnpy: bursts, reloads, a halt, and an answer that does not come. What the
 * server has taken is counted at the server.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { GuardOptions } from 'vnpy-bridge/guard';
import { generateCurveKeyPair } from 'vnpy-bridge/rpc';
import type { CurveKeyPair } from 'vnpy-bridge/rpc';
import { Exchange, SendOrderError } from 'vnpy-bridge/vnpy';
import type { RpcGateway, RpcGatewayOptions } from 'vnpy-bridge/vnpy';
import {
  addressesFor,
  cancelOf,
  clear,
  idsOf,
  listed,
  nextEvent,
  nodeClient,
  openRelay,
  ownAddresses,
  PolicyHome,
  pythonOrder,
  resting,
  taken,
} from './guard-support.js';
import type { Line, OwnAddresses, Relay } from './guard-support.js';
import { paused } from './rpc-support/clients.js';
import { PATIENCE, PeerCommandError, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';

const TRADER = ['get_*', 'subscribe', 'query_history', 'send_order', 'cancel_order'];
const SIM = { gatewayName: 'SIM' };

/** So many orders that Python sends one after the other, as fast as it can; gives how each was answered. */
function pythonBurst(count: number, volume: number, reference: string): string {
  const request = `OrderRequest("rb2705", Exchange.SHFE, Direction.LONG, OrderType.LIMIT, ${volume}, 3200, Offset.OPEN, "${reference}")`;
  return `[gateway.client.send_order(${request}, "SIM") for _ in range(${count})]`;
}

function answersOf(list: readonly { readonly value?: unknown }[]): readonly unknown[] {
  return list.map(({ value }) => value);
}

const referenced = (reference: string) => (line: Line) => line['reference'] === reference;

describe.each(['4.5', '4.4'] as const)('vnpy %s', (vnpy) => {
  let server: Peer;
  let desk: Peer;
  let deskAt: OwnAddresses;
  let keys: CurveKeyPair;

  /** Everybody is a trader with these members in its role. */
  const policyOf = (role: object): object => ({
    version: 1,
    audit: 'audit.jsonl',
    roles: { trader: { functions: TRADER, rights: ['halt', 'resume'], ...role } },
    principals: { desk: { listen: deskAt, roles: ['trader'] }, node: { curveKey: keys.publicKey, roles: ['trader'] } },
  });

  interface Stage {
    readonly home: PolicyHome;
    readonly relay: Relay;
    readonly node: RpcGateway;
  }

  /** A relay for one test. The Python desk, which is always the same, comes back to it by itself. */
  const stage = async (
    policy: object,
    options: { readonly guard?: GuardOptions; readonly upstream?: RpcGatewayOptions } = {},
  ): Promise<Stage> => {
    const home = new PolicyHome(policy);
    const relay = await openRelay(server, home.path, options);
    const node = await nodeClient(relay, keys);
    onTestFinished(async () => {
      server.resume();
      await node.close();
      await relay.close();
      await clear(server);
      home.remove();
    });
    await nextEvent(desk, 'eAccount.');
    return { home, relay, node };
  };

  beforeAll(async () => {
    server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '2'], journal: true });
    deskAt = await ownAddresses();
    keys = await generateCurveKeyPair();
    const home = new PolicyHome(policyOf({}));
    const relay = await openRelay(server, home.path);
    desk = await startPeer({
      script: 'gateway_client',
      vnpy,
      addresses: addressesFor(vnpy, deskAt),
      args: ['--connect'],
    });
    await relay.close();
    home.remove();
  });

  afterAll(() => {
    server.resume();
  });

  test('a burst does not pass a limit', async () => {
    const { home, node } = await stage(policyOf({ limits: { orderVolume: 10, openOrders: 7 } }));
    const burst = Array.from({ length: 20 }, () => node.sendOrder(resting({ reference: 'node' }), SIM));
    const [sent, answers] = await Promise.all([
      Promise.allSettled(burst),
      listed(desk, pythonBurst(20, 1, 'python')).then(answersOf),
    ]);
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    for (const each of sent) if (each.status === 'rejected') expect(String(each.reason)).toContain('[openOrders]');
    expect(answers.filter((id) => id !== '')).toHaveLength(7);
    expect(taken(server, referenced('node'))).toHaveLength(7);
    expect(taken(server, referenced('python'))).toHaveLength(7);
    // Too large ones: none.
    const large = await Promise.allSettled(
      Array.from({ length: 20 }, () => node.sendOrder(resting({ reference: 'large', volume: 11 }), SIM)),
    );
    for (const each of large) expect(String((each as PromiseRejectedResult).reason)).toContain('[orderVolume]');
    expect(answersOf(await listed(desk, pythonBurst(20, 11, 'large')))).toEqual(Array(20).fill(''));
    expect(taken(server, referenced('large'))).toEqual([]);
    // What is cancelled makes room again.
    await clear(server);
    await expect
      .poll(() => node.sendOrder(resting({ reference: 'again' }), SIM).catch(() => 'refused'), PATIENCE)
      .toMatch(/^SIM\./);
    const decided = home.audit().filter((line) => line['function'] === 'send_order' && line['kind'] === 'decided');
    expect(decided.filter((line) => line['rule'] === 'orderVolume')).toHaveLength(40);
  });

  test('refuseOrders: exception answers with the rule', async () => {
    const { node } = await stage(policyOf({ limits: { orderVolume: 10 } }), { guard: { refuseOrders: 'exception' } });
    const before = taken(server).length;
    const error = await desk.command('send_order', pythonOrder({ volume: 12 })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PeerCommandError);
    expect(error).toMatchObject({ type: 'vnpy.rpc.client.RemoteException' });
    expect((error as PeerCommandError).message.trimEnd().split('\n').at(-1)).toBe(
      `GuardError: [orderVolume] order volume 12 is more than desk's limit of 10`,
    );
    const inNode = await node.sendOrder(resting({ volume: 11 }), SIM).catch((reason: unknown) => reason);
    expect(inNode).toBeInstanceOf(SendOrderError);
    expect(inNode).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining(`[orderVolume] order volume 11 is more than node's limit of 10`) as string,
    });
    expect(taken(server)).toHaveLength(before);
  });

  // The older version shows with fewer that its calls pass the same way.
  const reloads = vnpy === '4.5' ? 100 : 20;
  test(`${reloads} reloads while orders flow: each is decided by one whole policy, and written down before it leaves`, async () => {
    // Two lots of rb are refused by both: by one because of their number, by the other because of the contract.
    const policies = [
      policyOf({ symbols: ['rb*.SHFE'], limits: { orderVolume: 1 } }),
      policyOf({ symbols: ['au*.SHFE'], limits: { orderVolume: 2 } }),
    ];
    const [few, many] = policies.map((policy) => createHash('sha256').update(JSON.stringify(policy)).digest('hex'));
    const { home, relay, node } = await stage(policies[0] ?? {});
    let flows = true;
    let count = 0;
    const answered: string[] = [];
    const flow = async (symbol: string, price: number, volume: number): Promise<void> => {
      while (flows) {
        const reference = `flow-${symbol}-${volume}-${count++}`;
        const request = resting({ symbol, exchange: Exchange.SHFE, price, volume, reference });
        const id = await node.sendOrder(request, SIM).catch((error: unknown) => error);
        if (typeof id === 'string') answered.push(id);
        else expect(id).toMatchObject({ outcome: 'refused' });
      }
    };
    const flowOfPython = async (): Promise<void> => {
      while (flows) await listed(desk, pythonBurst(5, 1, 'flow-python'));
    };
    const flowing = [
      flow('rb2705', 3200, 1),
      flow('rb2705', 3200, 2),
      flow('au2706', 710, 1),
      flow('au2706', 710, 2),
      flowOfPython(),
    ];
    for (let reload = 1; reload <= reloads; reload++) {
      const before = answered.length;
      home.write(policies[reload % 2] ?? {});
      await expect.poll(() => relay.guard.status().policy.generation, { ...PATIENCE, interval: 5 }).toBe(reload + 1);
      await expect.poll(() => answered.length, { ...PATIENCE, interval: 5 }).toBeGreaterThan(before);
    }
    flows = false;
    await Promise.all(flowing);

    const orders = taken(server, (line) => String(line['reference']).startsWith('flow-'));
    expect(orders.length).toBeGreaterThan(2 * reloads);
    expect(orders.filter((line) => line['vt_symbol'] === 'rb2705.SHFE' && line['volume'] === 2)).toEqual([]);
    const lines = home.audit();
    const passed = lines.filter((line) => line['kind'] === 'decided' && line['outcome'] === 'passed');
    const results = new Map(
      lines.filter((line) => line['kind'] === 'result').map((line) => [line['vt_orderid'], line]),
    );
    const byNumber = new Map(passed.map((line) => [line['id'], line]));
    for (const order of orders) {
      const result = results.get(order['id']);
      const decided = byNumber.get(result?.['id']);
      expect(decided, `the decision on ${String(order['id'])}`).toMatchObject({
        vt_symbol: order['vt_symbol'],
        volume: order['volume'],
        reference: order['reference'],
        policy: order['vt_symbol'] === 'rb2705.SHFE' ? few : many,
      });
      expect(Number(decided?.['seq'])).toBeLessThan(Number(result?.['seq']));
      expect(Date.parse(String(decided?.['time'])) / 1000).toBeLessThanOrEqual(Number(order['time']));
    }
    // What the server lists itself is what was answered, and nothing is doubled.
    const ids = idsOf(await listed(server, 'main_engine.get_all_orders()'));
    for (const id of answered) expect(ids).toContain(id);
    expect(new Set(orders.map((line) => line['id'])).size).toBe(orders.length);
    for (const line of lines.filter(({ kind }) => kind === 'decided')) expect([few, many]).toContain(line['policy']);
  });

  // Cancels go out five a second: with 50, that takes ten.
  const underWay = vnpy === '4.5' ? 50 : 20;
  test(`a halt with ${underWay} orders under way: nothing works and nothing leaves after it`, async () => {
    const { relay, node } = await stage(policyOf({}));
    await paused(server);
    // The service takes one request of a client after the other: so many at once come from many clients.
    const engine = relay.guard.engineFor('node', relay.upstream);
    const sending = [
      desk.command('send_order', pythonOrder({ reference: 'halt-python' })),
      ...Array.from({ length: underWay - 1 }, (_, index) =>
        engine.sendOrder(resting({ reference: `halt-${index}` }), 'SIM'),
      ),
    ];
    // All have left the guard, which counts them as they leave. The server, which stands still, has answered none.
    const left = (): unknown =>
      relay.guard.status().decisions.find(({ function: name, rule }) => name === 'send_order' && rule === undefined)
        ?.count;
    await expect.poll(left, PATIENCE).toBe(underWay);
    const halting = relay.guard.halt({ by: 'desk', reason: 'too fast' });
    await expect.poll(() => relay.guard.status().halts.length, PATIENCE).toBe(1);
    const late = node.sendOrder(resting({ reference: 'late' }), SIM).catch((error: unknown) => error);
    expect(String(await late)).toContain('[halt]');
    server.resume();
    const { report } = await halting;
    const orders = taken(server, (line) => String(line['reference']).startsWith('halt-'));
    const working = await listed(server, 'main_engine.get_all_active_orders()');
    expect(working).toEqual([]);
    expect(report).toMatchObject({ isDone: true, unknown: [], failed: [], filled: [] });
    const ids = orders.map((line) => String(line['id'])).sort();
    expect([...(report?.cancelled ?? [])].sort()).toEqual(ids);
    const answers = await Promise.all(sending);
    expect(answers.map((id) => String(id).replace('RPC.', 'SIM.')).sort()).toEqual(ids);
    // Nothing was executed after it, from nobody.
    expect(await desk.command('send_order', pythonOrder({ reference: 'late' }))).toBe('');
    await nextEvent(desk, 'eAccount.');
    expect(taken(server, referenced('late'))).toEqual([]);
    expect(taken(server, (line) => String(line['reference']).startsWith('halt-'))).toHaveLength(ids.length);
    expect(ids).toHaveLength(underWay);
    await relay.guard.resume({ id: 'all', by: 'desk', reason: 'seen to' });
    expect(await desk.command('send_order', pythonOrder({ reference: 'after' }))).toMatch(/^RPC\./);
  });

  test('a halt while 20 orders wait for the disk: none of them leaves', async () => {
    const { home, relay } = await stage(policyOf({}));
    const engine = relay.guard.engineFor('node', relay.upstream);
    const sending = Array.from({ length: 20 }, () => engine.sendOrder(resting({ reference: 'waits' }), 'SIM'));
    // In these they are decided; what is written to a disk takes turns of the event loop.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    const halting = relay.guard.halt({ by: 'desk', reason: 'too fast' });
    for (const each of await Promise.allSettled(sending)) expect(each).toMatchObject({ status: 'rejected' });
    const { report } = await halting;
    expect(report).toMatchObject({ isDone: true, withdrawn: 20, cancelled: [], cancels: 0 });
    await nextEvent(desk, 'eAccount.');
    expect(taken(server, referenced('waits'))).toEqual([]);
    const lines = home.audit();
    const passed = lines.filter((line) => line['kind'] === 'decided' && line['outcome'] === 'passed');
    const withdrawn = lines.filter((line) => line['kind'] === 'withdrawn' && line['rule'] === 'halt');
    expect(withdrawn.map((line) => line['id'])).toEqual(passed.map((line) => line['id']));
    expect(withdrawn).toHaveLength(20);
  });

  test('an answer that does not come keeps its place until the order is found', async () => {
    const { home, relay } = await stage(policyOf({ limits: { openOrders: 1 } }), {
      upstream: { timeouts: { request: 1500 } },
    });
    await paused(server);
    // Not '': nobody knows whether it is at the exchange.
    await expect(desk.command('send_order', pythonOrder({ reference: 'lost' }))).rejects.toMatchObject({
      type: 'vnpy.rpc.client.RemoteException',
    });
    expect(relay.guard.status().unknown).toMatchObject([{ principal: 'desk', reference: 'lost' }]);
    expect(await desk.command('send_order', pythonOrder({ reference: 'second' }))).toBe('');
    server.resume();
    await expect.poll(() => relay.guard.status().unknown, PATIENCE).toEqual([]);
    const [order] = taken(server, referenced('lost'));
    expect(taken(server, referenced('lost'))).toHaveLength(1);
    await expect
      .poll(() => home.audit().find((line) => line['kind'] === 'reconciled'), PATIENCE)
      .toMatchObject({ outcome: 'sent', vt_orderid: order?.['id'], principal: 'desk' });
    // It works, and is the desk's: it counts, and the desk may cancel it.
    expect(await desk.command('send_order', pythonOrder({ reference: 'third' }))).toBe('');
    const orderid = cancelOf(String(order?.['id'])).orderid;
    await desk.command('eval', {
      code: `gateway.client.cancel_order(CancelRequest("${orderid}", "rb2705", Exchange.SHFE), "SIM")`,
    });
    await expect
      .poll(() => desk.command('send_order', pythonOrder({ reference: 'fourth' })), PATIENCE)
      .toMatch(/^RPC\./);
    expect(taken(server, ({ reference }) => reference === 'second' || reference === 'third')).toEqual([]);
  });
});
