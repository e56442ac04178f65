/**
 * The newest orders of a journal, by key, by reference and by vnpy's id. Bounded: the oldest are forgotten.
 *
 * @module
 */
import type { JournalEntry } from './journal-entry.js';

/** Orders of one account. */
export class JournalIndex {
  readonly #limit: number;
  readonly #byKey = new Map<string, JournalEntry>();
  readonly #byReference = new Map<string, Set<string>>();
  readonly #byId = new Map<string, string>();
  readonly #open = new Set<string>();

  /** @param limit - how many orders are remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): JournalEntry | undefined {
    return this.#byKey.get(key);
  }

  /** All that were sent with a reference, oldest first: strategies of vnpy use one for all their orders. */
  withReference(reference: string): readonly JournalEntry[] {
    return this.#entries(this.#byReference.get(reference) ?? []);
  }

  /** The order that has an id of vnpy's. */
  withId(vtOrderid: string): JournalEntry | undefined {
    const key = this.#byId.get(vtOrderid);
    return key === undefined ? undefined : this.#byKey.get(key);
  }

  /** All of which nobody has written what became of them, or that nobody knows. */
  open(): readonly JournalEntry[] {
    return this.#entries(this.#open);
  }

  /** All, oldest first. */
  values(): Iterable<JournalEntry> {
    return this.#byKey.values();
  }

  /** Takes what is newer than what is known. */
  take(entry: JournalEntry): void {
    const { key, seq, reference, result } = entry;
    const before = this.#byKey.get(key);
    if (before !== undefined && before.seq >= seq) return;
    if (before === undefined) this.#makeRoom();
    else if (before.reference !== reference) this.#unlist(before);
    this.#byKey.set(key, entry);
    const listed = this.#byReference.get(reference) ?? new Set();
    this.#byReference.set(reference, listed.add(key));
    if (result?.outcome === 'sent') this.#byId.set(result.vtOrderid, key);
    if (result === undefined || result.outcome === 'unknown') this.#open.add(key);
    else this.#open.delete(key);
  }

  clear(): void {
    this.#byKey.clear();
    this.#byReference.clear();
    this.#byId.clear();
    this.#open.clear();
  }

  #entries(keys: Iterable<string>): readonly JournalEntry[] {
    return [...keys].map((key) => this.#byKey.get(key)).filter((entry) => entry !== undefined);
  }

  #makeRoom(): void {
    if (this.#byKey.size < this.#limit) return;
    const [oldest] = this.#byKey.values();
    if (oldest === undefined) return;
    this.#byKey.delete(oldest.key);
    this.#open.delete(oldest.key);
    this.#unlist(oldest);
    if (oldest.result?.outcome === 'sent' && this.#byId.get(oldest.result.vtOrderid) === oldest.key)
      this.#byId.delete(oldest.result.vtOrderid);
  }

  #unlist({ key, reference }: JournalEntry): void {
    const listed = this.#byReference.get(reference);
    listed?.delete(key);
    if (listed?.size === 0) this.#byReference.delete(reference);
  }
}
