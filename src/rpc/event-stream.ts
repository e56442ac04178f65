/**
 * A bounded queue that is read with `for await`.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import type { OverflowPolicy } from './events.js';
import { RpcOverflowError, RpcUsageError } from './errors.js';
import type { SignalWatch } from './signal-watch.js';

/** Options of an {@link EventStream}. */
export interface StreamOptions<Item> {
  /** How many items may wait. */
  readonly limit: number;
  /** What happens when they are more. */
  readonly overflow: OverflowPolicy;
  /** Items of the same key replace one another while the queue is full; those without a key are never replaced. */
  readonly latestBy?: ((item: Item) => string | undefined) | undefined;
  /** Replace them also while there is room: whoever is behind gets the latest of each key. Default false. */
  readonly latestOnly?: boolean;
  /** Told of lost and replaced items: at once, then at most once in {@link REPORT_INTERVAL}. */
  readonly onOverflow?: (counts: { readonly dropped: number; readonly conflated: number }) => void;
  /** Called once, when the stream takes no more items, for whatever reason. */
  readonly onEnd?: () => void;
}

/** Shortest time between two overflow reports of a stream, in ms. */
export const REPORT_INTERVAL = 1000;

interface Waiter<Item> {
  /** Is not collected while it waits. */
  readonly reader: object | undefined;
  readonly resolve: (result: IteratorResult<Item, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Items come out in the order in which they were pushed. Several `next()` may wait at once. `break` and `return` end
 * the stream at once, dropping what waits; {@link EventStream.end} lets what waits be read first.
 */
export class EventStream<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #options: StreamOptions<Item>;
  readonly #waiters: Waiter<Item>[] = [];
  #items: Item[] = [];
  /** Index of the first item: shifting an array of 100,000 for each item would be slow. */
  #head = 0;
  /** Items queued since the last conflation. */
  #pushed = 0;
  /** With `latestOnly`: where the item of each key is, counted from the first item there ever was. */
  readonly #places = new Map<string, number>();
  /** The place of the first item of the array. */
  #base = 0;
  #open = true;
  /** Thrown once what waits has been read. */
  #error: Error | undefined;
  #dropped = 0;
  #conflated = 0;
  #unreported = { dropped: 0, conflated: 0 };
  #reportTimer: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: StreamOptions<Item>) {
    this.#options = options;
  }

  /** Ends the stream without an error, dropping what waits, when the signal is aborted. */
  endWith(signal: AbortSignal | undefined, signals: SignalWatch): void {
    if (signal?.aborted === true) {
      this.#discard();
    } else if (this.#open) {
      this.#unwatch = signals.watch(signal, () => {
        this.#discard();
      });
    }
  }

  /** No more items come. */
  get isEnded(): boolean {
    return !this.#open;
  }

  /** Items waiting. */
  get size(): number {
    return this.#items.length - this.#head;
  }

  /** Items lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Items replaced by a newer one so far. */
  get conflated(): number {
    return this.#conflated;
  }

  /** Adds an item; what the policy says happens when the queue is full. */
  push(item: Item): void {
    if (!this.#open) return;

    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ value: item, done: false });
      return;
    }
    if (this.#options.latestOnly === true && this.#replaces(item)) return;

    if (this.size >= this.#options.limit && !this.#makeRoom()) return;

    this.#items.push(item);
    this.#pushed++;
  }

  /** Whether it takes the place of an older one of its key, which nobody has read. */
  #replaces(item: Item): boolean {
    const key = this.#options.latestBy?.(item);
    if (key === undefined) return false;
    const place = (this.#places.get(key) ?? -1) - this.#base;
    if (place >= this.#head) {
      this.#items[place] = item;
      this.#conflated++;
      return true;
    }
    this.#places.set(key, this.#base + this.#items.length);
    return false;
  }

  /** No more items come: those that wait can still be read, then `error` is thrown, if there is one. */
  end(error?: Error): void {
    if (!this.#open) return;

    this.#error = error;
    this.#close();
    // Somebody waits only where no item does.
    for (const waiter of this.#waiters.splice(0)) this.#settleEnd(waiter);
  }

  /** @param reader - Who waits, and is not to be collected while he does. */
  next(reader?: object): Promise<IteratorResult<Item, undefined>> {
    if (this.size > 0) return Promise.resolve({ value: this.#take(), done: false });

    return new Promise((resolve, reject) => {
      const waiter = { reader, resolve, reject };
      if (this.#open) this.#waiters.push(waiter);
      else this.#settleEnd(waiter);
    });
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#discard();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #take(): Item {
    const item = this.#items[this.#head] as Item; // size > 0 was checked.
    this.#items[this.#head] = undefined as Item; // Lets go of the item; the place is never read again.
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#base += this.#head;
      this.#items = [];
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) {
      this.#base += this.#head;
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Whether there is room for one more item now. */
  #makeRoom(): boolean {
    try {
      this.#conflate();
    } catch (cause) {
      // A key function of the user's: its reader learns of it, and nobody else is concerned.
      this.end(new RpcUsageError('BAD_OPTION', `latestBy threw: ${messageOf(cause)}`, { cause }));
      return false;
    }
    if (this.size < this.#options.limit) return true;

    switch (this.#options.overflow) {
      case 'drop-oldest':
        this.#take();
        this.#count('dropped', 1);
        return true;
      case 'drop-newest':
        this.#count('dropped', 1);
        return false;
      case 'fail':
        this.#count('dropped', 1);
        this.end(new RpcOverflowError(`more than ${this.#options.limit} events were waiting to be read`));
        return false;
    }
  }

  /**
   * Keeps the last item of each key. This is done only when the queue is full, so that a reader who keeps up gets every item. It
   * is not done again before a hundredth of the queue is new, so that it costs at most a hundred steps an item.
   */
  #conflate(): void {
    const { latestBy, limit } = this.#options;
    if (latestBy === undefined || this.#options.latestOnly === true || this.#pushed < limit / 100) return;

    this.#pushed = 0;
    const before = this.size;
    const seen = new Set<string>();
    const kept: Item[] = [];
    for (let index = this.#items.length - 1; index >= this.#head; index--) {
      const item = this.#items[index] as Item;
      const key = latestBy(item);
      if (key === undefined || !seen.has(key)) {
        kept.push(item);
        if (key !== undefined) seen.add(key);
      }
    }
    this.#items = kept.reverse();
    this.#head = 0;
    if (kept.length < before) this.#count('conflated', before - kept.length);
  }

  #count(what: 'dropped' | 'conflated', number: number): void {
    if (what === 'dropped') this.#dropped += number;
    else this.#conflated += number;

    this.#unreported[what] += number;
    if (this.#reportTimer === undefined) {
      this.#report();
      this.#reportTimer = setTimeout(() => {
        this.#reportTimer = undefined;
        this.#report();
      }, REPORT_INTERVAL).unref();
    }
  }

  #report(): void {
    const counts = this.#unreported;
    if (counts.dropped > 0 || counts.conflated > 0) {
      this.#unreported = { dropped: 0, conflated: 0 };
      this.#options.onOverflow?.(counts);
    }
  }

  #discard(): void {
    this.#base += this.#items.length;
    this.#items = [];
    this.#head = 0;
    this.end();
    this.#error = undefined;
  }

  #close(): void {
    this.#open = false;
    this.#unwatch?.();
    clearTimeout(this.#reportTimer);
    this.#report();
    this.#options.onEnd?.();
  }

  #settleEnd(waiter: Waiter<Item>): void {
    const error = this.#error;
    if (error === undefined) {
      waiter.resolve({ value: undefined, done: true });
    } else {
      this.#error = undefined;
      waiter.reject(error);
    }
  }
}
