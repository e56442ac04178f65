import { expect, test } from 'vitest';
import { RpcService, SendOrderError, SimulatedEngine, Status } from 'vnpy-bridge/vnpy';
import type { RpcGateway } from 'vnpy-bridge/vnpy';
import { paused } from './rpc-support/clients.js';
import { freeAddress, startPeer } from './support/index.js';
import type { Peer, VnpyVersion } from './support/index.js';
import { buy, connected, contractOf, next } from './vnpy-support.js';

/** What the server itself says it has, by its own functions. */
async function serverIds(gateway: RpcGateway, name: string, id: string): Promise<unknown[]> {
  const list = await gateway.client.call<Record<string, unknown>[]>(name);
  return list.map((data) => data[id]).sort();
}

async function rest(gateway: RpcGateway, price: number): Promise<string> {
  const vtOrderid = await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), price));
  await gateway.waitForOrder(vtOrderid, { until: (order) => order.status === Status.NOTTRADED, timeout: 10_000 });
  return vtOrderid;
}

test.each(['4.5', '4.4'] as const)(
  'vnpy %s is killed with live orders and comes back: the state is its state, nothing doubled, nothing missing',
  async (vnpy: VnpyVersion) => {
    const first = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '20'], journal: true });
    const gateway = await connected(first.addresses, { heartbeat: { tolerance: 15_000 } });
    await gateway.subscribe('rb2705.SHFE');
    const resting = await rest(gateway, 3200);
    const traded = next(gateway, 'trade');
    const filled = await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3700));
    await gateway.waitForOrder(filled, { timeout: 10_000 });
    await traded;
    const tradesBefore = gateway.trades.size;
    expect(tradesBefore).toBeGreaterThan(0);

    const waiting = gateway.waitForOrder(resting);
    const vanished = expect(waiting).rejects.toThrow(expect.objectContaining({ code: 'ORDER_VANISHED' }) as Error);
    const lost = next(gateway, 'status', (status) => status.state === 'disconnected');
    await first.kill();
    await lost;
    const error: unknown = await rest(gateway, 3201).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SendOrderError);
    expect(error).toMatchObject({ outcome: 'not-sent' });

    const resynced = next(gateway, 'resynced');
    const tick = next(gateway, 'tick');
    const told = new Map<string, number>();
    gateway.on('trade', (trade) => told.set(trade.vt_tradeid, (told.get(trade.vt_tradeid) ?? 0) + 1));
    const second = await startPeer({
      script: 'vnpy_server',
      vnpy,
      args: ['--rate', '20'],
      addresses: first.addresses,
      journal: true,
    });
    const report = await resynced;
    expect(report).toMatchObject({ reason: 'reconnected', restarted: true, resubscribed: ['rb2705.SHFE'] });
    expect(report.vanished.order.map((order) => order.vt_orderid).sort()).toEqual([filled, resting].sort());
    expect(report.vanished.trade).toHaveLength(tradesBefore);
    await vanished;
    await tick;

    // The new server is traded on as the old one was.
    const tradedAgain = next(gateway, 'trade');
    const again = await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3700));
    await gateway.waitForOrder(again, { timeout: 10_000 });
    await tradedAgain;
    // What follows a trade, the position and the account, comes in events of its own.
    for (const [state, name, id] of [
      [gateway.orders, 'get_all_orders', 'vt_orderid'],
      [gateway.trades, 'get_all_trades', 'vt_tradeid'],
      [gateway.positions, 'get_all_positions', 'vt_positionid'],
      [gateway.accounts, 'get_all_accounts', 'vt_accountid'],
    ] as const) {
      await expect
        .poll(async () => [[...state.keys()].sort(), await serverIds(gateway, name, id)], { timeout: 10_000 })
        .toSatisfy(([ours, theirs]: [string[], unknown[]]) => JSON.stringify(ours) === JSON.stringify(theirs));
    }
    expect([...told.values()].every((times) => times === 1)).toBe(true);
    expect(told.size).toBe(gateway.trades.size);
    // No order of before was sent again, nor the one that was refused while the server was away.
    expect(second.journal().filter((line) => line['event'] === 'order')).toMatchObject([{ id: again }]);
  },
);

test('a paused server is stale first; what happened meanwhile is told once when it goes on', async () => {
  const server: Peer = await startPeer({ script: 'vnpy_server', args: ['--rate', '20'] });
  // Ticks are 50 ms apart: no busy machine keeps one back for so long.
  const gateway = await connected(server.addresses, { staleAfter: 1500 });
  await gateway.subscribe('rb2705.SHFE');
  await next(gateway, 'tick');
  const stale = next(gateway, 'stale');
  server.pause();
  expect(await stale).toMatchObject({ vt_symbol: 'rb2705.SHFE' });
  const fresh = next(gateway, 'fresh');
  server.resume();
  expect((await fresh).age).toBeGreaterThanOrEqual(1500);
  expect(gateway.staleSymbols()).toEqual([]);
});

test('an order whose answer did not come: its fate is found by its reference, and it was executed once', async () => {
  const server = await startPeer({ script: 'vnpy_server', args: ['--rate', '20'], journal: true });
  const gateway = await connected(server.addresses);
  const contract = contractOf(gateway, 'rb2705.SHFE');
  // Not just told to: it would answer meanwhile.
  await paused(server);
  const error: unknown = await gateway
    .sendOrder(buy(contract, 3200), { timeout: 200 })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SendOrderError);
  expect(error).toMatchObject({ outcome: 'unknown' });
  server.resume();
  const { reference } = error as SendOrderError;
  const found = await gateway.findOrder(reference);
  expect(found).toMatchObject({ reference, price: 3200 });
  expect(server.journal().filter((line) => line['reference'] === reference)).toHaveLength(1);
});

test('a server of ours that loses its connection and keeps its orders: the difference alone is told', async () => {
  const engine = new SimulatedEngine();
  const service = new RpcService(engine);
  // Ports to which the gateway, while the service is away, cannot connect from the same ports.
  await service.start(await freeAddress(), await freeAddress());
  const { reply = '', topicFrame = '' } = service.addresses ?? {};
  const gateway = await connected({ request: reply, publish: topicFrame });
  const before = engine.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3300));
  // If the subscription has not reached the service yet, the next heartbeat, 10 s later, makes the gateway look again.
  await gateway.waitForOrder(before, { until: (order) => order.status === Status.NOTTRADED, timeout: 30_000 });
  const told: string[] = [];
  gateway.on('order', (order) => told.push(order.vt_orderid));

  const lost = next(gateway, 'status', (status) => status.state === 'disconnected');
  await service.stop();
  await lost;
  const missed = engine.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3301));
  const resynced = next(gateway, 'resynced');
  await service.start(reply, topicFrame);
  expect(await resynced).toMatchObject({ restarted: false, missed: { order: [{ vt_orderid: missed }] } });
  expect(told).toEqual([missed]);
  await service.stop();
});
