import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PyDateTime, PyTimeZone, PyZoneInfo } from 'vnpy-bridge/pickle';
import {
  BarData,
  ContractData,
  Direction,
  Exchange,
  HistoryRequest,
  Interval,
  Offset,
  OptionType,
  OrderType,
  Product,
  RpcGateway,
  SendOrderError,
  Status,
  replace,
} from 'vnpy-bridge/vnpy';
import type { OrderData, TickData, TradeData } from 'vnpy-bridge/vnpy';
import { PATIENCE, startPeer } from './support/index.js';
import type { Peer } from './support/index.js';
import { PEERS, buy, connected, contractOf, joined, next } from './vnpy-support.js';

describe.each(PEERS)('RpcGateway with a server of vnpy $vnpy, $locale', ({ vnpy, locale }) => {
  let server: Peer;

  beforeAll(async () => {
    server = await startPeer({ script: 'vnpy_server', vnpy, locale, args: ['--rate', '20'], journal: true });
  });

  test('the snapshot: contracts, accounts, positions, as the classes and members of this package', async () => {
    const gateway = await connected(server.addresses);
    expect(gateway.contracts.size).toBe(server.ready.contracts);
    const option = contractOf(gateway, 'IO2703-C-4000.CFFEX');
    expect(option).toBeInstanceOf(ContractData);
    expect(option).toMatchObject({
      gateway_name: 'SIM',
      exchange: Exchange.CFFEX,
      product: Product.OPTION,
      option_type: OptionType.CALL,
      option_strike: 4000,
      pricetick: 0.2,
    });
    expect(option.option_expiry).toEqual(new PyDateTime(2027, 3, 19));
    expect(contractOf(gateway, 'BTCUSDT.GLOBAL')).toMatchObject({ min_volume: 0.001, net_position: true });
    expect([...gateway.accounts.keys()].sort()).toEqual(['SIM.CNY', 'SIM.USD', 'SIM.USDT']);
    const gold = [...gateway.positions.values()].find((position) => position.vt_symbol === 'au2706.SHFE');
    expect(gold).toMatchObject({ direction: Direction.LONG });
    expect(gold?.volume).toBeGreaterThanOrEqual(2);
    expect(gateway.stats().unknownMembers).toBe(0);
  });

  test('ticks: five levels, aware times, each once', async () => {
    const gateway = await connected(server.addresses);
    await gateway.subscribe('rb2705.SHFE');
    await gateway.subscribe('BTCUSDT.GLOBAL');
    const seen: TickData[] = [];
    for await (const tick of gateway.events('tick')) {
      seen.push(tick);
      if (seen.length >= 10 && new Set(seen.map((data) => data.vt_symbol)).size === 2) break;
    }
    for (const tick of seen) {
      expect(tick.bid_price_1).toBeLessThan(tick.ask_price_1);
      expect(tick.ask_volume_5).toBeGreaterThan(0);
      expect(Math.abs(tick.datetime.toDate().getTime() - Date.now())).toBeLessThan(60_000);
      const bitcoin = tick.vt_symbol === 'BTCUSDT.GLOBAL';
      expect(tick.datetime.tzinfo).toBeInstanceOf(bitcoin ? PyTimeZone : PyZoneInfo);
    }
    for (const [index, tick] of seen.entries()) expect(seen.indexOf(tick)).toBe(index);
    expect(new Set(seen.map((tick) => `${tick.vt_symbol} ${tick.datetime.toISOString()}`)).size).toBe(seen.length);
    expect(gateway.stats().doubles).toBeGreaterThanOrEqual(seen.length - 2);
    expect(gateway.ticks.get('rb2705.SHFE')?.last_price).toBeGreaterThan(0);
  });

  test('an order is filled: events, state, position, account; and it was executed once', async () => {
    const gateway = await connected(server.addresses);
    const told: (OrderData | TradeData)[] = [];
    gateway.on('order', (order) => told.push(order));
    gateway.on('trade', (trade) => told.push(trade));
    const contract = contractOf(gateway, 'IF2703.CFFEX');
    await gateway.subscribe(contract.vt_symbol);
    const tick =
      gateway.ticks.get(contract.vt_symbol) ??
      (await next(gateway, 'tick', (data) => data.vt_symbol === contract.vt_symbol));
    const vtOrderid = await gateway.sendOrder(
      buy(contract, contract.pricetick * Math.round((tick.ask_price_5 + 2) / contract.pricetick), { volume: 3 }),
    );
    const filled = await gateway.waitForOrder(vtOrderid, { timeout: 10_000 });
    expect(filled).toMatchObject({ status: Status.ALLTRADED, traded: 3, volume: 3, direction: Direction.LONG });
    expect(filled.type).toBe(OrderType.LIMIT);
    expect(filled.offset).toBe(Offset.OPEN);
    const position = await next(
      gateway,
      'position',
      (data) => data.vt_symbol === contract.vt_symbol && data.direction === Direction.LONG && data.volume >= 3,
    );
    expect(gateway.getPosition(position.vt_positionid)).toBeDefined();
    const trades = [...gateway.trades.values()].filter((trade) => trade.vt_orderid === vtOrderid);
    expect(trades.reduce((sum, trade) => sum + trade.volume, 0)).toBe(3);
    const mine = told.filter((data) => data.vt_orderid === vtOrderid);
    expect(mine.map((data) => ('status' in data ? `${data.status.name} ${data.traded}` : 'trade'))).toEqual(
      expect.arrayContaining(['SUBMITTING 0', 'NOTTRADED 0', 'ALLTRADED 3', 'trade']),
    );
    expect(
      new Set(
        mine.map((data) =>
          JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
        ),
      ).size,
    ).toBe(mine.length);
    const executed = server.journal().filter((line) => line['event'] === 'order' && line['id'] === vtOrderid);
    expect(executed).toMatchObject([{ vt_symbol: 'IF2703.CFFEX', volume: 3, reference: filled.reference }]);
    expect(filled.reference).toMatch(/^vb-/);
    expect(await gateway.findOrder(filled.reference)).toMatchObject({ vt_orderid: vtOrderid });
  });

  test('who connects in the middle of trading misses nothing and sees nothing twice', async () => {
    const trader = await connected(server.addresses);
    const contract = contractOf(trader, 'AAPL.NASDAQ');
    const many = async (count: number): Promise<string[]> => {
      const ids: string[] = [];
      for (let index = 0; index < count; index++)
        ids.push(await trader.sendOrder(buy(contract, 0, { type: OrderType.MARKET, offset: Offset.NONE })));

      return ids;
    };
    const trading = many(60);
    await next(trader, 'trade', () => trader.stats().delivered.trade > 10);

    const told = new Map<string, number>();
    const statuses = new Map<string, OrderData[]>();
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    gateway.on('trade', (trade) => told.set(trade.vt_tradeid, (told.get(trade.vt_tradeid) ?? 0) + 1));
    gateway.on('order', (order) => statuses.set(order.vt_orderid, [...(statuses.get(order.vt_orderid) ?? []), order]));
    await gateway.connect(server.addresses.request, server.addresses.publish);
    const ids = await trading;
    for (const id of ids) await gateway.waitForOrder(id, { timeout: 10_000 });

    // The trade comes after the order's last word, and the server itself lists it no sooner: one for each order.
    const untraded = (): string[] => {
      const traded = new Set([...gateway.trades.values()].map((trade) => trade.vt_orderid));
      return ids.filter((id) => !traded.has(id));
    };
    await expect.poll(untraded, PATIENCE).toEqual([]);
    const theirs = await gateway.client.call<TradeData[]>('get_all_trades');
    expect([...gateway.trades.keys()].sort()).toEqual(theirs.map((trade) => trade.vt_tradeid).sort());
    expect([...told.values()].every((times) => times === 1)).toBe(true);
    expect(told.size).toBe(theirs.length);
    for (const orders of statuses.values()) {
      const filled = orders.map((order) => order.traded);
      expect(filled).toEqual([...filled].sort((a, b) => a - b));
      expect(orders.filter((order) => !order.isActive()).length).toBeLessThanOrEqual(1);
    }
  });

  test('an order rests and is cancelled', async () => {
    const gateway = await connected(server.addresses);
    const contract = contractOf(gateway, 'rb2705.SHFE');
    const vtOrderid = await gateway.sendOrder(buy(contract, 3200));
    const resting = await gateway.waitForOrder(vtOrderid, {
      until: (order) => order.status === Status.NOTTRADED,
      timeout: 10_000,
    });
    expect(gateway.getAllActiveOrders()).toContain(resting);
    await gateway.cancelOrder(resting);
    expect((await gateway.waitForOrder(vtOrderid, { timeout: 10_000 })).status).toBe(Status.CANCELLED);
  });

  test.each([
    [OrderType.MARKET, 0],
    [OrderType.FAK, 3700],
    [OrderType.FOK, 3700],
  ] as const)('%s', async (type, price) => {
    const gateway = await connected(server.addresses);
    const contract = contractOf(gateway, 'rb2705.SHFE');
    const vtOrderid = await gateway.sendOrder(buy(contract, price, { type }));
    const order = await gateway.waitForOrder(vtOrderid, { timeout: 10_000 });
    expect(order).toMatchObject({ type, status: Status.ALLTRADED });
  });

  test('a fractional size arrives as it is', async () => {
    const gateway = await connected(server.addresses);
    const contract = contractOf(gateway, 'BTCUSDT.GLOBAL');
    const vtOrderid = await gateway.sendOrder(
      buy(contract, 0, { type: OrderType.MARKET, volume: 0.003, offset: Offset.NONE }),
    );
    expect(await gateway.waitForOrder(vtOrderid, { timeout: 10_000 })).toMatchObject({ traded: 0.003 });
  });

  test("what the exchange rejects ends REJECTED, and the gateway's reason is in the log", async () => {
    const gateway = await connected(server.addresses);
    await joined(gateway);
    const reason = next(gateway, 'log', (log) => log.msg.includes('rejected'));
    const vtOrderid = await gateway.sendOrder(buy(contractOf(gateway, 'rb2705.SHFE'), 3500.5));
    expect((await gateway.waitForOrder(vtOrderid, { timeout: 10_000 })).status).toBe(Status.REJECTED);
    expect((await reason).msg).toContain('wrong price step');
  });

  test.each([
    ['SIM', 'order rejected: unknown symbol nobody.SHFE'],
    ['XTP', 'XTP'],
  ])("'' from the server, with gateway %s, is a refusal with the server's words", async (gatewayName, words) => {
    const gateway = await connected(server.addresses);
    await joined(gateway);
    const request = replace(buy(contractOf(gateway, 'rb2705.SHFE'), 3500), { symbol: 'nobody' });
    const error: unknown = await gateway.sendOrder(request, gatewayName).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SendOrderError);
    expect(error).toMatchObject({ outcome: 'refused' });
    expect((error as SendOrderError).logs.join('\n')).toContain(words);
  });

  test('history', async () => {
    const gateway = await connected(server.addresses);
    const bars = await gateway.queryHistory(
      new HistoryRequest({
        symbol: 'BTCUSDT',
        exchange: Exchange.GLOBAL,
        interval: Interval.HOUR,
        start: new Date(Date.now() - 48 * 3_600_000),
      }),
    );
    expect(bars.length).toBeGreaterThan(40);
    for (const bar of bars) {
      expect(bar).toBeInstanceOf(BarData);
      expect(bar.interval).toBe(Interval.HOUR);
      expect(bar.high_price).toBeGreaterThanOrEqual(bar.low_price);
    }
  });

  test('rewriteGatewayName', async () => {
    const gateway = await connected(server.addresses, { rewriteGatewayName: true, gatewayName: 'HERE' });
    const contract = contractOf(gateway, 'rb2705.SHFE');
    expect(contract.gateway_name).toBe('HERE');
    const vtOrderid = await gateway.sendOrder(buy(contract, 3200));
    expect(vtOrderid).toMatch(/^HERE\.\d+$/);
    const resting = await gateway.waitForOrder(vtOrderid, {
      until: (order) => order.status === Status.NOTTRADED,
      timeout: 10_000,
    });
    await gateway.cancelOrder(resting);
    expect((await gateway.waitForOrder(vtOrderid, { timeout: 10_000 })).status).toBe(Status.CANCELLED);
    expect([...gateway.accounts.keys()].sort()).toEqual(['HERE.CNY', 'HERE.USD', 'HERE.USDT']);
  });
});
