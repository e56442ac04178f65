/**
 * What persons say to an account: takeover, hold, halt and their ends. It stands in the account's record, which every edge of it
 * follows; nobody has to be reached for it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Halt, HaltLevel, HaltScope } from '../../guard/index.js';
import { NEW_RECORD } from '../account/record.js';
import type { AccountRecord } from '../account/record.js';
import type { Records } from '../account/records.js';
import { ClusterControlError } from './errors.js';

/** Who says it, and why. */
export interface Speaker {
  readonly by: string;
  readonly why: string;
  /** In ms since 1970. */
  readonly at: number;
}

/** What {@link takeover} wants. */
export interface TakeoverWish extends Speaker {
  /** The edge that is to take it. */
  readonly edge: string;
  /** Though something was lost: a person has looked at what is open. */
  readonly acceptsLoss: boolean;
}

/** What {@link haltAccount} wants. */
export interface HaltWish extends Speaker {
  readonly level: HaltLevel;
  readonly scope: HaltScope;
  /** Refuse new orders only: what works already stays. Default false: who holds the account cancels it. */
  readonly keepsOrders?: boolean;
}

/** Of an account without a record nobody knows who holds it: it is waited for whoever may. */
const LOST: AccountRecord = { ...NEW_RECORD, state: 'held' };

/**
 * Lets an edge take the account over. Who holds it gives it back in order; from who is silent it is taken when nothing of it can be
 * under way. The edge that is the holder by the record may be named: without its state folder it does not know itself again.
 * @throws {@link ClusterControlError} `NO_RECORD`, unless a loss is accepted.
 */
export async function takeover(records: Records, wish: TakeoverWish): Promise<AccountRecord> {
  return changed(records, (record) => {
    const { edge, acceptsLoss, by, why, at } = wish;
    if (record === undefined && !acceptsLoss) {
      throw new ClusterControlError(
        'NO_RECORD',
        'the account has no record: nobody has held it, and the first edge takes it by itself. Where it was lost, look at ' +
          'what is open at the broker, and then say --accept-loss',
      );
    }
    return { ...(record ?? LOST), takeover: { edge, acceptsLoss, by, why, at } };
  });
}

/** Holds the account back: no edge begins to hold it, and the one that holds it goes on. */
export async function hold(records: Records, { by, why, at }: Speaker): Promise<AccountRecord> {
  return changed(records, (record) => ({ ...needed(record), hold: { by, why, at } }));
}

/** Halts: every edge refuses what is in the scope, whichever holds the account now or later. */
export async function haltAccount(records: Records, wish: HaltWish): Promise<Halt> {
  const { level, scope, by, why, at, keepsOrders = false } = wish;
  const said = { id: randomUUID(), level, scope, who: by, why, when: at, source: 'hand' } as const;
  const halt: Halt = keepsOrders ? { ...said, keepsOrders } : said;
  await changed(records, (record) => ({ ...needed(record), halts: [...needed(record).halts, halt] }));
  return halt;
}

/** What {@link resume} has ended. */
export interface Resumed {
  readonly halts: readonly Halt[];
  readonly hold: boolean;
}

/**
 * Ends a halt by its id, `hold`, or `all` halts and the hold.
 * @throws {@link ClusterControlError} `NO_SUCH_HALT`
 */
export async function resume(records: Records, what: string): Promise<Resumed> {
  let resumed: Resumed = { halts: [], hold: false };
  await changed(records, (given) => {
    const record = needed(given);
    const isEnded = ({ id }: Halt): boolean => what === 'all' || id === what;
    const endsHold = (what === 'all' || what === 'hold') && record.hold !== undefined;
    resumed = { halts: record.halts.filter(isEnded), hold: endsHold };
    if (resumed.halts.length === 0 && !endsHold) {
      if (what === 'all') return undefined;
      throw new ClusterControlError(
        'NO_SUCH_HALT',
        `there is no ${what === 'hold' ? 'hold' : `halt ${what}`}: "cluster status" tells what there is`,
      );
    }
    return {
      ...record,
      halts: record.halts.filter((halt) => !isEnded(halt)),
      hold: endsHold ? undefined : record.hold,
    };
  });
  return resumed;
}

function needed(record: AccountRecord | undefined): AccountRecord {
  if (record !== undefined) return record;
  throw new ClusterControlError('NO_RECORD', 'the account has no record: no edge has held it yet. Is its name right?');
}

async function changed(
  records: Records,
  change: (record: AccountRecord | undefined) => AccountRecord | undefined,
): Promise<AccountRecord> {
  const { record } = await records.update(change);
  return needed(record);
}
