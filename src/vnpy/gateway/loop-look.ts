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
}

/** To be looked at every `period` ms. */
export class LoopLook {
  readonly #period: number;
  #last: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(period: number) {
    this.#period = period;
  }

  look(): LoopReport {
    const now = performance.eventLoopUtilization();
    const { idle, active } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    return {
      late: idle + active > 2 * this.#period,
      rested: idle >= IDLE * (idle + active),
      busy: Math.max(active, idle + active - this.#period),
    };
  }
}
