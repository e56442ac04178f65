/**
 * The halts of an account: set at one edge, they hold at every edge, and at whichever takes the account next.
 *
 * They stand in the record of the account. A halt holds here from the turn in which it is asked for; the store comes second.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { messageOf } from '../../errors.js';
import type { Halt, HaltLevel, HaltScope, SharedHalts } from '../../guard/index.js';
import { compilePattern, haltText, holdsFor, scopeText } from '../../guard/internal.js';
import type { Logger } from '../../rpc/index.js';
import { CarryingOut } from './carrying-out.js';
import type { CarryingOutParts } from './carrying-out.js';
import { pause } from './clock.js';
import type { ClusterClock } from '../transport/clock.js';
import type { HaltLook } from './leased-engine.js';
import { NEW_RECORD } from './record.js';
import type { AccountRecord } from './record.js';
import type { Records } from './records.js';

/** What halts work with. */
export interface AccountHaltsParts {
  readonly records: Records;
  readonly clock: ClusterClock;
  readonly logger: Logger;
  /** The guard of this edge: its halts are the account's, and the account's are its. */
  readonly guard?: SharedHalts | undefined;
  /** The edge that holds the account cancels what works. */
  readonly holding: CarryingOutParts['holding'];
  /** Cancels what works under a halt, where there is no guard that does. @returns whether nothing works any more. */
  readonly cancel: (halt: Halt) => Promise<boolean>;
  /** Halts that stood in the record when this edge looked last: one that is missing since has ended while it was away. */
  readonly known: readonly string[];
  /** To be remembered for the next run. */
  readonly remember: (known: readonly string[]) => Promise<void>;
}

/** What is asked for. */
export interface AccountHaltOrder {
  /** Default `halt`. */
  readonly level?: HaltLevel;
  /** Default all. */
  readonly scope?: HaltScope;
  readonly by: string;
  readonly reason: string;
}

/** Above it, one halt of all takes the place of more. */
const MOST = 1000;
/** Between two tries to write, in ms. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;

/** The halts of one account, as one edge has them. */
export class AccountHalts implements HaltLook {
  readonly #parts: AccountHaltsParts;
  readonly #ends: (() => void)[] = [];
  /** Of the record, as it was read last. */
  #stored: readonly Halt[] = [];
  /** That hold here, and are not in the record yet. */
  readonly #added = new Map<string, Halt>();
  /** That have ended here, and are in the record still. */
  readonly #ended = new Map<string, { readonly by: string; readonly reason: string }>();
  readonly #carryingOut: CarryingOut;
  /** By the record. */
  #carriedOut: ReadonlySet<string> = new Set();
  #known: ReadonlySet<string>;
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: AccountHaltsParts) {
    this.#parts = parts;
    this.#known = new Set(parts.known);
    const { records, guard, holding, logger } = parts;
    this.#carryingOut = new CarryingOut({
      holding,
      logger,
      halts: () => this.list(),
      isWritten: (id) => this.#carriedOut.has(id),
      cancel: (halt) => this.#cancel(halt),
      done: () => void this.#write(),
    });
    this.#ends.push(() => {
      this.#carryingOut.close();
    });
    this.#ends.push(
      records.onChange(({ record }) => {
        this.#take(record);
      }),
    );
    const { record } = records.latest;
    if (record !== undefined) this.#take(record);
    if (guard === undefined) return;
    for (const halt of guard.list()) if (!this.#known.has(halt.id)) this.#added.set(halt.id, halt);
    this.#ends.push(
      guard.onChange(({ began, ended }) => {
        for (const halt of began) {
          this.#added.set(halt.id, halt);
          if (halt.keepsOrders !== true) this.#carryingOut.begun(halt.id);
        }
        for (const { id } of ended) this.#end(id, 'guard', 'ended at the guard of an edge');
        void this.#write();
      }),
      guard.onCarriedOut((id, isDone) => {
        this.#carryingOut.ended(id, isDone);
      }),
    );
  }

  /** All that are in force, oldest first. */
  list(): readonly Halt[] {
    const now = this.#parts.clock.wall();
    const stored = new Set(this.#stored.map(({ id }) => id));
    // One that has ended here holds until the record says so: a restart would know of it still.
    return [...this.#stored, ...[...this.#added.values()].filter(({ id }) => !stored.has(id))].filter(
      ({ until }) => until === undefined || until > now,
    );
  }

  /** Whether every edge knows of all that was done here. */
  get isStored(): boolean {
    return this.#added.size === 0 && this.#ended.size === 0 && this.#toWrite(this.#parts.records.latest.record) === 0;
  }

  refusal(order: Parameters<HaltLook['refusal']>[0]): string | undefined {
    for (const halt of this.list()) {
      if (halt.level === 'reduce' && order.reduces) continue;
      if (!this.#holds(halt, order)) continue;
      return haltText(halt);
    }
    return undefined;
  }

  /**
   * Halts: in force here before this returns its promise, which resolves when it is in the record.
   *
   * @throws ClusterTransportError where it could not be written: it holds here, and is tried on.
   */
  async halt({ level = 'halt', scope = { kind: 'all' }, by, reason }: AccountHaltOrder): Promise<Halt> {
    const { clock, guard } = this.#parts;
    const id = randomUUID().slice(0, 8);
    const halt: Halt = { id, level, scope, who: by, why: reason, when: clock.wall(), source: 'hand' };
    this.#added.set(id, halt);
    void guard?.impose(halt);
    this.#carryingOut.look();
    await this.#once();
    return halt;
  }

  /**
   * Ends a halt, or `all`. Whether somebody may end it is for whoever calls this.
   *
   * @returns those that were ended.
   * @throws ClusterTransportError where the end could not be written: the halt stays.
   */
  async resume(id: string, by: string, reason: string): Promise<readonly Halt[]> {
    const ending = this.list().filter((halt) => id === 'all' || halt.id === id);
    for (const halt of ending) this.#end(halt.id, by, reason);
    try {
      await this.#once();
    } catch (error) {
      for (const halt of ending) this.#ended.delete(halt.id);
      throw error;
    }
    return ending;
  }

  /** Writes what is not in the record yet. */
  async sync(): Promise<void> {
    if (!this.isStored) await this.#once();
  }

  close(): void {
    this.#isClosed = true;
    for (const end of this.#ends.splice(0)) end();
  }

  #end(id: string, by: string, reason: string): void {
    if (this.#added.delete(id) && !this.#stored.some((halt) => halt.id === id)) return;
    this.#ended.set(id, { by, reason });
  }

  /** The record tells something new. */
  #take(record: AccountRecord | undefined): void {
    const { guard, logger } = this.#parts;
    const { halts, carriedOut, epoch } = record ?? NEW_RECORD;
    const before = this.#known;
    this.#stored = halts;
    this.#carriedOut = new Set(carriedOut);
    this.#known = new Set(halts.map(({ id }) => id));
    for (const { id } of halts) this.#added.delete(id);
    for (const id of this.#ended.keys()) if (!this.#known.has(id)) this.#ended.delete(id);
    for (const halt of halts) if (!before.has(halt.id)) logger.warn(`cluster: ${lineOf(halt)}`);
    if (guard !== undefined) {
      for (const halt of halts) if (!this.#ended.has(halt.id)) void guard.impose(halt);
      for (const id of before) if (!this.#known.has(id)) void this.#lift(guard, id);
    }
    void this.#parts.remember([...this.#known]).catch((error: unknown) => {
      logger.warn(`cluster: the halts could not be remembered: ${messageOf(error)}`);
    });
    this.#carryingOut.written(epoch);
    this.#carryingOut.look();
  }

  async #cancel(halt: Halt): Promise<boolean> {
    const { guard, cancel } = this.#parts;
    return await (guard === undefined ? cancel(halt) : guard.carryOut(halt));
  }

  /** Ended elsewhere. What cannot end here holds everywhere again. */
  async #lift(guard: SharedHalts, id: string): Promise<void> {
    const halt = guard.list().find((other) => other.id === id);
    if (halt === undefined || (await guard.lift(id, 'account', 'ended in the record of the account'))) return;
    this.#added.set(id, halt);
    await this.#write();
  }

  /** Tries to write until it is written. */
  #write(): Promise<void> {
    this.#writing ??= this.#always().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #always(): Promise<void> {
    const { clock, logger } = this.#parts;
    for (let wait = FIRST_PAUSE; !this.#isClosed && !this.isStored; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      try {
        await this.#put();
      } catch (error) {
        logger.error(`cluster: halts hold here, and are not in the record yet: ${messageOf(error)}`);
        await pause(clock, wait);
      }
    }
  }

  async #once(): Promise<void> {
    try {
      await this.#put();
    } catch (error) {
      void this.#write();
      throw error;
    }
  }

  async #put(): Promise<void> {
    const { records, clock } = this.#parts;
    const { record } = await records.update((present = NEW_RECORD) => {
      const now = clock.wall();
      const kept = present.halts.filter(
        ({ id, until }) => !this.#ended.has(id) && (until === undefined || until > now),
      );
      const added = [...this.#added.values()].filter(({ id }) => !kept.some((halt) => halt.id === id));
      const isSame = added.length === 0 && kept.length === present.halts.length;
      if (isSame && this.#toWrite(present) === 0) return undefined;
      const halts = bounded([...kept, ...added]);
      const done = new Set([...present.carriedOut, ...this.#carryingOut.doneIn(present.epoch)]);
      return { ...present, halts, carriedOut: halts.map(({ id }) => id).filter((id) => done.has(id)) };
    });
    this.#take(record);
  }

  /** How many halts were carried out here of which the record does not know it. What was done under another lease is not said. */
  #toWrite({ epoch, halts, carriedOut }: AccountRecord = NEW_RECORD): number {
    const isOpen = (id: string): boolean => halts.some((halt) => halt.id === id) && !carriedOut.includes(id);
    return this.#carryingOut.doneIn(epoch).filter(isOpen).length;
  }

  #holds({ scope }: Halt, { principal, gateway, vt_symbol: symbol }: Parameters<HaltLook['refusal']>[0]): boolean {
    const { guard } = this.#parts;
    // Without a policy nobody knows who has a role: it holds for everybody.
    if (scope.kind === 'role' && guard === undefined) return true;
    const subject = { principal, roles: guard?.rolesOf(principal) ?? [], gateway, vt_symbol: symbol };
    return holdsFor(scope, subject, (pattern, text) => compilePattern(pattern).matches(text));
  }
}

function bounded(halts: readonly Halt[]): readonly Halt[] {
  if (halts.length <= MOST) return halts;
  const last = halts.at(-1);
  if (last === undefined) return halts;
  const why = `there are ${MOST} halts already; the next was for ${scopeText(last.scope)}: ${last.why}`;
  return [...halts.slice(0, MOST - 1), { ...last, level: 'halt', scope: { kind: 'all' }, why }];
}

function lineOf({ id, level, scope, who, why }: Halt): string {
  return `${level} ${id} (${scopeText(scope)}) by ${who}: ${why}`;
}
