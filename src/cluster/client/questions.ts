/**
 * What was asked of an edge and is not answered: sent with a place for the answer, joined from its parts.
 *
 * @module
 */
import type { ClusterClock } from '../transport/clock.js';
import type { ClusterTransport, Message, Subscription } from '../transport/transport.js';
import { NO_RESPONDERS, STATUS_HEADER } from '../transport/status.js';
import { ChunkJoiner } from '../wire/chunks.js';
import { readEnvelope, writeEnvelope } from '../wire/envelope.js';
import type { Envelope } from '../wire/envelope.js';

/** A question, and whom it is for. */
export interface Question {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Its `boot` says which run of which edge is asked; without one any may answer. */
  readonly envelope: Envelope;
}

interface Asked {
  readonly subject: string;
  readonly boot: number | undefined;
  /** The question that is repeated by it: its own id for the first. */
  readonly first: string;
}

/** How questions are asked. */
export interface QuestionOptions {
  /** Of the largest answer. */
  readonly maxBytes: number;
  readonly clock: ClusterClock;
  /** After so many ms a question that may be repeated is repeated, and after twice as many again. */
  readonly patience: number;
}

/** What became of a question. */
export interface QuestionListener {
  answered(id: string, body: Uint8Array, envelope: Envelope): void;
  /** It is certain that nothing was done. */
  notExecuted(id: string, detail: string): void;
}

/** So often a question is repeated. */
const MOST_REPEATS = 5;
/** Questions that wait. Of more, the oldest is forgotten: its caller has long given up. */
const MAX_WAITING = 10_000;
/** Large answers that may be incomplete at the same time. */
const MAX_OPEN = 64;

/** The questions of one connection. */
export class Questions {
  readonly #transport: ClusterTransport;
  readonly #listener: QuestionListener;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #joiner: ChunkJoiner;
  readonly #options: QuestionOptions;
  /** Those that wait, by id. */
  readonly #waiting = new Map<string, Asked>();

  constructor(transport: ClusterTransport, options: QuestionOptions, listener: QuestionListener) {
    this.#transport = transport;
    this.#options = options;
    const { maxBytes } = options;
    this.#listener = listener;
    this.#inbox = transport.inbox();
    this.#joiner = new ChunkJoiner({ maxBytes, maxOpen: MAX_OPEN });
    this.#subscription = transport.subscribe(`${this.#inbox}.*`, (message) => {
      this.#received(message);
    });
  }

  /**
   * Asks now.
   *
   * @throws ClusterTransportError where nothing has left.
   */
  ask(id: string, question: Question): void {
    this.#ask(id, id, question);
  }

  /**
   * Asks one of several edges, and another one if it is silent: it may stand still, and the server goes on to choose it.
   *
   * @throws ClusterTransportError where nothing has left.
   */
  askAny(id: string, question: Question): void {
    this.#ask(id, id, question);
    this.#repeat(id, question, 1);
  }

  /** The server says that it did not take something. */
  refused(detail: string): void {
    for (const { first, subject } of [...this.#waiting.values()]) {
      if (!detail.includes(subject) || !this.#waiting.has(first)) continue;
      this.#forget(first);
      this.#listener.notExecuted(first, `the server does not allow it (${detail})`);
    }
  }

  close(): void {
    this.#subscription.close();
    this.#waiting.clear();
  }

  #ask(id: string, first: string, { subject, payload, envelope }: Question): void {
    this.#transport.publish(subject, payload, {
      headers: writeEnvelope(envelope),
      reply: `${this.#inbox}.${id}`,
    });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    this.#waiting.set(id, { subject, boot: envelope.boot, first });
  }

  #repeat(first: string, question: Question, count: number): void {
    const { clock, patience } = this.#options;
    clock.after(patience * 2 ** (count - 1), () => {
      if (!this.#waiting.has(first)) return;
      try {
        // By an id of its own: the parts of two answers must not be joined.
        this.#ask(`${first}-${count}`, first, question);
      } catch {
        return; // Without a connection nothing is answered here.
      }
      if (count < MOST_REPEATS) this.#repeat(first, question, count + 1);
    });
  }

  /** It is answered: whoever answers it once more is heard by nobody. */
  #forget(first: string): void {
    this.#waiting.delete(first);
    for (let count = 1; count <= MOST_REPEATS; count++) {
      if (!this.#waiting.delete(`${first}-${count}`)) break;
      this.#joiner.forget(`${first}-${count}`);
    }
    this.#joiner.forget(first);
  }

  #received({ subject, payload, headers }: Message): void {
    const id = subject.slice(this.#inbox.length + 1);
    const asked = this.#waiting.get(id);
    if (asked === undefined) return;
    if (headers[STATUS_HEADER] === NO_RESPONDERS) {
      this.#forget(asked.first);
      this.#listener.notExecuted(asked.first, 'no edge listens');
      return;
    }
    const envelope = readEnvelope(headers);
    if (envelope === undefined) return;
    // Another edge may believe that it holds the account. That it did nothing says nothing of the one that was asked.
    if (envelope.notExecuted !== undefined && asked.boot !== undefined && envelope.boot !== asked.boot) return;
    const whole = envelope.chunk === undefined ? payload : this.#joiner.take(id, envelope.chunk, payload);
    if (whole === undefined) return;
    this.#forget(asked.first);
    this.#listener.answered(asked.first, whole, envelope);
  }
}
