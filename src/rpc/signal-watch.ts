/**
 * Watches abort signals with one listener each. A thousand calls that share a signal would otherwise be a thousand listeners.
 * Node warns from the eleventh on.
 *
 * @module
 */

interface Watched {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/** Who wants to know of which signal. */
export class SignalWatch {
  /** What ends the watch of no signal: one for all, since every call without a signal asks. */
  static readonly #NOTHING = (): void => undefined;
  readonly #signals = new Map<AbortSignal, Watched>();

  /**
   * Calls back when the signal, if there is one, is aborted from now on. What is returned ends that; both may happen, in
   * any order.
   */
  watch(signal: AbortSignal | undefined, callback: () => void): () => void {
    if (signal === undefined) return SignalWatch.#NOTHING;
    const watched = this.#signals.get(signal) ?? this.#listenTo(signal);
    watched.callbacks.add(callback);
    return () => {
      watched.callbacks.delete(callback);
      if (watched.callbacks.size === 0 && this.#signals.get(signal) === watched) {
        signal.removeEventListener('abort', watched.listener);
        this.#signals.delete(signal);
      }
    };
  }

  #listenTo(signal: AbortSignal): Watched {
    const callbacks = new Set<() => void>();
    const listener = (): void => {
      this.#signals.delete(signal);
      for (const callback of [...callbacks]) callback();
    };
    const watched = { callbacks, listener };
    signal.addEventListener('abort', listener, { once: true });
    this.#signals.set(signal, watched);
    return watched;
  }
}
