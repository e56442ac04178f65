/**
 * The columns of 委托, 活动, 成交 and 报价, and the narrower ones of a phone.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { price, volume } from '../../format/numbers.js';
import { timeOfDay } from '../../format/times.js';
import { memberText } from '../../i18n/index.js';
import type { Order, Quote, Trade } from '../../net/types.js';
import { asked } from '../../state/actions.js';
import { isActive, tickOf } from '../../state/data.js';
import { synced } from '../../state/feed.js';
import { mayTrade } from '../../state/session.js';
import { muted, numbers, sideTone } from '../../ui/column.js';
import type { Column, Tone } from '../../ui/column.js';
import { direction, offset, rowPrice, traders, words } from './words.js';

const status = (order: { readonly status: string }): string => memberText(words.value.enums.status, order.status);
const type = (order: Order): string => memberText(words.value.enums.type, order.type);

function statusTone(order: { readonly status: string }): Tone {
  if (order.status === 'REJECTED') return 'warn';
  return isActive(order) ? undefined : 'muted';
}

function cancelButton(order: Order): preact.ComponentChild {
  if (!mayTrade.value || !isActive(order)) return null;
  const { column } = words.value;
  return (
    <button
      type="button"
      class="small"
      tabIndex={-1}
      aria-label={`${column.action} ${order.orderid}`}
      disabled={!synced.value}
      onClick={() => {
        asked.value = { what: 'cancel', order };
      }}
    >
      {column.action}
    </button>
  );
}

/** 委托 and 活动 */
export const orderColumns = computed((): readonly Column<Order>[] => {
  const { column } = words.value;
  return traders([
    { id: 'cancel', title: column.action, width: 64, text: () => '', control: cancelButton },
    muted('orderid', column.orderid, 108, (order) => order.orderid),
    muted('reference', column.reference, 96, (order) => order.reference),
    { id: 'symbol', title: column.symbol, width: 84, text: (order) => order.symbol },
    muted('exchange', column.exchange, 60, (order) => order.exchange),
    { id: 'type', title: column.type, width: 52, text: type },
    {
      id: 'direction',
      title: column.direction,
      width: 54,
      text: direction,
      tone: (order) => sideTone(order.direction),
    },
    { id: 'offset', title: column.offset, width: 52, text: offset },
    numbers({ id: 'price', title: column.price, width: 82, of: (order) => order.price, write: rowPrice }),
    numbers({ id: 'volume', title: column.total, width: 66, of: (order) => order.volume, write: volume }),
    numbers({ id: 'traded', title: column.traded, width: 66, flash: true, of: (order) => order.traded, write: volume }),
    { id: 'status', title: column.status, width: 84, text: status, tone: statusTone, flash: true },
    muted('time', column.time, 108, (order) => timeOfDay(order.datetime)),
    muted('gateway', column.gateway, 62, (order) => order.gateway_name),
  ]);
});

/** 委托 on a phone. */
export const orderColumnsNarrow = computed((): readonly Column<Order>[] => {
  const { column } = words.value;
  return traders([
    {
      id: 'symbol',
      title: column.contract,
      width: 84,
      text: (order) => order.symbol,
      second: (order) => `${direction(order)} ${offset(order)}`,
      tone: (order) => sideTone(order.direction),
    },
    numbers({
      id: 'price',
      title: column.priceType,
      width: 72,
      second: type,
      of: (order) => order.price,
      write: rowPrice,
    }),
    {
      id: 'traded',
      title: column.tradedTotal,
      width: 72,
      number: true,
      text: (order) => `${volume(order.traded)}/${volume(order.volume)}`,
      by: (order) => order.traded,
    },
    {
      id: 'status',
      title: column.statusTime,
      width: 74,
      text: status,
      second: (order) => timeOfDay(order.datetime, { millis: false }),
      tone: statusTone,
    },
    { id: 'cancel', title: column.action, width: 58, text: () => '', control: cancelButton },
  ]);
});

/** 成交 */
export const tradeColumns = computed((): readonly Column<Trade>[] => {
  const { column } = words.value;
  return [
    muted('tradeid', column.tradeid, 104, (trade) => trade.tradeid),
    muted('orderid', column.orderid, 104, (trade) => trade.orderid),
    { id: 'symbol', title: column.symbol, width: 84, text: (trade) => trade.symbol },
    muted('exchange', column.exchange, 66, (trade) => trade.exchange),
    {
      id: 'direction',
      title: column.direction,
      width: 54,
      text: direction,
      tone: (trade) => sideTone(trade.direction),
    },
    { id: 'offset', title: column.offset, width: 52, text: offset },
    numbers({ id: 'price', title: column.price, width: 82, of: (trade) => trade.price, write: rowPrice }),
    numbers({ id: 'volume', title: column.volume, width: 64, of: (trade) => trade.volume, write: volume }),
    muted('time', column.time, 108, (trade) => timeOfDay(trade.datetime)),
    muted('gateway', column.gateway, 62, (trade) => trade.gateway_name),
  ];
});

/** 成交 on a phone. */
export const tradeColumnsNarrow = computed((): readonly Column<Trade>[] => {
  const { column } = words.value;
  return [
    {
      id: 'symbol',
      title: column.contract,
      width: 100,
      text: (trade) => trade.symbol,
      second: (trade) => `${direction(trade)} ${offset(trade)}`,
      tone: (trade) => sideTone(trade.direction),
    },
    numbers({ id: 'price', title: column.price, width: 80, of: (trade) => trade.price, write: rowPrice }),
    numbers({ id: 'volume', title: column.volume, width: 60, of: (trade) => trade.volume, write: volume }),
    { id: 'time', title: column.time, width: 90, text: (trade) => timeOfDay(trade.datetime, { millis: false }) },
  ];
});

/** vnpy says 0 where a side has no price. */
const quotePrice = (value: number | null, quote: Quote): string =>
  price(value === 0 ? null : value, tickOf(quote.vt_symbol));

/** 报价 */
export const pairColumns = computed((): readonly Column<Quote>[] => {
  const { column, enums } = words.value;
  return [
    muted('quoteid', column.quoteid, 104, (quote) => quote.quoteid),
    muted('reference', column.reference, 96, (quote) => quote.reference),
    { id: 'symbol', title: column.symbol, width: 84, text: (quote) => quote.symbol },
    muted('exchange', column.exchange, 60, (quote) => quote.exchange),
    {
      ...{ id: 'bidOffset', title: column.bidOffset, width: 60 },
      text: (quote) => memberText(enums.offset, quote.bid_offset),
      tone: () => 'up',
    },
    numbers({
      ...{ id: 'bidVolume', title: column.quoteBidVolume, width: 66, write: volume, tone: () => 'up' as const },
      of: (quote) => quote.bid_volume,
    }),
    numbers({
      ...{ id: 'bidPrice', title: column.quoteBid, width: 82, write: quotePrice, tone: () => 'up' as const },
      of: (quote) => quote.bid_price,
    }),
    numbers({
      ...{ id: 'askPrice', title: column.quoteAsk, width: 82, write: quotePrice, tone: () => 'down' as const },
      of: (quote) => quote.ask_price,
    }),
    numbers({
      ...{ id: 'askVolume', title: column.quoteAskVolume, width: 66, write: volume, tone: () => 'down' as const },
      of: (quote) => quote.ask_volume,
    }),
    {
      ...{ id: 'askOffset', title: column.askOffset, width: 60 },
      text: (quote) => memberText(enums.offset, quote.ask_offset),
      tone: () => 'down',
    },
    { id: 'status', title: column.status, width: 84, text: status, tone: statusTone, flash: true },
    muted('time', column.time, 108, (quote) => timeOfDay(quote.datetime)),
    muted('gateway', column.gateway, 62, (quote) => quote.gateway_name),
  ];
});

/** 报价 on a phone. */
export const pairColumnsNarrow = computed((): readonly Column<Quote>[] => {
  const { column } = words.value;
  return [
    {
      ...{ id: 'symbol', title: column.contract, width: 92 },
      text: (quote) => quote.symbol,
      second: (quote) => timeOfDay(quote.datetime, { millis: false }),
    },
    numbers({
      ...{ id: 'bidPrice', title: column.quoteBid, width: 76, write: quotePrice, tone: () => 'up' as const },
      of: (quote) => quote.bid_price,
      second: (quote) => volume(quote.bid_volume),
    }),
    numbers({
      ...{ id: 'askPrice', title: column.quoteAsk, width: 76, write: quotePrice, tone: () => 'down' as const },
      of: (quote) => quote.ask_price,
      second: (quote) => volume(quote.ask_volume),
    }),
    { id: 'status', title: column.status, width: 84, text: status, tone: statusTone },
  ];
});
