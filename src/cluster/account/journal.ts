/**
 * The journal of an account: every order is written down before it is sent, once for each key, and what became of it after.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import { ClusterError, ClusterTransportError } from '../errors.js';
import type { StoredMessage } from '../transport/transport.js';
import { pause } from './clock.js';
import type { ClusterClock } from '../transport/clock.js';
import { entryOf, payloadOf } from './journal-entry.js';
import type { Intent, JournalEntry, JournalResult } from './journal-entry.js';
import { JournalIndex } from './journal-index.js';
import type { JournalMark } from './record.js';
import type { AccountStore, AccountSubjects } from './store.js';
import type { MarkedJournal } from './tenure.js';

/** What a journal works with. */
export interface JournalParts {
  readonly store: AccountStore;
  readonly subjects: AccountSubjects;
  readonly clock: ClusterClock;
  readonly logger: Logger;
  /** How long an answer of the store is waited for, in ms. */
  readonly timeout: number;
  /** How many orders are remembered here. */
  readonly limit: number;
  /** How long the store keeps an order at least, in ms. */
  readonly retention: number;
  /** The journal has lost what it had. */
  readonly onLoss: (reason: string) => void;
}

/** What has come of an intent. */
export interface Intended {
  /** Whether it was written now: then its order is to be sent, by whoever has written it and by nobody else. */
  readonly isNew: boolean;
  readonly entry: JournalEntry;
}

/** Results that wait to be written. Beyond it, orders are refused. */
const MOST_PENDING = 1000;
/** How often a result is tried to be written, and the pauses between, in ms. */
const TRIES = 60;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;
/** What makes a result that is not written yet newer than its intent, and older than all that is written. */
const NOT_WRITTEN = 0.5;
/** How often an intent finds that another one was first, which then was not sent. */
const INTENT_TRIES = 3;

/** The key is known to the store, and what became of its order cannot be told. */
export class KeyInDoubt extends Error {}

/** The orders of one account. */
export class Journal implements MarkedJournal {
  readonly index: JournalIndex;
  readonly #parts: JournalParts;
  readonly #pending = new Set<Promise<void>>();
  #newest: { readonly seq: number; readonly payload: Uint8Array } | undefined;
  /** Up to where all of it was read; what this edge writes itself may be far ahead. */
  #readTo = 0;
  #catching: Promise<void> | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.index = new JournalIndex(parts.limit);
  }

  /** Results that are not written yet. */
  get pending(): number {
    return this.#pending.size;
  }

  get mark(): JournalMark | undefined {
    if (this.#newest === undefined) return undefined;
    const { seq, payload } = this.#newest;
    return { seq, hash: hashOf(payload), at: this.#parts.clock.wall() };
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#first(0)) === undefined;
  }

  async missing({ seq, hash, at }: JournalMark): Promise<string | undefined> {
    const found = await this.#first(seq);
    if (found?.seq === seq && hashOf(found.payload) === hash) return undefined;
    const isForgotten =
      (found === undefined || found.seq > seq) && this.#parts.clock.wall() - at > this.#parts.retention;
    if (isForgotten) return undefined;
    return `the journal went backwards: what was seen at ${seq} is not there`;
  }

  /**
   * Reads what is newer than what is known.
   *
   * @param from - where to begin in a journal of which nothing is known.
   */
  catchUp(from = 0): Promise<void> {
    this.#catching ??= this.#read(from).finally(() => {
      this.#catching = undefined;
    });
    return this.#catching;
  }

  /** Forgets all that was read: it is read anew. */
  clear(): void {
    this.index.clear();
    this.#newest = undefined;
    this.#readTo = 0;
  }

  /**
   * What the journal knows of a key.
   *
   * @throws KeyInDoubt for what cannot be understood. {@link ClusterTransportError}
   */
  async find(key: string): Promise<JournalEntry | undefined> {
    const known = this.index.get(key);
    if (known?.result !== undefined && known.result.outcome !== 'unknown') return known;
    const found = await this.#parts.store.last(this.#parts.subjects.order(key), { timeout: this.#parts.timeout });
    return found === undefined ? known : this.#take(found);
  }

  /**
   * Writes an order down, if its key has none.
   *
   * @throws {@link ClusterError} `JOURNAL` where it must not be sent. KeyInDoubt where the key has an order, which cannot be
   * told.
   */
  async intend(intent: Intent): Promise<Intended> {
    if (this.#pending.size >= MOST_PENDING) {
      throw new ClusterError(
        'JOURNAL',
        `the results of ${MOST_PENDING} orders wait to be written: the store is too slow`,
      );
    }
    const { key } = intent;
    const known = this.index.get(key);
    if (known !== undefined && known.result?.outcome !== 'not-sent') return { isNew: false, entry: known };
    // What became of it may wait to be written: then the intent itself is what is followed.
    let expectedLast = Math.floor(known?.seq ?? 0);
    for (let tries = 0; tries < INTENT_TRIES; tries++) {
      const entry = await this.#write(intent, expectedLast);
      if (entry !== undefined) return { isNew: true, entry };
      const found = await this.#conflicting(key);
      if (found.result?.outcome !== 'not-sent') return { isNew: false, entry: found };
      expectedLast = found.seq;
    }
    throw new ClusterError('JOURNAL', `others write the key ${key} all the time`);
  }

  /**
   * Writes down what became of an order, as often as is needed. What is certain takes the place of `unknown`.
   *
   * @returns a promise of when it is written, or was given up. Never rejects.
   */
  settle(entry: JournalEntry, result: JournalResult): Promise<void> {
    // Known here at once: whoever asks hears of it, though the store does not know it yet.
    this.index.take({ ...entry, seq: entry.seq + NOT_WRITTEN, result });
    // The answer leaves in this turn, and goes first. A result that is never written is an order of which nothing is known.
    return this.#track(nextTurn().then(() => this.#settle(entry, Math.floor(entry.seq), result)));
  }

  /** Resolves when all results are written, after `ms` at the latest. @returns whether they are. */
  async flush(ms: number): Promise<boolean> {
    const over = new AbortController();
    await Promise.race([Promise.all(this.#pending), pause(this.#parts.clock, ms, over.signal)]);
    over.abort();
    return this.#pending.size === 0;
  }

  /** @returns undefined where somebody was first. */
  async #write(intent: Intent, expectedLast: number): Promise<JournalEntry | undefined> {
    const { store, subjects, timeout, onLoss } = this.#parts;
    const payload = payloadOf(intent);
    const before = this.#newest?.seq ?? 0;
    try {
      const seq = await store.append(subjects.order(intent.key), payload, { expectedLast, timeout });
      if (seq <= before) {
        const reason = `the journal went backwards: it is at ${seq}, and ${before} was seen`;
        onLoss(reason);
        throw new ClusterError('JOURNAL', reason);
      }
      const entry = { ...intent, seq, result: undefined };
      this.#note(seq, payload);
      this.index.take(entry);
      return entry;
    } catch (error) {
      if (!(error instanceof ClusterTransportError)) throw error;
      if (error.code === 'CONFLICT') return undefined;
      // It may be stored, or come to be: it is said that its order was not sent.
      if (!NOT_STORED.has(error.code)) void this.#track(this.#withdraw(intent, expectedLast));
      throw new ClusterError('JOURNAL', `the order could not be written down: ${messageOf(error)}`, { cause: error });
    }
  }

  async #conflicting(key: string): Promise<JournalEntry> {
    const { store, subjects, timeout } = this.#parts;
    try {
      const found = await store.last(subjects.order(key), { timeout });
      if (found !== undefined) return this.#take(found);
    } catch (error) {
      if (error instanceof KeyInDoubt) throw error;
      throw new KeyInDoubt(`the key ${key} has an order, which cannot be read: ${messageOf(error)}`, { cause: error });
    }
    throw new KeyInDoubt(`the key ${key} has an order, which the store does not tell`);
  }

  /** Says of an intent that may be stored that its order was not sent. One that comes later finds this and is refused. */
  async #withdraw(intent: Intent, expectedLast: number): Promise<void> {
    const entry = { ...intent, seq: expectedLast, result: undefined };
    await this.#settle(entry, expectedLast, { outcome: 'not-sent', reason: 'the order could not be written down' });
  }

  async #settle(entry: JournalEntry, after: number, result: JournalResult): Promise<void> {
    const { store, subjects, timeout, clock, logger } = this.#parts;
    const payload = payloadOf(entry, result);
    let expectedLast = after;
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await pause(clock, Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE));
      try {
        const seq = await store.append(subjects.order(entry.key), payload, { expectedLast, timeout });
        this.#note(seq, payload);
        this.index.take({ ...entry, seq, result });
        return;
      } catch (error) {
        if (!(error instanceof ClusterTransportError) || error.code !== 'CONFLICT') continue;
      }
      const found = await this.#conflicting(entry.key).catch(() => undefined);
      if (found === undefined) continue;
      const isOpen = found.id === entry.id && (found.result === undefined || found.result.outcome === 'unknown');
      if (!isOpen || (found.result !== undefined && result.outcome === 'unknown')) return;
      expectedLast = found.seq;
    }
    logger.error(`cluster: what became of the order ${entry.key} (${result.outcome}) could not be written down`);
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((error: unknown) => {
        this.#parts.logger.error(`cluster: the journal: ${messageOf(error)}`);
      })
      .finally(() => {
        this.#pending.delete(tracked);
      });
    this.#pending.add(tracked);
    return tracked;
  }

  async #read(from: number): Promise<void> {
    const { store, subjects, timeout, logger } = this.#parts;
    const next = Math.max(from, this.#readTo + 1);
    for await (const message of store.history(subjects.journal, { from: next, timeout })) {
      const entry = entryOf(message.payload, message.seq);
      this.#readTo = message.seq;
      this.#note(message.seq, message.payload);
      if (entry === undefined) logger.error(`cluster: the journal's message ${message.seq} cannot be understood`);
      else this.index.take(entry);
    }
  }

  async #first(from: number): Promise<StoredMessage | undefined> {
    const { store, subjects, timeout } = this.#parts;
    const options = from > 0 ? { from, timeout } : { timeout };
    for await (const message of store.history(subjects.journal, options))
      return { ...message, payload: Uint8Array.from(message.payload) };
    return undefined;
  }

  #take({ payload, seq }: StoredMessage): JournalEntry {
    const entry = entryOf(payload, seq);
    if (entry === undefined) throw new KeyInDoubt('the journal has an order that this program does not understand');
    this.index.take(entry);
    return this.index.get(entry.key) ?? entry;
  }

  #note(seq: number, payload: Uint8Array): void {
    if (seq > (this.#newest?.seq ?? 0)) this.#newest = { seq, payload: Uint8Array.from(payload) };
  }
}

/** After these nothing is stored, and nothing will be. */
const NOT_STORED: ReadonlySet<string> = new Set(['DISCONNECTED', 'NO_RESPONDERS', 'DENIED', 'TOO_LARGE', 'NO_STREAM']);

function hashOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}
