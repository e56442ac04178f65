/**
 * The time of a message.
 *
 * @module
 */

/** Tells the time in ns since 1970-01-01T00:00Z. */
export type Clock = () => bigint;

/** How far the two clocks may be apart before the fine one is set again, in ms. */
const TOLERANCE = 1;

/**
 * This machine's time, finer than the millisecond of `Date.now()`: counted by the monotonic clock, and set again when
 * the wall clock was (NTP). Never goes back, so that a recording is in order.
 */
export function createClock(wall: () => number = Date.now, monotonic: () => number = () => performance.now()): Clock {
  let origin = wall() - monotonic();
  let last = 0n;
  return () => {
    const elapsed = monotonic();
    const now = wall();
    // Date.now() is cut to a millisecond: a difference of up to one says nothing.
    if (Math.abs(origin + elapsed - now) > TOLERANCE) origin = now - elapsed;
    const time = BigInt(Math.round((origin + elapsed) * 1000)) * 1000n;
    if (time > last) last = time;
    return last;
  };
}
