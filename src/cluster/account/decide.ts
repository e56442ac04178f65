/**
 * Whether an edge may take an account, by what it has seen. A pure function.
 *
 * @module
 */
import type { SeenLease } from './lease.js';
import type { Remembered } from './memory.js';
import type { SeenRecord } from './record.js';
import type { EdgeSelf } from './store.js';

/** What an edge sees of its account. */
export interface Situation {
  readonly seen: SeenRecord;
  readonly lease: SeenLease | undefined;
  readonly self: EdgeSelf;
  readonly remembered: Remembered;
  /** Whether the journal has no order of the account. */
  readonly journalIsEmpty: boolean;
  /** For how long nobody else has written the lease, as far as this edge has looked, in ms. */
  readonly quiet: number;
  /** How long it has to be quiet before it is taken from somebody: all of its lifetime, and the grace beyond it, in ms. */
  readonly wait: number;
}

/** What an edge does next. */
export type Plan =
  | {
      readonly kind: 'take';
      /** The `seq` of the lease that is followed. */
      readonly expectedLast: number;
      /** The record by which this was decided. */
      readonly seen: SeenRecord;
      readonly acceptsLoss: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'wait' | 'halted'; readonly reason: string };

/** Decides. */
export function decide(situation: Situation): Plan {
  const { seen, self, remembered } = situation;
  const { record } = seen;
  if (record === undefined) return withoutRecord(situation);
  const order = record.takeover?.edge === self.edge ? record.takeover : undefined;
  if (seen.seq < remembered.record && order?.acceptsLoss !== true) {
    return halted(
      `the record of the account went backwards: it is at ${seen.seq}, and this edge has seen ${remembered.record}`,
    );
  }
  if (order !== undefined) {
    const reason = `taken over by ${order.by}: ${order.why}`;
    return record.state === 'released' && !order.acceptsLoss
      ? whenFree(situation, reason)
      : whenQuiet(situation, order.acceptsLoss, reason);
  }
  if (record.takeover !== undefined) return wait(`${record.takeover.by} gives the account to ${record.takeover.edge}`);
  if (record.hold !== undefined) return wait(`${record.hold.by} holds the account back: ${record.hold.why}`);
  if (record.state === 'released') {
    const last = record.holder.edge;
    return whenFree(
      situation,
      last === '' ? 'the account has never been held' : `${last} has given the account back in order`,
    );
  }
  const { holder } = record;
  if (holder.edge === self.edge && holder.identity === self.identity)
    return whenQuiet(situation, false, 'this edge held the account last, and takes its own lease back');
  return wait(heldBy(situation, holder.edge));
}

/** An account that nobody has held has neither a journal nor an edge that remembers it. */
function withoutRecord(situation: Situation): Plan {
  const { remembered, journalIsEmpty } = situation;
  if (!journalIsEmpty) return halted('the account has a journal and no record: something was lost');
  if (remembered.epoch > 0)
    return halted(`the account has no record, and this edge has held it (epoch ${remembered.epoch}): it was lost`);
  return whenFree(situation, 'the account has never been held');
}

function whenFree(situation: Situation, reason: string): Plan {
  const { lease, self, seen } = situation;
  const mark = lease?.mark;
  const isFree = lease === undefined || mark?.state === 'released' || mark?.boot === self.boot;
  if (!isFree) return wait(`${mark?.edge ?? 'somebody'} is taking the account`);
  return { kind: 'take', expectedLast: lease?.seq ?? 0, seen, acceptsLoss: false, reason };
}

function whenQuiet(situation: Situation, acceptsLoss: boolean, reason: string): Plan {
  const { lease, seen, quiet } = situation;
  const left = situation.wait - quiet;
  if (left <= 0) return { kind: 'take', expectedLast: lease?.seq ?? 0, seen, acceptsLoss, reason };
  return wait(`${reason}; in ${Math.ceil(left / 1000)} s, when nothing of the holder can be under way any more`);
}

function heldBy({ lease, self }: Situation, holder: string): string {
  const whose = holder === self.edge ? `another state folder of ${holder}` : holder;
  if (lease?.mark?.state === 'held') return `${whose} holds the account`;
  return `the lease of ${whose} has expired, and waits for \`vnpy-bridge cluster takeover\``;
}

function wait(reason: string): Plan {
  return { kind: 'wait', reason };
}

function halted(reason: string): Plan {
  return { kind: 'halted', reason: `${reason}; a person decides: \`vnpy-bridge cluster takeover\`` };
}
