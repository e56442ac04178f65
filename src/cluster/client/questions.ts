/**
 * What was asked of an edge and is not answered: sent with a place for the answer, joined from its parts.
 *
 * @module
 */
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
}

/** What became of a question. */
export interface QuestionListener {
  answered(id: string, body: Uint8Array, envelope: Envelope): void;
  /** It is certain that nothing was done. */
  notExecuted(id: string, detail: string): void;
}

/** Large answers that may be incomplete at the same time. */
const MAX_OPEN = 64;

/** The questions of one connection. */
export class Questions {
  readonly #transport: ClusterTransport;
  readonly #listener: QuestionListener;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #joiner: ChunkJoiner;
  /** Those that wait, by id. */
  readonly #waiting = new Map<string, Asked>();

  /** @param maxBytes - of the largest answer. */
  constructor(transport: ClusterTransport, maxBytes: number, listener: QuestionListener) {
    this.#transport = transport;
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
  ask(id: string, { subject, payload, envelope }: Question): void {
    this.#transport.publish(subject, payload, {
      headers: writeEnvelope(envelope),
      reply: `${this.#inbox}.${id}`,
    });
    this.#waiting.set(id, { subject, boot: envelope.boot });
  }

  /** The server says that it did not take something. */
  refused(detail: string): void {
    for (const [id, { subject }] of [...this.#waiting]) {
      if (!detail.includes(subject)) continue;
      this.#waiting.delete(id);
      this.#listener.notExecuted(id, `the server does not allow it (${detail})`);
    }
  }

  close(): void {
    this.#subscription.close();
    this.#waiting.clear();
  }

  #received({ subject, payload, headers }: Message): void {
    const id = subject.slice(this.#inbox.length + 1);
    const asked = this.#waiting.get(id);
    if (asked === undefined) return;
    if (headers[STATUS_HEADER] === NO_RESPONDERS) {
      this.#waiting.delete(id);
      this.#listener.notExecuted(id, 'no edge listens');
      return;
    }
    const envelope = readEnvelope(headers);
    if (envelope === undefined) return;
    // Another edge may believe that it holds the account. That it did nothing says nothing of the one that was asked.
    if (envelope.notExecuted !== undefined && asked.boot !== undefined && envelope.boot !== asked.boot) return;
    const whole = envelope.chunk === undefined ? payload : this.#joiner.take(id, envelope.chunk, payload);
    if (whole === undefined) return;
    this.#waiting.delete(id);
    this.#listener.answered(id, whole, envelope);
  }
}
