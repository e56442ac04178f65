/**
 * What a capture holds, over all its messages.
 *
 * @module
 */
import { views } from '../../lang/en/views.js';
import type { TrafficKind } from '../../lang/en/views.js';
import type { Envelope } from '../lens/envelope.js';
import type { Message } from '../reading/messages.js';

/** Messages of one kind. */
export interface TrafficShare {
  readonly name: string;
  /** The kind, and what tells messages of it apart. */
  readonly kind: TrafficKind;
  readonly what: string;
  readonly messages: number;
  readonly bytes: number;
  /** Messages in a second, when the capture has times; undefined for a single moment. */
  readonly perSecond: number | undefined;
}

interface Count {
  readonly kind: TrafficKind;
  readonly what: string;
  messages: number;
  bytes: number;
}

function kindOf(envelope: Envelope | undefined, message: Message): readonly [kind: TrafficKind, what: string] {
  switch (envelope?.kind) {
    case 'request':
      return ['request', envelope.name];
    case 'reply':
      return [envelope.ok ? 'reply' : 'failed', ''];
    case 'event': {
      const topic = message.wire?.topic ?? envelope.topic;
      return ['event', envelope.type ?? topic];
    }
    case 'heartbeat':
      return ['heartbeat', envelope.topic];
    case undefined:
      if (message.wire?.text !== undefined) return ['command', ''];
      return [message.analysis === undefined ? 'none' : 'other', ''];
  }
}

/** Counts messages by what they are. */
export class Traffic {
  readonly #counts = new Map<string, Count>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #messages = 0;

  /** Counts a message. */
  add(message: Message, envelope: Envelope | undefined): void {
    const [kind, what] = kindOf(envelope, message);
    const name = views.traffic[kind](what);
    const count = this.#counts.get(name) ?? { kind, what, messages: 0, bytes: 0 };
    count.messages++;
    count.bytes += message.analysis?.end ?? 0;
    this.#counts.set(name, count);
    this.#messages++;
    const time = message.wire?.time;
    if (time === undefined) return;
    this.#first = Math.min(this.#first, time);
    this.#last = Math.max(this.#last, time);
  }

  get messages(): number {
    return this.#messages;
  }

  /** Seconds between the first and the last message. */
  get seconds(): number | undefined {
    return this.#last > this.#first ? this.#last - this.#first : undefined;
  }

  /** Kinds of messages, most messages first. */
  get shares(): TrafficShare[] {
    const { seconds } = this;
    return [...this.#counts]
      .map(([name, count]) => ({
        name,
        ...count,
        perSecond: seconds === undefined ? undefined : count.messages / seconds,
      }))
      .sort((a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1));
  }
}
