/**
 * Which trading day it is.
 */
import { describe, expect, test } from 'vitest';
import { TradingDays } from '../../../src/guard/limits/index.js';
import { DEFAULT_DAYS } from '../../../src/guard/policy/times.js';

const days = (): TradingDays => new TradingDays(DEFAULT_DAYS);

/** A time in Shanghai, which is 8 hours ahead of UTC all year. */
const shanghai = (text: string): number => Date.parse(`${text}+08:00`);

test.each([
  ['Friday before the night session', '2026-11-27T17:59:59.999', '2026-11-26T18:00'],
  ['Friday at 18:00 exactly', '2026-11-27T18:00', '2026-11-27T18:00'],
  ["Friday's night session", '2026-11-27T21:30', '2026-11-27T18:00'],
  ['Saturday, after midnight of that session', '2026-11-28T02:29', '2026-11-27T18:00'],
  ['Sunday', '2026-11-29T20:00', '2026-11-27T18:00'],
  ['Monday in the day session', '2026-11-30T14:59', '2026-11-27T18:00'],
  ['Monday at 18:00', '2026-11-30T18:00', '2026-11-30T18:00'],
  ['a leap day', '2028-02-29T10:00', '2028-02-28T18:00'],
])('of Chinese futures: %s', (_, now, start) => {
  for (const exchange of ['SHFE', 'INE', 'DCE', 'CZCE', 'GFEX', 'CFFEX'])
    expect(days().dayOf(exchange, shanghai(now))).toBe(shanghai(start));
});

test('stocks of Shanghai begin at 06:00 of workdays, all else at 00:00 UTC of every day', () => {
  expect(days().dayOf('SSE', shanghai('2026-11-29T12:00'))).toBe(shanghai('2026-11-27T06:00'));
  expect(days().dayOf('GLOBAL', Date.parse('2026-11-29T23:59:59Z'))).toBe(Date.parse('2026-11-29T00:00Z'));
});

describe('in a zone with daylight saving', () => {
  const chicago = (): TradingDays =>
    new TradingDays([{ exchanges: ['CME'], starts: 17 * 60, on: [0, 1, 2, 3, 4], zone: 'America/Chicago' }]);

  test.each([
    // UTC-6 until 2026-03-08, UTC-5 from then on, UTC-6 again from 2026-11-01.
    ['before the change in spring', '2026-03-08T00:00Z', '2026-03-05T23:00Z'],
    ['on the evening of the change', '2026-03-08T22:00Z', '2026-03-08T22:00Z'],
    ['a moment before it', '2026-03-08T21:59:59Z', '2026-03-05T23:00Z'],
    ['on the evening of the change back', '2026-11-01T22:59Z', '2026-10-29T22:00Z'],
    ['an hour later by UTC', '2026-11-01T23:00Z', '2026-11-01T23:00Z'],
  ])('%s', (_, now, start) => {
    expect(chicago().dayOf('CME', Date.parse(now))).toBe(Date.parse(start));
  });

  test('a day that would begin in the hour that is left out begins when it is over', () => {
    const rule = { exchanges: ['X'], starts: 2 * 60 + 30, on: [0, 1, 2, 3, 4, 5, 6], zone: 'America/Chicago' };
    expect(new TradingDays([rule]).dayOf('X', Date.parse('2026-03-08T12:00Z'))).toBe(Date.parse('2026-03-08T08:30Z'));
  });
});

describe('a clock that is set', () => {
  test('back never reopens a day', () => {
    const one = days();
    const today = one.dayOf('SHFE', shanghai('2026-12-01T19:00'));
    expect(one.dayOf('SHFE', shanghai('2026-12-01T17:00'))).toBe(today);
    expect(one.dayOf('SHFE', shanghai('2026-12-02T18:00'))).toBeGreaterThan(today);
  });

  test('back before a restart does not, either', () => {
    const one = days();
    const today = one.dayOf('SHFE', shanghai('2026-12-01T19:00'));
    expect(new TradingDays(DEFAULT_DAYS, one.begun()).dayOf('SHFE', shanghai('2026-12-01T17:00'))).toBe(today);
  });
});

test('an exchange that no rule names has days of UTC', () => {
  expect(new TradingDays([]).dayOf('NEW', Date.parse('2026-11-29T12:00Z'))).toBe(Date.parse('2026-11-29T00:00Z'));
});
