/**
 * Reads, writes and follows the record of an account.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { ClusterTransportError } from '../errors.js';
import type { Subscription } from '../transport/transport.js';
import { pause } from './clock.js';
import type { ClusterClock } from '../transport/clock.js';
import { documentOf, recordOf } from './record.js';
import type { AccountRecord, SeenRecord } from './record.js';
import { bytesOf } from './store.js';
import type { AccountStore } from './store.js';

/** What it works with. */
export interface RecordsParts {
  readonly store: AccountStore;
  readonly subject: string;
  readonly clock: ClusterClock;
  /** How long an answer of the store is waited for, in ms. */
  readonly timeout: number;
}

/** How often a change is tried while others write, or the store does not answer. */
const TRIES = 8;
/** Between two tries, in ms: the store may tell old news for a moment. */
const PAUSE = 50;

/** The record of one account. */
export class Records {
  readonly #parts: RecordsParts;
  readonly #listeners = new Set<(seen: SeenRecord) => void>();
  #latest: SeenRecord = { seq: 0, record: undefined };

  constructor(parts: RecordsParts) {
    this.#parts = parts;
  }

  /** The newest that was seen. */
  get latest(): SeenRecord {
    return this.#latest;
  }

  /** Tells of every newer record. @returns what ends it. */
  onChange(listener: (seen: SeenRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Reads it. It may be old news.
   *
   * @throws {@link ClusterTransportError} Error for a record that cannot be understood.
   */
  async read(): Promise<SeenRecord> {
    const { store, subject, timeout } = this.#parts;
    const found = await store.last(subject, { timeout });
    const seen: SeenRecord =
      found === undefined ? { seq: 0, record: undefined } : { seq: found.seq, record: recordOf(found.payload) };
    this.#take(seen);
    return seen;
  }

  /**
   * Changes it, in one step: what others write meanwhile is looked at again.
   *
   * @param change - makes the next record of the present one; undefined leaves it as it is. May be called several times.
   * @returns the record that holds then.
   * @throws {@link ClusterTransportError} where the store did not take it. After `TIMEOUT` it may have taken it.
   */
  async update(change: (record: AccountRecord | undefined) => AccountRecord | undefined): Promise<SeenRecord> {
    const { store, subject, timeout, clock } = this.#parts;
    let failure: unknown;
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await pause(clock, PAUSE);
      try {
        const before = await this.read();
        const record = change(before.record);
        if (record === undefined) return before;
        const seq = await store.append(subject, bytesOf(documentOf(record)), { expectedLast: before.seq, timeout });
        const seen = { seq, record };
        this.#take(seen);
        return seen;
      } catch (error) {
        if (!(error instanceof ClusterTransportError) || !AGAIN.has(error.code)) throw error;
        failure = error;
      }
    }
    const code = failure instanceof ClusterTransportError ? failure.code : 'FAILED';
    throw new ClusterTransportError(code, `the record of the account was not written: ${messageOf(failure)}`, {
      cause: failure,
    });
  }

  /** Looks whenever somebody writes. What is missed is seen with the next look. */
  follow(onTrouble: (error: unknown) => void): Subscription {
    return this.#parts.store.subscribe(this.#parts.subject, () => {
      // What is heard is not stored yet, and may be refused.
      this.#parts.clock.after(PAUSE, () => {
        this.read().catch(onTrouble);
      });
    });
  }

  #take(seen: SeenRecord): void {
    if (seen.seq <= this.#latest.seq) return;
    this.#latest = seen;
    for (const listener of this.#listeners) listener(seen);
  }
}

/** After these, another try may go well. */
const AGAIN: ReadonlySet<string> = new Set(['CONFLICT', 'TIMEOUT', 'FAILED']);
