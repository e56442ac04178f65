import { describe, expect, test } from 'vitest';
import { field, joined, PATIENCE, plain, startPeer } from './support/index.js';
import type { Described, Peer, PeerOptions, VnpyVersion } from './support/index.js';

// What Python's own programs make of each other, before anybody blames this package: every test here is Python to Python.

const VERSIONS: VnpyVersion[] = ['4.5', '4.4'];
const LOCALES = ['zh_CN.UTF-8', 'en_US.UTF-8'];
const BOTH = VERSIONS.flatMap((vnpy) => LOCALES.map((locale): [VnpyVersion, string] => [vnpy, locale]));

const CONTRACTS = [
  'rb2705.SHFE',
  'au2706.SHFE',
  'IF2703.CFFEX',
  '600000.SSE',
  '000001.SZSE',
  'IO2703-C-4000.CFFEX',
  'BTCUSDT.GLOBAL',
  'AAPL.NASDAQ',
];

interface Order {
  vt_symbol: string;
  direction: 'LONG' | 'SHORT';
  volume: number;
  price?: number;
  type?: string;
  offset?: string;
  reference?: string;
}

/** A desk: a Python RpcGateway connected to a vnpy server. */
class Desk {
  constructor(
    readonly server: Peer,
    readonly client: Peer,
  ) {}

  static async open(options: Partial<PeerOptions> = {}): Promise<Desk> {
    const server = await startPeer({ ...options, script: 'vnpy_server', journal: true });
    const { vnpy = '4.5', locale = 'zh_CN.UTF-8' } = options;
    const client = await startPeer({
      script: 'gateway_client',
      vnpy,
      locale,
      addresses: server.addresses,
      args: ['--connect'],
    });
    await joined(server, client);
    return new Desk(server, client);
  }

  send(order: Order): Promise<string> {
    return this.client.command('send_order', { ...order });
  }

  /** The order once it has this status and these fields: one that takes several levels has one status between them. */
  async order(id: string, status: string, fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return plain(await this.wait('order', id, { status, ...fields })) as Record<string, unknown>;
  }

  wait(kind: string, key: string, fields: Record<string, unknown>): Promise<Described> {
    return this.client.command('wait', { kind, key, fields });
  }

  async position(
    vtSymbol: string,
    direction: string,
    fields: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const value = plain(await this.client.command<Described>('eval', { code: `Direction.${direction}.value` }));
    return plain(await this.wait('position', `RPC.${vtSymbol}.${String(value)}`, fields)) as Record<string, unknown>;
  }

  async account(currency: string): Promise<Record<string, number>> {
    const account = await this.client.command<Described>('get', { kind: 'account', key: `RPC.${currency}` });
    return plain(account) as Record<string, number>;
  }

  async tick(vtSymbol: string): Promise<Record<string, number>> {
    await this.client.command('subscribe', { vt_symbol: vtSymbol });
    return plain(await this.wait('tick', vtSymbol, {})) as Record<string, number>;
  }

  async log(text: string): Promise<void> {
    await this.client.waitFor(
      (record) => record['event'] === 'eLog' && String(plain(field(record['data'] as Described, 'msg'))).includes(text),
    );
  }

  /** The trades of an order, once they sum up to this volume: they come after the order that has changed by them. */
  async trades(id: string, volume: number): Promise<Record<string, unknown>[]> {
    const trades: Record<string, unknown>[] = [];
    let sum = 0;
    await this.client.waitFor((record) => {
      if (record['event'] === 'eTrade.') {
        const trade = plain(record['data'] as Described) as Record<string, unknown>;
        if (trade['vt_orderid'] === id) {
          trades.push(trade);
          sum += Number(trade['volume']);
        }
      }
      return sum >= volume;
    });
    expect(sum).toBe(volume);
    return trades;
  }
}

describe.each(BOTH)('vnpy %s in %s', (vnpy, locale) => {
  test('an order is filled: order, trade, position, account', async () => {
    const desk = await Desk.open({ vnpy, locale, args: ['--rate', '20'] });
    await desk.tick('rb2705.SHFE');
    const id = await desk.send({
      vt_symbol: 'rb2705.SHFE',
      direction: 'LONG',
      offset: 'OPEN',
      volume: 3,
      price: 3600,
      reference: 'first',
    });
    expect(id).toMatch(/^RPC\.\d{18}$/);
    expect(await desk.order(id, 'ALLTRADED')).toMatchObject({
      traded: 3,
      volume: 3,
      reference: 'first',
      type: 'LIMIT',
    });
    expect(await desk.position('rb2705.SHFE', 'LONG', { volume: 3 })).toMatchObject({
      volume: 3,
      frozen: 0,
      yd_volume: 0,
    });
    await desk.trades(id, 3);

    // The account is the last thing that a trade changes.
    await expect.poll(async () => (await desk.account('CNY'))['balance'], PATIENCE).toBeLessThan(10_000_000);
    const { balance = 0, frozen = 0, available = 0 } = await desk.account('CNY');
    expect(available).toBeCloseTo(balance - frozen, 6);
    expect(await desk.client.command('receiving')).toBe(true);
  });

  test('contracts of every kind, and the accounts and positions of the snapshot', async () => {
    const { client } = await Desk.open({ vnpy, locale });
    const contracts = (await client.command<Described>('get_all', { kind: 'contracts' })).value as Described[];
    expect(contracts.map((contract) => plain(field(contract, 'vt_symbol')))).toEqual(CONTRACTS);
    expect(contracts.map((contract) => field(contract, 'product').name)).toEqual([
      'FUTURES',
      'FUTURES',
      'FUTURES',
      'EQUITY',
      'EQUITY',
      'OPTION',
      'SWAP',
      'EQUITY',
    ]);
    expect(contracts.map(plain)[5]).toMatchObject({
      option_type: 'CALL',
      option_strike: 4000,
      option_expiry: '2027-03-19T00:00:00',
    });

    const accounts = plain(await client.command<Described>('get_all', { kind: 'accounts' })) as Record<
      string,
      unknown
    >[];
    expect(accounts.map((account) => account['accountid'])).toEqual(['CNY', 'USD', 'USDT']);
    const positions = plain(await client.command<Described>('get_all', { kind: 'positions' })) as Record<
      string,
      unknown
    >[];
    expect(positions.map(({ vt_symbol, direction, volume }) => [vt_symbol, direction, volume])).toEqual([
      ['au2706.SHFE', 'LONG', 2],
      ['IF2703.CFFEX', 'SHORT', 1],
      ['600000.SSE', 'LONG', 1000],
    ]);
  });
});

describe('the simulated exchange', () => {
  test('an order takes the levels one by one, and the rest of a limit order rests until it is cancelled', async () => {
    const desk = await Desk.open({ args: ['--rate', '0'] });
    const tick = await desk.tick('IF2703.CFFEX');
    const [price1, price2, volume1, volume2] = numbers(tick, [
      'ask_price_1',
      'ask_price_2',
      'ask_volume_1',
      'ask_volume_2',
    ]);
    const { frozen: before = 0 } = await desk.account('CNY');
    const order = { vt_symbol: 'IF2703.CFFEX', direction: 'LONG', offset: 'OPEN' } as const;
    const id = await desk.send({ ...order, volume: volume1 + volume2 + 1, price: price2 });

    await desk.order(id, 'PARTTRADED', { traded: volume1 + volume2 });
    const trades = await desk.trades(id, volume1 + volume2);
    expect(trades.map(({ price, volume }) => [price, volume])).toEqual([
      [price1, volume1],
      [price2, volume2],
    ]);
    await expect.poll(async () => (await desk.account('CNY'))['frozen'], PATIENCE).toBeGreaterThan(before);
    const held = await desk.account('CNY');
    await desk.client.command('cancel_order', { vt_orderid: id });
    expect(await desk.order(id, 'CANCELLED')).toMatchObject({ traded: volume1 + volume2 });
    await expect.poll(async () => (await desk.account('CNY'))['frozen'], PATIENCE).toBeLessThan(held['frozen'] ?? 0);

    // The market stands still, so what was taken is gone: the best price is the third level's now.
    await expect.poll(async () => (await desk.tick('IF2703.CFFEX'))['ask_price_1'], PATIENCE).toBe(tick['ask_price_3']);
  });

  test('a resting order is filled when the market comes to it, at its price or better', async () => {
    const desk = await Desk.open({ args: ['--rate', '500'] });
    const tick = await desk.tick('rb2705.SHFE');
    const [ask] = numbers(tick, ['ask_price_1']);
    const price = ask - 5;
    const id = await desk.send({ vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', volume: 1, price });
    await desk.order(id, 'ALLTRADED');
    const [trade] = await desk.trades(id, 1);
    expect(trade?.['price']).toBeLessThanOrEqual(price);
  });

  test.each([
    ['MARKET', { volume: 20 }, 'what the book has', 'CANCELLED'],
    ['FAK', { volume: 20, worst: true }, 'what the book has', 'CANCELLED'],
    ['FOK', { volume: 20, worst: true }, 'nothing', 'CANCELLED'],
    ['FOK', { volume: 1, worst: true }, 'everything', 'ALLTRADED'],
    ['MARKET', { volume: 1 }, 'everything', 'ALLTRADED'],
  ] as const)('a %s order of %j gets %s', async (type, { volume, ...rest }, gets, status) => {
    // Seed 9 opens the contract with fewer than 20 lots on the five levels to sell.
    const desk = await Desk.open({ args: ['--rate', '0', '--seed', '9'] });
    const tick = await desk.tick('IF2703.CFFEX');
    const volumes = numbers(tick, ['ask_volume_1', 'ask_volume_2', 'ask_volume_3', 'ask_volume_4', 'ask_volume_5']);
    const available = volumes.reduce((sum, lots) => sum + lots, 0);
    expect(available).toBeLessThan(20);

    const price = 'worst' in rest ? numbers(tick, ['ask_price_5'])[0] : 0;
    const order = { vt_symbol: 'IF2703.CFFEX', direction: 'LONG', offset: 'OPEN' } as const;
    const id = await desk.send({ ...order, type, volume, price });
    const traded = { 'what the book has': available, nothing: 0, everything: volume }[gets];
    expect(await desk.order(id, status)).toMatchObject({ traded, type });
    if (traded > 0) await desk.position('IF2703.CFFEX', 'LONG', { volume: traded });
  });

  const sound: Order = { vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', volume: 1, price: 3500 };
  test('orders against the rules are rejected, with the reason in the log', async () => {
    const desk = await Desk.open({ args: ['--rate', '0'] });
    const cases: [Partial<Order>, string][] = [
      [{ volume: 0.5 }, 'wrong volume step: 0.5 is not a multiple of 1'],
      [{ volume: 0 }, 'wrong volume step: 0'],
      [{ volume: -1 }, 'wrong volume step: -1'],
      [{ volume: 501 }, 'volume 501 is above the maximum 500'],
      [{ price: 3500.5 }, 'wrong price step: 3500.5 is not a multiple of 1.0'],
      [{ price: 9999 }, "price 9999 is outside the day's limits 3150.0 to 3850.0"],
      [{ offset: 'NONE' }, 'an offset is needed'],
      [{ type: 'STOP' }, 'order type STOP is not supported'],
      [
        { direction: 'SHORT', offset: 'CLOSE' },
        'closing more than held: 1 of rb2705.SHFE LONG with CLOSEYESTERDAY, 0 can',
      ],
      [{ vt_symbol: '000001.SZSE', volume: 150, price: 12.3 }, 'wrong volume step: 150 is not a multiple of 100'],
      [{ vt_symbol: '000001.SZSE', volume: 1_000_000, price: 12.3 }, 'insufficient cash: needs 12301230.00 CNY'],
      [
        { vt_symbol: '000001.SZSE', direction: 'SHORT', volume: 100, price: 12.3, offset: 'CLOSE' },
        'closing more than held: 100 of 000001.SZSE',
      ],
    ];
    for (const [change, reason] of cases) {
      const id = await desk.send({ ...sound, ...change });
      await desk.order(id, 'REJECTED');
      await desk.log(`rejected: ${reason}`);
    }
    const account = await desk.account('CNY');
    expect(account['balance']).toBe(10_000_000);
    expect(desk.server.journal().filter(({ event }) => event === 'rejected')).toHaveLength(cases.length);
  });

  test('an unknown symbol gives no order id, and an unknown order no cancel', async () => {
    const desk = await Desk.open({ args: ['--rate', '0'] });
    const code = `gateway.client.send_order(OrderRequest('nosuch', Exchange.SHFE, Direction.LONG, OrderType.LIMIT, 1, 1), 'SIM')`;
    expect(plain(await desk.client.command<Described>('eval', { code }))).toBe('');
    await desk.log('order rejected: unknown symbol nosuch.SHFE');
    await desk.client.command('eval', {
      code: `gateway.client.cancel_order(CancelRequest('9', 'rb2705', Exchange.SHFE), 'SIM')`,
    });
    await desk.log('cancel rejected: no active order SIM.9');
    expect(desk.server.journal()).toMatchObject([
      { event: 'order', id: '', rejected: 'unknown symbol', vt_symbol: 'nosuch.SHFE' },
      { event: 'cancel', id: 'SIM.9' },
    ]);
  });

  test('a closing order freezes volume, an opening one cash, until they end', async () => {
    const desk = await Desk.open({ args: ['--rate', '0'] });
    const before = await desk.account('CNY');
    const close = await desk.send({ ...sound, vt_symbol: '600000.SSE', direction: 'SHORT', volume: 400, price: 11.5 });
    await desk.position('600000.SSE', 'LONG', { volume: 1000, frozen: 400 });
    const open = await desk.send({ ...sound, volume: 10, price: 3200 });
    await desk.order(open, 'NOTTRADED');
    const needed = 10 * 10 * 3200 * (0.1 + 0.0001);
    await expect
      .poll(async () => (await desk.account('CNY'))['frozen'], PATIENCE)
      .toBeCloseTo((before['frozen'] ?? 0) + needed, 4);

    const tooMuch = await desk.send({
      ...sound,
      vt_symbol: '600000.SSE',
      direction: 'SHORT',
      volume: 700,
      price: 11.5,
    });
    await desk.order(tooMuch, 'REJECTED');
    for (const id of [close, open]) {
      await desk.client.command('cancel_order', { vt_orderid: id });
      await desk.order(id, 'CANCELLED');
    }
    await desk.position('600000.SSE', 'LONG', { volume: 1000, frozen: 0 });
    await expect.poll(async () => (await desk.account('CNY'))['frozen'], PATIENCE).toBe(before['frozen']);
  });

  test('today and yesterday are closed apart on SHFE, and closing books the profit', async () => {
    const desk = await Desk.open({ args: ['--rate', '0'] });
    const order = { vt_symbol: 'au2706.SHFE', volume: 1 } as const;
    const opened = await desk.send({ ...order, direction: 'LONG', offset: 'OPEN', type: 'MARKET' });
    await desk.order(opened, 'ALLTRADED');
    expect(await desk.position('au2706.SHFE', 'LONG', { volume: 3 })).toMatchObject({ yd_volume: 2 });

    const tooMany = await desk.send({ ...order, volume: 2, direction: 'SHORT', offset: 'CLOSETODAY', type: 'MARKET' });
    await desk.order(tooMany, 'REJECTED');
    const balance = (await desk.account('CNY'))['balance'] ?? 0;
    const today = await desk.send({ ...order, direction: 'SHORT', offset: 'CLOSETODAY', type: 'MARKET' });
    await desk.order(today, 'ALLTRADED');
    expect(await desk.position('au2706.SHFE', 'LONG', { volume: 2 })).toMatchObject({ yd_volume: 2 });
    const yesterday = await desk.send({ ...order, direction: 'SHORT', offset: 'CLOSE', type: 'MARKET' });
    await desk.order(yesterday, 'ALLTRADED');
    const position = await desk.position('au2706.SHFE', 'LONG', { volume: 1, yd_volume: 1 });

    // Average price of 2 at 780.00 and 1 as bought; both closing trades are booked against it.
    const closing = [...(await desk.trades(today, 1)), ...(await desk.trades(yesterday, 1))];
    const sold = closing.map((trade) => Number(trade['price']));
    const bought = Number((await desk.trades(opened, 1))[0]?.['price']);
    expect(position['price']).toBeCloseTo((2 * 780 + bought) / 3, 6);
    const profit = sold.reduce((sum, price) => sum + 1000 * (price - Number(position['price']) - price * 0.0001), 0);
    await expect.poll(async () => (await desk.account('CNY'))['balance'], PATIENCE).toBeCloseTo(balance + profit, 4);
  });

  test('a net position turns from long to short in fractions of a coin', async () => {
    const desk = await Desk.open({ args: ['--rate', '0'] });
    const order = { vt_symbol: 'BTCUSDT.GLOBAL', type: 'MARKET' } as const;
    const long = await desk.send({ ...order, direction: 'LONG', volume: 0.003 });
    await desk.order(long, 'ALLTRADED');
    await desk.position('BTCUSDT.GLOBAL', 'NET', { volume: 0.003 });
    const short = await desk.send({ ...order, direction: 'SHORT', volume: 0.005 });
    await desk.order(short, 'ALLTRADED');
    await desk.position('BTCUSDT.GLOBAL', 'NET', { volume: -0.002 });
    const flat = await desk.send({ ...order, direction: 'LONG', volume: 0.002 });
    await desk.order(flat, 'ALLTRADED');
    await desk.position('BTCUSDT.GLOBAL', 'NET', { volume: 0, price: 0, pnl: 0 });
    await expect.poll(async () => (await desk.account('USDT'))['frozen'], PATIENCE).toBe(0);
  });

  test('ticks follow from the seed, with five levels that do not cross', async () => {
    const walk = async (seed: string): Promise<unknown[]> => {
      const desk = await Desk.open({ args: ['--rate', '200', '--seed', seed] });
      await desk.client.command('subscribe', { vt_symbol: 'AAPL.NASDAQ' });
      await expect.poll(() => ticksOf(desk).length, PATIENCE).toBeGreaterThan(20);
      return ticksOf(desk).slice(0, 20);
    };
    const [first, second, other] = [await walk('7'), await walk('7'), await walk('8')];
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first.map((tick) => (tick as Record<string, number>)['last_price'])).size).toBeGreaterThan(3);
    for (const tick of first as Record<string, number>[]) {
      const asks = numbers(tick, ['ask_price_1', 'ask_price_2', 'ask_price_3', 'ask_price_4', 'ask_price_5']);
      const bids = numbers(tick, ['bid_price_5', 'bid_price_4', 'bid_price_3', 'bid_price_2', 'bid_price_1']);
      const ladder = [...bids, ...asks];
      expect(ladder).toEqual([...ladder].sort((a, b) => a - b));
      expect(new Set(ladder).size).toBe(10);
    }
  });

  test('20,000 contracts are there when the server is ready', async () => {
    const server = await startPeer({ script: 'vnpy_server', args: ['--contracts', '20000'] });
    expect(server.ready.contracts).toBe(20_000 + CONTRACTS.length);
    const client = await startPeer({ script: 'rpc_client', addresses: server.addresses });
    const code = 'len(client.get_all_contracts())';
    expect(plain(await client.command<Described>('eval', { code }))).toBe(20_000 + CONTRACTS.length);
  });

  test('bars of the past agree between queries, and there are none of an unknown symbol', async () => {
    const desk = await Desk.open({ vnpy: '4.4' });
    // Asked once: a test may run into midnight.
    const day = yesterday();
    const query = { vt_symbol: 'BTCUSDT.GLOBAL', start: `${day}T10:00:00+00:00`, end: `${day}T10:59:00+00:00` };
    const bars = await desk.client.command<Described>('query_history', query);
    expect(bars.value).toHaveLength(60);
    const list = plain(bars) as Record<string, number>[];
    expect(list[0]).toMatchObject({ datetime: `${day}T10:00:00+00:00`, interval: 'MINUTE' });
    for (const bar of list) {
      const [low, open, close, high] = numbers(bar, ['low_price', 'open_price', 'close_price', 'high_price']);
      expect(Math.min(low, open, close, high)).toBe(low);
      expect(Math.max(low, open, close, high)).toBe(high);
    }
    const hour = plain(await desk.client.command<Described>('query_history', { ...query, interval: 'HOUR' }));
    expect(hour).toMatchObject([{ open_price: list[0]?.['open_price'], close_price: list[59]?.['close_price'] }]);
  });
});

describe.each(VERSIONS)('the datafeed of vnpy %s', (vnpy) => {
  test('gives bars and ticks, and a text for what it does not have', async () => {
    const server = await startPeer({ script: 'datafeed_server', vnpy });
    const client = await startPeer({ script: 'datafeed_client', vnpy, addresses: server.addresses });
    const day = yesterday();
    const query = { vt_symbol: 'BTCUSDT.GLOBAL', start: `${day}T00:00:00+00:00` };
    const bars = await client.command('bars', { ...query, end: `${day}T23:59:00+00:00`, interval: 'HOUR' });
    expect(bars).toMatchObject({ count: 24, outputs: [] });
    const ticks = await client.command('ticks', { ...query, end: `${day}T00:00:10+00:00` });
    expect(ticks).toMatchObject({ count: 21, outputs: [] });
    const unknown = await client.command('bars', { ...query, vt_symbol: 'nosuch.SHFE' });
    expect(unknown).toMatchObject({ count: 0, outputs: ['unknown symbol nosuch.SHFE'] });
  });
});

/** The values of numeric fields; throws when one is missing. */
function numbers<const Names extends readonly string[]>(
  data: Record<string, number>,
  names: Names,
): { -readonly [Index in keyof Names]: number } {
  const values = names.map((name) => {
    const value = data[name];
    if (value === undefined) throw new Error(`no field ${name} in ${JSON.stringify(data)}`);

    return value;
  });
  return values as { -readonly [Index in keyof Names]: number };
}

/** The ticks that a desk has seen, without what depends on the clock. */
function ticksOf(desk: Desk): Record<string, unknown>[] {
  return desk.client.records
    .filter((record) => record['event'] === 'eTick.')
    .map((record) => {
      const { datetime, localtime, ...rest } = plain(record['data'] as Described) as Record<string, unknown>;
      expect([typeof datetime, typeof localtime]).toEqual(['string', 'string']);
      return rest;
    });
}

/** Yesterday's date in UTC: always in the past and within the history. */
function yesterday(): string {
  return new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
}
