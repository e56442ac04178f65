/**
 * The columns of VeighNa Trader's tables, and the narrower ones of a phone.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { money, percent, price, signed, volume } from '../format/numbers.js';
import { timeOfDay } from '../format/times.js';
import { memberText, texts } from '../i18n/index.js';
import type { Account, Order, Position, Tick, Trade } from '../net/types.js';
import { asked } from '../state/actions.js';
import { synced, unwatch } from '../state/feed.js';
import { isActive, tickOf } from '../state/data.js';
import type { NumberedLog } from '../state/data.js';
import { chooseClose } from '../state/form.js';
import { mayTrade } from '../state/session.js';
import { settings } from '../state/settings.js';
import { sideTone, toneOf } from '../ui/column.js';
import type { Column } from '../ui/column.js';

const words = computed(() => ({ ...texts.value, zone: settings.value.zone }));

const changeOf = ({ last_price: last, pre_close: before }: Tick): number | null =>
  last === null || before === null || before === 0 || last === 0 ? null : last - before;
const partOf = (tick: Tick): number | null => {
  const change = changeOf(tick);
  return change === null ? null : change / (tick.pre_close ?? 1);
};
const changeText = (tick: Tick): string => {
  const change = changeOf(tick);
  return signed(price(change, tickOf(tick.vt_symbol)), change ?? 0);
};
const tickPrice =
  (field: 'open_price' | 'high_price' | 'low_price' | 'bid_price_1' | 'ask_price_1' | 'last_price') =>
  (tick: Tick): string =>
    // vnpy says 0 where there is no price.
    price(tick[field] === 0 ? null : tick[field], tickOf(tick.vt_symbol));
const against = (field: 'open_price' | 'high_price' | 'low_price' | 'last_price') => (tick: Tick) => {
  const value = tick[field];
  return value === null || value === 0 || tick.pre_close === null || tick.pre_close === 0
    ? undefined
    : toneOf(value - tick.pre_close);
};

function offButton(tick: Tick): preact.ComponentChild {
  const { quotes } = words.value;
  return (
    <button
      type="button"
      class="small off"
      tabIndex={-1}
      title={quotes.remove}
      aria-label={`${quotes.remove}: ${tick.symbol}`}
      onClick={() => unwatch(tick.vt_symbol)}
    >
      ×
    </button>
  );
}

/** 行情 */
export const quoteColumns = computed((): readonly Column<Tick>[] => {
  const { column } = words.value;
  return [
    { id: 'symbol', title: column.symbol, width: 84, text: (tick) => tick.symbol },
    { id: 'exchange', title: column.exchange, width: 60, text: (tick) => tick.exchange, tone: () => 'muted' },
    { id: 'name', title: column.name, width: 108, text: (tick) => tick.name },
    {
      id: 'last',
      title: column.last,
      width: 92,
      number: true,
      flash: true,
      text: tickPrice('last_price'),
      by: (tick) => tick.last_price,
      tone: against('last_price'),
    },
    {
      id: 'change',
      title: column.changePercent,
      width: 76,
      number: true,
      text: (tick) => percent(partOf(tick)),
      by: partOf,
      tone: (tick) => toneOf(partOf(tick)),
    },
    {
      id: 'volume',
      title: column.volumeToday,
      width: 92,
      number: true,
      text: (tick) => volume(tick.volume),
      by: (tick) => tick.volume,
    },
    {
      id: 'open',
      title: column.open,
      width: 92,
      number: true,
      text: tickPrice('open_price'),
      by: (tick) => tick.open_price,
      tone: against('open_price'),
    },
    {
      id: 'high',
      title: column.high,
      width: 92,
      number: true,
      text: tickPrice('high_price'),
      by: (tick) => tick.high_price,
      tone: against('high_price'),
    },
    {
      id: 'low',
      title: column.low,
      width: 92,
      number: true,
      text: tickPrice('low_price'),
      by: (tick) => tick.low_price,
      tone: against('low_price'),
    },
    {
      id: 'bid',
      title: column.bid,
      width: 92,
      number: true,
      text: tickPrice('bid_price_1'),
      by: (tick) => tick.bid_price_1,
    },
    {
      id: 'bidVolume',
      title: column.bidVolume,
      width: 78,
      number: true,
      text: (tick) => volume(tick.bid_volume_1),
      by: (tick) => tick.bid_volume_1,
      tone: () => 'muted',
    },
    {
      id: 'ask',
      title: column.ask,
      width: 92,
      number: true,
      text: tickPrice('ask_price_1'),
      by: (tick) => tick.ask_price_1,
    },
    {
      id: 'askVolume',
      title: column.askVolume,
      width: 78,
      number: true,
      text: (tick) => volume(tick.ask_volume_1),
      by: (tick) => tick.ask_volume_1,
      tone: () => 'muted',
    },
    { id: 'time', title: column.time, width: 108, text: (tick) => timeOfDay(tick.datetime), tone: () => 'muted' },
    { id: 'gateway', title: column.gateway, width: 66, text: (tick) => tick.gateway_name, tone: () => 'muted' },
    { id: 'off', title: '', width: 34, text: () => '', control: offButton },
  ];
});

/** 行情 on a phone. */
export const quoteColumnsNarrow = computed((): readonly Column<Tick>[] => {
  const { column } = words.value;
  return [
    { id: 'symbol', title: column.contract, width: 108, text: (tick) => tick.symbol, second: (tick) => tick.name },
    {
      id: 'last',
      title: column.last,
      width: 100,
      number: true,
      flash: true,
      text: tickPrice('last_price'),
      by: (tick) => tick.last_price,
      tone: against('last_price'),
    },
    {
      id: 'change',
      title: column.changePercent,
      width: 80,
      number: true,
      text: (tick) => percent(partOf(tick)),
      second: changeText,
      by: partOf,
      tone: (tick) => toneOf(partOf(tick)),
    },
    {
      id: 'volume',
      title: column.volumeToday,
      width: 74,
      number: 'plain',
      text: (tick) => volume(tick.volume),
      by: (tick) => tick.volume,
    },
  ];
});

const direction = (row: Order | Trade | Position): string => memberText(words.value.enums.direction, row.direction);
const offset = (row: Order | Trade): string => memberText(words.value.enums.offset, row.offset);
const status = (order: Order): string => memberText(words.value.enums.status, order.status);
const type = (order: Order): string => memberText(words.value.enums.type, order.type);
const rowPrice = (row: Order | Trade | Position): string => price(row.price, tickOf(row.vt_symbol));

function statusTone(order: Order): Column<Order>['tone'] extends ((row: Order) => infer T) | undefined ? T : never {
  if (order.status === 'REJECTED') return 'warn';
  return isActive(order) ? undefined : 'muted';
}

/** Who may not trade has no column of buttons. */
const traders = <Row,>(all: readonly Column<Row>[]): readonly Column<Row>[] =>
  mayTrade.value ? all : all.filter(({ control }) => control === undefined);

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
    { id: 'cancel', title: column.action, width: 56, text: () => '', control: cancelButton },
    { id: 'orderid', title: column.orderid, width: 108, text: (order) => order.orderid, tone: () => 'muted' },
    { id: 'reference', title: column.reference, width: 96, text: (order) => order.reference, tone: () => 'muted' },
    { id: 'symbol', title: column.symbol, width: 84, text: (order) => order.symbol },
    { id: 'exchange', title: column.exchange, width: 60, text: (order) => order.exchange, tone: () => 'muted' },
    { id: 'type', title: column.type, width: 52, text: type },
    {
      id: 'direction',
      title: column.direction,
      width: 54,
      text: direction,
      tone: (order) => sideTone(order.direction),
    },
    { id: 'offset', title: column.offset, width: 52, text: offset },
    { id: 'price', title: column.price, width: 82, number: true, text: rowPrice, by: (order) => order.price },
    {
      id: 'volume',
      title: column.total,
      width: 66,
      number: true,
      text: (order) => volume(order.volume),
      by: (order) => order.volume,
    },
    {
      id: 'traded',
      title: column.traded,
      width: 66,
      number: true,
      flash: true,
      text: (order) => volume(order.traded),
      by: (order) => order.traded,
    },
    { id: 'status', title: column.status, width: 84, text: status, tone: statusTone, flash: true },
    { id: 'time', title: column.time, width: 108, text: (order) => timeOfDay(order.datetime), tone: () => 'muted' },
    { id: 'gateway', title: column.gateway, width: 62, text: (order) => order.gateway_name, tone: () => 'muted' },
  ]);
});

/** 委托 on a phone. */
export const orderColumnsNarrow = computed((): readonly Column<Order>[] => {
  const { column } = words.value;
  return traders([
    {
      id: 'symbol',
      title: column.contract,
      width: 88,
      text: (order) => order.symbol,
      second: (order) => `${direction(order)} ${offset(order)}`,
      tone: (order) => sideTone(order.direction),
    },
    {
      id: 'price',
      title: column.priceType,
      width: 78,
      number: true,
      text: rowPrice,
      second: type,
      by: (order) => order.price,
    },
    {
      id: 'traded',
      title: column.tradedTotal,
      width: 60,
      number: true,
      text: (order) => `${volume(order.traded)}/${volume(order.volume)}`,
      by: (order) => order.traded,
    },
    {
      id: 'status',
      title: column.statusTime,
      width: 76,
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
    { id: 'tradeid', title: column.tradeid, width: 104, text: (trade) => trade.tradeid, tone: () => 'muted' },
    { id: 'orderid', title: column.orderid, width: 104, text: (trade) => trade.orderid, tone: () => 'muted' },
    { id: 'symbol', title: column.symbol, width: 84, text: (trade) => trade.symbol },
    { id: 'exchange', title: column.exchange, width: 66, text: (trade) => trade.exchange, tone: () => 'muted' },
    {
      id: 'direction',
      title: column.direction,
      width: 54,
      text: direction,
      tone: (trade) => sideTone(trade.direction),
    },
    { id: 'offset', title: column.offset, width: 52, text: offset },
    { id: 'price', title: column.price, width: 82, number: true, text: rowPrice, by: (trade) => trade.price },
    {
      id: 'volume',
      title: column.volume,
      width: 64,
      number: true,
      text: (trade) => volume(trade.volume),
      by: (trade) => trade.volume,
    },
    { id: 'time', title: column.time, width: 108, text: (trade) => timeOfDay(trade.datetime), tone: () => 'muted' },
    { id: 'gateway', title: column.gateway, width: 62, text: (trade) => trade.gateway_name, tone: () => 'muted' },
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
    { id: 'price', title: column.price, width: 80, number: true, text: rowPrice, by: (trade) => trade.price },
    {
      id: 'volume',
      title: column.volume,
      width: 60,
      number: true,
      text: (trade) => volume(trade.volume),
      by: (trade) => trade.volume,
    },
    { id: 'time', title: column.time, width: 90, text: (trade) => timeOfDay(trade.datetime, { millis: false }) },
  ];
});

function closeButton(position: Position): preact.ComponentChild {
  if (!mayTrade.value || (position.volume ?? 0) === 0) return null;
  const { column } = words.value;
  return (
    <button
      type="button"
      class="small"
      tabIndex={-1}
      aria-label={`${column.close} ${position.symbol}`}
      onClick={() => {
        chooseClose(position);
      }}
    >
      {column.close}
    </button>
  );
}

/** 持仓 */
export const positionColumns = computed((): readonly Column<Position>[] => {
  const { column } = words.value;
  return traders([
    { id: 'symbol', title: column.symbol, width: 76, text: (position) => position.symbol },
    { id: 'exchange', title: column.exchange, width: 56, text: (position) => position.exchange, tone: () => 'muted' },
    {
      id: 'direction',
      title: column.direction,
      width: 52,
      text: direction,
      tone: (position) => sideTone(position.direction),
    },
    {
      id: 'volume',
      title: column.volume,
      width: 50,
      number: true,
      text: (position) => volume(position.volume),
      by: (position) => position.volume,
    },
    {
      id: 'yesterday',
      title: column.yesterday,
      width: 50,
      number: true,
      text: (position) => volume(position.yd_volume),
      by: (position) => position.yd_volume,
    },
    {
      id: 'frozen',
      title: column.frozen,
      width: 50,
      number: true,
      text: (position) => volume(position.frozen),
      by: (position) => position.frozen,
    },
    { id: 'price', title: column.average, width: 82, number: true, text: rowPrice, by: (position) => position.price },
    {
      id: 'pnl',
      title: column.pnl,
      width: 90,
      number: true,
      text: (position) => signed(money(position.pnl), position.pnl ?? 0),
      by: (position) => position.pnl,
      tone: (position) => toneOf(position.pnl),
    },
    { id: 'gateway', title: column.gateway, width: 54, text: (position) => position.gateway_name, tone: () => 'muted' },
    { id: 'close', title: column.close, width: 58, text: () => '', control: closeButton },
  ]);
});

/** 持仓 on a phone. */
export const positionColumnsNarrow = computed((): readonly Column<Position>[] => {
  const { column } = words.value;
  return traders([
    {
      id: 'symbol',
      title: column.contract,
      width: 92,
      text: (position) => position.symbol,
      second: direction,
      tone: (position) => sideTone(position.direction),
    },
    {
      id: 'volume',
      title: column.heldFrozen,
      width: 72,
      number: true,
      text: (position) => volume(position.volume),
      second: (position) => volume(position.frozen),
      by: (position) => position.volume,
    },
    {
      id: 'pnl',
      title: column.pnl,
      width: 96,
      number: true,
      text: (position) => signed(money(position.pnl), position.pnl ?? 0),
      second: rowPrice,
      by: (position) => position.pnl,
      tone: (position) => toneOf(position.pnl),
    },
    { id: 'close', title: column.close, width: 58, text: () => '', control: closeButton },
  ]);
});

/** 资金 */
export const accountColumns = computed((): readonly Column<Account>[] => {
  const { column } = words.value;
  return [
    { id: 'account', title: column.account, width: 64, text: (account) => account.accountid },
    {
      id: 'balance',
      title: column.balance,
      width: 106,
      number: true,
      text: (account) => money(account.balance),
      by: (account) => account.balance,
    },
    {
      id: 'frozen',
      title: column.frozen,
      width: 92,
      number: true,
      text: (account) => money(account.frozen),
      by: (account) => account.frozen,
    },
    {
      id: 'available',
      title: column.available,
      width: 106,
      number: true,
      text: (account) => money(account.available),
      by: (account) => account.available,
    },
    { id: 'gateway', title: column.gateway, width: 74, text: (account) => account.gateway_name, tone: () => 'muted' },
  ];
});

/** 日志 */
export const logColumns = computed((): readonly Column<NumberedLog>[] => {
  const { column } = words.value;
  const tone = (line: NumberedLog): 'warn' | undefined => (line.level >= 30 ? 'warn' : undefined);
  return [
    { id: 'time', title: column.time, width: 108, text: (line) => timeOfDay(line.time), tone: () => 'muted' },
    { id: 'message', title: column.message, width: 480, text: (line) => line.msg, tone },
    { id: 'gateway', title: column.gateway, width: 76, text: (line) => line.gateway_name, tone: () => 'muted' },
  ];
});
