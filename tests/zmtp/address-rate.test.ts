import { expect, test } from 'vitest';
import { AddressRate } from '../../src/zmtp/address-rate.js';

/** How often in a row it is allowed now. */
function taken(rate: AddressRate, address: string): number {
  let count = 0;
  while (rate.take(address)) count++;
  return count;
}

test('five seconds’ worth at once, then so many a second, each address for itself', () => {
  let now = 0;
  const rate = new AddressRate(10, () => now);
  expect(taken(rate, 'a')).toBe(50);
  expect(taken(rate, 'b')).toBe(50);
  now = 99;
  expect(taken(rate, 'a')).toBe(0);
  now = 1000;
  expect(taken(rate, 'a')).toBe(10);
  now = 3_600_000;
  expect(taken(rate, 'a')).toBe(50);
});

test('none at all, and no limit', () => {
  expect(taken(new AddressRate(0), 'a')).toBe(0);
  const rate = new AddressRate(Infinity, () => 7);
  for (let time = 0; time < 1000; time++) expect(rate.take('a')).toBe(true);
});

test('what is refused costs nothing: who goes on asking gets as much as who waits', () => {
  let now = 0;
  const rate = new AddressRate(2, () => now);
  taken(rate, 'a');
  let allowed = 0;
  for (; now <= 10_000; now += 100) if (rate.take('a')) allowed++;
  expect(allowed).toBe(20);
});

test('addresses that come once are forgotten, those that are at their limit are not', () => {
  let now = 0;
  const rate = new AddressRate(10, () => now);
  taken(rate, 'busy');
  for (let index = 0; index < 100_000; index++) {
    now++;
    rate.take(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
    if (index % 100 === 0) taken(rate, 'busy');
    expect(rate.size).toBeLessThan(2500);
  }
  expect(taken(rate, 'busy')).toBeLessThan(5);
});
