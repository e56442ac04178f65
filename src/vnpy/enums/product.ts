/**
 * Enums of products and their data: product class, option type, currency, bar interval.
 *
 * @module
 */
import { defineEnum } from './enum.js';

/** Class of a product. (`vnpy.trader.constant.Product`) */
export const Product = defineEnum('Product', {
  /** Stock. */
  EQUITY: ['股票', 'Stock'],
  /** Futures. */
  FUTURES: ['期货', 'Futures'],
  /** Option. */
  OPTION: ['期权', 'Option'],
  /** Index. */
  INDEX: ['指数', 'Index'],
  /** Foreign exchange. */
  FOREX: ['外汇', 'Forex'],
  /** Spot. */
  SPOT: ['现货', 'Spot'],
  /** Exchange traded fund. */
  ETF: ['ETF'],
  /** Bond. */
  BOND: ['债券', 'Bond'],
  /** Warrant. */
  WARRANT: ['权证', 'Warrant'],
  /** Spread of several contracts. */
  SPREAD: ['价差', 'Spread'],
  /** Fund. */
  FUND: ['基金', 'Fund'],
  /** Contract for difference. */
  CFD: ['CFD'],
  /** Swap, also perpetual futures. */
  SWAP: ['互换', 'Swap'],
});
/** A member of {@link Product}. */
export type Product = (typeof Product)[keyof typeof Product];

/** Type of an option. (`vnpy.trader.constant.OptionType`) */
export const OptionType = defineEnum('OptionType', {
  /** Right to buy. */
  CALL: ['看涨期权', 'Call'],
  /** Right to sell. */
  PUT: ['看跌期权', 'Put'],
});
/** A member of {@link OptionType}. */
export type OptionType = (typeof OptionType)[keyof typeof OptionType];

/** Currency. (`vnpy.trader.constant.Currency`) */
export const Currency = defineEnum('Currency', {
  /** US dollar. */
  USD: ['USD'],
  /** Hong Kong dollar. */
  HKD: ['HKD'],
  /** Chinese yuan. */
  CNY: ['CNY'],
  /** Canadian dollar. */
  CAD: ['CAD'],
});
/** A member of {@link Currency}. */
export type Currency = (typeof Currency)[keyof typeof Currency];

/** Length of a bar. (`vnpy.trader.constant.Interval`) */
export const Interval = defineEnum('Interval', {
  /** One minute. */
  MINUTE: ['1m'],
  /** One hour. */
  HOUR: ['1h'],
  /** One day. */
  DAILY: ['d'],
  /** One week. */
  WEEKLY: ['w'],
  /** Not a bar: each tick. */
  TICK: ['tick'],
});
/** A member of {@link Interval}. */
export type Interval = (typeof Interval)[keyof typeof Interval];
