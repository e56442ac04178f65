/**
 * Connections that were refused, or broke the protocol, as lines of the log.
 *
 * @module
 */
import type { Refusal } from '../../zmtp/index.js';
import { refusalText } from '../access.js';

/** How long the same sentence about the same address is not said again, in ms: a client that is refused tries again. */
const PAUSE = 60_000;

/** Sentences that are remembered. */
const REMEMBERED = 1000;

/** Tells each thing once a minute. */
export class RefusalLog {
  readonly #log: (line: string) => void;
  readonly #told = new Map<string, number>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  tell({ address, reason, end }: Refusal): void {
    if (end?.error.code === 'REFUSED') return; // Told already, by whoever decided it.
    const line = refusalText(address, reason);
    const now = performance.now();
    if (now - (this.#told.get(line) ?? -Infinity) < PAUSE) return;
    if (this.#told.size >= REMEMBERED) this.#told.clear();
    this.#told.set(line, now);
    this.#log(line);
  }
}
