/**
 * What an option on a future is worth: Black's formula of 1976, at an interest rate of 0.
 *
 * @module
 */

/** What decides the value of an option. */
export interface OptionTerms {
  readonly isCall: boolean;
  /** Price of the underlying, above 0. */
  readonly forward: number;
  /** Above 0. */
  readonly strike: number;
  /** Years to the end. */
  readonly years: number;
  /** Of a year: 0.2 is 20 %. */
  readonly volatility: number;
}

/** The value of an option, in points of its underlying: never below what exercising it at once would give. */
export function black76({ isCall, forward, strike, years, volatility }: OptionTerms): number {
  const intrinsic = Math.max(0, isCall ? forward - strike : strike - forward);
  const deviation = volatility * Math.sqrt(Math.max(0, years));
  if (!(deviation > 0)) return intrinsic;
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const call = forward * normal(d1) - strike * normal(d2);
  return Math.max(intrinsic, isCall ? call : call - forward + strike);
}

/** The normal distribution up to `x`, within 7.5e-8 (Abramowitz and Stegun, 26.2.17). */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
  return x >= 0 ? 1 - tail : tail;
}
