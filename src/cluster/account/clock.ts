/**
 * Waiting, and time that has passed by both clocks of an edge.
 *
 * @module
 */

import type { ClusterClock } from '../transport/clock.js';

/** Resolves after `ms`, or at once when `signal` is aborted. */
export function pause(clock: ClusterClock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      takeBack();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const takeBack = clock.after(ms, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** Whether it is aborted by now: the types forget that this changes while something is awaited. */
export function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Time that has passed by both clocks. */
export class Elapsed {
  readonly #clock: ClusterClock;
  readonly #monotonic: number;
  readonly #wall: number;

  constructor(clock: ClusterClock) {
    this.#clock = clock;
    this.#monotonic = clock.now();
    this.#wall = clock.wall();
  }

  /** What has passed by the slower clock: for whoever has to wait long enough. */
  get atLeast(): number {
    return Math.min(...this.#both());
  }

  /** What has passed by the faster clock: for whoever has to stop in time. Infinite where the wall clock went back. */
  get atMost(): number {
    const [monotonic, wall] = this.#both();
    return wall < -BACK ? Infinity : Math.max(monotonic, wall);
  }

  #both(): readonly [monotonic: number, wall: number] {
    return [this.#clock.now() - this.#monotonic, this.#clock.wall() - this.#wall];
  }
}

/** By how much the wall clock may be set back before it tells nothing any more, in ms. */
const BACK = 1000;
