import { expect, onTestFinished, test, vi } from 'vitest';
import { Keeper } from '../../../src/guard/core/keeper.js';
import type { RiskBook } from '../../../src/guard/limits/index.js';
import type { StateStore } from '../../../src/guard/state/store.js';

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The seconds in which a keeper writes within a minute, when everything changes all the time and a text takes so many ms. */
async function written(cost: number): Promise<readonly number[]> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => {
    vi.useRealTimers();
    clock.mockRestore();
  });
  const moments: number[] = [];
  const store = {
    path: 'counts.json',
    read: () => Promise.resolve({ kind: 'missing' as const }),
    write: () => {
      moments.push(Math.round(now / 1000));
      return Promise.resolve();
    },
  };
  const toJSON = (): object => {
    now += cost;
    return {};
  };
  const book = { toJSON, tick: () => undefined } as unknown as RiskBook;
  const keeper = new Keeper(book, store as unknown as StateStore, () => 0, QUIET);
  await keeper.restore();
  for (let second = 1; second <= 60; second++) {
    keeper.changed();
    now = Math.max(now, second * 1000);
    await vi.advanceTimersByTimeAsync(1000);
  }
  await keeper.close();
  return moments.slice(0, -1);
}

test('the counts are written once a second, and more seldom where that takes long', async () => {
  expect(await written(1)).toHaveLength(60);
  // Twenty times half a second.
  const moments = await written(500);
  const gaps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
  expect(moments.length).toBeGreaterThan(4);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(11);
});
