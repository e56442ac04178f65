/**
 * What the console's server and its page say to each other: one definition, from which come types, checks and the
 * published schemas. Nothing here needs Node.js.
 *
 * @module
 */
export * from './answers.js';
export * from './apps.js';
export * as data from './data.js';
export type { Account, Bar, Contract, LiveBar, Log, Order, Position, Quote, Tick, Trade } from './data.js';
export * from './problems.js';
export * from './requests.js';
export * from './stream.js';
