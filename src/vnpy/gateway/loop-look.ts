/**
 * How this program's event loop has fared between two looks at it.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { EventLoopUtilization } from 'node:perf_hooks';

/** A loop that waits for less than this part of the time has more to do than it can. */
const IDLE = 0.02;

/** What there was between two looks. */
export interface LoopReport {
  /**
   * The look came late: it was kept waiting, or the whole process was (SIGSTOP, a frozen container), which counts as idle.
   */
  readonly late: boolean;
  /** The loop had nothing to do for a while: all that had arrived is read. Means nothing when `late`. */
  readonly rested: boolean;
  /** For how long it was at work, or the look was late, in ms. */
  readonly busy: number;
  /** The time between the two looks, in ms. */
  readonly elapsed: number;
  /** What all threads of the process used of the processor meanwhile, in ms. */
  readonly used: number;
}

/** To be looked at every `period` ms. */
export class LoopLook {
  readonly #period: number;
  #last: EventLoopUtilization = performance.eventLoopUtilization();
  #lastUsed = processorTime();

  constructor(period: number) {
    this.#period = period;
  }

  look(): LoopReport {
    const now = performance.eventLoopUtilization();
    const { idle, active } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    const total = processorTime();
    const used = total - this.#lastUsed;
    this.#lastUsed = total;
    const elapsed = idle + active;
    return {
      late: elapsed > 2 * this.#period,
      rested: idle >= IDLE * elapsed,
      busy: Math.max(active, elapsed - this.#period),
      elapsed,
      used,
    };
  }
}

/** In ms. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
