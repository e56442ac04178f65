import { Status } from 'vnpy-bridge/vnpy';
import { describe, expect, test } from 'vitest';
import { adopt } from '../../../src/guard/core/adopted.js';
import type { AdoptedOrder } from '../../../src/guard/core/adopted.js';
import { Ruling } from '../../../src/guard/core/ruling.js';
import { policyOf } from '../../../src/guard/policy/read.js';
import { Desk, orderData, request } from './support.js';
import type { RiskOrder } from '../../../src/guard/limits/index.js';

const DAY = 86_400_000;
const RULING = new Ruling(
  policyOf({
    version: 1,
    roles: { trader: { functions: ['send_order'] } },
    principals: { 'desk-1': { roles: ['trader'], webUser: 'li' } },
    audit: false,
  }),
  1,
  [],
  Date.now,
);

function orderOf(desk: Desk, more: Partial<AdoptedOrder> = {}): AdoptedOrder {
  return {
    id: 'other-1',
    principal: 'desk-1',
    gatewayName: 'CTP',
    request: request({ volume: 2, reference: 'r1' }),
    at: desk.clock.wall - 1000,
    outcome: 'sent',
    vtOrderid: 'CTP.7',
    ...more,
  };
}

/** Whether one more order of the day may leave. */
function decides(desk: Desk, ordersPerDay: number): boolean {
  const order: RiskOrder = {
    principal: 'desk-1',
    limits: { ordersPerDay: { total: ordersPerDay } },
    warnAt: undefined,
    request: request({ reference: 'next' }),
    gatewayName: 'CTP',
  };
  return desk.book.decide(order).ok;
}

describe('an order that another guard has let through', () => {
  test('counts, holds its lots, and has its owner', () => {
    const desk = new Desk();
    adopt([orderOf(desk)], desk.book, RULING);
    expect(desk.book.ownerOf('CTP.7')).toBe('desk-1');
    expect(desk.book.held()).toMatchObject({ lots: 2, slots: 1 });
    expect(decides(desk, 1)).toBe(false);
    expect(decides(desk, 2)).toBe(true);
  });

  test('that the server has listed as a stranger is one order, not two', () => {
    const desk = new Desk();
    const news = orderData('7', Status.NOTTRADED, { volume: 2, reference: 'r1' });
    desk.book.snapshot({ orders: [news], trades: [] });
    expect(desk.book.ownerOf('CTP.7')).toBeUndefined();
    adopt([orderOf(desk)], desk.book, RULING);
    desk.book.snapshot({ orders: [news], trades: [] });
    expect(desk.book.ownerOf('CTP.7')).toBe('desk-1');
    expect(desk.book.held()).toEqual({ lots: 2, slots: 1, tracked: 1 });
    expect(desk.book.unknowns()).toEqual([]);
  });

  test('counts once, however often it is told', () => {
    const desk = new Desk();
    adopt([orderOf(desk), orderOf(desk)], desk.book, RULING);
    adopt([orderOf(desk)], desk.book, RULING);
    expect(desk.book.held()).toMatchObject({ lots: 2, slots: 1 });
    expect(decides(desk, 2)).toBe(true);
  });

  test('of which nobody knows is held until it is known', () => {
    const desk = new Desk();
    adopt([orderOf(desk, { outcome: 'unknown' })], desk.book, RULING);
    expect(desk.book.unknowns()).toMatchObject([{ id: 'other-1' }]);
    adopt([orderOf(desk, { outcome: 'refused' })], desk.book, RULING);
    expect(desk.book.held()).toMatchObject({ lots: 0, slots: 0 });
    expect(decides(desk, 1)).toBe(false);
  });

  test('of an earlier day, or that was not sent, counts nowhere', () => {
    const desk = new Desk();
    adopt([orderOf(desk, { at: desk.clock.wall - 2 * DAY })], desk.book, RULING);
    adopt([orderOf(desk, { id: 'other-2', outcome: 'not-sent' })], desk.book, RULING);
    expect(desk.book.held()).toMatchObject({ lots: 0, slots: 0 });
    expect(decides(desk, 1)).toBe(true);
  });
});
