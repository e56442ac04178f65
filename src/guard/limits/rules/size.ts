/**
 * Rules on the size of one order.
 *
 * @module
 */
import type { OrderRequest } from '../../../vnpy/data/public.js';
import type { Instrument } from '../instruments.js';
import { isPriced } from './shape.js';
import { OrderType } from '../../../vnpy/data/public.js';
import { PASSED, limitText, within } from './rule.js';
import type { Judged, LimitRule } from './rule.js';

/** Lots of one order. Of a spread, each leg has as many. */
export const ORDER_VOLUME: LimitRule = {
  rule: 'orderVolume',
  holdsForReducing: true,
  check({ request: { volume }, limits: { orderVolume: limit }, scope }) {
    if (limit === undefined) return PASSED;
    return within(volume, limit, () => `order volume ${volume} is more than ${limitText(scope, limit)}`);
  },
};

/** The value of one order at its worst price. */
export const ORDER_NOTIONAL: LimitRule = {
  rule: 'orderNotional',
  holdsForReducing: false,
  missing(judged) {
    const { missing } = valueOf(judged);
    return missing;
  },
  check(judged) {
    const { limits, scope } = judged;
    const { value = NaN, currency = '' } = valueOf(judged);
    const limit = limits.orderNotional?.[currency];
    // Nothing is converted: what is not named is not allowed.
    if (limit === undefined) return { reason: `the value is in ${currency}, for which there is no limit` };
    return within(
      value,
      limit,
      () => `order value ${money(value)} ${currency} is more than ${limitText(scope, limit)}`,
    );
  },
};

interface Value {
  readonly value?: number;
  readonly currency?: string;
  readonly missing?: string;
}

function valueOf(judged: Judged): Value {
  const { request, instrument } = judged;
  const { contract, currency, hasLegs } = instrument;
  const { vt_symbol: vtSymbol } = contract;
  if (currency === undefined) return { missing: `the currency of ${vtSymbol} is not known: name it in contracts` };
  const price = hasLegs ? legsPrice(judged) : worstPrice(judged, request, instrument);
  if (typeof price === 'string') return { missing: price };
  const { size } = contract;
  // In coins: a lower price is more of them.
  if (instrument.inverse) return { value: (size * request.volume) / Math.abs(price), currency };
  return { value: Math.abs(price) * size * request.volume, currency };
}

/** The price at which an order is worth most; a text where what it needs is not known. */
function worstPrice(judged: Judged, request: OrderRequest, instrument: Instrument): number | string {
  const { facts, opens } = judged;
  const { contract, isOption, inverse } = instrument;
  if (isOption && facts.side === 'sell' && opens) {
    const { option_strike: strike, vt_symbol: vtSymbol } = contract;
    return strike === null || !(strike > 0) ? `the contract ${vtSymbol} has no option_strike` : strike;
  }
  const isLimit = isPriced(request) && request.type !== OrderType.STOP;
  if (inverse) return worstForInverse(judged, isLimit);
  // A buy is filled at no more than its price.
  if (isLimit && facts.side === 'buy') {
    const { tick } = quote(judged, contract.vt_symbol);
    return tick === undefined ? request.price : Math.max(request.price, tick.last_price);
  }
  const { tick, missing } = quote(judged, contract.vt_symbol);
  if (tick === undefined) return missing;
  const { last_price: last, bid_price_1: bid, limit_up: limitUp } = tick;
  if (facts.side === 'sell') return Math.max(last, bid, isPriced(request) ? request.price : 0);
  if (limitUp > 0) return limitUp;
  const band = judged.limits.priceBand?.aggressive;
  if (band === undefined || !(last > 0)) return `${contract.vt_symbol} has no limit_up, and there is no priceBand`;
  return Math.max(last, isPriced(request) ? request.price : 0) * (1 + band);
}

/** The lowest price at which it may be filled. */
function worstForInverse(judged: Judged, isLimit: boolean): number | string {
  const { request, facts, instrument } = judged;
  if (isLimit && facts.side === 'sell') return request.price;
  const { tick, missing } = quote(judged, instrument.contract.vt_symbol);
  if (tick === undefined) return missing;
  const prices = [tick.last_price, tick.bid_price_1, tick.limit_down, ...(isPriced(request) ? [request.price] : [])];
  const positive = prices.filter((price) => price > 0);
  return positive.length === 0 ? `${instrument.contract.vt_symbol} has no price` : Math.min(...positive);
}

/** What both legs of a spread are worth, each taken as positive, as a price of the spread. */
function legsPrice(judged: Judged): number | string {
  const { contract } = judged.instrument;
  const [, first, second] = /^\S+ ([^&\s]+)&([^&\s]+)$/.exec(contract.symbol) ?? [];
  if (first === undefined || second === undefined) return `the legs of ${contract.vt_symbol} are not known`;
  let sum = 0;
  for (const symbol of [first, second]) {
    const vtSymbol = `${symbol}${contract.vt_symbol.slice(contract.symbol.length)}`;
    const leg = judged.known.instruments.find(judged.facts.gateway, vtSymbol);
    if (leg === undefined) return `the contract ${vtSymbol}, a leg of ${contract.vt_symbol}, is not known`;
    const { tick, missing } = quote(judged, vtSymbol);
    if (tick === undefined) return missing;
    sum += (Math.max(tick.last_price, tick.ask_price_1) * leg.contract.size) / contract.size;
  }
  return sum;
}

function quote({ known }: Judged, vtSymbol: string): ReturnType<Judged['known']['market']['fresh']> {
  return known.market.fresh(vtSymbol, known.fresh().tick, known.days());
}

function money(value: number): string {
  return String(Number(value.toPrecision(12)));
}
