/**
 * Where a gateway stands between its making and its end.
 *
 * @module
 */
import { GatewayError } from '../errors.js';

/** New, then open, then closed: each once. */
export class Phase {
  #state: 'new' | 'open' | 'closed' = 'new';

  /** It has been opened, and is not closed. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** @throws GatewayError `CLOSED`, `ALREADY_CONNECTED`. */
  open(): void {
    if (this.#state === 'closed') throw new GatewayError('CLOSED', 'The gateway was closed; make a new one');
    if (this.#state !== 'new') throw new GatewayError('ALREADY_CONNECTED', 'connect() was called before');
    this.#state = 'open';
  }

  /** @returns Whether it was not closed before. */
  close(): boolean {
    const wasClosed = this.#state === 'closed';
    this.#state = 'closed';
    return !wasClosed;
  }

  /** @throws GatewayError `CLOSED`. */
  requireNotClosed(): void {
    if (this.#state === 'closed') throw new GatewayError('CLOSED', 'The gateway was closed');
  }

  /** @throws GatewayError `CLOSED`, `NOT_CONNECTED`. */
  requireOpen(): void {
    this.requireNotClosed();
    if (this.#state === 'new') throw new GatewayError('NOT_CONNECTED', 'Not connected yet: await connect() first');
  }
}
