/**
 * When recorded time becomes present time.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Events are published without a pause for at most this long, in ms, so that calls are answered meanwhile. */
const SLICE = 5;

/** A wait shorter than this, in ms, is not waited: timers are no finer. */
const FINEST = 1;

/** Waits until it is time for the next message. */
export class Pace {
  readonly #speed: number;
  readonly #signal: AbortSignal;
  /** Recorded and present time at the first message, in ms. */
  #origin: { readonly recorded: number; readonly present: number } | undefined;
  #sliceEnd = 0;

  /** @param speed - How many recorded seconds pass in one; Infinity waits for nothing. */
  constructor(speed: number, signal: AbortSignal) {
    this.#speed = speed;
    this.#signal = signal;
  }

  /** Begins anew with the next message. */
  reset(): void {
    this.#origin = undefined;
  }

  /** Resolves when the message of a recorded time, ms since 1970, is due; earlier when the signal fires. */
  async until(recorded: number): Promise<void> {
    const now = performance.now();
    this.#origin ??= { recorded, present: now };
    const due = this.#origin.present + (recorded - this.#origin.recorded) / this.#speed;
    if (due - now >= FINEST) {
      // Slept in parts: a timer cannot be set for longer than 24 days, and a loop can be told to end.
      await delay(Math.min(due - now, 2 ** 30), undefined, { signal: this.#signal }).catch(() => undefined);
      this.#sliceEnd = performance.now() + SLICE;
    } else if (now > this.#sliceEnd) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#sliceEnd = performance.now() + SLICE;
    }
  }
}
