/**
 * Lines that wait to be written, in a bounded number.
 *
 * @module
 */
import type { AuditError } from './errors.js';
import type { LineRecord } from './chain-file.js';

/** A line, and who waits for it. */
export interface Waiting {
  readonly record: LineRecord;
  /** Undefined for a line that nobody waits for. */
  readonly waiter: Waiter | undefined;
}

/** Hears what became of a line, once; what it hears later it does not heed. */
export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: AuditError) => void;
}

const MOST_LINES = 20_000;
const MOST_CHARACTERS = 16 * 2 ** 20;
/** Of one commit. */
const BATCH_LINES = 512;
const BATCH_CHARACTERS = 2 ** 20;

/** First in, first out. */
export class LineQueue {
  #items: Waiting[] = [];
  #characters = 0;
  /** Lines that found no room since the last time that somebody asked. */
  #lost = 0;

  get length(): number {
    return this.#items.length;
  }

  /** False when there is no room. */
  push(item: Waiting): boolean {
    const size = item.record.fields.length;
    if (this.#items.length >= MOST_LINES || this.#characters + size > MOST_CHARACTERS) {
      this.#lost++;
      return false;
    }
    this.#items.push(item);
    this.#characters += size;
    return true;
  }

  /** The lines of one commit: at least one where there is one. */
  take(): readonly Waiting[] {
    let [count, size] = [0, 0];
    for (const { record } of this.#items) {
      size += record.fields.length;
      if (count > 0 && (count >= BATCH_LINES || size > BATCH_CHARACTERS)) break;
      count++;
    }
    const batch = this.#items.splice(0, count);
    for (const { record } of batch) this.#characters -= record.fields.length;
    return batch;
  }

  /** Puts lines back that could not be written, before all others, and a number that could not be told. */
  putBack(items: readonly Waiting[], lost: number): void {
    this.#lost += lost;
    this.#items = [...items, ...this.#items];
    for (const { record } of items) this.#characters += record.fields.length;
  }

  /** Rejects all that somebody waits for, and forgets them. */
  rejectWaiting(error: AuditError): void {
    const kept: Waiting[] = [];
    for (const item of this.#items) {
      if (item.waiter === undefined) {
        kept.push(item);
      } else {
        this.#characters -= item.record.fields.length;
        item.waiter.reject(error);
      }
    }
    this.#items = kept;
  }

  /** All that waits. */
  items(): readonly Waiting[] {
    return this.#items;
  }

  /** How many lines found no room; counts anew. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}
