/**
 * Prices of options, out of those of their underlying.
 *
 * @module
 */
import type { TzInfo } from '../../pickle/index.js';
import type { ContractData } from '../data/index.js';
import { OptionType, Product } from '../enums/index.js';
import { black76 } from './black76.js';

/** Volatility at the money, and how much of it more a strike has that is a natural logarithm of 1 away. */
const VOLATILITY = 0.2;
const SMILE = 2;

const YEAR = 365 * 86_400_000;

/** The options of an index stand under a name of their own, which is not that of the future (CFFEX). */
const INDEX_FUTURES: Readonly<Record<string, string>> = { IO: 'IF', HO: 'IH', MO: 'IM' };

/** An option whose price follows from another contract's. */
export interface Derived {
  readonly underlying: ContractData;
  /** Its price when the underlying's is `forward`, at a moment in ms since 1970. Not in steps of a tick. */
  price(forward: number, now: number): number;
}

/** How an option is priced, where its underlying is among the contracts. */
export function derivedFrom(
  contract: ContractData,
  contracts: ReadonlyMap<string, ContractData>,
  { zone, centreOf }: { readonly zone: TzInfo; readonly centreOf: (underlying: ContractData) => number },
): Derived | undefined {
  const { product, option_underlying: name, option_strike: strike, option_type: type } = contract;
  if (product !== Product.OPTION || name === null || strike === null || type === null) return undefined;
  const underlying = underlyingOf(name, contract, contracts);
  // An option on an option, or on itself, has no price to begin with.
  if (underlying === undefined || underlying.product === Product.OPTION || !(strike > 0)) return undefined;
  const expiry = contract.option_expiry;
  // The dates of an option have no time as a rule: the last day counts to its close.
  const end = expiry === null ? undefined : Number(expiry.instant(zone) / 1000n) + 15 * 3_600_000;
  const skew = Math.log(strike / centreOf(underlying));
  return {
    underlying,
    price: (forward, now) =>
      black76({
        isCall: type === OptionType.CALL,
        forward,
        strike,
        years: end === undefined ? 0.25 : Math.min(2, Math.max(0, (end - now) / YEAR)),
        volatility: VOLATILITY * (1 + SMILE * skew * skew),
      }),
  };
}

/** `option_underlying` is a symbol of the same exchange in vnpy's gateways; a vt_symbol is taken, too. */
export function underlyingOf(
  name: string,
  { exchange }: ContractData,
  contracts: ReadonlyMap<string, ContractData>,
): ContractData | undefined {
  const future = name.replace(/^(IO|HO|MO)(?=\d)/, (prefix) => INDEX_FUTURES[prefix] ?? prefix);
  for (const symbol of [name, future]) {
    const found = contracts.get(`${symbol}.${exchange.value}`) ?? contracts.get(symbol);
    if (found !== undefined) return found;
  }
  return undefined;
}
