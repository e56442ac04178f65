/**
 * The cluster's messages over NATS.
 *
 * Each connection is one for itself (nats-session.ts), and this connects again when it is lost. The client's own reconnecting is
 * not used. It keeps what is published while it dials, and sends it when a server answers. That is seconds after its caller was
 * told that it came too late.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.js';
import type { Resolved } from '../../option-table.js';
import type { Logger } from '../../rpc/index.js';
import { ClusterTransportError } from '../errors.js';
import { loadNats } from './nats-module.js';
import type { Authenticator, NatsModule, Subscription as NatsSubscription } from './nats-module.js';
import { addressOf, authenticatorOf, inboxPrefixOf, NATS_OPTIONS } from './nats-options.js';
import type { NatsOptions } from './nats-options.js';
import { NatsSession } from './nats-session.js';
import { SocketWatch } from './nats-sockets.js';
import { NatsStreams } from './nats-streams.js';
import { requirePattern, requireSubject } from './patterns.js';
import type {
  AppendOptions,
  ClusterTransport,
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

interface Listening {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly listener: (message: Message) => void;
  /** At the server of now. */
  open: NatsSubscription | undefined;
}

/** How long what was published may take to leave when it is closed, in ms. */
const CLOSE_GRACE = 1000;

/** What is found out before anything is connected. */
interface Prepared {
  readonly nats: NatsModule;
  readonly authenticator: Authenticator | undefined;
  readonly options: Resolved<typeof NATS_OPTIONS.rows>;
  readonly inboxPrefix: string;
}

/** A client of NATS servers. */
export class NatsTransport implements ClusterTransport {
  readonly inboxPrefix: string;
  readonly #nats: NatsModule;
  readonly #authenticator: Authenticator | undefined;
  readonly #options: Prepared['options'];
  readonly #logger: Logger;
  readonly #inboxBase: string;
  readonly #streams: NatsStreams;
  readonly #listening = new Set<Listening>();
  readonly #statusListeners = new Set<(status: TransportStatus) => void>();
  readonly #refusedListeners = new Set<(detail: string) => void>();
  readonly #lostListeners = new Set<(detail: string) => void>();
  #session: NatsSession | undefined;
  #server: ServerInfo | undefined;
  #status: TransportStatus = { isConnected: false, detail: 'not connected yet' };
  #isClosed = false;
  #lastInbox = 0;
  #nextServer = 0;
  #wake: () => void = () => undefined;

  private constructor({ nats, authenticator, options, inboxPrefix }: Prepared) {
    this.#nats = nats;
    this.#authenticator = authenticator;
    this.#options = options;
    this.#logger = options.logger;
    this.inboxPrefix = inboxPrefix;
    // By chance, too: where rights are not given by name, others do not guess it.
    this.#inboxBase = `${inboxPrefix}.${randomBytes(9).toString('hex')}`;
    this.#nextServer = Math.floor(Math.random() * options.servers.length);
    this.#streams = new NatsStreams(
      {
        ask: (subject, payload, timeout, headers) =>
          this.#sure().request(subject, payload, { timeout, ...(headers === undefined ? {} : { headers }) }),
        send: (subject, payload, reply) => {
          this.#sure().publish(subject, payload, undefined, reply);
        },
        subscribe: (subject, listener) => this.subscribe(subject, listener),
        inbox: () => this.inbox(),
        onLost: (listener) => {
          this.#lostListeners.add(listener);
          return () => this.#lostListeners.delete(listener);
        },
      },
      options.streams ?? [],
    );
  }

  /**
   * Connects, and stays connected until it is closed.
   *
   * @throws {@link ClusterTransportError} `DISCONNECTED` where no server is reached in `connectTimeout`, `DENIED` where one does
   * not accept this user. `UNSUITABLE` where it is older than 2.11 or the package `@nats-io/transport-node` is missing, `FAILED`
   * for a key that cannot be read.
   * @throws RpcUsageError for wrong options.
   */
  static async connect(given: NatsOptions): Promise<NatsTransport> {
    const options = NATS_OPTIONS.resolve(given);
    const nats = await loadNats();
    const transport = new NatsTransport({
      nats,
      authenticator: await authenticatorOf(nats, given),
      options,
      inboxPrefix: inboxPrefixOf({ ...given, name: options.name }),
    });
    await transport.#connectFirst();
    return transport;
  }

  get server(): ServerInfo {
    if (this.#server === undefined) throw new ClusterTransportError('DISCONNECTED', 'no server was reached yet');
    return this.#server;
  }

  /** Whether it is connected now. */
  status(): TransportStatus {
    if (this.#status.isConnected && this.#session?.isSure !== true)
      return { isConnected: false, detail: 'the server gives no sign of life' };
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

  publish(subject: string, payload: Uint8Array, { headers, reply }: PublishOptions = {}): void {
    requireSubject(subject);
    if (reply !== undefined) requireSubject(reply);
    this.#sure().publish(subject, payload, headers, reply);
  }

  subscribe(
    subject: string,
    listener: (message: Message) => void,
    { queue }: { readonly queue?: string } = {},
  ): Subscription {
    requirePattern(subject);
    if (this.#isClosed) throw closedError();
    const listening: Listening = { subject, queue, listener, open: undefined };
    this.#listening.add(listening);
    if (this.#session !== undefined) this.#open(listening, this.#session);
    return {
      close: () => {
        this.#listening.delete(listening);
        // At a server that is gone there is nothing to take back.
        if (this.#session !== undefined) listening.open?.unsubscribe();
        listening.open = undefined;
      },
    };
  }

  async flush({ timeout }: { readonly timeout: number }): Promise<void> {
    await within(this.#sure().flush(), timeout, 'the server has not answered');
  }

  async request(subject: string, payload: Uint8Array, terms: RequestTerms): Promise<Message> {
    requireSubject(subject);
    const answer = await this.#sure().request(subject, payload, terms);
    return { subject: answer.subject, payload: answer.payload, headers: answer.headers, reply: answer.reply };
  }

  inbox(): string {
    return `${this.#inboxBase}.i.${++this.#lastInbox}`;
  }

  append(subject: string, payload: Uint8Array, options: AppendOptions): Promise<number> {
    return this.#streams.append(subject, payload, options);
  }

  last(subject: string, { timeout }: { readonly timeout: number }): Promise<StoredMessage | undefined> {
    return this.#streams.last(subject, timeout);
  }

  lasts(
    patterns: readonly string[],
    { timeout, limit = Infinity }: { readonly timeout: number; readonly limit?: number },
  ): Promise<readonly StoredMessage[]> {
    return this.#streams.lasts(patterns, timeout, limit);
  }

  history(
    pattern: string,
    { from = 1, timeout }: { readonly from?: number; readonly timeout: number },
  ): AsyncIterable<StoredMessage> {
    return this.#streams.history(pattern, from, timeout);
  }

  ensureStream(plan: StreamPlan): Promise<StreamState> {
    return this.#streams.ensure(plan);
  }

  streams(pattern: string): Promise<readonly StreamState[]> {
    return this.#streams.list(pattern);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    const session = this.#session;
    if (session?.isSure === true) await within(session.flush(), CLOSE_GRACE, '').catch(() => undefined);
    this.#listening.clear();
    session?.close();
    this.#setStatus(false, 'closed');
  }

  /** The connection that surely reaches a server now: nothing may wait for another. */
  #sure(): NatsSession {
    if (this.#isClosed) throw closedError();
    const session = this.#session;
    if (session?.isSure !== true) {
      throw new ClusterTransportError(
        'DISCONNECTED',
        `there is no connection, nothing has left: ${this.status().detail}`,
      );
    }
    return session;
  }

  /** Each server in turn, until one answers. */
  async #connectFirst(): Promise<void> {
    const end = performance.now() + this.#options.connectTimeout;
    for (;;) {
      try {
        await this.#dial();
        return;
      } catch (error) {
        const failure = dialError(error);
        const isFinal = failure.code !== 'DISCONNECTED' || performance.now() >= end;
        if (isFinal) {
          this.#isClosed = true;
          throw failure;
        }
        await this.#pause();
      }
    }
  }

  /** @throws what the client of NATS throws. */
  async #dial(): Promise<void> {
    const { servers, name, dialTimeout, pingInterval } = this.#options;
    const server = servers[this.#nextServer % servers.length] ?? '';
    this.#nextServer++;
    const { address } = addressOf(server);
    const sockets = new SocketWatch();
    try {
      const connection = await sockets.watch(() =>
        this.#nats.connect({
          servers: [address],
          name,
          inboxPrefix: this.inboxPrefix,
          timeout: dialTimeout,
          reconnect: false,
          ignoreClusterUpdates: true,
          noAsyncTraces: true,
          // Pings are this transport's own: those of the client tell nobody that they were answered.
          pingInterval: NEVER,
          ...(this.#authenticator === undefined ? {} : { authenticator: this.#authenticator }),
          ...this.#tls(server),
        }),
      );
      const events = {
        refused: (detail: string): void => {
          this.#refused(detail);
        },
        ended: (detail: string): void => {
          this.#lost(session, detail);
        },
      };
      const session: NatsSession = new NatsSession(
        this.#nats,
        connection,
        sockets,
        { pingInterval, inboxBase: this.#inboxBase },
        events,
      );
      this.#opened(session);
    } catch (error) {
      sockets.reset();
      throw named(address, error);
    }
  }

  #tls(server: string): { readonly tls?: object } {
    const { tls } = this.#options;
    return tls !== undefined || addressOf(server).isTls ? { tls: { ...tls } } : {};
  }

  #opened(session: NatsSession): void {
    if (this.#isClosed) {
      session.close();
      return;
    }
    this.#session = session;
    this.#server = session.server;
    for (const listening of this.#listening) this.#open(listening, session);
    this.#setStatus(true, `connected to ${session.server.address}, NATS ${session.server.version}`);
  }

  #open(listening: Listening, session: NatsSession): void {
    listening.open = session.subscribe(listening.subject, listening.queue, (message) => {
      if (!this.#listening.has(listening)) return;
      try {
        listening.listener(message);
      } catch (error) {
        this.#logger.error(`a listener of ${listening.subject} has thrown: ${messageOf(error)}`);
      }
    });
  }

  #lost(session: NatsSession, detail: string): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    for (const listening of this.#listening) listening.open = undefined;
    this.#setStatus(false, detail);
    for (const listener of [...this.#lostListeners]) listener(detail);
    void this.#connectAgain();
  }

  async #connectAgain(): Promise<void> {
    while (this.#session === undefined) {
      await this.#pause();
      if (this.#isClosed) return;
      try {
        await this.#dial();
      } catch (error) {
        this.#setStatus(false, dialError(error).message);
      }
    }
  }

  #pause(): Promise<void> {
    const { reconnectWait } = this.#options;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, reconnectWait * (1 + Math.random()));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #refused(detail: string): void {
    this.#logger.warn(`the NATS server: ${detail}`);
    for (const listener of [...this.#refusedListeners]) listener(detail);
  }

  #setStatus(isConnected: boolean, detail: string): void {
    if (this.#status.isConnected === isConnected && this.#status.detail === detail) return;
    const isNews = this.#status.isConnected !== isConnected;
    this.#status = { isConnected, detail };
    if (isNews) this.#logger.info(`the NATS server: ${detail}`);
    for (const listener of [...this.#statusListeners]) listener(this.#status);
  }
}

/** The longest that a timer takes, in ms. */
const NEVER = 2 ** 31 - 1;

/** A failed attempt, with the server's address. */
function named(address: string, error: unknown): ClusterTransportError {
  return error instanceof ClusterTransportError
    ? error
    : new ClusterTransportError(isRefusal(error) ? 'DENIED' : 'DISCONNECTED', `${address}: ${messageOf(error)}`, {
        cause: error,
      });
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && ['AuthorizationError', 'UserAuthenticationExpiredError'].includes(error.name);
}

function dialError(error: unknown): ClusterTransportError {
  return error instanceof ClusterTransportError
    ? error
    : new ClusterTransportError('DISCONNECTED', messageOf(error), { cause: error });
}

function closedError(): ClusterTransportError {
  return new ClusterTransportError('CLOSED', 'the connection was closed');
}

/** @throws {@link ClusterTransportError} `TIMEOUT`, and `FAILED` where the connection was lost. */
async function within(work: Promise<void>, timeout: number, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ClusterTransportError('TIMEOUT', `${what} within ${timeout} ms`));
    }, timeout);
  });
  try {
    await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof ClusterTransportError
      ? error
      : new ClusterTransportError('FAILED', messageOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
