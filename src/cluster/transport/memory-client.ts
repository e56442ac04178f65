/**
 * A client of the messaging system inside one process.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import { ClusterTransportError } from '../errors.js';
import type { ClusterClock } from './clock.js';
import type { Faults, MemoryStage } from './memory-faults.js';
import type { Entry, MemoryStream } from './memory-stream.js';
import { matches, overlap, requirePattern, requireSubject } from './patterns.js';
import { NO_RESPONDERS, STATUS_HEADER } from './status.js';
import type {
  AppendOptions,
  ClusterTransport,
  Headers,
  Message,
  PublishOptions,
  RequestTerms,
  ServerInfo,
  StoredMessage,
  StreamPlan,
  StreamState,
  Subscription,
  TransportStatus,
} from './transport.js';

/** What a client may not: patterns each. */
export interface MemoryDenials {
  /** Where it may not publish or append. */
  readonly publish?: readonly string[];
  /** What it may not subscribe to, nor read from a stream. */
  readonly subscribe?: readonly string[];
}

/** A message that a client has published. */
export interface Published {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: Headers;
  readonly reply: string | undefined;
}

/** Somebody listens. */
export interface MemorySubscription {
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly listener: (message: Message) => void;
  isOpen: boolean;
}

/** Who gets a message. */
export interface Delivered {
  readonly client: MemoryClient;
  readonly subscription: MemorySubscription;
}

/** What a client sees of the server. */
export interface MemoryServer {
  readonly clock: ClusterClock;
  readonly logger: Logger;
  readonly info: ServerInfo;
  readonly staleAfter: number;
  readonly faults: Faults;
  /** @returns whether anybody hears it, or a stream has it. */
  route(message: Published): boolean;
  append(entry: Entry): number;
  read<Value>(pattern: string, read: (stream: MemoryStream, lag: number) => Value): Value;
  ensure(plan: StreamPlan): StreamState;
  streams(pattern: string): readonly StreamState[];
}

/** Who a client is. */
interface Identity {
  readonly name: string;
  readonly inboxPrefix: string;
  readonly id: number;
  readonly closed: () => void;
}

/** What waits for an answer. */
interface Pending {
  readonly subject: string;
  readonly answer: (message: Message) => void;
  readonly fail: (error: ClusterTransportError) => void;
}

/** A call that the server answers itself. */
interface ServerCall<Value> {
  readonly stage?: MemoryStage;
  readonly subject: string;
  readonly work: () => Value;
}

export class MemoryClient implements ClusterTransport {
  readonly name: string;
  readonly inboxPrefix: string;
  denials: MemoryDenials = {};
  readonly #server: MemoryServer;
  readonly #identity: Identity;
  readonly #subscriptions = new Set<MemorySubscription>();
  readonly #statusListeners = new Set<(status: TransportStatus) => void>();
  readonly #refusedListeners = new Set<(detail: string) => void>();
  readonly #pending = new Map<string, Pending>();
  readonly #toServer = new Pipe();
  readonly #toClient = new Pipe();
  #status: TransportStatus = { isConnected: true, detail: 'connected to memory' };
  #isCut = false;
  #isClosed = false;
  #lastInbox = 0;
  #cancelStale: () => void = () => undefined;

  constructor(server: MemoryServer, identity: Identity) {
    this.#server = server;
    this.#identity = identity;
    this.name = identity.name;
    this.inboxPrefix = identity.inboxPrefix;
  }

  get server(): ServerInfo {
    return this.#server.info;
  }

  status(): TransportStatus {
    return this.#status;
  }

  onStatus(listener: (status: TransportStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  onRefused(listener: (detail: string) => void): () => void {
    this.#refusedListeners.add(listener);
    return () => this.#refusedListeners.delete(listener);
  }

  publish(subject: string, payload: Uint8Array, { headers = {}, reply }: PublishOptions = {}): void {
    requireSubject(subject);
    if (reply !== undefined) requireSubject(reply);
    this.#requireConnected();
    this.#requireFits(payload, headers);
    this.#send('publish', { subject, payload: new Uint8Array(payload), headers: { ...headers }, reply }, () => {
      this.#refuse(`publishing to ${subject} is not allowed`);
    });
  }

  subscribe(
    pattern: string,
    listener: (message: Message) => void,
    { queue }: { readonly queue?: string } = {},
  ): Subscription {
    requirePattern(pattern);
    if (this.#isClosed) throw closedError();
    const subscription: MemorySubscription = { pattern, queue, listener, isOpen: true };
    this.#subscriptions.add(subscription);
    this.#toServer.push(() => {
      if (this.#denies('subscribe', pattern)) this.#refuse(`subscribing to ${pattern} is not allowed`);
    });
    return {
      close: () => {
        subscription.isOpen = false;
        this.#subscriptions.delete(subscription);
      },
    };
  }

  async flush({ timeout }: { readonly timeout: number }): Promise<void> {
    await this.#ask({ subject: 'flush', work: () => undefined }, timeout);
  }

  request(subject: string, payload: Uint8Array, { headers = {}, timeout, signal }: RequestTerms): Promise<Message> {
    return new Promise((resolve, reject) => {
      requireSubject(subject);
      this.#requireConnected();
      this.#requireFits(payload, headers);
      const reply = this.inbox();
      this.#await(reply, subject, timeout, signal, resolve, reject);
      this.#send('publish', { subject, payload: new Uint8Array(payload), headers: { ...headers }, reply }, () => {
        this.#pending.get(reply)?.fail(denied('publishing to', subject));
      });
    });
  }

  inbox(): string {
    return `${this.#inboxBase}.${++this.#lastInbox}`;
  }

  append(subject: string, payload: Uint8Array, options: AppendOptions): Promise<number> {
    const { headers = {}, expectedLast, ttl, timeout } = options;
    const entry: Entry = { subject, payload: new Uint8Array(payload), headers: { ...headers }, expectedLast, ttl };
    return this.#ask({ stage: 'append', subject, work: () => this.#append(entry) }, timeout, () => {
      requireSubject(subject);
      this.#requireFits(payload, headers);
    });
  }

  last(subject: string, { timeout }: { readonly timeout: number }): Promise<StoredMessage | undefined> {
    return this.#read(subject, timeout, (stream, lag) => stream.last(subject, lag));
  }

  async lasts(
    patterns: readonly string[],
    { timeout, limit = Infinity }: { readonly timeout: number; readonly limit?: number },
  ): Promise<readonly StoredMessage[]> {
    const [first] = patterns;
    if (first === undefined) return [];
    const found = await this.#read(first, timeout, (stream, lag) => stream.lasts(patterns, lag));
    return found.slice(0, limit);
  }

  async *history(
    pattern: string,
    { from = 1, timeout }: { readonly from?: number; readonly timeout: number },
  ): AsyncIterable<StoredMessage> {
    yield* await this.#read(pattern, timeout, (stream, lag) => stream.history(pattern, from, lag));
  }

  ensureStream(plan: StreamPlan): Promise<StreamState> {
    return this.#ask({ subject: plan.name, work: () => this.#server.ensure(plan) }, SERVER_TIMEOUT);
  }

  streams(pattern: string): Promise<readonly StreamState[]> {
    return this.#ask({ subject: pattern, work: () => this.#server.streams(pattern) }, SERVER_TIMEOUT);
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#cancelStale();
    for (const subscription of this.#subscriptions) subscription.isOpen = false;
    this.#subscriptions.clear();
    this.#failAll(closedError());
    this.#setStatus(false, 'closed');
    this.#identity.closed();
    return Promise.resolve();
  }

  // What the cluster does to it.

  hold(): void {
    this.#toServer.hold();
    this.#toClient.hold();
  }

  letGo(): void {
    this.#toServer.letGo();
    this.#toClient.letGo();
  }

  cut(detail: string): void {
    if (this.#isClosed) return;
    this.#isCut = true;
    this.#cancelStale();
    this.#toServer.clear();
    this.#toClient.clear();
    this.#setStatus(false, detail);
    this.#failAll(lost(detail));
  }

  restore(): void {
    if (this.#isClosed || !this.#isCut) return;
    this.#isCut = false;
    this.#setStatus(true, 'connected to memory');
  }

  blackHole(): void {
    this.hold();
    this.#cancelStale();
    this.#cancelStale = this.#server.clock.after(this.#server.staleAfter, () => {
      if (!this.#isCut) this.#setStatus(false, 'the server gives no sign of life');
    });
  }

  heal(): void {
    this.#cancelStale();
    this.letGo();
    if (!this.#isCut && !this.#isClosed) this.#setStatus(true, 'connected to memory');
  }

  /** Its subscriptions that want a message, and that it may have. */
  wanting(subject: string): readonly Delivered[] {
    if (this.#isCut || this.#isClosed) return [];
    if (matches(`${this.#inboxBase}.*`, subject) && this.#pending.has(subject))
      return [{ client: this, subscription: this.#answers(subject) }];
    return [...this.#subscriptions]
      .filter(({ pattern }) => matches(pattern, subject) && !this.#denies('subscribe', pattern))
      .map((subscription) => ({ client: this, subscription }));
  }

  deliver(subscription: MemorySubscription, message: Published): void {
    const passage = { stage: 'deliver', subject: message.subject, client: this.name } as const;
    this.#server.faults.pass(passage, () => {
      this.#toClient.push(() => {
        if (!subscription.isOpen) return;
        try {
          subscription.listener({ ...message, payload: new Uint8Array(message.payload) });
        } catch (error) {
          this.#server.logger.error(`a listener of ${subscription.pattern} has thrown: ${messageOf(error)}`);
        }
      });
    });
  }

  get #inboxBase(): string {
    return `${this.inboxPrefix}.${this.#identity.id}`;
  }

  #answers(reply: string): MemorySubscription {
    const listener = (message: Message): void => {
      this.#pending.get(reply)?.answer(message);
    };
    return { pattern: reply, queue: undefined, listener, isOpen: true };
  }

  #send(stage: MemoryStage, message: Published, onDenied: () => void): void {
    this.#server.faults.pass({ stage, subject: message.subject, client: this.name }, () => {
      this.#toServer.push(() => {
        if (this.#denies('publish', message.subject)) this.#toClient.push(onDenied);
        else if (!this.#server.route(message) && message.reply !== undefined) this.#nobody(message.reply);
      });
    });
  }

  /** Nobody listens: the server says so, where an answer is wanted. */
  #nobody(reply: string): void {
    const message = {
      subject: reply,
      payload: new Uint8Array(),
      headers: { [STATUS_HEADER]: NO_RESPONDERS },
      reply: undefined,
    };
    for (const { subscription } of this.wanting(reply)) this.deliver(subscription, message);
  }

  #await(
    reply: string,
    subject: string,
    timeout: number,
    signal: AbortSignal | undefined,
    resolve: (message: Message) => void,
    reject: (error: ClusterTransportError) => void,
  ): void {
    const cancelTimer = this.#server.clock.after(timeout, () => {
      this.#pending.get(reply)?.fail(timedOut(subject, timeout));
    });
    const abort = (): void => {
      this.#pending.get(reply)?.fail(new ClusterTransportError('ABORTED', `the request to ${subject} was given up`));
    };
    const done = (): void => {
      this.#pending.delete(reply);
      cancelTimer();
      signal?.removeEventListener('abort', abort);
    };
    this.#pending.set(reply, {
      subject,
      answer: (message) => {
        done();
        if (message.headers[STATUS_HEADER] === NO_RESPONDERS)
          reject(new ClusterTransportError('NO_RESPONDERS', `nobody listens to ${subject}`));
        else resolve(message);
      },
      fail: (error) => {
        done();
        reject(error);
      },
    });
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
  }

  #append(entry: Entry): number {
    if (this.#denies('publish', entry.subject)) throw denied('publishing to', entry.subject);
    return this.#server.append(entry);
  }

  #read<Value>(pattern: string, timeout: number, read: (stream: MemoryStream, lag: number) => Value): Promise<Value> {
    const work = (): Value => {
      if (this.#denies('subscribe', pattern)) throw denied('reading', pattern);
      return this.#server.read(pattern, read);
    };
    return this.#ask({ subject: pattern, work }, timeout, () => {
      requirePattern(pattern);
    });
  }

  /** To the server and back. */
  #ask<Value>(call: ServerCall<Value>, timeout: number, check?: () => void): Promise<Value> {
    const { stage, subject, work } = call;
    return new Promise<Value>((resolve, reject) => {
      check?.();
      this.#requireConnected();
      const reply = this.inbox();
      this.#await(reply, subject, timeout, undefined, () => undefined, reject);
      const settle = (finish: () => void): void => {
        this.#toClient.push(() => {
          if (!this.#pending.has(reply)) return;
          this.#pending
            .get(reply)
            ?.answer({ subject: reply, payload: new Uint8Array(), headers: {}, reply: undefined });
          finish();
        });
      };
      const atServer = (): void => {
        try {
          const value = work();
          const acknowledge = (): void => {
            settle(() => {
              resolve(value);
            });
          };
          if (stage === undefined) acknowledge();
          else this.#server.faults.pass({ stage: 'acknowledge', subject, client: this.name }, acknowledge);
        } catch (error) {
          settle(() => {
            reject(error instanceof Error ? error : new Error(messageOf(error)));
          });
        }
      };
      const go = (): void => {
        this.#toServer.push(atServer);
      };
      if (stage === undefined) go();
      else this.#server.faults.pass({ stage, subject, client: this.name }, go);
    });
  }

  #denies(what: 'publish' | 'subscribe', subject: string): boolean {
    return this.denials[what]?.some((pattern) => overlap(pattern, subject)) ?? false;
  }

  #refuse(detail: string): void {
    for (const listener of [...this.#refusedListeners]) listener(detail);
  }

  #setStatus(isConnected: boolean, detail: string): void {
    if (this.#status.isConnected === isConnected && this.#status.detail === detail) return;
    this.#status = { isConnected, detail };
    for (const listener of [...this.#statusListeners]) listener(this.#status);
  }

  #failAll(error: ClusterTransportError): void {
    for (const pending of [...this.#pending.values()]) pending.fail(error);
  }

  #requireConnected(): void {
    if (this.#isClosed) throw closedError();
    if (!this.#status.isConnected)
      throw new ClusterTransportError('DISCONNECTED', `there is no connection: ${this.#status.detail}`);
  }

  #requireFits(payload: Uint8Array, headers: Headers): void {
    const size = Object.entries(headers).reduce(
      (sum, [name, value]) => sum + name.length + value.length + 4,
      payload.length,
    );
    if (size > this.server.maxPayload) {
      throw new ClusterTransportError(
        'TOO_LARGE',
        `${size} bytes are more than the server takes, ${this.server.maxPayload}`,
      );
    }
  }
}

/** How long what has no timeout of its own may take, in ms. */
const SERVER_TIMEOUT = 5000;

/** One direction of a connection. */
class Pipe {
  #held: (() => void)[] | undefined;
  #generation = 0;

  push(action: () => void): void {
    const generation = this.#generation;
    queueMicrotask(() => {
      if (generation !== this.#generation) return;
      if (this.#held === undefined) action();
      else this.#held.push(action);
    });
  }

  hold(): void {
    this.#held ??= [];
  }

  letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const action of held) action();
  }

  /** What is under way is lost. */
  clear(): void {
    this.#generation++;
    if (this.#held !== undefined) this.#held = [];
  }
}

function denied(what: string, subject: string): ClusterTransportError {
  return new ClusterTransportError('DENIED', `${what} ${subject} is not allowed`);
}

function timedOut(subject: string, timeout: number): ClusterTransportError {
  return new ClusterTransportError('TIMEOUT', `no answer from ${subject} within ${timeout} ms`);
}

function closedError(): ClusterTransportError {
  return new ClusterTransportError('CLOSED', 'the connection was closed');
}

function lost(detail: string): ClusterTransportError {
  return new ClusterTransportError('FAILED', `the connection was lost before the answer: ${detail}`);
}
