/**
 * Whether what is known of a server is so still.
 *
 * Positions and balances that do not change have no events. So they are old when the link is, and not because nothing came.
 *
 * @module
 */
import { seconds } from './market.js';

/** What a snapshot lists. */
export type Listed = 'orders' | 'positions' | 'accounts';

/** The link, and what was asked for since it came up. */
export class Sync {
  readonly #monotonic: () => number;
  /** Since when the link is down; undefined while it is up. */
  #downSince: number | undefined;
  /** When each list was known to be right for the last time; Infinity while it is followed. */
  readonly #rightUntil = new Map<Listed, number>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  link(state: 'up' | 'down'): void {
    if (state === 'up') {
      this.#downSince = undefined;
      return;
    }
    if (this.#downSince !== undefined) return;
    this.#downSince = this.#monotonic();
    for (const [listed, until] of this.#rightUntil) this.#rightUntil.set(listed, Math.min(until, this.#downSince));
  }

  /** A list has come. */
  listed(listed: Listed): void {
    this.#downSince = undefined;
    this.#rightUntil.set(listed, Infinity);
  }

  has(listed: Listed): boolean {
    return this.#rightUntil.has(listed);
  }

  /**
   * Why a list cannot be relied upon; undefined when it can.
   *
   * @param maxAge - For how long after the link was lost the list may still be used, once the link is up again; in ms.
   */
  missing(listed: Listed, maxAge: number): string | undefined {
    const until = this.#rightUntil.get(listed);
    if (until === undefined) return `the ${listed} are not known, because the server has not listed them yet`;
    const now = this.#monotonic();
    if (this.#downSince !== undefined)
      return `the ${listed} are not known, because the server has been away for ${seconds(now - this.#downSince)}`;
    const age = now - until;
    return age <= maxAge ? undefined : `the ${listed} that are known are ${seconds(age)} old`;
  }
}
