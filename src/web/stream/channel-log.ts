/**
 * What was told on one channel: a number for each thing, and the newest of them to tell again.
 *
 * @module
 */

/** Things that are told together: whole objects, or ids that are no more. */
export interface Batch {
  readonly seq: number;
  /** The text of the message's inside, behind `"channel":…,"seq":…`. */
  readonly type: 'update' | 'remove';
  readonly tail: string;
}

interface Entry {
  readonly seq: number;
  readonly type: 'update' | 'remove';
  /** JSON of an object, or of an id. */
  readonly text: string;
  readonly why: string;
}

/** How many are kept to be told again. */
export const RING = 10_000;

/** A number and a ring. The texts are made once, for all clients. */
export class ChannelLog {
  readonly #size: number;
  readonly #ring: Entry[] = [];
  /** Where the ring's oldest is. */
  #begin = 0;
  #seq = 0;

  constructor(size = RING) {
    this.#size = size;
  }

  /** The number of the last thing. */
  get seq(): number {
    return this.#seq;
  }

  /** An object that is new or has changed. */
  update(text: string): void {
    this.#push({ type: 'update', text, why: '' });
  }

  /** Ids that are no more. */
  remove(ids: readonly string[], why: string): void {
    for (const id of ids) this.#push({ type: 'remove', text: JSON.stringify(id), why });
  }

  /** Whether all that came after a number can be told again. */
  covers(seq: number): boolean {
    return seq <= this.#seq && seq >= this.#seq - this.#ring.length;
  }

  /** What came after a number, together where it can be. */
  since(seq: number): Batch[] {
    const entries = this.#after(seq);
    const batches: Batch[] = [];
    let texts: string[] = [];
    for (const [index, { type, text, why, seq: number }] of entries.entries()) {
      texts.push(text);
      const next = entries[index + 1];
      if (next?.type === type && next.why === why && texts.length < MOST_TOGETHER) continue;
      const list = `[${texts.join(',')}]`;
      batches.push({ seq: number, type, tail: type === 'update' ? `"data":${list}` : `"ids":${list},"why":"${why}"` });
      texts = [];
    }
    return batches;
  }

  /** The texts of the newest updates, oldest first. */
  newest(count: number): string[] {
    return this.#after(Math.max(0, this.#seq - count))
      .filter(({ type }) => type === 'update')
      .map(({ text }) => text);
  }

  #after(seq: number): Entry[] {
    const count = Math.min(this.#seq - seq, this.#ring.length);
    const first = this.#begin + this.#ring.length - count;
    return Array.from({ length: count }, (_, index) => this.#ring[(first + index) % this.#ring.length]).filter(
      (entry) => entry !== undefined,
    );
  }

  #push(entry: Omit<Entry, 'seq'>): void {
    const numbered = { ...entry, seq: ++this.#seq };
    if (this.#ring.length < this.#size) {
      this.#ring.push(numbered);
      return;
    }
    this.#ring[this.#begin] = numbered;
    this.#begin = (this.#begin + 1) % this.#size;
  }
}

const MOST_TOGETHER = 500;
