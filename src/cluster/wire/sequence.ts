/**
 * What has not arrived: a server drops what a slow program does not read, and only the numbers in the prefix show it.
 *
 * @module
 */
import type { EventPrefix } from './prefix.js';

/** Who has published under which lease, and the how manieth. */
export type Place = Pick<EventPrefix, 'edge' | 'boot' | 'epoch' | 'seq'>;

/**
 * What a message is, beside the one before it.
 *
 * - `first`: nothing was heard of the subject before.
 * - `next`: it follows.
 * - `gap`: `missed` messages are not there.
 * - `taken-over`: it is of a later lease, or of another run of the edge under the same lease: what was missed cannot be counted.
 * - `repeated`: it, or a later one, was heard before. What follows is counted from it: else one number far ahead, by whomever, would
 *   make a client deaf for all that comes before that number.
 * - `stale`: it is of an older lease. It must not be acted upon.
 */
export type Arrival =
  | { readonly kind: 'first' | 'next' | 'taken-over' | 'repeated' | 'stale' }
  | { readonly kind: 'gap'; readonly missed: number };

/** What was seen so far. */
export interface SequenceCounts {
  readonly gaps: number;
  /** Messages that are not there. */
  readonly missed: number;
  readonly repeated: number;
  readonly stale: number;
}

/** Watches the sequences of any number of subjects. */
export class SequenceWatch {
  readonly #last = new Map<string, Place>();
  readonly #maxSubjects: number;
  #counts: SequenceCounts = { gaps: 0, missed: 0, repeated: 0, stale: 0 };

  /** @param maxSubjects - of more, the one that is known longest is forgotten. */
  constructor(maxSubjects = 100_000) {
    this.#maxSubjects = maxSubjects;
  }

  get counts(): SequenceCounts {
    return this.#counts;
  }

  /** A message was heard. */
  see(subject: string, { edge, boot, epoch, seq }: Place): Arrival {
    const last = this.#last.get(subject);
    const arrival = compare(last, { edge, boot, epoch, seq });
    this.#count(arrival);
    if (arrival.kind === 'stale') return arrival;

    if (last === undefined) this.#makeRoom();
    this.#last.set(subject, { edge, boot, epoch, seq });
    return arrival;
  }

  /** What is heard next of a subject is the first. */
  forget(subject: string): void {
    this.#last.delete(subject);
  }

  #count(arrival: Arrival): void {
    const { gaps, missed, repeated, stale } = this.#counts;
    if (arrival.kind === 'gap') this.#counts = { ...this.#counts, gaps: gaps + 1, missed: missed + arrival.missed };
    else if (arrival.kind === 'repeated') this.#counts = { ...this.#counts, repeated: repeated + 1 };
    else if (arrival.kind === 'stale') this.#counts = { ...this.#counts, stale: stale + 1 };
  }

  /** A subject that was forgotten and is alive comes back as a first. */
  #makeRoom(): void {
    if (this.#last.size < this.#maxSubjects) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }
}

const FIRST: Arrival = { kind: 'first' };
const NEXT: Arrival = { kind: 'next' };
const TAKEN_OVER: Arrival = { kind: 'taken-over' };
const REPEATED: Arrival = { kind: 'repeated' };
const STALE: Arrival = { kind: 'stale' };

function compare(last: Place | undefined, { edge, boot, epoch, seq }: Place): Arrival {
  if (last === undefined) return FIRST;
  if (epoch < last.epoch) return STALE;
  if (epoch > last.epoch || edge !== last.edge || boot !== last.boot) return TAKEN_OVER;
  if (seq <= last.seq) return REPEATED;
  return seq === last.seq + 1 ? NEXT : { kind: 'gap', missed: seq - last.seq - 1 };
}
