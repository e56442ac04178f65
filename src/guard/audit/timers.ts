/**
 * The timers of one object, by name, so that it can stop them all.
 *
 * @module
 */
import type { GuardClock } from './clock.js';

/** Timers by name: one set anew takes the place of the old one. */
export class Timers {
  readonly #clock: GuardClock;
  readonly #stops = new Map<string, () => void>();

  constructor(clock: GuardClock) {
    this.#clock = clock;
  }

  set(name: string, ms: number, call: () => void): void {
    this.stop(name);
    const stop = this.#clock.after(ms, () => {
      this.#stops.delete(name);
      call();
    });
    this.#stops.set(name, stop);
  }

  /** Calls every `ms` until it is stopped. */
  repeat(name: string, ms: number, call: () => void): void {
    this.set(name, ms, () => {
      this.repeat(name, ms, call);
      call();
    });
  }

  stop(name: string): void {
    this.#stops.get(name)?.();
    this.#stops.delete(name);
  }

  clear(): void {
    for (const name of [...this.#stops.keys()]) this.stop(name);
  }
}
