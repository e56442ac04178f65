/**
 * Prices and volumes as whole numbers of steps: `round_to`, `floor_to` and `ceil_to` of vnpy/trader/utility.py.
 *
 * @module
 */
import { Decimal } from './decimal.js';

/**
 * The multiple of `target` that is nearest to a value, of two the even one: a price in steps of the contract's `pricetick`.
 *
 * @example `roundTo(3701.26, 0.2)` is 3701.2.
 * @throws RangeError for what is not finite, and for a target of 0.
 */
export function roundTo(value: number, target: number): number {
  return multiple('roundTo', value, target, 'even');
}

/**
 * The greatest multiple of `target` that is not above a value: a volume in steps of the contract's `min_volume`.
 *
 * @example `floorTo(0.29, 0.1)` is 0.2.
 * @throws RangeError for what is not finite, and for a target of 0.
 */
export function floorTo(value: number, target: number): number {
  return multiple('floorTo', value, target, 'floor');
}

/**
 * The least multiple of `target` that is not below a value.
 *
 * @example `ceilTo(0.21, 0.1)` is 0.3.
 * @throws RangeError for what is not finite, and for a target of 0.
 */
export function ceilTo(value: number, target: number): number {
  return multiple('ceilTo', value, target, 'ceil');
}

function multiple(name: string, value: number, target: number, rounding: 'even' | 'floor' | 'ceil'): number {
  if (!Number.isFinite(value)) throw new RangeError(`${name} takes a finite number, not ${value}`);
  if (!Number.isFinite(target) || target === 0)
    throw new RangeError(`${name} takes the step to round to, a finite number other than 0, not ${target}`);

  const step = Decimal.of(target);
  const count = Decimal.of(value).dividedBy(step).toInteger(rounding);
  return Decimal.of(count).times(step).toPythonDigits().toNumber();
}
