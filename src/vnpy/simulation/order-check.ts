/**
 * What the simulated exchange demands of an order, before money and positions are looked at.
 *
 * @module
 */
import type { ContractData, OrderData } from '../data/index.js';
import { Direction, Offset, OrderType } from '../enums/index.js';
import { hasOffsets } from './ledger.js';
import { lotsOf, ticksOf } from './units.js';

const TYPES: ReadonlySet<OrderType> = new Set<OrderType>([
  OrderType.STOP,
  OrderType.LIMIT,
  OrderType.MARKET,
  OrderType.FAK,
  OrderType.FOK,
]);

/** An order in whole units. */
export interface CheckedOrder {
  readonly direction: Direction;
  /** In ticks; none for an order at the market. */
  readonly limit: number | undefined;
  /** In ticks; of a stop order. */
  readonly trigger: number | undefined;
  readonly lots: number;
}

/** @returns The order in whole units, or why it is rejected. */
export function checkOrder(
  { direction, offset, type, volume, price }: OrderData,
  contract: ContractData,
  limits: { readonly low: number; readonly high: number } | undefined,
): CheckedOrder | string {
  if (!TYPES.has(type) || (type === OrderType.STOP && !contract.stop_supported))
    return `order type ${type.name} is not supported`;
  if (direction !== Direction.LONG && direction !== Direction.SHORT) return 'an order is LONG or SHORT';
  if (hasOffsets(contract) && offset === Offset.NONE) return 'an offset is needed: OPEN or CLOSE';
  const lots = lotsOf(contract, volume);
  if (lots === undefined || lots <= 0) return `volume ${volume} is no multiple of ${contract.min_volume}`;
  const { max_volume: most } = contract;
  if (most !== null && volume > most) return `volume ${volume} is above the maximum ${most}`;
  if (type === OrderType.MARKET) return { direction, limit: undefined, trigger: undefined, lots };

  const limit = ticksOf(contract, price);
  if (limit === undefined) return `price ${price} is no multiple of ${contract.pricetick}`;
  if (limits !== undefined && (limit < limits.low || limit > limits.high))
    return `price ${price} is outside the day's limits`;
  if (type === OrderType.STOP) return { direction, limit: undefined, trigger: limit, lots };
  return { direction, limit, trigger: undefined, lots };
}
