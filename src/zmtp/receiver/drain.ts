/**
 * Reads a ring in slices, so that timers and sockets of the program have their turn in a flood.
 *
 * @module
 */

/** The longest time that is spent on messages in one turn of the event loop, in ms. One message may take longer. */
export const SLICE = 4;

/** What is read: a {@link RingReader}. */
export interface Drainable {
  next(): boolean;
  sleep(): boolean;
}

export class Drain {
  readonly #reader: Drainable;
  readonly #idle: () => void;
  #isRunning = false;
  #isScheduled = false;

  /** @param idle - Called each time that nothing is left. */
  constructor(reader: Drainable, idle: () => void = () => undefined) {
    this.#reader = reader;
    this.#idle = idle;
  }

  /** Something has come, or may have. */
  wake(): void {
    if (!this.#isRunning && !this.#isScheduled) this.#run();
  }

  #run(): void {
    this.#isScheduled = false;
    this.#isRunning = true;
    // Unless it comes to the end, also when a listener throws, the next turn goes on.
    let isDone = false;
    try {
      isDone = this.#slice();
    } finally {
      this.#isRunning = false;
      if (!isDone) {
        this.#isScheduled = true;
        setImmediate(() => {
          this.#run();
        });
      }
    }
    if (isDone) this.#idle();
  }

  /** Whether nothing is left. */
  #slice(): boolean {
    const end = performance.now() + SLICE;
    while (true) {
      while (this.#reader.next()) if (performance.now() >= end) return false;
      if (this.#reader.sleep()) return true;
    }
  }
}
