/**
 * The audit's times: µs of the wall clock, and waiting.
 *
 * @module
 */

/** Tells the time, and waits. Given by tests. */
export interface GuardClock {
  /** µs since 1970-01-01T00:00Z. An integer, below 2^53 until the year 2255. */
  micros(): number;
  /** Calls once after `ms`; what it returns takes it back. Keeps no process alive. */
  after(ms: number, call: () => void): () => void;
}

/** How far the two clocks may be apart before the fine one is set again, in ms. */
const TOLERANCE = 1;

/**
 * This machine's time: counted by the monotonic clock, because the wall clock tells whole ms, and set again when that was (NTP).
 */
export function createGuardClock(
  wall: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): GuardClock {
  let origin = wall() - monotonic();
  return {
    micros: () => {
      const elapsed = monotonic();
      const now = wall();
      if (Math.abs(origin + elapsed - now) > TOLERANCE) origin = now - elapsed;
      return Math.round((origin + elapsed) * 1000);
    },
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/** `2026-11-29T20:57:55.123456Z`. */
export function timeText(micros: number): string {
  const ms = Math.floor(micros / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros - ms * 1000).padStart(3, '0')}Z`;
}

/** The µs of a time text; undefined for another text. */
export function microsOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text)) return undefined;
  const ms = Date.parse(`${text.slice(0, 23)}Z`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(text.slice(23, 26));
}
