/**
 * One timer for the deadlines of any number of calls. Nearly every call is answered long before its deadline. A timer of its
 * own, made and cleared, would cost more than its pickle.
 *
 * @module
 */
import { MAX_DELAY } from './options.js';

/** A check may take one part in so many of the time, however many deadlines there are. */
const SHARE = 10;

/** Watches from the first {@link Deadlines.expect} to {@link Deadlines.clear}. */
export class Deadlines {
  readonly #check: (now: number) => number;
  #timer: NodeJS.Timeout | undefined;
  /** When the next check is due, by performance.now(). */
  #due = Infinity;

  /**
   * @param check - ends what is due `now`, and gives the next deadline, Infinity for none. It is called at the earliest
   *   deadline ever expected: nobody tells when one has become needless.
   */
  constructor(check: (now: number) => number) {
    this.#check = check;
  }

  /** There is a deadline, by performance.now(). Called for each call: it must be cheap. */
  expect(deadline: number): void {
    if (deadline < this.#due) this.#wait(deadline);
  }

  /** Nothing is expected any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }

  #wait(due: number): void {
    clearTimeout(this.#timer);
    this.#due = due;
    const delay = Math.ceil(due - performance.now());
    this.#timer = setTimeout(
      () => {
        this.#fire();
      },
      Math.min(Math.max(delay, 1), MAX_DELAY),
    );
    // It may wait for calls that were answered long ago. What a call needs, a connection, keeps the process alive.
    this.#timer.unref();
  }

  #fire(): void {
    this.#due = Infinity;
    const start = performance.now();
    const next = this.#check(start);
    const end = performance.now();
    this.expect(Math.max(next, end + (end - start) * SHARE));
  }
}
