/**
 * Keeps what the book of limits must know after a restart.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import type { RiskBook } from '../limits/index.js';
import type { StateStore } from '../state/store.js';

/** How often the state is written, in ms, while something changes. */
const INTERVAL = 1000;
/** Making the text takes one part in so many of the time at most. A day of very many orders must not slow the next one. */
const SHARE = 20;

/** What stands in the file. */
interface Kept {
  readonly version: 1;
  /** The newest line of the audit that this state knows of. */
  readonly seq: number;
  readonly book: ReturnType<RiskBook['toJSON']>;
}

/** Writes the state once a second, more seldom where that takes long, and at the end. The audit tells what came behind it. */
export class Keeper {
  readonly #book: RiskBook;
  readonly #store: StateStore | undefined;
  readonly #seq: () => number;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #isDirty = false;
  /** When it may be written again, by the monotonic clock. */
  #next = 0;
  /** Nothing is written over a file that could not be read. */
  #isRestored = false;
  #isTold = false;

  /** @param seq - the newest line of the audit. */
  constructor(book: RiskBook, store: StateStore | undefined, seq: () => number, logger: Logger) {
    this.#book = book;
    this.#store = store;
    this.#seq = seq;
    this.#logger = logger;
    this.#timer = setInterval(() => {
      book.tick();
      if (this.#isDirty && performance.now() >= this.#next) void this.#write();
    }, INTERVAL);
    this.#timer.unref();
  }

  /** Something changed that a restart has to know. */
  changed(): void {
    this.#isDirty = true;
  }

  /**
   * Takes up what the last run kept.
   *
   * @returns the newest line of the audit that it knew of; undefined for a first run.
   * @throws Error where the file is there and cannot be used: to begin at 0 would forget what was sent today.
   */
  async restore(): Promise<number | undefined> {
    const stored = await this.#store?.read();
    if (stored?.kind === 'unreadable') throw new Error(stored.reason);
    if (stored?.kind === 'value' && !isKept(stored.value)) {
      throw new Error(
        `${this.#store?.path ?? 'the file'} holds no counts of a guard: put the right one there, or remove it`,
      );
    }
    const kept = stored?.kind === 'value' && isKept(stored.value) ? stored.value : undefined;
    if (kept !== undefined) this.#book.restore(kept.book);
    this.#isRestored = true;
    return kept?.seq;
  }

  /** Writes now: whoever starts after a crash has to know that there was a run. */
  save(): Promise<void> {
    return this.#write();
  }

  /** Writes now. @throws the system's error: what was counted is not on the disk. */
  async saved(): Promise<void> {
    await this.#write();
    if (this.#isTold) throw new Error('the counts of the guard cannot be written');
  }

  /** Writes a last time. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    if (this.#store === undefined || !this.#isRestored) return;
    this.#isDirty = false;
    const begun = performance.now();
    const kept: Kept = { version: 1, seq: this.#seq(), book: this.#book.toJSON() };
    try {
      const written = this.#store.write(kept); // It makes the text in this turn.
      this.#next = begun + SHARE * (performance.now() - begun);
      await written;
      this.#isTold = false;
    } catch (error) {
      this.#isDirty = true;
      if (!this.#isTold) this.#logger.error(`guard: the counts cannot be written: ${messageOf(error)}`);
      this.#isTold = true;
    }
  }
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'seq' in value &&
    typeof value.seq === 'number' &&
    'book' in value
  );
}
