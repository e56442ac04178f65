/**
 * What a trader asks for.
 *
 * @module
 */
import type { PyDateTime } from '../../pickle/index.js';
import { Direction, Exchange, Interval, Offset, OrderType } from '../enums/index.js';
import { vtSymbol } from './describe.js';
import { OrderData, QuoteData } from './trading.js';
import {
  ABSENT,
  BLANK,
  DataSchema,
  contractSymbol,
  datetime,
  float,
  int,
  member,
  nullable,
  ranged,
  required,
  str,
} from './schema.js';
import type { InitOf } from './schema.js';

const subscribeRequestFields = {
  symbol: required(contractSymbol),
  exchange: required(member('Exchange', Exchange)),
};

/** What `new SubscribeRequest()` takes. */
export interface SubscribeRequestInit extends InitOf<SubscribeRequest, typeof subscribeRequestFields> {}

/** @internal */
export const subscribeRequestSchema = new DataSchema<SubscribeRequest, SubscribeRequestInit>(
  'SubscribeRequest',
  subscribeRequestFields,
  (request) => {
    request.vt_symbol = vtSymbol(request);
  },
);

/** Ask for the ticks of a contract. (`vnpy.trader.object.SubscribeRequest`) */
export class SubscribeRequest {
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: SubscribeRequestInit) {
    subscribeRequestSchema.fill(this, init);
  }
}

/**
 * The request for the ticks of a contract, with the symbol that a peer gave it: an int, from a gateway that is careless.
 *
 * @internal
 */
export function subscribeRequestFor(contract: {
  readonly symbol: unknown;
  readonly exchange: unknown;
}): SubscribeRequest {
  const { symbol, exchange } = contract;
  return subscribeRequestSchema.take(new SubscribeRequest(BLANK), { symbol, exchange });
}

const orderRequestFields = {
  symbol: required(contractSymbol),
  exchange: required(member('Exchange', Exchange)),
  direction: required(member('Direction', Direction)),
  type: required(member('OrderType', OrderType)),
  volume: required(ranged(float, 'positive')),
  price: ranged(float, 'finite'),
  offset: member('Offset', Offset),
  reference: str,
};

/** What `new OrderRequest()` takes. */
export type OrderRequestInit = Omit<InitOf<OrderRequest, typeof orderRequestFields>, 'type' | 'price'> &
  (
    | { readonly type: OrderType; readonly price: number }
    | { readonly type: Exclude<OrderType, PricedType>; readonly price?: number }
  );

/** The types of orders that say at which price. */
type PricedType = (typeof PRICED_TYPES)[number];

const PRICED_TYPES = [OrderType.LIMIT, OrderType.STOP, OrderType.FAK, OrderType.FOK] as const;

/** Whoever forgets the price means anything but 0, which is a price, of a spread for instance. */
function forgottenPrice(given: object, before: object | undefined): string | undefined {
  const isPriced = (from: object | undefined): boolean =>
    from !== undefined && PRICED_TYPES.some((type) => type === Reflect.get(from, 'type'));
  if (Reflect.get(given, 'price') !== undefined || !isPriced(given) || isPriced(before)) return undefined;
  return `${String(Reflect.get(given, 'type'))} needs a price: give it, 0 and below too where that is meant`;
}

/** @internal */
export const orderRequestSchema = new DataSchema<OrderRequest, OrderRequestInit>(
  'OrderRequest',
  orderRequestFields,
  (request) => {
    request.vt_symbol = vtSymbol(request);
  },
  {},
  { field: 'price', missing: forgottenPrice },
);

/** A new order. (`vnpy.trader.object.OrderRequest`) */
export class OrderRequest {
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** Buy or sell. */
  readonly direction: Direction = ABSENT;
  /** Type of the order. */
  readonly type: OrderType = ABSENT;
  /** Volume to trade, above 0. */
  readonly volume: number = 0;
  /** Limit price. LIMIT, STOP, FAK and FOK need it, and 0 and below are prices; any other may leave it at 0. */
  readonly price: number = 0;
  /** Open or close: markets with offsets need it. */
  readonly offset: Offset = Offset.NONE;
  /** A text of one's own that the order carries; the gateway fills in a unique one where it is empty. */
  readonly reference: string = '';
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: OrderRequestInit) {
    orderRequestSchema.fill(this, init);
  }

  /** The order that this request becomes, in status SUBMITTING (`create_order_data()`). */
  createOrderData(orderid: string, gatewayName: string): OrderData {
    return new OrderData({
      symbol: this.symbol,
      exchange: this.exchange,
      orderid,
      type: this.type,
      direction: this.direction,
      offset: this.offset,
      price: this.price,
      volume: this.volume,
      reference: this.reference,
      gateway_name: gatewayName,
    });
  }
}

const historyRequestFields = {
  symbol: required(contractSymbol),
  exchange: required(member('Exchange', Exchange)),
  start: required(datetime),
  end: nullable(datetime),
  interval: nullable(member('Interval', Interval)),
};

/** What `new HistoryRequest()` takes. */
export interface HistoryRequestInit extends InitOf<HistoryRequest, typeof historyRequestFields> {}

/** @internal */
export const historyRequestSchema = new DataSchema<HistoryRequest, HistoryRequestInit>(
  'HistoryRequest',
  historyRequestFields,
  (request) => {
    request.vt_symbol = vtSymbol(request);
  },
);

/** Ask for history. (`vnpy.trader.object.HistoryRequest`) */
export class HistoryRequest {
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** First moment wanted. */
  readonly start: PyDateTime = ABSENT;
  /** Last moment wanted, or null for now. */
  readonly end: PyDateTime | null = null;
  /** Length of the bars, or null. */
  readonly interval: Interval | null = null;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: HistoryRequestInit) {
    historyRequestSchema.fill(this, init);
  }
}

const quoteRequestFields = {
  symbol: required(contractSymbol),
  exchange: required(member('Exchange', Exchange)),
  bid_price: required(ranged(float, 'finite')),
  bid_volume: required(ranged(int, 'not-negative')),
  ask_price: required(ranged(float, 'finite')),
  ask_volume: required(ranged(int, 'not-negative')),
  bid_offset: member('Offset', Offset),
  ask_offset: member('Offset', Offset),
  reference: str,
};

/** What `new QuoteRequest()` takes. */
export interface QuoteRequestInit extends InitOf<QuoteRequest, typeof quoteRequestFields> {}

/** @internal */
export const quoteRequestSchema = new DataSchema<QuoteRequest, QuoteRequestInit>(
  'QuoteRequest',
  quoteRequestFields,
  (request) => {
    request.vt_symbol = vtSymbol(request);
  },
);

/** A new two-sided quote. (`vnpy.trader.object.QuoteRequest`) */
export class QuoteRequest {
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** Price to bid. */
  readonly bid_price: number = 0;
  /** Volume to bid. */
  readonly bid_volume: number = ABSENT;
  /** Price to ask. */
  readonly ask_price: number = 0;
  /** Volume to ask. */
  readonly ask_volume: number = ABSENT;
  /** Open or close, for the bid. */
  readonly bid_offset: Offset = Offset.NONE;
  /** Open or close, for the ask. */
  readonly ask_offset: Offset = Offset.NONE;
  /** A text of one's own that the quote carries. */
  readonly reference: string = '';
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: QuoteRequestInit) {
    quoteRequestSchema.fill(this, init);
  }

  /** The quote that this request becomes, in status SUBMITTING (`create_quote_data()`). */
  createQuoteData(quoteid: string, gatewayName: string): QuoteData {
    return new QuoteData({
      symbol: this.symbol,
      exchange: this.exchange,
      quoteid,
      bid_price: this.bid_price,
      bid_volume: this.bid_volume,
      ask_price: this.ask_price,
      ask_volume: this.ask_volume,
      bid_offset: this.bid_offset,
      ask_offset: this.ask_offset,
      reference: this.reference,
      gateway_name: gatewayName,
    });
  }
}
