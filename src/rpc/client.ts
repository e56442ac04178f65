/**
 * The RPC client.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { Pickler, Unpickler } from '../pickle/index.js';
import { CallCounters } from './call-counters.js';
import { CallTable } from './calls.js';
import { checkCallOptions, NO_CALL_OPTIONS, splitCallOptions } from './call-options.js';
import type { CallOptions, RemoteCallOptions } from './call-options.js';
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import type { Names } from '../options.js';
import { optionChecks } from './checks.js';
import { Emitter } from './emitter.js';
import { RpcAbortError, RpcClosedError, RpcDisconnectedError, RpcTimeoutError, RpcUsageError } from './errors.js';
import { checkTopic, EventHub } from './event-hub.js';
import { EventStream } from './event-stream.js';
import type { ClientEvents, ClientProblem, EventStreamOptions, RpcEvent } from './events.js';
import { MAX_DELAY, resolveClientOptions } from './options.js';
import type { ResolvedClientOptions, RpcClientOptions } from './options.js';
import { decodeReply, encodeRequest, PROBE_NAME } from './protocol.js';
import { createProxy } from './proxy.js';
import type { MethodMap, RemoteMethods } from './proxy.js';
import { Session } from './session.js';
import type { Addresses } from './session.js';
import { Reporter } from './reporter.js';
import { SignalWatch } from './signal-watch.js';
import type { ClientStats } from './stats.js';
import { AbandonedStreams } from './stream-handle.js';
import { StatusBoard } from './status-board.js';
import type { ClientStatus } from './status.js';
import type { ConnectionFailure } from './transport.js';

/** Some eight answers of a burst take so many turns of the microtask queue; where there are none, under 1 µs passes. */
const GATHER_TURNS = 16;
/** With fewer requests on their way answers come one by one. */
const GATHER_FROM = 8;

/** Options of {@link RpcClient.ready}. */
export interface ReadyOptions {
  /** How long to wait, in ms. Default: the client's `timeout`. */
  readonly timeout?: number;
  /** Gives the waiting up. */
  readonly signal?: AbortSignal;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

const EVENT_NAMES: Names<ClientEvents> = { event: true, status: true, error: true, overflow: true };

/** The options of `ready()`. */
export const READY_OPTIONS = new OptionTable(optionChecks, 'the options of ready()', {
  timeout: option.duration(),
  signal: option.signal(),
} satisfies RowsOf<ReadyOptions>);

const STATUSES_OPTIONS = new OptionTable(optionChecks, 'the options of statuses()', { signal: option.signal() });

/** Statuses that may wait in an iterator of `statuses()`; the oldest go first. */
const STATUS_LIMIT = 1000;

/**
 * A client of a Python vnpy `RpcServer`, or of this package's: calls over a DEALER socket, events over a SUB socket.
 *
 * @example
 * ```ts
 * await using client = new RpcClient();
 * await client.start('tcp://127.0.0.1:2014', 'tcp://127.0.0.1:4102');
 * client.on('event', ({ topic, data }) => console.log(topic, data));
 * client.subscribe('');
 * await client.call('add', [1, 3]);
 * ```
 */
export class RpcClient {
  readonly #options: ResolvedClientOptions;
  readonly #pickler: Pickler;
  readonly #counters = new CallCounters();
  readonly #calls: CallTable;
  readonly #hub: EventHub;
  readonly #board: StatusBoard;
  readonly #emitter: Emitter<ClientEvents>;
  /** One for all that a signal can end: the user may give the same one to all of it. */
  readonly #signals = new SignalWatch();
  readonly #statusStreams = new Set<EventStream<ClientStatus>>();
  readonly #abandoned = new AbandonedStreams();
  #phase: 'idle' | 'starting' | 'running' | 'stopped' = 'idle';
  #session: Session | undefined;
  #failedAttempts = 0;
  readonly #reporter: Reporter<ClientProblem>;
  #missed = 0;
  /** Addresses whose handshake has failed since the client was last connected. */
  readonly #reportedHandshakes = new Set<string>();

  /** @throws RpcUsageError if an option has no sense. */
  constructor(options: RpcClientOptions = {}) {
    this.#options = resolveClientOptions(options);
    this.#pickler = new Pickler(this.#options.dumps);
    const unpickler = new Unpickler(this.#options.loads);
    this.#emitter = new Emitter<ClientEvents>(EVENT_NAMES, (name, cause) => {
      this.#reporter.listenerThrew(name, cause);
    });
    this.#reporter = new Reporter<ClientProblem>(this.#options.logger, {
      count: () => this.#emitter.count('error'),
      tell: (problem) => {
        this.#emitter.emit('error', problem);
      },
    });
    this.#board = new StatusBoard((status) => {
      this.#statusChanged(status);
    });
    this.#calls = new CallTable(
      {
        queueLimit: this.#options.queueLimit,
        window: this.#options.window,
        gatherTurns: GATHER_TURNS,
        gatherFrom: GATHER_FROM,
        decode: (method, body) => decodeReply(unpickler, method, body),
        obstacle: () => this.#obstacle(),
        onTimeout: (sentAt) => this.#session?.callTimedOut(sentAt),
        signals: this.#signals,
      },
      this.#counters,
    );
    this.#calls.close('the client has not been started');
    this.#hub = new EventHub({
      unpickler,
      signals: this.#signals,
      hasListeners: () => this.#emitter.count('event') > 0,
      onEvent: (event) => {
        this.#emitter.emit('event', event);
      },
      onUndecodable: (problem) => {
        this.#reporter.report(problem);
      },
      onOverflow: (report) => {
        const { limit, dropped, conflated } = report;
        this.#options.logger.warn(
          `an iterator's queue of ${limit} events was full: ${dropped} lost, ${conflated} replaced`,
        );
        this.#emitter.emit('overflow', report);
      },
    });
  }

  /**
   * Begins to connect and goes on trying by itself, server present or not: see {@link RpcClient.ready}.
   *
   * @param requestAddress - where the server takes requests; vnpy's default is `tcp://127.0.0.1:2014`.
   * @param subscribeAddress - where it publishes; vnpy's default is `tcp://127.0.0.1:4102`. Without it there are no
   *   events, and no heartbeats by which a dead server is recognised without a call.
   * @throws RpcTransportError if an address cannot be one, or zeromq cannot be loaded.
   * @throws RpcUsageError if the client has been started or stopped before: a client runs once.
   */
  async start(requestAddress: string, subscribeAddress?: string): Promise<void> {
    if (this.#phase !== 'idle')
      throw new RpcUsageError('ALREADY_STARTED', 'a client can be started only once; make a new one');

    this.#phase = 'starting';
    try {
      await this.#open({ request: requestAddress, subscribe: subscribeAddress });
    } catch (error) {
      if (!this.#stopped()) this.#phase = 'idle'; // With another address it may work.

      throw error;
    }
  }

  /**
   * Resolves once the status is `connected`.
   *
   * @throws RpcTimeoutError, RpcAbortError, RpcClosedError; RpcDisconnectedError as soon as the server refuses this
   *   client's security.
   */
  async ready(options: ReadyOptions = {}): Promise<void> {
    const { signal, timeout = this.#options.timeout } = READY_OPTIONS.resolve(options);
    const statuses = this.#streamStatuses(signal);
    // No AbortSignal.any of a timeout: Node.js 20 may collect what nobody else holds, and the end never comes.
    const timer =
      timeout === Infinity
        ? undefined
        : setTimeout(
            () => {
              statuses.end();
            },
            Math.min(timeout, MAX_DELAY),
          );
    try {
      for await (const status of statuses) {
        if (status.state === 'connected') return;

        if (this.#session?.refused !== undefined)
          throw new RpcDisconnectedError(this.#session.refused, { method: 'ready', outcome: 'not-sent' });
      }
    } finally {
      clearTimeout(timer);
    }
    const ending = { method: 'ready', outcome: 'not-sent' } as const;
    if (signal?.aborted === true) throw new RpcAbortError('ready: aborted', { ...ending, cause: signal.reason });

    if (this.#stopped()) throw new RpcClosedError('ready: the client was stopped', ending);

    throw new RpcTimeoutError(`not connected within ${timeout} ms: ${this.#obstacle()}`, { ...ending, timeout });
  }

  /**
   * Calls a remote function.
   *
   * Nothing is ever sent twice. Every failure but {@link RemoteException} has an `outcome` that says whether the
   * request left this process.
   *
   * @typeParam T - the caller's claim about the result, which is decoded but not checked.
   * @param name - the name under which the server registered the function.
   * @param args - positional arguments: a Python tuple on the other side.
   * @param options - how to call; the keyword arguments are among them, as `kwargs`.
   * @throws RemoteException if the function raised.
   * @throws RpcTimeoutError, RpcAbortError, RpcDisconnectedError, RpcClosedError, RpcQueueFullError, RpcReplyError.
   * @throws PicklingError or RpcUsageError if the request cannot be written: it was not queued then.
   */
  call<T = unknown>(name: string, args?: readonly unknown[], options?: CallOptions | RemoteCallOptions): Promise<T>;
  call<T>(
    name: string,
    args: readonly unknown[] = [],
    given: CallOptions | RemoteCallOptions = NO_CALL_OPTIONS,
    ...surplus: readonly unknown[]
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let body: Uint8Array;
      let timeout: number;
      let options: CallOptions;
      try {
        if (surplus.length > 0) throw surplusArguments(name);

        options = given === NO_CALL_OPTIONS ? NO_CALL_OPTIONS : checkCallOptions(given);
        timeout = options.timeout ?? this.#options.timeout;
        body = encodeRequest(this.#pickler, name, args, options.kwargs ?? {});
      } catch (error) {
        this.#counters.refused();
        throw error;
      }
      this.#calls.add({
        method: name,
        args,
        headers: options.headers ?? NO_HEADERS,
        body,
        timeout,
        signal: options.signal,
        urgent: options.priority === 'high',
        connectedOnly: options.whenDisconnected === 'fail',
        resolve: resolve as (result: unknown) => void,
        reject,
      });
    });
  }

  /**
   * Remote functions as methods: `await client.proxy<Api>().add(1, 3)`.
   *
   * The last argument of a method may be `callOptions({ kwargs, timeout, … })`, for that one call.
   *
   * @param options - options of every call that is made through this proxy.
   */
  proxy<Methods extends MethodMap<Methods>>(options: CallOptions = NO_CALL_OPTIONS): RemoteMethods<Methods> {
    return createProxy<Methods>((name, args) => this.call(name, ...splitCallOptions(args, options)));
  }

  /**
   * Asks for events whose topic starts with `topic`: `''` for all. Stands over reconnects, and may be called before
   * `start`. vnpy_rpcservice publishes everything under `''`.
   */
  subscribe(topic: string): void {
    this.#hub.topics.add(checkTopic(topic));
  }

  /** Takes `subscribe(topic)` back. */
  unsubscribe(topic: string): void {
    this.#hub.topics.remove(checkTopic(topic));
  }

  /**
   * Events in order, from a bounded queue that begins to fill at once; ends with `break`, the signal, or `stop()`.
   * Without `topic`: the topics of {@link RpcClient.subscribe}.
   * @throws RpcUsageError `BAD_OPTION` for an option that has no sense, or is none.
   */
  events(options: EventStreamOptions = {}): AsyncIterableIterator<RpcEvent, undefined> {
    return this.#hub.stream(options);
  }

  /** The present status and every later one; ends with `stopped`, `break`, or the signal. */
  statuses(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncIterableIterator<ClientStatus, undefined> {
    const { signal } = STATUSES_OPTIONS.resolve(options);
    return this.#abandoned.lend(this.#streamStatuses(signal));
  }

  /**
   * Adds a listener; what is returned takes it away. One that throws becomes an `error` event.
   * @throws RpcUsageError `BAD_ARGUMENT` if there is no such event, or the listener is no function.
   */
  on<Name extends keyof ClientEvents>(name: Name, listener: (...args: ClientEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /**
   * Takes a listener away.
   * @throws RpcUsageError `BAD_ARGUMENT` if there is no such event, or the listener is no function.
   */
  off<Name extends keyof ClientEvents>(name: Name, listener: (...args: ClientEvents[Name]) => void): void {
    this.#emitter.off(name, listener);
  }

  /** What the client knows about its server, now. */
  status(): ClientStatus {
    return this.#board.status;
  }

  /**
   * Until when a request that nobody answered may still reach the server, and be executed. It left over a connection that is
   * lost since.
   *
   * @param sentAt - When it left, by performance.now(). Default: before this process began.
   * @returns A time by performance.now(). `-Infinity` for what left over the connection that stands, or cannot be under way;
   * `Infinity` while no connection has stood.
   */
  arrivesBy(sentAt = -Infinity): number {
    return this.#session?.arrivesBy(sentAt) ?? Infinity;
  }

  /** Counters, now. */
  stats(): ClientStats {
    return {
      calls: this.#calls.stats(),
      latency: this.#counters.latency(),
      events: { ...this.#hub.stats(), missed: this.#missed, listenerErrors: this.#reporter.count('listener') },
      reconnects: this.#board.reconnects,
      failedAttempts: this.#failedAttempts,
      internalErrors: this.#reporter.count('internal'),
      lastMessageAge: this.#session?.lastMessageAge,
      clockOffset: this.#hub.clockOffset,
    };
  }

  /**
   * Ends the client: every call is settled, every iterator ends, every socket and timer is closed. May be called again.
   * Does not wait for the server.
   */
  async stop(): Promise<void> {
    if (this.#stopped()) return Promise.resolve();

    this.#phase = 'stopped';
    this.#session?.stop();
    this.#calls.close('the client was stopped');
    this.#hub.close();
    this.#updateStatus();
    for (const stream of [...this.#statusStreams]) stream.end();

    this.#emitter.clear();
    return Promise.resolve();
  }

  /** The same as `stop()`: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #streamStatuses(signal: AbortSignal | undefined): EventStream<ClientStatus> {
    const stream: EventStream<ClientStatus> = new EventStream<ClientStatus>({
      limit: STATUS_LIMIT,
      overflow: 'drop-oldest',
      onEnd: () => {
        this.#statusStreams.delete(stream);
      },
    });
    stream.push(this.#board.status);
    if (this.#stopped()) {
      stream.end();
    } else {
      this.#statusStreams.add(stream);
      stream.endWith(signal, this.#signals);
    }
    return stream;
  }

  async #open(addresses: Addresses): Promise<void> {
    const { transport, heartbeat } = this.#options;
    const sockets = await transport.openClient({
      ...this.#options,
      receiver: this.#options.receiver === 'thread' ? 'thread' : 'inline',
      pingTimeout: heartbeat.tolerance,
      missed: (count) => {
        this.#missed += count;
        const message =
          `${count} events were lost: more than receiveHighWaterMark, ${this.#options.receiveHighWaterMark}, waited for ` +
          'this program, which was busy';
        this.#reporter.report({ kind: 'missed-events', message, count });
      },
      notice: (text) => {
        this.#options.logger.warn(text);
      },
    });
    try {
      if (this.#stopped()) throw new RpcUsageError('NOT_STARTED', 'the client was stopped while it was starting');

      const session = new Session({
        client: this.#options,
        sockets,
        addresses,
        calls: this.#calls,
        hub: this.#hub,
        probe: encodeRequest(this.#pickler, PROBE_NAME, [], {}),
        onChange: () => {
          this.#updateStatus();
        },
        onFailure: (address, failure) => {
          this.#connectionFailed(address, failure);
        },
        onError: (cause) => {
          this.#reporter.report({
            kind: 'internal',
            message: `a message could not be handled: ${messageOf(cause)}`,
            cause,
          });
        },
      });
      session.start();
      this.#session = session;
      this.#phase = 'running';
      this.#calls.refuse(undefined);
      this.#updateStatus();
    } catch (error) {
      sockets.close();
      throw error;
    }
  }

  /** A method, because `stop()` can come at any `await`, which a type checker does not see. */
  #stopped(): boolean {
    return this.#phase === 'stopped';
  }

  #updateStatus(): void {
    const phase = this.#phase === 'starting' ? 'idle' : this.#phase;
    this.#board.update({ phase, ...(this.#session?.view() ?? { endpoints: [], silence: undefined }) });
  }

  #statusChanged(status: ClientStatus): void {
    const { logger } = this.#options;
    if (status.state === 'connected') this.#reportedHandshakes.clear();

    if (status.state === 'disconnected') logger.warn(`disconnected: ${status.detail}`);
    else logger.info(status.state);

    for (const stream of this.#statusStreams) stream.push(status);

    this.#emitter.emit('status', status);
  }

  /** Why there is no way for requests. */
  #obstacle(): string {
    const status = this.#board.status;
    switch (status.state) {
      case 'disconnected':
        return status.detail;
      case 'connected':
        return 'the connection has just been lost';
      case 'idle':
      case 'connecting':
      case 'stopped':
        return status.state;
    }
  }

  #connectionFailed(address: string, failure: ConnectionFailure): void {
    if (failure.kind !== 'lost') this.#failedAttempts++;

    if (failure.kind === 'handshake' && !this.#reportedHandshakes.has(address)) {
      // The attempts go on: the same sentence every few seconds would help nobody.
      this.#reportedHandshakes.add(address);
      this.#reporter.report({ kind: 'handshake', message: failure.detail, address });
    }
  }
}

/** The form before the first release had the keyword arguments in the third place. */
function surplusArguments(name: string): RpcUsageError {
  return new RpcUsageError(
    'BAD_ARGUMENT',
    `${name}: call() takes a name, args and options: the keyword arguments are the option kwargs, as in { kwargs: { … }, timeout: 500 }`,
  );
}
