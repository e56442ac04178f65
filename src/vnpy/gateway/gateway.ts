/**
 * A vnpy server as a Node program sees it.
 *
 * @module
 */
import type { Emitter, Reporter } from '../../rpc/internal.js';
import { RpcClient } from '../../rpc/index.js';
import type { ClientStatus } from '../../rpc/index.js';
import { SignalWatch } from '../../rpc/internal.js';
import type {
  BarData,
  CancelRequest,
  HistoryRequest,
  OrderData,
  OrderRequest,
  SubscribeRequest,
  TickData,
} from '../data/index.js';
import type { OrderTerms, TradingEngine } from '../engine.js';
import type { Event } from '../event.js';
import type { DataByKind, DataKind } from '../kinds.js';
import { StateView } from '../state-view.js';
import type { TradingGateway } from '../trading-gateway.js';
import { makeAnnouncer } from './announcer.js';
import { Intake } from './intake.js';
import { LiveTicks } from './live-ticks.js';
import { LossWatch } from './loss-watch.js';
import { resolveOptions } from './options.js';
import { OrderSearch } from './order-search/search.js';
import type { WaitOptions } from './order-waiters.js';
import { Phase } from './phase.js';
import { RemoteEngine } from './remote-engine.js';
import { Requests } from './requests.js';
import { StaleWatch } from './stale-watch.js';
import { Streams } from './streams.js';
import { Synchroniser } from './sync.js';
import { optionsOf } from './targets.js';
import type {
  DataStreamOptions,
  GatewayEvents,
  GatewayProblem,
  GatewayStats,
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
export class RpcGateway extends StateView implements TradingEngine, TradingGateway {
  /** The name of this gateway; in its data only with `rewriteGatewayName`. */
  readonly gatewayName: string;
  /** What it gives comes from a server. */
  readonly isRemote = true;
  /** The RPC client, for functions that are not vnpy's own: `gateway.client.call('my_function', [1])`. */
  readonly client: RpcClient;

  readonly #connectTimeout: number;
  readonly #phase = new Phase();
  /** One for all that a signal can end: the user may give the same one to all of it. */
  readonly #signals = new SignalWatch();
  readonly #emitter: Emitter<GatewayEvents>;
  readonly #reporter: Reporter<GatewayProblem>;
  readonly #stale: StaleWatch | undefined;
  readonly #streams: Streams;
  readonly #intake: Intake;
  readonly #remote: RemoteEngine;
  readonly #sync: Synchroniser;
  readonly #losses: LossWatch;
  readonly #requests: Requests;
  readonly #search: OrderSearch;

  /** @throws RpcUsageError `BAD_OPTION` if an option has no sense, or is none. */
  constructor(options: RpcGatewayOptions = {}) {
    super();
    const settings = resolveOptions(options);
    const { gatewayName, staleAfter, timeouts } = settings;
    this.gatewayName = gatewayName;
    this.#connectTimeout = timeouts.connect;
    this.client = new RpcClient(settings.client);
    const { emitter, reporter } = makeAnnouncer(settings.client.logger);
    const liveTicks = new LiveTicks(this.ticks);
    this.#emitter = emitter;
    this.#reporter = reporter;
    this.#stale = staleAfter === undefined ? undefined : new StaleWatch(staleAfter, emitter);
    this.#streams = new Streams(this.#signals, emitter, liveTicks);
    this.#remote = new RemoteEngine(this.client, timeouts, this.#signals, settings.asksBeside);
    const told = { emitter, reporter, liveTicks, stale: this.#stale, streams: this.#streams };
    const base = { ...settings, ...told, client: this.client, remote: this.#remote, maps: this.maps };
    const parts = { ...base, phase: this.#phase, signals: this.#signals };
    this.#intake = new Intake(parts);
    this.#sync = new Synchroniser({ ...parts, intake: this.#intake });
    const kept = { ...parts, intake: this.#intake, sync: this.#sync };
    this.#losses = new LossWatch(settings, kept);
    this.#requests = new Requests({ ...kept, losses: this.#losses });
    this.#search = new OrderSearch(kept);
    this.#listen();
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
   * An iterator queues from its first `next()` on. It ends with `return()` (a loop that is left calls it), its signal or
   * `close()`, or when nobody holds it any more.
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
   * Of ticks, it is the latest that came since its symbol was subscribed, or the next that comes. No tick is given twice.
   *
   * @example
   * ```ts
   * const tick = await gateway.next('tick', { timeout: 5_000 });
   * ```
   * @throws GatewayError `TIMEOUT`, `ABORTED`, `CLOSED`.
   */
  next(kind: 'tick', options?: NextOptions<TickData> & Pick<TickStreamOptions, 'stale'>): Promise<TickData>;
  next<K extends DataKind>(kind: K, options?: NextOptions<DataByKind[K]>): Promise<DataByKind[K]>;
  async next<K extends DataKind>(kind: K, options: NextOptions<DataByKind[K]> = {}): Promise<DataByKind[K]> {
    this.#phase.requireNotClosed();
    return await this.#streams.next(kind, options);
  }

  /**
   * Connects, and resolves when the state is complete: contracts, accounts, positions, orders, trades. From then on it
   * reconnects by itself. When it rejects, the gateway is closed; with `retryFirstSnapshot` it does not for a snapshot that fails.
   *
   * @throws RpcTimeoutError and the like when no server answers; RemoteException when it cannot answer.
   */
  async connect(requestAddress = 'tcp://127.0.0.1:2014', subscribeAddress = 'tcp://127.0.0.1:4102'): Promise<void> {
    this.#phase.open();
    this.#losses.start();
    try {
      this.client.subscribe('');
      await this.client.start(requestAddress, subscribeAddress);
      await this.#sync.firstOnceReady(async () => {
        await this.client.ready({ timeout: this.#connectTimeout });
      });
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
   * @throws GatewayError `UNKNOWN_SYMBOL` when no contract tells which gateway it is.
   */
  async subscribe(request: SubscribeRequest | string, target: string | RequestOptions = {}): Promise<void> {
    await this.#requests.subscribe(request, target);
  }

  /**
   * The latest tick of a symbol that the stream has brought over the present connection. A relay gives it to a client that has
   * just subscribed. It gives no tick that may be of yesterday.
   */
  liveTick(vtSymbol: string): TickData | undefined {
    return this.#intake.liveTicks.present(vtSymbol);
  }

  /**
   * Sends an order, once, and never again by itself. It gets a unique `reference` unless it has one.
   *
   * @param terms - What came with the order, where this gateway is the engine of a server. The deadline shortens the timeout.
   * @returns The order's `vt_orderid`.
   * @throws {@link SendOrderError}, whose `outcome` says whether the order may exist: `not-sent`, `refused` or `unknown`.
   * @throws GatewayError `UNKNOWN_SYMBOL`: nothing was sent.
   * @throws RpcUsageError `BAD_OPTION` for the option `key`: there is no journal that knows it.
   */
  async sendOrder(request: OrderRequest, target: string | RequestOptions = {}, terms?: OrderTerms): Promise<string> {
    return await this.#requests.sendOrder(request, target, terms);
  }

  /**
   * Asks to cancel an order; whether it was cancelled, its status tells. It overtakes the queries that wait here.
   *
   * @param order - The order, or a request with the gateway's own `orderid` (without the gateway's name).
   */
  async cancelOrder(order: CancelRequest | OrderData, target: string | RequestOptions = {}): Promise<void> {
    await this.#requests.cancelOrder(order, target);
  }

  /**
   * Has the server tell a log event whose `msg` contains `marker`. It comes behind the events of everything that the server did
   * before, and of everything that left here before. When it comes, all of those have come. {@link RpcGateway.findOrder} goes by
   * it, and a relay hands it on.
   *
   * A server of vnpy logs then that it has no gateway of that name.
   *
   * @param marker - A text that no other log line has.
   * @throws GatewayError `ORDER_UNCERTAIN` where what left before a loss may come for longer than the timeout.
   */
  async flushEvents(marker: string, options: Omit<RequestOptions, 'gatewayName'> = {}): Promise<void> {
    this.#phase.requireOpen();
    await this.#search.flush(marker, this.#remote.terms(optionsOf(options)));
  }

  /**
   * Asks the server's gateway for bars.
   *
   * @throws GatewayError `UNEXPECTED_REPLY` when something else comes back.
   */
  async queryHistory(request: HistoryRequest, target: string | RequestOptions = {}): Promise<BarData[]> {
    return await this.#requests.queryHistory(request, target);
  }

  /**
   * Compares the state with the server's and gives what was missed to the listeners. The gateway does so by itself after a
   * reconnect and after a stall of this program. Use this to be sure at a time of your own, before the close for instance.
   * While the connection is away it waits for it.
   *
   * @returns What the comparison brought. Positions and accounts change by themselves, so it says nothing that they are among
   * what was `missed`.
   * @throws GatewayError `ABORTED` by the signal, `CLOSED`; RpcTimeoutError and the like when the server does not answer.
   */
  async resync(options: Pick<RequestOptions, 'signal'> = {}): Promise<ResyncReport> {
    this.#phase.requireOpen();
    optionsOf(options);
    return await this.#sync.request(options.signal);
  }

  /**
   * Waits until an order is no longer active, or as `until` wants it. With `trades: true` it also waits for the order's fills,
   * because vnpy as a rule tells them after the order.
   *
   * @throws GatewayError `TIMEOUT`, `TRADES_MISSING`, `ABORTED` or `CLOSED`. `ORDER_VANISHED` when a restarted server does
   * not know the order any more, or when another order has its id now.
   */
  async waitForOrder(vtOrderid: string, options: WaitOptions = {}): Promise<OrderData> {
    this.#phase.requireOpen();
    return await this.#intake.waiters.wait(vtOrderid, this.orders.get(vtOrderid), options);
  }

  /**
   * Asks the server what became of an order, by its reference. Use it after a `sendOrder` with the outcome `unknown`.
   * docs/vnpy.md, "What findOrder can know", has the details.
   *
   * @param options - `timeout`, in ms: of each call, and of the wait for the server's event queue. Default: that of `request`.
   * @returns `undefined` when there is no such order and it will not come. That takes at least a second, and 11 s if the
   * connection was lost since the order left.
   * @throws GatewayError `ORDER_UNCERTAIN` when it cannot be known. The server cannot be asked, or its queue does not move
   * in time. Or it was restarted since the order was sent. Or it lists orders without a reference, or several with this one,
   * and the message names them. `ORDER_VANISHED` when the order was there and is not listed any more. `ABORTED`, `CLOSED`.
   * @throws {@link InvalidDataError} when `reference` is no text, or empty.
   */
  async findOrder(
    reference: string,
    options: Omit<RequestOptions, 'gatewayName'> = {},
  ): Promise<OrderData | undefined> {
    this.#phase.requireOpen();
    return await this.#search.find(reference, this.#remote.terms(optionsOf(options)));
  }

  /** Ends the connection, all waiting and all iterators. May be called again. */
  async close(): Promise<void> {
    if (this.#phase.close()) {
      this.#sync.stop();
      this.#intake.stop();
      this.#stale?.stop();
      this.#losses.stop();
      this.#streams.close();
    }
    await this.client.stop();
  }

  /** Closes, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #listen(): void {
    this.client.on('event', (event) => {
      this.#intake.stream(event);
    });
    this.client.on('status', (status) => {
      this.#sync.statusChanged(status);
      this.#emitter.emit('status', status);
    });
    this.client.on('error', (problem) => {
      this.#reporter.pass(problem);
      // What was lost for certain is made up for, and need not be found by the next comparison.
      if (problem.kind === 'missed-events') void this.#sync.stalled();
    });
  }
}
