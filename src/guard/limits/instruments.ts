/**
 * Contracts, with what a policy adds to vnpy's data of them.
 *
 * @module
 */
import { Exchange, Product } from '../../vnpy/data/public.js';
import type { ContractData } from '../../vnpy/data/public.js';
import { compilePattern } from '../policy/patterns.js';
import type { Matcher } from '../policy/patterns.js';
import type { ContractRule } from '../policy/policy.js';
import { exchangeOf } from './facts.js';

/** A contract as limits see it. */
export interface Instrument {
  readonly contract: ContractData;
  /** vnpy's name of the exchange. */
  readonly exchange: string;
  /** One position for both directions. */
  readonly isNet: boolean;
  /** CLOSE means yesterday's position. */
  readonly closesByDay: boolean;
  readonly isOption: boolean;
  /** Its value is the sum of its legs. */
  readonly hasLegs: boolean;
  /** Profits are in coins: volume × size / price. */
  readonly inverse: boolean;
  /** Undefined where neither the policy nor the exchange tells. */
  readonly currency: string | undefined;
}

/** Exchanges at which everything is in yuan: vnpy's data do not name currencies. */
const IN_YUAN = new Set<unknown>([
  Exchange.CFFEX,
  Exchange.SHFE,
  Exchange.CZCE,
  Exchange.DCE,
  Exchange.INE,
  Exchange.GFEX,
  Exchange.SSE,
  Exchange.SZSE,
  Exchange.BSE,
  Exchange.SGE,
  Exchange.WXE,
  Exchange.CFETS,
  Exchange.XBOND,
]);

interface CompiledRule {
  readonly rule: ContractRule;
  readonly matcher: Matcher;
}

const compiled = (rule: ContractRule): CompiledRule => ({ rule, matcher: compilePattern(rule.match) });

/** The contracts that are known. */
export class Instruments {
  #rules: readonly CompiledRule[];
  /** The newest of each vt_symbol, and that of each gateway: vnpy's OmsEngine lists one, of whichever gateway told last. */
  readonly #bySymbol = new Map<string, ContractData>();
  readonly #byGateway = new Map<string, Map<string, ContractData>>();
  readonly #gateways = new Set<string>();
  readonly #made = new WeakMap<ContractData, Instrument>();

  constructor(rules: readonly ContractRule[]) {
    this.#rules = rules.map(compiled);
  }

  setRules(rules: readonly ContractRule[]): void {
    this.#rules = rules.map(compiled);
    for (const contract of this.#bySymbol.values()) this.#made.delete(contract);
    for (const contracts of this.#byGateway.values())
      for (const contract of contracts.values()) this.#made.delete(contract);
  }

  add(contract: ContractData): void {
    const { gateway_name: gateway, vt_symbol: vtSymbol } = contract;
    this.#bySymbol.set(vtSymbol, contract);
    const contracts = this.#byGateway.get(gateway) ?? new Map<string, ContractData>();
    this.#byGateway.set(gateway, contracts.set(vtSymbol, contract));
    this.meet(gateway);
  }

  /** Something came of a gateway: it is there. */
  meet(gateway: string): void {
    this.#gateways.add(gateway);
  }

  hasGateway(gateway: string): boolean {
    return this.#gateways.has(gateway);
  }

  find(gateway: string, vtSymbol: string): Instrument | undefined {
    const contract = this.#byGateway.get(gateway)?.get(vtSymbol) ?? this.#bySymbol.get(vtSymbol);
    if (contract === undefined) return undefined;
    let instrument = this.#made.get(contract);
    if (instrument === undefined) {
      instrument = this.#make(contract);
      this.#made.set(contract, instrument);
    }
    return instrument;
  }

  #make(contract: ContractData): Instrument {
    const { vt_symbol: vtSymbol, exchange, product, net_position: isNet } = contract;
    const rule = this.#rules.find(({ matcher }) => matcher.matches(vtSymbol))?.rule;
    return {
      contract,
      exchange: exchangeOf(contract),
      isNet,
      closesByDay: exchange === Exchange.SHFE || exchange === Exchange.INE,
      isOption: product === Product.OPTION,
      hasLegs: rule?.notional === 'legs' || (rule === undefined && product === Product.SPREAD),
      inverse: rule?.inverse ?? false,
      currency: rule?.currency ?? (IN_YUAN.has(exchange) ? 'CNY' : undefined),
    };
  }
}
