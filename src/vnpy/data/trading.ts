/**
 * What a trader has: orders, trades, positions, accounts, quotes.
 *
 * @module
 */
import type { PyDateTime } from '../../pickle/index.js';
import { Direction, Exchange, Offset, OrderType, Status } from '../enums/index.js';
import { BaseData } from './base.js';
import type { Extra } from './base.js';
import { enumValue, isUnknownMember, vtSymbol } from './describe.js';
import { cancelRequestFor } from './cancel-request.js';
import type { CancelRequest } from './cancel-request.js';
import { ABSENT, DataSchema, datetime, dict, float, int, member, nullable, required, str } from './schema.js';
import type { InitOf } from './schema.js';

/** Statuses in which an order or quote still works at the exchange (`ACTIVE_STATUSES` of `vnpy.trader.object`). */
export const ACTIVE_STATUSES: ReadonlySet<Status> = new Set<Status>([
  Status.SUBMITTING,
  Status.NOTTRADED,
  Status.PARTTRADED,
]);

/** A status that this package does not know is of a newer vnpy, and nothing says that it is final. */
function isActiveStatus(status: Status): boolean {
  return ACTIVE_STATUSES.has(status) || isUnknownMember(status, 'Status');
}

const orderDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  orderid: required(str),
  type: member('OrderType', OrderType),
  direction: nullable(member('Direction', Direction)),
  offset: member('Offset', Offset),
  price: float,
  volume: float,
  traded: float,
  status: member('Status', Status),
  datetime: nullable(datetime),
  reference: str,
};

/** What `new OrderData()` takes. */
export interface OrderDataInit extends InitOf<OrderData, typeof orderDataFields> {}

/** @internal */
export const orderDataSchema = new DataSchema<OrderData, OrderDataInit>('OrderData', orderDataFields, (order) => {
  order.vt_symbol = vtSymbol(order);
  order.vt_orderid = `${order.gateway_name}.${order.orderid}`;
});

/** State of an order. (`vnpy.trader.object.OrderData`) */
export class OrderData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** The gateway's id of the order. */
  readonly orderid: string = '';
  /** Type of the order. */
  readonly type: OrderType = OrderType.LIMIT;
  /** Buy or sell. */
  readonly direction: Direction | null = null;
  /** Open or close. */
  readonly offset: Offset = Offset.NONE;
  /** Limit price. */
  readonly price: number = 0;
  /** Volume ordered. */
  readonly volume: number = 0;
  /** Volume filled so far. */
  readonly traded: number = 0;
  /** Status. */
  readonly status: Status = Status.SUBMITTING;
  /** Time at which the order was sent or acknowledged. */
  readonly datetime: PyDateTime | null = null;
  /** Text that whoever sent the order gave it; some gateways do not keep it. */
  readonly reference: string = '';
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';
  /** `gateway_name.orderid`: vnpy's name for the order. Derived. */
  readonly vt_orderid: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: OrderDataInit) {
    super();
    orderDataSchema.fill(this, init);
  }

  /** Whether it still works at the exchange: submitting, not traded, partly traded, or of an unknown status (`is_active()`). */
  isActive(): boolean {
    return isActiveStatus(this.status);
  }

  /** The request that cancels it (`create_cancel_request()`). */
  createCancelRequest(): CancelRequest {
    return cancelRequestFor(this.orderid, this);
  }
}

const tradeDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  orderid: required(str),
  tradeid: required(str),
  direction: nullable(member('Direction', Direction)),
  offset: member('Offset', Offset),
  price: float,
  volume: float,
  datetime: nullable(datetime),
};

/** What `new TradeData()` takes. */
export interface TradeDataInit extends InitOf<TradeData, typeof tradeDataFields> {}

/** @internal */
export const tradeDataSchema = new DataSchema<TradeData, TradeDataInit>('TradeData', tradeDataFields, (trade) => {
  trade.vt_symbol = vtSymbol(trade);
  trade.vt_orderid = `${trade.gateway_name}.${trade.orderid}`;
  trade.vt_tradeid = `${trade.gateway_name}.${trade.tradeid}`;
});

/** One fill of an order; an order can have several. (`vnpy.trader.object.TradeData`) */
export class TradeData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** The gateway's id of the order. */
  readonly orderid: string = '';
  /** The exchange's or gateway's id of the fill. */
  readonly tradeid: string = '';
  /** Buy or sell. */
  readonly direction: Direction | null = null;
  /** Open or close. */
  readonly offset: Offset = Offset.NONE;
  /** Price of the fill. */
  readonly price: number = 0;
  /** Volume of the fill. */
  readonly volume: number = 0;
  /** Time of the fill. */
  readonly datetime: PyDateTime | null = null;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';
  /** `gateway_name.orderid`: vnpy's name for the order. Derived. */
  readonly vt_orderid: string = '';
  /** `gateway_name.tradeid`: vnpy's name for the trade. Derived. */
  readonly vt_tradeid: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: TradeDataInit) {
    super();
    tradeDataSchema.fill(this, init);
  }
}

const positionDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  direction: required(member('Direction', Direction)),
  volume: float,
  frozen: float,
  price: float,
  pnl: float,
  yd_volume: float,
};

/** What `new PositionData()` takes. */
export interface PositionDataInit extends InitOf<PositionData, typeof positionDataFields> {}

/** @internal */
export const positionDataSchema = new DataSchema<PositionData, PositionDataInit>(
  'PositionData',
  positionDataFields,
  (position) => {
    position.vt_symbol = vtSymbol(position);
    position.vt_positionid = `${position.gateway_name}.${vtSymbol(position)}.${enumValue(position.direction)}`;
  },
);

/** A position in one contract and direction. (`vnpy.trader.object.PositionData`) */
export class PositionData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** Long, short, or net. */
  readonly direction: Direction = ABSENT;
  /** Volume held. */
  readonly volume: number = 0;
  /** Part of it that working orders are about to close. */
  readonly frozen: number = 0;
  /** Average price paid. */
  readonly price: number = 0;
  /** Profit or loss not yet realised, in the account's currency. */
  readonly pnl: number = 0;
  /** Part of it that was held before today. */
  readonly yd_volume: number = 0;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';
  /** `gateway_name.vt_symbol.direction`: vnpy's name for the position; the direction is its value in the locale of the process that made it, `多` or `Long`. Derived. */
  readonly vt_positionid: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: PositionDataInit) {
    super();
    positionDataSchema.fill(this, init);
  }
}

const accountDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  accountid: required(str),
  balance: float,
  frozen: float,
};

/** What `new AccountData()` takes. */
export interface AccountDataInit extends InitOf<AccountData, typeof accountDataFields> {}

/** @internal */
export const accountDataSchema = new DataSchema<AccountData, AccountDataInit>(
  'AccountData',
  accountDataFields,
  (account) => {
    account.available = account.balance - account.frozen;
    account.vt_accountid = `${account.gateway_name}.${account.accountid}`;
  },
  { available: float },
);

/** Money in an account. (`vnpy.trader.object.AccountData`) */
export class AccountData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** The gateway's id of the account. */
  readonly accountid: string = '';
  /** All money. */
  readonly balance: number = 0;
  /** Part of it that cannot be used: margin or working orders, as the gateway counts it. */
  readonly frozen: number = 0;
  /** `balance - frozen`. Derived. */
  readonly available: number = 0;
  /** `gateway_name.accountid`: vnpy's name for the account. Derived. */
  readonly vt_accountid: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: AccountDataInit) {
    super();
    accountDataSchema.fill(this, init);
  }
}

const quoteDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  quoteid: required(str),
  bid_price: float,
  bid_volume: int,
  ask_price: float,
  ask_volume: int,
  bid_offset: member('Offset', Offset),
  ask_offset: member('Offset', Offset),
  status: member('Status', Status),
  datetime: nullable(datetime),
  reference: str,
};

/** What `new QuoteData()` takes. */
export interface QuoteDataInit extends InitOf<QuoteData, typeof quoteDataFields> {}

/** @internal */
export const quoteDataSchema = new DataSchema<QuoteData, QuoteDataInit>('QuoteData', quoteDataFields, (quote) => {
  quote.vt_symbol = vtSymbol(quote);
  quote.vt_quoteid = `${quote.gateway_name}.${quote.quoteid}`;
});

/** State of a two-sided quote. (`vnpy.trader.object.QuoteData`) */
export class QuoteData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** The gateway's id of the quote. */
  readonly quoteid: string = '';
  /** Price bid. */
  readonly bid_price: number = 0;
  /** Volume bid. */
  readonly bid_volume: number = 0;
  /** Price asked. */
  readonly ask_price: number = 0;
  /** Volume asked. */
  readonly ask_volume: number = 0;
  /** Open or close, for the bid. */
  readonly bid_offset: Offset = Offset.NONE;
  /** Open or close, for the ask. */
  readonly ask_offset: Offset = Offset.NONE;
  /** Status. */
  readonly status: Status = Status.SUBMITTING;
  /** Time at which the quote was sent or acknowledged. */
  readonly datetime: PyDateTime | null = null;
  /** Text that whoever sent the quote gave it. */
  readonly reference: string = '';
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';
  /** `gateway_name.quoteid`: vnpy's name for the quote. Derived. */
  readonly vt_quoteid: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: QuoteDataInit) {
    super();
    quoteDataSchema.fill(this, init);
  }

  /** Whether it still works at the exchange: submitting, not traded, partly traded, or of an unknown status (`is_active()`). */
  isActive(): boolean {
    return isActiveStatus(this.status);
  }

  /** The request that cancels it (`create_cancel_request()`). */
  createCancelRequest(): CancelRequest {
    return cancelRequestFor(this.quoteid, this);
  }
}
