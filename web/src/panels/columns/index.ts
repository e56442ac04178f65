/**
 * The columns of VeighNa Trader's tables.
 *
 * @module
 */
export * from './holdings.js';
export * from './market.js';
export * from './orders.js';
