import { describe, expect, test } from 'vitest';
import {
  decimalsOf,
  fitsStep,
  money,
  percent,
  price,
  shownDecimals,
  toStep,
  volume,
} from '../../../web/src/format/numbers.js';

// How the console's page writes numbers.

describe('numbers of the page', () => {
  test.each([
    [3512, 1, '3512'],
    [4012.4, 0.2, '4012.4'],
    [108.23, 0.005, '108.230'],
    [782.56 - 782.46, 0.02, '0.10'],
    [3513.3333333, 1, '3513.33'],
    [3510.5, 1, '3510.5'],
    [79850, 10, '79850'],
    [100, 0.5, '100.0'],
    [-0.5, 0.5, '-0.5'],
    [0.00001234, 1e-8, '0.00001234'],
  ])('the price %d with the tick %d is %s', (value, tick, text) => {
    expect(price(value, tick)).toBe(text);
  });

  test('a price that is missing is a dash, and without a tick it is as short as it can be', () => {
    expect([price(null, 1), price(Number.NaN, 1), price(0.1 + 0.2, undefined)]).toEqual(['–', '–', '0.3']);
  });

  test('volumes and money have their thousands apart', () => {
    expect([volume(1234567), volume(0.001), volume(-12000.5)]).toEqual(['1,234,567', '0.001', '-12,000.5']);
    expect([money(1000000), money(-0.001), money(-1234.5)]).toEqual(['1,000,000.00', '0.00', '-1,234.50']);
  });

  test('a percent has a sign, unless it rounds to nothing', () => {
    expect([percent(0.0125), percent(-0.008), percent(0.00001), percent(-0.00001), percent(null)]).toEqual([
      '+1.25%',
      '-0.80%',
      '0.00%',
      '0.00%',
      '–',
    ]);
  });

  test('decimals are counted as they are written', () => {
    expect([decimalsOf(0.05), decimalsOf(1e-8), decimalsOf(10), decimalsOf(1e21)]).toEqual([2, 8, 0, 0]);
    expect([shownDecimals('1,234.50'), shownDecimals('12%'), shownDecimals('0.80%'), shownDecimals('–')]).toEqual([
      2, 0, 2, 0,
    ]);
  });

  test('steps are exact where doubles are not', () => {
    expect([toStep(0.3, 0.1), toStep(4012.31, 0.2), toStep(1.005, 0.01)]).toEqual([0.3, 4012.4, 1.01]);
    expect([fitsStep(0.3, 0.1), fitsStep(4012.4, 0.2), fitsStep(4012.5, 0.2), fitsStep(3512, 1)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
