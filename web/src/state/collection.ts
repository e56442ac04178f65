/**
 * Rows by their keys, as they come from the stream.
 *
 * @module
 */
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { inNextFrame } from './frame.js';

/** Rows of one kind. What reads {@link Collection.rows} is drawn anew in the next frame after a change. */
export class Collection<Row extends object> {
  readonly #keyOf: (row: Row) => string;
  readonly #limit: number;
  readonly #byKey = new Map<string, Row>();
  readonly #rows = signal<readonly Row[]>([]);
  readonly #show = (): void => {
    this.#rows.value = [...this.#byKey.values()];
  };

  /**
   * @param keyOf - What names a row.
   * @param limit - How many rows are kept; the oldest go first.
   */
  constructor(keyOf: (row: Row) => string, limit = Infinity) {
    this.#keyOf = keyOf;
    this.#limit = limit;
  }

  /** All rows in the order of their arrival. */
  get rows(): ReadonlySignal<readonly Row[]> {
    return this.#rows;
  }

  /** The present row, also before the frame that shows it. */
  get(key: string): Row | undefined {
    return this.#byKey.get(key);
  }

  /** The keys of the present rows. */
  keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }

  /** Takes new rows, and new states of known ones. */
  put(rows: Iterable<Row>): void {
    for (const row of rows) this.#byKey.set(this.#keyOf(row), row);
    while (this.#byKey.size > this.#limit) {
      const [oldest] = this.#byKey.keys();
      if (oldest !== undefined) this.#byKey.delete(oldest);
    }
    inNextFrame(this.#show);
  }

  /** Takes these rows in place of all. */
  replace(rows: Iterable<Row>): void {
    this.#byKey.clear();
    this.put(rows);
  }

  /** Takes rows away. */
  remove(keys: Iterable<string>): void {
    for (const key of keys) this.#byKey.delete(key);
    inNextFrame(this.#show);
  }
}
