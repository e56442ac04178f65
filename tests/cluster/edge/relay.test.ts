import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { dumps, PyGlobal } from 'vnpy-bridge/pickle';
import { MemoryTransport, RpcClient } from 'vnpy-bridge/rpc';
import { Event, EventType, RpcGateway, RpcService, SendOrderError, vnpyRegistry } from 'vnpy-bridge/vnpy';
import { ScriptedEngine, order, orderRequest, tick } from '../../vnpy/support.js';
import { PREFIX_BYTES } from '../../../src/cluster/wire/prefix.js';
import { call } from '../../support/refused.js';
import { ACCOUNT, QUIET, SUBJECTS, Stage, until } from '../support/stage.js';

// A relay: an RpcService before a ClusterGateway. What is behind it knows nothing of a cluster.

async function relayed(engine: ScriptedEngine): Promise<RpcGateway> {
  const stage = new Stage();
  await stage.edge(engine);
  // A search waits for as long as an order may be under way.
  const gateway = await stage.connected({ commandBudget: 500 });
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

test.each([
  ['alone', call('os', 'system', 'touch executed')],
  ['as the data of a tick', new Event(EventType.TICK, call('os', 'system', 'touch executed'))],
  ['in a tick', new Event(EventType.TICK, tick(1, { extra: { field: call('os', 'system', 'touch executed') } }))],
  [
    'in an order',
    new Event(EventType.ORDER, order('1', { extra: { field: [call('os', 'system', 'touch executed')] } })),
  ],
  ['in an event of an application', new Event('eCta', { field: call('os', 'system', 'touch executed') })],
  ['as a name', new Event('eCta', new PyGlobal('os', 'system'))],
])(
  'a call of Python that whoever has the rights of an edge publishes is written to no Python: %s',
  async (_name, value) => {
    const stage = new Stage();
    const engine = new ScriptedEngine();
    await stage.edge(engine);
    const gateway = await stage.connected({ ticks: 'all', renewInterval: 60_000 });
    gateway.on('error', () => undefined);
    const transport = new MemoryTransport();
    const relay = new RpcService(gateway, { transport, gracePeriod: 1, logger: QUIET });
    await relay.start('requests', 'events');
    const python = new RpcClient({ transport });
    onTestFinished(async () => {
      await python.stop();
      await relay.stop();
    });
    python.subscribe('');
    const written: unknown[] = [];
    python.on('event', ({ data }) => written.push(data));
    await python.start('requests', 'events');
    await python.ready();
    const thief = stage.connect('thief');
    const heard = new Map<string, Uint8Array>();
    for (const pattern of [SUBJECTS.events(ACCOUNT, 'cta'), SUBJECTS.ticks(ACCOUNT)])
      thief.subscribe(pattern, ({ subject, payload }) => heard.set(subject, payload.slice()));
    engine.tellTick(tick(3500));
    engine.tellLog('before');
    await until(() => {
      expect([...heard.keys()]).toHaveLength(2);
      expect(written).toHaveLength(2 + 1);
    });
    const pickle = dumps(value, { registry: vnpyRegistry, foreign: 'write' });
    for (const [subject, message] of heard) {
      const prefix = Buffer.from(message.subarray(0, PREFIX_BYTES));
      prefix.writeUIntBE(prefix.readUIntBE(18, 6) + 1, 18, 6);
      thief.publish(subject, Buffer.concat([prefix, pickle]));
    }
    await thief.flush({ timeout: 1000 });
    // What comes after it passes: it was not stuck.
    engine.tellLog('after');
    engine.tellTick(tick(3501));
    engine.tellLog('after that');
    engine.tellTick(tick(3502));
    await until(() => {
      expect(JSON.stringify(written)).toContain('after that');
      expect(JSON.stringify(written)).toContain('3502');
    });
    expect(inspect(written, { depth: Infinity })).not.toMatch(/system|touch/);
  },
);

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
