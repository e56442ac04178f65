/**
 * Which ticks and events are of the edge that holds the account now, in order, and what is missing of them.
 *
 * @module
 */
import type { Message } from '../transport/transport.js';
import type { Beat } from '../wire/beats.js';
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
}

/** An event of the edge that holds the account. */
export interface ArrivedEvent {
  /** Undefined for one whose number was there before. */
  readonly accepted: Accepted | undefined;
  /** How many are missing. With any, the state has to be compared. */
  readonly missed: number;
}

/** A run of an edge under one lease: what a message of it says. */
type Run = Pick<EventPrefix, 'boot' | 'epoch' | 'edge'>;

/** The ticks and events of one client. */
export class EventFilter {
  readonly #watch = new SequenceWatch();
  #session: Run | undefined;
  /** Whose ticks are taken. They are good while the same edge is asked once more who it is. */
  #ticksOf: Run | undefined;
  /** The last event of the principal that was seen. */
  #lastSeq = 0;
  #counts = { missedEvents: 0, missedTicks: 0, stale: 0, malformed: 0 };

  get counts(): EventCounts {
    return { ...this.#counts };
  }

  /** Another edge, run or lease; or a client that the edge had forgotten. Events count from what it says. */
  begin({ boot, epoch, seq }: Welcome, edge: number): void {
    this.#session = { boot, epoch, edge };
    this.#ticksOf = this.#session;
    this.#lastSeq = seq;
  }

  /** The edge is silent. What else it does is compared when it is back; ticks are not, and go on. */
  pause(): void {
    this.#session = undefined;
  }

  /** This edge holds the account. Of any other, nothing is taken. */
  holds({ boot, epoch, number: edge }: Pick<Beat, 'boot' | 'epoch' | 'number'>): void {
    if (!isOf(this.#ticksOf, { boot, epoch, edge })) this.end();
  }

  /** Nothing is taken until the next beginning. */
  end(): void {
    this.#session = undefined;
    this.#ticksOf = undefined;
  }

  /**
   * The edge tells of its numbers.
   *
   * @param before - what it had published some time ago: it has to be here.
   * @param now - what it has published: nothing beyond it can be its own.
   * @returns how many events have not come.
   */
  published(before: number, now: number): number {
    if (this.#lastSeq > now) return this.#again(now);
    const missed = Math.max(0, before - this.#lastSeq);
    this.#lastSeq = Math.max(this.#lastSeq, before);
    this.#counts.missedEvents += missed;
    return missed;
  }

  event(message: Message): ArrivedEvent | undefined {
    const accepted = this.#accept(message, this.#session);
    if (accepted === undefined) return undefined;
    const { seq } = accepted.prefix;
    if (seq <= this.#lastSeq) return { accepted: undefined, missed: this.#again(seq) };
    // What the edge has told of by a hello is counted already.
    const missed = seq - this.#lastSeq - 1;
    this.#lastSeq = seq;
    this.#counts.missedEvents += missed;
    return { accepted, missed };
  }

  tick(message: Message): Accepted | undefined {
    const accepted = this.#accept(message, this.#ticksOf);
    if (accepted === undefined) return undefined;
    const arrival = this.#watch.see(message.subject, accepted.prefix);
    if (arrival.kind === 'repeated') return undefined;
    if (arrival.kind === 'gap') this.#counts.missedTicks += arrival.missed;
    return accepted;
  }

  /**
   * A number that is behind what was seen. Servers pass on what one connection publishes in order, so somebody else has published
   * a number of this edge, or it came over another way. Which of both was the edge's cannot be told: its state is compared, and what
   * follows is counted from here. To wait for the greater number would be to hear nothing until then.
   */
  #again(seq: number): number {
    this.#lastSeq = seq;
    this.#counts.missedEvents++;
    return 1;
  }

  #accept({ payload }: Message, run: Run | undefined): Accepted | undefined {
    const prefix = readPrefix(payload);
    if (prefix === undefined) {
      this.#counts.malformed++;
      return undefined;
    }
    if (!isOf(run, prefix)) {
      this.#counts.stale++;
      return undefined;
    }
    return { prefix, body: payload.subarray(PREFIX_BYTES) };
  }
}

function isOf(run: Run | undefined, { boot, epoch, edge }: Run): boolean {
  return run?.epoch === epoch && run.boot === boot && run.edge === edge;
}
