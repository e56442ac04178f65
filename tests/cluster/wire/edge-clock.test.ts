import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockOffset, EdgeClock } from '../../../src/cluster/wire/edge-clock.js';

/** Beats of an edge: when each was sent, by true time, and how long it was under way. */
const BEATS = fc.array(
  fc.record({ after: fc.integer({ min: 1, max: 500 }), underWay: fc.integer({ min: 0, max: 3000 }) }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

test('the estimate is never ahead, however late beats come and in which order', () => {
  fc.assert(
    fc.property(BEATS, fc.integer({ min: 0, max: 1e6 }), fc.nat(5000), (beats, offset, wait) => {
      const clock = new EdgeClock();
      let sent = 0;
      const arrivals = beats
        .map(({ after, underWay }, count) => {
          sent += after;
          return { count, monotonic: sent + offset, at: sent + underWay };
        })
        .sort((left, right) => left.at - right.at);
      for (const { count, monotonic, at } of arrivals) {
        clock.hear({ boot: 1, count, monotonic }, at);
        expect(clock.estimate(at)).toBeLessThanOrEqual(at + offset);
      }
      const now = (arrivals.at(-1)?.at ?? 0) + wait;
      expect(clock.estimate(now)).toBeLessThanOrEqual(now + offset);
    }),
  );
});

test('a beat that is under way for no time is exact', () => {
  const clock = new EdgeClock();
  clock.hear({ boot: 1, count: 1, monotonic: 70_000 }, 200);
  expect(clock.estimate(350)).toBe(70_150);
  expect(clock.age(350)).toBe(150);
  expect(clock.deadline(350, 1000, 700)).toBe(71_150);
});

test('without a fresh beat there is no deadline', () => {
  const clock = new EdgeClock();
  expect(clock.deadline(0, 1000, 700)).toBeUndefined();
  expect(clock.age(0)).toBe(Infinity);
  clock.hear({ boot: 1, count: 1, monotonic: 0 }, 100);
  expect(clock.deadline(800, 1000, 700)).toBeDefined();
  expect(clock.deadline(801, 1000, 700)).toBeUndefined();
});

test('older beats change nothing; those of a new run do', () => {
  const clock = new EdgeClock();
  expect(clock.hear({ boot: 1, count: 5, monotonic: 5000 }, 100)).toBe(true);
  expect(clock.hear({ boot: 1, count: 4, monotonic: 4800 }, 110)).toBe(false);
  expect(clock.hear({ boot: 1, count: 5, monotonic: 5000 }, 120)).toBe(false);
  expect(clock.hear({ boot: 1, count: 6, monotonic: 4000 }, 130)).toBe(false);
  expect(clock.age(200)).toBe(100);
  expect(clock.hear({ boot: 2, count: 1, monotonic: 10 }, 300)).toBe(true);
  expect(clock.boot).toBe(2);
  expect(clock.estimate(310)).toBe(20);
});

test('an edge whose machine slept is not taken to be where it would have been', () => {
  const clock = new EdgeClock();
  clock.hear({ boot: 1, count: 1, monotonic: 1000 }, 1000);
  // Its clock stood still for ten seconds.
  clock.hear({ boot: 1, count: 2, monotonic: 1200 }, 11_200);
  expect(clock.estimate(11_300)).toBe(1300);
  expect(clock.behind).toBe(10_000);
  clock.hear({ boot: 1, count: 3, monotonic: 1400 }, 11_400);
  expect(clock.behind).toBe(0);
});

test('four times tell the offset, as well as half of the way', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.nat(1000),
      fc.nat(1000),
      fc.nat(1000),
      (offset, there, work, back) => {
        const asked = 5_000_000;
        const heard = asked + there + offset;
        const answered = heard + work;
        const measured = clockOffset({ asked, heard, answered, received: asked + there + work + back });
        expect(measured.error).toBe((there + back) / 2);
        expect(Math.abs(measured.offset - offset)).toBeLessThanOrEqual(measured.error);
      },
    ),
  );
});
