/**
 * vnpy's data without sockets: its classes and enums, their registry, and {@link toPlain}. With `vnpy-bridge/pickle` this reads
 * and writes vnpy's messages in a browser. The classes are those of `vnpy-bridge/vnpy`.
 *
 * @module
 */
export {
  Currency,
  Direction,
  Exchange,
  Interval,
  Offset,
  OptionType,
  OrderType,
  Product,
  Status,
  isEnumMember,
  parseEnum,
} from '../enums/index.js';
export type { EnumMember } from '../enums/index.js';
export * from './index.js';
export { Event } from '../event.js';
export { EventType } from '../kinds.js';
export { InvalidDataError } from '../errors.js';
export type { InvalidDataCode } from '../errors.js';
export { toPlain } from '../plain.js';
export type { Plain } from '../plain.js';
export { vnpyRegistry } from '../registry.js';
