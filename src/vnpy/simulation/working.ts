/**
 * An order that works at the simulated exchange.
 *
 * @module
 */
import type { ContractData, OrderData } from '../data/index.js';
import { Direction } from '../enums/index.js';

/** An order that works, in whole units. */
export interface Working {
  data: OrderData;
  readonly contract: ContractData;
  readonly direction: Direction;
  readonly limit: number | undefined;
  /** Of a stop order that waits: the price of a trade that makes it one at the market. */
  trigger: number | undefined;
  readonly lots: number;
  left: number;
  /** The close of its trading day, in ms since 1970; undefined where the market never closes. */
  readonly until: number | undefined;
  /** Whether it has met the market on its arrival and waits now for the market to come to it. */
  resting: boolean;
}

/** Whether the price has reached that of a stop order, now or before. */
export function isTriggered(order: Working, { lastTicks }: { readonly lastTicks: number }): boolean {
  const { trigger, direction } = order;
  if (trigger !== undefined && (direction === Direction.LONG ? lastTicks < trigger : lastTicks > trigger)) return false;
  order.trigger = undefined;
  return true;
}
