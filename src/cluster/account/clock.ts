/**
 * The two clocks of an edge, and waiting. Given by tests.
 *
 * @module
 */

/** Tells the time in two ways, and waits. */
export interface ClusterClock {
  /** In ms, from any beginning. It never goes back, and stands still while a virtual machine sleeps. */
  monotonic(): number;
  /** In ms since 1970. It goes on while a machine sleeps, and may be set. */
  wall(): number;
  /** Calls once after `ms`; what it returns takes it back. Keeps no process alive. */
  after(ms: number, call: () => void): () => void;
}

/** The clocks of this machine. */
export const systemClock: ClusterClock = {
  monotonic: () => performance.now(),
  wall: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

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
    this.#monotonic = clock.monotonic();
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
    return [this.#clock.monotonic() - this.#monotonic, this.#clock.wall() - this.#wall];
  }
}

/** By how much the wall clock may be set back before it tells nothing any more, in ms. */
const BACK = 1000;
