/**
 * The classes that the inspector shows as values: all of vnpy's.
 *
 * They are the same as `vnpyRegistry` has (a test holds them equal), without loading it. The registry brings the whole codec,
 * and half of the program's start-up would be spent on it.
 *
 * @module
 */
import { ENUMS } from '../../../vnpy/data/internal.js';
import type { Classes } from './lens.js';

const OBJECTS = [
  'AccountData',
  'BarData',
  'CancelRequest',
  'ContractData',
  'HistoryRequest',
  'LogData',
  'OrderData',
  'OrderRequest',
  'PositionData',
  'QuoteData',
  'QuoteRequest',
  'SubscribeRequest',
  'TickData',
  'TradeData',
];

/** vnpy's classes and enums. */
export const VNPY_CLASSES: Classes = {
  objects: new Set(['vnpy.event.engine.Event', ...OBJECTS.map((name) => `vnpy.trader.object.${name}`)]),
  enums: new Map(
    Object.entries(ENUMS).map(([name, enumClass]) => [`vnpy.trader.constant.${name}`, Object.values(enumClass)]),
  ),
};
