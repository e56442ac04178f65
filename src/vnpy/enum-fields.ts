/**
 * Which fields of vnpy's data hold members of enums.
 *
 * @module
 */
import type { DataKind } from './event.js';

export const ENUM_FIELDS: Readonly<Record<DataKind, readonly string[]>> = {
  tick: ['exchange'],
  bar: ['exchange', 'interval'],
  order: ['exchange', 'type', 'direction', 'offset', 'status'],
  trade: ['exchange', 'direction', 'offset'],
  position: ['exchange', 'direction'],
  account: [],
  contract: ['exchange', 'product', 'option_type'],
  quote: ['exchange', 'bid_offset', 'ask_offset', 'status'],
  log: [],
};
