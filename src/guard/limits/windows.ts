/**
 * What happened within the last milliseconds, by a clock that never runs back.
 *
 * @module
 */

/** More than this is not counted: a window that full refuses everything. */
const MOST = 100_000;

/** Moments within a sliding window. */
export class SlidingWindow {
  #moments: number[] = [];
  #first = 0;

  /** @param now - Of a clock that never runs back, in ms. */
  add(now: number): void {
    this.#moments.push(now);
    if (this.#moments.length - this.#first > MOST) this.#first++;
    if (this.#first > 1024 && this.#first * 2 > this.#moments.length) {
      this.#moments = this.#moments.slice(this.#first);
      this.#first = 0;
    }
  }

  /** One that was added is taken back. */
  takeBack(moment: number): void {
    const at = this.#moments.lastIndexOf(moment);
    if (at >= this.#first) this.#moments.splice(at, 1);
  }

  /**
   * How many there are within so many ms before `now`. One that is exactly as old as the window is long is outside.
   *
   * @param length - In ms. What is older than it is forgotten: `keep` is the longest that is ever asked for.
   */
  count(now: number, length: number, keep = length): number {
    while (this.#first < this.#moments.length && now - (this.#moments[this.#first] ?? 0) >= keep) this.#first++;
    let outside = this.#first;
    while (outside < this.#moments.length && now - (this.#moments[outside] ?? 0) >= length) outside++;
    return this.#moments.length - outside;
  }

  clear(): void {
    this.#moments = [];
    this.#first = 0;
  }

  /** How old each is, in ms. */
  ages(now: number): readonly number[] {
    return this.#moments.slice(this.#first).map((moment) => now - moment);
  }
}

/** How many texts are looked at before those that are too old are thrown away. */
const SWEEP = 1024;

/** How often each text was met within a sliding window. */
export class RepeatWindow {
  readonly #moments = new Map<string, number[]>();
  #added = 0;

  add(text: string, now: number, length: number): void {
    const moments = this.#moments.get(text);
    if (moments === undefined) this.#moments.set(text, [now]);
    else moments.push(now);
    if (++this.#added % SWEEP === 0) for (const known of [...this.#moments.keys()]) this.count(known, now, length);
  }

  takeBack(text: string, moment: number): void {
    const moments = this.#moments.get(text);
    const at = moments?.lastIndexOf(moment) ?? -1;
    if (at >= 0) moments?.splice(at, 1);
  }

  count(text: string, now: number, length: number): number {
    const moments = this.#moments.get(text);
    if (moments === undefined) return 0;
    const old = moments.findIndex((moment) => now - moment < length);
    if (old < 0) this.#moments.delete(text);
    else moments.splice(0, old);
    return old < 0 ? 0 : moments.length;
  }

  /** How old each is, in ms, by its text. */
  ages(now: number): readonly (readonly [string, readonly number[]])[] {
    return [...this.#moments].map(([text, moments]) => [text, moments.map((moment) => now - moment)]);
  }
}
