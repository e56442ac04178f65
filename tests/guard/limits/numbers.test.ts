/**
 * The numbers of a refusal are fields, and a peer reads the same numbers in its text: it gets no other.
 */
import { expect, test } from 'vitest';
import { Status } from 'vnpy-bridge/vnpy';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { readRefusal } from '../../../src/vnpy/guard-refusal.js';
import { Desk } from './support.js';
import type { Wish } from './support.js';

const two = { perSymbol: 2 };

const table: readonly (readonly [rule: string, limits: Limits, value: number, limit: number, wish: Wish])[] = [
  ['orderVolume', { orderVolume: 2 }, 5, 2, { volume: 5 }],
  ['orderVolume', { orderVolume: false }, 1, 0, {}],
  ['orderNotional', { orderNotional: { CNY: 20_000 } }, 35_000, 20_000, {}],
  ['priceBand', { priceBand: { aggressive: 0.01 } }, 3800, 3700, { price: 3800 }],
  ['messagesPerSecond', { messagesPerSecond: 2 }, 3, 2, {}],
  ['ordersPerDay', { ordersPerDay: two }, 3, 2, {}],
  ['ordersPerDay', { ordersPerDay: { total: 2 } }, 3, 2, {}],
  ['messagesPerDay', { messagesPerDay: { total: 2 } }, 3, 2, {}],
  ['openOrders', { openOrders: two }, 3, 2, {}],
  ['openOrders', { openOrders: { total: 2 } }, 3, 2, {}],
  ['positionVolume', { positionVolume: two }, 3, 2, {}],
  ['positionVolume', { positionVolume: { total: 2 } }, 3, 2, {}],
  ['openVolumePerDay', { openVolumePerDay: two }, 3, 2, {}],
  ['duplicates', { duplicates: { count: 2, within: 1000 } }, 3, 2, {}],
  ['cancelsPerDay', { cancelsPerDay: two }, 3, 2, {}],
  ['largeCancels', { largeCancels: { lots: 1, max: 2 } }, 3, 2, {}],
  ['lossPerDay', { lossPerDay: { max: 999, then: 'reduce' } }, 2000, 999, {}],
];

test.each(table)('%s: %j', (rule, limits, value, limit, wish) => {
  const desk = new Desk({ limits });
  desk.tick(3500, { limit_up: 3700 });
  for (const orderid of ['1', '2']) {
    if (['orderVolume', 'orderNotional', 'priceBand'].includes(rule)) break;
    if (rule === 'lossPerDay') {
      desk.filled({ price: 3600, volume: 2 });
      break;
    }
    desk.working();
    if (!['cancelsPerDay', 'largeCancels'].includes(rule)) continue;
    const order = desk.order();
    desk.book.cancelling({ ...order, order: order.request.createOrderData(orderid, 'CTP') });
  }
  const refused = desk.book.explainAll(desk.order(wish)).find(({ ok }) => !ok);
  expect(refused).toMatchObject({ rule, value, limit });
  expect(readRefusal(`send_order: [${rule}] ${refused?.reason ?? ''}`)).toEqual({ rule, value, limit });
});

test('a band has its bound as limit, which the text of old does not tell', () => {
  const desk = new Desk({ limits: { priceBand: { aggressive: 0.01 } } });
  desk.tick(3500);
  expect(desk.book.explainAll(desk.order({ price: 3600 })).at(-1)).toMatchObject({ value: 3600, limit: 3535 });
  expect(desk.book.explainAll(desk.order({ price: 3400, sell: true })).at(-1)).toMatchObject({ limit: 3465 });
});

test('what has no number has none', () => {
  const desk = new Desk({ limits: { closeOnly: true, selfTrade: 'refuse' } });
  desk.tell('7', Status.NOTTRADED, { sell: true });
  for (const verdict of desk.book.explainAll(desk.order()).filter(({ ok }) => !ok))
    expect([verdict.limit, verdict.value]).toEqual([undefined, undefined]);
});
