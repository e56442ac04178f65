/**
 * vnpy's enums and classes, and vnpy servers and clients made of them.
 *
 * @module
 */
export * from './data/public.js';
export type { DataByKind, DataKind } from './kinds.js';
export { SimulatedEngine } from './simulation/engine.js';
export type { SimulatedEngineOptions } from './simulation/options.js';
export type { FeeRate } from './simulation/fees.js';
export type { SimulationLanguage } from './simulation/texts.js';
export type { Awaitable, OrderTerms, TradingEngine } from './engine.js';
export type { EngineGuard, GuardedAddresses } from './engine-guard.js';
export { StateView } from './state-view.js';
export type { StateKind } from './kinds.js';
export type { TradingGateway } from './trading-gateway.js';
export { DatafeedError, GatewayError, SendOrderError } from './errors.js';
export type { GatewayErrorCode, OrderOutcome, SendOrderDetails } from './errors.js';
export { JoinedEngine } from './joined/engine.js';
export type { JoinedEvents } from './joined/engine.js';
export { RpcDatafeed } from './datafeed.js';
export type { RpcDatafeedOptions } from './datafeed.js';
export { DatafeedServer } from './datafeed-server.js';
export type { DatafeedServerOptions } from './datafeed-server.js';
export type { Datafeed } from './datafeed-server.js';
export { BarGenerator } from './bar-generator.js';
export type { BarGeneratorOptions } from './bar-generator.js';
export { ceilTo, floorTo, roundTo } from './rounding.js';
export { OffsetConverter } from './offset-converter.js';
export type { ConvertOptions, OffsetSource } from './offset-converter.js';
export { RpcService } from './service.js';
export type { RpcServiceOptions, ServiceStats } from './service.js';
export { RpcGateway } from './gateway/gateway.js';
export type { WaitOptions } from './gateway/order-waiters.js';
export type { SnapshotKind } from './kinds.js';
export type { StaleReport } from './gateway/stale-watch.js';
export type {
  DataStreamOptions,
  GatewayEvents,
  GatewayProblem,
  GatewayStats,
  GatewayTimeouts,
  NextOptions,
  RequestOptions,
  ResyncReport,
  RpcGatewayOptions,
  SnapshotParts,
  SnapshotProgress,
  StreamKind,
  StreamOverflow,
  TickInfo,
  TickStreamOptions,
} from './gateway/types.js';
