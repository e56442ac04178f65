/**
 * Values that vnpy's gateways put into fields which vnpy declares otherwise.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { RpcService } from 'vnpy-bridge/vnpy';
import type { OrderData, RpcGateway } from 'vnpy-bridge/vnpy';
import { runProgram } from './cli-support.js';
import { PATIENCE, field, plain, startPeer } from './support/index.js';
import type { Addresses, Described, Peer, VnpyVersion } from './support/index.js';
import { connected, joined } from './vnpy-support.js';

/** A relay in front of a gateway; the addresses for clients of a version. */
async function relayed(gateway: RpcGateway, vnpy: VnpyVersion): Promise<Addresses> {
  const relay = new RpcService(gateway);
  await relay.start('tcp://127.0.0.1:*', { topicFrame: 'tcp://127.0.0.1:*', pair: 'tcp://127.0.0.1:*' });
  onTestFinished(() => relay.stop());
  const { reply = '', topicFrame = '', pair = '' } = relay.addresses ?? {};
  return { request: reply, publish: vnpy === '4.5' ? topicFrame : pair };
}

/** Has the server's gateway push an order with these fields, as Python writes them. */
async function pushOrder(server: Peer, fields: string): Promise<void> {
  const names = '__import__("vnpy.trader.object", fromlist=["_"])';
  const own = `gateway_name="SIM", symbol="rb2705", exchange=${names}.Exchange.SHFE`;
  await server.command('eval', { code: `gateway.on_order(${names}.OrderData(${own}, ${fields}))` });
}

async function orderOf(gateway: RpcGateway, vtOrderid: string): Promise<OrderData> {
  await expect.poll(() => gateway.orders.has(vtOrderid), PATIENCE).toBe(true);
  const order = gateway.orders.get(vtOrderid);
  if (order === undefined) throw new Error(`no order ${vtOrderid}`);
  return order;
}

describe.each(['4.5', '4.4'] as const)('a gateway of vnpy %s', (vnpy) => {
  test('whose order ids are no texts: they come back as they were', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '0'], journal: true });
    const gateway = await connected(server.addresses);
    const ids = ['7', '8389765512384743573', 'None'];
    for (const id of ids) await pushOrder(server, `orderid=${id}`);
    for (const id of ids) await gateway.cancelOrder(await orderOf(gateway, `SIM.${id}`));

    const client = await startPeer({
      script: 'gateway_client',
      vnpy,
      addresses: await relayed(gateway, vnpy),
      args: ['--connect'],
    });
    for (const id of ids) await client.command('cancel_order', { vt_orderid: `RPC.${id}` });

    const { request, publish } = server.addresses;
    for (const id of ids) {
      const literal = id === 'None' ? 'null' : id;
      const cancel = `CancelRequest{"orderid": ${literal}, "symbol": "rb2705", "exchange": "SHFE"}`;
      const args = ['call', 'cancel_order', cancel, 'SIM', '--request', request, '--subscribe', publish];
      expect(await runProgram(args)).toMatchObject({ code: 0 });
    }
    const cancels = server.journal().filter((line) => line['event'] === 'cancel');
    expect(cancels.map((line) => line['orderid'])).toEqual([...ids, ...ids, ...ids]);
  });

  test('whose numbers are Decimals and Fractions: Python behind a relay calculates with them', async () => {
    const server = await startPeer({ script: 'vnpy_server', vnpy, args: ['--rate', '0'] });
    const gateway = await connected(server.addresses);
    const client = await startPeer({
      script: 'gateway_client',
      vnpy,
      addresses: await relayed(gateway, vnpy),
      args: ['--connect'],
    });
    await joined(gateway);
    const names = '__import__("vnpy.trader.object", fromlist=["_"])';
    const constants = '__import__("vnpy.trader.constant", fromlist=["_"])';
    const decimal = (text: string): string => `__import__("decimal").Decimal("${text}")`;
    // As vnpy_ib has them; closing, so that vnpy's OffsetConverter counts what it freezes: Decimal - float is a TypeError.
    await pushOrder(
      server,
      `orderid="9", volume=${decimal('3.5')}, traded=0, price=__import__("fractions").Fraction(7, 2), ` +
        `direction=${constants}.Direction.SHORT, offset=${constants}.Offset.CLOSE, status=${names}.Status.NOTTRADED`,
    );
    const order = await orderOf(gateway, 'SIM.9');
    expect([order.volume, order.traded, order.price]).toEqual([3.5, 0, 3.5]);
    expect(order.volume + 1).toBe(4.5);

    await client.command('wait', { kind: 'order', key: 'RPC.9', fields: { status: 'NOTTRADED' } });
    const received = await client.command<Described>('get', { kind: 'order', key: 'RPC.9' });
    const types = ['volume', 'traded', 'price'].map((name) => field(received, name).type);
    expect(types).toEqual(['float', 'float', 'float']);
    const remaining = 'main_engine.get_order("RPC.9").volume - main_engine.get_order("RPC.9").traded';
    expect(plain(await client.command<Described>('eval', { code: remaining }))).toBe(3.5);
    // The converter that the client's engine keeps of its gateway has counted it.
    const converter = 'main_engine.get_converter("RPC")';
    const holding = `${converter}.get_position_holding("rb2705.SHFE").active_orders["RPC.9"].volume`;
    expect(plain(await client.command<Described>('eval', { code: holding }))).toBe(3.5);
    const alive = 'main_engine.event_engine._thread.is_alive()';
    expect(plain(await client.command<Described>('eval', { code: alive }))).toBe(true);
    const [table, json] = await Promise.all(
      [['--csv'], ['--json']].map((form) =>
        runProgram(['orders', '--request', server.addresses.request, '--subscribe', server.addresses.publish, ...form]),
      ),
    );
    expect(table?.stdout).toContain('3.5');
    expect(JSON.parse(json?.stdout ?? '')).toMatchObject([{ volume: 3.5, price: 3.5 }]);
  });
});
