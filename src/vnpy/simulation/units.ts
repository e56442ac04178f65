/**
 * Prices in ticks and volumes in lots: whole numbers, so that matching and bookkeeping are exact.
 *
 * @module
 */
import type { ContractData } from '../data/index.js';

/** The price of a number of ticks. */
export function priceOf(contract: ContractData, ticks: number): number {
  return decimal(ticks * contract.pricetick);
}

/** A price in ticks, or `undefined` when it lies between two. */
export function ticksOf(contract: ContractData, price: number): number | undefined {
  return wholeUnits(price, contract.pricetick);
}

/** The volume of a number of lots; a lot is the contract's smallest volume. */
export function volumeOf(contract: ContractData, lots: number): number {
  return decimal(lots * contract.min_volume);
}

/** A volume in lots, or `undefined` when it is no whole number of them. */
export function lotsOf(contract: ContractData, volume: number): number | undefined {
  return wholeUnits(volume, contract.min_volume);
}

/** Takes away what binary fractions add, of a number of any size: 0.1 × 3 is 0.3, and 3 × 1e-18 is 3e-18. */
export function decimal(value: number): number {
  return Number(value.toPrecision(15));
}

/** The same of money, which has 8 decimals at most. */
export function rounded(value: number): number {
  return Math.round(value * 1e8) / 1e8;
}

function wholeUnits(value: number, unit: number): number | undefined {
  const count = Math.round(value / unit);
  return Number.isFinite(count) && Math.abs(value - count * unit) <= unit * 1e-6 ? count : undefined;
}
