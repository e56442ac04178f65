/**
 * Numbers where a peer has put an int beyond 2^53 into a field that vnpy declares float: the codec reads it as a bigint.
 *
 * @module
 */
import type { DataByKind, DataKind, KindedData } from '../event.js';

/** Of each kind, the fields that can become so large at all. */
const FIELDS = {
  bar: ['volume', 'turnover', 'open_interest', 'open_price', 'high_price', 'low_price', 'close_price'],
  order: ['price', 'volume', 'traded'],
  trade: ['price', 'volume'],
  position: ['volume', 'frozen', 'price', 'pnl', 'yd_volume'],
  account: ['balance', 'frozen', 'available'],
  contract: ['size', 'pricetick', 'min_volume', 'max_volume', 'option_strike'],
  quote: ['bid_price', 'bid_volume', 'ask_price', 'ask_volume'],
  log: [],
} as const satisfies { readonly [K in Exclude<DataKind, 'tick'>]: readonly (keyof DataByKind[K])[] };

/** Changes `item` in place: it was decoded a moment ago and nobody else has it. */
export function roundLargeInts(item: KindedData): void {
  if (item.kind === 'tick') {
    roundTick(item.data);
    return;
  }
  const fields = item.data as unknown as Record<string, unknown>;
  for (const name of FIELDS[item.kind]) {
    const value = fields[name];
    if (typeof value === 'bigint') fields[name] = Number(value);
  }
}

/** Ticks come in floods: written out, because a look by name costs ten times as much. */
function roundTick(
  tick: Record<'volume' | 'turnover' | 'open_interest' | 'last_volume' | 'limit_up' | 'limit_down', unknown>,
): void {
  if (typeof tick.volume === 'bigint') tick.volume = Number(tick.volume);
  if (typeof tick.turnover === 'bigint') tick.turnover = Number(tick.turnover);
  if (typeof tick.open_interest === 'bigint') tick.open_interest = Number(tick.open_interest);
  if (typeof tick.last_volume === 'bigint') tick.last_volume = Number(tick.last_volume);
  // Some feeds put the largest int there for "no limit".
  if (typeof tick.limit_up === 'bigint') tick.limit_up = Number(tick.limit_up);
  if (typeof tick.limit_down === 'bigint') tick.limit_down = Number(tick.limit_down);
}
