/**
 * The markets of all contracts, each made when it is first asked for.
 *
 * @module
 */
import type { TzInfo } from '../../pickle/index.js';
import type { BarData, ContractData, HistoryRequest } from '../data/index.js';
import type { Calendar } from './calendar.js';
import { makeBars, wavesAround } from './history.js';
import { Market } from './market.js';
import { derivedFrom, underlyingOf } from './option-price.js';
import type { Derived } from './option-price.js';
import type { Reason } from './texts.js';
import { priceOf, ticksOf } from './units.js';

/** What they have in common. */
export interface MarketsOptions {
  readonly seed: number;
  readonly zone: TzInfo;
  readonly startPrices: Readonly<Record<string, number>>;
  readonly calendar: Calendar;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export class Markets {
  readonly #contracts: ReadonlyMap<string, ContractData>;
  readonly #options: MarketsOptions;
  readonly #began: number;
  readonly #markets = new Map<string, Market>();
  readonly #derived = new Map<string, Derived | undefined>();
  /** Strikes of the options on a contract, by its `vt_symbol`; made when first asked for. */
  #strikes: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(contracts: ReadonlyMap<string, ContractData>, options: MarketsOptions) {
    this.#contracts = contracts;
    this.#options = options;
    this.#began = options.clock();
  }

  of(contract: ContractData): Market {
    let market = this.#markets.get(contract.vt_symbol);
    if (market === undefined) {
      market = this.#make(contract);
      this.#markets.set(contract.vt_symbol, market);
    }
    return market;
  }

  /** Those contracts, underlyings before their options; the underlyings also where they are not asked for. */
  inOrder(vtSymbols: Iterable<string>): ReadonlySet<ContractData> {
    const ordered = new Set<ContractData>();
    const options: ContractData[] = [];
    for (const vtSymbol of vtSymbols) {
      const contract = this.#contracts.get(vtSymbol);
      if (contract === undefined) continue;
      const underlying = this.#derivedFrom(contract)?.underlying;
      ordered.add(underlying ?? contract);
      if (underlying !== undefined) options.push(contract);
    }
    for (const contract of options) ordered.add(contract);
    return ordered;
  }

  /** @returns Made-up bars, or why there are none. */
  bars(request: HistoryRequest, contract: ContractData): BarData[] | Reason {
    const { seed, zone, clock, calendar } = this.#options;
    return makeBars(request, contract, { seed, zone, calendar, now: clock(), at: this.#pathOf(contract) });
  }

  /** A trading day begins for those contracts. */
  beginDay(hasDays: (contract: ContractData) => boolean): void {
    for (const [vtSymbol, market] of this.#markets) {
      const contract = this.#contracts.get(vtSymbol);
      if (contract !== undefined && hasDays(contract)) market.beginDay();
    }
  }

  #make(contract: ContractData): Market {
    const { seed, zone, clock, startPrices } = this.#options;
    const derived = this.#derivedFrom(contract);
    if (derived === undefined) {
      const startPrice = startPrices[contract.vt_symbol] ?? this.#middleStrike(contract);
      return new Market(contract, { seed, zone, startPrice });
    }

    const { underlying } = derived;
    const source = this.of(underlying);
    const limits = source.limits;
    const points = limits === undefined ? 0 : priceOf(underlying, limits.high) - priceOf(underlying, limits.low);
    return new Market(contract, {
      seed,
      zone,
      startPrice: undefined,
      derived: {
        ticks: () => optionTicks(contract, derived.price(priceOf(underlying, source.lastTicks), clock())),
        span: Math.ceil(points / contract.pricetick),
      },
    });
  }

  /** Where options on a contract are struck, its price is as a rule. */
  #middleStrike({ vt_symbol }: ContractData): number | undefined {
    this.#strikes ??= strikesIn(this.#contracts);
    const strikes = this.#strikes.get(vt_symbol) ?? [];
    return strikes[strikes.length >> 1];
  }

  #pathOf(contract: ContractData): (time: number) => number {
    const derived = this.#derivedFrom(contract);
    if (derived !== undefined) {
      const { underlying } = derived;
      const path = this.#pathOf(underlying);
      return (time) => optionTicks(contract, derived.price(priceOf(underlying, path(time)), time));
    }
    const centre = ticksOf(contract, this.#options.startPrices[contract.vt_symbol] ?? 0) ?? 0;
    const { seed, calendar } = this.#options;
    const began = calendar.lastOpen(contract, this.#began);
    return wavesAround(centre > 0 ? centre : this.of(contract).lastTicks, contract, { seed, began });
  }

  #derivedFrom(contract: ContractData): Derived | undefined {
    const { vt_symbol: vtSymbol } = contract;
    if (!this.#derived.has(vtSymbol)) {
      const centreOf = (underlying: ContractData): number => priceOf(underlying, this.of(underlying).startTicks);
      this.#derived.set(vtSymbol, derivedFrom(contract, this.#contracts, { zone: this.#options.zone, centreOf }));
    }
    return this.#derived.get(vtSymbol);
  }
}

/** Strikes of all options by the `vt_symbol` of their underlying, each once, the lowest first. */
function strikesIn(contracts: ReadonlyMap<string, ContractData>): ReadonlyMap<string, readonly number[]> {
  const strikes = new Map<string, Set<number>>();
  for (const contract of contracts.values()) {
    const { option_strike: strike, option_underlying: name } = contract;
    const underlying = strike === null || name === null ? undefined : underlyingOf(name, contract, contracts);
    if (underlying === undefined || strike === null) continue;
    const known = strikes.get(underlying.vt_symbol) ?? new Set();
    strikes.set(underlying.vt_symbol, known.add(strike));
  }
  return new Map([...strikes].map(([vtSymbol, all]) => [vtSymbol, [...all].sort((one, other) => one - other)]));
}

/** An option costs a tick at least. */
function optionTicks({ pricetick }: ContractData, price: number): number {
  return Math.max(1, Math.round(price / pricetick));
}
