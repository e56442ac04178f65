/**
 * One query at a time.
 *
 * @module
 */
import type { SignalWatch } from '../../rpc/signal-watch.js';

/**
 * A Python server executes one request after the other, and what has been sent cannot be overtaken. So the gateway has
 * at most one query on its way: a cancel waits for that one, not for all that were asked for before it.
 */
export class QueryLane {
  readonly #signals: SignalWatch;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(signals: SignalWatch) {
    this.#signals = signals;
  }

  /**
   * Runs `query` once those before it have settled.
   *
   * @throws The signal's reason, when it is aborted while the query waits; the query is then never run.
   */
  async run<T>(query: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tail;
    let free: () => void = () => undefined;
    this.#tail = new Promise<void>((resolve) => {
      free = resolve;
    });
    const turn = before.then(() => undefined);
    try {
      await (signal === undefined ? turn : this.#abortable(turn, signal));
      return await query();
    } finally {
      // The next one starts when this one is over AND those before it are: an aborted wait must not let it overtake.
      void turn.then(free);
    }
  }

  /** @throws The signal's reason, once it is aborted. */
  async #abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    let unwatch: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      unwatch = this.#signals.watch(signal, () => {
        reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
      });
    });
    try {
      return await Promise.race([promise, aborted]);
    } finally {
      unwatch?.();
    }
  }
}
