/**
 * What vnpy's MainEngine offers by RPC, as a TypeScript interface. It may be a vnpy server seen from here (RpcGateway), a
 * simulated one (SimulatedEngine), or one of the user's own. RpcService serves any of them to Python.
 *
 * @module
 */
import type {
  AccountData,
  BarData,
  CancelRequest,
  ContractData,
  HistoryRequest,
  OrderData,
  OrderRequest,
  PositionData,
  SubscribeRequest,
  TickData,
  TradeData,
} from './data/index.js';
import type { Event } from './event.js';

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** What came with an order, beside it: over a cluster, for instance. */
export interface OrderTerms {
  /** Names the order: whoever sends with the same key means the same order. */
  readonly key?: string;
  /** After this the order must not leave, in ms by performance.now(). */
  readonly deadline?: number;
  /** Who asks, where that is known. */
  readonly principal?: string;
  /** W3C trace context of whoever sends it, for the audit and for tracing tools. A cluster carries it; ZeroMQ has no place for it. */
  readonly traceparent?: string;
}

/** The header of a call with {@link OrderTerms.key}. */
export const KEY_HEADER = 'Key';

/** The header of a call with {@link OrderTerms.traceparent}, as W3C names it. */
export const TRACE_HEADER = 'traceparent';

/** What every engine has. In JavaScript nothing else tells that one is missing before a Python asks for it. */
export const ENGINE_METHODS = [
  'subscribe',
  'sendOrder',
  'cancelOrder',
  'queryHistory',
  'getTick',
  'getOrder',
  'getTrade',
  'getPosition',
  'getAccount',
  'getContract',
  'getAllTicks',
  'getAllOrders',
  'getAllTrades',
  'getAllPositions',
  'getAllAccounts',
  'getAllContracts',
  'getAllActiveOrders',
  'on',
] as const satisfies readonly (keyof TradingEngine)[];

/**
 * The functions of `vnpy.trader.engine.MainEngine` that vnpy_rpcservice registers, and the stream of its events.
 *
 * Ids of orders and fills are unique across runs, as those of a broker's sessions are. vnpy's applications remember the fills
 * that they have booked by `vt_tradeid`. They drop one that comes again after a restart (`vnpy_ctastrategy.engine`).
 */
export interface TradingEngine {
  /**
   * Its data come from a vnpy server, as those of an RpcGateway. RpcService then hands them on as they came, and does not look
   * whether they are of vnpy's classes.
   */
  readonly isRemote?: boolean;
  /** Begin to send the ticks of a contract. */
  subscribe(request: SubscribeRequest, gatewayName: string): Awaitable<void>;
  /**
   * @param terms - What came with the order. An engine may leave them alone, because RpcService has looked at the deadline just
   * before.
   * @returns The order's `vt_orderid`, which none had before, or `''` when it was not taken: the reason goes to the log.
   */
  sendOrder(request: OrderRequest, gatewayName: string, terms?: OrderTerms): Awaitable<string>;
  /**
   * Ask for the cancellation of an order; its end comes as an event.
   */
  cancelOrder(request: CancelRequest, gatewayName: string): Awaitable<void>;
  /** Bars from `start` to `end`; none when there are none. */
  queryHistory(request: HistoryRequest, gatewayName: string): Awaitable<readonly BarData[]>;

  /** The last tick of a contract. */
  getTick(vtSymbol: string): Awaitable<TickData | undefined>;
  /** An order by its id, active or not. */
  getOrder(vtOrderid: string): Awaitable<OrderData | undefined>;
  /** A trade by its id. */
  getTrade(vtTradeid: string): Awaitable<TradeData | undefined>;
  /** A position by its id: in vnpy, `gateway.symbol.exchange.direction`. */
  getPosition(vtPositionid: string): Awaitable<PositionData | undefined>;
  /** An account by its id. */
  getAccount(vtAccountid: string): Awaitable<AccountData | undefined>;
  /** A contract by its `symbol.exchange`. */
  getContract(vtSymbol: string): Awaitable<ContractData | undefined>;

  /** The last tick of every contract that has one. */
  getAllTicks(): Awaitable<readonly TickData[]>;
  /** Every order of this session. */
  getAllOrders(): Awaitable<readonly OrderData[]>;
  /** Every trade of this session. */
  getAllTrades(): Awaitable<readonly TradeData[]>;
  /** Every position. */
  getAllPositions(): Awaitable<readonly PositionData[]>;
  /** Every account. */
  getAllAccounts(): Awaitable<readonly AccountData[]>;
  /** Every contract. */
  getAllContracts(): Awaitable<readonly ContractData[]>;
  /** The orders that may still trade. */
  getAllActiveOrders(): Awaitable<readonly OrderData[]>;

  /**
   * For a relay: the last tick that its server has published over the present connection, and no older one. RpcService
   * publishes it again when a client subscribes in a quiet market; a client of vnpy would take an older one for a new price.
   */
  liveTick?(vtSymbol: string): TickData | undefined;

  /**
   * Tell a log event whose `msg` contains `marker`, behind the events of everything that was done before the call. What still
   * waits in a queue of the engine's own comes before it, too. An engine that tells each event at once only has to log it.
   *
   * By it the client of an RpcService knows that it has heard everything. Only then does `RpcGateway.findOrder` say that there
   * is no order. Behind an engine without it, `findOrder` finds every order that is there. Where it finds none, it says
   * `ORDER_UNCERTAIN` at once.
   *
   * @param marker - A text that no other log line has.
   */
  flushEvents?(marker: string): Awaitable<void>;

  /**
   * Everything that happens, each thing once and under its plain type (`eTick.`, not `eTick.rb2705.SHFE`). RpcService adds the
   * second event that vnpy sends.
   *
   * @returns A function that takes the listener away.
   */
  on(name: 'event', listener: (event: Event) => void): () => void;
}
