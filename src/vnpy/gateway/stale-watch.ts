/**
 * Notices when the ticks of a symbol stop coming, however green everything else looks.
 *
 * @module
 */
import type { Emitter } from '../../rpc/internal.js';
import { LoopLook } from './loop-look.js';

/** A subscribed symbol whose ticks have stopped. */
export interface StaleReport {
  readonly vt_symbol: string;
  /** Time since its last tick, or since it was subscribed when there was none, in ms. */
  readonly age: number;
}

/** How often to look, in ms: four times in `staleAfter`. */
const MIN_PERIOD = 50;
const MAX_PERIOD = 1000;

/** What it tells. */
interface StaleEvents {
  readonly stale: readonly [report: StaleReport];
  readonly fresh: readonly [report: StaleReport];
}

interface Watched {
  last: number;
  stale: boolean;
}

/**
 * Watches the symbols that were subscribed here. It knows nothing of trading sessions: a symbol is stale at night, too.
 */
export class StaleWatch {
  readonly #symbols = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** This program had no time to read, and has not caught up yet: the ticks may have come. */
  #behind = false;
  readonly #staleAfter: number;
  readonly #emitter: Pick<Emitter<StaleEvents>, 'emit'>;

  /** @param staleAfter - In ms. */
  constructor(staleAfter: number, emitter: Pick<Emitter<StaleEvents>, 'emit'>) {
    this.#staleAfter = staleAfter;
    this.#emitter = emitter;
  }

  /** Begins to watch a symbol; one that is watched already starts anew. */
  watch(vtSymbol: string): void {
    if (this.#stopped) return;
    this.#symbols.set(vtSymbol, { last: performance.now(), stale: false });
    this.#timer ??= this.#watchAll(Math.min(Math.max(this.#staleAfter / 4, MIN_PERIOD), MAX_PERIOD));
  }

  /** A tick has come. */
  touch(vtSymbol: string): void {
    const watched = this.#symbols.get(vtSymbol);
    if (watched === undefined) return;
    const now = performance.now();
    const age = now - watched.last;
    watched.last = now;
    if (!watched.stale) return;
    watched.stale = false;
    this.#emitter.emit('fresh', { vt_symbol: vtSymbol, age });
  }

  /** The symbols that are stale now. */
  staleSymbols(): string[] {
    return [...this.#symbols].filter(([, watched]) => watched.stale).map(([vtSymbol]) => vtSymbol);
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#symbols.clear();
  }

  #watchAll(period: number): NodeJS.Timeout {
    const loop = new LoopLook(period);
    return setInterval(() => {
      const { late, rested } = loop.look();
      if (late) this.#behind = true;
      else if (rested) this.#behind = false;
      if (!this.#behind) this.#check();
    }, period).unref();
  }

  #check(): void {
    const now = performance.now();
    for (const [vtSymbol, watched] of this.#symbols) {
      const age = now - watched.last;
      if (watched.stale || age < this.#staleAfter) continue;
      watched.stale = true;
      this.#emitter.emit('stale', { vt_symbol: vtSymbol, age });
    }
  }
}
