import { afterEach, beforeEach, describe, expect, vi, test } from 'vitest';
import { Watchdog } from '../../src/rpc/watchdog.js';
import type { WatchdogOptions } from '../../src/rpc/watchdog.js';

const TOLERANCE = 30_000;
const PROBE_TIMEOUT = 5000;

class Bench {
  busy = false;
  readonly probe = vi.fn();
  readonly changes: boolean[] = [];
  readonly watchdog: Watchdog;

  constructor(options: Partial<WatchdogOptions> = {}) {
    this.watchdog = new Watchdog({
      heartbeat: { tolerance: TOLERANCE, probeTimeout: PROBE_TIMEOUT },
      expectHeartbeats: true,
      busy: () => this.busy,
      probe: this.probe,
      onChange: () => this.changes.push(this.watchdog.unresponsive),
      ...options,
    });
    this.watchdog.start();
  }
}

describe('Watchdog', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is content while anything comes', () => {
    const bench = new Bench();
    for (let count = 0; count < 20; count++) {
      vi.advanceTimersByTime(10_000);
      bench.watchdog.sign(performance.now());
    }
    expect(bench.probe).not.toHaveBeenCalled();
    expect(bench.changes).toEqual([]);
  });

  test('asks after a silence, and condemns only when that is not answered', () => {
    const bench = new Bench();
    vi.advanceTimersByTime(TOLERANCE - 1);
    expect(bench.probe).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(bench.probe).toHaveBeenCalledTimes(1);
    expect(bench.watchdog.unresponsive).toBe(false);
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([true]);
    expect(bench.watchdog.silence).toBeGreaterThanOrEqual(TOLERANCE + PROBE_TIMEOUT);
    expect(bench.probe).toHaveBeenCalledTimes(1);
  });

  test('takes it back at the first sign of life, and watches on', () => {
    const bench = new Bench();
    vi.advanceTimersByTime(TOLERANCE + PROBE_TIMEOUT + 1);
    bench.watchdog.sign(performance.now());
    expect(bench.changes).toEqual([true, false]);
    vi.advanceTimersByTime(TOLERANCE + PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([true, false, true]);
  });

  test('says nothing when the probe is answered', () => {
    const bench = new Bench();
    bench.probe.mockImplementation(() => {
      setTimeout(() => {
        bench.watchdog.sign(performance.now());
      }, 100);
    });
    vi.advanceTimersByTime(TOLERANCE * 10);
    expect(bench.probe.mock.calls.length).toBeGreaterThanOrEqual(9);
    expect(bench.changes).toEqual([]);
  });

  test('waits for a call that runs long, and judges once it has been given up', () => {
    const bench = new Bench();
    bench.busy = true;
    vi.advanceTimersByTime(TOLERANCE * 20);
    expect(bench.probe).not.toHaveBeenCalled();
    bench.busy = false;
    vi.advanceTimersByTime(1000 + PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([true]);
  });

  test('does not need the whole tolerance when a call was not answered and nothing else came', () => {
    const bench = new Bench({ expectHeartbeats: false });
    vi.advanceTimersByTime(600_000);
    expect(bench.probe).not.toHaveBeenCalled();
    const sentAt = performance.now();
    vi.advanceTimersByTime(1000);
    bench.watchdog.callTimedOut(sentAt);
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.changes).toEqual([true]);
  });

  test('does not suspect a server that speaks while a call of ours times out', () => {
    const bench = new Bench();
    const sentAt = performance.now();
    vi.advanceTimersByTime(1000);
    bench.watchdog.sign(performance.now());
    bench.watchdog.callTimedOut(sentAt);
    vi.advanceTimersByTime(PROBE_TIMEOUT + 1);
    expect(bench.probe).not.toHaveBeenCalled();
  });

  test('can be turned off', () => {
    const bench = new Bench({ heartbeat: { tolerance: Infinity, probeTimeout: PROBE_TIMEOUT } });
    vi.advanceTimersByTime(10 * 24 * 3_600_000);
    bench.watchdog.callTimedOut(performance.now());
    expect(vi.getTimerCount()).toBe(0);
    expect(bench.probe).not.toHaveBeenCalled();
  });

  test.each(['watching', 'suspicious', 'unresponsive'])('leaves no timer behind when stopped while %s', (when) => {
    const bench = new Bench();
    vi.advanceTimersByTime(
      { watching: 0, suspicious: TOLERANCE, unresponsive: TOLERANCE + PROBE_TIMEOUT + 1 }[when] ?? 0,
    );
    bench.watchdog.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(bench.watchdog.unresponsive).toBe(false);
    bench.watchdog.sign(performance.now());
    expect(vi.getTimerCount()).toBe(0);
  });
});
