/**
 * The lease of an account: who holds it acts, and nobody else does.
 *
 * It is a message with a lifetime. Nothing is decided by reading it: every step is a write that the store takes only where
 * nobody else has written since.
 *
 * @module
 */
import { ClusterTransportError } from '../errors.js';
import type { ClusterClock } from '../transport/clock.js';
import { Elapsed } from './clock.js';
import { bytesOf, fieldsOf, isCount, isText, isTime } from './store.js';
import type { AccountStore, EdgeSelf } from './store.js';

/** Times of a lease, in ms. */
export interface LeaseTerms {
  /** How long it lasts without being renewed. */
  readonly ttl: number;
  /** How often it is renewed. */
  readonly renew: number;
  /** How long whoever takes it over waits beyond its end: what the holder gave to vnpy may still be under way. */
  readonly grace: number;
  /** How long an answer of the store is waited for. */
  readonly timeout: number;
}

/** The times as they are without options. */
export const LEASE_TERMS: LeaseTerms = { ttl: 10_000, renew: 2000, grace: 10_000, timeout: 2000 };

/** The part of its lifetime in which a holder acts, from before the renewal was sent. */
const ACTS = 0.8;

/** What the message of a lease says. */
export interface LeaseMark extends EdgeSelf {
  /** `released`: its holder has given it back. */
  readonly state: 'held' | 'released';
  /** Counts the writes of this run. */
  readonly count: number;
  readonly ttl: number;
}

/** A lease as the store has it. */
export interface SeenLease {
  readonly seq: number;
  /** Undefined for a message that is none of this version's. */
  readonly mark: LeaseMark | undefined;
}

/** What a lease works with. */
export interface LeaseParts {
  readonly store: AccountStore;
  readonly subject: string;
  readonly self: EdgeSelf;
  readonly clock: ClusterClock;
  readonly terms: LeaseTerms;
}

/** One lease, as one edge sees it. */
export class Lease {
  readonly #parts: LeaseParts;
  #count = 0;
  /** Of the newest write that the store has acknowledged; undefined where it is not held. */
  #seq: number | undefined;
  /** Since before that write was sent. */
  #since: Elapsed | undefined;
  /** Since before each write was sent of which no answer has come, by its count. */
  readonly #open = new Map<number, Elapsed>();

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  /** For how long its holder may still act, in ms. 0 for whoever does not hold it. */
  get left(): number {
    if (this.#since === undefined) return 0;
    return Math.max(0, this.#parts.terms.ttl * ACTS - this.#since.atMost);
  }

  /** The lease as the store tells it, which may be old news. */
  async look(): Promise<SeenLease | undefined> {
    const { store, subject, terms } = this.#parts;
    const found = await store.last(subject, { timeout: terms.timeout });
    return found && { seq: found.seq, mark: markOf(found.payload) };
  }

  /**
   * Takes it.
   *
   * @param expectedLast - the `seq` of the lease that it follows; 0 where there is none.
   * @returns the `seq` of this write.
   * @throws {@link ClusterTransportError} `CONFLICT` where somebody was first. After `TIMEOUT` it may be taken all the same, and
   * is not held: it ends by itself.
   */
  async take(expectedLast: number): Promise<number> {
    this.drop();
    return this.#write(expectedLast);
  }

  /**
   * Renews it.
   *
   * @returns false where somebody else has it, or it has ended.
   * @throws {@link ClusterTransportError} where the store did not answer: it is held for as long as `left` says.
   */
  async renew(): Promise<boolean> {
    if (this.#seq === undefined) return false;
    try {
      await this.#write(this.#seq);
      return true;
    } catch (error) {
      if (!(error instanceof ClusterTransportError) || error.code !== 'CONFLICT') throw error;
    }
    // A renewal of before may have been stored though its answer was lost: then this one follows it.
    const found = await this.look();
    if (found?.mark?.boot !== this.#parts.self.boot) {
      this.drop();
      return false;
    }
    const seen = this.#seq as number | undefined;
    if (seen === undefined) return false;
    if (found.seq <= seen) throw new ClusterTransportError('FAILED', 'the store tells of an old lease');
    // To read one's own write is as good as its answer.
    this.#held(found.seq, found.mark.count);
    return this.renew();
  }

  /** Gives it back, so that nobody has to wait for its end. Its holder has stopped before. */
  async giveBack(): Promise<void> {
    const seq = this.#seq;
    this.drop();
    if (seq === undefined) return;
    await this.#append('released', seq, ++this.#count);
  }

  /** It is held no more; the store is not told. */
  drop(): void {
    this.#seq = undefined;
    this.#since = undefined;
    this.#open.clear();
  }

  /** A write was stored, and it is not known that another one was stored since. */
  #held(seq: number, count: number): void {
    const since = this.#open.get(count);
    this.#seq = seq;
    if (since !== undefined) this.#since = since;
    for (const other of this.#open.keys()) if (other <= count) this.#open.delete(other);
  }

  async #write(expectedLast: number): Promise<number> {
    const count = ++this.#count;
    const since = new Elapsed(this.#parts.clock);
    this.#open.set(count, since);
    const seq = await this.#append('held', expectedLast, count);
    // It may have been dropped meanwhile: then it is not held, whatever the store says.
    if (this.#open.get(count) !== since) throw new ClusterTransportError('ABORTED', 'the lease was given up meanwhile');
    this.#held(seq, count);
    return seq;
  }

  #append(state: LeaseMark['state'], expectedLast: number, count: number): Promise<number> {
    const { store, subject, self, terms } = this.#parts;
    const { edge, identity, boot } = self;
    const { ttl, timeout } = terms;
    const mark: LeaseMark = { edge, identity, boot, state, count, ttl };
    return store.append(subject, bytesOf({ version: 1, ...mark }), { expectedLast, ttl, timeout });
  }
}

function markOf(payload: Uint8Array): LeaseMark | undefined {
  const { version, state, edge, identity, boot, count, ttl } = fieldsOf(payload);
  if (version !== 1 || (state !== 'held' && state !== 'released')) return undefined;
  if (!isText(edge) || !isText(identity) || !isText(boot) || !isCount(count) || !isTime(ttl)) return undefined;
  return { state, edge, identity, boot, count, ttl };
}
