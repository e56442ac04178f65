import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RpcGateway, RpcService, SimulatedEngine } from 'vnpy-bridge/vnpy';
import type { TradingEngine } from 'vnpy-bridge/vnpy';
import { field, plain, repositoryRoot, startPeer } from './support/index.js';
import type { Addresses, Described, Peer, VnpyVersion } from './support/index.js';
import { PEERS } from './vnpy-support.js';

interface FieldSchema {
  readonly name: string;
  readonly type: string;
}

interface Schema {
  readonly enums: Readonly<Record<string, unknown>>;
  readonly classes: Readonly<
    Record<string, { readonly fields: readonly FieldSchema[]; readonly derived: readonly string[] }>
  >;
}

function schemaOf(vnpy: VnpyVersion): Schema {
  const path = join(repositoryRoot(), 'python-fixtures', 'data', `vnpy-schema-${vnpy}.0.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Schema;
}

/** Every attribute has exactly the Python type that vnpy declares, or None where it allows that. */
function expectVnpyTypes(object: Described, className: string, schema: Schema): void {
  expect(object.type).toBe(`vnpy.trader.object.${className}`);
  const theirs = schema.classes[className];
  if (theirs === undefined) throw new Error(`no class ${className}`);
  for (const { name, type } of theirs.fields) {
    const [declared = '', none] = type.split(' | ');
    const expected =
      declared in schema.enums
        ? `vnpy.trader.constant.${declared}`
        : declared === 'datetime'
          ? 'datetime.datetime'
          : declared;
    const actual = field(object, name).type;
    if (none === undefined || actual !== 'NoneType') expect(`${name}: ${actual}`).toBe(`${name}: ${expected}`);
  }
  for (const name of theirs.derived) expect(field(object, name).type).not.toBe('NoneType');
}

const list = (described: Described): Described[] => described.value as Described[];

interface Served {
  readonly addressesFor: (vnpy: VnpyVersion) => Addresses;
  readonly stop: () => Promise<void>;
}

/** Serves an engine in both event formats. */
async function serve(engine: TradingEngine): Promise<Served & { readonly service: RpcService }> {
  const service = new RpcService(engine);
  await service.start('tcp://127.0.0.1:0', { topicFrame: 'tcp://127.0.0.1:0', pair: 'tcp://127.0.0.1:0' });
  const { reply, topicFrame = '', pair = '' } = service.addresses ?? { reply: '' };
  return {
    service,
    addressesFor: (vnpy) => ({ request: reply, publish: vnpy === '4.5' ? topicFrame : pair }),
    stop: () => service.stop(),
  };
}

async function serveSimulated(): Promise<Served> {
  const engine = new SimulatedEngine({ seed: 3 });
  const served = await serve(engine);
  engine.start(20);
  return {
    ...served,
    stop: async () => {
      engine.stop();
      await served.stop();
    },
  };
}

/** A relay in front of a real vnpy server. */
async function serveRelay(vnpy: VnpyVersion, locale: string): Promise<Served> {
  const upstream = await startPeer({ script: 'vnpy_server', vnpy, locale, args: ['--rate', '20'] });
  const gateway = new RpcGateway();
  await gateway.connect(upstream.addresses.request, upstream.addresses.publish);
  const served = await serve(gateway);
  return {
    ...served,
    stop: async () => {
      await served.stop();
      await gateway.close();
    },
  };
}

const SERVERS = [
  { name: 'a simulated engine', start: serveSimulated },
  { name: 'a relay in front of vnpy 4.5, Chinese', start: () => serveRelay('4.5', 'zh_CN.UTF-8') },
  { name: 'a relay in front of vnpy 4.4, English', start: () => serveRelay('4.4', 'en_US.UTF-8') },
] as const;

describe.each(SERVERS)("RpcService of $name, with Python's RpcGateway", ({ start }) => {
  let served: Served;

  beforeAll(async () => {
    served = await start();
  });

  afterAll(async () => {
    await served.stop();
  });

  describe.each(PEERS)('of vnpy $vnpy, $locale', ({ vnpy, locale }) => {
    const schema = schemaOf(vnpy);
    let client: Peer;

    beforeAll(async () => {
      client = await startPeer({
        script: 'gateway_client',
        vnpy,
        locale,
        addresses: served.addressesFor(vnpy),
        args: ['--connect'],
      });
    });

    test("the snapshot has vnpy's own types", async () => {
      const contracts = list(await client.command<Described>('get_all', { kind: 'contracts' }));
      expect(contracts.length).toBeGreaterThanOrEqual(4);
      for (const contract of contracts) {
        expectVnpyTypes(contract, 'ContractData', schema);
        expect(plain(field(contract, 'gateway_name'))).toBe('RPC');
      }
      const accounts = list(await client.command<Described>('get_all', { kind: 'accounts' }));
      expect(accounts.length).toBeGreaterThan(0);
      for (const account of accounts) expectVnpyTypes(account, 'AccountData', schema);
      for (const position of list(await client.command<Described>('get_all', { kind: 'positions' })))
        expectVnpyTypes(position, 'PositionData', schema);
    });

    test('ticks arrive under both types, with aware times', async () => {
      await client.command('subscribe', { vt_symbol: 'IF2703.CFFEX' });
      for (const type of ['eTick.', 'eTick.IF2703.CFFEX']) {
        const record = await client.waitFor((line) => line['event'] === type);
        const tick = record['data'] as Described;
        expectVnpyTypes(tick, 'TickData', schema);
        expect(field(tick, 'datetime').tz).toBe("zoneinfo.ZoneInfo(key='Asia/Shanghai')");
        expect(plain(field(tick, 'bid_price_1'))).toBeLessThan(plain(field(tick, 'ask_price_1')) as number);
      }
      expect(await client.command('receiving')).toBe(true);
    });

    test('an order is filled: order, trade, position, account', async () => {
      const id = await client.command<string>('send_order', {
        vt_symbol: 'rb2705.SHFE',
        direction: 'LONG',
        offset: 'OPEN',
        type: 'FAK',
        price: 3800,
        volume: 2,
        reference: 'python',
      });
      expect(id).toMatch(/^RPC\.(?:\w+_)?\d+$/);
      const order = await client.command<Described>('wait', {
        kind: 'order',
        key: id,
        fields: { status: 'ALLTRADED' },
      });
      expectVnpyTypes(order, 'OrderData', schema);
      expect(plain(order)).toMatchObject({
        reference: 'python',
        traded: 2,
        offset: 'OPEN',
        type: 'FAK',
        vt_symbol: 'rb2705.SHFE',
      });
      const trade = await client.waitFor(
        (line) =>
          line['event'] === 'eTrade.rb2705.SHFE' && plain(field(line['data'] as Described, 'vt_orderid')) === id,
      );
      expectVnpyTypes(trade['data'] as Described, 'TradeData', schema);
      const position = await client.waitFor(
        (line) =>
          line['event'] === 'ePosition.rb2705.SHFE' &&
          (plain(field(line['data'] as Described, 'volume')) as number) >= 2,
      );
      expectVnpyTypes(position['data'] as Described, 'PositionData', schema);
      await client.waitFor((line) => line['event'] === 'eAccount.');
    });

    test('an order rests and is cancelled', async () => {
      const id = await client.command<string>('send_order', {
        vt_symbol: 'rb2705.SHFE',
        direction: 'LONG',
        offset: 'OPEN',
        price: 3200,
        volume: 1,
      });
      await client.command('wait', { kind: 'order', key: id, fields: { status: 'NOTTRADED' } });
      await client.command('cancel_order', { vt_orderid: id });
      await client.command('wait', { kind: 'order', key: id, fields: { status: 'CANCELLED', traded: 0 } });
    });

    test('what is not taken gives an empty id, and the reason in the log', async () => {
      const id = await client.command<string>('send_order', {
        vt_symbol: 'nobody.SHFE',
        direction: 'LONG',
        offset: 'OPEN',
        price: 3200,
        volume: 1,
      });
      expect(id).toBe('');
      await client.waitFor((line) => line['event'] === 'eLog' && JSON.stringify(line['data']).includes('send_order'));
    });

    test('history', async () => {
      const bars = list(
        await client.command<Described>('query_history', {
          vt_symbol: 'BTCUSDT.GLOBAL',
          interval: 'HOUR',
          start: new Date(Date.now() - 24 * 3_600_000).toISOString().replace('Z', '+00:00'),
        }),
      );
      expect(bars.length).toBeGreaterThan(20);
      for (const bar of bars) {
        expectVnpyTypes(bar, 'BarData', schema);
        expect(field(bar, 'datetime').tz).not.toBeNull();
      }
    });
  });
});

test('many clients of both versions use one server through one relay', async () => {
  const upstream = await startPeer({ script: 'vnpy_server', vnpy: '4.4', args: ['--rate', '20'], journal: true });
  const gateway = new RpcGateway();
  await gateway.connect(upstream.addresses.request, upstream.addresses.publish);
  const served = await serve(gateway);
  try {
    const clients = await Promise.all(
      (['4.5', '4.4', '4.5', '4.4'] as const).map((vnpy) =>
        startPeer({ script: 'gateway_client', vnpy, addresses: served.addressesFor(vnpy), args: ['--connect'] }),
      ),
    );
    // An order that is told before a client's subscription has reached the relay, that client would never hear of.
    await Promise.all(
      clients.map(async (client) => {
        await client.command('subscribe', { vt_symbol: 'rb2705.SHFE' });
        await client.waitFor((line) => line['event'] === 'eTick.');
      }),
    );
    const ids = await Promise.all(
      clients.map((client, index) =>
        client.command<string>('send_order', {
          vt_symbol: 'rb2705.SHFE',
          direction: 'LONG',
          offset: 'OPEN',
          price: 3200 + index,
          volume: 1,
        }),
      ),
    );
    expect(new Set(ids).size).toBe(4);
    // Everyone sees everyone's orders, as with a vnpy server; each cancels its own.
    for (const client of clients)
      for (const key of ids) await client.command('wait', { kind: 'order', key, fields: { status: 'NOTTRADED' } });

    await Promise.all(clients.map((client, index) => client.command('cancel_order', { vt_orderid: ids[index] })));
    for (const key of ids) await clients[0]?.command('wait', { kind: 'order', key, fields: { status: 'CANCELLED' } });
    expect(upstream.journal().filter((line) => line['event'] === 'order')).toHaveLength(4);
    expect(upstream.journal().filter((line) => line['event'] === 'cancel')).toHaveLength(4);
  } finally {
    await served.stop();
    await gateway.close();
  }
});
