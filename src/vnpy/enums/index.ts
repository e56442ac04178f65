/**
 * vnpy's enums (`vnpy.trader.constant`).
 *
 * @module
 */
export { isEnumMember, parseEnum } from './enum.js';
export type { EnumMember } from './enum.js';
export { Exchange } from './exchange.js';
export { Direction, Offset, OrderType, Status } from './order.js';
export { Currency, Interval, OptionType, Product } from './product.js';
