/**
 * Limits of one order: shape, volume, value, price.
 */
import { describe, expect, test } from 'vitest';
import { Direction, Exchange, Offset, OrderType, Product } from 'vnpy-bridge/vnpy';
import { Desk, FRESH, HOUR, START, at, contract, forged } from './support.js';

describe('shape', () => {
  test.each([
    ['NaN', NaN],
    ['infinite', Infinity],
    ['negative infinite', -Infinity],
    ['-0', -0],
    ['0', 0],
    ['negative', -1],
    ['far too great', 1e308],
    ['far too small', 1e-300],
    ['beyond what is exact', 2 ** 53 + 2],
    ['half a lot', 1.5],
    ['a bigint', 1n],
    ['a bool', true],
    ['a text', '1'],
    ['an object', { value: 1 }],
    ['nothing', undefined],
  ])('a volume that is %s is refused', (_, volume) => {
    expect(new Desk().would(forged({ volume }))).toBe('shape');
  });

  test.each([
    ['NaN', NaN],
    ['infinite', Infinity],
    ['-0', -0],
    ['0', 0],
    ['negative', -1000],
    ['off the tick', 3500.5],
    ['a bigint', 3500n],
    ['a text', '3500'],
  ])('a price that is %s is refused', (_, price) => {
    expect(new Desk().would(forged({ price }))).toBe('shape');
  });

  test.each([
    ['direction', { direction: Direction.NET }],
    ['direction', { direction: '多' }],
    ['offset', { offset: { enum: 'Offset', name: 'OPEN' } }],
    ['type', { type: 'LIMIT' }],
    ['exchange', { exchange: 'SHFE' }],
    ['reference', { reference: 7 }],
    ['vt_symbol', { vt_symbol: 'RB2705.SHFE' }],
    ['vt_symbol', { vt_symbol: `${'x'.repeat(1_000_000)}.SHFE` }],
    ['vt_symbol', { vt_symbol: '__proto__' }],
  ])('a wrong %s is refused, in a short text', (_, fields) => {
    const desk = new Desk();
    expect(desk.would(forged(fields))).toBe('shape');
    expect(desk.why(forged(fields)).length).toBeLessThan(200);
  });

  test('a gateway must be there; another one may have told of the contract', () => {
    const desk = new Desk();
    expect(desk.would({}, { gatewayName: '__proto__' })).toBe('shape');
    expect(desk.would({}, { gatewayName: '' })).toBe('shape');
    expect(desk.would({}, { gatewayName: 'CTP2' })).toBe('shape');
    desk.book.onContract(contract({ gateway_name: 'CTP2', symbol: 'ag2706' }));
    expect(desk.would({}, { gatewayName: 'CTP2' })).toBe('ok');
  });

  test('0.1 + 0.2 lots are three steps of 0.1, and 3500.1 is on a tick of 0.1', () => {
    const desk = new Desk({ contracts: [contract({ min_volume: 0.1, pricetick: 0.1 })] });
    expect(desk.would({ volume: 0.1 + 0.2, price: 3500.1 })).toBe('ok');
    expect(desk.would({ volume: 0.35 })).toBe('shape');
  });

  test('no more than the contract allows', () => {
    const desk = new Desk({ contracts: [contract({ max_volume: 500 })] });
    expect(desk.would({ volume: 500 })).toBe('ok');
    expect(desk.would({ volume: 501 })).toBe('shape');
  });

  test('a contract whose numbers are no numbers is refused', () => {
    for (const changes of [{ size: NaN }, { pricetick: 0 }, { min_volume: -1 }, { min_volume: 1e-12 }])
      expect(new Desk({ contracts: [contract(changes)] }).would()).toBe('shape');
  });

  test('a spread may cost nothing, and less', () => {
    const spread = contract({ symbol: 'SP a2501&a2505', exchange: Exchange.DCE, product: Product.SPREAD });
    const desk = new Desk({ contracts: [spread] });
    for (const price of [0, -12])
      expect(desk.would({ symbol: spread.symbol, exchange: Exchange.DCE, price })).toBe('ok');
  });
});

describe('orderVolume', () => {
  test.each([
    [9, 'ok'],
    [10, 'ok'],
    [11, 'orderVolume'],
  ])('%d of 10 lots: %s, whichever way', (volume, says) => {
    for (const sell of [false, true]) {
      for (const offset of [Offset.OPEN, Offset.CLOSE, Offset.NONE])
        expect(new Desk({ limits: { orderVolume: 10 } }).would({ volume, sell, offset })).toBe(says);
    }
  });

  test('holds for what reduces, too', () => {
    const desk = new Desk({ limits: { orderVolume: 10 } });
    desk.holding(desk.position(Direction.LONG, 20));
    expect(desk.would({ volume: 11, sell: true, offset: Offset.CLOSETODAY })).toBe('orderVolume');
  });

  test('false allows nothing, and the text says whose limit it is', () => {
    expect(new Desk({ limits: { orderVolume: false } }).would()).toBe('orderVolume');
    const desk = new Desk({ limits: { orderVolume: 10 } });
    expect(desk.why({ volume: 12 })).toBe("order volume 12 is more than desk-1's limit of 10");
  });

  test('a warning comes at the part that was asked for', () => {
    const desk = new Desk({ limits: { orderVolume: 10, openOrders: { total: 100 } }, warnAt: 0.8 });
    expect(desk.decide({ volume: 7 })).toMatchObject({ ok: true, warnings: [] });
    expect(desk.decide({ volume: 8 })).toMatchObject({ ok: true, warnings: [{ rule: 'orderVolume', used: 0.8 }] });
  });
});

describe('orderNotional', () => {
  const limits = { orderNotional: { CNY: 350_000 } };

  test.each([
    // 10 a lot: 10 lots at 3500 are 350,000.
    [9, 3500, 'ok'],
    [10, 3500, 'ok'],
    [10, 3501, 'orderNotional'],
    [11, 3500, 'orderNotional'],
  ])('a buy of %d at %d: %s', (volume, price, says) => {
    expect(new Desk({ limits }).would({ volume, price })).toBe(says);
  });

  test('a buy at less than the last price counts at the last price', () => {
    const desk = new Desk({ limits });
    desk.tick(3600);
    expect(desk.would({ volume: 10, price: 3400 })).toBe('orderNotional');
  });

  test('a sell counts at the best of bid, last and its price, and needs a tick', () => {
    const desk = new Desk({ limits });
    expect(desk.would({ volume: 10, price: 1, sell: true })).toBe('state');
    desk.tick(3500);
    expect(desk.would({ volume: 10, price: 1, sell: true })).toBe('ok');
    desk.tick(3500, { bid_price_1: 3501 });
    expect(desk.would({ volume: 10, price: 1, sell: true })).toBe('orderNotional');
  });

  test('a market order counts at the limit of the day, or at what the band allows', () => {
    const market = { type: OrderType.MARKET, price: 0, volume: 10 };
    const desk = new Desk({ limits });
    desk.tick(3400);
    expect(desk.would(market)).toBe('state');
    desk.tick(3400, { limit_up: 3500 });
    expect(desk.would(market)).toBe('ok');
    desk.tick(3400, { limit_up: 3501 });
    expect(desk.would(market)).toBe('orderNotional');
  });

  test('an option that is sold to open counts at its strike, one that is bought at its price', () => {
    const option = contract({ symbol: 'rb2705C3600', product: Product.OPTION, option_strike: 3600 });
    const desk = new Desk({ limits, contracts: [option, contract({ symbol: 'noStrike', product: Product.OPTION })] });
    const order = { symbol: option.symbol, price: 20 };
    desk.tick(20, { symbol: option.symbol });
    expect(desk.would({ ...order, volume: 100 })).toBe('ok');
    expect(desk.would({ ...order, volume: 9, sell: true })).toBe('ok');
    expect(desk.would({ ...order, volume: 10, sell: true })).toBe('orderNotional');
    expect(desk.would({ ...order, volume: 10, sell: true, offset: Offset.CLOSE })).toBe('ok');
    expect(desk.would({ symbol: 'noStrike', price: 20, sell: true })).toBe('state');
  });

  test('an inverse contract counts in coins, at its lowest price', () => {
    const perpetual = contract({ symbol: 'BTCUSD_PERP', exchange: Exchange.GLOBAL, size: 100 });
    const contracts = [{ match: '*USD_PERP.*', inverse: true, currency: 'BTC', notional: 'price' as const }];
    const desk = new Desk({ limits: { orderNotional: { BTC: 1 } }, contracts: [perpetual], policy: { contracts } });
    const order = { symbol: perpetual.symbol, exchange: Exchange.GLOBAL, price: 50_000 };
    desk.tick(50_000, { symbol: perpetual.symbol, exchange: Exchange.GLOBAL, bid_price_1: 50_000 });
    // 500 × 100 USD are 1 BTC at 50,000.
    expect(desk.would({ ...order, volume: 500, sell: true })).toBe('ok');
    expect(desk.would({ ...order, volume: 501, sell: true })).toBe('orderNotional');
    expect(desk.would({ ...order, volume: 500 })).toBe('ok');
    desk.tick(49_000, { symbol: perpetual.symbol, exchange: Exchange.GLOBAL });
    expect(desk.would({ ...order, volume: 500 })).toBe('orderNotional');
  });

  test('a spread counts both legs', () => {
    const dce = { exchange: Exchange.DCE };
    const spread = contract({ ...dce, symbol: 'SP a2501&a2505', product: Product.SPREAD });
    const legs = ['a2501', 'a2505'].map((symbol) => contract({ ...dce, symbol }));
    const desk = new Desk({ limits, contracts: [spread, ...legs] });
    const order = { ...dce, symbol: spread.symbol, price: -5 };
    desk.tick(1700, { ...dce, symbol: 'a2501', ask_price_1: 1700 });
    expect(desk.why(order)).toContain('a2505.DCE');
    desk.tick(1800, { ...dce, symbol: 'a2505', ask_price_1: 1800 });
    expect(desk.would({ ...order, volume: 10 })).toBe('ok');
    expect(desk.would({ ...order, volume: 11 })).toBe('orderNotional');
  });

  test('nothing is converted, and an unknown currency is asked for', () => {
    const foreign = contract({ symbol: 'ES', exchange: Exchange.CME });
    const order = { symbol: 'ES', exchange: Exchange.CME };
    expect(new Desk({ limits, contracts: [foreign] }).would(order)).toBe('state');
    const contracts = [{ match: '*.CME', inverse: false, currency: 'USD', notional: 'price' as const }];
    expect(new Desk({ limits, contracts: [foreign], policy: { contracts } }).would(order)).toBe('orderNotional');
  });
});

describe('priceBand', () => {
  const limits = { priceBand: { aggressive: 0.02 } };
  const desk = (last = 3500, changes = {}): Desk => {
    const one = new Desk({ limits });
    one.tick(last, changes);
    return one;
  };

  test.each([
    [3569, false, 'ok'],
    [3570, false, 'ok'],
    [3571, false, 'priceBand'],
    [100, false, 'ok'],
    [3431, true, 'ok'],
    [3430, true, 'ok'],
    [3429, true, 'priceBand'],
    [9000, true, 'ok'],
  ])('around 3500: %d, a sell: %s: %s', (price, sell, says) => {
    expect(desk().would({ price, sell })).toBe(says);
  });

  test('the passive side only where it is asked for', () => {
    const one = new Desk({ limits: { priceBand: { aggressive: 0.02, passive: 0.1 } } });
    one.tick(3500);
    expect(one.would({ price: 3150 })).toBe('ok');
    expect(one.would({ price: 3149 })).toBe('priceBand');
    expect(one.would({ price: 3850, sell: true })).toBe('ok');
    expect(one.would({ price: 3851, sell: true })).toBe('priceBand');
  });

  test("the day's limits hold on both sides", () => {
    const one = desk(3500, { limit_up: 3510, limit_down: 3490 });
    expect(one.would({ price: 3510 })).toBe('ok');
    expect(one.would({ price: 3511 })).toBe('priceBand');
    expect(one.would({ price: 3490 })).toBe('ok');
    expect(one.would({ price: 3489 })).toBe('priceBand');
  });

  test('a market order needs limits of the day', () => {
    const market = { type: OrderType.MARKET, price: 0 };
    expect(desk().would(market)).toBe('priceBand');
    expect(desk(3500, { limit_up: 3510, limit_down: 3490 }).would(market)).toBe('ok');
  });

  test('a reference of 0 and below needs a band in ticks', () => {
    const dce = { exchange: Exchange.DCE, symbol: 'SP a2501&a2505' };
    const spread = contract({ ...dce, product: Product.SPREAD });
    const one = new Desk({ limits, contracts: [spread] });
    one.tick(-5, dce);
    expect(one.would({ ...dce, price: -5 })).toBe('priceBand');
    one.limits = { priceBand: { aggressive: 0.02, ticks: 2 } };
    expect(one.would({ ...dce, price: -3 })).toBe('ok');
    expect(one.would({ ...dce, price: -2 })).toBe('priceBand');
    expect(one.would({ ...dce, price: -7, sell: true })).toBe('ok');
    expect(one.would({ ...dce, price: -8, sell: true })).toBe('priceBand');
  });

  test('without a trade today the close before may stand for it', () => {
    const before = desk(0, { pre_close: 3500 });
    expect(before.would()).toBe('state');
    before.reload({ fresh: { ...FRESH, reference: 'preClose' } });
    expect(before.would({ price: 3570 })).toBe('ok');
    expect(before.would({ price: 3571 })).toBe('priceBand');
  });

  test('a tick must have come since the subscription, be of today and not be old', () => {
    const one = new Desk({ limits });
    expect(one.why()).toBe('no tick of rb2705.SHFE has come, so priceBand cannot be decided');
    one.tick(3500, {}, false);
    expect(one.would()).toBe('state');
    one.tick(3500, { datetime: at(START - 24 * HOUR) });
    expect(one.would()).toBe('state');
    one.tick(3500);
    one.clock.pass(10_000);
    expect(one.would()).toBe('ok');
    one.clock.pass(32_000);
    expect(one.why()).toBe('no tick of rb2705.SHFE for 42 s, so priceBand cannot be decided');
  });
});
