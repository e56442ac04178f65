/**
 * Typed listeners by name. One that throws harms neither the others nor the caller.
 *
 * @module
 */

import { shown, suggestion } from '../options.js';
import type { Names } from '../options.js';
import { RpcUsageError } from './errors.js';

/** Names, and what their listeners get. */
export type EventMap<Events> = { readonly [Name in keyof Events]: readonly unknown[] };

type Listener<Arguments extends readonly unknown[]> = (...args: Arguments) => unknown;

/** Calls listeners in the order in which they were added. */
export class Emitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, readonly Listener<never>[]>();
  readonly #names: Names<Events>;
  readonly #report: (name: keyof Events, cause: unknown) => void;

  /**
   * @param names - all that there is to listen to.
   * @param report - is told of every listener that throws, or whose promise rejects.
   */
  constructor(names: Names<Events>, report: (name: keyof Events, cause: unknown) => void) {
    this.#names = names;
    this.#report = report;
  }

  /**
   * Adds a listener; what is returned takes it away. A listener added twice is called twice.
   * @throws RpcUsageError `BAD_ARGUMENT` if there is nothing of this name, or the listener is no function.
   */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    checkListener(this.#names, name, listener);
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

  /**
   * Takes a listener away: the one added last, if it was added several times.
   * @throws RpcUsageError `BAD_ARGUMENT` if there is nothing of this name, or the listener is no function.
   */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    checkListener(this.#names, name, listener);
    const listeners = this.#listeners.get(name) ?? [];
    const index = listeners.lastIndexOf(listener);
    if (index >= 0) this.#listeners.set(name, listeners.toSpliced(index, 1));
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
    if (listeners === undefined) return;

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

/** @throws RpcUsageError `BAD_ARGUMENT` if there is nothing of this name, or the listener is no function. */
export function checkListener(names: object, name: unknown, listener: unknown): void {
  if (typeof name !== 'string' || !Object.hasOwn(names, name)) {
    const hint = suggestion(typeof name === 'string' ? name : '', Object.keys(names));
    throw new RpcUsageError('BAD_ARGUMENT', `there is no event ${shown(name)} to listen to${hint}`);
  }
  if (typeof listener !== 'function')
    throw new RpcUsageError('BAD_ARGUMENT', `the listener of "${name}" must be a function, not ${shown(listener)}`);
}
