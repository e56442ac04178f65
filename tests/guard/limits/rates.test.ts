/**
 * Limits on how much is sent: within a second, within a day; repeats, refusals, losses.
 */
import { describe, expect, test } from 'vitest';
import { Direction, Exchange, Offset, OrderType, Status } from 'vnpy-bridge/vnpy';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { Desk, HOUR, accountRule, contract, orderData } from './support.js';
import type { Wish } from './support.js';

const cancel = (desk: Desk, wish: Wish = {}, forced = false): string => {
  const order = orderData('1', Status.NOTTRADED, wish);
  const answer = desk.book.cancelling({ ...desk.order(), order, forced });
  return answer.ok ? 'ok' : answer.rule;
};

const AG = contract({ symbol: 'ag2706' });

describe('messagesPerSecond', () => {
  test('orders and cancels within any 1,000 ms', () => {
    const desk = new Desk({ limits: { messagesPerSecond: 3 } });
    desk.reserve();
    desk.clock.pass(500);
    desk.reserve();
    cancel(desk);
    expect(desk.would()).toBe('messagesPerSecond');
    desk.clock.pass(499);
    expect(desk.would()).toBe('messagesPerSecond');
    desk.clock.pass(1);
    expect(desk.would()).toBe('ok');
  });

  test('a cancel counts and is never refused, and a refused order counts nothing', () => {
    const desk = new Desk({ limits: { messagesPerSecond: 2 } });
    for (let times = 0; times < 10; times++) expect(cancel(desk)).toBe('ok');
    for (let times = 0; times < 10; times++) expect(desk.says()).toBe('messagesPerSecond');
    desk.clock.pass(1000);
    expect(desk.says()).toBe('ok');
  });

  test('holds for what reduces, too, and for an account over all principals', () => {
    const desk = new Desk({ accounts: [accountRule({ messagesPerSecond: 2 })] });
    desk.holding(desk.position(Direction.LONG, 20));
    desk.reserve({}, { principal: 'a' });
    desk.reserve({}, { principal: 'b' });
    expect(desk.would({ sell: true, offset: Offset.CLOSETODAY }, { principal: 'c' })).toBe('messagesPerSecond');
  });

  test('the second after a restart is full', () => {
    const desk = new Desk({ limits: { messagesPerSecond: 100 } });
    desk.reserve().refused();
    desk.restart();
    desk.snapshot();
    expect(desk.would()).toBe('messagesPerSecond');
    desk.clock.pass(1000);
    expect(desk.would()).toBe('ok');
  });
});

describe('counts of the day', () => {
  const day = (limits: Limits): Desk => new Desk({ limits, contracts: [AG] });

  test.each<[string, Limits]>([
    ['ordersPerDay', { ordersPerDay: { total: 2 } }],
    ['messagesPerDay', { messagesPerDay: { total: 2 } }],
    ['openVolumePerDay', { openVolumePerDay: { total: 2 } }],
  ])('%s: two, and not a third of another symbol', (rule, limits) => {
    const desk = day(limits);
    desk.reserve();
    expect(desk.would({ symbol: 'ag2706' })).toBe('ok');
    desk.reserve();
    expect(desk.would({ symbol: 'ag2706' })).toBe(rule);
  });

  test.each<[string, Limits]>([
    ['ordersPerDay', { ordersPerDay: { perSymbol: 2 } }],
    ['messagesPerDay', { messagesPerDay: { perSymbol: 2 } }],
    ['openVolumePerDay', { openVolumePerDay: { perSymbol: 2 } }],
  ])('%s: two a symbol', (rule, limits) => {
    const desk = day(limits);
    desk.reserve();
    desk.reserve();
    expect(desk.would()).toBe(rule);
    expect(desk.would({ symbol: 'ag2706' })).toBe('ok');
  });

  test('an order counts when it is sent, also when it is rejected; not when it never left', () => {
    const desk = day({ ordersPerDay: { total: 1 }, openVolumePerDay: { total: 1 }, messagesPerDay: { total: 1 } });
    desk.reserve().notSent();
    const reservation = desk.reserve();
    reservation.sent();
    reservation.refused();
    expect(desk.would()).toBe('ordersPerDay');
  });

  test('cancels are messages', () => {
    const desk = day({ messagesPerDay: { total: 2 } });
    cancel(desk);
    cancel(desk);
    expect(desk.would()).toBe('messagesPerDay');
  });

  test('a close does not count as opened', () => {
    const desk = day({ openVolumePerDay: { total: 1 } });
    desk.reserve({ offset: Offset.CLOSE, volume: 5 });
    expect(desk.would()).toBe('ok');
  });

  test('all begins anew with the trading day, and not at midnight', () => {
    const desk = day({ ordersPerDay: { total: 1 } });
    desk.reserve();
    desk.clock.pass(8 * HOUR - 1);
    expect(desk.would()).toBe('ordersPerDay');
    desk.clock.pass(1);
    expect(desk.would()).toBe('ok');
    desk.reserve();
    desk.clock.pass(6 * HOUR);
    expect(desk.would()).toBe('ordersPerDay');
  });

  test('what was counted yesterday is not taken back from today', () => {
    const desk = day({ ordersPerDay: { total: 1 } });
    const late = desk.reserve();
    desk.clock.pass(9 * HOUR);
    desk.reserve();
    late.notSent();
    expect(desk.would()).toBe('ordersPerDay');
  });
});

describe('cancelsPerDay', () => {
  test('stops new orders, and never a cancel', () => {
    const desk = new Desk({ limits: { cancelsPerDay: { perSymbol: 2 } }, contracts: [AG] });
    cancel(desk);
    expect(desk.would()).toBe('ok');
    cancel(desk);
    expect(desk.would()).toBe('cancelsPerDay');
    expect(desk.would({ symbol: 'ag2706' })).toBe('ok');
    expect(cancel(desk)).toBe('ok');
  });

  test('in all symbols', () => {
    const desk = new Desk({ limits: { cancelsPerDay: { total: 1 } }, contracts: [AG] });
    cancel(desk);
    expect(desk.would({ symbol: 'ag2706' })).toBe('cancelsPerDay');
  });

  test('stops cancels only where it is hard, and never those of a halt', () => {
    const desk = new Desk({ limits: { cancelsPerDay: { perSymbol: 1, hard: true } } });
    expect(cancel(desk)).toBe('ok');
    expect(cancel(desk)).toBe('cancelsPerDay');
    expect(cancel(desk, {}, true)).toBe('ok');
  });

  test("an account counts the exchange's own number, without FAK and FOK", () => {
    const desk = new Desk({ accounts: [accountRule({ cancelsPerDay: { perSymbol: 2 } })] });
    for (const type of [OrderType.FAK, OrderType.FOK, OrderType.LIMIT]) {
      desk.tell(`x${type.name}`, Status.CANCELLED, { type });
      desk.tell(`x${type.name}`, Status.CANCELLED, { type });
    }
    expect(desk.would()).toBe('ok');
    desk.tell('y', Status.CANCELLED);
    expect(desk.would()).toBe('cancelsPerDay');
  });

  test('large cancels stop large orders of the symbol', () => {
    const desk = new Desk({ limits: { largeCancels: { lots: 300, max: 2 } } });
    cancel(desk, { volume: 299 });
    cancel(desk, { volume: 300 });
    expect(desk.would({ volume: 300 })).toBe('ok');
    cancel(desk, { volume: 500 });
    expect(desk.would({ volume: 300 })).toBe('largeCancels');
    expect(desk.would({ volume: 299 })).toBe('ok');
  });
});

describe('duplicates', () => {
  const limits = { duplicates: { count: 2, within: 1000 } };

  test('the third within a second is refused, whatever its reference', () => {
    const desk = new Desk({ limits });
    desk.reserve({ reference: 'a' });
    desk.reserve({ reference: 'b' });
    expect(desk.would({ reference: 'c' })).toBe('duplicates');
    for (const other of [
      { price: 3501 },
      { volume: 2 },
      { sell: true },
      { offset: Offset.CLOSE },
      { type: OrderType.FAK },
    ])
      expect(desk.would(other)).toBe('ok');
    desk.clock.pass(1000);
    expect(desk.would()).toBe('ok');
  });

  test('refused ones and those that never left do not count', () => {
    const desk = new Desk({ limits });
    desk.reserve().notSent();
    desk.reserve();
    desk.reserve();
    for (let times = 0; times < 5; times++) expect(desk.says()).toBe('duplicates');
    desk.clock.pass(1000);
    expect(desk.says()).toBe('ok');
  });
});

describe('refusals', () => {
  const limits: Limits = { orderVolume: 1, refusals: { count: 3, within: 1000, then: 'halt' } };

  test('so many within a time latch, and begin anew', () => {
    const desk = new Desk({ limits });
    desk.says({ volume: 2 });
    desk.says({ volume: 2 });
    desk.clock.pass(1000);
    desk.says({ volume: 2 });
    desk.says({ volume: 2 });
    expect(desk.latches).toEqual([]);
    desk.book.noteRefusal('desk-1', limits, 'symbol');
    expect(desk.latches).toMatchObject([
      { scope: { kind: 'principal', name: 'desk-1' }, level: 'halt', rule: 'refusals' },
    ]);
    desk.says({ volume: 2 });
    expect(desk.latches).toHaveLength(1);
  });

  test("what is not known is nobody's fault", () => {
    const desk = new Desk({ limits: { ...limits, priceBand: { aggressive: 0.01 } } });
    for (let times = 0; times < 5; times++) expect(desk.says()).toBe('state');
    expect(desk.latches).toEqual([]);
  });
});

describe('lossPerDay of a principal', () => {
  const limits: Limits = { lossPerDay: { max: 1000, then: 'reduce' } };

  test('fills, and what is open at the last price', () => {
    const desk = new Desk({ limits });
    desk.tick(3500);
    desk.filled({ volume: 10 });
    desk.tick(3490);
    expect(desk.would()).toBe('ok');
    desk.tick(3489);
    expect(desk.says()).toBe('lossPerDay');
    expect(desk.latches).toMatchObject([{ level: 'reduce', rule: 'lossPerDay', scope: { name: 'desk-1' } }]);
    desk.says();
    desk.book.tick();
    expect(desk.latches).toHaveLength(1);
  });

  test('latches without an order, when time is told to pass', () => {
    const desk = new Desk({ limits });
    desk.tick(3500);
    desk.filled({ volume: 10, sell: true });
    desk.tick(3511);
    desk.book.tick();
    expect(desk.latches).toHaveLength(1);
  });

  test('what was lost for good stays lost; a new day begins at the price of its beginning', () => {
    const desk = new Desk({ limits });
    desk.tick(3500);
    desk.filled({ volume: 10 });
    desk.filled({ volume: 10, sell: true, offset: Offset.CLOSETODAY, price: 3480 });
    expect(desk.would()).toBe('lossPerDay');
    desk.filled({ volume: 1, sell: true }, { limits: {} });
    desk.clock.pass(8 * HOUR);
    desk.book.tick();
    desk.tick(3500);
    expect(desk.would()).toBe('ok');
    desk.tick(3601);
    expect(desk.would()).toBe('lossPerDay');
  });

  test('with an old price the worst that the day allows counts, or it is said', () => {
    const desk = new Desk({ limits });
    desk.tick(3500, { limit_down: 3400, limit_up: 3600 });
    desk.filled({ volume: 10 });
    desk.clock.pass(60_000);
    expect(desk.would()).toBe('lossPerDay');
    const other = new Desk({ limits });
    other.tick(3500);
    other.filled({ volume: 10 });
    other.clock.pass(60_000);
    expect(other.would()).toBe('state');
  });

  test('coins of an inverse contract: a long loses as the price falls', () => {
    const perpetual = contract({ symbol: 'BTCUSD_PERP', exchange: Exchange.GLOBAL, size: 100, net_position: true });
    const contracts = [{ match: '*USD_PERP.*', inverse: true, currency: 'BTC', notional: 'price' as const }];
    const desk = new Desk({
      limits: { lossPerDay: { max: 0.25, then: 'reduce' } },
      contracts: [perpetual],
      policy: { contracts },
    });
    const wish = { symbol: perpetual.symbol, exchange: Exchange.GLOBAL, offset: Offset.NONE, price: 50_000 };
    const market = { symbol: perpetual.symbol, exchange: Exchange.GLOBAL };
    desk.tick(50_000, market);
    desk.filled({ ...wish, volume: 500 });
    // 50,000 USD were 1 BTC; at 40,000 they are 1.25.
    desk.tick(40_000, market);
    expect(desk.would(wish)).toBe('ok');
    desk.tick(39_999, market);
    expect(desk.would(wish)).toBe('lossPerDay');
  });

  test('a baseline begins anew', () => {
    const desk = new Desk({ limits });
    desk.tick(3500);
    desk.filled({ volume: 10 });
    desk.tick(3300);
    expect(desk.would()).toBe('lossPerDay');
    desk.book.baselinePrincipal('desk-1', [{ gatewayName: 'CTP', vtSymbol: 'rb2705.SHFE', long: 10, short: 0 }]);
    expect(desk.would()).toBe('ok');
    desk.tick(3289);
    expect(desk.would()).toBe('lossPerDay');
  });
});

describe('lossPerDay of an account', () => {
  const desk = (): Desk => new Desk({ accounts: [accountRule({ lossPerDay: { max: 1000, then: 'halt' } })] });

  test('by its balance since the day began', () => {
    const one = desk();
    one.book.onAccount(one.balance(999_000));
    expect(one.would()).toBe('ok');
    one.book.onAccount(one.balance(998_999));
    expect(one.says()).toBe('lossPerDay');
    expect(one.latches).toMatchObject([{ scope: { kind: 'account', name: 'CTP' }, level: 'halt' }]);
    one.clock.pass(8 * HOUR);
    one.book.onAccount(one.balance(998_000));
    expect(one.would()).toBe('ok');
    one.book.onAccount(one.balance(996_999));
    expect(one.would()).toBe('lossPerDay');
  });

  test('a balance that jumps is a deposit or withdrawal, until a person says what it was', () => {
    const one = desk();
    one.book.onAccount(one.balance(400_000));
    expect(one.would()).toBe('state');
    expect(one.latches).toEqual([]);
    one.book.baselineAccount('CTP');
    expect(one.would()).toBe('ok');
    one.book.onAccount(one.balance(NaN));
    expect(one.would()).toBe('state');
  });

  test('which must be known', () => {
    const one = desk();
    one.snapshot({ accounts: [] });
    expect(one.would()).toBe('ok');
    one.book = one.newBook();
    one.book.onContract(contract());
    one.snapshot({ accounts: [] });
    expect(one.would()).toBe('state');
  });
});
