/**
 * The options of a SimulatedEngine.
 *
 * @module
 */
import { option, OptionTable } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import type { TzInfo } from '../../pickle/index.js';
import { RpcUsageError } from '../../rpc/index.js';
import { optionChecks } from '../../rpc/internal.js';
import type { BarData, ContractData, HistoryRequest } from '../data/index.js';
import { describe } from '../data/describe.js';
import { ZONE_ROW } from '../zone.js';
import { checkFees } from './fees.js';
import type { FeeRate } from './fees.js';
import { checkHolidays } from './holidays.js';
import type { SimulationLanguage } from './texts.js';

/** Options of SimulatedEngine. */
export interface SimulatedEngineOptions {
  /** The contracts that there are. Default: a handful of each kind. Their `gateway_name` should be the engine's. */
  readonly contracts?: readonly ContractData[];
  /** Name of the gateway. Default `'SIM'`. */
  readonly gatewayName?: string;
  /** The same seed gives the same prices. Default 1. */
  readonly seed?: number;
  /** Adds chains of options on `rb2705` and `IF2703`, IO of CFFEX and rb of SHFE. Default false. */
  readonly optionChains?: boolean;
  /** Starting price by `vt_symbol`. Default: the middle strike of the options on it, else one that follows from the seed. */
  readonly startPrices?: Readonly<Record<string, number>>;
  /** Money in the account, finite. Default 1,000,000. */
  readonly balance?: number;
  /**
   * Trading hours of the Chinese exchanges, by day and by night, from Monday to Friday. Outside of them no ticks come, and
   * orders are refused. Orders end at the close of their trading day. Default false: the market is always open.
   */
  readonly sessions?: boolean;
  /**
   * Days on which the exchanges are closed beside the weekends, and before which there is no night session:
   * `['2027-01-01', '2027-02-05/2027-02-11']`. For `sessions` and `closeByDay`. Default: none.
   */
  readonly holidays?: readonly string[];
  /** Positions of today and of before are told apart, so that SHFE and INE need CLOSETODAY and CLOSEYESTERDAY. Default false. */
  readonly closeByDay?: boolean;
  /** Fees by `vt_symbol`, or by product: `rb.SHFE`, `rb_o.SHFE` for its options. Default: none. */
  readonly fees?: Readonly<Record<string, FeeRate>>;
  /** The language of the log, in which the reasons of refusals are told. Default `'en'`. */
  readonly language?: SimulationLanguage;
  /** Milliseconds since 1970: times of ticks, orders and trades. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * What ids of orders and fills begin with, as with the session of a broker: `'a1'` gives `SIM.a1_1`. Default: one that no
   * other run has. With a `clock` it follows from its time and the seed, so that a test can be repeated.
   */
  readonly session?: string;
  /** Time zone of those times, and of what is given as a Date: a key of the IANA database, or a zone. Default `'Asia/Shanghai'`. */
  readonly zone?: TzInfo | string;
  /** Bars, instead of made-up ones. */
  readonly history?: (request: HistoryRequest) => readonly BarData[];
}

/** A session that no other run has: vnpy's applications take a fill with the id of an earlier one for that. */
export function newSession(): string {
  return `${Date.now().toString(36)}${Math.floor(Math.random() * 36 ** 2).toString(36)}`;
}

/** A session that follows from a test's clock and seed. */
export function ownSession(now: number, seed: number): string {
  return `${now.toString(36)}${seed === 1 ? '' : `s${seed.toString(36)}`}`;
}

/** The options of a simulation. */
export const SIMULATION_OPTIONS = new OptionTable(optionChecks, 'the options of SimulatedEngine', {
  contracts: option.other<readonly ContractData[]>('an array of `ContractData`'),
  gatewayName: option.text('SIM'),
  seed: option.other('a number', undefined, 1),
  optionChains: option.flag(false),
  startPrices: option.other<Readonly<Record<string, number>>>('an object of numbers'),
  balance: option.other('a number', checkBalance, 1_000_000),
  sessions: option.flag(false),
  holidays: option.other<readonly string[]>('an array of days', checkHolidays),
  closeByDay: option.flag(false),
  fees: option.other<Readonly<Record<string, FeeRate>>>('an object of fees', checkFees),
  language: option.choice<SimulationLanguage, 'en'>(['en', 'zh'], 'en'),
  clock: option.callback<() => number>(),
  session: option.other('a text', checkSession),
  zone: ZONE_ROW,
  history: option.callback<(request: HistoryRequest) => readonly BarData[]>(),
} satisfies RowsOf<SimulatedEngineOptions>);

/** @throws RpcUsageError `BAD_OPTION` for what would make ids that vnpy takes apart wrongly. */
function checkSession(_name: string, session: string): string {
  if (typeof session === 'string' && /^[\w-]+$/.test(session)) return session;
  throw new RpcUsageError('BAD_OPTION', `session must be letters, digits, _ and -, not ${describe(session)}`);
}

/** @throws RpcUsageError `BAD_OPTION` for what is no amount of money. */
function checkBalance(_name: string, balance: number): number {
  if (Number.isFinite(balance)) return balance;
  throw new RpcUsageError('BAD_OPTION', `balance must be a finite number, not ${describe(balance)}`);
}
