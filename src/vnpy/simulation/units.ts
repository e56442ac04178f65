/**
 * Prices in ticks and volumes in lots: whole numbers, so that matching and bookkeeping are exact.
 *
 * @module
 */
import type { ContractData } from '../data/index.js';
import { Decimal } from '../decimal.js';

/** What a price or a volume may be off a whole number of steps, in steps: what binary fractions add. */
const TOLERANCE = Decimal.of(1e-6);

/** The price of a number of ticks: 0.3 for 3 ticks of 0.1. */
export function priceOf(contract: ContractData, ticks: number): number {
  return multiple(ticks, contract.pricetick);
}

/** A price in ticks, or `undefined` when it lies between two. */
export function ticksOf(contract: ContractData, price: number): number | undefined {
  return wholeUnits(price, contract.pricetick);
}

/** The volume of a number of lots; a lot is the contract's smallest volume. */
export function volumeOf(contract: ContractData, lots: number): number {
  return multiple(lots, contract.min_volume);
}

/** A volume in lots, or `undefined` when it is no whole number of them. */
export function lotsOf(contract: ContractData, volume: number): number | undefined {
  return wholeUnits(volume, contract.min_volume);
}

/** What one lot is worth at a price of one tick. */
export function unitValue({ pricetick, min_volume, size }: ContractData): Decimal {
  return Decimal.of(pricetick).times(Decimal.of(min_volume)).times(Decimal.of(size));
}

/** Ticks × lots. */
export function product(ticks: number, lots: number): Decimal {
  return Decimal.of(ticks).times(Decimal.of(lots));
}

function multiple(count: number, unit: number): number {
  // A book that is made of a last price has endless volume.
  return Number.isFinite(count) ? Decimal.of(count).times(Decimal.of(unit)).toNumber() : count * unit;
}

function wholeUnits(value: number, unit: number): number | undefined {
  if (!(unit > 0) || !Number.isFinite(value)) return undefined;
  const [given, step] = [Decimal.of(value), Decimal.of(unit)];
  const count = Number(given.count(step));
  const off = given.minus(step.times(Decimal.of(count))).abs();
  // Where floats are further apart than steps, the nearest float is meant.
  const isWhole = off.compare(step.times(TOLERANCE)) <= 0 || multiple(count, unit) === value;
  return isWhole ? count : undefined;
}
