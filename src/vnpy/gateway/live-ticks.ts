/**
 * Which ticks have come by the stream, and since when.
 *
 * A tick that the server was asked for can be of yesterday. Nothing in it tells: vnpy keeps the last one of each contract
 * for as long as it runs.
 *
 * @module
 */
import type { TickData } from '../data/index.js';

interface Feed {
  /** The latest that has come. */
  tick: TickData | undefined;
  /** The number of the connection over which it came. */
  connection: number;
  isSubscribed: boolean;
  /** One has come since the symbol was subscribed here. */
  hasCome: boolean;
}

/** The live feed of each symbol. */
export class LiveTicks {
  readonly #feeds = new Map<string, Feed>();
  readonly #latest: ReadonlyMap<string, TickData>;
  #connection = 0;

  /** @param latest - The latest tick of each symbol, however it came. */
  constructor(latest: ReadonlyMap<string, TickData>) {
    this.#latest = latest;
  }

  /** A tick has come. */
  came(tick: TickData): void {
    const feed = this.#feed(tick.vt_symbol);
    feed.tick = tick;
    feed.connection = this.#connection;
    feed.hasCome = feed.isSubscribed;
  }

  /**
   * A symbol is about to be subscribed.
   *
   * @returns To be called if it was not.
   */
  subscribing(vtSymbol: string): () => void {
    const feed = this.#feed(vtSymbol);
    if (feed.isSubscribed) return () => undefined;
    feed.isSubscribed = true;
    feed.hasCome = false;
    return () => {
      feed.isSubscribed = false;
    };
  }

  /** Whether a tick has come since the symbol was subscribed. */
  hasCome(vtSymbol: string): boolean {
    return this.#feeds.get(vtSymbol)?.hasCome === true;
  }

  /**
   * What a new iterator of ticks begins with: the latest of each symbol that has come since the symbol was subscribed.
   *
   * @param stale - Also one that the server was asked for.
   */
  first(stale: boolean): TickData[] {
    const ticks: TickData[] = [];
    if (stale)
      return [...this.#latest.values()].filter((tick) => this.#feeds.get(tick.vt_symbol)?.isSubscribed === true);
    for (const { tick, hasCome } of this.#feeds.values()) if (hasCome && tick !== undefined) ticks.push(tick);
    return ticks;
  }

  /** The latest that has come over the present connection. */
  present(vtSymbol: string): TickData | undefined {
    const feed = this.#feeds.get(vtSymbol);
    return feed?.connection === this.#connection ? feed.tick : undefined;
  }

  /** The connection was lost. */
  lost(): void {
    this.#connection++;
  }

  #feed(vtSymbol: string): Feed {
    let feed = this.#feeds.get(vtSymbol);
    if (feed === undefined) {
      feed = { tick: undefined, connection: this.#connection, isSubscribed: false, hasCome: false };
      this.#feeds.set(vtSymbol, feed);
    }
    return feed;
  }
}
