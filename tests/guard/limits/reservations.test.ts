/**
 * What is reserved for an order, until it is proved that nothing can come of it any more.
 */
import { describe, expect, test } from 'vitest';
import { Status } from 'vnpy-bridge/vnpy';
import { Desk, HOUR, accountRule, orderData, tradeData } from './support.js';
import type { Wish } from './support.js';

const NOTHING = { lots: 0, slots: 0 };
const five: Wish = { volume: 5 };
/** Lots that may still be opened by a limit of 10, for the principal. */
const room = (desk: Desk, principal = 'desk-1'): number => {
  let lots = 0;
  while (desk.would({ volume: lots + 1 }, { principal, limits: { positionVolume: { perSymbol: 10 } } }) === 'ok')
    lots++;
  return lots;
};

test('a decision reserves at once, so that the next one in the same turn sees it', () => {
  const desk = new Desk({ limits: { openOrders: { total: 1 } } });
  expect([desk.says(), desk.says()]).toEqual(['ok', 'openOrders']);
});

describe('is released', () => {
  test.each(['refused', 'notSent', 'absent'] as const)('at once when it is %s', (end) => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    reservation.sent();
    if (end === 'absent') reservation.unknown();
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
    reservation[end]();
    expect(desk.book.held()).toMatchObject(NOTHING);
    expect(reservation.state).toBe('ended');
  });

  test('when the answer is an empty text', () => {
    const desk = new Desk();
    desk.reserve(five).answered('');
    expect(desk.book.held()).toMatchObject(NOTHING);
  });

  test('fill by fill, and the rest at the end, once all fills are in', () => {
    const desk = new Desk();
    const orderid = desk.working(five);
    desk.fill(orderid, 'a', { volume: 2 });
    expect(desk.book.held()).toMatchObject({ lots: 3, slots: 1 });
    desk.tell(orderid, Status.CANCELLED, five, { traded: 3 });
    expect(desk.book.held()).toMatchObject({ lots: 3, slots: 0 });
    desk.fill(orderid, 'b', { volume: 1 });
    expect(desk.book.held()).toMatchObject(NOTHING);
    expect(room(desk)).toBe(7);
  });

  test('but for fills that are missing, after 5 s', () => {
    const desk = new Desk();
    const orderid = desk.working(five);
    desk.tell(orderid, Status.CANCELLED, five, { traded: 3 });
    desk.clock.pass(4999);
    desk.book.tick();
    expect(desk.book.held()).toMatchObject({ lots: 5 });
    desk.clock.pass(1);
    desk.book.tick();
    // What was filled must not be nowhere: the position does not have it yet.
    expect(desk.book.held()).toMatchObject({ lots: 3, slots: 0 });
    expect(room(desk)).toBe(7);
    desk.fill(orderid, 'a', { volume: 3 });
    expect(desk.book.held()).toMatchObject(NOTHING);
    expect(room(desk)).toBe(7);
  });

  test('by a person, and only while it is unknown', () => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    expect(desk.book.release(reservation.id)).toBe(false);
    reservation.sent();
    reservation.unknown();
    expect(desk.book.unknowns()).toMatchObject([{ id: reservation.id, principal: 'desk-1', vtSymbol: 'rb2705.SHFE' }]);
    expect(desk.book.release('another')).toBe(false);
    expect(desk.book.release(reservation.id)).toBe(true);
    expect(desk.book.held()).toMatchObject(NOTHING);
  });
});

describe('is kept', () => {
  test('while the outcome is unknown, over a reconnect, whatever is listed', () => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    reservation.sent();
    reservation.unknown();
    desk.book.onLink('down');
    desk.clock.pass(60_000);
    desk.book.onLink('up');
    desk.snapshot();
    desk.book.tick();
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
    reservation.found(orderData('9', Status.ALLTRADED, five, { traded: 5 }));
    desk.fill('9', 'a', five);
    expect(desk.book.held()).toMatchObject(NOTHING);
    expect(room(desk)).toBe(5);
  });

  test('until the day is over and the list is complete', () => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    reservation.sent();
    reservation.unknown();
    desk.clock.pass(8 * HOUR);
    desk.book.tick();
    expect(desk.book.held()).toMatchObject({ lots: 5 });
    desk.snapshot();
    expect(desk.book.held()).toMatchObject(NOTHING);
  });

  test('for an order that has vanished; it ends when it is there again and ends', () => {
    const desk = new Desk();
    const orderid = desk.working(five);
    desk.book.onResynced({ vanished: { order: [orderData(orderid, Status.NOTTRADED, five)] } });
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
    expect(desk.book.unknowns()).toHaveLength(1);
    desk.tell(orderid, Status.CANCELLED, five);
    expect(desk.book.held()).toMatchObject(NOTHING);
  });

  test('for one that a list does not have', () => {
    const desk = new Desk();
    desk.working(five);
    desk.snapshot();
    expect(desk.book.unknowns()).toHaveLength(1);
    expect(desk.book.held()).toMatchObject({ lots: 5 });
  });

  test('again when an order that was rejected works again, even over the limit', () => {
    const desk = new Desk({ limits: { openOrders: { total: 1 } } });
    const orderid = desk.working(five);
    desk.tell(orderid, Status.REJECTED, five);
    desk.working(five);
    desk.tell(orderid, Status.NOTTRADED, five);
    expect(desk.book.held()).toMatchObject({ lots: 10, slots: 2 });
  });
});

describe('news that come before the answer', () => {
  test('are matched when the id is known', () => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    reservation.sent();
    desk.tell('7', Status.PARTTRADED, five, { traded: 2 });
    desk.fill('7', 'a', { volume: 2 });
    desk.fill('7', 'a', { volume: 2 });
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
    reservation.answered('CTP.7');
    expect(desk.book.held()).toMatchObject({ lots: 3, slots: 1 });
    expect(room(desk)).toBe(5);
    expect(desk.book.ownerOf('CTP.7')).toBe('desk-1');
  });

  test('of two alike go to the one whose id it is, and are no strangers', () => {
    const desk = new Desk({ accounts: [accountRule({}, { foreignOrders: 'halt' })] });
    const [one, two] = [desk.reserve(five), desk.reserve(five, { principal: 'desk-2' })];
    desk.tell('2', Status.ALLTRADED, five, { traded: 5 });
    desk.fill('2', 'a', five);
    desk.tell('1', Status.NOTTRADED, five);
    one.answered('CTP.1');
    two.answered('CTP.2');
    expect(desk.latches).toEqual([]);
    expect([room(desk), room(desk, 'desk-2')]).toEqual([5, 5]);
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
    desk.tell('3', Status.NOTTRADED, five);
    expect(desk.latches).toHaveLength(1);
  });

  test('with only a fill of it', () => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    desk.fill('7', 'a', five);
    reservation.answered('CTP.7');
    expect(desk.book.held()).toMatchObject({ lots: 0, slots: 1 });
    desk.tell('7', Status.ALLTRADED, five, { traded: 5 });
    expect(desk.book.held()).toMatchObject(NOTHING);
  });

  test('that are of a stranger after all count for the account', () => {
    const desk = new Desk({ accounts: [accountRule({ openOrders: { total: 2 } }, { foreignOrders: 'reduce' })] });
    const reservation = desk.reserve(five);
    desk.tell('8', Status.NOTTRADED, five);
    expect(desk.latches).toEqual([]);
    reservation.answered('CTP.9');
    expect(desk.latches).toMatchObject([
      { rule: 'foreignOrders', level: 'reduce', scope: { kind: 'account', name: 'CTP' } },
    ]);
    expect(desk.would()).toBe('openOrders');
    expect(desk.book.ownerOf('CTP.8')).toBeUndefined();
  });

  test('that look like a stranger are its own, once the answer says so', () => {
    const desk = new Desk();
    const reservation = desk.reserve(five);
    // A gateway that rounds prices.
    desk.tell('7', Status.PARTTRADED, { ...five, price: 3499 }, { traded: 2 });
    desk.fill('7', 'a', { volume: 2 });
    reservation.answered('CTP.7');
    expect(desk.book.held()).toMatchObject({ lots: 3, slots: 1 });
    expect(room(desk)).toBe(5);
    desk.tell('7', Status.CANCELLED, five, { traded: 2 });
    expect(desk.book.held()).toMatchObject(NOTHING);
  });
});

describe('an order of which nobody knew', () => {
  test('is found by its reference', () => {
    const desk = new Desk();
    const reservation = desk.reserve({ ...five, reference: 'mine-1' });
    reservation.sent();
    reservation.unknown();
    desk.tell('7', Status.NOTTRADED, { ...five, reference: 'mine-1' });
    expect(reservation).toMatchObject({ state: 'working', vtOrderid: 'CTP.7' });
  });

  test('is found by news that came before', () => {
    const desk = new Desk();
    const reservation = desk.reserve({ ...five, reference: 'mine-1' });
    desk.tell('7', Status.NOTTRADED, { ...five, reference: 'mine-1' });
    reservation.unknown();
    expect(reservation.vtOrderid).toBe('CTP.7');
  });

  test('is there although it was answered with an empty text', () => {
    const desk = new Desk({ accounts: [accountRule({}, { foreignOrders: 'halt' })] });
    const reservation = desk.reserve({ ...five, reference: 'mine-1' });
    reservation.answered('');
    desk.tell('7', Status.NOTTRADED, { ...five, reference: 'mine-1' });
    expect(desk.book.ownerOf('CTP.7')).toBe('desk-1');
    expect(desk.latches).toEqual([]);
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
  });
});

describe('ids that come again', () => {
  test('of another symbol or side are of another order; what was under way stays reserved', () => {
    const desk = new Desk();
    const orderid = desk.working(five);
    desk.tell(orderid, Status.NOTTRADED, { ...five, sell: true });
    expect(desk.book.ownerOf(`CTP.${orderid}`)).toBeUndefined();
    expect(desk.book.unknowns()).toHaveLength(1);
    expect(desk.book.held()).toMatchObject({ lots: 10, slots: 2 });
  });

  test('of an order that has ended go to the one that is answered with it', () => {
    const desk = new Desk();
    desk.filled(five);
    const reservation = desk.reserve(five);
    desk.tell('1', Status.NOTTRADED, five);
    reservation.answered('CTP.1');
    expect(desk.book.held()).toMatchObject({ lots: 5, slots: 1 });
    desk.fill('1', 'again', five);
    desk.tell('1', Status.ALLTRADED, five, { traded: 5 });
    expect(desk.book.held()).toMatchObject(NOTHING);
    expect(room(desk)).toBe(0);
  });
});

describe('a restart', () => {
  test('knows all again, and what was under way may have become anything', () => {
    const desk = new Desk({ limits: { positionVolume: { perSymbol: 10 } } });
    desk.filled({ volume: 2 });
    const orderid = desk.working({ volume: 3 });
    desk.reserve({ volume: 1 }).sent();
    desk.restart();
    expect(desk.would()).toBe('state');
    desk.snapshot({ orders: [orderData(orderid, Status.NOTTRADED, { volume: 3 })] });
    expect(desk.book.unknowns()).toHaveLength(1);
    expect(desk.would({ volume: 4 })).toBe('ok');
    expect(desk.would({ volume: 5 })).toBe('positionVolume');
    desk.fill(orderid, 'z', { volume: 3 });
    desk.fill('1', 't1', { volume: 2 });
    expect(desk.would({ volume: 4 })).toBe('ok');
    expect(desk.would({ volume: 5 })).toBe('positionVolume');
  });

  test('takes up what a journal has beyond the stored state, once', () => {
    const desk = new Desk({ limits: { ordersPerDay: { total: 2 } } });
    desk.restart();
    for (let times = 0; times < 2; times++) desk.book.recover(desk.order(five), 'j-1');
    desk.snapshot();
    expect(desk.book.unknowns()).toMatchObject([{ id: 'j-1' }]);
    expect(desk.says()).toBe('ok');
    expect(desk.says()).toBe('ordersPerDay');
  });
});

test('a list after a reconnect brings what was missed, and nothing of yesterday', () => {
  const desk = new Desk({ accounts: [accountRule({ ordersPerDay: { total: 3 } })] });
  desk.filled(five);
  desk.clock.pass(24 * HOUR);
  desk.book.tick();
  desk.book.onLink('down');
  desk.book.onLink('up');
  const listed = {
    orders: [orderData('1', Status.ALLTRADED, five, { traded: 5 })],
    trades: [tradeData('1', 't1', five)],
  };
  desk.snapshot(listed);
  expect(room(desk)).toBe(5);
  desk.snapshot({ ...listed, orders: [...listed.orders, orderData('2', Status.NOTTRADED, five)] });
  desk.reserve();
  desk.reserve();
  expect(desk.would()).toBe('ordersPerDay');
});

test('what has ended is forgotten after its day', () => {
  const desk = new Desk();
  for (let times = 0; times < 100; times++) desk.filled();
  expect(desk.book.held().tracked).toBe(100);
  desk.clock.pass(24 * HOUR);
  desk.book.tick();
  expect(desk.book.held().tracked).toBe(0);
});

test('a clock that jumps is told, once', () => {
  const desk = new Desk();
  desk.clock.wall += 5 * 60_000;
  desk.book.tick();
  expect(desk.jumps).toEqual([]);
  desk.clock.wall -= 10 * 60_000 + 2;
  desk.book.tick();
  desk.book.tick();
  expect(desk.jumps).toEqual([-5 * 60_000 - 2]);
});
