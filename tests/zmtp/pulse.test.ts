import { afterEach, expect, test, vi } from 'vitest';
import { Pulse } from '../../src/zmtp/pulse.js';

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  [Infinity, Infinity, 2],
  [4000, Infinity, 7200],
  [4000, 8000, 7200],
])('an interval of %d and a timeout of %d ms: %i looks in two hours', (interval, timeout, looks) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const pulse = new Pulse({ interval, timeout });
  let count = 0;
  const member = {
    beat: (): void => {
      count++;
    },
  };
  pulse.add(member);
  vi.advanceTimersByTime(7_200_000);
  expect(count).toBe(looks);
  pulse.delete(member);
  expect(vi.getTimerCount()).toBe(0);
});
