/**
 * Notices that this program did not keep up with what it receives for so long that events may have been lost.
 *
 * A socket holds some ten thousands of messages for a program that does not read. Then the publisher's queue fills, and ZeroMQ
 * drops what comes after, without a word to either side (zmq_socket(3), ZMQ_PUB). Nothing but the program's own event loop can
 * tell that this may have happened.
 *
 * @module
 */
import { LoopLook } from './loop-look.js';
import type { LoopReport } from './loop-look.js';

/** How often to look, in ms. */
const PERIOD = 250;

/** Watches from {@link BusyWatch.start} to {@link BusyWatch.stop}. */
export class BusyWatch {
  readonly #tolerance: number;
  readonly #onOver: (stalled: number) => void;
  #timer: NodeJS.Timeout | undefined;
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
    const loop = new LoopLook(PERIOD);
    this.#timer = setInterval(() => {
      this.#look(loop.look());
    }, PERIOD).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look({ late, rested, busy }: LoopReport): void {
    if (late || !rested) {
      this.#busy += busy;
      return;
    }
    const stalled = this.#busy;
    this.#busy = 0;
    if (stalled >= this.#tolerance) this.#onOver(stalled);
  }
}
