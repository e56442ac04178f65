/**
 * The rules, in the order in which they are asked: the first that refuses is the answer.
 *
 * `shape` is asked before them, and what each of them must know. `refusals` refuses nothing by itself.
 *
 * @module
 */
import type { Limits } from '../../policy/policy.js';
import { PRICE_BAND } from './band.js';
import { DUPLICATES, SELF_TRADE } from './crossing.js';
import { LOSS_PER_DAY } from './loss.js';
import { CLOSE_ONLY, OPEN_ORDERS, POSITION_VOLUME } from './position.js';
import {
  CANCELS_PER_DAY,
  LARGE_CANCELS,
  MESSAGES_PER_DAY,
  MESSAGES_PER_SECOND,
  OPEN_VOLUME_PER_DAY,
  ORDERS_PER_DAY,
} from './rates.js';
import type { LimitRule } from './rule.js';
import { ORDER_NOTIONAL, ORDER_VOLUME } from './size.js';

/** One row a rule. */
export const RULES: readonly LimitRule[] = [
  SELF_TRADE,
  DUPLICATES,
  ORDER_VOLUME,
  ORDER_NOTIONAL,
  PRICE_BAND,
  CLOSE_ONLY,
  POSITION_VOLUME,
  OPEN_ORDERS,
  MESSAGES_PER_SECOND,
  ORDERS_PER_DAY,
  MESSAGES_PER_DAY,
  CANCELS_PER_DAY,
  OPEN_VOLUME_PER_DAY,
  LARGE_CANCELS,
  LOSS_PER_DAY,
];

/** Their names, in that order. */
export const LIMIT_ORDER: readonly (keyof Limits)[] = RULES.map(({ rule }) => rule);
