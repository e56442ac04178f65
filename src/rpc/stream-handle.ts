/**
 * What a reader holds of a stream.
 *
 * @module
 */
import type { EventStream } from './event-stream.js';

/** Ends the streams of readers that are there no more. */
export class AbandonedStreams {
  readonly #registry = new FinalizationRegistry<() => void>((end) => {
    end();
  });

  /**
   * A handle for the reader. Whoever fills the stream holds the stream alone. A reader may ask once, never again, and let go of
   * the handle. The stream ends when the handle is collected.
   *
   * @param begin - Called at the first `next()`.
   */
  lend<Item>(stream: EventStream<Item>, begin: () => void = () => undefined): StreamHandle<Item> {
    const handle = new StreamHandle(stream, begin);
    this.#registry.register(handle, () => void stream.return());
    return handle;
  }
}

/** Reads a stream. While a `next()` is pending, the handle is held by the stream. */
export class StreamHandle<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #stream: EventStream<Item>;
  #begin: (() => void) | undefined;

  constructor(stream: EventStream<Item>, begin: () => void) {
    this.#stream = stream;
    this.#begin = begin;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const begin = this.#begin;
    this.#begin = undefined;
    begin?.();
    return this.#stream.next(this);
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#begin = undefined;
    return this.#stream.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
