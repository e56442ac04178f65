/**
 * What the cluster needs of a messaging system, and nothing more. nats-transport.ts implements it with NATS, and
 * memory-transport.ts inside one process, for tests.
 *
 * @module
 */

/** Headers of a message: one value a name, printable ASCII. */
export type Headers = Readonly<Record<string, string>>;

/** A message that was published. */
export interface Message {
  /** The subject that it was published to. */
  readonly subject: string;
  /** Good until the listener returns. */
  readonly payload: Uint8Array;
  /** Without those of the messaging system itself. `Status: 503` alone says that nobody heard what was published. */
  readonly headers: Headers;
  /** Where an answer goes; undefined where none is wanted. */
  readonly reply: string | undefined;
}

/** A message of a stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: Headers;
  /** Its place in the stream: no other message of the stream has it, and a later one has a greater one. */
  readonly seq: number;
  /** When the server has stored it, in ms since 1970 by the server's clock. For people: nothing may be decided by it. */
  readonly storedAt: number;
}

/** Somebody listens to a subject. */
export interface Subscription {
  /** Hears nothing more, at once. May be called again. */
  close(): void;
}

/** What a server says of itself. */
export interface ServerInfo {
  /** Its version, `2.15.1`. */
  readonly version: string;
  /** Whether it has streams. */
  readonly hasStreams: boolean;
  /** Whether it asks who a client is. Without it anybody may publish to any subject. */
  readonly authRequired: boolean;
  /** Largest payload, in bytes. */
  readonly maxPayload: number;
  /** Where it is, `127.0.0.1:4222`. */
  readonly address: string;
}

/** Options of {@link ClusterTransport.publish}. */
export interface PublishOptions {
  readonly headers?: Headers;
  /** Where an answer goes. */
  readonly reply?: string;
}

/** Options of {@link ClusterTransport.request}. */
export interface RequestTerms {
  readonly headers?: Headers;
  /** How long to wait for the first answer, in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Options of {@link ClusterTransport.append}. */
export interface AppendOptions {
  readonly headers?: Headers;
  /**
   * The `seq` of the last message of the same subject, 0 where there is none. Another one means that somebody was first, and
   * nothing is stored. Default: it is stored whatever was there.
   */
  readonly expectedLast?: number;
  /** The stream forgets the message after this time, in ms, at least 1,000. Default: when the stream's own limits say so. */
  readonly ttl?: number;
  /** How long to wait for the acknowledgement, in ms. */
  readonly timeout: number;
}

/** A stream that has to be there. */
export interface StreamPlan {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly description: string;
  /** `memory` loses everything when the server ends. */
  readonly storage: 'file' | 'memory';
  /** How many servers keep it. */
  readonly replicas: number;
  /** Messages of one subject that are kept; the oldest go first. Default: all. */
  readonly perSubject?: number;
  /** How long messages are kept, in ms. Default: for ever. */
  readonly maxAge?: number;
  /** All messages together, in bytes; the oldest go first. Default: no limit. */
  readonly maxBytes?: number;
  /** Messages may have a `ttl` of their own. */
  readonly ttls?: boolean;
  /** No message can be deleted or purged by anybody. */
  readonly sealed?: boolean;
}

/** A stream as it is. */
export interface StreamState extends StreamPlan {
  /** Messages that it holds. */
  readonly messages: number;
  /** What they take there, in bytes. */
  readonly bytes: number;
  /** What differs from the plan that it was compared with, a sentence each. */
  readonly differences: readonly string[];
}

/**
 * Why something was not done.
 *
 * - `DISCONNECTED`: there is no connection now: nothing has left.
 * - `NO_RESPONDERS`: nobody listens to the subject: nothing was done.
 * - `TIMEOUT`: no answer in time: what was asked may have been done, or may be done yet.
 * - `CONFLICT`: `expectedLast` was not the last: nothing was stored.
 * - `DENIED`: the server does not allow it to this user: nothing was done.
 * - `TOO_LARGE`: the payload is larger than the server takes: nothing has left.
 * - `NO_STREAM`: no stream has the subject, or the server has no streams.
 * - `ABORTED`, `CLOSED`: the signal, or `close()`; whether it was done is not known.
 * - `UNSUITABLE`: the server is too old, or cannot do what is needed.
 * - `FAILED`: anything else; whether it was done is not known.
 */
export type TransportCode =
  | 'DISCONNECTED'
  | 'NO_RESPONDERS'
  | 'TIMEOUT'
  | 'CONFLICT'
  | 'DENIED'
  | 'TOO_LARGE'
  | 'NO_STREAM'
  | 'ABORTED'
  | 'CLOSED'
  | 'UNSUITABLE'
  | 'FAILED';

/** Whether there is a connection. */
export interface TransportStatus {
  readonly isConnected: boolean;
  /** For a person: to whom, or why not. */
  readonly detail: string;
}

/**
 * ONE client of a messaging system. It reconnects by itself, for ever, and its subscriptions stand over that.
 *
 * Nothing waits in it: what cannot leave now is refused, so that a request which was given up can never leave later.
 * Subjects have tokens between dots; `*` stands for one token, and a last `>` for one or more.
 */
export interface ClusterTransport {
  /** The server that it is connected to, or was last. */
  readonly server: ServerInfo;
  /** Begins with this: where answers to this client come. Others may not read there. */
  readonly inboxPrefix: string;
  /** Whether it is connected now. */
  status(): TransportStatus;
  /** @returns what takes the listener away. */
  onStatus(listener: (status: TransportStatus) => void): () => void;
  /** The server refused something that nobody waits for: a subscription, or a message. A sentence each. */
  onRefused(listener: (detail: string) => void): () => void;

  /**
   * Publishes now.
   *
   * @param payload - Not to be changed afterwards: it leaves a moment later. So everywhere.
   * @throws {@link ClusterTransportError} `DISCONNECTED`, `TOO_LARGE`, `CLOSED`: nothing has left.
   */
  publish(subject: string, payload: Uint8Array, options?: PublishOptions): void;
  /**
   * Hears what is published from now on; with `queue`, one of those with the same name hears each message.
   *
   * @param listener - Called in the order of publication. What it throws is logged.
   */
  subscribe(subject: string, listener: (message: Message) => void, options?: { readonly queue?: string }): Subscription;
  /** Resolves when the server has all that was published and subscribed before. */
  flush(options: { readonly timeout: number }): Promise<void>;
  /**
   * Asks, and resolves with the first answer.
   * @throws {@link ClusterTransportError} `NO_RESPONDERS`, `TIMEOUT`, `DENIED`, `DISCONNECTED`, `TOO_LARGE`, `ABORTED`, `CLOSED`.
   */
  request(subject: string, payload: Uint8Array, terms: RequestTerms): Promise<Message>;
  /** A subject where answers to this client may come: below {@link ClusterTransport.inboxPrefix}, and of nobody else. */
  inbox(): string;

  /**
   * Stores a message in the stream that has its subject.
   *
   * @returns its `seq`, when the server has acknowledged it.
   * @throws {@link ClusterTransportError} `CONFLICT`, `NO_STREAM`, `TIMEOUT` and others: see there what is known.
   */
  append(subject: string, payload: Uint8Array, options: AppendOptions): Promise<number>;
  /**
   * The last message of a subject. It may be an old one: whoever decides by it has to append with `expectedLast`.
   */
  last(subject: string, options: { readonly timeout: number }): Promise<StoredMessage | undefined>;
  /** The last message of each subject that one of the patterns matches, at most `limit` of them. */
  lasts(
    patterns: readonly string[],
    options: { readonly timeout: number; readonly limit?: number },
  ): Promise<readonly StoredMessage[]>;
  /** All messages of the stream with the subject `pattern`, from `from` on, in order; ends with the last that is there now. */
  history(pattern: string, options: { readonly from?: number; readonly timeout: number }): AsyncIterable<StoredMessage>;
  /** Makes a stream that is not there. One that is there is left as it is, and compared. */
  ensureStream(plan: StreamPlan): Promise<StreamState>;
  /** The streams that have a subject in common with the pattern. */
  streams(pattern: string): Promise<readonly StreamState[]>;

  /** Ends it; what was published gets a moment to leave. May be called again. */
  close(): Promise<void>;
}
