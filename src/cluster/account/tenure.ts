/**
 * One tenure: from the lease that was taken to its end.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import { isOver, pause } from './clock.js';
import type { ClusterClock } from '../transport/clock.js';
import type { Plan } from './decide.js';
import type { HoldingState } from './holding.js';
import type { Lease, LeaseTerms } from './lease.js';
import type { AccountMemory } from './memory.js';
import { NEW_RECORD } from './record.js';
import type { AccountRecord, JournalMark, SeenRecord } from './record.js';
import type { Records } from './records.js';
import type { EdgeSelf } from './store.js';

/** What the tenure knows of a journal. */
export interface MarkedJournal {
  /** Whether it has no order of the account. */
  isEmpty(): Promise<boolean>;
  /** Whether what was seen there is there still: why not, or undefined. */
  missing(mark: JournalMark): Promise<string | undefined>;
  /** The newest place that was seen; undefined where it is empty. */
  readonly mark: JournalMark | undefined;
}

/** What a tenure works with. */
export interface TenureParts {
  readonly clock: ClusterClock;
  readonly terms: LeaseTerms;
  readonly self: EdgeSelf;
  readonly lease: Lease;
  readonly records: Records;
  readonly memory: AccountMemory;
  readonly journal: MarkedJournal;
  readonly logger: Logger;
  /** Finds out what is open. Resolves when journal and server agree. May tell of its progress. */
  readonly recover: (tenure: RecoveryCall) => Promise<void>;
  /** Ends what is under way. @returns whether nothing is any more. */
  readonly drain: () => Promise<boolean>;
  /** A person has looked at what is open, and wants the account to go on. */
  readonly accepts?: (by: string, why: string) => void;
  readonly become: (state: HoldingState, reason: string, epoch: number | undefined) => void;
}

/** For a recovery. */
export interface RecoveryCall {
  readonly epoch: number;
  /** Aborted when the account is not held any more. */
  readonly signal: AbortSignal;
  /** What is waited for, for a person. */
  tell(reason: string): void;
}

/** Why a tenure ended. */
export interface TenureEnd {
  readonly kind: 'lost' | 'released' | 'halted';
  readonly reason: string;
}

/** How long an hour is, in ms: so often a place of the journal is noted in the record. */
const HOUR = 3_600_000;
/** Marks that are kept: a bit more than a day. */
const MARKS = 30;

/** The account is not to be had, or not like this. */
class Denied extends Error {
  constructor(
    readonly kind: 'lost' | 'halted',
    message: string,
  ) {
    super(message);
  }
}

/** Holds an account once. */
export class Tenure {
  readonly #parts: TenureParts;
  readonly #plan: Extract<Plan, { kind: 'take' }>;
  /** One stretch of time in which the lease lasts. */
  #stretch = new AbortController();
  #renewed: () => void = () => undefined;
  #takeBack: () => void = () => undefined;
  #end: TenureEnd | undefined;
  #epoch: number | undefined;
  #isKeepingUp = false;
  #noted = -Infinity;

  constructor(parts: TenureParts, plan: Extract<Plan, { kind: 'take' }>) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /** Undefined until the record says so. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** Ends it: gives the account back, or stops at once. */
  end(end: TenureEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    // It holds from this turn on: an order that is just being sent looks once more.
    const { become, lease } = this.#parts;
    if (end.kind === 'released') {
      become('draining', end.reason, this.#epoch);
    } else {
      lease.drop();
      become(end.kind === 'halted' ? 'halted' : 'passive', end.reason, undefined);
    }
    this.#stretch.abort();
    this.#renewed();
  }

  /** Holds the account until this ends. @throws the store's error where the lease was not taken. */
  async run(): Promise<TenureEnd> {
    const { lease, become } = this.#parts;
    become('acquiring', this.#plan.reason, undefined);
    const seq = await lease.take(this.#plan.expectedLast);
    this.#arm();
    const stop = new AbortController();
    const renewing = this.#renewAlways(stop.signal);
    const unlisten = this.#parts.records.onChange((seen) => {
      this.#look(seen);
    });
    try {
      await this.#sign(seq);
      while (this.#end === undefined) await this.#serve();
      return await this.#giveBack();
    } catch (error) {
      if (!(error instanceof Denied)) throw error;
      return { kind: error.kind, reason: error.message };
    } finally {
      unlisten();
      stop.abort();
      this.#takeBack();
      // Whoever has not signed the record has not acted: nobody has to wait for the end of this lease.
      if (this.#epoch === undefined) await lease.giveBack().catch(() => undefined);
      lease.drop();
      await renewing;
    }
  }

  /** Writes into the record who holds the account, and remembers it. Nothing is done before. */
  async #sign(seq: number): Promise<void> {
    const { records, memory, self, terms, clock } = this.#parts;
    const { acceptsLoss, seen: decidedBy } = this.#plan;
    let epoch = 0;
    const seen = await records.update((record = NEW_RECORD) => {
      const isOwn = record.holder.boot === self.boot && record.epoch === epoch && record.state === 'held';
      if (!isOwn && decisive(record) !== decisive(decidedBy.record ?? NEW_RECORD))
        throw new Denied('lost', 'somebody else has changed the record of the account');
      const highest = isOwn ? 0 : Math.max(record.epoch, memory.facts.epoch);
      let { epochBase } = record;
      if (epochBase + seq <= highest) {
        if (!acceptsLoss) throw new Denied('halted', backwards(`the lease is at ${epochBase + seq}`, highest));
        epochBase = highest;
      }
      epoch = epochBase + seq;
      const holder = { edge: self.edge, identity: self.identity, boot: self.boot };
      const since = clock.wall();
      const { ttl } = terms;
      const { marks, halts, carriedOut } = record;
      return {
        state: 'held',
        holder,
        epoch,
        epochBase,
        ttl,
        since,
        marks: acceptsLoss ? [] : marks,
        hold: undefined,
        takeover: undefined,
        halts,
        carriedOut,
      };
    });
    if (seen.seq <= memory.facts.record && !acceptsLoss)
      throw new Denied('halted', backwards(`the record is at ${seen.seq}`, memory.facts.record));
    await memory.save({ epoch, record: seen.seq, ...(acceptsLoss ? { mark: undefined, counted: 0 } : {}) });
    this.#epoch = epoch;
  }

  /** Recovers and is active, as long as the lease lasts. */
  async #serve(): Promise<void> {
    const { become, recover, lease } = this.#parts;
    const epoch = this.#epoch;
    if (epoch === undefined) return;
    if (lease.left === 0) {
      become('acquiring', 'the lease could not be renewed in time: it is tried on', epoch);
      await this.#nextRenewal();
      return;
    }
    this.#stretch = new AbortController();
    const { signal } = this.#stretch;
    this.#arm();
    const tell = (reason: string): void => {
      if (!isOver(signal)) become('recovering', reason, epoch);
    };
    tell('the journal is compared with the server');
    try {
      await recover({ epoch, signal, tell });
    } catch (error) {
      if (isOver(signal)) return;
      tell(`it is tried again: ${messageOf(error)}`);
      await pause(this.#parts.clock, this.#parts.terms.renew, signal);
      return;
    }
    if (isOver(signal) || lease.left === 0) return;
    become('active', this.#plan.reason, epoch);
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }

  /** Resolves with the next renewal that goes well, or the end. */
  #nextRenewal(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#end !== undefined) resolve();
      else this.#renewed = resolve;
    });
  }

  async #renewAlways(signal: AbortSignal): Promise<void> {
    const { clock, terms, lease, logger } = this.#parts;
    let took = 0;
    for (;;) {
      await pause(clock, Math.max(terms.renew / 10, terms.renew - took), signal);
      if (isOver(signal)) return;
      const begun = clock.now();
      try {
        const isHeld = await lease.renew();
        if (isOver(signal)) return;
        if (!isHeld) {
          this.end({ kind: 'lost', reason: 'somebody else has the lease, or it has ended' });
          return;
        }
        this.#arm();
        this.#renewed();
        void this.#keepUp();
      } catch (error) {
        logger.warn(`cluster: the lease could not be renewed: ${messageOf(error)}`);
      }
      took = clock.now() - begun;
    }
  }

  /** Looks at the record, and notes the place in the journal: no renewal waits for it. */
  async #keepUp(): Promise<void> {
    if (this.#isKeepingUp) return;
    const { clock, records, logger } = this.#parts;
    this.#isKeepingUp = true;
    try {
      await records.read();
      await this.#remember();
      if (this.#epoch === undefined || this.#end !== undefined || clock.now() - this.#noted < HOUR) return;
      this.#noted = clock.now();
      await this.#note((record) => record);
    } catch (error) {
      logger.warn(`cluster: the place in the journal could not be noted: ${messageOf(error)}`);
    } finally {
      this.#isKeepingUp = false;
    }
  }

  /** The time of the lease is over when its clocks say so, whether or not anybody answers. */
  #arm(): void {
    const { clock, lease } = this.#parts;
    this.#takeBack();
    this.#takeBack = clock.after(Math.max(1, lease.left), () => {
      if (lease.left > 0) this.#arm();
      else this.#stretch.abort();
    });
  }

  /** Looks whether the record says something about this tenure. */
  #look({ record }: SeenRecord): void {
    if (this.#epoch === undefined || record === undefined) return;
    const { holder, epoch, takeover, state } = record;
    if (holder.boot !== this.#parts.self.boot && epoch > this.#epoch) {
      this.end({ kind: 'lost', reason: `${holder.edge} has taken the account (epoch ${epoch})` });
    } else if (state === 'held' && takeover !== undefined && takeover.edge !== this.#parts.self.edge) {
      const { by, why, edge } = takeover;
      this.end({ kind: 'released', reason: `${by} gives the account to ${edge}: ${why}` });
    } else if (takeover?.acceptsLoss === true && this.#end === undefined) {
      this.#parts.accepts?.(takeover.by, takeover.why);
      // The order is carried out, and is taken out of the record.
      this.#note((present) => present).catch((error: unknown) => {
        this.#parts.logger.warn(`cluster: the takeover stays in the record: ${messageOf(error)}`);
      });
    }
  }

  /** Gives the account back in order, if nothing is under way any more. */
  async #giveBack(): Promise<TenureEnd> {
    const { become, drain, lease } = this.#parts;
    const end = this.#end ?? { kind: 'lost', reason: 'it ended' };
    if (end.kind !== 'released') return end;
    const isDone = await drain();
    if (!isDone || lease.left === 0)
      return { kind: 'lost', reason: `${end.reason}; orders are under way: whoever takes the account has to wait` };
    await this.#remember();
    // From here on nothing is done: the state is no more one that acts.
    become('passive', end.reason, undefined);
    const isNoted = await this.#note((record) => ({ ...record, state: 'released', since: this.#parts.clock.wall() }));
    if (!isNoted) return { kind: 'lost', reason: `${end.reason}; the record does not say so` };
    await lease.giveBack().catch(() => undefined);
    return end;
  }

  /** Notes the place in the journal on this edge's disk. */
  async #remember(): Promise<void> {
    const { memory, journal, records } = this.#parts;
    const { mark } = journal;
    const { seq } = records.latest;
    const isKnown = mark === undefined || mark.seq === memory.facts.mark?.seq;
    if (this.#epoch === undefined || (isKnown && seq <= memory.facts.record)) return;
    await memory.save({ record: Math.max(seq, memory.facts.record), ...(mark === undefined ? {} : { mark }) });
  }

  /** Changes the record, if it is this tenure's still, and notes the place in the journal there. */
  async #note(change: (record: AccountRecord) => AccountRecord): Promise<boolean> {
    const { records, journal, self } = this.#parts;
    let isOwn = true;
    await records.update((record) => {
      isOwn = record?.holder.boot === self.boot && record.epoch === this.#epoch;
      if (record === undefined || !isOwn) return undefined;
      const { mark } = journal;
      const marks = mark === undefined ? record.marks : [...record.marks, mark].slice(-MARKS);
      // What a person has ordered of the edge that holds the account is done.
      const takeover = record.takeover?.edge === self.edge ? undefined : record.takeover;
      return change({ ...record, marks, takeover });
    });
    return isOwn;
  }
}

/** What an edge decides by. Halts and marks may change meanwhile. */
function decisive({ state, holder, epoch, hold, takeover }: AccountRecord): string {
  return JSON.stringify([state, holder, epoch, hold, takeover]);
}

function backwards(what: string, highest: number): string {
  return `the store went backwards: ${what}, and ${highest} was seen; a person decides: \`vnpy-bridge cluster takeover\``;
}
