import { Direction, Exchange, Offset, OrderData, OrderType, Status } from 'vnpy-bridge/vnpy';
import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/cluster/account/compare.js';
import type { JournalEntry } from '../../../src/cluster/account/journal-entry.js';

function entry(key: string, more: Partial<JournalEntry> = {}): JournalEntry {
  return {
    key,
    id: key,
    principal: 'desk-1',
    edge: 'east',
    epoch: 1,
    at: 0,
    gateway: 'CTP',
    reference: key,
    order: {
      symbol: 'rb2705',
      exchange: 'SHFE',
      direction: 'LONG',
      type: 'LIMIT',
      volume: '2',
      price: '3500',
      offset: 'OPEN',
      reference: key,
    },
    seq: 1,
    result: undefined,
    ...more,
  };
}

function order(orderid: string, reference: string, volume = 2): OrderData {
  return new OrderData({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    orderid,
    type: OrderType.LIMIT,
    direction: Direction.LONG,
    offset: Offset.OPEN,
    price: 3500,
    volume,
    status: Status.NOTTRADED,
    reference,
    gateway_name: 'CTP',
  });
}

const NOBODY = (): boolean => false;

describe('an order of which nobody knows', () => {
  test('is the one with its reference', () => {
    const { found, absent, doubtful } = compare([entry('a')], [order('1', 'a'), order('2', 'b')], NOBODY);
    expect(found.map(([{ key }, { orderid }]) => [key, orderid])).toEqual([['a', '1']]);
    expect([absent, doubtful]).toEqual([[], []]);
  });

  test('is not there when nothing looks like it', () => {
    const { found, absent, doubtful } = compare([entry('a')], [order('1', 'b'), order('2', 'a', 3)], NOBODY);
    expect(absent.map(({ key }) => key)).toEqual(['a']);
    expect([found, doubtful]).toEqual([[], []]);
  });

  test('may be one that has lost its reference', () => {
    const { found, doubtful } = compare([entry('a')], [order('1', '')], NOBODY);
    expect(doubtful.map(({ key }) => key)).toEqual(['a']);
    expect(found).toEqual([]);
  });

  test('is not one that is known to be another', () => {
    const { absent } = compare([entry('a')], [order('1', 'a')], (id) => id === 'CTP.1');
    expect(absent).toHaveLength(1);
  });

  test('of several that look the same with one reference is found when all are', () => {
    const open = [entry('a', { reference: 'cta' }), entry('b', { reference: 'cta' })];
    expect(compare(open, [order('1', 'cta'), order('2', 'cta')], NOBODY).found).toHaveLength(2);
    const { found, doubtful } = compare(open, [order('1', 'cta')], NOBODY);
    expect([found.length, doubtful.length]).toEqual([0, 2]);
  });
});
