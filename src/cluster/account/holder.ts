/**
 * An edge and its account: looks, takes, holds, gives back.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { Elapsed, isOver, pause } from './clock.js';
import { decide } from './decide.js';
import type { Plan } from './decide.js';
import type { Holding, HoldingChange, HoldingState } from './holding.js';
import type { SeenLease } from './lease.js';
import type { SeenRecord } from './record.js';
import { Tenure } from './tenure.js';
import type { TenureEnd, TenureParts } from './tenure.js';

/** What a holder works with. */
export type HolderParts = Omit<TenureParts, 'become'>;

/** Holds an account, whenever it may. */
export class AccountHolder implements Holding {
  readonly #parts: HolderParts;
  readonly #listeners = new Set<(change: HoldingChange) => void>();
  readonly #ending = new AbortController();
  #state: HoldingState = 'passive';
  #reason = 'the edge has not looked yet';
  #epoch: number | undefined;
  #tenure: Tenure | undefined;
  #quiet: Quiet;
  #wake: () => void = () => undefined;
  #running: Promise<void> | undefined;
  /** Why nothing is taken any more by this run, but by a person's order. */
  #halted: string | undefined;

  constructor(parts: HolderParts) {
    this.#parts = parts;
    this.#quiet = new Quiet(parts);
  }

  get state(): HoldingState {
    return this.#state;
  }

  get reason(): string {
    return this.#reason;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  get left(): number {
    return CANCELS.has(this.#state) ? this.#parts.lease.left : 0;
  }

  get mayOrder(): boolean {
    return this.#state === 'active' && this.left > 0;
  }

  get mayReduce(): boolean {
    return (this.#state === 'active' || this.#state === 'recovering') && this.left > 0;
  }

  get mayCancel(): boolean {
    return this.left > 0;
  }

  onChange(listener: (change: HoldingChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Begins. What it finds is told by the state. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Gives the account back in order, where it is held, and ends. May be called again. */
  async stop(reason = 'the edge stops'): Promise<void> {
    this.#tenure?.end({ kind: 'released', reason });
    this.#ending.abort();
    await this.#running;
  }

  /** Something was lost: nothing is done any more until a person has decided. */
  halt(reason: string): void {
    this.#halted = reason;
    this.#tenure?.end({ kind: 'halted', reason });
    if (this.#tenure === undefined) this.#become('halted', reason, undefined);
  }

  async #run(): Promise<void> {
    const { records, logger, clock, terms } = this.#parts;
    const { signal } = this.#ending;
    const trouble = (error: unknown): void => {
      logger.warn(`cluster: the record of the account cannot be read: ${messageOf(error)}`);
    };
    const following = records.follow(trouble);
    const unlisten = records.onChange(() => {
      this.#wake();
    });
    while (!isOver(signal)) {
      try {
        await this.#step();
      } catch (error) {
        this.#become('passive', messageOf(error), undefined);
      }
      if (isOver(signal)) break;
      const turn = new AbortController();
      this.#wake = () => {
        turn.abort();
      };
      const stop = this.#wake;
      signal.addEventListener('abort', stop);
      await pause(clock, terms.renew, turn.signal);
      signal.removeEventListener('abort', stop);
      this.#wake = () => undefined;
    }
    unlisten();
    following.close();
    this.#become('passive', 'the edge has stopped', undefined);
  }

  /** Looks, and holds the account for as long as it may. */
  async #step(): Promise<void> {
    const plan = await this.#plan();
    if (isOver(this.#ending.signal)) return;
    if (plan.kind !== 'take') {
      this.#become(plan.kind === 'halted' ? 'halted' : 'passive', plan.reason, undefined);
      return;
    }
    const tenure = new Tenure(
      {
        ...this.#parts,
        become: (state, reason, epoch) => {
          this.#become(state, reason, epoch);
        },
      },
      plan,
    );
    this.#tenure = tenure;
    this.#halted = undefined;
    let end: TenureEnd = { kind: 'lost', reason: 'the lease was not taken' };
    try {
      end = await tenure.run();
    } finally {
      this.#tenure = undefined;
      this.#quiet = new Quiet(this.#parts);
      if (end.kind === 'halted') this.#halted = end.reason;
      this.#become(end.kind === 'halted' ? 'halted' : 'passive', end.reason, undefined);
    }
  }

  async #plan(): Promise<Plan> {
    const { records, lease, memory, self, journal, terms } = this.#parts;
    const seen = await records.read();
    const found = await lease.look();
    this.#quiet.see(found, seen);
    const plan = decide({
      seen,
      lease: found,
      self,
      remembered: memory.facts,
      journalIsEmpty: seen.record === undefined ? await journal.isEmpty() : false,
      quiet: this.#quiet.ms,
      wait: Math.max(terms.ttl, seen.record?.ttl ?? 0, found?.mark?.ttl ?? 0) + terms.grace,
    });
    if (plan.kind !== 'take' || plan.acceptsLoss) return plan;
    if (this.#halted !== undefined) return { kind: 'halted', reason: this.#halted };
    const marks = [memory.facts.mark, seen.record?.marks.at(-1)];
    for (const mark of marks) {
      const missing = mark === undefined ? undefined : await journal.missing(mark);
      if (missing !== undefined)
        return { kind: 'halted', reason: `${missing}; a person decides: \`vnpy-bridge cluster takeover\`` };
    }
    return plan;
  }

  #become(state: HoldingState, reason: string, epoch: number | undefined): void {
    const before = this.#state;
    if (state === before && reason === this.#reason && epoch === this.#epoch) return;
    this.#state = state;
    this.#reason = reason;
    this.#epoch = epoch;
    this.#parts.logger.info(`cluster: ${state}: ${reason}`);
    for (const listener of this.#listeners) {
      try {
        listener({ state, before, reason, epoch });
      } catch (error) {
        this.#parts.logger.error(`cluster: a listener failed: ${messageOf(error)}`);
      }
    }
  }
}

const CANCELS: ReadonlySet<HoldingState> = new Set(['active', 'recovering', 'draining']);

/** For how long nobody else has written the lease, as far as this edge has looked. */
class Quiet {
  readonly #parts: HolderParts;
  #since: Elapsed | undefined;
  #lease = 0;
  #about = '';

  constructor(parts: HolderParts) {
    this.#parts = parts;
  }

  /** In ms, by the slower clock. */
  get ms(): number {
    return this.#since?.atLeast ?? 0;
  }

  /** An order to take over begins the wait anew, and so does another holder. */
  see(lease: SeenLease | undefined, { record }: SeenRecord): void {
    const { clock, self } = this.#parts;
    const about = JSON.stringify([record?.epoch, record?.holder, record?.takeover]);
    const isWritten = lease !== undefined && lease.seq !== this.#lease && lease.mark?.boot !== self.boot;
    if (this.#since !== undefined && about === this.#about && !isWritten) return;
    this.#since = new Elapsed(clock);
    this.#lease = lease?.seq ?? this.#lease;
    this.#about = about;
  }
}
