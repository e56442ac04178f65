/**
 * What a strategy needs of a gateway, as a TypeScript interface.
 *
 * @module
 */
import type { ClientStatus } from '../rpc/index.js';
import type {
  BarData,
  CancelRequest,
  HistoryRequest,
  OrderData,
  OrderRequest,
  SubscribeRequest,
  TickData,
} from './data/index.js';
import type { Awaitable, TradingEngine } from './engine.js';
import type { Event } from './event.js';
import type { WaitOptions } from './gateway/order-waiters.js';
import type {
  DataStreamOptions,
  GatewayEvents,
  NextOptions,
  RequestOptions,
  ResyncReport,
  TickStreamOptions,
} from './gateway/types.js';
import type { DataByKind, DataKind } from './kinds.js';
import type { StateView } from './state-view.js';

/**
 * A vnpy server, or several, as a strategy sees it: state in maps, requests, events. {@link RpcGateway} is one. Strategies,
 * OffsetConverter and a relay take this, and so work with any of them. Each member is described at RpcGateway.
 */
export interface TradingGateway
  extends
    Pick<StateView, keyof StateView>,
    Omit<TradingEngine, keyof StateView | 'on' | 'subscribe' | 'sendOrder' | 'cancelOrder' | 'queryHistory'>,
    AsyncDisposable {
  /** The name of this gateway. */
  readonly gatewayName: string;
  /** As {@link TradingEngine.liveTick}. */
  liveTick?(vtSymbol: string): TickData | undefined;
  /** As {@link TradingEngine.flushEvents}. */
  flushEvents?(marker: string): Awaitable<void>;

  /** Connects to where it was made for; resolves when the state is complete. It reconnects by itself. */
  connect(): Promise<void>;
  /** Ends the connection, all waiting and all iterators. May be called again. */
  close(): Promise<void>;
  /** Whether the server can be reached now. */
  status(): ClientStatus;

  /** Begins to receive the ticks of a contract, given by its `vt_symbol` or as a request. */
  subscribe(request: SubscribeRequest | string, target?: string | RequestOptions): Promise<void>;
  /**
   * Sends an order, once.
   *
   * @returns Its `vt_orderid`.
   * @throws SendOrderError, whose `outcome` says whether the order may exist.
   */
  sendOrder(request: OrderRequest, target?: string | RequestOptions): Promise<string>;
  /** Asks to cancel an order; whether it was cancelled, its status tells. */
  cancelOrder(order: CancelRequest | OrderData, target?: string | RequestOptions): Promise<void>;
  /** Asks for bars. */
  queryHistory(request: HistoryRequest, target?: string | RequestOptions): Promise<BarData[]>;
  /** Waits until an order is no longer active, or as `until` wants it. */
  waitForOrder(vtOrderid: string, options?: WaitOptions): Promise<OrderData>;
  /** What became of an order, by its reference; undefined only when there is none, and none will come. */
  findOrder(reference: string, options?: Omit<RequestOptions, 'gatewayName'>): Promise<OrderData | undefined>;
  /** Compares the state with the server's, and tells what was missed. */
  resync(options?: Pick<RequestOptions, 'signal'>): Promise<ResyncReport>;

  /** Adds a listener; what is returned takes it away. */
  on<Name extends keyof GatewayEvents>(name: Name, listener: (...args: GatewayEvents[Name]) => void): () => void;
  /** Takes a listener away. */
  off<Name extends keyof GatewayEvents>(name: Name, listener: (...args: GatewayEvents[Name]) => void): void;
  /** Ticks, through a bounded queue. */
  events(
    kind: 'tick',
    options?: DataStreamOptions<TickData> & TickStreamOptions,
  ): AsyncIterableIterator<TickData, undefined>;
  /** Data of one kind, in order, through a bounded queue. */
  events<K extends DataKind>(
    kind: K,
    options?: DataStreamOptions<DataByKind[K]>,
  ): AsyncIterableIterator<DataByKind[K], undefined>;
  /** Everything that comes, in order, through a bounded queue. */
  events(options?: DataStreamOptions<Event>): AsyncIterableIterator<Event, undefined>;
  /** The next tick. */
  next(kind: 'tick', options?: NextOptions<TickData> & Pick<TickStreamOptions, 'stale'>): Promise<TickData>;
  /** The next piece of data of a kind. */
  next<K extends DataKind>(kind: K, options?: NextOptions<DataByKind[K]>): Promise<DataByKind[K]>;
}
