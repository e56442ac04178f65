/**
 * Limits, reservations and the trading day.
 *
 * @module
 */
export { RiskBook } from './book.js';
export { TradingDays } from './trading-day.js';
export type { Day } from './trading-day.js';
export type { StoredState } from './stored.js';
export type {
  BaselinePosition,
  Latch,
  Refusal,
  Reservation,
  ReservationState,
  RiskBookOptions,
  RiskCancel,
  RiskClock,
  RiskDecision,
  RiskListeners,
  RiskOrder,
  RiskPolicy,
  RiskSnapshot,
  RiskSubject,
  Scope,
  UnknownReservation,
  Verdict,
  Warning,
} from './types.js';
export { LIMIT_ORDER } from './rules/table.js';
