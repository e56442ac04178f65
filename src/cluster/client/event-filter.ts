/**
 * Which ticks and events are of the edge that holds the account now, in order, and what is missing of them.
 *
 * @module
 */
import type { Message } from '../transport/transport.js';
import type { Welcome } from '../wire/hello.js';
import { PREFIX_BYTES, readPrefix } from '../wire/prefix.js';
import type { EventPrefix } from '../wire/prefix.js';
import { SequenceWatch } from '../wire/sequence.js';

/** What was heard, and what not. */
export interface EventCounts {
  /** Events that are missing: the gateway has compared. */
  readonly missedEvents: number;
  /** Ticks that are missing. */
  readonly missedTicks: number;
  /** Ticks and events of another edge, run or lease: they were dropped. */
  readonly stale: number;
  /** Messages that are none of a cluster's. */
  readonly malformed: number;
}

/** A message that may be handed on. */
export interface Accepted {
  readonly prefix: EventPrefix;
  /** What stands behind the prefix. */
  readonly body: Uint8Array;
  /** How many are missing before it. */
  readonly missed: number;
}

/** What stands for the events of the principal among the subjects. */
const EVENTS = '';

/** The ticks and events of one client. */
export class EventFilter {
  readonly #watch = new SequenceWatch();
  #session: Welcome | undefined;
  /** The last event of the principal that was seen. */
  #lastSeq = 0;
  #counts = { missedEvents: 0, missedTicks: 0, stale: 0, malformed: 0 };

  get counts(): EventCounts {
    return { ...this.#counts };
  }

  /** Another edge, run or lease; or a client that the edge had forgotten. Events count from what it says. */
  begin(session: Welcome, edge: number): void {
    this.#session = session;
    this.#lastSeq = session.seq;
    this.#watch.forget(EVENTS);
    this.#watch.see(EVENTS, { edge, boot: session.boot, epoch: session.epoch, seq: session.seq });
  }

  /** Nothing is taken until the next beginning. */
  end(): void {
    this.#session = undefined;
  }

  /**
   * The edge had published so much some time ago.
   *
   * @returns how many of them have not come.
   */
  published(seq: number): number {
    const missed = Math.max(0, seq - this.#lastSeq);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#counts.missedEvents += missed;
    return missed;
  }

  event(message: Message): Accepted | undefined {
    const accepted = this.#accept(message, EVENTS);
    if (accepted === undefined) return undefined;
    // What the edge has told of by a hello is counted already.
    const missed = Math.max(0, accepted.prefix.seq - this.#lastSeq - 1);
    this.#lastSeq = Math.max(this.#lastSeq, accepted.prefix.seq);
    this.#counts.missedEvents += missed;
    return { ...accepted, missed };
  }

  tick(message: Message): Accepted | undefined {
    const accepted = this.#accept(message, message.subject);
    if (accepted !== undefined) this.#counts.missedTicks += accepted.missed;
    return accepted;
  }

  #accept({ payload }: Message, subject: string): Accepted | undefined {
    const prefix = readPrefix(payload);
    if (prefix === undefined) {
      this.#counts.malformed++;
      return undefined;
    }
    const session = this.#session;
    if (prefix.epoch !== session?.epoch || prefix.boot !== session.boot) {
      this.#counts.stale++;
      return undefined;
    }
    const arrival = this.#watch.see(subject, prefix);
    if (arrival.kind === 'repeated') return undefined;
    if (arrival.kind === 'stale') {
      this.#counts.stale++;
      return undefined;
    }
    const missed = arrival.kind === 'gap' ? arrival.missed : 0;
    return { prefix, body: payload.subarray(PREFIX_BYTES), missed };
  }
}
