/**
 * What WebTrader's server publishes (`WebEngine` of vnpy_webtrader/engine.py). Its web process takes nothing else: it writes
 * the data of each event as JSON, which a vnpy Event is not.
 *
 * @module
 */
import type { Event } from './event.js';
import { classify, eventTypes } from './kinds.js';
import type { DataKind } from './kinds.js';

/** The kinds that WebEngine registers for. Contracts, quotes and logs are asked for, or not shown. */
const KINDS: ReadonlySet<DataKind> = new Set<DataKind>(['tick', 'trade', 'order', 'position', 'account']);

/**
 * An event in WebTrader's format: bare data under its type.
 *
 * @returns undefined for what WebTrader's server does not publish.
 */
export function webTraderEvent({ type, data }: Event): { readonly topic: string; readonly data: unknown } | undefined {
  const item = classify(data);
  if (item === undefined || !KINDS.has(item.kind) || type !== eventTypes(item).plain) return undefined;
  return { topic: type, data };
}
