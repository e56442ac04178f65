/**
 * Enums of orders: direction, offset, status, type.
 *
 * @module
 */
import { defineEnum } from './enum.js';

/** Direction of an order, trade or position. (`vnpy.trader.constant.Direction`) */
export const Direction = defineEnum('Direction', {
  /** Buy; a long position. */
  LONG: ['多', 'Long'],
  /** Sell; a short position. */
  SHORT: ['空', 'Short'],
  /** One position for both directions (gateways with `net_position`). */
  NET: ['净', 'Net'],
});
/** A member of {@link Direction}. */
export type Direction = (typeof Direction)[keyof typeof Direction];

/** Whether an order opens or closes a position. Chinese futures markets need it; others use NONE. (`vnpy.trader.constant.Offset`) */
export const Offset = defineEnum('Offset', {
  /** No offset: stocks, crypto, most markets outside China. */
  NONE: [''],
  /** Open a new position. */
  OPEN: ['开', 'Open'],
  /** Close a position. */
  CLOSE: ['平', 'Close'],
  /** Close a position opened today (SHFE, INE). */
  CLOSETODAY: ['平今', 'Close Today'],
  /** Close a position opened before today (SHFE, INE). */
  CLOSEYESTERDAY: ['平昨', 'Close Yesterday'],
});
/** A member of {@link Offset}. */
export type Offset = (typeof Offset)[keyof typeof Offset];

/** Status of an order or quote. (`vnpy.trader.constant.Status`) */
export const Status = defineEnum('Status', {
  /** Sent, not yet acknowledged by the exchange. */
  SUBMITTING: ['提交中', 'Submitting'],
  /** In the book, nothing filled. */
  NOTTRADED: ['未成交', 'Not Traded'],
  /** Partly filled, the rest in the book. */
  PARTTRADED: ['部分成交', 'Part Traded'],
  /** Completely filled: final. */
  ALLTRADED: ['全部成交', 'All Traded'],
  /** Cancelled: final. */
  CANCELLED: ['已撤销', 'Cancelled'],
  /** Refused by the broker or the exchange: final. */
  REJECTED: ['拒单', 'Rejected'],
});
/** A member of {@link Status}. */
export type Status = (typeof Status)[keyof typeof Status];

/** Type of an order. (`vnpy.trader.constant.OrderType`) */
export const OrderType = defineEnum('OrderType', {
  /** At the price given or better. */
  LIMIT: ['限价', 'Limit'],
  /** At whatever price the market has. */
  MARKET: ['市价', 'Market'],
  /** Becomes an order when the price is reached. */
  STOP: ['STOP'],
  /** Fill and kill: fill what is possible at once, cancel the rest. */
  FAK: ['FAK'],
  /** Fill or kill: all at once or nothing. */
  FOK: ['FOK'],
  /** Request for quote. */
  RFQ: ['询价', 'RFQ'],
  /** Creation or redemption of an ETF. */
  ETF: ['ETF'],
});
/** A member of {@link OrderType}. */
export type OrderType = (typeof OrderType)[keyof typeof OrderType];
