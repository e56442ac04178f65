/**
 * What whoever sends an order hears of an edge that did not send it.
 *
 * @module
 */
import { SendOrderError } from '../../vnpy/index.js';
import { ClusterError } from '../errors.js';
import type { Holding } from './holding.js';
import { KeyInDoubt } from './journal.js';
import type { JournalEntry } from './journal-entry.js';
import { checkSame } from './same-key.js';
import type { Wanted } from './same-key.js';

/** What whoever sends an order again hears of it. @throws what the first one heard, or that it is not known. */
export function answerOf(entry: JournalEntry, asked: Wanted): string {
  const { key, result, reference, edge } = entry;
  checkSame(key, asked, entry);
  switch (result?.outcome) {
    case 'sent':
      return result.vtOrderid;
    case 'refused':
      if (result.reason === '') return '';
      throw new SendOrderError('refused', result.reason, { reference, key });
    case 'not-sent':
      throw new SendOrderError('not-sent', result.reason, { reference, key });
    case 'unknown':
    case undefined:
      throw new SendOrderError('unknown', `${edge} has this order, and what became of it is not known`, {
        reference,
        key,
      });
  }
}

/** This edge does not hold the account. */
export function notActive({ state, reason }: Holding): ClusterError {
  return new ClusterError(state === 'halted' ? 'HALTED' : 'NOT_ACTIVE', `this edge is ${state}: ${reason}`);
}

/** What nothing left of reads so to a guard; all else stays what it is. */
export function asOrderError(error: unknown, reference: string, key: string): unknown {
  if (error instanceof KeyInDoubt)
    return new SendOrderError('unknown', error.message, { reference, key, cause: error });
  if (!(error instanceof ClusterError)) return error;
  return new SendOrderError(error.code === 'KEY_REUSED' ? 'refused' : 'not-sent', error.message, {
    reference,
    key,
    cause: error,
  });
}
