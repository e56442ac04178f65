/**
 * How a call goes through the cluster: to whom, by its function.
 *
 * @module
 */
import type { CallKind } from './subjects.js';

/** Asks the active edge to be let in, and again each second. */
export const HELLO = 'hello';
/** Stands for the marker of `findOrder`: its bytes are the marker alone, so that it can never be another cancel. */
export const FLUSH = 'vnpy_bridge_flush';
/** Any function that no server has: a living one answers that it has not. */
export const PROBE = 'vnpy_bridge_are_you_there';
/** What is written down of an order, by its key. */
export const JOURNAL = 'vnpy_bridge_journal';

/** A read of vnpy's that may take minutes. */
export const HISTORY = 'query_history';

/** Reads of vnpy's whose answer must be of now: the active edge alone. */
export const CURRENT_FUNCTIONS: readonly string[] = [
  'get_tick',
  'get_order',
  'get_trade',
  'get_position',
  'get_account',
  'get_all_ticks',
  'get_all_orders',
  'get_all_trades',
  'get_all_positions',
  'get_all_accounts',
  'get_all_active_orders',
];

/** Reads of vnpy's that any healthy edge may answer. */
export const BALANCED_FUNCTIONS: readonly string[] = ['get_contract', 'get_all_contracts', HISTORY];

/** What a client asks the active edge for beside the functions of vnpy. */
export const SYSTEM_FUNCTIONS: readonly string[] = [HELLO, FLUSH, PROBE, JOURNAL];

const CURRENT: ReadonlySet<string> = new Set([...CURRENT_FUNCTIONS, ...SYSTEM_FUNCTIONS]);
const BALANCED: ReadonlySet<string> = new Set(BALANCED_FUNCTIONS);

/** To whom a call goes. What is not known to be a read is a command. */
export function kindOfCall(method: string): CallKind {
  if (BALANCED.has(method)) return 'q';
  return CURRENT.has(method) ? 'q1' : 'cmd';
}
