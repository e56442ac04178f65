/**
 * The server's last log lines: a gateway tells there why it did not take an order.
 *
 * @module
 */

const KEPT = 200;

export class LogRing {
  readonly #lines: { readonly at: number; readonly text: string }[] = [];

  /** @param at - When it was received, on the clock of `performance.now()`. */
  add(text: string, at: number): void {
    this.#lines.push({ at, text });
    if (this.#lines.length > KEPT) this.#lines.shift();
  }

  /** The lines received since `moment`. */
  since(moment: number): string[] {
    return this.#lines.filter((line) => line.at >= moment).map((line) => line.text);
  }
}
