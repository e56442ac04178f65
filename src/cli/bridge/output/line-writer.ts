/**
 * Many lines, few writes, at the pace of the reader.
 *
 * @module
 */
import type { Sink } from '../../kit/io.js';

/** Characters that may wait for the reader before `add` waits too. */
const LIMIT = 1 << 16;

/** Gathers the lines of one turn of the event loop into one write. */
export class LineWriter {
  readonly #sink: Sink;
  #waiting = '';
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Adds a line. Wait for the promise, if one is returned, before adding more. @throws what the sink threw. */
  add(line: string): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting += `${line}\n`;
    this.#writing ??= this.#write();
    return this.#waiting.length > LIMIT ? this.flush() : undefined;
  }

  /** Resolves when everything is written. @throws what the sink threw. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting !== '') {
        // Whatever else this turn brings goes into the same write.
        await new Promise((resolve) => setImmediate(resolve));
        const text = this.#waiting;
        this.#waiting = '';
        await this.#sink.write(text);
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#writing = undefined;
    }
  }
}
