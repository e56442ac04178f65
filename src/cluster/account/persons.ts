/**
 * What a person may say about an account. It stands in the record, so that nobody has to run for it to be said.
 *
 * @module
 */
import { NEW_RECORD } from './record.js';
import type { AccountRecord, SeenRecord } from './record.js';
import type { Records } from './records.js';

/** Who says it, and why. */
export interface Saying {
  readonly by: string;
  readonly why: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** An edge is to take the account. Who holds it gives it back in order; from who is silent it is taken after the wait. */
export function orderTakeover(
  records: Records,
  { edge, by, why, at, acceptsLoss = false }: Saying & { readonly edge: string; readonly acceptsLoss?: boolean },
): Promise<SeenRecord> {
  // Where there was no record, nobody knows who holds it: the wait is waited.
  const none: AccountRecord = acceptsLoss ? { ...NEW_RECORD, state: 'held' } : NEW_RECORD;
  return records.update((record = none) => ({ ...record, takeover: { edge, by, why, at, acceptsLoss } }));
}

/** The order to take it over is withdrawn. */
export function withdrawTakeover(records: Records): Promise<SeenRecord> {
  return records.update((record) => (record?.takeover === undefined ? undefined : { ...record, takeover: undefined }));
}

/** Nobody is to begin to hold the account. Who holds it goes on. */
export function holdAccount(records: Records, said: Saying): Promise<SeenRecord> {
  const { by, why, at } = said;
  return records.update((record = NEW_RECORD) => ({ ...record, hold: { by, why, at } }));
}

/** Whoever may take it takes it again. */
export function endHold(records: Records): Promise<SeenRecord> {
  return records.update((record) => (record?.hold === undefined ? undefined : { ...record, hold: undefined }));
}
