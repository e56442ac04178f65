/**
 * How often somebody may do something.
 *
 * @module
 */

/** What is left to somebody. */
export interface Allowance {
  readonly allowed: boolean;
  /** How many more at once. */
  readonly left: number;
  /** Until there is one again, or until all are there again, in ms. */
  readonly wait: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** More names than this are not kept: those that were full longest are forgotten first, which gives nothing away. */
const MAX_BUCKETS = 10_000;

/** A number a second, and some more at once. By name: user, or address. */
export class RateLimiter {
  readonly perSecond: number;
  readonly burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now - ms, of a clock that is never set. */
  constructor(perSecond: number, burst: number, now: () => number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#now = now;
  }

  /** Takes one. */
  take(name: string): Allowance {
    const now = this.#now();
    const bucket = this.#buckets.get(name) ?? { tokens: this.burst, at: now };
    const tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: left, at: now });
    if (this.#buckets.size > MAX_BUCKETS) this.#forget();
    const missing = allowed ? this.burst - left : 1 - left;
    return { allowed, left: Math.floor(left), wait: (missing / this.perSecond) * 1000 };
  }

  #forget(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
