/**
 * The sockets that a piece of work opens, found by Node's own channel for them.
 *
 * The client of NATS gives none away. It leaves one open where a server accepts and then says nothing. It ends others in order.
 * What the system has not delivered yet goes on its way then, minutes later if need be. An order must not.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/** Who opens what. */
export class SocketWatch {
  readonly #sockets = new Set<Socket>();
  readonly #owner = new AsyncLocalStorage<this>();
  readonly #see = (message: unknown): void => {
    const { socket } = message as { readonly socket?: unknown };
    if (this.#owner.getStore() !== this || !(socket instanceof Socket)) return;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  };

  /** Sees what the work opens, now and in what follows from it. */
  async watch<Value>(work: () => Promise<Value>): Promise<Value> {
    subscribe(CHANNEL, this.#see);
    try {
      return await this.#owner.run(this, work);
    } finally {
      unsubscribe(CHANNEL, this.#see);
      // Nothing asks any more whose work something is. Left on, every promise of the whole program would pay for it.
      this.#owner.disable();
    }
  }

  /** Ends all of them, and nothing that they hold is delivered any more. */
  reset(): void {
    for (const socket of this.#sockets) {
      // An encrypted one that has just ended may refuse. It is gone then, too.
      try {
        socket.resetAndDestroy();
      } catch {
        socket.destroy();
      }
    }
    this.#sockets.clear();
  }
}
