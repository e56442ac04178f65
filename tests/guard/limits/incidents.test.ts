/**
 * What has happened to others, by the letters of the research: each must not happen here.
 */
import { expect, test } from 'vitest';
import { Direction, Offset, OrderType, Status } from 'vnpy-bridge/vnpy';
import { Desk, HOUR, accountRule, at, contract, forged, START } from './support.js';
import type { Wish } from './support.js';

const close: Wish = { sell: true, offset: Offset.CLOSETODAY };

test('a: two orders in one turn passed a limit of one', () => {
  const desk = new Desk({ limits: { openOrders: { total: 10 } } });
  const passed = Array.from({ length: 100 }, () => desk.says()).filter((says) => says === 'ok');
  expect(passed).toHaveLength(10);
});

test('a: five resting orders of 20 % each passed 80 %', () => {
  const desk = new Desk({ limits: { positionVolume: { perSymbol: 8 } } });
  expect(Array.from({ length: 5 }, () => desk.says({ volume: 2 }))).toEqual(['ok', 'ok', 'ok', 'ok', 'positionVolume']);
});

test('b: a short from flat lowered the exposure', () => {
  const desk = new Desk({ limits: { positionVolume: { perSymbol: 5 } } });
  desk.filled({ sell: true, volume: 5 });
  expect(desk.would({ sell: true })).toBe('positionVolume');
});

test('b: a reducing trade was refused above the limit', () => {
  const desk = new Desk({ accounts: [accountRule({ positionVolume: { perSymbol: 5 } })] });
  desk.holding(desk.position(Direction.LONG, 20));
  expect(desk.would()).toBe('positionVolume');
  expect(desk.would({ ...close, volume: 20 })).toBe('ok');
});

test('c: a buy at twice the price was sized by the quote', () => {
  const desk = new Desk({ limits: { orderNotional: { CNY: 35_000 } } });
  desk.tick(3500);
  expect(desk.would({ price: 7000 })).toBe('orderNotional');
});

test('c: the first quote after subscribing was weeks old', () => {
  const desk = new Desk({ limits: { priceBand: { aggressive: 0.01 } } });
  desk.tick(3500, { datetime: at(START - 21 * 24 * HOUR) });
  expect(desk.would()).toBe('state');
});

test('c: a price off the tick passed', () => {
  expect(new Desk().would(forged({ price: 3500.3 }))).toBe('shape');
});

test('d: closing was denied when it was needed most', () => {
  const desk = new Desk({ limits: { closeOnly: true, lossPerDay: { max: 1, then: 'halt' } } });
  desk.holding(desk.position(Direction.LONG, 5));
  expect(desk.book.provablyReduces(desk.order(close).request, 'CTP')).toBe(true);
  expect(desk.says({ ...close, volume: 5 })).toBe('ok');
});

test('d: a close beside a fill under way crossed zero', () => {
  const desk = new Desk({ limits: { closeOnly: true } });
  desk.holding(desk.position(Direction.LONG, 5));
  desk.reserve({ ...close, volume: 3 });
  expect(desk.would({ ...close, volume: 3 })).toBe('closeOnly');
});

test('d: cancels were refused by the limit of cancels', () => {
  const desk = new Desk({
    limits: { cancelsPerDay: { total: 1 }, messagesPerSecond: 1, messagesPerDay: { total: 1 } },
  });
  const cancel = { ...desk.order(), order: undefined };
  for (let times = 0; times < 20; times++) expect(desk.book.cancelling(cancel)).toEqual({ ok: true });
  desk.clock.pass(1000);
  expect(desk.would()).toBe('messagesPerDay');
});

test('e: a check threw, was logged, and orders went on', () => {
  const broken = { selfTrade: 'refuse' as const, duplicates: { count: 1, within: NaN } };
  const desk = new Desk();
  Object.defineProperty(broken.duplicates, 'within', {
    get(): number {
      throw new Error('broken');
    },
  });
  expect(desk.would({}, { limits: broken })).toBe('internal');
  expect(desk.why({}, { limits: broken })).toBe('a rule failed: broken');
});

test('f: a throttle went on refusing after the flood', () => {
  const desk = new Desk({ limits: { messagesPerSecond: 5 } });
  for (let times = 0; times < 1000; times++) desk.says({ price: 3500 + times });
  desk.clock.pass(1000);
  expect(desk.would()).toBe('ok');
});

test('f: FOK counted as cancels', () => {
  const desk = new Desk({ accounts: [accountRule({ cancelsPerDay: { total: 1 } })] });
  desk.tell('x', Status.CANCELLED, { type: OrderType.FOK });
  expect(desk.would()).toBe('ok');
});

test("g: Friday's night was another day than Monday", () => {
  const desk = new Desk({ limits: { ordersPerDay: { total: 1 } } });
  // Friday 2026-12-04, 21:30.
  desk.clock.pass(3 * 24 * HOUR + 11.5 * HOUR);
  desk.reserve();
  desk.clock.pass(60 * HOUR);
  expect(desk.would()).toBe('ordersPerDay');
  // Monday, 18:00.
  desk.clock.pass(8.5 * HOUR);
  expect(desk.would()).toBe('ok');
});

test('h: a clock that stepped back locked out, and one that stepped forth filled a bucket', () => {
  const desk = new Desk({ limits: { messagesPerSecond: 1 } });
  desk.reserve();
  desk.clock.wall += HOUR;
  expect(desk.would()).toBe('messagesPerSecond');
  desk.clock.wall -= 2 * HOUR;
  desk.clock.mono += 1000;
  expect(desk.would()).toBe('ok');
});

test('h: a clock that is set back over 18:00 does not give the day again', () => {
  const desk = new Desk({ limits: { ordersPerDay: { total: 1 } } });
  desk.clock.pass(8 * HOUR);
  desk.reserve();
  desk.clock.wall -= HOUR;
  expect(desk.would()).toBe('ordersPerDay');
  desk.restart();
  desk.snapshot();
  expect(desk.would()).toBe('ordersPerDay');
});

test('i: one NaN disabled all limits for ever', () => {
  const desk = new Desk({ accounts: [accountRule({ positionVolume: { total: 10 } })] });
  desk.book.onPosition(desk.position(Direction.LONG, NaN));
  desk.fill('x', '1', { volume: 1 });
  desk.book.onPosition(desk.position(Direction.LONG, 1));
  expect(desk.would({ volume: 9 })).toBe('ok');
  expect(desk.would({ volume: 10 })).toBe('positionVolume');
  expect(desk.would(forged({ volume: NaN }))).toBe('shape');
});

test('i: 0.1 + 0.2 was more than 0.3', () => {
  const limits = { positionVolume: { perSymbol: 0.3 }, openVolumePerDay: { total: 0.3 } };
  const desk = new Desk({ limits, contracts: [contract({ min_volume: 0.1 })] });
  expect([desk.says({ volume: 0.1 }), desk.says({ volume: 0.2 }), desk.says({ volume: 0.1 })]).toEqual([
    'ok',
    'ok',
    'positionVolume',
  ]);
});

test('j: of an order that was changed the change was checked, not what it came to', () => {
  const desk = new Desk({ accounts: [accountRule({ positionVolume: { perSymbol: 10 } })] });
  desk.tell('x', Status.NOTTRADED, { volume: 2 });
  desk.tell('x', Status.NOTTRADED, { volume: 8 });
  expect(desk.would({ volume: 2 })).toBe('ok');
  expect(desk.would({ volume: 3 })).toBe('positionVolume');
});

test('k: a timeout counted as a failure', () => {
  const desk = new Desk({ limits: { positionVolume: { perSymbol: 5 } } });
  const reservation = desk.reserve({ volume: 5 });
  reservation.sent();
  reservation.unknown();
  expect(desk.would()).toBe('positionVolume');
});

test('k: a restart dropped working orders', () => {
  const desk = new Desk({ limits: { openOrders: { total: 14 } } });
  for (let times = 0; times < 14; times++) desk.working({ price: 3400 + times });
  desk.restart();
  desk.snapshot();
  expect(desk.would()).toBe('openOrders');
});

test('l: only the last part of a fill was booked, and a fill told again was counted again', () => {
  const desk = new Desk({ limits: { positionVolume: { perSymbol: 5 } } });
  const orderid = desk.working({ volume: 3 });
  for (const id of ['a', 'b', 'b', 'c', 'a']) desk.fill(orderid, id);
  desk.tell(orderid, Status.ALLTRADED, { volume: 3 }, { traded: 3 });
  expect(desk.would({ volume: 2 })).toBe('ok');
  expect(desk.would({ volume: 3 })).toBe('positionVolume');
});

test('an account that only its id names counts as soon as it may be the one', () => {
  const desk = new Desk({ accounts: [accountRule({ openOrders: { total: 1 } }, { match: 'CTP.7' })] });
  desk.reserve();
  expect(desk.would()).toBe('ok');
  const other = new Desk({ accounts: [accountRule({ openOrders: { total: 1 } }, { match: 'CTP.1' })] });
  other.reserve();
  expect(other.would()).toBe('openOrders');
  other.book = other.newBook();
  other.book.onContract(contract());
  other.snapshot({ accounts: [] });
  other.reserve();
  expect(other.would()).toBe('openOrders');
});
