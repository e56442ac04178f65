/**
 * Connections that were refused, as lines of the log.
 *
 * @module
 */

/** How long the same line is not written again, in ms: a client that is refused tries again. */
const PAUSE = 60_000;

/** Lines that are remembered. */
const REMEMBERED = 1000;

/** Writes each line once a minute. */
export class RefusalLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #written = new Map<string, number>();

  /** @param now - gives the time in ms. */
  constructor(write: (line: string) => void, now = (): number => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  tell(line: string): void {
    const now = this.#now();
    if (now - (this.#written.get(line) ?? -Infinity) < PAUSE) return;
    if (this.#written.size >= REMEMBERED) this.#written.clear();
    this.#written.set(line, now);
    this.#write(line);
  }
}
