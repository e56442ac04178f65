/**
 * Limits on positions and open orders, and the test of what reduces.
 */
import { describe, expect, test } from 'vitest';
import { Direction, Exchange, Offset, OrderType, Status } from 'vnpy-bridge/vnpy';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { Desk, HOUR, accountRule, contract, orderData, request, tradeData } from './support.js';
import type { Wish } from './support.js';

const AG = contract({ symbol: 'ag2706' });
const DCE = contract({ symbol: 'm2705', exchange: Exchange.DCE });
const COIN = contract({ symbol: 'BTC', exchange: Exchange.GLOBAL, net_position: true, min_volume: 0.1 });
const coin: Wish = { symbol: 'BTC', exchange: Exchange.GLOBAL, offset: Offset.NONE };
const soy: Wish = { symbol: 'm2705', exchange: Exchange.DCE };

describe('positionVolume of a principal', () => {
  const limits: Limits = { positionVolume: { perSymbol: 10 } };

  test.each([false, true])('a position from flat, under way and filled in part; a sell: %s', (sell) => {
    const desk = new Desk({ limits });
    expect(desk.would({ sell, volume: 10 })).toBe('ok');
    expect(desk.would({ sell, volume: 11 })).toBe('positionVolume');
    const orderid = desk.working({ sell, volume: 7 });
    expect(desk.would({ sell, volume: 3 })).toBe('ok');
    expect(desk.would({ sell, volume: 4 })).toBe('positionVolume');
    desk.fill(orderid, '1', { sell, volume: 4 });
    expect(desk.would({ sell, volume: 3 })).toBe('ok');
    expect(desk.would({ sell, volume: 4 })).toBe('positionVolume');
    desk.tell(orderid, Status.CANCELLED, { sell, volume: 7 }, { traded: 4 });
    expect(desk.would({ sell, volume: 6 })).toBe('ok');
    expect(desk.would({ sell, volume: 7 })).toBe('positionVolume');
  });

  test('both sides are counted alone, and a close gives room when it is filled', () => {
    const desk = new Desk({ limits });
    desk.filled({ volume: 10 });
    expect(desk.would({ sell: true, volume: 10 })).toBe('ok');
    const close = { sell: true, offset: Offset.CLOSETODAY, volume: 4 };
    const orderid = desk.working(close);
    expect(desk.would({ volume: 1 })).toBe('positionVolume');
    desk.fill(orderid, '9', close);
    desk.tell(orderid, Status.ALLTRADED, close, { traded: 4 });
    expect(desk.would({ volume: 4 })).toBe('ok');
    expect(desk.would({ volume: 5 })).toBe('positionVolume');
  });

  test('a net position counts each side at its worst', () => {
    const desk = new Desk({ limits: { positionVolume: { perSymbol: 0.3 } }, contracts: [COIN] });
    desk.filled({ ...coin, volume: 0.1 });
    expect(desk.would({ ...coin, volume: 0.2 })).toBe('ok');
    expect(desk.would({ ...coin, volume: 0.3 })).toBe('positionVolume');
    expect(desk.would({ ...coin, sell: true, volume: 0.4 })).toBe('ok');
    expect(desk.would({ ...coin, sell: true, volume: 0.5 })).toBe('positionVolume');
    desk.working({ ...coin, sell: true, volume: 0.1 });
    expect(desk.would({ ...coin, sell: true, volume: 0.4 })).toBe('positionVolume');
    expect(desk.would({ ...coin, volume: 0.2 })).toBe('ok');
  });

  test('a symbol on two gateways is two positions, unless it is one across them', () => {
    const other = contract({ gateway_name: 'CTP2' });
    const desk = new Desk({ limits, contracts: [other] });
    desk.filled({ volume: 6 }, { gatewayName: 'CTP2' });
    expect(desk.would({ volume: 10 })).toBe('ok');
    desk.limits = { positionVolume: { perSymbol: 10, across: true } };
    expect(desk.would({ volume: 4 })).toBe('ok');
    expect(desk.would({ volume: 5 })).toBe('positionVolume');
  });

  test('in all symbols together', () => {
    const desk = new Desk({ limits: { positionVolume: { total: 10 } }, contracts: [AG] });
    desk.filled({ volume: 4 });
    desk.working({ symbol: 'ag2706', volume: 3, sell: true });
    expect(desk.would({ volume: 3 })).toBe('ok');
    expect(desk.would({ volume: 4 })).toBe('positionVolume');
    expect(desk.would({ volume: 7, sell: true })).toBe('ok');
    expect(desk.would({ volume: 8, sell: true })).toBe('positionVolume');
  });

  test("others' fills do not count, but where it is of the account", () => {
    const desk = new Desk({ limits });
    desk.filled({ volume: 10 }, { principal: 'desk-2', limits: {} });
    expect(desk.would({ volume: 10 })).toBe('ok');
    desk.limits = { positionVolume: { perSymbol: 10, of: 'account' } };
    expect(desk.would({ volume: 1 })).toBe('positionVolume');
  });

  test('a baseline is where it begins', () => {
    const desk = new Desk({ limits });
    desk.book.baselinePrincipal('desk-1', [{ gatewayName: 'CTP', vtSymbol: 'rb2705.SHFE', long: 8, short: 0 }]);
    expect(desk.would({ volume: 2 })).toBe('ok');
    expect(desk.would({ volume: 3 })).toBe('positionVolume');
  });
});

describe('positionVolume of an account', () => {
  const accounts = [accountRule({ positionVolume: { perSymbol: 10 } })];
  const held = (volume: number): Desk => {
    const desk = new Desk({ accounts });
    desk.holding(desk.position(Direction.LONG, volume));
    return desk;
  };

  test('what the server tells at the start, and every order that anybody has', () => {
    const desk = held(4);
    desk.working({ volume: 2 }, { principal: 'desk-2' });
    desk.tell('foreign', Status.NOTTRADED, { volume: 3 });
    expect(desk.would({ volume: 1 })).toBe('ok');
    expect(desk.would({ volume: 2 })).toBe('positionVolume');
  });

  test('fills move it; a position that the server tells too late does not', () => {
    const desk = held(4);
    desk.fill('x', '1', { volume: 5 });
    desk.book.onPosition(desk.position(Direction.LONG, 4));
    expect(desk.would({ volume: 1 })).toBe('ok');
    expect(desk.would({ volume: 2 })).toBe('positionVolume');
  });

  test('a position that differs from its fills for 30 s is not known, until it does not or a person says so', () => {
    const desk = held(4);
    desk.book.onPosition(desk.position(Direction.LONG, 6));
    expect(desk.would({ volume: 4 })).toBe('ok');
    expect(desk.would({ volume: 5 })).toBe('positionVolume');
    desk.clock.pass(30_001);
    expect(desk.would()).toBe('state');
    desk.book.onPosition(desk.position(Direction.LONG, 4));
    expect(desk.would()).toBe('ok');
    desk.book.onPosition(desk.position(Direction.LONG, 6));
    desk.clock.pass(30_001);
    desk.book.baselineAccount('CTP');
    expect(desk.would({ volume: 4 })).toBe('ok');
    expect(desk.would({ volume: 5 })).toBe('positionVolume');
  });

  test('what a settlement changes overnight holds from the new day on', () => {
    const desk = held(4);
    desk.clock.pass(8 * HOUR);
    desk.book.onPosition(desk.position(Direction.LONG, 2, { yd_volume: 2 }));
    desk.clock.pass(60_000);
    expect(desk.would({ volume: 8 })).toBe('ok');
    expect(desk.would({ volume: 9 })).toBe('positionVolume');
  });

  test('is not known before it is listed, nor while the link is down, and is known although nothing comes', () => {
    const desk = held(4);
    desk.clock.pass(7 * HOUR);
    expect(desk.would()).toBe('ok');
    desk.book.onLink('down');
    desk.clock.pass(12_000);
    expect(desk.why()).toBe(
      'the positions are not known, because the server has been away for 12 s, so positionVolume cannot be decided',
    );
    desk.book.onLink('up');
    expect(desk.would()).toBe('ok');
    desk.clock.pass(18_001);
    expect(desk.would()).toBe('state');
    desk.snapshot({ positions: [desk.position(Direction.LONG, 4)] });
    expect(desk.would()).toBe('ok');
    desk.book = desk.newBook();
    desk.book.onContract(contract());
    expect(desk.why()).toContain('has not listed them yet');
  });

  test('a position that is no number is not known', () => {
    const desk = held(4);
    desk.book.onPosition(desk.position(Direction.LONG, NaN));
    expect(desk.would()).toBe('state');
    desk.book.onPosition(desk.position(Direction.LONG, 4));
    expect(desk.would({ volume: 6 })).toBe('ok');
    expect(desk.would({ volume: 7 })).toBe('positionVolume');
  });
});

describe('openOrders', () => {
  test('those that are under way, and those of which nothing has been heard', () => {
    const desk = new Desk({ limits: { openOrders: { total: 2, perSymbol: 2 } }, contracts: [AG] });
    const orderid = desk.working();
    const waiting = desk.reserve({ symbol: 'ag2706' });
    expect(desk.would()).toBe('openOrders');
    desk.tell(orderid, Status.REJECTED);
    expect(desk.would()).toBe('ok');
    waiting.refused();
    desk.working();
    desk.limits = { openOrders: { perSymbol: 1 } };
    expect(desk.would()).toBe('openOrders');
    expect(desk.would({ symbol: 'ag2706' })).toBe('ok');
  });

  test("others' orders count for the account, and must be known", () => {
    const desk = new Desk({ accounts: [accountRule({ openOrders: { total: 2 } })] });
    desk.tell('x', Status.SUBMITTING);
    desk.clock.pass(120_000);
    expect(desk.would()).toBe('ok');
    desk.tell('y', Status.PARTTRADED);
    expect(desk.would()).toBe('openOrders');
    desk.book.onLink('down');
    expect(desk.would()).toBe('state');
  });
});

describe('selfTrade', () => {
  const limits: Limits = { selfTrade: 'refuse' };

  test.each([
    [3499, 'ok'],
    [3500, 'selfTrade'],
    [3501, 'selfTrade'],
  ])("a buy at %d against another's sell at 3500: %s", (price, says) => {
    const desk = new Desk({ limits });
    const orderid = desk.working({ sell: true }, { principal: 'desk-2', limits: {} });
    expect(desk.would({ price })).toBe(says);
    if (says !== 'ok') {
      expect(desk.why({ price })).toBe(`would trade with your account's own sell order CTP.${orderid} at 3500`);
      expect(desk.why({ price })).not.toContain('desk-2');
    }
    expect(desk.would({ price, sell: true })).toBe('ok');
  });

  test('a sell against a buy, whoever sent it and although it is not answered', () => {
    const desk = new Desk({ limits });
    desk.reserve({ price: 3500 });
    expect(desk.would({ sell: true, price: 3501 })).toBe('ok');
    expect(desk.would({ sell: true, price: 3500 })).toBe('selfTrade');
    const other = new Desk({ limits });
    other.tell('foreign', Status.NOTTRADED, { price: 3500 });
    expect(other.would({ sell: true, price: 3500, offset: Offset.CLOSE })).toBe('selfTrade');
    other.tell('foreign', Status.CANCELLED, { price: 3500 });
    expect(other.would({ sell: true, price: 3500 })).toBe('ok');
  });

  test('a market order crosses all, and is crossed by all', () => {
    const desk = new Desk({ limits });
    desk.working({ price: 1, sell: false });
    expect(desk.would({ sell: true, type: OrderType.MARKET, price: 0 })).toBe('selfTrade');
    const other = new Desk({ limits });
    other.working({ type: OrderType.MARKET, price: 0 });
    expect(other.would({ sell: true, price: 9000 })).toBe('selfTrade');
  });

  test('another gateway is another account', () => {
    const desk = new Desk({ limits, contracts: [contract({ gateway_name: 'CTP2' })] });
    desk.working({ sell: true }, { gatewayName: 'CTP2' });
    expect(desk.would()).toBe('ok');
  });

  test('the orders must be known', () => {
    const desk = new Desk({ limits });
    desk.book.onLink('down');
    expect(desk.would()).toBe('state');
  });
});

describe('what reduces', () => {
  /** Everything that may refuse somebody who wants out is used up. */
  const limits: Limits = {
    closeOnly: true,
    orderNotional: { USD: 1 },
    positionVolume: { total: false },
    openOrders: { total: false },
    ordersPerDay: { total: false },
    messagesPerDay: { total: false },
    cancelsPerDay: { total: false },
    openVolumePerDay: { total: false },
    largeCancels: { lots: 1, max: false },
    lossPerDay: { max: 1, then: 'reduce' },
  };

  const desk = (...positions: readonly [direction: Direction, today: number, yesterday: number][]): Desk => {
    const one = new Desk({ limits });
    one.holding(
      ...positions.map(([direction, today, yesterday]) =>
        one.position(direction, today + yesterday, { yd_volume: yesterday }),
      ),
    );
    return one;
  };

  test.each<[Offset, number, string]>([
    [Offset.CLOSETODAY, 4, 'ok'],
    [Offset.CLOSETODAY, 5, 'closeOnly'],
    [Offset.CLOSEYESTERDAY, 6, 'ok'],
    [Offset.CLOSEYESTERDAY, 7, 'closeOnly'],
    // At SHFE, CLOSE means yesterday.
    [Offset.CLOSE, 6, 'ok'],
    [Offset.CLOSE, 7, 'closeOnly'],
    [Offset.OPEN, 1, 'closeOnly'],
    [Offset.NONE, 1, 'closeOnly'],
  ])('at SHFE of 4 of today and 6 of yesterday: %s %d: %s', (offset, volume, says) => {
    const long = desk([Direction.LONG, 4, 6]);
    expect(long.would({ sell: true, offset, volume }, { limits: { closeOnly: true } })).toBe(says);
    expect(long.book.provablyReduces(request({ sell: true, offset, volume }), 'CTP')).toBe(says === 'ok');
    const short = desk([Direction.SHORT, 4, 6]);
    expect(short.book.provablyReduces(request({ offset, volume }), 'CTP')).toBe(says === 'ok');
    expect(short.book.provablyReduces(request({ offset, volume, sell: true }), 'CTP')).toBe(false);
  });

  test('of 10 today at SHFE 10 pass whatever else is refused; elsewhere CLOSE is of both days', () => {
    expect(desk([Direction.LONG, 10, 0]).says({ sell: true, offset: Offset.CLOSETODAY, volume: 10 })).toBe('ok');
    const one = new Desk({ limits, contracts: [DCE] });
    one.snapshot({ positions: [] });
    one.book = one.newBook();
    one.book.onContract(DCE);
    const held = { symbol: 'm2705', exchange: Exchange.DCE };
    one.snapshot({ positions: [one.position(Direction.LONG, 10, { ...held, yd_volume: 6 })] });
    expect(one.would({ ...soy, sell: true, offset: Offset.CLOSE, volume: 10 })).toBe('ok');
    expect(one.would({ ...soy, sell: true, offset: Offset.CLOSE, volume: 11 })).not.toBe('ok');
    expect(one.would({ ...soy, sell: true, offset: Offset.CLOSETODAY, volume: 5 })).not.toBe('ok');
  });

  test('two closes of 10 at 10: the second is refused, also while nobody knows of the first', () => {
    const one = desk([Direction.LONG, 10, 0]);
    const close: Wish = { sell: true, offset: Offset.CLOSETODAY, volume: 10 };
    const first = one.reserve(close);
    expect(one.would({ ...close, volume: 1 })).not.toBe('ok');
    first.sent();
    first.unknown();
    expect(one.would({ ...close, volume: 1 })).not.toBe('ok');
    first.absent();
    expect(one.would(close)).toBe('ok');
  });

  test('what others are closing, and what the server says is frozen, is not there; both overlap', () => {
    const one = desk([Direction.LONG, 10, 0]);
    const close: Wish = { sell: true, offset: Offset.CLOSETODAY };
    one.tell('foreign', Status.NOTTRADED, { ...close, volume: 4 });
    one.book.onPosition(one.position(Direction.LONG, 10, { frozen: 4 }));
    expect(one.would({ ...close, volume: 6 })).toBe('ok');
    expect(one.would({ ...close, volume: 7 })).not.toBe('ok');
    one.book.onPosition(one.position(Direction.LONG, 10, { frozen: 5 }));
    expect(one.would({ ...close, volume: 6 })).not.toBe('ok');
  });

  test('of what fills and server tell, the lesser can be closed', () => {
    const one = desk([Direction.LONG, 10, 0]);
    const close: Wish = { sell: true, offset: Offset.CLOSETODAY };
    one.fill('foreign', '1', { ...close, volume: 3 });
    expect(one.would({ ...close, volume: 7 })).toBe('ok');
    expect(one.would({ ...close, volume: 8 })).not.toBe('ok');
    one.book.onPosition(one.position(Direction.LONG, 2));
    expect(one.would({ ...close, volume: 3 })).not.toBe('ok');
  });

  test('a net position: up to what is held, against it, and not through zero', () => {
    const one = new Desk({ limits, contracts: [COIN] });
    one.book = one.newBook();
    one.book.onContract(COIN);
    const held = { symbol: 'BTC', exchange: Exchange.GLOBAL };
    one.snapshot({ positions: [one.position(Direction.NET, 0.3, held)] });
    expect(one.would({ ...coin, sell: true, volume: 0.3 })).toBe('ok');
    expect(one.would({ ...coin, sell: true, volume: 0.4 })).not.toBe('ok');
    expect(one.would({ ...coin, volume: 0.1 })).not.toBe('ok');
    one.reserve({ ...coin, sell: true, volume: 0.2 });
    expect(one.would({ ...coin, sell: true, volume: 0.1 })).toBe('ok');
    expect(one.would({ ...coin, sell: true, volume: 0.2 })).not.toBe('ok');
  });

  test('nothing where positions or orders are not known', () => {
    const one = desk([Direction.LONG, 10, 0]);
    const close = request({ sell: true, offset: Offset.CLOSETODAY });
    expect(one.book.provablyReduces(close, 'CTP')).toBe(true);
    one.book.onLink('down');
    expect(one.book.provablyReduces(close, 'CTP')).toBe(false);
  });

  test('at a new day what was of today is of yesterday', () => {
    const one = desk([Direction.LONG, 10, 0]);
    one.clock.pass(8 * HOUR);
    expect(one.book.provablyReduces(request({ sell: true, offset: Offset.CLOSETODAY }), 'CTP')).toBe(false);
    expect(one.book.provablyReduces(request({ sell: true, offset: Offset.CLOSEYESTERDAY, volume: 10 }), 'CTP')).toBe(
      true,
    );
  });

  test('fills of the list at the start are in the positions already', () => {
    const one = desk();
    one.book = one.newBook();
    one.book.onContract(contract());
    const wish = { volume: 5 };
    one.snapshot({
      positions: [one.position(Direction.LONG, 5)],
      orders: [orderData('1', Status.ALLTRADED, wish, { traded: 5 })],
      trades: [tradeData('1', 't1', wish)],
    });
    one.fill('1', 't1', wish);
    const close = { sell: true, offset: Offset.CLOSETODAY };
    expect(one.book.provablyReduces(request({ ...close, volume: 5 }), 'CTP')).toBe(true);
    expect(one.book.provablyReduces(request({ ...close, volume: 6 }), 'CTP')).toBe(false);
    one.limits = { positionVolume: { perSymbol: 5, of: 'account' } };
    expect(one.would()).toBe('positionVolume');
    one.limits = { positionVolume: { perSymbol: 6, of: 'account' } };
    expect(one.would()).toBe('ok');
  });
});
