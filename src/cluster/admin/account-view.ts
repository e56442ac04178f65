/**
 * An account as a person looks at it: its edges, its lease, its record.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { SYSTEM_CLOCK } from '../transport/clock.js';
import type { AccountRecord } from '../account/record.js';
import { Records } from '../account/records.js';
import { fieldsOf, isText } from '../account/store.js';
import type { ClusterTransport } from '../transport/transport.js';
import { Subjects } from '../wire/subjects.js';

/** What the store has of an account. It may be some old news: it is for people. */
export interface AccountView {
  readonly account: string;
  /** Undefined where nobody has held it yet. */
  readonly record: AccountRecord | undefined;
  /** Who has the lease now; undefined where it has expired, or was never taken. */
  readonly lease: { readonly edge: string; readonly state: string } | undefined;
  /** Why something could not be read. */
  readonly trouble: string | undefined;
}

/** How long an answer of the store is waited for, in ms. */
const TIMEOUT = 3000;

/** The record of an account, to be read and changed. */
export function recordsOf(transport: ClusterTransport, cluster: string, account: string): Records {
  const subject = new Subjects(cluster).account(account);
  return new Records({ store: transport, subject, clock: SYSTEM_CLOCK, timeout: TIMEOUT });
}

/** Looks. Never rejects: a part that cannot be read is told as trouble. */
export async function viewAccount(transport: ClusterTransport, cluster: string, account: string): Promise<AccountView> {
  const trouble: string[] = [];
  const tried = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      trouble.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const seen = await tried('the record', () => recordsOf(transport, cluster, account).read());
  const lease = await tried('the lease', () =>
    transport.last(new Subjects(cluster).lease(account), { timeout: TIMEOUT }),
  );
  const { edge, state } = lease === undefined ? {} : fieldsOf(lease.payload);
  return {
    account,
    record: seen?.record,
    lease: isText(edge) && isText(state) ? { edge, state } : undefined,
    trouble: trouble.length === 0 ? undefined : trouble.join('; '),
  };
}
