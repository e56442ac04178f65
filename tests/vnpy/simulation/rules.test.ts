import { describe, expect, test } from 'vitest';
import {
  Direction,
  Offset,
  OffsetConverter,
  OrderRequest,
  OrderType,
  SimulatedEngine,
  Status,
  replace,
} from 'vnpy-bridge/vnpy';
import type { SimulatedEngineOptions } from 'vnpy-bridge/vnpy';
import { standardContracts } from '../../../src/vnpy/simulation/contracts.js';
import { beijing, Desk, IF, RB } from './desk.js';

/** Two lots of yesterday and three of today. */
function fiveLots(options: SimulatedEngineOptions = {}): Desk {
  const desk = new Desk('2026-05-07T10:00', { closeByDay: true, ...options });
  desk.market(3500);
  desk.send({ volume: 2 });
  desk.at('2026-05-08T10:00');
  desk.market(3500);
  desk.send({ volume: 3 });
  return desk;
}

describe('positions of today and of before', () => {
  test('a position is of before when the next trading day begins, which is told', () => {
    const desk = new Desk('2026-05-07T10:00', { closeByDay: true });
    desk.market(3500);
    desk.send({ volume: 2 });
    expect(desk.long()).toMatchObject({ volume: 2, yd_volume: 0 });
    desk.at('2026-05-07T20:29');
    expect(desk.long()).toMatchObject({ volume: 2, yd_volume: 0 });
    desk.at('2026-05-07T20:30');
    expect(desk.long()).toMatchObject({ volume: 2, yd_volume: 2 });
  });

  test('the day is settled when the next one begins: its profit goes into the balance, and positions have that price', () => {
    const desk = new Desk('2026-05-07T10:00', { closeByDay: true });
    desk.market(3500);
    desk.send({ volume: 2 });
    desk.market(3600);
    expect(desk.long()).toMatchObject({ price: 3501, pnl: 2 * 99 * 10 });
    expect(desk.engine.getAccount('SIM.SIM')).toMatchObject({ balance: 1_000_000, frozen: 2 * 3501 });
    desk.now = beijing('2026-05-07T20:30');
    desk.send({ price: 3400 });
    expect(desk.engine.getAccount('SIM.SIM')).toMatchObject({
      balance: 1_000_000 + 2 * 99 * 10,
      frozen: 2 * 3600 + 3400,
    });
    expect(desk.long()).toMatchObject({ price: 3600, pnl: 0, yd_volume: 2 });
    // What is gained in all is the same whenever it is settled.
    desk.market(3700);
    desk.close(Offset.CLOSE, 2);
    expect(desk.engine.getAccount('SIM.SIM')?.balance).toBe(1_000_000 + 2 * (3699 - 3501) * 10);
  });

  test('SHFE wants to be told which of them is closed', () => {
    const desk = fiveLots();
    expect(desk.long()).toMatchObject({ volume: 5, yd_volume: 2 });
    desk.close(Offset.CLOSETODAY, 4);
    desk.close(Offset.CLOSEYESTERDAY, 3);
    desk.close(Offset.CLOSE, 3);
    expect(desk.logs.map((log) => log.replace(/^.*rejected: /, ''))).toEqual([
      'not enough position of today: 3 of 4 can be closed',
      'not enough position of before today: 2 of 3 can be closed',
      'not enough position of before today (at SHFE CLOSETODAY closes what was opened today): 2 of 3 can be closed',
    ]);
    desk.close(Offset.CLOSEYESTERDAY, 1);
    expect(desk.long()).toMatchObject({ volume: 4, yd_volume: 1 });
    desk.close(Offset.CLOSETODAY, 3);
    expect(desk.long()).toMatchObject({ volume: 1, yd_volume: 1 });
    desk.close(Offset.CLOSE, 1);
    expect(desk.long()).toMatchObject({ volume: 0, yd_volume: 0 });
  });

  test('what an order may close is frozen by day, and free again when it ends', () => {
    const desk = fiveLots();
    const resting = { type: OrderType.LIMIT, price: 3600 };
    const order = desk.order(desk.close(Offset.CLOSETODAY, 2, resting));
    expect(desk.long()).toMatchObject({ volume: 5, yd_volume: 2, frozen: 2 });
    expect(desk.order(desk.close(Offset.CLOSETODAY, 2))?.status).toBe(Status.REJECTED);
    expect(desk.order(desk.close(Offset.CLOSEYESTERDAY, 2))?.status).toBe(Status.ALLTRADED);
    if (order !== undefined) desk.engine.cancelOrder(order.createCancelRequest());
    expect(desk.order(desk.close(Offset.CLOSETODAY, 3))?.status).toBe(Status.ALLTRADED);
    expect(desk.long()).toMatchObject({ volume: 0, frozen: 0 });
  });

  test('a resting close ends with the day, and its position is then of before', () => {
    const desk = fiveLots();
    const order = desk.close(Offset.CLOSETODAY, 3, { type: OrderType.LIMIT, price: 3600 });
    desk.at('2026-05-11T10:00');
    expect(desk.order(order)?.status).toBe(Status.CANCELLED);
    expect(desk.long()).toMatchObject({ volume: 5, yd_volume: 5, frozen: 0 });
  });

  test('elsewhere CLOSE closes both, that of today first, as vnpy reckons', () => {
    const desk = new Desk('2026-05-07T10:00', { closeByDay: true, balance: 1e8 });
    const cffex = { ...IF, type: OrderType.MARKET, price: 0 };
    desk.send({ ...cffex, volume: 2 });
    desk.at('2026-05-08T10:00');
    desk.send({ ...cffex, volume: 3 });
    desk.market(4000, 2, IF);
    const order = desk.close(Offset.CLOSE, 4, { ...IF, type: OrderType.LIMIT, price: 3999 });
    expect(desk.order(order)?.traded).toBe(2);
    expect(desk.long('IF2703.CFFEX')).toMatchObject({ volume: 3, yd_volume: 2 });
    desk.market(4000, 2, IF);
    expect(desk.long('IF2703.CFFEX')).toMatchObject({ volume: 1, yd_volume: 1 });
  });

  test('the orders that OffsetConverter makes of one CLOSE are all taken', () => {
    const desk = fiveLots();
    using converter = new OffsetConverter(desk.engine);
    const close = new OrderRequest({
      ...{ ...RB, direction: Direction.SHORT, offset: Offset.CLOSE, type: OrderType.LIMIT, price: 3499, volume: 5 },
    });
    const requests = converter.convertOrderRequest(close);
    expect(requests.map(({ offset, volume }) => [offset.name, volume])).toEqual([
      ['CLOSETODAY', 3],
      ['CLOSEYESTERDAY', 2],
    ]);
    for (const request of requests) expect(desk.order(desk.engine.sendOrder(request))?.status).toBe(Status.ALLTRADED);
    expect(desk.long()).toMatchObject({ volume: 0, yd_volume: 0 });
  });

  test('are one without the option', () => {
    const desk = fiveLots({ closeByDay: false });
    expect(desk.long()).toMatchObject({ volume: 5, yd_volume: 0 });
    expect(desk.order(desk.close(Offset.CLOSE, 5))?.status).toBe(Status.ALLTRADED);
  });
});

describe('fees', () => {
  const balance = (desk: Desk): number | undefined => desk.engine.getAccount('SIM.SIM')?.balance;

  test('are taken for each fill, of the volume and of the turnover', () => {
    const desk = new Desk('2026-05-07T10:00', { fees: { 'rb.SHFE': { perVolume: 1.5, ofTurnover: 0.0001 } } });
    desk.market(3500);
    desk.send({ volume: 2 });
    // 3501 × 10 × 2 is the turnover.
    expect(balance(desk)).toBe(1_000_000 - 2 * 1.5 - 3501 * 10 * 2 * 0.0001);
  });

  test('of a contract go before those of its product, and options have their own', () => {
    const desk = new Desk('2027-01-06T10:00', {
      optionChains: true,
      fees: { 'rb.SHFE': { perVolume: 7 }, 'rb2705.SHFE': { perVolume: 2 }, 'rb_o.SHFE': { perVolume: 1 } },
    });
    desk.market(3500);
    desk.send();
    expect(balance(desk)).toBe(1_000_000 - 2);
    desk.send({ symbol: 'rb2705C3500', type: OrderType.MARKET, price: 0 });
    const price = desk.engine.getAllTrades().at(-1)?.price ?? NaN;
    expect(balance(desk)).toBe(1_000_000 - 2 - price * 10 - 1);
  });

  test('belong to the money that an order needs', () => {
    const options = { balance: 3501, fees: { 'rb.SHFE': { perVolume: 1 } } };
    const desk = new Desk('2026-05-07T10:00', options);
    desk.market(3500);
    expect(desk.order(desk.send())?.status).toBe(Status.REJECTED);
    expect(desk.logs[0]).toMatch(/not enough money: 3502 needed, 3501 available/);
  });

  test.each([
    [5, /fees must be an object of fees/],
    [{ rb: {} }, /fees has "rb", which is no rb2705\.SHFE and no rb\.SHFE/],
    [{ 'rb.SHFE': 5 }, /fees of rb\.SHFE must be an object/],
    [{ 'rb.SHFE': { perLot: 1 } }, /fees of rb\.SHFE have no "perLot"; there are perVolume and ofTurnover/],
    [{ 'rb.SHFE': { perVolume: -1 } }, /fees of rb\.SHFE: perVolume must be a finite number of 0 or more, not -1/],
  ])('%o is refused', (fees, message) => {
    expect(() => new SimulatedEngine({ fees: fees as never })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('an order that is larger than the market', () => {
  test('is filled over several ticks, by their volume', () => {
    const desk = new Desk('2026-05-07T10:00');
    desk.market(3500, 4);
    const order = desk.send({ volume: 10 });
    expect(desk.order(order)).toMatchObject({ status: Status.PARTTRADED, traded: 4 });
    desk.market(3502, 4);
    expect(desk.order(order)).toMatchObject({ traded: 4 });
    desk.market(3500, 4);
    expect(desk.order(order)).toMatchObject({ traded: 8 });
    desk.market(3500, 4);
    expect(desk.order(order)).toMatchObject({ status: Status.ALLTRADED, traded: 10 });
  });
});

describe('stop orders', () => {
  const desk = (): Desk => {
    const contracts = standardContracts('SIM').map((contract) => replace(contract, { stop_supported: true }));
    return new Desk('2026-05-07T10:00', { contracts });
  };
  const buy = { type: OrderType.STOP, price: 3510 };
  const sell = { ...buy, direction: Direction.SHORT, offset: Offset.OPEN, price: 3490 };

  test('wait until the price reaches theirs, and are then orders at the market', () => {
    const one = desk();
    one.market(3500);
    const [long, short] = [one.send(buy), one.send(sell)];
    one.market(3509);
    expect([one.order(long)?.status, one.order(short)?.status]).toEqual([Status.NOTTRADED, Status.NOTTRADED]);
    one.market(3512);
    expect(one.order(long)?.status).toBe(Status.ALLTRADED);
    expect(one.engine.getAllTrades().map(({ price }) => price)).toEqual([3513]);
    one.market(3488);
    expect(one.order(short)?.status).toBe(Status.ALLTRADED);
    expect(one.engine.getAllTrades().map(({ price }) => price)).toEqual([3513, 3487]);
  });

  test('are filled at once where the price is beyond theirs already', () => {
    const one = desk();
    one.market(3510);
    expect(one.order(one.send(buy))?.status).toBe(Status.ALLTRADED);
  });

  test('go on, once the price has reached theirs, until they are filled', () => {
    const one = desk();
    one.market(3500, 2);
    const order = one.send({ ...buy, volume: 5 });
    one.market(3510, 2);
    one.market(3490, 2);
    expect(one.order(order)).toMatchObject({ status: Status.PARTTRADED, traded: 4 });
    one.market(3600, 2);
    expect(one.order(order)?.status).toBe(Status.ALLTRADED);
    expect(one.engine.getAllTrades().map(({ price }) => price)).toEqual([3511, 3491, 3601]);
  });

  test('are cancelled as others', () => {
    const one = desk();
    one.market(3500);
    const order = one.order(one.send(buy));
    if (order !== undefined) one.engine.cancelOrder(order.createCancelRequest());
    one.market(3550);
    expect(one.order(order?.vt_orderid ?? '')).toMatchObject({ status: Status.CANCELLED, traded: 0 });
  });

  test('are refused where the contract has none', () => {
    const one = new Desk('2026-05-07T10:00');
    one.market(3500);
    expect(one.order(one.send(buy))?.status).toBe(Status.REJECTED);
    expect(one.logs[0]).toMatch(/order type STOP is not supported/);
  });
});
