/**
 * How a call goes through the cluster: to whom, by its function.
 *
 * @module
 */
import { BALANCED_FUNCTIONS, CURRENT_FUNCTIONS } from '../admin/names.js';
import type { CallKind } from '../wire/subjects.js';

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

/** Reads that must be of now: the active edge alone answers them. */
const CURRENT: ReadonlySet<string> = new Set([...CURRENT_FUNCTIONS, HELLO, FLUSH, PROBE, JOURNAL]);
/** Reads that any edge of the account answers. */
const BALANCED: ReadonlySet<string> = new Set(BALANCED_FUNCTIONS);

/** To whom a call goes. What is not known to be a read is a command. */
export function kindOfCall(method: string): CallKind {
  if (BALANCED.has(method)) return 'q';
  return CURRENT.has(method) ? 'q1' : 'cmd';
}
