import { afterEach, describe, expect, test, vi } from 'vitest';
import { PyDateTime, PyTimeZone, PyZoneInfo } from 'vnpy-bridge/pickle';
import {
  CancelRequest,
  ContractData,
  Direction,
  Exchange,
  HistoryRequest,
  Interval,
  LogData,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  Product,
  SimulatedEngine,
  Status,
  SubscribeRequest,
  TickData,
  TradeData,
} from 'vnpy-bridge/vnpy';
import type { Event, OrderRequestInit, SimulatedEngineOptions, TickDataInit, PositionData } from 'vnpy-bridge/vnpy';

const NOON = Date.UTC(2026, 4, 6, 4, 0, 0);

function engineWith(options: SimulatedEngineOptions = {}): { engine: SimulatedEngine; events: Event[] } {
  const engine = new SimulatedEngine({ seed: 7, clock: () => NOON, session: 't', ...options });
  const events: Event[] = [];
  engine.on('event', (event) => events.push(event));
  return { engine, events };
}

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

function order(changes: Partial<OrderRequestInit> = {}): OrderRequest {
  return new OrderRequest({
    ...RB,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    type: OrderType.LIMIT,
    price: 3500,
    volume: 1,
    ...changes,
  });
}

/** A tick with a book of one level a side. */
function tick(changes: Partial<TickDataInit> = {}): TickData {
  return new TickData({
    ...RB,
    gateway_name: 'SIM',
    datetime: new Date(NOON),
    last_price: 3500,
    bid_price_1: 3499,
    bid_volume_1: 5,
    ask_price_1: 3501,
    ask_volume_1: 5,
    ...changes,
  });
}

const of = <T>(events: readonly Event[], type: abstract new (...args: never[]) => T): T[] =>
  events.map((event) => event.data).filter((data): data is T => data instanceof type);

const logs = (events: readonly Event[]): string[] =>
  of(events, LogData).map((log) => log.msg.replace('SIM.t_', 'SIM.'));

/** The statuses and fills of an order, in the order in which they were told. */
const story = (events: readonly Event[]): string[] =>
  of(events, OrderData).map((data) => `${data.status.name} ${data.traded}`);

describe('the market', () => {
  test('is the same for the same seed, and another for another', () => {
    const run = (seed: number): number[] => {
      const { engine, events } = engineWith({ seed });
      engine.subscribe(new SubscribeRequest(RB));
      for (let step = 0; step < 50; step++) engine.step();
      return of(events, TickData).map((data) => data.last_price);
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(new Set(run(1)).size).toBeGreaterThan(3);
  });

  test('sends a tick with five levels at once and at each step, only of what is subscribed', () => {
    const { engine, events } = engineWith();
    engine.subscribe(new SubscribeRequest(RB));
    engine.step();
    const ticks = of(events, TickData);
    expect(ticks.map((data) => data.vt_symbol)).toEqual(['rb2705.SHFE', 'rb2705.SHFE']);
    for (const data of ticks) {
      expect(data.bid_price_1).toBeLessThan(data.ask_price_1);
      expect(data.bid_price_5).toBe(data.bid_price_1 - 4);
      expect(data.ask_volume_5).toBeGreaterThan(0);
    }
    expect(ticks[0]?.datetime.toDate().getTime()).toBe(NOON);
    expect(ticks[0]?.datetime.tzinfo).toEqual(new PyZoneInfo('Asia/Shanghai'));
  });

  test('a symbol that is subscribed again gets no tick of its own', () => {
    const { engine, events } = engineWith();
    engine.subscribe(new SubscribeRequest(RB));
    engine.subscribe(new SubscribeRequest(RB));
    expect(of(events, TickData)).toHaveLength(1);
  });

  test.each([1e-9, 1e-18, 0.1])('is exact in steps of %s', (unit) => {
    const symbol = { symbol: 'PEPE', exchange: Exchange.GLOBAL };
    const contract = new ContractData({
      ...symbol,
      gateway_name: 'SIM',
      name: 'PEPE',
      product: Product.SPOT,
      size: 1,
      pricetick: unit,
      min_volume: unit,
      net_position: true,
    });
    const { engine, events } = engineWith({ contracts: [contract] });
    const given = {
      bid_price_1: 0,
      bid_volume_1: 0,
      ask_price_1: Number(`${5 * unit}`),
      ask_volume_1: Number(`${7 * unit}`),
    };
    engine.giveTick(tick({ ...symbol, ...given, last_price: 5 * unit }));
    const wanted = Number((3 * unit).toPrecision(15));
    engine.sendOrder(order({ ...symbol, offset: Offset.NONE, price: 5 * unit, volume: wanted }));
    const [trade] = of(events, TradeData);
    expect(trade).toMatchObject({ price: 5 * unit, volume: wanted });
    expect(of(events, OrderData).at(-1)).toMatchObject({ traded: wanted, status: Status.ALLTRADED });
  });

  test('stays within the limits of the day', () => {
    const { engine, events } = engineWith({ startPrices: { 'rb2705.SHFE': 100 } });
    engine.subscribe(new SubscribeRequest(RB));
    for (let step = 0; step < 3000; step++) engine.step();
    for (const data of of(events, TickData)) {
      expect(data.ask_price_5).toBeLessThanOrEqual(110);
      expect(data.bid_price_5).toBeGreaterThanOrEqual(90);
    }
  });
});

describe('orders', () => {
  test('a limit order beyond the book is filled level by level', () => {
    const { engine, events } = engineWith();
    engine.giveTick(tick({ ask_price_2: 3502, ask_volume_2: 2 }));
    const vtOrderid = engine.sendOrder(order({ price: 3502, volume: 6 }));
    expect(story(events)).toEqual(['SUBMITTING 0', 'NOTTRADED 0', 'PARTTRADED 5', 'ALLTRADED 6']);
    expect(of(events, TradeData).map(({ price, volume, vt_orderid }) => [price, volume, vt_orderid])).toEqual([
      [3501, 5, vtOrderid],
      [3502, 1, vtOrderid],
    ]);
    expect(engine.getAllActiveOrders()).toEqual([]);
  });

  test('ids of orders and fills are of one run only, and a clock makes them those of each', () => {
    const ids = (options: SimulatedEngineOptions): string[] => {
      const engine = new SimulatedEngine(options);
      const told: string[] = [];
      engine.on('event', ({ data }) => {
        if (data instanceof TradeData) told.push(data.vt_orderid, data.vt_tradeid);
      });
      engine.giveTick(tick());
      engine.sendOrder(order({ price: 3501 }));
      return told;
    };
    const runs = [ids({}), ids({}), ids({ clock: () => NOON }), ids({ clock: () => NOON + 1 }), ids({ session: 'a' })];
    expect(new Set(runs.flat()).size).toBe(5);
    expect(runs[4]).toEqual(['SIM.a_1', 'SIM.a_1']);
    expect(ids({ clock: () => NOON })).toEqual(runs[2]);
    expect(() => new SimulatedEngine({ session: 'a.b' })).toThrow(/session must be letters/);
  });

  test('a resting order is filled in part, at its own price, when the market comes to it, and can be cancelled', () => {
    const { engine, events } = engineWith();
    engine.giveTick(tick());
    const vtOrderid = engine.sendOrder(order({ price: 3500, volume: 4 }));
    engine.giveTick(tick({ ask_price_1: 3499, ask_volume_1: 3, bid_price_1: 3498 }));
    expect(engine.getOrder(vtOrderid)).toMatchObject({ status: Status.PARTTRADED, traded: 3 });
    expect(of(events, TradeData)).toMatchObject([{ price: 3500, volume: 3 }]);
    engine.cancelOrder(new CancelRequest({ ...RB, orderid: 't_1' }));
    expect(engine.getOrder(vtOrderid)).toMatchObject({ status: Status.CANCELLED, traded: 3 });
    expect(engine.getPosition(`SIM.rb2705.SHFE.${Direction.LONG.value}`)).toMatchObject({ volume: 3, price: 3500 });
  });

  test.each([
    [OrderType.MARKET, 8, ['SUBMITTING 0', 'NOTTRADED 0', 'PARTTRADED 5', 'CANCELLED 5']],
    [OrderType.FAK, 8, ['SUBMITTING 0', 'NOTTRADED 0', 'PARTTRADED 5', 'CANCELLED 5']],
    [OrderType.FOK, 8, ['SUBMITTING 0', 'NOTTRADED 0', 'CANCELLED 0']],
    [OrderType.FOK, 5, ['SUBMITTING 0', 'NOTTRADED 0', 'ALLTRADED 5']],
  ])('%s for %d of 5 offered', (type, volume, expected) => {
    const { engine, events } = engineWith();
    engine.giveTick(tick());
    engine.sendOrder(order({ type, volume, price: 3501 }));
    expect(story(events)).toEqual(expected);
    expect(engine.getAccount('SIM.SIM')?.frozen).toBe(expected.at(-1) === 'CANCELLED 0' ? 0 : 5 * 3501 * 10 * 0.1);
  });

  test.each([
    [{ price: 3500.5 }, 'price 3500.5 is no multiple of the price tick 1'],
    [{ volume: 0.5 }, 'volume must be a multiple of 1 above 0, not 0.5'],
    [{ price: 9000 }, "price 9000 is outside the day's limits, 3150 to 3850"],
    [{ offset: Offset.NONE }, 'an offset is needed: OPEN or CLOSE'],
    [{ offset: Offset.CLOSE }, 'not enough position: 0 of 1 can be closed'],
    [{ type: OrderType.RFQ }, 'order type RFQ is not supported; LIMIT, MARKET, FAK and FOK are'],
    [
      { type: OrderType.STOP },
      "order type STOP is not supported by rb2705.SHFE, whose stop_supported is false; a stop order of the strategy's own program works",
    ],
    [{ direction: Direction.NET }, 'an order is LONG or SHORT'],
    [{ volume: 300 }, 'not enough money: 1050000 needed, 1000000 available'],
  ])('%o is rejected with a reason in the log', (changes, reason) => {
    const { engine, events } = engineWith();
    engine.sendOrder(order(changes));
    expect(story(events)).toEqual(['SUBMITTING 0', 'REJECTED 0']);
    expect(logs(events)).toEqual([`order SIM.1 rejected: ${reason}`]);
    expect(engine.getAccount('SIM.SIM')?.frozen).toBe(0);
  });

  test('a volume above the maximum is rejected', () => {
    const { engine, events } = engineWith();
    engine.sendOrder(order({ symbol: 'IF2703', exchange: Exchange.CFFEX, price: 4000, volume: 21 }));
    expect(logs(events)).toEqual([
      'order SIM.1 rejected: volume 21 is above the maximum 20 of one order: send several',
    ]);
  });

  test('an unknown symbol or gateway gives no id, and the log says why', () => {
    const { engine, events } = engineWith();
    expect(engine.sendOrder(order({ symbol: 'xx' }))).toBe('');
    // As vnpy's RpcGateway sends one that it does not know.
    expect(engine.sendOrder(order({ symbol: 'xx' }), '')).toBe('');
    expect(engine.sendOrder(order(), 'CTP')).toBe('');
    expect(logs(events)).toEqual([
      'send_order rejected: unknown symbol xx.SHFE; there are rb2705.SHFE, IF2703.CFFEX, 600000.SSE',
      'send_order rejected: unknown symbol xx.SHFE; there are rb2705.SHFE, IF2703.CFFEX, 600000.SSE',
      'send_order rejected: unknown gateway "CTP"; this one is "SIM"',
    ]);
  });
});

describe('listeners that act', () => {
  /** The story of all orders and trades, with the order's number. */
  const chronicle = (event: Event): string[] => {
    const { data } = event;
    if (data instanceof OrderData) return [`${data.orderid.slice(2)} ${data.status.name} ${data.traded}`];
    return data instanceof TradeData ? [`${data.orderid.slice(2)} trade of ${data.volume}`] : [];
  };

  const cancel = (engine: SimulatedEngine, orderid: string): void => {
    engine.cancelOrder(new CancelRequest({ ...RB, orderid: `t_${orderid}` }));
  };

  /** Does something once, when an event with this line in the chronicle is told. */
  function once(engine: SimulatedEngine, line: string, act: () => void): void {
    const off = engine.on('event', (event) => {
      if (!chronicle(event).includes(line)) return;
      off();
      act();
    });
  }

  /** Everything that each of two listeners hears: one that is there before those that act, and one after. */
  function engineWithActors(act: (engine: SimulatedEngine) => void): { engine: SimulatedEngine; heard: string[][] } {
    const { engine } = engineWith();
    const heard: string[][] = [[], []];
    engine.giveTick(tick());
    engine.on('event', (event) => heard[0]?.push(...chronicle(event)));
    act(engine);
    engine.on('event', (event) => heard[1]?.push(...chronicle(event)));
    return { engine, heard };
  }

  test('one cancels the other: the second order is not filled by the same tick', () => {
    const { engine, heard } = engineWithActors((one) => {
      once(one, '1 trade of 1', () => {
        cancel(one, '2');
      });
    });
    engine.sendOrder(order({ price: 3490 }));
    engine.sendOrder(order({ price: 3489 }));
    engine.giveTick(tick({ ask_price_1: 3480, bid_price_1: 3479 }));
    const expected = [
      ...['1 SUBMITTING 0', '1 NOTTRADED 0', '2 SUBMITTING 0', '2 NOTTRADED 0'],
      ...['1 ALLTRADED 1', '1 trade of 1', '2 CANCELLED 0'],
    ];
    expect(heard).toEqual([expected, expected]);
    expect(engine.getPosition(`SIM.rb2705.SHFE.${Direction.LONG.value}`)).toMatchObject({ volume: 1 });
    expect(engine.getAccount('SIM.SIM')?.frozen).toBe(3490 * 10 * 0.1);
    expect(engine.getAllActiveOrders()).toEqual([]);
  });

  test.each([OrderType.LIMIT, OrderType.FAK, OrderType.MARKET])(
    '%s cancelled at its first fill gets no more',
    (type) => {
      const { engine, heard } = engineWithActors((one) => {
        once(one, '1 PARTTRADED 5', () => {
          cancel(one, '1');
        });
      });
      engine.giveTick(tick({ ask_price_2: 3502, ask_volume_2: 2 }));
      engine.sendOrder(order({ type, price: 3502, volume: 6 }));
      const expected = ['1 SUBMITTING 0', '1 NOTTRADED 0', '1 PARTTRADED 5', '1 trade of 5', '1 CANCELLED 5'];
      expect(heard).toEqual([expected, expected]);
      expect(engine.getAccount('SIM.SIM')?.frozen).toBe(5 * 3501 * 10 * 0.1);
      engine.giveTick(tick());
      expect(engine.getAllTrades()).toHaveLength(1);
    },
  );

  test('an order that is cancelled before it meets the market gets nothing', () => {
    for (const type of [OrderType.LIMIT, OrderType.MARKET, OrderType.FOK]) {
      const { engine, heard } = engineWithActors((one) => {
        once(one, '1 NOTTRADED 0', () => {
          cancel(one, '1');
        });
      });
      engine.sendOrder(order({ type, price: 3501 }));
      expect(heard[0]).toEqual(['1 SUBMITTING 0', '1 NOTTRADED 0', '1 CANCELLED 0']);
      expect(engine.getAccount('SIM.SIM')?.frozen).toBe(0);
    }
  });

  test('an order that is filled cannot be cancelled while that is told', () => {
    const { engine, heard } = engineWithActors((one) => {
      once(one, '1 ALLTRADED 1', () => {
        cancel(one, '1');
      });
    });
    const told: Event[] = [];
    engine.on('event', (event) => told.push(event));
    engine.sendOrder(order({ price: 3501 }));
    expect(heard[0]).toEqual(['1 SUBMITTING 0', '1 NOTTRADED 0', '1 ALLTRADED 1', '1 trade of 1']);
    expect(logs(told)).toEqual(['cancel rejected: order SIM.1 is ALLTRADED already']);
  });

  test('FOK is filled whole whatever a listener does', () => {
    const { engine, heard } = engineWithActors((one) => {
      once(one, '1 PARTTRADED 5', () => {
        cancel(one, '1');
      });
    });
    engine.giveTick(tick({ ask_price_2: 3502, ask_volume_2: 2 }));
    engine.sendOrder(order({ type: OrderType.FOK, price: 3502, volume: 6 }));
    expect(heard[1]).toEqual([
      ...['1 SUBMITTING 0', '1 NOTTRADED 0', '1 PARTTRADED 5', '1 trade of 5', '1 ALLTRADED 6', '1 trade of 1'],
    ]);
  });

  test('an order that is sent from a listener is told when it has been sent, and after what it follows from', () => {
    const { engine, heard } = engineWithActors((one) => {
      once(one, '1 ALLTRADED 1', () => {
        one.sendOrder(order({ direction: Direction.SHORT, offset: Offset.CLOSE, price: 3499 }));
        expect(heard[1]?.at(-1)).toBe('2 trade of 1');
      });
    });
    engine.sendOrder(order({ price: 3501 }));
    const expected = [
      ...['1 SUBMITTING 0', '1 NOTTRADED 0', '1 ALLTRADED 1', '1 trade of 1'],
      ...['2 SUBMITTING 0', '2 NOTTRADED 0', '2 ALLTRADED 1', '2 trade of 1'],
    ];
    expect(heard).toEqual([expected, expected]);
    expect(engine.getPosition(`SIM.rb2705.SHFE.${Direction.LONG.value}`)).toMatchObject({ volume: 0 });
  });

  test('a tick that is given from a listener fills what is left, once, and stays the latest', () => {
    const { engine, heard } = engineWithActors((one) => {
      once(one, '1 trade of 3', () => {
        one.giveTick(tick({ ask_price_1: 3489, ask_volume_1: 2, last_price: 3488 }));
      });
    });
    const ticks: number[] = [];
    engine.sendOrder(order({ price: 3490, volume: 6 }));
    engine.sendOrder(order({ price: 3490, volume: 6 }));
    engine.on('event', ({ data }) => {
      if (data instanceof TickData) ticks.push(data.last_price);
    });
    engine.giveTick(tick({ ask_price_1: 3489, ask_volume_1: 3, last_price: 3489 }));
    expect(heard[1]?.slice(4)).toEqual(['1 PARTTRADED 3', '1 trade of 3', '1 PARTTRADED 5', '1 trade of 2']);
    expect(ticks).toEqual([3488]);
    expect(engine.getTick('rb2705.SHFE')?.last_price).toBe(3488);
  });

  test('a tick that is given while an order meets the market is the market that it meets', () => {
    const { engine, heard } = engineWithActors((one) => {
      once(one, '1 PARTTRADED 5', () => {
        one.giveTick(tick({ ask_price_1: 3400, ask_volume_1: 2 }));
      });
    });
    engine.sendOrder(order({ type: OrderType.FAK, price: 3501, volume: 8 }));
    expect(heard[1]).toEqual([
      ...['1 SUBMITTING 0', '1 NOTTRADED 0', '1 PARTTRADED 5', '1 trade of 5', '1 PARTTRADED 7', '1 trade of 2'],
      '1 CANCELLED 7',
    ]);
    expect(engine.getAllTrades().map(({ price }) => price)).toEqual([3501, 3400]);
  });

  test('one that takes another away is obeyed at once', () => {
    const { engine } = engineWith();
    const heard: Event[] = [];
    engine.on('event', () => {
      off();
    });
    const off = engine.on('event', (event) => heard.push(event));
    engine.subscribe(new SubscribeRequest(RB));
    expect(heard).toEqual([]);
  });
});

describe('positions and money', () => {
  test('opening and closing a future: margin, profit, average price', () => {
    const { engine } = engineWith();
    const position = (direction: Direction): PositionData | undefined =>
      engine.getPosition(`SIM.rb2705.SHFE.${direction.value}`);
    engine.giveTick(tick());
    engine.sendOrder(order({ price: 3501, volume: 2 }));
    engine.giveTick(tick({ bid_price_1: 3511, ask_price_1: 3513, last_price: 3512 }));
    engine.sendOrder(order({ price: 3513, volume: 2 }));
    expect(position(Direction.LONG)).toMatchObject({ volume: 4, price: 3507, pnl: (3512 - 3507) * 4 * 10 });
    engine.sendOrder(order({ direction: Direction.SHORT, offset: Offset.CLOSE, price: 3511, volume: 3 }));
    expect(position(Direction.LONG)).toMatchObject({ volume: 1, price: 3507, frozen: 0 });
    expect(engine.getAccount('SIM.SIM')).toMatchObject({
      balance: 1_000_000 + (3511 - 3507) * 3 * 10,
      frozen: 3507 * 10 * 0.1,
    });
  });

  test('what a closing order may close is frozen until it ends', () => {
    const { engine, events } = engineWith();
    engine.giveTick(tick());
    engine.sendOrder(order({ price: 3501, volume: 2 }));
    const close = { direction: Direction.SHORT, offset: Offset.CLOSE, price: 3600, volume: 2 };
    engine.sendOrder(order(close));
    expect(engine.getPosition(`SIM.rb2705.SHFE.${Direction.LONG.value}`)).toMatchObject({ volume: 2, frozen: 2 });
    engine.sendOrder(order(close));
    expect(logs(events)).toEqual([
      'order SIM.3 rejected: not enough position: 0 of 2 can be closed, working orders have frozen 2',
    ]);
    engine.cancelOrder(new CancelRequest({ ...RB, orderid: 't_2' }));
    expect(engine.getPosition(`SIM.rb2705.SHFE.${Direction.LONG.value}`)).toMatchObject({ volume: 2, frozen: 0 });
  });

  test('a stock is paid for, and only what is held can be sold', () => {
    const share = { symbol: '600000', exchange: Exchange.SSE };
    const stock = { ...share, offset: Offset.NONE };
    const { engine, events } = engineWith();
    engine.giveTick(tick({ ...share, last_price: 10, bid_price_1: 0, ask_price_1: 0 }));
    engine.sendOrder(order({ ...stock, price: 10, volume: 300 }));
    expect(engine.getAccount('SIM.SIM')).toMatchObject({ balance: 997_000, frozen: 0 });
    engine.sendOrder(order({ ...stock, direction: Direction.SHORT, price: 10, volume: 400 }));
    expect(logs(events)).toEqual(['order SIM.2 rejected: not enough position: 300 of 400 can be closed']);
    engine.sendOrder(order({ ...stock, direction: Direction.SHORT, price: 10, volume: 300 }));
    expect(engine.getAccount('SIM.SIM')).toMatchObject({ balance: 1_000_000, frozen: 0 });
  });

  test('a net position turns round', () => {
    const perpetual = { symbol: 'P', exchange: Exchange.GLOBAL };
    const { engine } = engineWith({
      contracts: [
        new ContractData({
          ...perpetual,
          gateway_name: 'SIM',
          name: 'P',
          product: Product.SWAP,
          size: 1,
          pricetick: 0.5,
          min_volume: 0.01,
          net_position: true,
        }),
      ],
    });
    const at = (price: number, direction: Direction, volume: number): void => {
      engine.giveTick(tick({ ...perpetual, last_price: price, bid_price_1: 0, ask_price_1: 0 }));
      engine.sendOrder(order({ ...perpetual, direction, volume, price, offset: Offset.NONE }));
    };
    const position = (): PositionData | undefined => engine.getPosition(`SIM.P.GLOBAL.${Direction.NET.value}`);
    at(100, Direction.LONG, 0.3);
    expect(position()).toMatchObject({ volume: 0.3, price: 100 });
    at(110, Direction.SHORT, 0.5);
    expect(position()).toMatchObject({ volume: -0.2, price: 110 });
    expect(engine.getAccount('SIM.SIM')?.balance).toBe(1_000_003);
    at(105, Direction.LONG, 0.2);
    expect(position()).toMatchObject({ volume: 0, price: 0, pnl: 0 });
    expect(engine.getAccount('SIM.SIM')).toMatchObject({ balance: 1_000_004, frozen: 0 });
  });
});

describe('history', () => {
  const request = (changes: object = {}): HistoryRequest =>
    new HistoryRequest({
      ...RB,
      start: new Date(NOON - 3 * 3_600_000),
      end: new Date(NOON),
      interval: Interval.MINUTE,
      ...changes,
    });

  test('the same bars whatever part is asked for; each opens where the one before closed', () => {
    const { engine } = engineWith();
    const bars = engine.queryHistory(request());
    expect(bars).toHaveLength(181);
    expect(engine.queryHistory(request({ start: new Date(NOON - 3_600_000) }))).toEqual(bars.slice(-61));
    for (const [index, bar] of bars.entries()) {
      if (index > 0) expect(bar.open_price).toBe(bars[index - 1]?.close_price);
      expect(bar.high_price).toBeGreaterThanOrEqual(Math.max(bar.open_price, bar.close_price));
      expect(bar.low_price).toBeLessThanOrEqual(Math.min(bar.open_price, bar.close_price));
    }
  });

  test("a naive start is in the engine's zone", () => {
    const { engine } = engineWith({ zone: PyTimeZone.ofMinutes(480) });
    const bars = engine.queryHistory(request({ start: new PyDateTime(2026, 5, 6, 12, 0) }));
    expect(bars.map((bar) => bar.datetime.toDate().getTime())).toEqual([NOON]);
  });

  test('what cannot be given is logged', () => {
    const { engine, events } = engineWith();
    expect(engine.queryHistory(request({ interval: Interval.TICK }))).toEqual([]);
    expect(engine.queryHistory(request({ start: new Date(0) }))).toEqual([]);
    expect(logs(events)).toEqual([
      'query_history failed: no bars of interval TICK; there are MINUTE, HOUR, DAILY and WEEKLY',
      expect.stringMatching(/^query_history failed: more than 100000 bars, .* are not given at once/) as string,
    ]);
  });

  test('given bars', () => {
    const { engine } = engineWith({ history: () => [] });
    expect(engine.queryHistory(request())).toEqual([]);
  });
});

describe('time', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('start lets it pass by itself until stop', () => {
    vi.useFakeTimers();
    const { engine, events } = engineWith();
    engine.subscribe(new SubscribeRequest(RB));
    engine.start(10);
    vi.advanceTimersByTime(1000);
    engine.stop();
    vi.advanceTimersByTime(1000);
    expect(of(events, TickData)).toHaveLength(11);
  });

  test.each([0, -1, NaN, Infinity, 1001, 1e-9, 'a', null])('start refuses %o ticks a second', (rate) => {
    vi.useFakeTimers();
    const { engine } = engineWith();
    engine.start(10);
    // As a program without types gives it.
    expect(() => {
      engine.start(rate as number);
    }).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: `rate must be a number of ticks a second, more than 0 and at most 1000, not ${rate}`,
      }),
    );
    expect(vi.getTimerCount()).toBe(1);
    engine.stop();
  });

  test('a listener that throws is reported and stops nothing', () => {
    const { engine, events } = engineWith();
    const problems: unknown[] = [];
    engine.on('error', (cause) => problems.push(cause));
    const off = engine.on('event', () => {
      throw new Error('mine');
    });
    engine.subscribe(new SubscribeRequest(RB));
    off();
    engine.step();
    expect(events).toHaveLength(2);
    expect(problems).toEqual([new Error('mine')]);
  });

  test('refuses options that are none', () => {
    const make = (options: object) => (): unknown => new SimulatedEngine(options);
    expect(make({ sed: 7 })).toThrow(/of SimulatedEngine: there is no option "sed"; did you mean "seed"\?/);
    expect(make({ gatewayName: 5 })).toThrow(/gatewayName must be a text, not 5/);
    expect(make({ clock: 0 })).toThrow(/clock must be a function, not 0/);
  });
});
