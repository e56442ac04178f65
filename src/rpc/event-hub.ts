/**
 * The way of a published message from the socket to listeners and iterators.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { PyDateTime, UnpicklingError } from '../pickle/index.js';
import type { Unpickler } from '../pickle/index.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { optionChecks } from './checks.js';
import { traceEvent } from './diagnostics.js';
import { EventStream } from './event-stream.js';
import { OVERFLOW_POLICIES } from './events.js';
import type { EventStreamOptions, OverflowReport, RpcEvent, UndecodableEventProblem } from './events.js';
import { RpcUsageError } from './errors.js';
import { decodeEvent, HEARTBEAT_TOPIC, KEEP_ALIVE_TOPIC, peekTopic } from './protocol.js';
import type { SignalWatch } from './signal-watch.js';
import type { EventStats } from './stats.js';
import { AbandonedStreams } from './stream-handle.js';
import { Topics } from './topics.js';
import type { Frames } from './transport.js';

/** Whom the hub tells. */
export interface EventHubOptions {
  readonly unpickler: Unpickler;
  /** Whether anybody listens to the client's `event`. */
  readonly hasListeners: () => boolean;
  readonly onEvent: (event: RpcEvent) => void;
  readonly onUndecodable: (problem: UndecodableEventProblem) => void;
  readonly onOverflow: (report: OverflowReport) => void;
  readonly signals: SignalWatch;
}

/** The options of `events()`. */
export const EVENT_STREAM_OPTIONS = new OptionTable(optionChecks, 'the options of events()', {
  topic: option.other('a text', (_name, value: string) => checkTopic(value)),
  signal: option.signal(),
  limit: option.count({ least: 1 }, 100_000),
  overflow: option.choice(OVERFLOW_POLICIES, 'drop-oldest'),
  latestBy: option.callback<NonNullable<EventStreamOptions['latestBy']>>(),
} satisfies RowsOf<EventStreamOptions>);

interface Subscriber {
  /** Undefined: the topics of `subscribe()`. */
  readonly topic: string | undefined;
  readonly stream: EventStream<RpcEvent>;
}

/** Decodes, filters and distributes the events of one client. */
export class EventHub {
  readonly topics = new Topics();
  readonly #options: EventHubOptions;
  readonly #subscribers = new Set<Subscriber>();
  readonly #abandoned = new AbandonedStreams();
  #received = 0;
  #delivered = 0;
  #filtered = 0;
  #undecodable = 0;
  #heartbeats = 0;
  /** Of the iterators that have ended. */
  #droppedBefore = 0;
  #conflatedBefore = 0;
  #clockOffset: number | undefined;
  #closed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  /** The server's clock minus this one's at the last heartbeat, in ms. */
  get clockOffset(): number | undefined {
    return this.#clockOffset;
  }

  /** One message came. */
  receive(frames: Frames): void {
    this.#received++;
    const peeked = peekTopic(frames);
    if (peeked !== undefined && !isHeartbeat(peeked) && !this.#wanted(peeked)) {
      this.#filtered++;
      return;
    }
    let event: RpcEvent;
    try {
      event = decodeEvent(this.#options.unpickler, frames, peeked);
    } catch (cause) {
      this.#undecodable++;
      this.#options.onUndecodable(describeUndecodable(peeked, frames, cause));
      return;
    }
    if (isHeartbeat(event.topic)) {
      this.#heartbeats++;
      const time = serverTime(event.data);
      this.#clockOffset = time === undefined ? this.#clockOffset : time - Date.now();
    } else if (event.topic === peeked || this.#wanted(event.topic)) {
      this.#deliver(event);
    } else {
      this.#filtered++;
    }
  }

  /** A new iterator. */
  stream(options: EventStreamOptions): AsyncIterableIterator<RpcEvent, undefined> {
    const { topic, signal, limit, overflow, latestBy } = EVENT_STREAM_OPTIONS.resolve(options);
    const stream: EventStream<RpcEvent> = new EventStream<RpcEvent>({
      limit,
      overflow,
      latestBy,
      onOverflow: (counts) => {
        this.#options.onOverflow({ topic, limit, ...counts });
      },
      onEnd: () => {
        release?.();
        if (this.#subscribers.delete(subscriber)) {
          this.#droppedBefore += stream.dropped;
          this.#conflatedBefore += stream.conflated;
        }
      },
    });
    // Not before: a stream that is refused must not leave a subscription behind.
    const release = topic === undefined || this.#closed ? undefined : this.topics.hold(topic);
    const subscriber = { topic, stream };
    if (this.#closed) {
      stream.end();
    } else {
      this.#subscribers.add(subscriber);
      stream.endWith(signal, this.#options.signals);
    }
    return this.#abandoned.lend(stream);
  }

  /** Ends every iterator; what waits in them can still be read. */
  close(): void {
    this.#closed = true;
    for (const { stream } of [...this.#subscribers]) stream.end();

    this.topics.attach(undefined);
  }

  stats(): Omit<EventStats, 'listenerErrors' | 'missed'> {
    const streams = [...this.#subscribers].map(({ stream }) => stream);
    const sum = (value: (stream: EventStream<RpcEvent>) => number): number =>
      streams.reduce((total, stream) => total + value(stream), 0);
    return {
      received: this.#received,
      delivered: this.#delivered,
      filtered: this.#filtered,
      undecodable: this.#undecodable,
      heartbeats: this.#heartbeats,
      dropped: this.#droppedBefore + sum((stream) => stream.dropped),
      conflated: this.#conflatedBefore + sum((stream) => stream.conflated),
      queued: sum((stream) => stream.size),
    };
  }

  /** Whether somebody would get events of this topic: nothing is decoded for nobody. */
  #wanted(topic: string): boolean {
    if (!this.topics.wants(topic)) return false;

    if (this.#options.hasListeners() && this.topics.wantsExplicitly(topic)) return true;

    for (const subscriber of this.#subscribers) if (this.#goesTo(subscriber, topic)) return true;

    return false;
  }

  #goesTo({ topic: wanted }: Subscriber, topic: string): boolean {
    return wanted === undefined ? this.topics.wantsExplicitly(topic) : topic.startsWith(wanted);
  }

  #deliver(event: RpcEvent): void {
    this.#delivered++;
    traceEvent(event);
    for (const subscriber of this.#subscribers)
      if (this.#goesTo(subscriber, event.topic)) subscriber.stream.push(event);

    if (this.topics.wantsExplicitly(event.topic)) this.#options.onEvent(event);
  }
}

/** @throws RpcUsageError unless `topic` is a string. */
export function checkTopic(topic: string): string {
  if (typeof topic !== 'string')
    throw new RpcUsageError('BAD_ARGUMENT', `a topic must be a string, not ${typeof topic}`);

  return topic;
}

function isHeartbeat(topic: string): boolean {
  return topic === HEARTBEAT_TOPIC || topic === KEEP_ALIVE_TOPIC;
}

/** The time in a heartbeat of either dialect, in ms since 1970. */
function serverTime(data: unknown): number | undefined {
  if (typeof data === 'number') return data * 1000;

  if (data instanceof PyDateTime) {
    const { year, month, day, hour, minute, second, microsecond } = data;
    return Date.UTC(year, month - 1, day, hour, minute, second) + microsecond / 1000;
  }
  return undefined;
}

function describeUndecodable(topic: string | undefined, frames: Frames, cause: unknown): UndecodableEventProblem {
  const where = topic === undefined ? '' : ` of topic ${JSON.stringify(topic)}`;
  return {
    kind: 'undecodable-event',
    message:
      `an event${where} cannot be decoded: ${messageOf(cause)}. Likely causes: the subscribe address is not that of a ` +
      'vnpy publisher, or the publisher uses something that this version does not know',
    topic,
    offset: cause instanceof UnpicklingError ? cause.offset : undefined,
    cause,
    frames: frames.map((part) => part.slice()), // The transport's memory is used again.
  };
}
