/** An engine in front of another, that tells of more than it does: quotes of a market maker, for instance. */
import type { Event, TradingEngine } from 'vnpy-bridge/vnpy';
import { LimitedEngine } from '../../../src/web/desk/limited-engine.js';

export class MarketMaker extends LimitedEngine {
  readonly #listeners = new Set<(event: Event) => void>();

  constructor(engine: TradingEngine) {
    super(engine, () => undefined);
  }

  override on(name: 'event', listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    const stop = super.on(name, listener);
    return () => {
      stop();
      this.#listeners.delete(listener);
    };
  }

  /** Tells it as if the engine had. */
  tell(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }
}
