/**
 * How often something may come from one address.
 *
 * @module
 */

/** How many seconds' worth may come at once: the clients behind one address come back together after a restart. */
const BURST = 5;
/** Addresses that are remembered before those are forgotten that may do all again. */
const REMEMBERED = 1000;

/** What an address may still do, and since when this is so. */
interface Allowance {
  left: number;
  since: number;
}

/** Counts by address. What was not used comes back with time. */
export class AddressRate {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #addresses = new Map<string, Allowance>();
  #sweepAt = REMEMBERED;

  /**
   * @param perSecond - Infinity for no limit.
   * @param now - The time in ms. Default: performance.now.
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  /** Whether this address may once more now; if so, that is counted. */
  take(address: string): boolean {
    if (this.#perSecond === Infinity) return true;
    const now = this.#now();
    const most = this.#perSecond * BURST;
    const known = this.#addresses.get(address);
    const left = known === undefined ? most : Math.min(most, known.left + this.#earned(known, now));
    const may = left >= 1;
    this.#addresses.set(address, { left: may ? left - 1 : left, since: now });
    if (this.#addresses.size > this.#sweepAt) this.#sweep(now);
    return may;
  }

  /** Forgets those that have all back. The next time is when there are twice as many: each entry costs little so. */
  #sweep(now: number): void {
    for (const [address, known] of this.#addresses)
      if (known.left + this.#earned(known, now) >= this.#perSecond * BURST) this.#addresses.delete(address);
    this.#sweepAt = Math.max(REMEMBERED, 2 * this.#addresses.size);
  }

  #earned({ since }: Allowance, now: number): number {
    return ((now - since) / 1000) * this.#perSecond;
  }
}
