/**
 * The WebSocket of the console: it connects again by itself, resumes where it was, and knows when it is dead.
 *
 * @module
 */
import type { Channel, ClientMessage, ServerMessage } from './types.js';

/** Whether messages come. `lost` also when the browser believes that the socket is open. */
export type LinkState = 'connecting' | 'open' | 'lost' | 'closed';

/** What the stream tells its owner. */
export interface StreamEvents {
  readonly message: (message: ServerMessage) => void;
  readonly state: (state: LinkState) => void;
  /** The end for good: the session is over, or this user may not. */
  readonly over: (code: number, reason: string) => void;
}

const SUBPROTOCOL = 'vnpy-bridge.v1';
const PING_MS = 5_000;
/** Without a message for so long the link is lost, whatever the socket says of itself. */
const SILENCE_MS = 10_000;
const FIRST_RETRY_MS = 300;
const MAX_RETRY_MS = 10_000;
/** Session over, and forbidden: to try again would be refused again. */
const FINAL_CODES: ReadonlySet<number> = new Set([4001, 4003]);

/** A stream to the console. */
export class Stream {
  readonly #url: string;
  readonly #events: StreamEvents;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retry: number | undefined;
  #watch: number | undefined;
  #heard = performance.now();
  #began = 0;
  #closed = false;
  #state: LinkState = 'connecting';

  constructor(url: string, events: StreamEvents) {
    this.#url = url;
    this.#events = events;
  }

  /** When the last message came, by `performance.now()`. */
  get heard(): number {
    return this.#heard;
  }

  /** Begins to connect. */
  open(): void {
    this.#connect();
    this.#watch = window.setInterval(() => {
      this.#look();
    }, 1000);
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
  }

  /** Ends it for good. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#socket?.close(1000);
    this.#tell('closed');
  }

  /** Sends a message, when there is a connection to send it on. */
  send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** A network that is back, or a page that is looked at again, need not wait for the next attempt. */
  readonly #hurry = (): void => {
    if (document.hidden || this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#connect();
  };

  #connect(): void {
    this.#retry = undefined;
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    this.#began = performance.now();
    socket.onmessage = (event): void => {
      if (socket !== this.#socket) return;
      this.#heard = performance.now();
      const message = JSON.parse(String(event.data)) as ServerMessage;
      if (message.type === 'hello') {
        this.#attempt = 0;
        this.#tell('open');
      }
      this.#events.message(message);
    };
    socket.onclose = (event): void => {
      if (socket === this.#socket) this.#lost(event.code, event.reason);
    };
  }

  #lost(code: number, reason: string): void {
    this.#socket = undefined;
    if (this.#closed) return;
    if (FINAL_CODES.has(code)) {
      this.close();
      this.#events.over(code, reason);
      return;
    }
    this.#tell('lost');
    const longest = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempt++);
    this.#retry = window.setTimeout(
      () => {
        this.#connect();
      },
      longest * (0.5 + Math.random() / 2),
    );
  }

  #look(): void {
    const silent = performance.now() - Math.max(this.#heard, this.#began);
    const socket = this.#socket;
    if (socket === undefined) return;
    if (silent > SILENCE_MS) {
      // Its close event may take minutes: the socket is left behind.
      this.#socket = undefined;
      socket.onclose = null;
      socket.close();
      this.#lost(4008, 'silent');
    } else if (silent > PING_MS - 1000) {
      this.send({ op: 'ping', t: Date.now() });
    }
  }

  #tell(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.state(state);
  }
}

/** The channels of a page, in the order in which they are asked for. */
export const CHANNELS: readonly Channel[] = [
  'status',
  'orders',
  'positions',
  'accounts',
  'trades',
  'quotes',
  'logs',
  'alerts',
];
