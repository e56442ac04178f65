/**
 * What limits look at in an order or a fill, whoever it is from: a request, an OrderData, a TradeData.
 *
 * @module
 */
import { Direction, Offset, isEnumMember } from '../../vnpy/data/public.js';
import type { OrderData, OrderRequest, TradeData } from '../../vnpy/data/public.js';

/** What an order does to a position. `none`: as a market without offsets has it. */
export type Kind = 'open' | 'close' | 'closeToday' | 'closeYesterday' | 'none';

/** The marks of an order that do not change in its life. */
export interface Facts {
  readonly gateway: string;
  readonly vtSymbol: string;
  /** vnpy's name of the exchange, `SHFE`. */
  readonly exchange: string;
  /** Undefined for an order of others of which nobody says it. */
  readonly side: 'buy' | 'sell' | undefined;
  readonly kind: Kind;
  /** vnpy's name of the type, `LIMIT`. */
  readonly type: string;
  readonly price: number;
  readonly volume: number;
  readonly reference: string;
}

const KINDS = new Map<unknown, Kind>([
  [Offset.OPEN, 'open'],
  [Offset.CLOSE, 'close'],
  [Offset.CLOSETODAY, 'closeToday'],
  [Offset.CLOSEYESTERDAY, 'closeYesterday'],
]);

/** Those of an order. */
export function factsOf(order: OrderRequest | OrderData, gateway: string): Facts {
  return {
    gateway,
    vtSymbol: order.vt_symbol,
    exchange: exchangeOf(order),
    side: sideOf(order.direction),
    kind: kindOf(order.offset),
    type: isEnumMember(order.type) ? order.type.name : String(order.type),
    price: order.price,
    volume: order.volume,
    reference: order.reference,
  };
}

/** Those of the order that a fill is of, as far as the fill tells. */
export function factsOfTrade(trade: TradeData): Facts {
  const { gateway_name: gateway, vt_symbol: vtSymbol, direction, offset, price } = trade;
  return {
    gateway,
    vtSymbol,
    exchange: exchangeOf(trade),
    side: sideOf(direction),
    kind: kindOf(offset),
    type: '',
    price,
    volume: 0,
    reference: '',
  };
}

/** vnpy's name of an exchange; the text that stands for it, where it is of a newer vnpy. */
export function exchangeOf(data: { readonly exchange: unknown; readonly vt_symbol: string }): string {
  if (isEnumMember(data.exchange)) return data.exchange.name;
  return data.vt_symbol.slice(data.vt_symbol.lastIndexOf('.') + 1);
}

/** What a direction means for an order. */
export function sideOf(direction: unknown): 'buy' | 'sell' | undefined {
  if (direction === Direction.LONG) return 'buy';
  return direction === Direction.SHORT ? 'sell' : undefined;
}

/** What an offset means; one that is not known opens, because that is the worse. */
export function kindOf(offset: unknown): Kind {
  return KINDS.get(offset) ?? (offset === Offset.NONE ? 'none' : 'open');
}

/** The symbol of a gateway, as a key: a symbol on two gateways is two positions. Names of spreads contain spaces. */
export function placeOf({ gateway, vtSymbol }: { readonly gateway: string; readonly vtSymbol: string }): string {
  return `${gateway}\n${vtSymbol}`;
}

/** Whether two orders cannot be told apart but by their ids. A mark that one of them does not have tells nothing. */
export function looksAlike(one: Facts, other: Facts): boolean {
  return (
    one.gateway === other.gateway &&
    one.vtSymbol === other.vtSymbol &&
    one.side === other.side &&
    one.volume === other.volume &&
    (one.price === other.price || one.price === 0 || other.price === 0) &&
    (one.reference === other.reference || one.reference === '' || other.reference === '')
  );
}
