/**
 * Bars of a minute from the ticks that are seen here.
 *
 * @module
 */
import { BarGenerator } from '../../vnpy/index.js';
import type { BarData, TickData } from '../../vnpy/index.js';
import { toJson } from '../json.js';
import type { LiveBar } from '../schema/index.js';

/** Complete bars kept of each symbol: two days of a market that never closes. */
const KEPT = 3000;

interface Series {
  readonly generator: BarGenerator;
  readonly complete: BarData[];
}

/** The bars of all symbols. */
export class LiveBars {
  readonly #series = new Map<string, Series>();
  readonly #listeners = new Set<(vtSymbol: string, complete: BarData | undefined) => void>();

  /** Takes a tick, in order. */
  add(tick: TickData): void {
    const { vt_symbol: vtSymbol } = tick;
    let ended: BarData | undefined;
    let series = this.#series.get(vtSymbol);
    if (series === undefined) {
      const complete: BarData[] = [];
      const generator = new BarGenerator((bar) => {
        complete.push(bar);
        if (complete.length > KEPT) complete.shift();
      });
      series = { generator, complete };
      this.#series.set(vtSymbol, series);
    }
    const before = series.complete.at(-1);
    series.generator.updateTick(tick);
    const last = series.complete.at(-1);
    if (last !== before) ended = last;
    for (const listener of this.#listeners) listener(vtSymbol, ended);
  }

  /** Complete ones, oldest first, and the one that grows. */
  of(vtSymbol: string): LiveBar[] {
    const series = this.#series.get(vtSymbol);
    if (series === undefined) return [];
    const growing = this.growing(vtSymbol);
    return [...series.complete.map(asComplete), ...(growing === undefined ? [] : [growing])];
  }

  /** The one that grows. */
  growing(vtSymbol: string): LiveBar | undefined {
    const bar = this.#series.get(vtSymbol)?.generator.bar;
    if (bar === undefined) return undefined;
    const plain = toJson(bar);
    // Its time is that of its last tick until it ends.
    return { ...plain, datetime: minuteOf(plain.datetime), complete: false };
  }

  /** Told of each change, and of the bar that it has ended. @returns Takes the listener away. */
  onChange(listener: (vtSymbol: string, complete: BarData | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A bar that grows no more. */
export function asComplete(bar: BarData): LiveBar {
  return { ...toJson(bar), complete: true };
}

/** `2026-01-05T10:00:30.5+08:00` begins at `2026-01-05T10:00:00+08:00`. */
function minuteOf(time: string): string {
  return time.replace(/^(\d+-\d\d-\d\dT\d\d:\d\d):\d\d(?:\.\d+)?/, '$1:00');
}
