/**
 * Finds peers that are gone or stand still: one timer for all connections of a socket.
 *
 * @module
 */

/** How silence is watched. */
export interface PingOptions {
  /** After so long without a byte from the peer, in ms, it is asked by a PING; Infinity for never. */
  readonly interval: number;
  /** After so long without a byte from it, in ms, a peer that was asked is given up; Infinity for never. */
  readonly timeout: number;
}

/** Something that is looked at. */
export interface Pulsed {
  /** @param now - By performance.now(). */
  beat(now: number): void;
}

/** Looks per interval. */
const LOOKS = 4;
/** The longest time between two looks, in ms: a timer's milliseconds have 31 bits. */
const LONGEST = 3_600_000;

/** Looks at each of its members, as long as it has any. Keeps no process alive. */
export class Pulse {
  readonly #members = new Set<Pulsed>();
  readonly #period: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ interval, timeout }: PingOptions) {
    const patience = Number.isFinite(timeout) ? timeout - interval : Infinity; // Infinity less Infinity is no number.
    this.#period = Math.max(1, Math.min(LONGEST, interval / LOOKS, patience / LOOKS));
  }

  add(member: Pulsed): void {
    this.#members.add(member);
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      for (const each of this.#members) each.beat(now);
    }, this.#period).unref();
  }

  delete(member: Pulsed): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
