/**
 * vnpy's data and request classes (`vnpy.trader.object`).
 *
 * @module
 */
export { BaseData } from './base.js';
export type { Extra } from './base.js';
export { CancelRequest } from './cancel-request.js';
export type { CancelRequestInit } from './cancel-request.js';
export { BarData, ContractData, LogData, TickData } from './market.js';
export type { BarDataInit, ContractDataInit, LogDataInit, TickDataInit } from './market.js';
export { replace } from './replace.js';
export type { Changes } from './replace.js';
export { HistoryRequest, OrderRequest, QuoteRequest, SubscribeRequest } from './requests.js';
export type { HistoryRequestInit, OrderRequestInit, QuoteRequestInit, SubscribeRequestInit } from './requests.js';
export { ACTIVE_STATUSES, AccountData, OrderData, PositionData, QuoteData, TradeData } from './trading.js';
export type { AccountDataInit, OrderDataInit, PositionDataInit, QuoteDataInit, TradeDataInit } from './trading.js';
