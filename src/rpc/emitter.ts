/**
 * Typed listeners by name. One that throws harms neither the others nor the caller.
 *
 * @module
 */

/** Names, and what their listeners get. */
export type EventMap<Events> = { readonly [Name in keyof Events]: readonly unknown[] };

type Listener<Arguments extends readonly unknown[]> = (...args: Arguments) => unknown;

/** Calls listeners in the order in which they were added. */
export class Emitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, readonly Listener<never>[]>();
  readonly #report: (name: keyof Events, cause: unknown) => void;

  /** @param report - is told of every listener that throws, or whose promise rejects. */
  constructor(report: (name: keyof Events, cause: unknown) => void) {
    this.#report = report;
  }

  /** Adds a listener; what is returned takes it away. A listener added twice is called twice. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    // A new array each time: a list that is being walked through never changes.
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    let added = true;
    return () => {
      if (added) {
        added = false;
        this.off(name, listener);
      }
    };
  }

  /** Takes a listener away: the one added last, if it was added several times. */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const listeners = this.#listeners.get(name) ?? [];
    const index = listeners.lastIndexOf(listener);
    if (index >= 0) {
      this.#listeners.set(name, listeners.toSpliced(index, 1));
    }
  }

  /** How many listeners a name has. */
  count(name: keyof Events): number {
    return this.#listeners.get(name)?.length ?? 0;
  }

  /** Takes all listeners away. */
  clear(): void {
    this.#listeners.clear();
  }

  /** Calls the listeners of a name. */
  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      return;
    }
    for (const listener of listeners as readonly Listener<Events[Name]>[]) {
      try {
        const result = listener(...args);
        if (result instanceof Promise) {
          result.catch((cause: unknown) => {
            this.#report(name, cause);
          });
        }
      } catch (cause) {
        this.#report(name, cause);
      }
    }
  }
}
