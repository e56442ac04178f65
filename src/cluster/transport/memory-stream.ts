/**
 * A stream inside one process: what memory-transport.ts stores.
 *
 * @module
 */
import { ClusterTransportError } from '../errors.js';
import type { ClusterClock } from './clock.js';
import { matches } from './patterns.js';
import type { Headers, StoredMessage, StreamPlan } from './transport.js';

/** What is to be stored. */
export interface Entry {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: Headers;
  readonly expectedLast: number | undefined;
  readonly ttl: number | undefined;
}

/** A stored message, and when it goes. */
interface Kept extends StoredMessage {
  /** By the clock's `now`. */
  readonly expires: number;
}

/** A stream as it was. */
export interface MemoryStreamCopy {
  /** The number of the newest message that was ever stored. */
  readonly lastSeq: number;
  /** The messages that are still there, oldest first. */
  readonly kept: readonly StoredMessage[];
}

/** Servers keep whole seconds. */
const SECOND = 1000;

export class MemoryStream {
  readonly plan: StreamPlan;
  readonly #clock: ClusterClock;
  #kept: Kept[] = [];
  #lastSeq = 0;

  constructor(plan: StreamPlan, clock: ClusterClock) {
    this.plan = plan;
    this.#clock = clock;
  }

  get messages(): number {
    return this.#present().length;
  }

  get bytes(): number {
    return sizeOf(this.#present());
  }

  takes(subject: string): boolean {
    return this.plan.subjects.some((pattern) => matches(pattern, subject));
  }

  /**
   * @param isBlind - does not look at `expectedLast`: the fault that grants twice.
   * @throws {@link ClusterTransportError} `CONFLICT`, and `FAILED` for a ttl that the stream does not allow.
   */
  append(entry: Entry, isBlind: boolean): number {
    const { subject, payload, headers, expectedLast, ttl } = entry;
    if (ttl !== undefined && this.plan.ttls !== true)
      throw new ClusterTransportError('FAILED', `the stream ${this.plan.name} has no time to live of messages`);
    if (ttl !== undefined && ttl < SECOND)
      throw new ClusterTransportError('FAILED', `a time to live is at least 1 s, not ${ttl} ms`);

    const last = this.last(subject)?.seq ?? 0;
    if (!isBlind && expectedLast !== undefined && expectedLast !== last) throw conflict(subject, expectedLast, last);

    const seq = ++this.#lastSeq;
    const life = Math.min(
      ttl === undefined ? Infinity : Math.ceil(ttl / SECOND) * SECOND,
      this.plan.maxAge ?? Infinity,
    );
    const expires = this.#clock.now() + life;
    this.#kept.push({ subject, payload, headers, seq, storedAt: this.#clock.wall(), expires });
    this.#limit(subject);
    return seq;
  }

  last(subject: string, lag = 0): StoredMessage | undefined {
    return this.#visible(lag).findLast((message) => message.subject === subject);
  }

  lasts(patterns: readonly string[], lag = 0): readonly StoredMessage[] {
    const found = new Map<string, StoredMessage>();
    for (const message of this.#visible(lag))
      if (patterns.some((pattern) => matches(pattern, message.subject))) found.set(message.subject, message);

    return [...found.values()].sort((left, right) => left.seq - right.seq);
  }

  history(pattern: string, from: number, lag = 0): readonly StoredMessage[] {
    return this.#visible(lag).filter(({ subject, seq }) => seq >= from && matches(pattern, subject));
  }

  /** As it is now, for {@link MemoryStream.restore}. */
  copy(): MemoryStreamCopy {
    return { lastSeq: this.#lastSeq, kept: [...this.#present()] };
  }

  /** Makes it what it was: everything since then is forgotten, and its numbers are given again. */
  restore({ lastSeq, kept }: MemoryStreamCopy): void {
    this.#lastSeq = lastSeq;
    this.#kept = kept.map((message) => ({ expires: Infinity, ...message }));
  }

  /** Forgets everything after a message. */
  rollBack(seq: number): void {
    this.#lastSeq = Math.min(this.#lastSeq, seq);
    this.#kept = this.#kept.filter((message) => message.seq <= seq);
  }

  #visible(lag: number): readonly StoredMessage[] {
    const present = this.#present();
    return lag === 0 ? present : present.filter(({ seq }) => seq <= this.#lastSeq - lag);
  }

  #present(): readonly Kept[] {
    const now = this.#clock.now();
    if (this.#kept.some(({ expires }) => expires <= now))
      this.#kept = this.#kept.filter(({ expires }) => expires > now);

    return this.#kept;
  }

  /** The oldest of a subject, and then of all, make room. */
  #limit(subject: string): void {
    const { perSubject = Infinity, maxBytes = Infinity } = this.plan;
    const same = this.#kept.filter((message) => message.subject === subject);
    const surplus = new Set(same.slice(0, Math.max(0, same.length - perSubject)));
    if (surplus.size > 0) this.#kept = this.#kept.filter((message) => !surplus.has(message));
    while (this.#kept.length > 1 && sizeOf(this.#kept) > maxBytes) this.#kept.shift();
  }
}

function sizeOf(kept: readonly StoredMessage[]): number {
  return kept.reduce((sum, { payload, subject }) => sum + payload.length + subject.length, 0);
}

/** Somebody was first. */
function conflict(subject: string, expected: number, last: number): ClusterTransportError {
  return new ClusterTransportError(
    'CONFLICT',
    `the last message of ${subject} is ${last}, and not ${expected}: nothing was stored`,
  );
}
