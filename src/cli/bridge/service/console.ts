/**
 * Standard error of a service: log lines, and on a terminal one line below them that is written over.
 *
 * @module
 */
import type { Sink } from '../../kit/io.js';
import { displayWidth, truncate } from '../../kit/text/style.js';

const CLEAR = '\r\x1b[K';

/** Writes lines, and keeps a status line below them where there is a terminal. */
export class ServiceConsole {
  readonly #sink: Sink;
  #status = '';

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Writes a whole line. */
  line(text: string): void {
    this.#write(this.#status === '' ? `${text}\n` : `${CLEAR}${text}\n${this.#status}`);
  }

  /** Sets the status line; on anything but a terminal it is not shown. Empty takes it away. */
  status(text: string): void {
    if (!this.#sink.isTTY || text === this.#status) return;
    const width = Math.max(20, (this.#sink.columns ?? 80) - 1);
    this.#status = displayWidth(text) > width ? truncate(text, width) : text;
    this.#write(CLEAR + this.#status);
  }

  #write(text: string): void {
    // A service goes on when nobody reads its log any more.
    this.#sink.write(text).catch(() => undefined);
  }
}
