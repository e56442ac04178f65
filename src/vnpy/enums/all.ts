/**
 * All enums by their names in Python.
 *
 * @module
 */
import type { EnumClass } from './enum.js';
import * as enums from './index.js';

/** Every enum of `vnpy.trader.constant`. */
export const ENUMS: Readonly<Record<string, EnumClass>> = {
  Direction: enums.Direction,
  Offset: enums.Offset,
  Status: enums.Status,
  Product: enums.Product,
  OrderType: enums.OrderType,
  OptionType: enums.OptionType,
  Exchange: enums.Exchange,
  Currency: enums.Currency,
  Interval: enums.Interval,
};
