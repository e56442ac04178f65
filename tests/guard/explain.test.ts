import { describe, expect, onTestFinished, test } from 'vitest';
import { Guard, GuardError } from 'vnpy-bridge/guard';
import type { Explanation } from 'vnpy-bridge/guard';
import {
  CancelRequest,
  Direction,
  Event,
  EventType,
  Exchange,
  Offset,
  OrderType,
  SendOrderError,
} from 'vnpy-bridge/vnpy';
import type { OrderRequestInit } from 'vnpy-bridge/vnpy';
import { order, position, tick } from '../vnpy/support.js';
import { good, QUIET, twoGateways } from './attack-support.js';

// What a running guard explains is what it decides, with what it knows.

const POLICY = {
  version: 1,
  audit: false,
  accounts: { 'CTP.*': { limits: { messagesPerDay: 4, selfTrade: 'refuse' } } },
  roles: {
    trader: {
      functions: ['get_*', 'send_order', 'cancel_order'],
      symbols: ['rb*.SHFE'],
      products: ['FUTURES'],
      limits: {
        orderVolume: 10,
        priceBand: { aggressive: 0.02 },
        positionVolume: { perSymbol: 12 },
        openOrders: { total: 3 },
        messagesPerSecond: 100,
        duplicates: 2,
        cancelsPerDay: { total: 1, hard: true },
      },
    },
  },
  principals: {
    desk: { plainUser: 'desk', roles: ['trader'] },
    former: { plainUser: 'x', roles: ['trader'], until: '2020-01-01' },
  },
};

const DECISION = [
  'function',
  'gateway',
  'account',
  'symbol',
  'product',
  'orderType',
  'function',
  'halt',
  'audit',
  'shape',
];

const LIMITS = [
  ['selfTrade', 'account'],
  ['duplicates', 'principal'],
  ['orderVolume', 'principal'],
  ['priceBand', 'principal'],
  ['positionVolume', 'principal'],
  ['openOrders', 'principal'],
  ['messagesPerSecond', 'principal'],
  ['messagesPerDay', 'account'],
  ['cancelsPerDay', 'principal'],
];

async function opened(): Promise<{ engine: ReturnType<typeof twoGateways>; guard: Guard }> {
  const engine = twoGateways();
  engine.positions = [position(5, Direction.LONG)];
  const guard = await Guard.open(POLICY, { logger: QUIET });
  onTestFinished(() => guard.close());
  await guard.attach(engine);
  engine.tellTick(tick(3500, { datetime: new Date() }));
  return { engine, guard };
}

const explained = (guard: Guard, changes: Partial<OrderRequestInit> = {}, gatewayName = 'CTP'): Explanation =>
  guard.explain('desk', { function: 'send_order', order: good({ offset: Offset.OPEN, ...changes }), gatewayName });

test('every rule is shown in the order of decision, with its numbers', async () => {
  const { engine, guard } = await opened();
  await guard.engineFor('desk', engine).sendOrder(good({ offset: Offset.OPEN, price: 3400 }), 'CTP');
  const { verdict, steps } = explained(guard, { volume: 2 });
  expect(verdict).toBe('allowed');
  expect(steps.map(({ rule }) => rule)).toEqual([...DECISION, ...LIMITS.map(([rule]) => rule)]);
  const limits = steps.slice(DECISION.length);
  expect(limits.map(({ rule, scope }) => [rule, scope?.kind])).toEqual(LIMITS);
  const numbers = new Map(limits.map(({ rule, value, limit }) => [rule, [value, limit]]));
  expect(Object.fromEntries(numbers)).toMatchObject({
    orderVolume: [2, 10],
    positionVolume: [3, 12],
    openOrders: [2, 3],
    messagesPerDay: [2, 4],
    duplicates: [1, 2],
    cancelsPerDay: [1, 1],
  });
  expect(limits.find(({ rule }) => rule === 'priceBand')?.text).toContain('reference 3500');
  expect(limits.find(({ rule }) => rule === 'selfTrade')?.text).toMatch(/^1 open order/);
  expect(steps.find(({ rule }) => rule === 'product')).toMatchObject({ outcome: 'allowed' });
  // Nothing was counted by it.
  expect(explained(guard, { volume: 2 }).steps).toEqual(steps);
});

const ORDERS: readonly (readonly [name: string, changes: Partial<OrderRequestInit>, gateway: string])[] = [
  ['fits', {}, 'CTP'],
  ['is too large', { volume: 11 }, 'CTP'],
  ['is too dear', { price: 3600 }, 'CTP'],
  ['is too dear and too large: the first decides', { price: 3600, volume: 11 }, 'CTP'],
  ['is of another contract', { symbol: 'au2706' }, 'CTP'],
  ['has no contract', { symbol: 'rb9999' }, 'CTP'],
  ['is of another exchange', { exchange: Exchange.DCE }, 'CTP'],
  ['crosses another', { direction: Direction.SHORT, price: 3500 }, 'CTP'],
  ['is of another type', { type: OrderType.STOP }, 'CTP'],
  ['goes to another gateway', {}, 'CTP2'],
  ['closes', { direction: Direction.SHORT, offset: Offset.CLOSE, price: 3520, volume: 5 }, 'CTP'],
];

test.each(ORDERS)('an order that %s is decided as it is explained', async (_name, changes, gateway) => {
  const { engine, guard } = await opened();
  engine.orders.push(order('1', { price: 3510 }));
  engine.tellOrder(order('1', { price: 3510 }));
  const { verdict, refusal, steps } = explained(guard, changes, gateway);
  const error = await guard
    .engineFor('desk', engine)
    .sendOrder(good({ offset: Offset.OPEN, ...changes }), gateway)
    .catch((cause: unknown) => cause);
  if (verdict === 'allowed') {
    expect(error).toBe(`${gateway}.1`);
    return;
  }
  expect(error).toBeInstanceOf(SendOrderError);
  const { rule, limit, value, message } = (error as SendOrderError).cause as GuardError;
  expect(`[${refusal?.rule ?? ''}] ${refusal?.reason ?? ''}`).toBe(message);
  expect([refusal?.rule, refusal?.limit, refusal?.value]).toEqual([rule, limit, value]);
  expect(steps.find(({ outcome }) => outcome === 'refused')?.rule).toBe(rule);
});

test('limits that an order which reduces passes are shown as not asked', async () => {
  const { engine, guard } = await opened();
  engine.positions = [position(5, Direction.LONG, { yd_volume: 5 })];
  engine.emit(new Event(EventType.POSITION, position(5, Direction.LONG, { yd_volume: 5 })));
  const close = { direction: Direction.SHORT, offset: Offset.CLOSEYESTERDAY, price: 3490 };
  const { steps } = explained(guard, close);
  const waived = steps.filter(({ text }) => text.includes('provably reduces'));
  expect(waived.map(({ rule }) => rule)).toEqual(['positionVolume', 'openOrders', 'messagesPerDay', 'cancelsPerDay']);
});

describe('beside limits', () => {
  test('a halt decides before them, and they are shown', async () => {
    const { guard } = await opened();
    await guard.halt({ by: 'a person', reason: 'too fast', scope: { kind: 'gateway', name: 'CTP' } });
    const { refusal, steps } = explained(guard, { volume: 11 });
    expect(refusal).toMatchObject({ rule: 'halt', reason: expect.stringContaining('too fast') as string });
    expect(steps.filter(({ outcome }) => outcome === 'refused').map(({ rule }) => rule)).toEqual([
      'halt',
      'orderVolume',
    ]);
  });

  test('a principal whose time is over, and one that is none', async () => {
    const { guard } = await opened();
    expect(guard.explain('former', { function: 'get_tick' })).toMatchObject({ refusal: { rule: 'principal' } });
    expect(() => guard.explain('nobody', { function: 'get_tick' })).toThrow(GuardError);
  });

  test('a query, and a cancel of one’s own order and of another’s', async () => {
    const { engine, guard } = await opened();
    expect(guard.explain('desk', { function: 'get_tick' })).toMatchObject({ verdict: 'allowed' });
    expect(guard.explain('desk', { function: 'subscribe' })).toMatchObject({ refusal: { rule: 'function' } });
    const id = await guard.engineFor('desk', engine).sendOrder(good({ offset: Offset.OPEN }), 'CTP');
    engine.tellOrder(order('1', { volume: 1 }));
    const cancel = (orderid: string): Explanation =>
      guard.explain('desk', {
        function: 'cancel_order',
        cancel: new CancelRequest({ orderid, symbol: 'rb2705', exchange: Exchange.SHFE }),
        gatewayName: 'CTP',
      });
    expect(cancel('2')).toMatchObject({ refusal: { rule: 'owner' } });
    expect(cancel(id.slice(4))).toMatchObject({ verdict: 'allowed' });
    expect(cancel(id.slice(4)).steps.find(({ rule }) => rule === 'cancelsPerDay')).toMatchObject({
      value: 1,
      limit: 1,
    });
    engine.orders.push(order('1', { volume: 1 }));
    const request = new CancelRequest({ orderid: '1', symbol: 'rb2705', exchange: Exchange.SHFE });
    await guard.engineFor('desk', engine).cancelOrder(request, 'CTP');
    expect(cancel('1')).toMatchObject({ refusal: { rule: 'cancelsPerDay', limit: 1, value: 2 } });
    const error = await guard
      .engineFor('desk', engine)
      .cancelOrder(request, 'CTP')
      .then(
        () => expect.fail('it was not refused'),
        (cause: unknown) => cause as GuardError,
      );
    expect([error.rule, error.limit, error.value]).toEqual(['cancelsPerDay', 1, 2]);
  });
});
