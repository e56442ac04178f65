/**
 * A clock that stands still until a test moves it.
 *
 * @module
 */
import type { ClusterClock } from '../../../src/cluster/transport/clock.js';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

export class ManualClock implements ClusterClock {
  readonly #timers = new Set<Timer>();
  #now: number;
  #wall: number;

  constructor(now = 1000, wall = Date.UTC(2026, 0, 5, 1)) {
    this.#now = now;
    this.#wall = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall;
  }

  after(ms: number, call: () => void): () => void {
    const timer: Timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves both clocks on, and lets what follows from each timer happen before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
      if (due === undefined) break;
      this.#move(Math.max(0, due.at - this.#now));
      this.#timers.delete(due);
      due.call();
      await settled();
    }
    this.#move(end - this.#now);
    await settled();
  }

  /** The wall clock jumps, as NTP or a sleeping machine makes it. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #move(ms: number): void {
    this.#now += ms;
    this.#wall += ms;
  }
}

/** Resolves when everything that follows in microtasks has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
