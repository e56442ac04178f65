/**
 * Keeps one connection alive: makes it, notices its end, waits, makes the next.
 *
 * @module
 */
import { RpcTransportError } from './errors.js';
import type { ReconnectOptions } from './options.js';
import type { ConnectionFailure, ConnectionListener, Frames } from './transport.js';

/** Where a link stands. Each state owns what it needs; {@link Link} changes it in one place. */
type LinkState<Connection> =
  | { readonly tag: 'stopped' }
  | { readonly tag: 'connecting'; readonly connection: Connection }
  | { readonly tag: 'open'; readonly connection: Connection; readonly since: number }
  | { readonly tag: 'waiting'; readonly timer: NodeJS.Timeout };

/** What a link needs, and whom it tells. */
export interface LinkOptions<Connection> {
  /** Begins to connect. */
  readonly connect: (listener: ConnectionListener) => Connection;
  readonly reconnect: Required<ReconnectOptions>;
  /** A connection stands. */
  readonly onOpen: (connection: Connection) => void;
  readonly onMessage: (frames: Frames) => void;
  /** As {@link ConnectionListener.notExecuted}. */
  readonly onNotExecuted?: (id: Uint8Array, detail: string) => void;
  /** A connection broke, or an attempt failed; the next one follows by itself. */
  readonly onDown: (failure: ConnectionFailure) => void;
}

/** A connection that stood this long, in ms, ends a row of failures: the next wait is short again. */
const STABLE_AFTER = 1000;

/** One address, and at most one connection to it at a time. */
export class Link<Connection extends { close(): void }> {
  readonly #options: LinkOptions<Connection>;
  #state: LinkState<Connection> = { tag: 'stopped' };
  #failures = 0;
  #lastFailure: ConnectionFailure | undefined;

  constructor(options: LinkOptions<Connection>) {
    this.#options = options;
  }

  /** The connection, while it stands. */
  get connection(): Connection | undefined {
    return this.#state.tag === 'open' ? this.#state.connection : undefined;
  }

  /** Why the last attempt or connection failed; undefined at first and while the connection stands. */
  get failure(): ConnectionFailure | undefined {
    return this.#lastFailure;
  }

  /**
   * Begins the first attempt.
   * @throws what `connect` throws: an address that can never work is the caller's to know.
   */
  start(): void {
    this.#attempt();
  }

  /** Ends for good. */
  stop(): void {
    const state = this.#state;
    this.#state = { tag: 'stopped' };
    switch (state.tag) {
      case 'connecting':
      case 'open':
        state.connection.close();
        break;
      case 'waiting':
        clearTimeout(state.timer);
        break;
      case 'stopped':
        break;
    }
  }

  #attempt(): void {
    const connection: Connection = this.#options.connect({
      opened: () => {
        this.#opened(connection);
      },
      message: (frames) => {
        this.#options.onMessage(frames);
      },
      notExecuted: (id, detail) => {
        this.#options.onNotExecuted?.(id, detail);
      },
      closed: (failure) => {
        this.#down(failure);
      },
    });
    this.#state = { tag: 'connecting', connection };
  }

  #opened(connection: Connection): void {
    this.#state = { tag: 'open', connection, since: performance.now() };
    this.#lastFailure = undefined;
    this.#options.onOpen(connection);
  }

  #down(failure: ConnectionFailure): void {
    if (this.#state.tag === 'open' && performance.now() - this.#state.since >= STABLE_AFTER) this.#failures = 0;

    this.#lastFailure = failure;
    const timer = setTimeout(() => {
      try {
        this.#attempt();
      } catch (error) {
        // The address was accepted before: this is a shortage, of file descriptors for example, that may pass.
        const detail = error instanceof RpcTransportError ? error.message : String(error);
        this.#down({ kind: 'unreachable', detail });
      }
    }, this.#nextDelay());
    this.#state = { tag: 'waiting', timer };
    this.#options.onDown(failure);
  }

  /** Doubles up to `max`; the upper half of it is random, so that many clients do not come back at the same moment. */
  #nextDelay(): number {
    const { initial, max } = this.#options.reconnect;
    const bound = Math.min(max, initial * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return (bound * (1 + Math.random())) / 2;
  }
}
