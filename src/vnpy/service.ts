/**
 * Serves a trading engine to Python: what vnpy_rpcservice's RpcEngine does for a MainEngine.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import type { TzInfo } from '../pickle/index.js';
import { RemoteException, RpcServer, RpcUsageError } from '../rpc/index.js';
import type {
  CallContext,
  Logger,
  PublishAddress,
  RpcServerOptions,
  ServerAddresses,
  ServerStats,
} from '../rpc/index.js';
import { option, OptionTable, without } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { isLoopback, optionChecks, parseAddress, SERVER_OPTIONS, transportOf, withMethods } from '../rpc/internal.js';
import { CancelRequest, HistoryRequest, LogData, OrderRequest, SubscribeRequest } from './data/index.js';
import type { TickData } from './data/index.js';
import { describe } from './data/describe.js';
import { ENGINE_METHODS, KEY_HEADER, TRACE_HEADER } from './engine.js';
import type { Awaitable, OrderTerms, TradingEngine } from './engine.js';
import type { EngineGuard, GuardedAddresses } from './engine-guard.js';
import { GatewayError, OrderNotTaken, SendOrderError } from './errors.js';
import { ClientFilter } from './client-filter.js';
import { DataCheck } from './data-check.js';
import { PlainClasses } from './plain-classes.js';
import { webTraderEvent } from './web-trader.js';
import { Event } from './event.js';
import { EventType, classify, eventTypes } from './kinds.js';
import type { DataKind } from './kinds.js';
import { isMarker } from './gateway/order-search/marker.js';
import { vnpyRegistry } from './registry.js';
import { inZone, ZONE_ROW, zoneOption } from './zone.js';

/** The name under which vnpy_rpcservice logs. */
const APP_NAME = 'RpcService';

/** Markers that may be waited for: a client that asks for more at once hears of them with everybody. */
const MAX_MARKERS = 10_000;

/** Options of RpcService: those of its RpcServer, and some of its own. */
export interface RpcServiceOptions extends RpcServerOptions {
  /**
   * Stands before the engine: who may connect, what each may do, and what each sees. `Guard.open()` of `vnpy-bridge/guard` makes
   * one. It takes the place of the option `access`.
   */
  readonly guard?: EngineGuard;
  /**
   * How an order that was not taken is answered. `'empty'`: with an empty id and a log event that says why, as vnpy does.
   * `'exception'`: with an exception. Default: what the guard says, and `'empty'` without a guard.
   */
  readonly refuseOrders?: 'empty' | 'exception';
  /**
   * The oldest vnpy that clients run, `'4.0'` or `'3.9.4'` for instance. A member that its enums do not have
   * (`Exchange.GLOBAL` before 4.1) would break the whole message, `get_all_contracts` for one. Data with such a member is left
   * out of events and answers, for all clients. It is counted in {@link ServiceStats.withheld}, and logged. Default: nothing is
   * left out, which suits clients of vnpy 4.1 and later.
   */
  readonly oldestClient?: string;
  /**
   * The zone in which times are written that the engine gave as a JavaScript Date. Python's programs read the clock of the
   * exchange from them. A key of the IANA database, or a zone. Default `'Asia/Shanghai'`. A field of vnpy's without a zone
   * (`option_expiry`, `option_listed`, `localtime`, `LogData.time`) gets the clock's time there. Relayed data, and every
   * PyDateTime, keeps the zone that it has.
   */
  readonly zone?: TzInfo | string;
  /**
   * What the events look like. `'rpcservice'`: as those of vnpy_rpcservice, for vnpy's RpcGateway. `'webtrader'`: as those of
   * vnpy_webtrader's WebEngine, for WebTrader's web process. Those are bare ticks, orders, trades, positions and accounts under
   * their types, and nothing else. The function `connect` is there then, too, and does nothing. Default `'rpcservice'`.
   */
  readonly format?: 'rpcservice' | 'webtrader';
  /**
   * Leaves out what a client with nothing but vnpy cannot load: classes of applications (`StopOrder`, `SpreadItem`) and of
   * gateways, for all clients. Such an event would end the receiving thread of a Python client. It is counted in
   * {@link ServiceStats.foreign}, and logged once a class. Default false: a relay hands on what its server sends.
   */
  readonly plainClasses?: boolean;
}

/** The options of a service. */
export const SERVICE_OPTIONS = new OptionTable(optionChecks, 'the options of RpcService', {
  ...SERVER_OPTIONS.rows,
  guard: option.other('an `EngineGuard`', (name, value: EngineGuard) =>
    withMethods(name, value, ['attach', 'engineFor', 'sees', 'onLate']),
  ),
  refuseOrders: option.choice(['empty', 'exception']),
  oldestClient: option.other<string>('a version of vnpy'),
  zone: ZONE_ROW,
  format: option.choice(['rpcservice', 'webtrader'], 'rpcservice'),
  plainClasses: option.flag(false),
} satisfies RowsOf<RpcServiceOptions>);

/** Counters of an RpcService. */
export interface ServiceStats extends ServerStats {
  /** Pieces of data left out for `oldestClient`, each time that they were. */
  readonly withheld: number;
  /** Pieces of data left out because of `plainClasses`, each time that they were. */
  readonly foreign: number;
  /** Events and parts of answers that the engine gave and that were refused: their data are not of vnpy's class for them. */
  readonly refused: number;
}

/**
 * Serves an engine. An unmodified Python `RpcGateway` connects to it, and finds what it finds at a vnpy server. Functions,
 * their parameters and the format of events are the same.
 *
 * In front of an `RpcGateway` it is a relay: clients of one vnpy version, or many, use one server of another.
 *
 * @example
 * ```ts
 * const service = new RpcService(new SimulatedEngine());
 * await service.start('tcp://127.0.0.1:2014', { topicFrame: 'tcp://127.0.0.1:4102', pair: 'tcp://127.0.0.1:4103' });
 * ```
 */
export class RpcService {
  /** The RPC server: register functions of your own on it before `start`. */
  readonly server: RpcServer;

  readonly #logger: Logger;
  #unlisten: (() => void) | undefined;
  readonly #engine: TradingEngine;
  readonly #guard: EngineGuard | undefined;
  readonly #refuseOrders: 'empty' | 'exception';
  readonly #mechanism: 'null' | 'plain' | 'curve';
  /** The transport tells of each message who sent it. */
  readonly #tellsPeers: boolean;
  /** Clients of the transport ask for the last tick themselves. */
  readonly #asksForLast: boolean;
  /** Who asked for the markers that have not come yet: whoever else hears of one learns nothing. */
  readonly #markers = new Map<string, string>();
  readonly #filter: ClientFilter | undefined;
  readonly #plain: PlainClasses | undefined;
  readonly #format: 'rpcservice' | 'webtrader';
  /** None for a relay: it hands on what it has received, as its own server would have sent it. */
  readonly #check: DataCheck | undefined;
  readonly #zone: TzInfo;
  /** The last tick of each symbol that was published. */
  readonly #lastTicks = new Map<string, TickData>();
  /** The orders that the engine is taking now. */
  readonly #taking = new Set<Promise<unknown>>();

  /** @throws RpcUsageError `BAD_OPTION` for an option that makes no sense. */
  constructor(engine: TradingEngine, options: RpcServiceOptions = {}) {
    const { oldestClient, zone, logger, guard, refuseOrders, access, security, transport, format, plainClasses } =
      SERVICE_OPTIONS.resolve(options);
    const registry = options.registry ?? vnpyRegistry;
    if (guard !== undefined && access !== undefined)
      throw new RpcUsageError('BAD_OPTION', 'give guard or access, not both: a guard is an access control');
    this.#guard = guard;
    this.#refuseOrders = refuseOrders ?? guard?.refuseOrders ?? 'empty';
    this.#mechanism = security?.mechanism ?? 'null';
    const { tellsPeers = false, asksForLast = false } = transportOf(transport);
    this.#tellsPeers = tellsPeers;
    this.#asksForLast = asksForLast;
    this.#engine = withMethods('the engine of RpcService', engine, ENGINE_METHODS);
    this.#logger = logger;
    this.#zone = zoneOption(zone);
    this.#check = engine.isRemote === true ? undefined : new DataCheck(this.#logger);
    this.#filter = oldestClient === undefined ? undefined : new ClientFilter(oldestClient, this.#logger);
    this.#plain = plainClasses ? new PlainClasses(registry, this.#logger) : undefined;
    this.#format = format;
    this.server = new RpcServer({
      ...without(options, 'guard', 'refuseOrders', 'oldestClient', 'zone', 'format', 'plainClasses'),
      ...(guard === undefined ? {} : { access: guard.access }),
      registry,
    });
    this.#registerRequests();
    this.#registerQueries();
    // WebEngine offers MainEngine.connect; what is served here is connected already.
    if (format === 'webtrader') this.server.register('connect', () => null, { params: ['setting', 'gateway_name'] });
  }

  /**
   * Binds both addresses and begins to publish the engine's events.
   *
   * @param publishAddress - A string reaches clients of vnpy 4.5 and later; `{ pair }` those of vnpy 3.0 to 4.4;
   * `{ topicFrame, pair }` both, at two addresses.
   * @throws RpcTransportError when an address cannot be bound.
   */
  async start(
    replyAddress = 'tcp://127.0.0.1:2014',
    publishAddress: PublishAddress = 'tcp://127.0.0.1:4102',
  ): Promise<void> {
    const guard = this.#guard;
    if (guard !== undefined && !this.#tellsPeers) checkLoopback(replyAddress, publishAddress);
    await guard?.attach(this.#engine, this.server.functions);
    await this.server.start(replyAddress, publishAddress);
    try {
      for (const own of guard?.addresses ?? []) await this.#listen(own);
    } catch (error) {
      await this.server.stop();
      throw error;
    }
    if (this.#unlisten !== undefined) return;
    const ends = [
      this.#engine.on('event', (event) => {
        this.#publish(event);
      }),
      guard?.onLate((principal, event) => {
        this.#publish(event, principal);
      }),
    ];
    this.#unlisten = () => {
      for (const end of ends) end?.();
    };
  }

  /** The addresses bound; undefined unless active. */
  get addresses(): ServerAddresses | undefined {
    return this.server.addresses;
  }

  /** Whether it serves. */
  isActive(): boolean {
    return this.server.isActive();
  }

  /** Counters of the RPC server and of this service, taken now. */
  stats(): ServiceStats {
    return {
      ...this.server.stats(),
      withheld: this.#filter?.withheld ?? 0,
      foreign: this.#plain?.withheld ?? 0,
      refused: this.#check?.refused ?? 0,
    };
  }

  /**
   * Whether all clients can load a piece of data, as `oldestClient` and `plainClasses` tell: for functions and events of your own on
   * {@link RpcService.server}. What they cannot is counted and logged.
   */
  admits(data: unknown): boolean {
    return (this.#filter?.admits(data) ?? true) && (this.#plain?.admits(data) ?? true);
  }

  /**
   * Tells all clients something by vnpy's log, where a person sees it: in VeighNa Trader, for instance.
   *
   * @param principal - Tells only the clients of this one.
   */
  log(msg: string, principal?: string): void {
    const event = new Event(EventType.LOG, new LogData({ gateway_name: APP_NAME, msg, level: 30 }));
    this.#send(event, principal === undefined ? undefined : (name) => name === principal);
  }

  /**
   * Publishes an event of your own to whoever may see it, as the engine's are.
   *
   * @param topic - vnpy_rpcservice publishes everything under `''`.
   */
  publish(topic: string, event: Event): void {
    if (this.admits(event.data)) this.#send(event, this.#sightOf(event), topic);
  }

  /** Stops serving. The engine goes on. May be called again. */
  async stop(): Promise<void> {
    this.#unlisten?.();
    this.#unlisten = undefined;
    await this.server.stop();
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Without this principal's mechanism nobody could be it: another service of the same guard may have it. */
  async #listen({ reply, topicFrame, pair, mechanisms }: GuardedAddresses): Promise<void> {
    if (mechanisms.includes(this.#mechanism))
      await this.server.listen({ reply, publish: pair === undefined ? topicFrame : { topicFrame, pair } });
    else this.#logger.info(`${reply} is not served: that needs the security ${mechanisms.join(' or ')}`);
  }

  /** The functions that do something. Parameters have MainEngine's names (vnpy/trader/engine.py). */
  #registerRequests(): void {
    const params = ['req', 'gateway_name'];
    const register = <Request extends object, Result>(
      name: string,
      type: abstract new (...args: never[]) => Request,
      handle: (request: Request, gatewayName: string, caller: CallContext) => Awaitable<Result>,
      refused: Result,
    ): void => {
      const handler = async (request: unknown, gatewayName: unknown, caller: CallContext): Promise<Result> => {
        if (!(request instanceof type))
          throw new TypeError(`${name}() takes a ${type.name} as req, got ${describe(request)}`);

        if (typeof gatewayName !== 'string')
          throw new TypeError(`${name}() takes a str as gateway_name, got ${describe(gatewayName)}`);

        try {
          return await handle(request, gatewayName, caller);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          if (this.#refuseOrders === 'exception') throw name === 'send_order' ? notTaken(error) : error;
          // vnpy says no by an empty result, and says why in its log.
          this.log(`${name}: ${error.message}`, this.#guard === undefined ? undefined : caller.principal);
          return refused;
        }
      };
      this.server.register(name, handler, { params, context: true });
    };
    register('subscribe', SubscribeRequest, (...request) => this.#subscribe(...request), undefined);
    register('send_order', OrderRequest, (...request) => this.#take(...request), '');
    register(
      'cancel_order',
      CancelRequest,
      async (request, gatewayName, caller) => {
        if (isMarker(gatewayName)) await this.#flush(gatewayName, caller);
        else await this.#engineOf(caller).cancelOrder(request, gatewayName);
      },
      undefined,
    );
    register(
      'query_history',
      HistoryRequest,
      async (request, gatewayName, caller) =>
        this.#admitted('query_history', 'bar', await this.#engineOf(caller).queryHistory(request, gatewayName)),
      [],
    );
  }

  /**
   * A server's gateway may answer a subscription with its last tick, as CTP does. A relay has nothing to answer with while
   * nothing moves, but for the last tick that it published itself. Over a cluster each asks for it.
   */
  async #subscribe(request: SubscribeRequest, gatewayName: string, caller: CallContext): Promise<void> {
    const { vt_symbol: vtSymbol } = request;
    const before = this.#lastTicks.get(vtSymbol);
    await this.#engineOf(caller).subscribe(request, gatewayName);
    const last = this.#lastTicks.get(vtSymbol);
    if (this.#asksForLast || last === undefined || last !== before || last !== this.#engine.liveTick?.(vtSymbol))
      return;
    this.#publish(new Event(EventType.TICK, last));
  }

  /** A cancel for a gateway that is not there, in which a client asks whether it has heard everything. */
  async #flush(marker: string, { principal }: CallContext): Promise<void> {
    // It may ask over another connection than the one that its order came by: it must not overtake the order.
    await Promise.allSettled(this.#taking);
    if (this.#engine.flushEvents === undefined)
      throw new TypeError('this engine has no flushEvents: what it has done may not have been told yet');
    if (this.#guard !== undefined && this.#markers.size < MAX_MARKERS) this.#markers.set(marker, principal);
    await this.#engine.flushEvents(marker);
  }

  /** The engine as this caller may use it. */
  #engineOf({ principal }: CallContext): TradingEngine {
    const guard = this.#guard;
    if (guard === undefined) return this.#engine;
    return guard.engineFor(principal === '' ? (guard.nameless ?? principal) : principal, this.#engine);
  }

  async #take(request: OrderRequest, gatewayName: string, caller: CallContext): Promise<string> {
    const taking = Promise.resolve(this.#engineOf(caller).sendOrder(request, gatewayName, termsOf(caller)));
    this.#taking.add(taking);
    try {
      return await taking;
    } finally {
      this.#taking.delete(taking);
    }
  }

  /** The functions that only look. Parameters have OmsEngine's names. */
  #registerQueries(): void {
    const { server } = this;
    type Getter<Arguments extends readonly unknown[]> = (engine: TradingEngine, ...args: Arguments) => unknown;
    const one = (name: string, kind: DataKind, param: string, get: Getter<[key: string]>): void => {
      const handler = async (key: unknown, caller: CallContext): Promise<unknown> => {
        const found = typeof key === 'string' ? await get(this.#engineOf(caller), key) : undefined;
        if (found === undefined || found === null) return null;
        return this.#admitted(name, kind, [found])[0] ?? null;
      };
      server.register(name, handler, { params: [param], context: true });
    };
    one('get_tick', 'tick', 'vt_symbol', (engine, key) => engine.getTick(key));
    one('get_order', 'order', 'vt_orderid', (engine, key) => engine.getOrder(key));
    one('get_trade', 'trade', 'vt_tradeid', (engine, key) => engine.getTrade(key));
    one('get_position', 'position', 'vt_positionid', (engine, key) => engine.getPosition(key));
    one('get_account', 'account', 'vt_accountid', (engine, key) => engine.getAccount(key));
    one('get_contract', 'contract', 'vt_symbol', (engine, key) => engine.getContract(key));
    const all = (name: string, kind: DataKind, get: (engine: TradingEngine) => Awaitable<readonly unknown[]>): void => {
      const handler = async (caller: CallContext): Promise<unknown> =>
        this.#admitted(name, kind, await get(this.#engineOf(caller)));
      server.register(name, handler, { params: [], context: true });
    };
    all('get_all_ticks', 'tick', (engine) => engine.getAllTicks());
    all('get_all_orders', 'order', (engine) => engine.getAllOrders());
    all('get_all_trades', 'trade', (engine) => engine.getAllTrades());
    all('get_all_positions', 'position', (engine) => engine.getAllPositions());
    all('get_all_accounts', 'account', (engine) => engine.getAllAccounts());
    all('get_all_contracts', 'contract', (engine) => engine.getAllContracts());
    all('get_all_active_orders', 'order', (engine) => engine.getAllActiveOrders());
  }

  /** As RpcEngine.process_event: everything but the timer, under the topic `''`. */
  #publish(event: Event, only?: string): void {
    if (event.type === EventType.TIMER || this.#check?.admitsEvent(event) === false || !this.admits(event.data)) return;
    const to = only === undefined ? this.#sightOf(event) : (name: string) => name === only;
    this.#send(event, to);
    const item = classify(event.data);
    if (item === undefined) return;
    const { plain, specific } = eventTypes(item);
    if (item.kind === 'tick' && event.type === plain) this.#lastTicks.set(item.data.vt_symbol, item.data);
    // BaseGateway sends it a second time with the id, for those who listen to one symbol or order only.
    if (event.type === plain && specific !== undefined) this.#send(new Event(specific, event.data), to);
  }

  /** Who may see an event; undefined for everybody. Each is asked once for both events that vnpy sends. */
  #sightOf(event: Event): ((principal: string) => boolean) | undefined {
    const guard = this.#guard;
    if (guard === undefined) return undefined;
    const asker = this.#askerOf(event);
    if (asker !== undefined) return (name) => name === asker;
    const seen = new Map<string, boolean>();
    return (name) => {
      const known = seen.get(name) ?? guard.sees(name, event);
      seen.set(name, known);
      return known;
    };
  }

  /** Who asked for the marker in this log line. */
  #askerOf({ data }: Event): string | undefined {
    if (this.#markers.size === 0 || !(data instanceof LogData)) return undefined;
    for (const [marker, principal] of this.#markers) {
      if (!data.msg.includes(marker)) continue;
      this.#markers.delete(marker);
      return principal;
    }
    return undefined;
  }

  /** Whether it is for the one whom everybody is. */
  #isForNameless(to: (principal: string) => boolean): boolean {
    const name = this.#guard?.nameless;
    return name !== undefined && (to('') || to(name));
  }

  #admitted<T>(name: string, kind: DataKind, list: readonly T[]): readonly T[] {
    const check = this.#check;
    const sound = check === undefined ? list : list.filter((item) => check.admitsAnswer(name, kind, item));
    const isWhole = this.#filter === undefined && this.#plain === undefined;
    return inZone(isWhole ? sound : sound.filter((item) => this.admits(item)), this.#zone);
  }

  #send(event: Event, to?: (principal: string) => boolean, topic = ''): void {
    const isForAll = to === undefined || (!this.#tellsPeers && this.#isForNameless(to));
    if (!isForAll && !this.#tellsPeers) return;
    try {
      const sent = this.#format === 'webtrader' ? webTraderEvent(event) : { topic, data: event };
      if (sent !== undefined)
        this.server.publish(sent.topic, inZone(sent.data, this.#zone), isForAll ? undefined : { to });
    } catch (error) {
      // An event that cannot be pickled would kill a Python publisher; here it is left out, and said.
      this.#logger.error(`Event ${event.type} was not published: ${messageOf(error)}`);
    }
  }
}

/**
 * Where nobody can be told apart, only this machine may come.
 *
 * @throws RpcUsageError `BAD_OPTION` for another address.
 */
function checkLoopback(reply: string, publish: PublishAddress): void {
  const published = typeof publish === 'string' ? [publish] : [publish.topicFrame, publish.pair];
  for (const text of [reply, ...published]) {
    if (text === undefined || isLoopback(parseAddress(text, 'bind'))) continue;
    throw new RpcUsageError(
      'BAD_OPTION',
      `guard: ${text} can be reached from elsewhere, and this transport cannot tell who comes: bind 127.0.0.1, or use the transport 'zmtp'`,
    );
  }
}

/** What came with an order. */
function termsOf({ terms, principal }: CallContext): OrderTerms | undefined {
  if (terms === undefined) return undefined;
  const { deadline, headers } = terms;
  const { [KEY_HEADER]: key, [TRACE_HEADER]: traceparent } = headers;
  return {
    ...{ deadline, principal },
    ...(key === undefined ? {} : { key }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** A guard or an edge says no by its own error, which the order's error carries. Any other no has a name that clients know. */
function notTaken(error: Error): Error {
  const { cause } = error;
  const isRefused = error instanceof SendOrderError && error.outcome === 'refused';
  const isOwn =
    cause instanceof Error && ((isRefused && !(cause instanceof RemoteException)) || cause.name === 'ClusterError');
  return isOwn ? cause : new OrderNotTaken(error.message, { cause: error });
}

/** What vnpy's MainEngine answers with an empty result instead of an exception: it was not done, and will not be. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof SendOrderError) return error.outcome !== 'unknown';
  return error instanceof GatewayError && error.code === 'UNKNOWN_SYMBOL';
}
