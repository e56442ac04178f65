/**
 * Ticks for one client: of each symbol the newest, once in an interval.
 *
 * @module
 */
import { isEnumMember, toPlain } from '../../vnpy/data/public.js';
import type { TickData } from '../../vnpy/index.js';
import { toJson } from '../json.js';
import type { Rows } from '../schema/index.js';
import { SymbolList } from './symbol-list.js';

/** A field of a tick. */
export type TickField = keyof TickData;

/** Those of VeighNa's table, and the book's first level. */
export const DEFAULT_FIELDS: readonly TickField[] = [
  ...(['datetime', 'last_price', 'volume', 'open_price', 'high_price', 'low_price', 'pre_close'] as const),
  ...(['bid_price_1', 'bid_volume_1', 'ask_price_1', 'ask_volume_1', 'open_interest'] as const),
];

/** What a client wants of ticks. */
export interface FeedSettings {
  readonly fields: readonly TickField[];
  readonly interval: number;
  readonly encoding: 'rows' | 'objects';
}

/** Where messages go. */
export interface FeedOutlet {
  readonly isFree: boolean;
  send(text: string): void;
}

/** Gathers ticks between two messages. */
export class TickFeed {
  readonly symbols = new SymbolList();
  #settings: FeedSettings = { fields: DEFAULT_FIELDS, interval: 50, encoding: 'rows' };
  readonly #outlet: FeedOutlet;
  readonly #now: () => number;
  readonly #pending = new Map<string, TickData>();
  #merged = 0;
  #seq = 0;
  #isPaused = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(outlet: FeedOutlet, now: () => number) {
    this.#outlet = outlet;
    this.#now = now;
  }

  get settings(): FeedSettings {
    return this.#settings;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The number of the last message. */
  get seq(): number {
    return this.#seq;
  }

  /** What a client wants from now on. */
  set(settings: Partial<FeedSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** Takes a tick that the client may want. */
  take(tick: TickData): void {
    const { vt_symbol: vtSymbol } = tick;
    if (this.#isPaused || !this.symbols.has(vtSymbol)) return;
    if (this.#pending.has(vtSymbol)) this.#merged++;
    this.#pending.set(vtSymbol, tick);
    this.#arm();
  }

  /** Ticks are neither sent nor gathered. */
  pause(): void {
    this.#isPaused = true;
    this.#pending.clear();
    this.#merged = 0;
  }

  /** They come again, after a snapshot. */
  continue(): void {
    this.#isPaused = false;
  }

  /** A symbol is not wanted any more. */
  drop(vtSymbols: readonly string[] | undefined): void {
    this.symbols.remove(vtSymbols);
    for (const vtSymbol of vtSymbols ?? [...this.#pending.keys()]) this.#pending.delete(vtSymbol);
  }

  /** The next number, for a snapshot. */
  next(): number {
    return ++this.#seq;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, this.#settings.interval);
  }

  #flush(): void {
    if (this.#pending.size === 0 || this.#isPaused) return;
    if (!this.#outlet.isFree) {
      // They wait here, one a symbol, until the client has read what was sent.
      this.#arm();
      return;
    }
    const ticks = [...this.#pending.values()];
    this.#pending.clear();
    const text = this.#settings.encoding === 'rows' ? this.#rows(ticks) : this.#objects(ticks);
    this.#merged = 0;
    this.#outlet.send(text);
  }

  #rows(ticks: readonly TickData[]): string {
    const { fields } = this.#settings;
    const rows: Rows = {
      type: 'rows',
      channel: 'ticks',
      seq: this.next(),
      t0: this.#now(),
      fields: [...fields],
      rows: ticks.map((tick) => [this.symbols.indexOf(tick.vt_symbol), ...fields.map((field) => cell(tick[field]))]),
      merged: this.#merged,
    };
    return JSON.stringify(rows);
  }

  #objects(ticks: readonly TickData[]): string {
    const data = ticks.map((tick) => toJson(tick));
    return JSON.stringify({ type: 'update', channel: 'ticks', seq: this.next(), data });
  }
}

type Cell = Rows['rows'][number][number];

function cell(value: unknown): Cell {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (isEnumMember(value)) return value.name;
  const plain = toPlain(value, 100);
  return typeof plain === 'string' || typeof plain === 'number' ? plain : null;
}
