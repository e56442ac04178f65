/**
 * The rule on the price of an order.
 *
 * @module
 */
import { OrderType } from '../../../vnpy/data/public.js';
import type { TickData } from '../../../vnpy/data/public.js';
import { nearestSteps, stepsAbove, stepsBelow } from '../exact.js';
import { PASSED } from './rule.js';
import type { Judged, LimitRule, Outcome } from './rule.js';
import { isPriced } from './shape.js';

/** A price near the last one, and within the exchange's limits of the day. */
export const PRICE_BAND: LimitRule = {
  rule: 'priceBand',
  holdsForReducing: true,
  missing(judged) {
    const { known, instrument } = judged;
    const { vt_symbol: vtSymbol } = instrument.contract;
    const { tick, missing } = known.market.fresh(vtSymbol, known.fresh().tick, known.days());
    if (tick === undefined) return missing;
    if (!hasPriceOfItsOwn(judged)) return undefined;
    return referenceOf(judged, tick) === undefined ? `${vtSymbol} has not traded today` : undefined;
  },
  check(judged) {
    const { known, instrument, limits } = judged;
    const { vt_symbol: vtSymbol, pricetick: step } = instrument.contract;
    const { tick } = known.market.fresh(vtSymbol, known.fresh().tick, known.days());
    if (limits.priceBand === undefined) return PASSED;
    if (tick === undefined) return { reason: `no tick of ${vtSymbol} is known` };
    if (!hasPriceOfItsOwn(judged)) return withoutPrice(judged, tick);
    const reference = referenceOf(judged, tick) ?? NaN;
    return (
      beyondDay(judged, tick, step) ??
      beyondBand(judged, reference, step) ?? { looked: `price ${judged.request.price}, reference ${reference}` }
    );
  },
};

/** A stop has the price at which it begins, and is filled at any. */
function hasPriceOfItsOwn({ request }: Judged): boolean {
  return isPriced(request) && request.type !== OrderType.STOP;
}

function withoutPrice({ request, instrument }: Judged, tick: TickData): Outcome {
  if (tick.limit_up > 0 && tick.limit_down > 0) return { looked: 'no price of its own; the day has price limits' };
  return { reason: `a ${request.type.name} order has no price, and ${instrument.contract.vt_symbol} no price limits` };
}

/** Undefined where there was no trade today, and nothing else may stand for it. */
function referenceOf({ known }: Judged, { last_price: last, pre_close: preClose }: TickData): number | undefined {
  if (last !== 0 && Number.isFinite(last)) return last;
  return known.fresh().reference === 'preClose' && preClose !== 0 && Number.isFinite(preClose) ? preClose : undefined;
}

function beyondDay({ request: { price } }: Judged, tick: TickData, step: number): Outcome | undefined {
  const { limit_up: up, limit_down: down } = tick;
  const steps = nearestSteps(price, step);
  if (up !== 0 && !(steps <= stepsBelow(up, step)))
    return { reason: `price ${price} is above the day's limit ${up}`, limit: up, value: price };
  if (down !== 0 && !(steps >= stepsAbove(down, step)))
    return { reason: `price ${price} is below the day's limit ${down}`, limit: down, value: price };
  return undefined;
}

function beyondBand(judged: Judged, reference: number, step: number): Outcome | undefined {
  const { limits, facts, request } = judged;
  const { aggressive, passive, ticks } = limits.priceBand ?? { aggressive: NaN };
  const { price } = request;
  const isBuy = facts.side === 'buy';
  const steps = nearestSteps(price, step);
  const tell = (how: string, most: number): Outcome => ({
    reason: `price ${price} is ${how} than the band around ${reference} allows a ${facts.side}`,
    limit: Number((most * step).toPrecision(12)),
    value: price,
  });
  if (!(reference > 0)) {
    if (ticks === undefined) return { reason: `the reference ${reference} is not above 0, and the band has no ticks` };
    const base = nearestSteps(reference, step);
    if (isBuy) return steps <= base + ticks ? undefined : tell('higher', base + ticks);
    return steps >= base - ticks ? undefined : tell('lower', base - ticks);
  }
  const [above, below] = isBuy ? [aggressive, passive] : [passive, aggressive];
  const highest = above === undefined ? Infinity : stepsBelow(reference * (1 + above), step);
  const lowest = below === undefined ? -Infinity : stepsAbove(reference * (1 - below), step);
  if (!(steps <= highest)) return tell('higher', highest);
  return steps >= lowest ? undefined : tell('lower', lowest);
}
