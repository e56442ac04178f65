/** What interop/vnpy-utility.test.ts cannot ask vnpy: misuse, and what a user keeps. */
import { describe, expect, test } from 'vitest';
import { PyDateTime } from 'vnpy-bridge/pickle';
import { BarGenerator, ceilTo, Exchange, floorTo, Interval, roundTo, TickData } from 'vnpy-bridge/vnpy';
import type { BarData } from 'vnpy-bridge/vnpy';

const tick = (minute: number, second: number, last_price: number, volume: number): TickData =>
  new TickData({
    gateway_name: 'CTP',
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    datetime: new PyDateTime(2026, 3, 2, 9, minute, second),
    last_price,
    volume,
  });

describe('BarGenerator', () => {
  test('gives bars that do not change afterwards', () => {
    const bars: BarData[] = [];
    const generator = new BarGenerator((bar) => bars.push(bar));
    generator.updateTick(tick(0, 1, 3700, 10));
    const open = generator.bar;
    generator.updateTick(tick(0, 59, 3702, 12));
    generator.updateTick(tick(1, 0, 3690, 15));
    expect(open).toMatchObject({ high_price: 3700, volume: 0 });
    expect(bars).toMatchObject([{ open_price: 3700, high_price: 3702, low_price: 3700, close_price: 3702, volume: 2 }]);
    expect(String(bars[0]?.datetime)).toBe('2026-03-02T09:00:00');
    expect(generator.generate()).toBe(bars[1]);
    expect(bars[1]).toMatchObject({ close_price: 3690, volume: 3, interval: Interval.MINUTE });
    expect(generator.generate()).toBeUndefined();
    expect(generator.bar).toBeUndefined();
  });

  test.each<[what: string, options: object, message: RegExp]>([
    ['a window that divides no hour', { window: 7 }, /does not divide an hour/],
    ['days without an end', { interval: Interval.DAILY, window: 1 }, /dailyEnd/],
    ['an end that is no time', { interval: Interval.DAILY, window: 1, dailyEnd: '25:00' }, /'14:59', not "25:00"/],
    ['weeks', { interval: Interval.WEEKLY }, /MINUTE, HOUR or DAILY/],
    ['a window that is no number', { window: '5' }, /window/],
    ['a name that is none', { windows: 5 }, /window/],
  ])('refuses %s', (_, options, message) => {
    expect(() => new BarGenerator(() => undefined, options)).toThrow(message);
  });
});

describe('roundTo, floorTo, ceilTo', () => {
  test('give the steps that exchanges take', () => {
    expect([roundTo(0.1 + 0.2, 0.1), floorTo(0.29, 0.1), ceilTo(0.21, 0.1)]).toEqual([0.3, 0.2, 0.3]);
    expect([roundTo(2.5, 1), roundTo(3.5, 1), roundTo(-2.5, 1)]).toEqual([2, 4, -2]);
    expect([floorTo(-0.1, 1), ceilTo(-0.1, 1)]).toEqual([-1, 0]);
    expect(roundTo(1_234_567, 1e-18)).toBe(1_234_567);
  });

  test('refuse what no step can be made of', () => {
    for (const work of [roundTo, floorTo, ceilTo]) {
      expect(() => work(1, 0)).toThrow(/other than 0/);
      expect(() => work(NaN, 1)).toThrow(RangeError);
      expect(() => work(1, Infinity)).toThrow(RangeError);
    }
  });
});
