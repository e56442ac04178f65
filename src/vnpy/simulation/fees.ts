/**
 * What the simulated broker takes for a fill.
 *
 * @module
 */
import { RpcUsageError } from '../../rpc/index.js';
import { describe } from '../data/describe.js';
import type { ContractData } from '../data/index.js';
import { Decimal } from '../decimal.js';
import { product, unitValue } from './units.js';

/** A fee. Both parts are added. */
export interface FeeRate {
  /** Money for a volume of 1. */
  readonly perVolume?: number;
  /** Part of the turnover, which is price × volume × size: 0.0001 is one in ten thousand. */
  readonly ofTurnover?: number;
}

const PARTS: ReadonlySet<string> = new Set<keyof FeeRate>(['perVolume', 'ofTurnover']);

/** @throws RpcUsageError `BAD_OPTION` that names the entry. */
export function checkFees(name: string, fees: Readonly<Record<string, FeeRate>>): Readonly<Record<string, FeeRate>> {
  const fault = (what: string): RpcUsageError => new RpcUsageError('BAD_OPTION', `${name} ${what}`);
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(fees)) throw fault(`must be an object of fees, { "rb.SHFE": { "ofTurnover": 0.0001 } } for instance`);

  for (const [key, rate] of Object.entries(fees)) {
    if (!/^.+\.[A-Z]+$/.test(key)) throw fault(`has ${describe(key)}, which is no rb2705.SHFE and no rb.SHFE`);
    if (!isObject(rate)) throw fault(`of ${key} must be an object with perVolume, ofTurnover or both`);
    for (const [part, value] of Object.entries(rate)) {
      if (!PARTS.has(part)) throw fault(`of ${key} have no ${describe(part)}; there are perVolume and ofTurnover`);
      if (!(Number.isFinite(value) && Number(value) >= 0))
        throw fault(`of ${key}: ${part} must be a finite number of 0 or more, not ${describe(value)}`);
    }
  }
  return fees;
}

/** Fees by contract, or by product. */
export class Fees {
  readonly #rates: ReadonlyMap<string, FeeRate>;

  constructor(rates: Readonly<Record<string, FeeRate>> = {}) {
    this.#rates = new Map(Object.entries(rates));
  }

  /** The fee of a fill. */
  of(contract: ContractData, ticks: number, lots: number): Decimal {
    const rate = this.#rateOf(contract);
    if (rate === undefined) return Decimal.ZERO;
    const { perVolume = 0, ofTurnover = 0 } = rate;
    const volume = Decimal.of(lots).times(Decimal.of(contract.min_volume));
    const turnover = product(ticks, lots).times(unitValue(contract)).abs();
    return Decimal.of(perVolume).times(volume).plus(Decimal.of(ofTurnover).times(turnover));
  }

  #rateOf(contract: ContractData): FeeRate | undefined {
    if (this.#rates.size === 0) return undefined;
    const { symbol, exchange, option_portfolio: portfolio } = contract;
    const name = portfolio ?? /^[A-Za-z]+/.exec(symbol)?.[0];
    return this.#rates.get(contract.vt_symbol) ?? this.#rates.get(`${name}.${exchange.value}`);
  }
}
