/**
 * Serves a trading engine to Python: what vnpy_rpcservice's RpcEngine does for a MainEngine.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { RpcServer } from '../rpc/index.js';
import type { Logger, PublishAddress, RpcServerOptions, ServerAddresses, ServerStats } from '../rpc/index.js';
import { silentLogger } from '../rpc/logger.js';
import { CancelRequest, HistoryRequest, LogData, OrderRequest, SubscribeRequest } from './data/index.js';
import { describe } from './data/describe.js';
import type { Awaitable, TradingEngine } from './engine.js';
import { GatewayError, SendOrderError } from './errors.js';
import { Event, EventType, classify, eventTypes } from './event.js';
import { vnpyRegistry } from './registry.js';

/** The name under which vnpy_rpcservice logs. */
const APP_NAME = 'RpcService';

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

  constructor(engine: TradingEngine, options: RpcServerOptions = {}) {
    this.#engine = engine;
    this.#logger = options.logger ?? silentLogger;
    this.server = new RpcServer({ registry: vnpyRegistry, ...options });
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

  /** Counters of the RPC server, taken now. */
  stats(): ServerStats {
    return this.server.stats();
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
        if (!(request instanceof type)) {
          throw new TypeError(`${name}() takes a ${type.name} as req, got ${describe(request)}`);
        }
        if (typeof gatewayName !== 'string') {
          throw new TypeError(`${name}() takes a str as gateway_name, got ${describe(gatewayName)}`);
        }
        try {
          return await handle(request, gatewayName);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          // vnpy says no by an empty result, and says why in its log.
          this.#log(`${name}: ${error.message}`);
          return refused;
        }
      };
      this.server.register(name, handler, { params });
    };
    register(
      'subscribe',
      SubscribeRequest,
      (request, gatewayName) => engine.subscribe(request, gatewayName),
      undefined,
    );
    register('send_order', OrderRequest, (request, gatewayName) => engine.sendOrder(request, gatewayName), '');
    register(
      'cancel_order',
      CancelRequest,
      (request, gatewayName) => engine.cancelOrder(request, gatewayName),
      undefined,
    );
    register('query_history', HistoryRequest, (request, gatewayName) => engine.queryHistory(request, gatewayName), []);
  }

  /** The functions that only look. Parameters have OmsEngine's names. */
  #registerQueries(): void {
    const { server } = this;
    const engine = this.#engine;
    const one = (name: string, param: string, get: (key: string) => unknown): void => {
      const handler = async (key: unknown): Promise<unknown> =>
        typeof key === 'string' ? ((await get(key)) ?? null) : null;
      server.register(name, handler, { params: [param] });
    };
    one('get_tick', 'vt_symbol', (key) => engine.getTick(key));
    one('get_order', 'vt_orderid', (key) => engine.getOrder(key));
    one('get_trade', 'vt_tradeid', (key) => engine.getTrade(key));
    one('get_position', 'vt_positionid', (key) => engine.getPosition(key));
    one('get_account', 'vt_accountid', (key) => engine.getAccount(key));
    one('get_contract', 'vt_symbol', (key) => engine.getContract(key));
    const all = (name: string, get: () => unknown): void => {
      server.register(name, get, { params: [] });
    };
    all('get_all_ticks', () => engine.getAllTicks());
    all('get_all_orders', () => engine.getAllOrders());
    all('get_all_trades', () => engine.getAllTrades());
    all('get_all_positions', () => engine.getAllPositions());
    all('get_all_accounts', () => engine.getAllAccounts());
    all('get_all_contracts', () => engine.getAllContracts());
    all('get_all_active_orders', () => engine.getAllActiveOrders());
  }

  /** As RpcEngine.process_event: everything but the timer, under the topic `''`. */
  #publish(event: Event): void {
    if (event.type === EventType.TIMER) return;
    this.#send(event);
    const item = classify(event.data);
    if (item === undefined) return;
    const { plain, specific } = eventTypes(item);
    // BaseGateway sends it a second time with the id, for those who listen to one symbol or order only.
    if (event.type === plain && specific !== undefined) this.#send(new Event(specific, event.data));
  }

  #send(event: Event): void {
    try {
      this.server.publish('', event);
    } catch (error) {
      // An event that cannot be pickled would kill a Python publisher; here it is left out, and said.
      this.#logger.error(`Event ${event.type} was not published: ${messageOf(error)}`);
    }
  }

  #log(msg: string): void {
    this.#send(new Event(EventType.LOG, new LogData({ gateway_name: APP_NAME, msg, level: 30 })));
  }
}

/** What vnpy's MainEngine answers with an empty result instead of an exception. */
function isRefusal(error: unknown): error is Error {
  if (error instanceof SendOrderError) return error.outcome === 'refused';
  return error instanceof GatewayError && error.code === 'UNKNOWN_SYMBOL';
}
