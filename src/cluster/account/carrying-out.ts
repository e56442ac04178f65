/**
 * Cancels what works under a halt, once: at the edge that holds the account, or at the one that takes it next.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Halt } from '../../guard/index.js';
import type { Logger } from '../../rpc/index.js';
import type { Holding } from './holding.js';

/** What it works with. */
export interface CarryingOutParts {
  readonly holding: Pick<Holding, 'state' | 'epoch' | 'mayCancel' | 'onChange'>;
  readonly logger: Logger;
  /** Halts in force. */
  readonly halts: () => readonly Halt[];
  /** Whether a holder has cancelled by the record. */
  readonly isWritten: (id: string) => boolean;
  /** Cancels what works. @returns whether nothing works any more, and nothing is unknown. */
  readonly cancel: (halt: Halt) => Promise<boolean>;
  /** There is something to be written down. */
  readonly done: () => void;
}

/** Under which lease it was tried, and whether the orders of others were known by then: whose they are, the journal tells. */
interface Try {
  readonly epoch: number;
  readonly isWhole: boolean;
}

/** Carries halts out. */
export class CarryingOut {
  readonly #parts: CarryingOutParts;
  readonly #tries = new Map<string, Try>();
  readonly #underWay = new Set<string>();
  /** The lease under which each was carried out. Not in the record yet. */
  readonly #done = new Map<string, number>();
  readonly #end: () => void;

  constructor(parts: CarryingOutParts) {
    this.#parts = parts;
    this.#end = parts.holding.onChange(() => {
      this.look();
    });
  }

  /** Cancels where it is due. */
  look(): void {
    const { halts, logger } = this.#parts;
    const now = this.#now();
    if (now === undefined) return;
    for (const halt of halts()) {
      const { id } = halt;
      if (!this.#isDue(halt, now)) continue;
      this.#begin(id, now);
      logger.warn(`cluster: what works under the halt ${id} is cancelled: ${halt.why}`);
      this.#parts.cancel(halt).then(
        (isDone) => {
          this.ended(id, isDone);
        },
        (error: unknown) => {
          logger.error(`cluster: what works under the halt ${id} could not be cancelled: ${messageOf(error)}`);
          this.ended(id, false);
        },
      );
    }
  }

  /** The guard of this edge cancels by itself. */
  begun(id: string): void {
    const now = this.#now();
    if (now !== undefined) this.#begin(id, now);
  }

  /** Nothing works any more; or what does could not be ended. */
  ended(id: string, isDone: boolean): void {
    if (!this.#underWay.delete(id)) return;
    const tried = this.#tries.get(id);
    const now = this.#now();
    if (isDone && tried?.isWhole === true && tried.epoch === now?.epoch) {
      this.#done.set(id, tried.epoch);
      this.#parts.done();
    }
    this.look();
  }

  /** Those that were carried out under a lease, and are not in the record. */
  doneIn(epoch: number): readonly string[] {
    return [...this.#done].filter(([, done]) => done === epoch).map(([id]) => id);
  }

  /** The record has another state: what is in it, or has ended, or is of an earlier lease, is forgotten. */
  written(epoch: number): void {
    const inForce = new Set(this.#parts.halts().map(({ id }) => id));
    for (const [id, done] of this.#done)
      if (done < epoch || this.#parts.isWritten(id) || !inForce.has(id)) this.#done.delete(id);
    for (const id of this.#tries.keys()) if (!inForce.has(id) && !this.#underWay.has(id)) this.#tries.delete(id);
  }

  close(): void {
    this.#end();
  }

  #begin(id: string, now: Try): void {
    this.#underWay.add(id);
    this.#tries.set(id, now);
  }

  #isDue({ id, keepsOrders }: Halt, { epoch, isWhole }: Try): boolean {
    if (keepsOrders === true || this.#underWay.has(id) || this.#done.has(id) || this.#parts.isWritten(id)) return false;
    const tried = this.#tries.get(id);
    return tried?.epoch !== epoch || (isWhole && !tried.isWhole);
  }

  /** Undefined where this edge may cancel nothing, or is about to give the account to one that will. */
  #now(): Try | undefined {
    const { state, epoch, mayCancel } = this.#parts.holding;
    if (epoch === undefined || !mayCancel || state === 'draining') return undefined;
    return { epoch, isWhole: state === 'active' };
  }
}
