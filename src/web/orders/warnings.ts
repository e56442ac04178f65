/**
 * What a person should look at twice before an order leaves.
 *
 * @module
 */
import { OrderType } from '../../vnpy/index.js';
import type { ContractData, OrderRequest, TickData } from '../../vnpy/index.js';
import type { Warning } from '../schema/index.js';

/** From where on it warns. */
export interface WarningLimits {
  /** Part of the last price: 0.02 is 2 %. */
  readonly farFromLast: number;
  /** Lots. */
  readonly largeVolume: number;
  /** Price ticks between bid and ask, for an order without a price. */
  readonly wideSpreadTicks: number;
}

/** All warnings of an order, as the market is now. */
export function warningsOf(
  order: OrderRequest,
  contract: ContractData,
  tick: TickData | undefined,
  limits: WarningLimits,
): Warning[] {
  const isMarket = order.type === OrderType.MARKET;
  const found = [
    isMarket ? undefined : farFromLast(order, tick, limits),
    isMarket ? undefined : outsideLimits(order, tick),
    largeVolume(order, limits),
    isMarket ? wideSpread(contract, tick, limits) : undefined,
  ];
  return found.filter((warning) => warning !== undefined);
}

/** How far a price is from the last one, as a part of it; undefined where there is none to compare with. */
export function distanceFromLast(price: number, tick: TickData | undefined): number | undefined {
  const last = lastPrice(tick);
  return last === undefined ? undefined : (price - last) / Math.abs(last);
}

/** The last price; undefined where there was none today. */
export function lastPrice(tick: TickData | undefined): number | undefined {
  const last = tick?.last_price;
  return last !== undefined && Number.isFinite(last) && last !== 0 ? last : undefined;
}

function farFromLast(
  { price }: OrderRequest,
  tick: TickData | undefined,
  { farFromLast: limit }: WarningLimits,
): Warning | undefined {
  const distance = distanceFromLast(price, tick);
  if (distance === undefined)
    return { code: 'far-from-last', message: 'There is no last price to compare with', value: null, limit };

  if (Math.abs(distance) <= limit) return undefined;
  const percent = (Math.abs(distance) * 100).toFixed(2);
  const message = `The price is ${percent} % ${distance > 0 ? 'above' : 'below'} the last one`;
  return { code: 'far-from-last', message, value: distance, limit };
}

function outsideLimits({ price }: OrderRequest, tick: TickData | undefined): Warning | undefined {
  const { limit_up: up = 0, limit_down: down = 0 } = tick ?? {};
  if (up > 0 && price > up)
    return { code: 'outside-limits', message: `The price is above the limit up, ${up}`, value: price, limit: up };

  if (down > 0 && price < down)
    return { code: 'outside-limits', message: `The price is below the limit down, ${down}`, value: price, limit: down };

  return undefined;
}

function largeVolume({ volume }: OrderRequest, { largeVolume: limit }: WarningLimits): Warning | undefined {
  if (volume <= limit) return undefined;
  return { code: 'large-volume', message: `${volume} lots are more than ${limit}`, value: volume, limit };
}

function wideSpread(
  { pricetick }: ContractData,
  tick: TickData | undefined,
  { wideSpreadTicks: limit }: WarningLimits,
): Warning | undefined {
  const { bid_price_1: bid = 0, ask_price_1: ask = 0 } = tick ?? {};
  if (bid === 0 || ask === 0)
    return { code: 'wide-spread', message: 'The book has no bid or no ask', value: null, limit };

  const spread = pricetick > 0 ? Math.round((ask - bid) / pricetick) : 0;
  if (spread <= limit) return undefined;
  return { code: 'wide-spread', message: `Bid and ask are ${spread} price ticks apart`, value: spread, limit };
}
