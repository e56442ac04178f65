/**
 * One query at a time.
 *
 * @module
 */
import { GatewayError } from '../errors.js';
import type { SignalWatch } from '../../rpc/internal.js';

/**
 * A Python server executes one request after the other, and what has been sent cannot be overtaken. So the gateway has at most
 * one query on its way. A cancel waits for that one, not for all that were asked for before it.
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
   * @throws GatewayError `ABORTED`, when that happens while the query waits; the query is then never run.
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

  /** @throws GatewayError `ABORTED`. */
  async #abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = (): GatewayError =>
      new GatewayError('ABORTED', 'Aborted while it waited for its turn: it was not sent', { cause: signal.reason });
    if (signal.aborted) throw aborted();
    let unwatch: (() => void) | undefined;
    const stopped = new Promise<never>((_, reject) => {
      unwatch = this.#signals.watch(signal, () => {
        reject(aborted());
      });
    });
    try {
      return await Promise.race([promise, stopped]);
    } finally {
      unwatch?.();
    }
  }
}
