/**
 * Values that vnpy's gateways put into fields which vnpy declares otherwise.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { RpcService } from 'vnpy-bridge/vnpy';
import type { OrderData, RpcGateway } from 'vnpy-bridge/vnpy';
import { runProgram } from './cli-support.js';
import { PATIENCE, startPeer } from './support/index.js';
import type { Addresses, Peer, VnpyVersion } from './support/index.js';
import { connected } from './vnpy-support.js';

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
});
