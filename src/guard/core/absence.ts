/**
 * Cancels the orders of a principal that has gone away, after the time that the policy gives it to come back.
 *
 * @module
 */
import type { Ruling } from './ruling.js';

/** What it needs. */
export interface AbsenceParts {
  readonly ruling: () => Ruling;
  /** Cancels all orders of a principal that work. */
  readonly cancelAll: (principal: string, reason: string) => void;
}

/** Who is away, and since when. */
export class Absence {
  readonly #parts: AbsenceParts;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(parts: AbsenceParts) {
    this.#parts = parts;
  }

  /** The last connection of a principal is gone. */
  away(principal: string): void {
    const time = this.#parts.ruling().policy.principals.get(principal)?.cancelOnDisconnect;
    if (time === undefined || this.#timers.has(principal)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(principal);
      this.#parts.cancelAll(principal, `${principal} was away for ${time / 1000} s`);
    }, time);
    this.#timers.set(principal, timer);
  }

  /** It is there again. */
  back(principal: string): void {
    clearTimeout(this.#timers.get(principal));
    this.#timers.delete(principal);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
