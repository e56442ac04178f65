/**
 * A vnpy server as a Node program sees it.
 *
 * @module
 */
import { abortSignal, checkOptions, duration, flag } from '../../rpc/checks.js';
import { Emitter } from '../../rpc/emitter.js';
import { RpcClient } from '../../rpc/index.js';
import { DEFAULT_WINDOW } from '../../rpc/options.js';
import { guardedLogger } from '../../rpc/logger.js';
import { Reporter } from '../../rpc/reporter.js';
import { SignalWatch } from '../../rpc/signal-watch.js';
import type { ClientStatus } from '../../rpc/index.js';
import {
  BarData,
  CancelRequest,
  HistoryRequest,
  OrderData,
  OrderRequest,
  SubscribeRequest,
  TickData,
} from '../data/index.js';
import type { LogData } from '../data/index.js';
import { verify } from '../data/verify.js';
import { describe } from '../data/describe.js';
import type { TradingEngine } from '../engine.js';
import type { Event } from '../event.js';
import { GatewayError, InvalidDataError } from '../errors.js';
import type { DataByKind, DataKind } from '../kinds.js';
import { vnpyRegistry } from '../registry.js';
import { StateView } from '../state-view.js';
import { Intake } from './intake.js';
import { checkName, resolveTimeouts } from './options.js';
import { QueryLane } from './lane.js';
import { LiveTicks } from './live-ticks.js';
import { LogRing } from './log-ring.js';
import { LossWatch } from './loss-watch.js';
import { EVENT_NAMES, NEXT_OPTION_NAMES, OPTION_NAMES, WAIT_OPTION_NAMES } from './names.js';
import { nextOf } from './next.js';
import { OrderWaiters } from './order-waiters.js';
import type { WaitOptions } from './order-waiters.js';
import { sendOrder } from './orders.js';
import { findOrder, LISTING_DELAY, passMarker } from './order-search/search.js';
import type { WayToServer } from './order-search/search.js';
import { References } from './order-search/references.js';
import { GatewayRename } from './rename.js';
import { Targets, optionsOf } from './targets.js';
import { StaleWatch } from './stale-watch.js';
import { Streams } from './streams.js';
import { Synchroniser } from './sync.js';
import type { Subscription } from './sync.js';
import type {
  DataStreamOptions,
  GatewayEvents,
  GatewayProblem,
  GatewayStats,
  GatewayTimeouts,
  NextOptions,
  RequestOptions,
  ResyncReport,
  RpcGatewayOptions,
  TickStreamOptions,
} from './types.js';

/**
 * A vnpy server, seen as a vnpy strategy sees its MainEngine: its state in maps that are always current, its events, and
 * requests to it.
 *
 * @example
 * ```ts
 * await using gateway = new RpcGateway();
 * await gateway.connect('tcp://127.0.0.1:2014', 'tcp://127.0.0.1:4102');
 * gateway.on('tick', (tick) => console.log(tick.vt_symbol, tick.last_price));
 * await gateway.subscribe('rb2705.SHFE');
 * ```
 */
export class RpcGateway extends StateView implements TradingEngine {
  /** The name of this gateway; in its data only with `rewriteGatewayName`. */
  readonly gatewayName: string;
  /** What it gives comes from a server. */
  readonly isRemote = true;
  /** The RPC client, for functions that are not vnpy's own: `gateway.client.call('my_function', [1])`. */
  readonly client: RpcClient;

  readonly #timeouts: Required<GatewayTimeouts>;
  readonly #rename: GatewayRename | undefined;
  readonly #targets: Targets;
  readonly #stale: StaleWatch | undefined;
  readonly #losses: LossWatch;
  readonly #emitter: Emitter<GatewayEvents>;
  readonly #reporter: Reporter<GatewayProblem>;
  readonly #intake: Intake;
  readonly #logs = new LogRing();
  /** One for all that a signal can end: the user may give the same one to all of it. */
  readonly #signals = new SignalWatch();
  readonly #waiters = new OrderWaiters(this.#signals, (order) => this.#intake.missingFills(order));
  readonly #references = new References();
  readonly #liveTicks = new LiveTicks();
  /** The last tick that next() gave. */
  readonly #given = new WeakSet<TickData>();
  readonly #lane = new QueryLane(this.#signals);
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #sync: Synchroniser;
  readonly #streams: Streams;
  #phase: 'new' | 'open' | 'closed' = 'new';
  /** What another client may have on its way is not known; those of this package have so many by default. */
  readonly #rounds: number;

  /** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
  constructor(options: RpcGatewayOptions = {}) {
    super();
    checkOptions('the options of RpcGateway', options, OPTION_NAMES);
    const {
      gatewayName = 'RPC',
      rewriteGatewayName = false,
      staleAfter,
      stallTolerance,
      compareInterval,
      dropGoneContracts = false,
      timeouts,
      ...clientOptions
    } = options;
    this.gatewayName = checkName(gatewayName);
    this.#timeouts = resolveTimeouts(timeouts);
    this.#rename = flag('rewriteGatewayName', rewriteGatewayName) ? new GatewayRename(gatewayName) : undefined;
    this.#targets = new Targets(this.contracts, this.#rename, gatewayName);
    this.#emitter = new Emitter<GatewayEvents>(EVENT_NAMES, (name, cause) => {
      this.#reporter.listenerThrew(name, cause);
    });
    this.#reporter = new Reporter<GatewayProblem>(guardedLogger(clientOptions.logger), {
      count: () => this.#emitter.count('error'),
      tell: (problem) => {
        this.#emitter.emit('error', problem);
      },
    });
    this.#streams = new Streams(
      this.#signals,
      (report) => {
        this.#emitter.emit('overflow', report);
      },
      (stale) => this.#firstTicks(stale),
    );
    if (staleAfter !== undefined) {
      this.#stale = new StaleWatch(duration('staleAfter', staleAfter), {
        stale: (report) => {
          this.#emitter.emit('stale', report);
        },
        fresh: (report) => {
          this.#emitter.emit('fresh', report);
        },
      });
    }
    this.#losses = new LossWatch(
      { stallTolerance, compareInterval },
      {
        orders: this.orders,
        trades: this.trades,
        report: (problem) => {
          this.#reporter.report(problem);
        },
        intake: () => this.#intake,
        sync: () => this.#sync,
      },
    );
    this.#rounds = Math.max(DEFAULT_WINDOW, clientOptions.window ?? 0);
    this.client = new RpcClient({
      ...clientOptions,
      registry: clientOptions.registry ?? vnpyRegistry,
      timeout: this.#timeouts.request,
    });
    this.client.on('event', (event) => {
      this.#intake.stream(event);
    });
    this.client.on('status', (status) => {
      this.#statusChanged(status);
    });
    this.client.on('error', (problem) => {
      this.#reporter.pass(problem);
    });
    this.#intake = new Intake({
      maps: this.maps,
      rename: this.#rename,
      references: this.#references,
      waiters: this.#waiters,
      logs: this.#logs,
      streams: this.#streams,
      liveTicks: this.#liveTicks,
      stale: this.#stale,
      emitter: this.#emitter,
      reporter: this.#reporter,
      dropGoneContracts: flag('dropGoneContracts', dropGoneContracts),
      orderNews: (data) => {
        this.#losses.suspicions.take(data);
      },
      isConnected: () => this.client.status().state === 'connected',
      contractSeen: (contract) => {
        this.#sync.contractSeen(contract);
      },
    });
    this.#sync = new Synchroniser({
      client: this.client,
      signals: this.#signals,
      subscriptions: this.#subscriptions,
      snapshot: {
        intake: this.#intake,
        reporter: this.#reporter,
        query: (name) => this.#query(name),
        requireOpen: () => {
          this.#requireOpen();
        },
        progress: (progress) => {
          this.#emitter.emit('progress', progress);
        },
      },
      resubscribe: (subscription) => this.#callSubscribe(subscription, {}),
      vanished: (orders, lostAt) => {
        for (const order of orders) {
          this.#rename?.forget(order.vt_orderid);
          this.#intake.lives.forget(order.vt_orderid);
          this.#references.vanish(order.vt_orderid);
          this.#waiters.vanished(order.vt_orderid);
        }
        if (lostAt === undefined) return;
        // What the snapshot does not have yet may be in vnpy's event queue, if it was not restarted.
        setTimeout(() => {
          this.#waiters.giveUp(
            lostAt,
            (vtOrderid) => this.#references.wasAnswered(vtOrderid, lostAt),
            (vtOrderid) => this.orders.has(vtOrderid),
          );
        }, LISTING_DELAY).unref();
      },
      lost: () => {
        this.#intake.state.lost();
        this.#liveTicks.lost();
      },
      compared: (restarted) => {
        if (restarted) this.#references.serverRestarted();
        for (const vtQuoteid of this.#intake.state.compared(restarted)) this.#rename?.forget(vtQuoteid);
        this.#intake.counters.snapshots++;
      },
      ordersCompared: (compared) => {
        this.#losses.compared(compared);
      },
      resynced: (report) => {
        this.#emitter.emit('resynced', report);
      },
    });
  }

  /** Connection of the RPC client. */
  status(): ClientStatus {
    return this.client.status();
  }

  /** Counters, taken now. */
  stats(): GatewayStats {
    return this.#intake.counters.report(this.client.stats(), this.#reporter.counts());
  }

  /** Subscribed symbols that are stale now; always empty without `staleAfter`. */
  staleSymbols(): string[] {
    return this.#stale?.staleSymbols() ?? [];
  }

  /**
   * Adds a listener. What a snapshot brings is told like anything else, so a listener that is added before `connect()`
   * sees every contract, account, position, order and trade.
   *
   * @returns A function that takes it away.
   */
  on<Name extends keyof GatewayEvents>(name: Name, listener: (...args: GatewayEvents[Name]) => void): () => void {
    return this.#emitter.on(name, listener);
  }

  /** Takes a listener away. */
  off<Name extends keyof GatewayEvents>(name: Name, listener: (...args: GatewayEvents[Name]) => void): void {
    this.#emitter.off(name, listener);
  }

  /**
   * Ticks. A reader that is behind gets the latest of each symbol; `queue: 'all'` gives every tick. It begins with the
   * latest tick of each symbol that came since the symbol was subscribed, so that none is missed before the loop.
   *
   * An iterator queues from its first `next()` until `return()` (a loop that is left calls it), its signal or `close()`, or
   * until nobody holds it any more.
   *
   * @example
   * ```ts
   * for await (const tick of gateway.events('tick', { filter: (tick) => tick.symbol === 'rb2705' })) { ... }
   * ```
   */
  events(
    kind: 'tick',
    options?: DataStreamOptions<TickData> & TickStreamOptions,
  ): AsyncIterableIterator<TickData, undefined>;
  /**
   * Data of one kind, in order, through a bounded queue.
   *
   * @throws RpcOverflowError from the iteration, when it is too slow.
   */
  events<K extends DataKind>(
    kind: K,
    options?: DataStreamOptions<DataByKind[K]>,
  ): AsyncIterableIterator<DataByKind[K], undefined>;
  /**
   * Everything that comes, as `on('event')` tells it, in the order of the wire, through a bounded queue.
   *
   * @throws RpcOverflowError from the iteration, when it is too slow.
   */
  events(options?: DataStreamOptions<Event>): AsyncIterableIterator<Event, undefined>;
  events<K extends DataKind>(
    kind?: K | DataStreamOptions<Event>,
    options: DataStreamOptions<DataByKind[K]> = {},
  ): AsyncIterableIterator<DataByKind[K] | Event, undefined> {
    if (kind === undefined || typeof kind === 'object') return this.#streams.createOfAll(kind ?? {});
    return this.#streams.create(kind, options);
  }

  /**
   * The next piece of data of a kind. Nothing is kept after it.
   *
   * Of ticks, it is one that came since its symbol was subscribed, and that `next` has not given before: the latest that has
   * come, or the next that comes.
   *
   * @example
   * ```ts
   * const tick = await gateway.next('tick', { timeout: 5_000 });
   * ```
   * @throws {@link GatewayError} `TIMEOUT`, `ABORTED`, `CLOSED`.
   */
  next(kind: 'tick', options?: NextOptions<TickData> & Pick<TickStreamOptions, 'stale'>): Promise<TickData>;
  next<K extends DataKind>(kind: K, options?: NextOptions<DataByKind[K]>): Promise<DataByKind[K]>;
  async next<K extends DataKind>(kind: K, options: NextOptions<DataByKind[K]> = {}): Promise<DataByKind[K]> {
    if (this.#phase === 'closed') throw new GatewayError('CLOSED', 'The gateway was closed');
    checkOptions('the options of next()', options, NEXT_OPTION_NAMES);
    const { filter, timeout, signal, ...ticks } = options;
    const isNew = (data: DataByKind[K]): boolean => !(data instanceof TickData && this.#given.has(data));
    const wanted = (data: DataByKind[K]): boolean => isNew(data) && filter?.(data) !== false;
    const data = await nextOf(kind, { timeout, signal }, this.#signals, (end) =>
      this.#streams.create(kind, { ...ticks, filter: wanted, signal: end }),
    );
    if (data instanceof TickData) this.#given.add(data);
    return data;
  }

  /**
   * Connects, and resolves when the state is complete: contracts, accounts, positions, orders, trades. From then on it
   * reconnects by itself. When it rejects, the gateway is closed.
   *
   * @throws RpcTimeoutError and the like when no server answers; RemoteException when it cannot answer.
   */
  async connect(requestAddress = 'tcp://127.0.0.1:2014', subscribeAddress = 'tcp://127.0.0.1:4102'): Promise<void> {
    if (this.#phase === 'closed') throw new GatewayError('CLOSED', 'The gateway was closed; make a new one');
    if (this.#phase !== 'new') throw new GatewayError('ALREADY_CONNECTED', 'connect() was called before');
    this.#phase = 'open';
    this.#losses.start();
    try {
      this.client.subscribe('');
      await this.client.start(requestAddress, subscribeAddress);
      await this.client.ready({ timeout: this.#timeouts.connect });
      await this.#sync.first();
      this.#intake.counters.snapshots++;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Begins to receive the ticks of a contract, and receives them again after a reconnect.
   *
   * @param request - The request, or a `vt_symbol`: `'rb2705.SHFE'`.
   * @param target - The server's gateway, or options.
   * @throws {@link GatewayError} `UNKNOWN_SYMBOL` when no contract tells which gateway it is.
   */
  async subscribe(request: SubscribeRequest | string, target: string | RequestOptions = {}): Promise<void> {
    this.#requireOpen();
    const options = optionsOf(target);
    const typed = typeof request === 'string' ? this.#targets.subscribeRequest(request) : request;
    verify('subscribe', SubscribeRequest, typed, ': give it that, or a vt_symbol such as "rb2705.SHFE"');
    const subscription = { request: typed, gatewayName: this.#targets.gatewayFor(typed.vt_symbol, options) };
    const undo = this.#liveTicks.subscribing(typed.vt_symbol);
    try {
      await this.#callSubscribe(subscription, options);
    } catch (error) {
      undo();
      throw error;
    }
    this.#subscriptions.set(typed.vt_symbol, subscription);
    this.#stale?.watch(typed.vt_symbol);
    await this.#askForTick(typed.vt_symbol, options);
  }

  /**
   * The latest tick of a symbol that the stream has brought over the present connection. A relay gives it to a client that has
   * just subscribed. It gives no tick that may be of yesterday.
   */
  liveTick(vtSymbol: string): TickData | undefined {
    return this.#liveTicks.present(vtSymbol);
  }

  /**
   * Sends an order, once, and never again by itself. It gets a unique `reference` unless it has one.
   *
   * @returns The order's `vt_orderid`.
   * @throws {@link SendOrderError}, whose `outcome` says whether the order may exist: `not-sent`, `refused` or `unknown`.
   * @throws {@link GatewayError} `UNKNOWN_SYMBOL`: nothing was sent.
   */
  async sendOrder(request: OrderRequest, target: string | RequestOptions = {}): Promise<string> {
    this.#requireOpen();
    verify('sendOrder', OrderRequest, request);
    const options = optionsOf(target);
    const gatewayName = this.#targets.gatewayFor(request.vt_symbol, options);
    const sending = this.#intake.lives.sending();
    const answered = this.#losses.comparisons.orderCall();
    let sent = '';
    try {
      const reply = await sendOrder(request, {
        client: this.client,
        logs: this.#logs,
        gatewayName,
        options: this.#callOptions(options),
        sending: (reference) => {
          sent = reference;
          return this.#references.sending(reference, request.vt_symbol);
        },
      });
      const vtOrderid = this.#rename?.id(reply, gatewayName) ?? reply;
      this.#rename?.taken(vtOrderid, gatewayName);
      const { symbol, exchange, direction, price, volume } = request;
      sending.answered(vtOrderid, { symbol, exchange, direction, price, volume, reference: sent });
      this.#references.sent(sent, vtOrderid);
      this.#emitter.emit('sent', request, vtOrderid);
      this.#losses.suspicions.sent(vtOrderid, gatewayName);
      return vtOrderid;
    } finally {
      answered();
      sending.end();
    }
  }

  /**
   * Asks to cancel an order; whether it was cancelled, its status tells. It overtakes the queries that wait here.
   *
   * @param order - The order, or a request with the gateway's own `orderid` (without the gateway's name).
   */
  async cancelOrder(order: CancelRequest | OrderData, target: string | RequestOptions = {}): Promise<void> {
    this.#requireOpen();
    const options = optionsOf(target);
    const request = order instanceof OrderData ? order.createCancelRequest() : order;
    verify(
      'cancelOrder',
      CancelRequest,
      request,
      ': give it that, or an OrderData, which gateway.orders.get(vt_orderid) has',
    );
    const gatewayName = this.#targets.gatewayOfOrder(order, options);
    const answered = this.#losses.comparisons.orderCall();
    try {
      const callOptions = { ...this.#callOptions(options), priority: 'high' } as const;
      await this.client.call('cancel_order', [request, gatewayName], callOptions);
    } finally {
      answered();
    }
  }

  /**
   * Has the server tell a log event whose `msg` contains `marker`, behind the events of everything that it did before, and of what
   * left here before: when that event comes, all of those have come. {@link RpcGateway.findOrder} goes by it; a relay hands it on.
   *
   * A server of vnpy logs then that it has no gateway of that name.
   *
   * @param marker - A text that no other log line has.
   * @throws {@link GatewayError} `ORDER_UNCERTAIN` where what left before a loss may come for longer than the timeout.
   */
  async flushEvents(marker: string, options: Omit<RequestOptions, 'gatewayName'> = {}): Promise<void> {
    this.#requireOpen();
    await passMarker(marker, this.#wayOf(undefined), this.#callOptions(optionsOf(options)));
  }

  /**
   * Asks the server's gateway for bars.
   *
   * @throws {@link GatewayError} `UNEXPECTED_REPLY` when something else comes back.
   */
  async queryHistory(request: HistoryRequest, target: string | RequestOptions = {}): Promise<BarData[]> {
    this.#requireOpen();
    verify('queryHistory', HistoryRequest, request);
    const options = optionsOf(target);
    const gatewayName = this.#targets.gatewayFor(request.vt_symbol, options);
    const reply = await this.#lane.run(
      () =>
        this.client.call(
          'query_history',
          [request, gatewayName],
          this.#callOptions({ timeout: this.#timeouts.history, ...options }),
        ),
      options.signal,
    );
    // A gateway without history returns None or an empty list.
    if (reply === null) return [];
    if (!Array.isArray(reply) || !reply.every((bar) => bar instanceof BarData)) {
      throw new GatewayError(
        'UNEXPECTED_REPLY',
        `query_history returned ${describe(reply)} instead of a list of BarData`,
      );
    }
    for (const data of reply) this.#intake.answer({ kind: 'bar', data });
    return reply;
  }

  /**
   * Compares the state with the server's and gives what was missed to the listeners. The gateway does
   * so by itself after a reconnect and after a stall of this program; this is for whoever wants to be sure at a time of his
   * own, before the close for instance. While the connection is away it waits for it.
   *
   * @returns What the comparison brought. Positions and accounts change by themselves: that they are among what was
   * `missed` says nothing.
   * @throws {@link GatewayError} `ABORTED` by the signal, `CLOSED`; RpcTimeoutError and the like when the server does not answer.
   */
  async resync(options: Pick<RequestOptions, 'signal'> = {}): Promise<ResyncReport> {
    this.#requireOpen();
    optionsOf(options);
    return await this.#sync.request(options.signal);
  }

  /**
   * Waits until an order is no longer active, or as `until` wants it. With `trades: true` it also waits for the order's fills,
   * because vnpy as a rule tells them after the order.
   *
   * @throws {@link GatewayError} `TIMEOUT`, `TRADES_MISSING`, `ABORTED` or `CLOSED`. `ORDER_VANISHED` when a restarted server does
   * not know the order any more, or when another order has its id now.
   */
  async waitForOrder(vtOrderid: string, options: WaitOptions = {}): Promise<OrderData> {
    this.#requireOpen();
    checkOptions('the options of waitForOrder', options, WAIT_OPTION_NAMES);
    abortSignal('signal', options.signal);
    if (options.trades !== undefined) flag('trades', options.trades);
    if (options.timeout !== undefined) duration('timeout', options.timeout);
    return await this.#waiters.wait(vtOrderid, this.orders.get(vtOrderid), options);
  }

  /**
   * Asks the server what became of an order, by its reference. Use it after a `sendOrder` with the outcome `unknown`.
   * docs/vnpy.md, "What findOrder can know", has the details.
   *
   * @param options - `timeout`, in ms: of each call, and of the wait for the server's event queue. Default: that of `request`.
   * @returns `undefined` when there is no such order and it will not come. That takes at least a second, and 11 s if the
   * connection was lost since the order left.
   * @throws {@link GatewayError} `ORDER_UNCERTAIN` when it cannot be known. The server cannot be asked, or its queue does not move
   * in time. Or it was restarted since the order was sent. Or it lists orders without a reference, or several with this one,
   * and the message names them. `ORDER_VANISHED` when the order was there and is not listed any more. `ABORTED`, `CLOSED`.
   * @throws {@link InvalidDataError} when `reference` is no text, or empty.
   */
  async findOrder(
    reference: string,
    options: Omit<RequestOptions, 'gatewayName'> = {},
  ): Promise<OrderData | undefined> {
    this.#requireOpen();
    optionsOf(options);
    if (typeof reference !== 'string' || reference === '') {
      const message = `findOrder takes the reference of an order, a text that is not empty, got ${describe(reference)}`;
      throw new InvalidDataError('WRONG_TYPE', 'OrderData', 'reference', message);
    }
    const context = {
      references: this.#references,
      way: (sought: string) => this.#wayOf(this.#references.sentSince(sought)),
      known: () => this.orders.values(),
      list: (listOptions: RequestOptions) => this.#listOrders(listOptions),
      compare: (signal: AbortSignal | undefined) => this.#sync.request(signal),
      orders: (streamOptions: DataStreamOptions<OrderData>) => this.events('order', streamOptions),
      logs: (streamOptions: DataStreamOptions<LogData>) => this.events('log', streamOptions),
    };
    return await findOrder(reference, context, this.#callOptions(options));
  }

  /** Ends the connection, all waiting and all iterators. May be called again. */
  async close(): Promise<void> {
    if (this.#phase !== 'closed') {
      this.#phase = 'closed';
      this.#sync.stop();
      this.#intake.state.stop();
      this.#intake.lives.stop();
      this.#stale?.stop();
      this.#losses.stop();
      this.#waiters.fail(new GatewayError('CLOSED', 'The gateway was closed'));
      this.#streams.close();
    }
    await this.client.stop();
  }

  /** Closes, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listOrders(options: RequestOptions): Promise<OrderData[]> {
    // Not after the queries that wait: whoever asks has no time.
    const askedAt = performance.now();
    const reply = await this.client.call('get_all_orders', [], { ...this.#callOptions(options), priority: 'high' });
    if (!Array.isArray(reply)) throw new GatewayError('UNEXPECTED_REPLY', `get_all_orders returned ${describe(reply)}`);
    return this.#intake.listing(
      reply.filter((order) => order instanceof OrderData),
      askedAt,
    );
  }

  #requireOpen(): void {
    if (this.#phase === 'closed') throw new GatewayError('CLOSED', 'The gateway was closed');
    if (this.#phase === 'new') throw new GatewayError('NOT_CONNECTED', 'Not connected yet: await connect() first');
  }

  #callOptions(options: RequestOptions): { timeout: number; signal?: AbortSignal } {
    const { timeout = this.#timeouts.request, signal } = options;
    return signal === undefined ? { timeout } : { timeout, signal };
  }

  /** Calls a function that changes nothing, after those that were asked for before. */
  #query(name: string): Promise<{ reply: unknown; took: number }> {
    return this.#lane.run(async () => {
      const asked = performance.now();
      const reply = await this.client.call(name, [], { timeout: this.#timeouts.snapshot });
      return { reply, took: performance.now() - asked };
    });
  }

  /** In a quiet market no tick comes, and the server's last one is better than none. */
  async #askForTick(vtSymbol: string, options: RequestOptions): Promise<void> {
    if (this.#liveTicks.hasCome(vtSymbol)) return;
    try {
      const tick = await this.client.call('get_tick', [vtSymbol], this.#callOptions(options));
      if (tick instanceof TickData && this.#phase === 'open') this.#intake.staleTick(tick);
    } catch {
      // It is subscribed all the same: a server may not have the function, and not know a tick either.
    }
  }

  /** What a new iterator of ticks begins with. */
  #firstTicks(stale: boolean): Iterable<TickData> {
    if (!stale) return this.#liveTicks.sinceSubscribed();
    return this.getAllTicks().filter(({ vt_symbol }) => this.#liveTicks.isSubscribed(vt_symbol));
  }

  async #callSubscribe({ request, gatewayName }: Subscription, options: RequestOptions): Promise<void> {
    await this.client.call('subscribe', [request, gatewayName], this.#callOptions(options));
  }

  /** The way to the server of what was sent at a time, by performance.now(), or by an earlier process. */
  #wayOf(sentAt: number | undefined): WayToServer {
    return { client: this.client, arrivedBy: this.client.arrivesBy(sentAt), rounds: this.#rounds };
  }

  #statusChanged(status: ClientStatus): void {
    this.#sync.statusChanged(status);
    this.#emitter.emit('status', status);
  }
}
