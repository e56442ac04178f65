/**
 * Serves a trading engine to Python: what vnpy_rpcservice's RpcEngine does for a MainEngine.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import type { TzInfo } from '../pickle/index.js';
import { RpcServer } from '../rpc/index.js';
import type { Logger, PublishAddress, RpcServerOptions, ServerAddresses, ServerStats } from '../rpc/index.js';
import { option, OptionTable, without } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import { optionChecks, SERVER_OPTIONS, withMethods } from '../rpc/internal.js';
import { CancelRequest, HistoryRequest, LogData, OrderRequest, SubscribeRequest } from './data/index.js';
import type { TickData } from './data/index.js';
import { describe } from './data/describe.js';
import { ENGINE_METHODS } from './engine.js';
import type { Awaitable, TradingEngine } from './engine.js';
import { GatewayError, SendOrderError } from './errors.js';
import { ClientFilter } from './client-filter.js';
import { DataCheck } from './data-check.js';
import { Event } from './event.js';
import { EventType, classify, eventTypes } from './kinds.js';
import type { DataKind } from './kinds.js';
import { isMarker } from './gateway/order-search/marker.js';
import { vnpyRegistry } from './registry.js';
import { inZone, ZONE_ROW, zoneOption } from './zone.js';

/** The name under which vnpy_rpcservice logs. */
const APP_NAME = 'RpcService';

/** Options of RpcService: those of its RpcServer, and two of its own. */
export interface RpcServiceOptions extends RpcServerOptions {
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
}

/** The options of a service. */
export const SERVICE_OPTIONS = new OptionTable(optionChecks, 'the options of RpcService', {
  ...SERVER_OPTIONS.rows,
  oldestClient: option.other<string>('a version of vnpy'),
  zone: ZONE_ROW,
} satisfies RowsOf<RpcServiceOptions>);

/** Counters of an RpcService. */
export interface ServiceStats extends ServerStats {
  /** Pieces of data left out for `oldestClient`, each time that they were. */
  readonly withheld: number;
  /** Events and parts of answers that the engine gave and that were refused: their data are not of vnpy's class for them. */
  readonly refused: number;
}

/**
 * Serves an engine. An unmodified Python `RpcGateway` connects to it and finds what it finds at a vnpy server: the same
 * functions with the same parameters, the same events, in the same format.
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
  readonly #filter: ClientFilter | undefined;
  /** None for a relay: it hands on what it has received, as its own server would have sent it. */
  readonly #check: DataCheck | undefined;
  readonly #zone: TzInfo;
  /** The last tick of each symbol that was published. */
  readonly #lastTicks = new Map<string, TickData>();
  /** The orders that the engine is taking now. */
  readonly #taking = new Set<Promise<unknown>>();

  /** @throws RpcUsageError `BAD_OPTION` for an option that makes no sense. */
  constructor(engine: TradingEngine, options: RpcServiceOptions = {}) {
    const { oldestClient, zone, logger } = SERVICE_OPTIONS.resolve(options);
    this.#engine = withMethods('the engine of RpcService', engine, ENGINE_METHODS);
    this.#logger = logger;
    this.#zone = zoneOption(zone);
    this.#check = engine.isRemote === true ? undefined : new DataCheck(this.#logger);
    this.#filter = oldestClient === undefined ? undefined : new ClientFilter(oldestClient, this.#logger);
    this.server = new RpcServer({
      ...without(options, 'oldestClient', 'zone'),
      registry: options.registry ?? vnpyRegistry,
    });
    this.#registerRequests();
    this.#registerQueries();
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
    await this.server.start(replyAddress, publishAddress);
    this.#unlisten ??= this.#engine.on('event', (event) => {
      this.#publish(event);
    });
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
    return { ...this.server.stats(), withheld: this.#filter?.withheld ?? 0, refused: this.#check?.refused ?? 0 };
  }

  /**
   * Whether all clients can load a piece of data, as `oldestClient` tells: for functions and events of your own on
   * {@link RpcService.server}. What they cannot is counted and logged.
   */
  admits(data: unknown): boolean {
    return this.#filter?.admits(data) ?? true;
  }

  /** Tells all clients something by vnpy's log, where a person sees it: in VeighNa Trader, for instance. */
  log(msg: string): void {
    this.#send(new Event(EventType.LOG, new LogData({ gateway_name: APP_NAME, msg, level: 30 })));
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

  /** The functions that do something. Parameters have MainEngine's names (vnpy/trader/engine.py). */
  #registerRequests(): void {
    const params = ['req', 'gateway_name'];
    const engine = this.#engine;
    const register = <Request extends object, Result>(
      name: string,
      type: abstract new (...args: never[]) => Request,
      handle: (request: Request, gatewayName: string) => Awaitable<Result>,
      refused: Result,
    ): void => {
      const handler = async (request: unknown, gatewayName: unknown): Promise<Result> => {
        if (!(request instanceof type))
          throw new TypeError(`${name}() takes a ${type.name} as req, got ${describe(request)}`);

        if (typeof gatewayName !== 'string')
          throw new TypeError(`${name}() takes a str as gateway_name, got ${describe(gatewayName)}`);

        try {
          return await handle(request, gatewayName);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          // vnpy says no by an empty result, and says why in its log.
          this.log(`${name}: ${error.message}`);
          return refused;
        }
      };
      this.server.register(name, handler, { params });
    };
    register('subscribe', SubscribeRequest, (request, gatewayName) => this.#subscribe(request, gatewayName), undefined);
    register('send_order', OrderRequest, (request, gatewayName) => this.#take(request, gatewayName), '');
    register(
      'cancel_order',
      CancelRequest,
      async (request, gatewayName) => {
        if (isMarker(gatewayName)) await this.#flush(gatewayName);
        else await engine.cancelOrder(request, gatewayName);
      },
      undefined,
    );
    register(
      'query_history',
      HistoryRequest,
      async (request, gatewayName) =>
        this.#admitted('query_history', 'bar', await engine.queryHistory(request, gatewayName)),
      [],
    );
  }

  /**
   * A server's gateway may answer a subscription with its last tick, as CTP does. A relay has nothing to answer with while
   * nothing moves, but for the last tick that it published itself.
   */
  async #subscribe(request: SubscribeRequest, gatewayName: string): Promise<void> {
    const { vt_symbol: vtSymbol } = request;
    const before = this.#lastTicks.get(vtSymbol);
    await this.#engine.subscribe(request, gatewayName);
    const last = this.#lastTicks.get(vtSymbol);
    if (last === undefined || last !== before || last !== this.#engine.liveTick?.(vtSymbol)) return;
    this.#publish(new Event(EventType.TICK, last));
  }

  /** A cancel for a gateway that is not there, in which a client asks whether it has heard everything. */
  async #flush(marker: string): Promise<void> {
    // It may ask over another connection than the one that its order came by: it must not overtake the order.
    await Promise.allSettled(this.#taking);
    if (this.#engine.flushEvents === undefined)
      throw new TypeError('this engine has no flushEvents: what it has done may not have been told yet');
    await this.#engine.flushEvents(marker);
  }

  async #take(request: OrderRequest, gatewayName: string): Promise<string> {
    const taking = Promise.resolve(this.#engine.sendOrder(request, gatewayName));
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
    const engine = this.#engine;
    const one = (name: string, kind: DataKind, param: string, get: (key: string) => unknown): void => {
      const handler = async (key: unknown): Promise<unknown> => {
        const found = typeof key === 'string' ? await get(key) : undefined;
        if (found === undefined || found === null) return null;
        return this.#admitted(name, kind, [found])[0] ?? null;
      };
      server.register(name, handler, { params: [param] });
    };
    one('get_tick', 'tick', 'vt_symbol', (key) => engine.getTick(key));
    one('get_order', 'order', 'vt_orderid', (key) => engine.getOrder(key));
    one('get_trade', 'trade', 'vt_tradeid', (key) => engine.getTrade(key));
    one('get_position', 'position', 'vt_positionid', (key) => engine.getPosition(key));
    one('get_account', 'account', 'vt_accountid', (key) => engine.getAccount(key));
    one('get_contract', 'contract', 'vt_symbol', (key) => engine.getContract(key));
    const all = (name: string, kind: DataKind, get: () => Awaitable<readonly unknown[]>): void => {
      server.register(name, async () => this.#admitted(name, kind, await get()), { params: [] });
    };
    all('get_all_ticks', 'tick', () => engine.getAllTicks());
    all('get_all_orders', 'order', () => engine.getAllOrders());
    all('get_all_trades', 'trade', () => engine.getAllTrades());
    all('get_all_positions', 'position', () => engine.getAllPositions());
    all('get_all_accounts', 'account', () => engine.getAllAccounts());
    all('get_all_contracts', 'contract', () => engine.getAllContracts());
    all('get_all_active_orders', 'order', () => engine.getAllActiveOrders());
  }

  /** As RpcEngine.process_event: everything but the timer, under the topic `''`. */
  #publish(event: Event): void {
    if (event.type === EventType.TIMER || this.#check?.admitsEvent(event) === false || !this.admits(event.data)) return;
    this.#send(event);
    const item = classify(event.data);
    if (item === undefined) return;
    const { plain, specific } = eventTypes(item);
    if (item.kind === 'tick' && event.type === plain) this.#lastTicks.set(item.data.vt_symbol, item.data);
    // BaseGateway sends it a second time with the id, for those who listen to one symbol or order only.
    if (event.type === plain && specific !== undefined) this.#send(new Event(specific, event.data));
  }

  #admitted<T>(name: string, kind: DataKind, list: readonly T[]): readonly T[] {
    const check = this.#check;
    const sound = check === undefined ? list : list.filter((item) => check.admitsAnswer(name, kind, item));
    return inZone(this.#filter === undefined ? sound : sound.filter((item) => this.admits(item)), this.#zone);
  }

  #send(event: Event): void {
    try {
      this.server.publish('', inZone(event, this.#zone));
    } catch (error) {
      // An event that cannot be pickled would kill a Python publisher; here it is left out, and said.
      this.#logger.error(`Event ${event.type} was not published: ${messageOf(error)}`);
    }
  }
}

/** What vnpy's MainEngine answers with an empty result instead of an exception: it was not done, and will not be. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof SendOrderError) return error.outcome !== 'unknown';
  return error instanceof GatewayError && error.code === 'UNKNOWN_SYMBOL';
}
