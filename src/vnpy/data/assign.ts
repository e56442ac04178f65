/**
 * Assignments of all attributes at once, for the classes that come in floods: as a peer sends them, unchecked.
 *
 * Written out, because an assignment by name costs ten times as much; the decoder tries them before it relies on them.
 *
 * @module
 */
import type { BaseData } from './base.js';
import type { BarData, ContractData, TickData } from './market.js';
import type { OrderData, TradeData } from './trading.js';

/** A class's own attributes, taking whatever a peer sends. */
type Received<T> = { -readonly [K in keyof T]: unknown };

/** See `assign` of the codec's `ObjectDefinition`. */
export type Assign<T> = (target: T, values: readonly unknown[], from: number, count: number) => boolean;

/**
 * Assigns what all data have, and then the `own` attributes. `extra` comes second or, as from vnpy itself, not at all: vnpy
 * keeps it in the class until a gateway sets it.
 */
function withBase<T extends BaseData>(
  own: number,
  assignOwn: (target: Received<T>, values: readonly unknown[], from: number) => void,
): Assign<T> {
  return (target, values, from, count) => {
    const received: Received<T> = target;
    if (count !== own + 1 && count !== own + 2) return false;
    const base: Received<BaseData> = target;
    base.gateway_name = values[from];
    if (count === own + 2) base.extra = values[from + 2];
    assignOwn(received, values, from + 2 * (count - own));
    return true;
  };
}

export const assignTickData = withBase<TickData>(37, (target, values, from) => {
  target.symbol = values[from];
  target.exchange = values[from + 2];
  target.datetime = values[from + 4];
  target.name = values[from + 6];
  target.volume = values[from + 8];
  target.turnover = values[from + 10];
  target.open_interest = values[from + 12];
  target.last_price = values[from + 14];
  target.last_volume = values[from + 16];
  target.limit_up = values[from + 18];
  target.limit_down = values[from + 20];
  target.open_price = values[from + 22];
  target.high_price = values[from + 24];
  target.low_price = values[from + 26];
  target.pre_close = values[from + 28];
  target.bid_price_1 = values[from + 30];
  target.bid_price_2 = values[from + 32];
  target.bid_price_3 = values[from + 34];
  target.bid_price_4 = values[from + 36];
  target.bid_price_5 = values[from + 38];
  target.ask_price_1 = values[from + 40];
  target.ask_price_2 = values[from + 42];
  target.ask_price_3 = values[from + 44];
  target.ask_price_4 = values[from + 46];
  target.ask_price_5 = values[from + 48];
  target.bid_volume_1 = values[from + 50];
  target.bid_volume_2 = values[from + 52];
  target.bid_volume_3 = values[from + 54];
  target.bid_volume_4 = values[from + 56];
  target.bid_volume_5 = values[from + 58];
  target.ask_volume_1 = values[from + 60];
  target.ask_volume_2 = values[from + 62];
  target.ask_volume_3 = values[from + 64];
  target.ask_volume_4 = values[from + 66];
  target.ask_volume_5 = values[from + 68];
  target.localtime = values[from + 70];
  target.vt_symbol = values[from + 72];
});

export const assignBarData = withBase<BarData>(12, (target, values, from) => {
  target.symbol = values[from];
  target.exchange = values[from + 2];
  target.datetime = values[from + 4];
  target.interval = values[from + 6];
  target.volume = values[from + 8];
  target.turnover = values[from + 10];
  target.open_interest = values[from + 12];
  target.open_price = values[from + 14];
  target.high_price = values[from + 16];
  target.low_price = values[from + 18];
  target.close_price = values[from + 20];
  target.vt_symbol = values[from + 22];
});

export const assignContractData = withBase<ContractData>(19, (target, values, from) => {
  target.symbol = values[from];
  target.exchange = values[from + 2];
  target.name = values[from + 4];
  target.product = values[from + 6];
  target.size = values[from + 8];
  target.pricetick = values[from + 10];
  target.min_volume = values[from + 12];
  target.max_volume = values[from + 14];
  target.stop_supported = values[from + 16];
  target.net_position = values[from + 18];
  target.history_data = values[from + 20];
  target.option_strike = values[from + 22];
  target.option_underlying = values[from + 24];
  target.option_type = values[from + 26];
  target.option_listed = values[from + 28];
  target.option_expiry = values[from + 30];
  target.option_portfolio = values[from + 32];
  target.option_index = values[from + 34];
  target.vt_symbol = values[from + 36];
});

export const assignOrderData = withBase<OrderData>(14, (target, values, from) => {
  target.symbol = values[from];
  target.exchange = values[from + 2];
  target.orderid = values[from + 4];
  target.type = values[from + 6];
  target.direction = values[from + 8];
  target.offset = values[from + 10];
  target.price = values[from + 12];
  target.volume = values[from + 14];
  target.traded = values[from + 16];
  target.status = values[from + 18];
  target.datetime = values[from + 20];
  target.reference = values[from + 22];
  target.vt_symbol = values[from + 24];
  target.vt_orderid = values[from + 26];
});

export const assignTradeData = withBase<TradeData>(12, (target, values, from) => {
  target.symbol = values[from];
  target.exchange = values[from + 2];
  target.orderid = values[from + 4];
  target.tradeid = values[from + 6];
  target.direction = values[from + 8];
  target.offset = values[from + 10];
  target.price = values[from + 12];
  target.volume = values[from + 14];
  target.datetime = values[from + 16];
  target.vt_symbol = values[from + 18];
  target.vt_orderid = values[from + 20];
  target.vt_tradeid = values[from + 22];
});
