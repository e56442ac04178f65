/**
 * What the market and the server tell: ticks, bars, contracts, log lines.
 *
 * @module
 */
import type { PyDateTime } from '../../pickle/index.js';
import { Exchange, Interval, OptionType, Product } from '../enums/index.js';
import { BaseData } from './base.js';
import type { Extra } from './base.js';
import { datetimeOfDate } from './dates.js';
import { vtSymbol } from './describe.js';
import {
  ABSENT,
  DataSchema,
  bool,
  datetime,
  dict,
  float,
  int,
  member,
  naiveDatetime,
  nullable,
  required,
  str,
} from './schema.js';
import type { InitOf } from './schema.js';

const tickDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  datetime: required(datetime),
  name: str,
  volume: float,
  turnover: float,
  open_interest: float,
  last_price: float,
  last_volume: float,
  limit_up: float,
  limit_down: float,
  open_price: float,
  high_price: float,
  low_price: float,
  pre_close: float,
  bid_price_1: float,
  bid_price_2: float,
  bid_price_3: float,
  bid_price_4: float,
  bid_price_5: float,
  ask_price_1: float,
  ask_price_2: float,
  ask_price_3: float,
  ask_price_4: float,
  ask_price_5: float,
  bid_volume_1: float,
  bid_volume_2: float,
  bid_volume_3: float,
  bid_volume_4: float,
  bid_volume_5: float,
  ask_volume_1: float,
  ask_volume_2: float,
  ask_volume_3: float,
  ask_volume_4: float,
  ask_volume_5: float,
  localtime: nullable(naiveDatetime),
};

/** What `new TickData()` takes. */
export interface TickDataInit extends InitOf<TickData, typeof tickDataFields> {}

/** @internal */
export const tickDataSchema = new DataSchema<TickData, TickDataInit>('TickData', tickDataFields, (tick) => {
  tick.vt_symbol = vtSymbol(tick);
});

/** A quote of a contract: last trade, order book of up to five levels, statistics of the day. (`vnpy.trader.object.TickData`) */
export class TickData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** Time at the exchange, usually with its time zone. */
  readonly datetime: PyDateTime = ABSENT;
  /** Name of the contract for people. */
  readonly name: string = '';
  /** Volume traded today, in lots or units of the product. */
  readonly volume: number = 0;
  /** Money traded today. */
  readonly turnover: number = 0;
  /** Open positions in the market. */
  readonly open_interest: number = 0;
  /** Price of the last trade. */
  readonly last_price: number = 0;
  /** Volume of the last trade. */
  readonly last_volume: number = 0;
  /** Highest price that the exchange allows today. */
  readonly limit_up: number = 0;
  /** Lowest price that the exchange allows today. */
  readonly limit_down: number = 0;
  /** First price of the day. */
  readonly open_price: number = 0;
  /** Highest price of the day. */
  readonly high_price: number = 0;
  /** Lowest price of the day. */
  readonly low_price: number = 0;
  /** Closing price of the day before. */
  readonly pre_close: number = 0;
  /** Bid price of level 1. */
  readonly bid_price_1: number = 0;
  /** Bid price of level 2. */
  readonly bid_price_2: number = 0;
  /** Bid price of level 3. */
  readonly bid_price_3: number = 0;
  /** Bid price of level 4. */
  readonly bid_price_4: number = 0;
  /** Bid price of level 5. */
  readonly bid_price_5: number = 0;
  /** Ask price of level 1. */
  readonly ask_price_1: number = 0;
  /** Ask price of level 2. */
  readonly ask_price_2: number = 0;
  /** Ask price of level 3. */
  readonly ask_price_3: number = 0;
  /** Ask price of level 4. */
  readonly ask_price_4: number = 0;
  /** Ask price of level 5. */
  readonly ask_price_5: number = 0;
  /** Volume at bid level 1. */
  readonly bid_volume_1: number = 0;
  /** Volume at bid level 2. */
  readonly bid_volume_2: number = 0;
  /** Volume at bid level 3. */
  readonly bid_volume_3: number = 0;
  /** Volume at bid level 4. */
  readonly bid_volume_4: number = 0;
  /** Volume at bid level 5. */
  readonly bid_volume_5: number = 0;
  /** Volume at ask level 1. */
  readonly ask_volume_1: number = 0;
  /** Volume at ask level 2. */
  readonly ask_volume_2: number = 0;
  /** Volume at ask level 3. */
  readonly ask_volume_3: number = 0;
  /** Volume at ask level 4. */
  readonly ask_volume_4: number = 0;
  /** Volume at ask level 5. */
  readonly ask_volume_5: number = 0;
  /** Time at which the gateway received the tick, by its own clock. */
  readonly localtime: PyDateTime | null = null;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: TickDataInit) {
    super();
    tickDataSchema.fill(this, init);
  }
}

const barDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  datetime: required(datetime),
  interval: nullable(member('Interval', Interval)),
  volume: float,
  turnover: float,
  open_interest: float,
  open_price: float,
  high_price: float,
  low_price: float,
  close_price: float,
};

/** What `new BarData()` takes. */
export interface BarDataInit extends InitOf<BarData, typeof barDataFields> {}

/** @internal */
export const barDataSchema = new DataSchema<BarData, BarDataInit>('BarData', barDataFields, (bar) => {
  bar.vt_symbol = vtSymbol(bar);
});

/** A candlestick of one interval. (`vnpy.trader.object.BarData`) */
export class BarData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** Start of the interval. */
  readonly datetime: PyDateTime = ABSENT;
  /** Length of the interval. */
  readonly interval: Interval | null = null;
  /** Volume traded in the interval. */
  readonly volume: number = 0;
  /** Money traded in the interval. */
  readonly turnover: number = 0;
  /** Open positions at the end of the interval. */
  readonly open_interest: number = 0;
  /** First price. */
  readonly open_price: number = 0;
  /** Highest price. */
  readonly high_price: number = 0;
  /** Lowest price. */
  readonly low_price: number = 0;
  /** Last price. */
  readonly close_price: number = 0;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: BarDataInit) {
    super();
    barDataSchema.fill(this, init);
  }
}

const contractDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  symbol: required(str),
  exchange: required(member('Exchange', Exchange)),
  name: required(str),
  product: required(member('Product', Product)),
  size: required(float),
  pricetick: required(float),
  min_volume: float,
  max_volume: nullable(float),
  stop_supported: bool,
  net_position: bool,
  history_data: bool,
  option_strike: nullable(float),
  option_underlying: nullable(str),
  option_type: nullable(member('OptionType', OptionType)),
  option_listed: nullable(naiveDatetime),
  option_expiry: nullable(naiveDatetime),
  option_portfolio: nullable(str),
  option_index: nullable(str),
};

/** What `new ContractData()` takes. */
export interface ContractDataInit extends InitOf<ContractData, typeof contractDataFields> {}

/** @internal */
export const contractDataSchema = new DataSchema<ContractData, ContractDataInit>(
  'ContractData',
  contractDataFields,
  (contract) => {
    contract.vt_symbol = vtSymbol(contract);
  },
);

/** What is known about a contract. (`vnpy.trader.object.ContractData`) */
export class ContractData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** Symbol at the exchange, `rb2705`. */
  readonly symbol: string = '';
  /** Exchange. */
  readonly exchange: Exchange = ABSENT;
  /** Name for people. */
  readonly name: string = '';
  /** Class of the product. */
  readonly product: Product = ABSENT;
  /** Value of one point of price for one lot: the multiplier. */
  readonly size: number = 0;
  /** Smallest step of the price. */
  readonly pricetick: number = 0;
  /** Smallest volume of an order, and its step. */
  readonly min_volume: number = 1;
  /** Largest volume of an order, or null when there is no limit. */
  readonly max_volume: number | null = null;
  /** Whether the server takes stop orders. */
  readonly stop_supported: boolean = false;
  /** Whether the gateway keeps one net position a contract. */
  readonly net_position: boolean = false;
  /** Whether the gateway answers `query_history`. */
  readonly history_data: boolean = false;
  /** Strike price of an option. */
  readonly option_strike: number | null = null;
  /** `vt_symbol` of an option's underlying. */
  readonly option_underlying: string | null = null;
  /** Call or put. */
  readonly option_type: OptionType | null = null;
  /** First day of an option. */
  readonly option_listed: PyDateTime | null = null;
  /** Last day of an option. */
  readonly option_expiry: PyDateTime | null = null;
  /** Group of options that belong together. */
  readonly option_portfolio: string | null = null;
  /** Text that tells options of one strike apart. */
  readonly option_index: string | null = null;
  /** `symbol.EXCHANGE`, `rb2705.SHFE`: vnpy's name for a contract. Derived. */
  readonly vt_symbol: string = '';

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: ContractDataInit) {
    super();
    contractDataSchema.fill(this, init);
  }
}

const logDataFields = {
  gateway_name: required(str),
  extra: nullable(dict),
  msg: required(str),
  level: int,
};

/** What `new LogData()` takes. */
export interface LogDataInit extends InitOf<LogData, typeof logDataFields> {}

/** @internal */
export const logDataSchema = new DataSchema<LogData, LogDataInit>(
  'LogData',
  logDataFields,
  (log) => {
    log.time = datetimeOfDate(new Date());
  },
  { time: naiveDatetime },
);

/** A line of the server's log. (`vnpy.trader.object.LogData`) */
export class LogData extends BaseData {
  readonly gateway_name: string = '';
  readonly extra: Extra | null = null;
  /** The text. */
  readonly msg: string = '';
  /** Python's logging level: 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
  readonly level: number = 20;
  /** When the line was made, by the clock of the process that made it. Derived. */
  readonly time: PyDateTime = ABSENT;

  /** @throws {@link InvalidDataError} naming the field that is missing, unknown, of the wrong type or out of range. */
  constructor(init: LogDataInit) {
    super();
    logDataSchema.fill(this, init);
  }
}
