import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { FeedWatch } from '../../src/rpc/feed-watch.js';

const TOLERANCE = 30_000;
const PROBE_TIMEOUT = 5000;

class Bench {
  busy = false;
  readonly changes: boolean[] = [];
  readonly watch: FeedWatch;

  constructor(tolerance = TOLERANCE) {
    this.watch = new FeedWatch({
      heartbeat: { feedTolerance: tolerance, probeTimeout: PROBE_TIMEOUT },
      busy: () => this.busy,
      onChange: () => this.changes.push(this.watch.dead),
    });
    this.watch.start();
  }
}

describe('FeedWatch', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is content while messages come', () => {
    const bench = new Bench();
    for (let count = 0; count < 20; count++) {
      vi.advanceTimersByTime(10_000);
      bench.watch.event(performance.now());
      bench.watch.answer();
    }
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([]);
  });

  test('condemns when an answer comes after a silence, and still nothing else', () => {
    const bench = new Bench();
    bench.watch.answer(); // Too early to tell anything.
    vi.advanceTimersByTime(TOLERANCE);
    bench.watch.answer();
    vi.advanceTimersByTime(PROBE_TIMEOUT - 1);
    expect(bench.changes).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(bench.changes).toEqual([true]);
    expect(bench.watch.silence).toBeGreaterThanOrEqual(TOLERANCE + PROBE_TIMEOUT);
    bench.watch.event(performance.now());
    expect(bench.changes).toEqual([true, false]);
  });

  test('does not condemn a server that does not answer', () => {
    const bench = new Bench();
    vi.advanceTimersByTime(10 * TOLERANCE);
    expect(bench.changes).toEqual([]);
    bench.watch.answer();
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([true]);
  });

  test('takes a heartbeat that comes after the answer', () => {
    const bench = new Bench();
    vi.advanceTimersByTime(TOLERANCE);
    bench.watch.answer();
    vi.advanceTimersByTime(PROBE_TIMEOUT - 1);
    bench.watch.event(performance.now());
    vi.advanceTimersByTime(TOLERANCE - 1);
    expect(bench.changes).toEqual([]);
  });

  test('has patience while the server works for us', () => {
    const bench = new Bench();
    bench.busy = true;
    vi.advanceTimersByTime(10 * TOLERANCE);
    bench.watch.answer();
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([]);
    bench.busy = false;
    vi.advanceTimersByTime(1000);
    bench.watch.answer();
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([true]);
  });

  test('is off where the tolerance is infinite, and after stop', () => {
    const endless = new Bench(Infinity);
    const stopped = new Bench();
    stopped.watch.stop();
    vi.advanceTimersByTime(10 * TOLERANCE);
    for (const { watch } of [endless, stopped]) watch.answer();
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect([...endless.changes, ...stopped.changes]).toEqual([]);
    expect(stopped.watch.running).toBe(false);
  });
});
