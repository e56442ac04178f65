/**
 * vnpy's data as JSON, in the form of `vnpy-bridge … --json`.
 *
 * @module
 */
import { toPlain } from '../vnpy/index.js';
import type * as vnpy from '../vnpy/index.js';
import type { Account, Bar, Contract, Log, Order, Position, Quote, Tick, Trade } from './schema/index.js';

/** More than one object of vnpy has; what a gateway adds in `extra` may be large. */
const MAX_PARTS = 100_000;

const ENUM_FIELDS = [
  ...['exchange', 'direction', 'offset', 'type', 'status', 'product'],
  ...['option_type', 'interval', 'bid_offset', 'ask_offset'],
];

/** One of vnpy's objects. */
export function toJson(data: vnpy.OrderData): Order;
export function toJson(data: vnpy.TradeData): Trade;
export function toJson(data: vnpy.TickData): Tick;
export function toJson(data: vnpy.PositionData): Position;
export function toJson(data: vnpy.AccountData): Account;
export function toJson(data: vnpy.QuoteData): Quote;
export function toJson(data: vnpy.ContractData): Contract;
export function toJson(data: vnpy.BarData): Bar;
export function toJson(data: vnpy.LogData): Log;
export function toJson(data: object): unknown {
  const plain = toPlain(data, MAX_PARTS) as Record<string, unknown>;
  for (const field of ENUM_FIELDS) {
    const value = plain[field];
    // A member that this package does not know is an object, of which its value is shown.
    if (typeof value === 'object' && value !== null) plain[field] = textOfUnknown(value);
  }
  return plain;
}

function textOfUnknown(value: object): string {
  const args: unknown = Reflect.get(value, 'args');
  const first: unknown = Array.isArray(args) ? args[0] : undefined;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : JSON.stringify(value);
}
