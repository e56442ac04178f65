/**
 * The dicts in which vnpy's applications tell of themselves, and the checks of them.
 *
 * A field that is not known here passes through: a newer version of an application may add some. A field that is known and holds
 * something else is an error. A program would go on with `undefined` or a text for a number.
 *
 * @module
 */
import { PyObject } from '../../pickle/index.js';
import { describe } from '../data/describe.js';
import { isEnumMember } from '../enums/enum.js';
import type { Direction, Offset } from '../enums/index.js';
import { InvalidDataError } from '../errors.js';
import type { AlgoStatus } from './enums.js';

/** Values by name: parameters and variables of a strategy, whose types are the strategy's own. */
export type AppValues = Readonly<Record<string, unknown>>;

/** The variables that each strategy has, and its own beside them. */
export interface StrategyVariables extends AppValues {
  /** Whether `on_init` has run. */
  readonly inited: boolean;
  /** Whether it is started: it may send orders. */
  readonly trading: boolean;
}

/** What strategies of all kinds tell. */
export interface StrategyData {
  /** Name of the strategy. */
  readonly strategy_name: string;
  /** Name of its class. */
  readonly class_name: string;
  /** Who wrote it. */
  readonly author: string;
  /** Its parameters, which a person sets. */
  readonly parameters: AppValues;
  /** Its variables, as they are now. */
  readonly variables: StrategyVariables;
}

/** A CTA strategy: the data of `eCtaStrategy`. (`CtaTemplate.get_data`) */
export interface CtaStrategyData extends StrategyData {
  /** The contract that it trades. */
  readonly vt_symbol: string;
  /** Its variables: `pos` is the position in lots, negative when short. */
  readonly variables: StrategyVariables & { readonly pos: number };
}

/** A portfolio strategy: the data of `ePortfolioStrategy`. (`StrategyTemplate.get_data`) */
export interface PortfolioStrategyData extends StrategyData {
  /** The contracts that it trades. */
  readonly vt_symbols: readonly string[];
}

/** A spread strategy: the data of `eSpreadStrategy`. (`SpreadStrategyTemplate.get_data`) */
export interface SpreadStrategyData extends StrategyData {
  /** The spread that it trades. */
  readonly spread_name: string;
}

/** An execution algorithm: the data of `eAlgoUpdate`. (`AlgoTemplate.get_data`) */
export interface AlgoData {
  /** Its name, `TwapAlgo_1`. */
  readonly algo_name: string;
  /** The contract that it trades. */
  readonly vt_symbol: string;
  /** Long or short. */
  readonly direction: Direction;
  /** Open or close. */
  readonly offset: Offset;
  /** Its limit. */
  readonly price: number;
  /** How much it is to trade, in lots. */
  readonly volume: number;
  /** Running, paused, stopped or finished. */
  readonly status: AlgoStatus;
  /** How much it has traded. */
  readonly traded: number;
  /** How much is left. */
  readonly left: number;
  /** Average price of what it has traded. */
  readonly traded_price: number;
  /** Its parameters. */
  readonly parameters: AppValues;
  /** Its variables, as they are now. */
  readonly variables: AppValues;
}

/** A rule of the risk manager: the data of `eRiskRule`. (`RuleTemplate.get_data`) */
export interface RiskRuleData {
  /** Its name as people read it. */
  readonly name: string;
  /** Name of its class. */
  readonly class_name: string;
  /** Its limits; `active` says whether it holds. */
  readonly parameters: AppValues;
  /** What it counts. */
  readonly variables: AppValues;
}

/** What option trading adds up to: the data of `eOptionRiskNotice`. (`OptionRiskEngine.put_event`) */
export interface OptionRiskData {
  /** Volume traded, in lots. */
  readonly trade_volume: number;
  /** Net position of all options, in lots. */
  readonly net_pos: number;
  /** Orders sent. */
  readonly order_count: number;
  /** Orders cancelled. */
  readonly cancel_count: number;
  /** Volume traded over net position; 9999 without a position. */
  readonly trade_position_ratio: number;
  /** Orders cancelled over orders sent. */
  readonly cancel_order_ratio: number;
}

/** What the trades of one reference in one contract have earned: the data of `ePmContract`. (`ContractResult.get_data`) */
export interface PmContractData {
  /** The reference that the orders carried. */
  readonly reference: string;
  /** The contract. */
  readonly vt_symbol: string;
  /** Position at the beginning of the day, in lots. */
  readonly open_pos: number;
  /** Position now, in lots. */
  readonly last_pos: number;
  /** Earned by the trades of today. */
  readonly trading_pnl: number;
  /** Earned by what was held at the beginning of the day. */
  readonly holding_pnl: number;
  /** `trading_pnl` and `holding_pnl` together. */
  readonly total_pnl: number;
  /** Volume bought today, in lots. */
  readonly long_volume: number;
  /** Volume sold today, in lots. */
  readonly short_volume: number;
  /** Money paid for what was bought today. */
  readonly long_cost: number;
  /** Money got for what was sold today. */
  readonly short_cost: number;
}

/** What all trades of one reference have earned: the data of `ePmPortfolio`. (`PortfolioResult.get_data`) */
export interface PmPortfolioData {
  /** The reference that the orders carried. */
  readonly reference: string;
  /** Earned by the trades of today. */
  readonly trading_pnl: number;
  /** Earned by what was held at the beginning of the day. */
  readonly holding_pnl: number;
  /** `trading_pnl` and `holding_pnl` together. */
  readonly total_pnl: number;
}

/** What the recorder records: the data of `eRecorderUpdate`. */
export interface RecorderData {
  /** Contracts and spreads of which it records ticks. */
  readonly tick: readonly string[];
  /** Contracts of which it records bars. */
  readonly bar: readonly string[];
}

/** What a field of a dict is to hold: a kind, a member of an enum, or a dict with fields of its own. */
type Check = 'text' | 'number' | 'flag' | 'texts' | { readonly member: string } | { readonly fields: Fields };

/** The fields that a dict must have. Others pass through. */
type Fields = Readonly<Record<string, Check>>;

/** The checks of an interface: no field of it without one. */
type ChecksOf<Data> = { readonly [Name in keyof Data]-?: Check };

const VALUES: Check = { fields: {} };

const STRATEGY = {
  strategy_name: 'text',
  class_name: 'text',
  author: 'text',
  parameters: VALUES,
  variables: { fields: { inited: 'flag', trading: 'flag' } },
} satisfies ChecksOf<StrategyData>;

/** The dicts by the name that errors give them. */
const DICTS = {
  CtaStrategyData: {
    ...STRATEGY,
    vt_symbol: 'text',
    variables: { fields: { inited: 'flag', trading: 'flag', pos: 'number' } },
  } satisfies ChecksOf<CtaStrategyData>,
  PortfolioStrategyData: { ...STRATEGY, vt_symbols: 'texts' } satisfies ChecksOf<PortfolioStrategyData>,
  SpreadStrategyData: { ...STRATEGY, spread_name: 'text' } satisfies ChecksOf<SpreadStrategyData>,
  AlgoData: {
    algo_name: 'text',
    vt_symbol: 'text',
    direction: { member: 'Direction' },
    offset: { member: 'Offset' },
    price: 'number',
    volume: 'number',
    status: { member: 'AlgoStatus' },
    traded: 'number',
    left: 'number',
    traded_price: 'number',
    parameters: VALUES,
    variables: VALUES,
  } satisfies ChecksOf<AlgoData>,
  RiskRuleData: {
    name: 'text',
    class_name: 'text',
    parameters: VALUES,
    variables: VALUES,
  } satisfies ChecksOf<RiskRuleData>,
  OptionRiskData: {
    trade_volume: 'number',
    net_pos: 'number',
    order_count: 'number',
    cancel_count: 'number',
    trade_position_ratio: 'number',
    cancel_order_ratio: 'number',
  } satisfies ChecksOf<OptionRiskData>,
  PmContractData: {
    reference: 'text',
    vt_symbol: 'text',
    open_pos: 'number',
    last_pos: 'number',
    trading_pnl: 'number',
    holding_pnl: 'number',
    total_pnl: 'number',
    long_volume: 'number',
    short_volume: 'number',
    long_cost: 'number',
    short_cost: 'number',
  } satisfies ChecksOf<PmContractData>,
  PmPortfolioData: {
    reference: 'text',
    trading_pnl: 'number',
    holding_pnl: 'number',
    total_pnl: 'number',
  } satisfies ChecksOf<PmPortfolioData>,
  RecorderData: { tick: 'texts', bar: 'texts' } satisfies ChecksOf<RecorderData>,
} as const;

/** The dicts of vnpy's applications, by the name of their interface. */
export interface AppDicts {
  readonly CtaStrategyData: CtaStrategyData;
  readonly PortfolioStrategyData: PortfolioStrategyData;
  readonly SpreadStrategyData: SpreadStrategyData;
  readonly AlgoData: AlgoData;
  readonly RiskRuleData: RiskRuleData;
  readonly OptionRiskData: OptionRiskData;
  readonly PmContractData: PmContractData;
  readonly PmPortfolioData: PmPortfolioData;
  readonly RecorderData: RecorderData;
}

/**
 * Checks what came as one of the dicts. What is not known here passes through.
 *
 * @throws InvalidDataError naming the field that is missing or of the wrong type.
 */
export function checkDict<Name extends keyof AppDicts>(name: Name, value: unknown): AppDicts[Name] {
  checkFields(name, '', DICTS[name], value);
  // Each field of the interface has been looked at: `satisfies` above says so.
  return value as AppDicts[Name];
}

function checkFields(name: string, path: string, fields: Fields, value: unknown): void {
  if (!isDict(value)) throw wrongType(name, path, 'a dict', value);
  for (const [key, check] of Object.entries(fields)) {
    const field = path === '' ? key : `${path}.${key}`;
    const found = value[key];
    if (found === undefined)
      throw new InvalidDataError('MISSING_FIELD', name, field, `${name} has no ${field}: is it of another version?`);

    if (typeof check === 'object' && 'fields' in check) checkFields(name, field, check.fields, found);
    else if (!holds(check, found)) throw wrongType(name, field, expected(check), found);
  }
}

function holds(check: Exclude<Check, { readonly fields: Fields }>, value: unknown): boolean {
  switch (check) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    default:
      // A member that this package does not know is inert data: of a newer version.
      return isEnumMember(value, check.member) || value instanceof PyObject;
  }
}

function expected(check: Exclude<Check, { readonly fields: Fields }>): string {
  switch (check) {
    case 'text':
      return 'a string';
    case 'number':
      return 'a number';
    case 'flag':
      return 'true or false';
    case 'texts':
      return 'a list of strings';
    default:
      return `a member of ${check.member} (the client needs \`registry: appsRegistry\`)`;
  }
}

function isDict(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function wrongType(name: string, field: string, wanted: string, value: unknown): InvalidDataError {
  const what = field === '' ? name : `${name}.${field}`;
  return new InvalidDataError('WRONG_TYPE', name, field, `${what} must be ${wanted}, got ${describe(value)}`);
}
