import { expect, onTestFinished, test } from 'vitest';
import { MemoryTransport } from 'vnpy-bridge/rpc';
import { RpcGateway, RpcService, SendOrderError } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, order, orderRequest, tick } from '../../vnpy/support.js';
import { Stage, until } from '../support/stage.js';

// A relay: an RpcService before a ClusterGateway. What is behind it knows nothing of a cluster.

async function relayed(engine: ScriptedEngine): Promise<RpcGateway> {
  const stage = new Stage();
  await stage.edge(engine);
  const gateway = await stage.connected();
  const transport = new MemoryTransport();
  const relay = new RpcService(gateway, { transport, gracePeriod: 1 });
  await relay.start('requests', 'events');
  const client = new RpcGateway({ transport });
  onTestFinished(async () => {
    await client.close();
    await relay.stop();
  });
  await client.connect('requests', 'events');
  return client;
}

test('each order gets a key of its own, and a reference that all have stays as it is', async () => {
  const engine = new ScriptedEngine();
  let last = 0;
  engine.onSendOrder = ({ reference }) => {
    engine.tellOrder(order(String(++last), { reference }));
    return `CTP.${last}`;
  };
  const client = await relayed(engine);
  for (let count = 0; count < 20; count++) await client.sendOrder(orderRequest({ reference: 'CtaStrategy_dual' }));
  expect(engine.requests.map(({ reference }) => reference)).toEqual(
    Array.from({ length: 20 }, () => 'CtaStrategy_dual'),
  );
  const keys = engine.terms.map((terms) => terms?.key);
  expect(new Set(keys).size).toBe(20);
  expect(keys).not.toContain(undefined);
  await until(() => {
    expect(client.orders.size).toBe(20);
  });
});

test('a no of the edge is an empty id and a log line to what is behind the relay', async () => {
  const engine = new ScriptedEngine();
  engine.onSendOrder = () => Promise.reject(new SendOrderError('refused', 'no margin', { reference: 'r' }));
  const client = await relayed(engine);
  const failure: unknown = await client.sendOrder(orderRequest()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ outcome: 'refused', logs: [expect.stringMatching(/no margin/) as string] });
});

test('ticks, orders and searches pass it', async () => {
  const engine = new ScriptedEngine();
  const client = await relayed(engine);
  await client.subscribe('rb2705.SHFE');
  const next = client.next('tick', { timeout: 10_000 });
  engine.tellTick(tick(3499));
  expect((await next).last_price).toBe(3499);
  engine.tellOrder(order('8', { reference: 'mine' }));
  expect((await client.findOrder('mine'))?.vt_orderid).toBe('CTP.8');
  expect(await client.findOrder('nobody', { timeout: 10_000 })).toBeUndefined();
});
