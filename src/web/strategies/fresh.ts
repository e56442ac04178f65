/**
 * Lists that serve all who ask within a second: vnpy's server answers one question at a time.
 *
 * @module
 */
import { isNotRegistered, problemOf } from './problems.js';

/** How long a list is fresh, in ms. */
const FRESH = 1000;

interface Seen<Item> {
  readonly at: number;
  readonly list: Promise<readonly Item[] | undefined>;
}

/** Lists by the key of their place. */
export class FreshLists<Item> {
  readonly #monotonic: () => number;
  readonly #seen = new Map<string, Seen<Item>>();

  /** @param monotonic - ms, of a clock that is never set. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /**
   * The list of a place: what is known of the last second, or what it answers now.
   *
   * @returns Undefined where the server has no functions for it.
   */
  async get(key: string, ask: () => Promise<readonly Item[]>): Promise<readonly Item[] | undefined> {
    const now = this.#monotonic();
    const seen = this.#seen.get(key);
    if (seen !== undefined && now - seen.at < FRESH) return await seen.list;

    const asked = { at: now, list: listOf(ask) };
    this.#seen.set(key, asked);
    try {
      return await asked.list;
    } catch (error) {
      // What failed serves nobody else.
      if (this.#seen.get(key) === asked) this.#seen.delete(key);
      throw error;
    }
  }

  /** What is asked for next is asked of the server. */
  forget(key: string): void {
    this.#seen.delete(key);
  }
}

async function listOf<Item>(ask: () => Promise<readonly Item[]>): Promise<readonly Item[] | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNotRegistered(error)) return undefined;
    throw problemOf(error);
  }
}
