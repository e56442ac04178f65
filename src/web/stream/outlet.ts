/**
 * The way out to one client, which may be slow: how much waits is known, and has an end.
 *
 * @module
 */
import type { WebSocket } from 'ws';
import { CLOSE_CODES } from '../schema/index.js';
import type { Bye } from '../schema/index.js';

/** How much may wait for a client. */
export interface OutletLimits {
  /** Above so many bytes ticks are merged in place and not written. */
  readonly conflateAbove: number;
  /** Above so many bytes it is too slow. */
  readonly maxBytes: number;
  /** So many messages that may not be lost may wait. */
  readonly maxMessages: number;
}

/** 256 KiB, 4 MiB and 10,000. */
export const OUTLET_LIMITS: OutletLimits = {
  conflateAbove: 256 * 1024,
  maxBytes: 4 * 1024 * 1024,
  maxMessages: 10_000,
};

/** A client that does not take the end is cut off after this, in ms. */
const LINGER = 2000;

/** Writes to one socket. */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #limits: OutletLimits;
  #waiting = 0;
  #isOver = false;

  constructor(socket: WebSocket, limits: OutletLimits) {
    this.#socket = socket;
    this.#limits = limits;
  }

  /** Whether nothing more is written. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether ticks may be written; otherwise they are merged where they wait. */
  get isFree(): boolean {
    return !this.#isOver && this.#socket.bufferedAmount <= this.#limits.conflateAbove;
  }

  /** Writes a message. A client for which too much waits is ended: it comes again and resumes. */
  send(text: string): void {
    if (this.#isOver || this.#socket.readyState !== this.#socket.OPEN) return;
    const { maxBytes, maxMessages } = this.#limits;
    if (this.#socket.bufferedAmount + text.length > maxBytes || this.#waiting >= maxMessages) {
      this.bye('tooSlow', 'too much waits: this connection is too slow', 1000);
      return;
    }
    this.#waiting++;
    this.#socket.send(text, () => {
      this.#waiting--;
    });
  }

  /** Says why, and closes. */
  bye(why: keyof typeof CLOSE_CODES, reason: string, retryMs: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const code = CLOSE_CODES[why];
    const message: Bye = { type: 'bye', code, reason, retry_ms: retryMs };
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message), () => undefined);
    this.#socket.close(code, reason.slice(0, 120));
    const timer = setTimeout(() => {
      this.#socket.terminate();
    }, LINGER);
    timer.unref();
    this.#socket.once('close', () => {
      clearTimeout(timer);
    });
  }
}
