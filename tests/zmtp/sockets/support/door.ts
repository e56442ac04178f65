/**
 * A doorkeeper that keeps account of whom it let in, and holds the server to what it may rely on.
 *
 * @module
 */
import type { Admitted, Doorkeeper, Newcomer, NotLetIn } from '../../../../src/zmtp/index.js';

export class Door implements Doorkeeper {
  readonly asked: Newcomer[] = [];
  readonly inside = new Set<Newcomer>();
  /** What should not have been. */
  readonly faults: string[] = [];
  gone = 0;
  refused = 0;
  readonly #decide: (newcomer: Newcomer) => string | NotLetIn;

  /** @param decide - Gives the principal of a newcomer, or why it is not let in. Default: all are let in, by their id. */
  constructor(decide: (newcomer: Newcomer) => string | NotLetIn = ({ id }) => id ?? 'local') {
    this.#decide = decide;
  }

  admit(newcomer: Newcomer): Admitted | NotLetIn {
    if (this.asked.includes(newcomer)) this.faults.push('asked twice');
    this.asked.push(newcomer);
    const answer = this.#decide(newcomer);
    if (typeof answer !== 'string') {
      this.refused++;
      return answer;
    }
    this.inside.add(newcomer);
    return { principal: answer, address: newcomer.address };
  }

  closed(newcomer: Newcomer): void {
    this.gone++;
    if (!this.inside.delete(newcomer)) this.faults.push('closed without being inside');
  }

  /** Whether all that were let in have gone, each once. */
  get isSettled(): boolean {
    return this.inside.size === 0 && this.gone + this.refused === this.asked.length;
  }
}
