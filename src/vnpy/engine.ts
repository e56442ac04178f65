/**
 * What vnpy's MainEngine offers by RPC, as a TypeScript interface: a vnpy server seen from here (RpcGateway), a simulated
 * one (SimulatedEngine), or one of the user's own, which RpcService then serves to Python.
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

/** The functions of `vnpy.trader.engine.MainEngine` that vnpy_rpcservice registers, and the stream of its events. */
export interface TradingEngine {
  /** Begin to send the ticks of a contract. */
  subscribe(request: SubscribeRequest, gatewayName: string): Awaitable<void>;
  /** @returns The order's `vt_orderid`, or `''` when it was not taken: the reason goes to the log. */
  sendOrder(request: OrderRequest, gatewayName: string): Awaitable<string>;
  cancelOrder(request: CancelRequest, gatewayName: string): Awaitable<void>;
  queryHistory(request: HistoryRequest, gatewayName: string): Awaitable<readonly BarData[]>;

  getTick(vtSymbol: string): Awaitable<TickData | undefined>;
  getOrder(vtOrderid: string): Awaitable<OrderData | undefined>;
  getTrade(vtTradeid: string): Awaitable<TradeData | undefined>;
  getPosition(vtPositionid: string): Awaitable<PositionData | undefined>;
  getAccount(vtAccountid: string): Awaitable<AccountData | undefined>;
  getContract(vtSymbol: string): Awaitable<ContractData | undefined>;

  getAllTicks(): Awaitable<readonly TickData[]>;
  getAllOrders(): Awaitable<readonly OrderData[]>;
  getAllTrades(): Awaitable<readonly TradeData[]>;
  getAllPositions(): Awaitable<readonly PositionData[]>;
  getAllAccounts(): Awaitable<readonly AccountData[]>;
  getAllContracts(): Awaitable<readonly ContractData[]>;
  getAllActiveOrders(): Awaitable<readonly OrderData[]>;

  /**
   * Everything that happens, each thing once and under its plain type (`eTick.`, not `eTick.rb2410.SHFE`): whoever
   * serves it to Python adds the second event that vnpy sends.
   *
   * @returns A function that takes the listener away.
   */
  on(name: 'event', listener: (event: Event) => void): () => void;
}
