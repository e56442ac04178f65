/**
 * Which server an order was sent to, by its reference.
 *
 * @module
 */
import type { JoinedServer } from './server.js';

/** How many are kept: one that is older is looked for at every server. */
const KEPT = 10_000;

/** The newest references. */
export class References {
  readonly #servers = new Map<string, JoinedServer | undefined>();

  /** An order leaves for a server. */
  sent(reference: string, server: JoinedServer): void {
    if (reference === '') return;
    const before = this.#servers.get(reference);
    const isShared = this.#servers.has(reference) && before !== server;
    this.#servers.delete(reference);
    // Two servers may have an order with one reference: then both are asked.
    this.#servers.set(reference, isShared ? undefined : server);
    const [oldest] = this.#servers.keys();
    if (this.#servers.size > KEPT && oldest !== undefined) this.#servers.delete(oldest);
  }

  /** The only server that an order with this reference was sent to from here; undefined where that is not known. */
  serverOf(reference: string): JoinedServer | undefined {
    return this.#servers.get(reference);
  }
}
