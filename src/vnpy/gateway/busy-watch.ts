/**
 * Notices that this program did not keep up with what it receives for so long that events may have been lost.
 *
 * A socket holds some ten thousands of messages for a program that does not read; then the publisher's queue fills, and
 * ZeroMQ drops what comes after, without a word to either side (zmq_socket(3), ZMQ_PUB). Nothing but the program's own
 * event loop can tell that this may have happened.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { EventLoopUtilization } from 'node:perf_hooks';

/** How often to look, in ms. */
const PERIOD = 250;
/** A loop that waits for less than this part of the time has more to do than it can. */
const IDLE = 0.02;

/** Watches from {@link BusyWatch.start} to {@link BusyWatch.stop}. */
export class BusyWatch {
  readonly #tolerance: number;
  readonly #onOver: (stalled: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #last: EventLoopUtilization = { idle: 0, active: 0, utilization: 0 };
  /** For how long the loop has had no rest, in ms. */
  #busy = 0;

  /**
   * @param tolerance - How long the loop may go without rest, in ms.
   * @param onOver - It was longer than that, and now the loop has nothing left to do: all that had arrived is read.
   */
  constructor(tolerance: number, onOver: (stalled: number) => void) {
    this.#tolerance = tolerance;
    this.#onOver = onOver;
  }

  start(): void {
    if (this.#tolerance === Infinity) return;
    this.#last = performance.eventLoopUtilization();
    this.#timer = setInterval(() => {
      this.#look();
    }, PERIOD).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.eventLoopUtilization();
    const { idle, active } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    // A look that comes late was kept waiting, or the whole process was (SIGSTOP, a frozen container), which counts as
    // idle: all but a period of it was no rest.
    if (idle + active > 2 * PERIOD || idle < IDLE * (idle + active)) {
      this.#busy += Math.max(active, idle + active - PERIOD);
      return;
    }
    const stalled = this.#busy;
    this.#busy = 0;
    if (stalled >= this.#tolerance) this.#onOver(stalled);
  }
}
