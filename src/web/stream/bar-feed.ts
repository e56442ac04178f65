/**
 * Bars for one client: the one that grows, once in an interval, and each that has ended.
 *
 * @module
 */
import type { BarData } from '../../vnpy/index.js';
import { asComplete } from '../market/live-bars.js';
import type { LiveBars } from '../market/live-bars.js';
import type { LiveBar } from '../schema/index.js';
import { SymbolList } from './symbol-list.js';
import type { FeedOutlet } from './tick-feed.js';

const INTERVAL = 250;

/** Ended bars that wait for a slow client; then the oldest go: a snapshot has them. */
const MAX_ENDED = 2000;

/** Gathers bars between two messages. */
export class BarFeed {
  readonly symbols = new SymbolList();
  readonly #outlet: FeedOutlet;
  readonly #bars: LiveBars;
  readonly #stop: () => void;
  readonly #changed = new Set<string>();
  #ended: BarData[] = [];
  #seq = 0;
  #timer: NodeJS.Timeout | undefined;
  isPaused = false;

  constructor(outlet: FeedOutlet, bars: LiveBars) {
    this.#outlet = outlet;
    this.#bars = bars;
    this.#stop = bars.onChange((vtSymbol, complete) => {
      if (this.isPaused || !this.symbols.has(vtSymbol)) return;
      this.#changed.add(vtSymbol);
      if (complete !== undefined) this.#ended.push(complete);
      if (this.#ended.length > MAX_ENDED) this.#ended.shift();
      this.#arm();
    });
  }

  /** The bars of some symbols, for a snapshot. */
  of(vtSymbols: readonly string[]): LiveBar[] {
    return vtSymbols.flatMap((vtSymbol) => this.#bars.of(vtSymbol));
  }

  /** The next number. */
  next(): number {
    return ++this.#seq;
  }

  get seq(): number {
    return this.#seq;
  }

  /** What waits is not sent. */
  clear(): void {
    this.#changed.clear();
    this.#ended = [];
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, INTERVAL);
  }

  #flush(): void {
    if (this.#changed.size === 0) return;
    if (!this.#outlet.isFree) {
      this.#arm();
      return;
    }
    const growing = [...this.#changed].map((vtSymbol) => this.#bars.growing(vtSymbol));
    const data = [...this.#ended.map(asComplete), ...growing.filter((bar) => bar !== undefined)];
    this.clear();
    this.#outlet.send(JSON.stringify({ type: 'update', channel: 'bars', seq: this.next(), data }));
  }
}
