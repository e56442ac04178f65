/**
 * vnpy's data as the console writes them in JSON: the form of `toPlain` and of `vnpy-bridge … --json`.
 *
 * Enums are names, times are ISO 8601 with µs and the offset that vnpy gave them. A number that JSON cannot write is null.
 *
 * @module
 */
import * as v from 'valibot';
import {
  Direction,
  Exchange,
  Interval,
  Offset,
  OptionType,
  OrderType,
  Product,
  Status,
} from '../../vnpy/data/public.js';

/** The names of an enum. */
function namesOf<Members extends object>(members: Members): (keyof Members & string)[] {
  return Object.keys(members) as (keyof Members & string)[];
}

/** Names that a request may give. */
export const DirectionName = v.picklist(namesOf(Direction));
export const OffsetName = v.picklist(namesOf(Offset));
export const OrderTypeName = v.picklist(namesOf(OrderType));
export const ExchangeName = v.picklist(namesOf(Exchange));
export const ProductName = v.picklist(namesOf(Product));
export const StatusName = v.picklist(namesOf(Status));
export const OptionTypeName = v.picklist(namesOf(OptionType));
/** vnpy's own texts of intervals: `1m`, `1h`, `d`, `w`. */
export const IntervalText = v.picklist(['1m', '1h', 'd', 'w']);

/** A name that a server gives: a newer vnpy, or a gateway of somebody's own, may have one that is not known here. */
const open = <const Names extends v.PicklistSchema<string[], undefined>>(names: Names) => v.union([names, v.string()]);

/** A double; null for NaN and the infinities. */
const number = v.nullable(v.number());
const text = v.string();
const time = v.pipe(
  v.string(),
  v.description('ISO 8601 with µs and offset, as the gateway gave it: 2026-11-27T10:15:30.500000+08:00'),
);
/** What a gateway added: nothing is known of it. */
const extra = v.unknown();

const base = { gateway_name: text, extra };
const ofContract = { symbol: text, exchange: open(ExchangeName), vt_symbol: text };

const level = <const Side extends string>(side: Side) => {
  const names = [1, 2, 3, 4, 5].map((depth) => `${side}_${depth}`);
  return Object.fromEntries(names.map((name) => [name, number])) as Record<
    `${Side}_${1 | 2 | 3 | 4 | 5}`,
    typeof number
  >;
};

/** vnpy's TickData. */
export const Tick = v.object({
  ...base,
  ...ofContract,
  datetime: time,
  name: text,
  volume: number,
  turnover: number,
  open_interest: number,
  last_price: number,
  last_volume: number,
  limit_up: number,
  limit_down: number,
  open_price: number,
  high_price: number,
  low_price: number,
  pre_close: number,
  ...level('bid_price'),
  ...level('ask_price'),
  ...level('bid_volume'),
  ...level('ask_volume'),
  localtime: v.nullable(time),
});

/** vnpy's OrderData. */
export const Order = v.object({
  ...base,
  ...ofContract,
  orderid: text,
  vt_orderid: text,
  type: open(OrderTypeName),
  direction: v.nullable(open(DirectionName)),
  offset: open(OffsetName),
  price: number,
  volume: number,
  traded: number,
  status: open(StatusName),
  datetime: v.nullable(time),
  reference: text,
});

/** vnpy's TradeData. */
export const Trade = v.object({
  ...base,
  ...ofContract,
  orderid: text,
  tradeid: text,
  vt_orderid: text,
  vt_tradeid: text,
  direction: v.nullable(open(DirectionName)),
  offset: open(OffsetName),
  price: number,
  volume: number,
  datetime: v.nullable(time),
});

/** vnpy's PositionData. */
export const Position = v.object({
  ...base,
  ...ofContract,
  vt_positionid: text,
  direction: open(DirectionName),
  volume: number,
  frozen: number,
  price: number,
  pnl: number,
  yd_volume: number,
});

/** vnpy's AccountData. */
export const Account = v.object({
  ...base,
  accountid: text,
  vt_accountid: text,
  balance: number,
  frozen: number,
  available: number,
});

/** vnpy's QuoteData. */
export const Quote = v.object({
  ...base,
  ...ofContract,
  quoteid: text,
  vt_quoteid: text,
  bid_price: number,
  bid_volume: number,
  ask_price: number,
  ask_volume: number,
  bid_offset: open(OffsetName),
  ask_offset: open(OffsetName),
  status: open(StatusName),
  datetime: v.nullable(time),
  reference: text,
});

/** vnpy's ContractData. */
export const Contract = v.object({
  ...base,
  ...ofContract,
  name: text,
  product: open(ProductName),
  size: number,
  pricetick: number,
  min_volume: number,
  max_volume: number,
  stop_supported: v.boolean(),
  net_position: v.boolean(),
  history_data: v.boolean(),
  option_strike: number,
  option_underlying: v.nullable(text),
  option_type: v.nullable(open(OptionTypeName)),
  option_listed: v.nullable(text),
  option_expiry: v.nullable(text),
  option_portfolio: v.nullable(text),
  option_index: v.nullable(text),
});

/** vnpy's LogData. */
export const Log = v.object({ ...base, msg: text, level: v.number(), time });

/** vnpy's BarData. */
export const Bar = v.object({
  ...base,
  ...ofContract,
  datetime: time,
  interval: v.nullable(open(v.picklist(namesOf(Interval)))),
  volume: number,
  turnover: number,
  open_interest: number,
  open_price: number,
  high_price: number,
  low_price: number,
  close_price: number,
});

/** A bar of the stream: the one that grows is not complete. */
export const LiveBar = v.object({ ...Bar.entries, complete: v.boolean() });

export type Tick = v.InferOutput<typeof Tick>;
export type Order = v.InferOutput<typeof Order>;
export type Trade = v.InferOutput<typeof Trade>;
export type Position = v.InferOutput<typeof Position>;
export type Account = v.InferOutput<typeof Account>;
export type Quote = v.InferOutput<typeof Quote>;
export type Contract = v.InferOutput<typeof Contract>;
export type Log = v.InferOutput<typeof Log>;
export type Bar = v.InferOutput<typeof Bar>;
export type LiveBar = v.InferOutput<typeof LiveBar>;
