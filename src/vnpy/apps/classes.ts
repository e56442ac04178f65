/**
 * The classes of vnpy's applications that travel as pickles of their own.
 *
 * @module
 */
import type { ObjectDefinition, PyDateTime } from '../../pickle/index.js';
import { ABSENT, BLANK, DataSchema, any, bool, datetime, float, int, member, required, str } from '../data/schema.js';
import type { InitOf } from '../data/schema.js';
import { Direction, Offset, Status } from '../enums/index.js';
import { StopOrderStatus } from './enums.js';

const stopOrderFields = {
  vt_symbol: required(str),
  direction: required(member('Direction', Direction)),
  offset: required(member('Offset', Offset)),
  price: required(float),
  volume: required(float),
  stop_orderid: required(str),
  strategy_name: required(str),
  datetime: required(datetime),
  lock: bool,
  net: bool,
  vt_orderids: any,
  status: member('StopOrderStatus', StopOrderStatus),
};

/** What `new StopOrder()` takes. */
export interface StopOrderInit extends InitOf<StopOrder, typeof stopOrderFields> {}

const stopOrderSchema = new DataSchema<StopOrder, StopOrderInit>('StopOrder', stopOrderFields);

/** A stop order that the CTA engine keeps itself, until the price is reached. (`vnpy_ctastrategy.base.StopOrder`) */
export class StopOrder {
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. */
  readonly vt_symbol: string = '';
  /** Long or short. */
  readonly direction: Direction = ABSENT;
  /** Open or close. */
  readonly offset: Offset = ABSENT;
  /** The price that triggers it. */
  readonly price: number = 0;
  /** How much, in lots. */
  readonly volume: number = 0;
  /** Its id in the CTA engine, `STOP.1`. */
  readonly stop_orderid: string = '';
  /** Name of the strategy that sent it. */
  readonly strategy_name: string = '';
  /** Time at which it was sent. */
  readonly datetime: PyDateTime = ABSENT;
  /** Whether to open in the other direction instead of closing what is of today. */
  readonly lock: boolean = false;
  /** Whether to close first whatever there is in the other direction. */
  readonly net: boolean = false;
  /** The orders that it became, once triggered. */
  readonly vt_orderids: readonly string[] = [];
  /** Waiting, cancelled or triggered. */
  readonly status: StopOrderStatus = StopOrderStatus.WAITING;

  /** @throws InvalidDataError naming the field that is missing, unknown or of the wrong type. */
  constructor(init: StopOrderInit) {
    stopOrderSchema.fill(this, init);
  }
}

const spreadItemFields = {
  name: required(str),
  bid_volume: required(float),
  bid_price: required(float),
  ask_price: required(float),
  ask_volume: required(float),
  net_pos: required(float),
  datetime: required(datetime),
  price_formula: required(str),
  trading_formula: required(str),
};

/** What `new SpreadItem()` takes. */
export interface SpreadItemInit extends InitOf<SpreadItem, typeof spreadItemFields> {}

const spreadItemSchema = new DataSchema<SpreadItem, SpreadItemInit>('SpreadItem', spreadItemFields);

/** Price and position of a spread. (`vnpy_spreadtrading.base.SpreadItem`) */
export class SpreadItem {
  /** Name of the spread. */
  readonly name: string = '';
  /** Volume bid, in spreads. */
  readonly bid_volume: number = 0;
  /** Price bid. */
  readonly bid_price: number = 0;
  /** Price asked. */
  readonly ask_price: number = 0;
  /** Volume asked, in spreads. */
  readonly ask_volume: number = 0;
  /** Position, in spreads; negative when short. */
  readonly net_pos: number = 0;
  /** Time at which the price was computed. */
  readonly datetime: PyDateTime = ABSENT;
  /** How the price follows from the legs, `A-B`. */
  readonly price_formula: string = '';
  /** What one spread trades of each leg, `+1*rb2705.SHFE-1*hc2705.SHFE`. */
  readonly trading_formula: string = '';

  /** @throws InvalidDataError naming the field that is missing, unknown or of the wrong type. */
  constructor(init: SpreadItemInit) {
    spreadItemSchema.fill(this, init);
  }
}

const algoItemFields = {
  algoid: required(str),
  spread_name: required(str),
  direction: required(member('Direction', Direction)),
  price: required(float),
  payup: required(int),
  volume: required(float),
  traded_volume: required(float),
  traded_price: required(float),
  interval: required(int),
  count: required(int),
  status: required(member('Status', Status)),
};

/** What `new AlgoItem()` takes. */
export interface AlgoItemInit extends InitOf<AlgoItem, typeof algoItemFields> {}

const algoItemSchema = new DataSchema<AlgoItem, AlgoItemInit>('AlgoItem', algoItemFields);

/** An algorithm that trades a spread. (`vnpy_spreadtrading.base.AlgoItem`) */
export class AlgoItem {
  /** Its id, `SpreadTaker_000001`. */
  readonly algoid: string = '';
  /** Name of the spread. */
  readonly spread_name: string = '';
  /** Long or short. */
  readonly direction: Direction = ABSENT;
  /** Limit, as a price of the spread. */
  readonly price: number = 0;
  /** How many price ticks beyond the market its orders go. */
  readonly payup: number = 0;
  /** How much it is to trade, in spreads; negative when short. */
  readonly volume: number = 0;
  /** How much it has traded, in spreads. */
  readonly traded_volume: number = 0;
  /** Average price of what it has traded, as a price of the spread. */
  readonly traded_price: number = 0;
  /** Seconds after which an order that is not filled is cancelled. */
  readonly interval: number = 0;
  /** Seconds of that gone by. */
  readonly count: number = 0;
  /** As of an order: it works until it is all traded or cancelled. */
  readonly status: Status = ABSENT;

  /** @throws InvalidDataError naming the field that is missing, unknown or of the wrong type. */
  constructor(init: AlgoItemInit) {
    algoItemSchema.fill(this, init);
  }
}

function definition<T extends object, I extends object>(
  module: string,
  type: new (init: I) => T,
  schema: DataSchema<T, I>,
): ObjectDefinition {
  const create = (): T => new type(BLANK);
  return {
    kind: 'object',
    module,
    qualname: schema.className,
    type,
    create,
    // Made by @dataclass with its defaults, `eq=True` among them, which takes the hash away.
    hashable: false,
    // The order of a blank instance's properties is the order in which the dataclass's __init__ assigns them.
    fields: Object.keys(create()).map((name) => schema.codecField(name)),
  };
}

/** The definitions of all of them, for the codec. */
export const APP_CLASSES: readonly ObjectDefinition[] = [
  definition('vnpy_ctastrategy.base', StopOrder, stopOrderSchema),
  definition('vnpy_spreadtrading.base', SpreadItem, spreadItemSchema),
  definition('vnpy_spreadtrading.base', AlgoItem, algoItemSchema),
];
