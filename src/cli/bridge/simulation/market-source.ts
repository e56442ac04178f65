/**
 * What a simulated market is made of, wherever it comes from.
 *
 * @module
 */
import type { ContractData } from '../../../vnpy/index.js';

/** Contracts, and the prices at which their markets start. */
export interface MarketSource {
  readonly contracts: readonly ContractData[];
  /** By `vt_symbol`; for the others one follows from the seed. */
  readonly startPrices: Readonly<Record<string, number>>;
}
