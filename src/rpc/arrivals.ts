/**
 * By when has arrived what left over a connection that is lost.
 *
 * @module
 */
import { RpcUsageError } from './errors.js';

/** What the systems' clocks and timers may add to what a transport tells, in ms. */
const MARGIN = 1000;

/** Follows the connections to one address. */
export class Arrivals {
  #isOpen = false;
  /** When the last connection was made, or lost, by performance.now(): what left before left over one that is no more. */
  #since = -Infinity;
  #deliversFor = Infinity;

  /** A connection stands. */
  opened({ deliversFor }: { readonly deliversFor: number }): void {
    this.#isOpen = true;
    this.#since = performance.now();
    this.#deliversFor = deliversFor;
  }

  /** It is lost, or could not be made. */
  down(): void {
    if (this.#isOpen) this.#since = performance.now();
    this.#isOpen = false;
  }

  /** See `RpcClient.arrivesBy`. */
  by(sentAt: number): number {
    if (this.#since === -Infinity) return Infinity;
    if (sentAt >= this.#since) return -Infinity;
    return this.#deliversFor === 0 ? -Infinity : this.#since + this.#deliversFor + MARGIN;
  }
}

/**
 * Gives the connection that a transport has made.
 *
 * @throws RpcUsageError when it does not tell how long it delivers: an order might come after it was said not to exist.
 */
export function tellsDelivery<Connection extends { readonly deliversFor: unknown; close(): void }>(
  connection: Connection,
): Connection {
  const { deliversFor } = connection;
  if (typeof deliversFor === 'number' && deliversFor >= 0) return connection;
  connection.close();
  throw new RpcUsageError(
    'BAD_OPTION',
    `The RequestConnection of a transport must have deliversFor, ms from 0 to Infinity, not ${String(deliversFor)}`,
  );
}
