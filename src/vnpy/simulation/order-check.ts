/**
 * What the simulated exchange demands of an order, before money and positions are looked at.
 *
 * @module
 */
import type { ContractData, OrderData } from '../data/index.js';
import { Direction, Offset, OrderType } from '../enums/index.js';
import { hasOffsets } from './ledger.js';
import type { Reason } from './texts.js';
import { lotsOf, priceOf, ticksOf } from './units.js';

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
): CheckedOrder | Reason {
  if (!TYPES.has(type)) return ({ noType }) => noType(type);
  if (type === OrderType.STOP && !contract.stop_supported) return ({ noStop }) => noStop(contract.vt_symbol);
  if (direction !== Direction.LONG && direction !== Direction.SHORT) return ({ noDirection }) => noDirection;
  if (hasOffsets(contract) && offset === Offset.NONE) return ({ noOffset }) => noOffset;
  const lots = lotsOf(contract, volume);
  if (lots === undefined || lots <= 0) return (texts) => texts.volume(volume, contract.min_volume);
  const { max_volume: most } = contract;
  if (most !== null && volume > most) return ({ tooMuch }) => tooMuch(volume, most);
  if (type === OrderType.MARKET) return { direction, limit: undefined, trigger: undefined, lots };

  const limit = ticksOf(contract, price);
  if (limit === undefined) return (texts) => texts.price(price, contract.pricetick);
  if (limits !== undefined && (limit < limits.low || limit > limits.high))
    return (texts) => texts.limits(price, priceOf(contract, limits.low), priceOf(contract, limits.high));
  if (type === OrderType.STOP) return { direction, limit: undefined, trigger: limit, lots };
  return { direction, limit, trigger: undefined, lots };
}
