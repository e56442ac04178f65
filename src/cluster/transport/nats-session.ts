/**
 * ONE connection to one NATS server: it does not reconnect. What was asked over it can never leave over a later one.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { ClusterTransportError } from '../errors.js';
import type { Msg, NatsConnection, NatsModule, Subscription as NatsSubscription } from './nats-module.js';
import type { SocketWatch } from './nats-sockets.js';
import { NO_RESPONDERS, STATUS_DESCRIPTION, STATUS_HEADER } from './status.js';
import type { Headers, Message, RequestTerms, ServerInfo } from './transport.js';

/** What a connection tells. */
export interface SessionEvents {
  /** The server refused what nobody waits for. */
  refused(detail: string): void;
  /** It is no more. Once. */
  ended(detail: string): void;
}

/** How a connection is watched. */
export interface SessionOptions {
  readonly pingInterval: number;
  /** Answers come below it. */
  readonly inboxBase: string;
}

/** An answer, and the headers of the messaging system itself, which others do not see. */
export interface SystemMessage extends Message {
  readonly system: Headers;
}

interface Pending {
  readonly subject: string;
  readonly answer: (message: SystemMessage) => void;
  readonly fail: (error: ClusterTransportError) => void;
}

/** The oldest server that has leases by time and compares sequences reliably: 2.11. */
const OLDEST: readonly [major: number, minor: number] = [2, 11];

/** A program that does not read for so long, in ms, may have lost its connection by that. */
const STALL = 500;

export class NatsSession {
  readonly server: ServerInfo;
  readonly #nats: NatsModule;
  readonly #connection: NatsConnection;
  readonly #sockets: SocketWatch;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #pending = new Map<string, Pending>();
  readonly #timer: NodeJS.Timeout;
  #lastRequest = 0;
  #heardAt = performance.now();
  #pingSince: number | undefined;
  #lastWatch = performance.now();
  /** How long this program has done something else than to read, before it was last watched, in ms. */
  #stalled = 0;
  #isLeaving = false;
  #isEnded = false;
  #error = '';

  constructor(
    nats: NatsModule,
    connection: NatsConnection,
    sockets: SocketWatch,
    options: SessionOptions,
    events: SessionEvents,
  ) {
    this.#nats = nats;
    this.#connection = connection;
    this.#sockets = sockets;
    this.#options = options;
    this.#events = events;
    this.server = serverInfo(connection);
    this.#timer = setInterval(() => {
      this.#watch();
    }, options.pingInterval);
    this.#timer.unref();
    connection.subscribe(`${options.inboxBase}.r.*`, {
      callback: (_error, message) => {
        this.#answered(message);
      },
    });
    void this.#listen();
    void connection.closed().then((error) => {
      const why = error instanceof Error ? error.message : 'the server ended the connection';
      this.end((this.#error || why) + this.#slowness());
    });
  }

  /** Whether what is sent now reaches a server that was alive a moment ago. */
  get isSure(): boolean {
    const age = performance.now() - this.#heardAt;
    return !this.#isEnded && this.#connection.info !== undefined && age <= 2 * this.#options.pingInterval;
  }

  publish(subject: string, payload: Uint8Array, headers: Headers | undefined, reply: string | undefined): void {
    const carried = headers === undefined ? undefined : this.#headersOf(headers);
    const size = payload.length + (carried === undefined ? 0 : headerBytes(headers ?? {}));
    if (size > this.server.maxPayload) {
      throw new ClusterTransportError(
        'TOO_LARGE',
        `${size} bytes are more than the server takes, ${this.server.maxPayload}`,
      );
    }
    try {
      this.#connection.publish(subject, payload, {
        ...(carried === undefined ? {} : { headers: carried }),
        ...(reply === undefined ? {} : { reply }),
      });
    } catch (error) {
      throw new ClusterTransportError('DISCONNECTED', `nothing has left: ${messageOf(error)}`, { cause: error });
    }
  }

  subscribe(subject: string, queue: string | undefined, listener: (message: Message) => void): NatsSubscription {
    return this.#connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error !== null) return; // The status tells it, too.
        this.#heardAt = performance.now();
        listener(read(message));
      },
    });
  }

  request(subject: string, payload: Uint8Array, { headers, timeout, signal }: RequestTerms): Promise<SystemMessage> {
    return new Promise((resolve, reject) => {
      const token = String(++this.#lastRequest);
      const timer = setTimeout(() => {
        this.#pending
          .get(token)
          ?.fail(new ClusterTransportError('TIMEOUT', `no answer from ${subject} within ${timeout} ms`));
      }, timeout);
      const abort = (): void => {
        this.#pending.get(token)?.fail(new ClusterTransportError('ABORTED', `the request to ${subject} was given up`));
      };
      const done = (): void => {
        this.#pending.delete(token);
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#leaveWhenIdle();
      };
      const pending: Pending = {
        subject,
        answer: (message) => {
          done();
          resolve(message);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
      this.#pending.set(token, pending);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted === true) {
        abort();
        return;
      }
      try {
        this.publish(subject, payload, headers, `${this.#options.inboxBase}.r.${token}`);
      } catch (error) {
        pending.fail(asTransportError(error));
      }
    });
  }

  /** Resolves when the server has all that was sent before. */
  flush(): Promise<void> {
    return this.#connection.flush();
  }

  /** Ends it at once; what has not left never will. */
  end(detail: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#timer);
    this.#sockets.reset();
    void this.#connection.close().catch(() => undefined);
    this.#failAll(new ClusterTransportError('FAILED', `the connection was lost before the answer: ${detail}`));
    this.#events.ended(detail);
  }

  /** As {@link NatsSession.end}, because this program wants it: nobody is told but those who wait. */
  close(): void {
    this.#failAll(new ClusterTransportError('CLOSED', 'the connection was closed'));
    this.end('closed');
  }

  #failAll(error: ClusterTransportError): void {
    for (const pending of [...this.#pending.values()]) pending.fail(error);
  }

  #answered(message: Msg): void {
    this.#heardAt = performance.now();
    const pending = this.#pending.get(message.subject.slice(message.subject.lastIndexOf('.') + 1));
    if (pending === undefined) return;
    const answer = { ...read(message), system: systemHeaders(message) };
    if (answer.headers[STATUS_HEADER] === NO_RESPONDERS && answer.payload.length === 0)
      pending.fail(new ClusterTransportError('NO_RESPONDERS', `nobody listens to ${pending.subject}`));
    else pending.answer(answer);
  }

  async #listen(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'error') {
        this.#refused(status.error);
      } else if (status.type === 'ldm') {
        this.#isLeaving = true;
        this.#leaveWhenIdle();
      }
    }
  }

  #refused(error: Error): void {
    if (!(error instanceof this.#nats.PermissionViolationError)) {
      this.#error = `the server says: ${error.message}`;
      return;
    }
    const { operation, subject } = error;
    const what = operation === 'publish' ? 'publishing to' : 'subscribing to';
    const detail = `${what} ${subject} is not allowed to this user`;
    const waiting = [...this.#pending.values()].filter((each) => operation === 'publish' && each.subject === subject);
    for (const pending of waiting) pending.fail(new ClusterTransportError('DENIED', detail));
    if (waiting.length === 0) this.#events.refused(detail);
  }

  /** The server is about to end: whoever waits gets the answer first, and then another server is found. */
  #leaveWhenIdle(): void {
    if (this.#isLeaving && this.#pending.size === 0) this.end('the server is shutting down');
  }

  /** The server does not say that it ends a connection because too much waits there for a slow reader. It can be guessed. */
  #slowness(): string {
    return this.#stalled < STALL
      ? ''
      : `: this program had read nothing for ${Math.round(this.#stalled)} ms, and may be too slow for what it is sent`;
  }

  #watch(): void {
    const now = performance.now();
    const { pingInterval } = this.#options;
    this.#stalled = now - this.#lastWatch - pingInterval;
    this.#lastWatch = now;
    if (this.#pingSince === undefined) {
      this.#pingSince = now;
      this.#connection.flush().then(
        () => {
          this.#pingSince = undefined;
          this.#heardAt = performance.now();
        },
        () => undefined,
      );
    } else if (now - this.#pingSince >= pingInterval) {
      // This program may have been busy, and the answer may lie in its socket: that is read before.
      setImmediate(() => {
        const isStale = this.#pingSince !== undefined && performance.now() - this.#heardAt >= pingInterval;
        if (isStale) this.end(`the server has given no sign of life for ${pingInterval} ms`);
      });
    }
  }

  #headersOf(headers: Headers): ReturnType<NatsModule['headers']> {
    const carried = this.#nats.headers();
    for (const [name, value] of Object.entries(headers)) carried.set(name, value);
    return carried;
  }
}

/**
 * What the server says of itself.
 * @throws {@link ClusterTransportError} `UNSUITABLE` for one that is too old.
 */
function serverInfo(connection: NatsConnection): ServerInfo {
  const { info } = connection;
  const { version = '0', auth_required: authRequired, max_payload: maxPayload = 0, jetstream } = info ?? {};
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new ClusterTransportError(
      'UNSUITABLE',
      `the NATS server ${connection.getServer()} has version ${version}, and 2.11 is the oldest that can be relied upon: ` +
        'before it, messages have no time to live, and comparing sequences was racy',
    );
  }
  return {
    version,
    hasStreams: jetstream === true,
    authRequired: authRequired === true,
    maxPayload,
    address: connection.getServer(),
  };
}

/** Those of the system itself are left out, and what looks like its status and is none. */
function read(message: Msg): Message {
  const { headers, reply } = message;
  const own: [string, string][] = [];
  if (headers !== undefined) {
    for (const [name, [value = '']] of headers)
      if (!name.startsWith('Nats-') && name !== STATUS_HEADER) own.push([name, value]);

    if (headers.code > 0) own.push([STATUS_HEADER, String(headers.code)]);
    if (headers.description !== '') own.push([STATUS_DESCRIPTION, headers.description]);
  }
  return {
    subject: message.subject,
    payload: message.data,
    headers: Object.fromEntries(own),
    reply: reply === '' ? undefined : reply,
  };
}

function systemHeaders({ headers }: Msg): Headers {
  const own = [...(headers ?? [])].filter(([name]) => name.startsWith('Nats-'));
  return Object.fromEntries(own.map(([name, [value = '']]) => [name, value]));
}

/** `NATS/1.0`, a line each, and an empty one. */
function headerBytes(headers: Headers): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 12);
}

function asTransportError(error: unknown): ClusterTransportError {
  return error instanceof ClusterTransportError
    ? error
    : new ClusterTransportError('FAILED', messageOf(error), { cause: error });
}
