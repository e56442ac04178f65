/**
 * How often somebody may try a password: five times, then after 1, 2, 4 … 60 s. Never a lock for ever.
 *
 * @module
 */

interface Failures {
  count: number;
  /** ms: before it none is tried. */
  until: number;
  /** ms: when it is forgotten. */
  forgotten: number;
}

const FREE = 5;
const LONGEST = 60_000;
/** After so long without a failure it begins anew, in ms. */
const MEMORY = 15 * 60_000;
const MAX_NAMES = 20_000;

/** Counts failures, by account and by address. */
export class Attempts {
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How long to wait before one of these names may try again, in ms; 0 for now. */
  wait(...names: readonly string[]): number {
    const now = this.#now();
    return Math.max(0, ...names.map((name) => (this.#failures.get(name)?.until ?? 0) - now));
  }

  /** It was wrong. Counted before the password is looked at, so that many at once are many. */
  failed(...names: readonly string[]): void {
    const now = this.#now();
    for (const name of names) {
      const before = this.#failures.get(name);
      const count = before === undefined || before.forgotten < now ? 1 : before.count + 1;
      const pause = count < FREE ? 0 : Math.min(LONGEST, 1000 * 2 ** (count - FREE));
      this.#failures.delete(name);
      this.#failures.set(name, { count, until: now + pause, forgotten: now + pause + MEMORY });
    }
    for (const name of this.#failures.keys()) {
      if (this.#failures.size <= MAX_NAMES) break;
      this.#failures.delete(name);
    }
  }

  /** It was right: of the account nothing is held against anybody. Its address keeps what it has, but for this one. */
  succeeded(account: string, address: string): void {
    this.#failures.delete(account);
    const left = this.#failures.get(address);
    if (left === undefined) return;
    if (left.count <= 1) this.#failures.delete(address);
    else this.#failures.set(address, { ...left, count: left.count - 1, until: this.#now() });
  }
}
