/**
 * One connection: a socket of the system, the protocol over it, what waits to be written, and the watch over its silence.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { messageOf } from '../errors.js';
import { ZmtpError } from './errors.js';
import { messageBytes } from './frames.js';
import { Outbox } from './outbox.js';
import type { QueueLimits } from './outbox.js';
import { Protocol } from './protocol.js';
import type { Peer, ProtocolOptions } from './protocol.js';
import type { PingOptions } from './pulse.js';

/** How far a connection has come. `draining` writes what waits, and reads nothing any more. */
export type ConnectionPhase = 'resolving' | 'connecting' | 'greeting' | 'securing' | 'ready' | 'draining' | 'closed';

/** Why a connection is no more. */
export interface ConnectionEnd {
  readonly error: ZmtpError;
  /** How far it had come. */
  readonly phase: ConnectionPhase;
}

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly protocol: ProtocolOptions;
  /** Time from the beginning until the peer's handshake is done, in ms. */
  readonly handshakeTimeout: number;
  readonly ping: PingOptions;
  readonly queue: QueueLimits;
  /** Whether a connection that is given up is reset, where the system can: what it still holds arrives no more. */
  readonly resets: boolean;
}

/** What a connection tells. Nothing is told after `closed`, nor after {@link Connection.destroy} or {@link Connection.end}. */
export interface ConnectionEvents {
  /** The handshake is done. At most once. */
  ready(peer: Peer): void;
  /** A message. Its parts are good until this returns when the socket reads into a buffer that it uses again. */
  message(parts: readonly Uint8Array[]): void;
  /** The peer wants the messages that begin so, or no longer. The prefix is good until this returns. */
  subscription(prefix: Uint8Array, wanted: boolean): void;
  /** It is no more. At most once. */
  closed(end: ConnectionEnd): void;
}

/** How long the last words of a refused connection may take to leave, in ms. */
const LAST_WORDS = 1000;

/** After so long without anything, in s, the system asks the peer's system by itself (TCP keepalive). */
const KEEPALIVE = 30;

/** How long messages and commands are handed on, in ms, before timers and other sockets get their turn. */
const SLICE = 4;
/** After how many of them the clock is looked at. */
const LOOK_EVERY = 8;
/** Bytes that one read takes at most, here and by node:net itself: larger ones save nothing more. */
export const READ_BYTES = 64 * 1024;

type State =
  | { readonly tag: 'connecting'; readonly timer: NodeJS.Timeout }
  | { readonly tag: 'shaking'; readonly timer: NodeJS.Timeout; readonly socket: Socket }
  | { readonly tag: 'ready'; readonly socket: Socket; readonly peer: Peer }
  | { readonly tag: 'draining'; readonly timer: NodeJS.Timeout; readonly socket: Socket; readonly done: () => void }
  | { readonly tag: 'closed' };

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #protocol: Protocol;
  readonly #outbox: Outbox;
  #state: State;
  /** Whether the program, and not the connection, has ended it: then nobody is told. */
  #isSilent = false;
  #lastReadAt = 0;
  /** When the work of this turn of the event loop is to end, by performance.now(). */
  #sliceEnd = 0;
  #wasFull = false;
  /** How often what is left of a read had to wait for the next turn. */
  #pauses = 0;
  #handed = 0;
  #pingedAt: number | undefined;
  #isPongWaiting = false;
  /** Ends the connection when the peer is silent for longer than it said it would be. */
  #promise: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#outbox = new Outbox(options.queue, (bytes) => this.#write(bytes));
    this.#protocol = new Protocol(options.protocol, {
      send: (bytes) => {
        // Whoever decided about the peer may have closed the connection within the handshake.
        if (this.#state.tag !== 'closed') this.#outbox.push(bytes, 0);
      },
      ready: (peer) => {
        this.#ready(peer);
      },
      message: (parts) => {
        if (this.#state.tag !== 'ready') return;
        events.message(parts);
        this.#counted();
      },
      subscription: (prefix, wanted) => {
        if (this.#state.tag !== 'ready') return;
        events.subscription(prefix, wanted);
        this.#counted();
      },
      ping: (ttl, context) => {
        this.#pinged(ttl, context);
        this.#counted();
      },
      pong: () => undefined,
    });
    const timer = setTimeout(() => {
      this.#fail(new ZmtpError('TIMEOUT', `no handshake within ${options.handshakeTimeout / 1000} s`));
    }, options.handshakeTimeout);
    this.#state = { tag: 'connecting', timer };
  }

  /** The peer; undefined until its handshake is done, and after the end. */
  get peer(): Peer | undefined {
    return this.#state.tag === 'ready' ? this.#state.peer : undefined;
  }

  /** Whether bytes for this connection are good for it alone. */
  get isEncrypted(): boolean {
    return this.#protocol.isEncrypted;
  }

  get phase(): ConnectionPhase {
    const { tag } = this.#state;
    if (tag !== 'shaking') return tag;
    return this.#protocol.state === 'greeting' ? 'greeting' : 'securing';
  }

  /** The system has made the connection. To be called once. */
  attach(socket: Socket): void {
    if (this.#state.tag !== 'connecting') {
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const { timer } = this.#state;
    this.#state = { tag: 'shaking', timer, socket };
    socket.setKeepAlive(true, KEEPALIVE * 1000);
    socket.on('drain', () => {
      this.#outbox.open();
    });
    socket.on('error', (error) => {
      this.#fail(systemError(error));
    });
    socket.on('end', () => {
      this.#fail(closedByPeer());
    });
    socket.on('close', () => {
      this.#fail(closedByPeer());
    });
    this.#lastReadAt = performance.now();
    this.#protocol.start();
    this.#outbox.open();
  }

  /** The system could not make the connection. */
  connectFailed(error: unknown, phase: 'resolving' | 'connecting'): void {
    this.#fail(systemError(error), phase);
  }

  /** Takes bytes of the peer. Never throws: what is wrong with them costs this connection. */
  read(chunk: Uint8Array): void {
    if (this.#state.tag !== 'shaking' && this.#state.tag !== 'ready') return;
    const now = performance.now();
    this.#lastReadAt = now;
    this.#pingedAt = undefined;
    this.#promise?.refresh();
    // The system gives more within this turn of the event loop only after a read that filled the buffer.
    if (!this.#wasFull) this.#sliceEnd = now + SLICE;
    this.#wasFull = chunk.length >= READ_BYTES;
    this.#take(chunk);
  }

  /** Reads until the bytes or the time is used up. What is left then is read in the next turn of the event loop. */
  #take(chunk: Uint8Array): void {
    let taken: number;
    try {
      taken = this.#protocol.read(chunk);
    } catch (error) {
      this.#fail(
        error instanceof ZmtpError ? error : new ZmtpError('LISTENER', messageOf(error), undefined, { cause: error }),
      );
      return;
    }
    const isAll = taken === chunk.length;
    if (this.#state.tag !== 'ready' || (isAll && !(this.#wasFull && performance.now() > this.#sliceEnd))) return;
    const { socket } = this.#state;
    socket.pause();
    const turn = ++this.#pauses;
    const rest = new Uint8Array(chunk.subarray(taken)); // A copy: the buffer is used again.
    setImmediate(() => {
      this.#sliceEnd = performance.now() + SLICE;
      this.#wasFull = false;
      if (rest.length > 0 && this.#state.tag === 'ready') this.#take(rest);
      if (this.#pauses === turn) socket.resume();
    });
  }

  /** Looks at the clock now and then. */
  #counted(): void {
    this.#handed++;
    if (this.#handed % LOOK_EVERY === 0 && performance.now() > this.#sliceEnd) this.#protocol.interrupt();
  }

  /** How many messages of so many bytes altogether can be sent now; 0 where there is no peer. */
  room(bytes: number): number {
    return this.#state.tag === 'ready' ? this.#outbox.room(bytes) : 0;
  }

  /** Sends one message; false where there is no peer, or no room: then nothing has left. */
  trySend(parts: readonly Uint8Array[]): boolean {
    if (this.room(messageBytes(parts)) === 0) return false;
    this.send(this.#protocol.encode(parts), 1);
    return true;
  }

  /** Sends bytes that hold whole messages, for which there is room. */
  send(bytes: Uint8Array, messages: number): void {
    if (this.#state.tag === 'ready') this.#outbox.push(bytes, messages);
  }

  /** Writes what waits, as far as the system takes it, without waiting for the end of this turn's work. */
  flush(): void {
    this.#outbox.flush();
  }

  /** Asks for the messages that begin so, or takes that back. */
  subscribe(prefix: Uint8Array, wanted: boolean): void {
    if (this.#state.tag === 'ready') this.#outbox.push(this.#protocol.encodeSubscription(prefix, wanted), 0);
  }

  /** Looks whether the peer is still there. */
  beat(now: number): void {
    if (this.#state.tag !== 'ready' || !knowsPings(this.#state.peer)) return;
    const { interval, timeout } = this.#options.ping;
    const silence = now - this.#lastReadAt;
    if (this.#pingedAt === undefined) {
      if (silence < interval) return;
      this.#pingedAt = now;
      this.send(this.#protocol.encodePing(0), 0);
    } else if (now - this.#pingedAt >= timeout - interval) {
      this.#giveUp();
    }
  }

  /** Closes at once, and tells nobody. What was not written is dropped. */
  destroy(): void {
    this.#isSilent = true;
    const state = this.#state;
    this.#close();
    if (state.tag !== 'closed' && state.tag !== 'connecting') destroySocket(state.socket, this.#options.resets);
  }

  /** Writes what waits, closes, and tells nobody. Resolves when that is done, after `linger` ms at the latest. */
  end(linger: number): Promise<void> {
    this.#isSilent = true;
    const state = this.#state;
    if (state.tag !== 'ready') {
      this.destroy();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#drain(state.socket, linger, resolve);
    });
  }

  #ready(peer: Peer): void {
    if (this.#state.tag !== 'shaking') return;
    const { socket, timer } = this.#state;
    clearTimeout(timer);
    this.#state = { tag: 'ready', socket, peer };
    this.#events.ready(peer);
  }

  #pinged(ttl: number, context: Uint8Array): void {
    if (this.#state.tag !== 'ready') return;
    clearTimeout(this.#promise);
    this.#promise =
      ttl === 0
        ? undefined
        : setTimeout(() => {
            this.#giveUp();
          }, ttl).unref();
    if (this.#isPongWaiting) return; // One says as much as many: a flood of PINGs must not fill the queue.
    this.#isPongWaiting = true;
    this.#outbox.push(this.#protocol.encodePong(context), 0);
  }

  /** When this program was busy, what has come lies unseen: two turns of the event loop show it. */
  #giveUp(): void {
    const lastReadAt = this.#lastReadAt;
    setImmediate(() => {
      setImmediate(() => {
        if (this.#lastReadAt === lastReadAt)
          this.#fail(new ZmtpError('TIMEOUT', 'nothing came for too long, not even the answer to a PING'));
      });
    });
  }

  #write(bytes: Uint8Array): boolean {
    const state = this.#state;
    if (state.tag === 'connecting' || state.tag === 'closed') return false;
    this.#isPongWaiting = false;
    const takesMore = state.socket.write(bytes);
    if (state.tag === 'draining' && this.#outbox.isEmpty) state.socket.end();
    return takesMore;
  }

  #fail(error: ZmtpError, phase: ConnectionPhase = this.phase): void {
    const state = this.#state;
    if (state.tag === 'closed') return;
    if (
      state.tag === 'shaking' &&
      !this.#outbox.isEmpty &&
      !['CLOSED', 'SYSTEM', 'TIMEOUT', 'LISTENER'].includes(error.code)
    ) {
      // What tells the peer why: a greeting, READY or ERROR.
      this.#drain(state.socket, LAST_WORDS, () => undefined);
    } else {
      this.#close();
      if (state.tag !== 'connecting') destroySocket(state.socket, this.#options.resets);
    }
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#events.closed({ error, phase });
  }

  #drain(socket: Socket, linger: number, done: () => void): void {
    this.#leave();
    const timer = setTimeout(() => {
      this.destroy();
    }, linger);
    this.#state = { tag: 'draining', timer, socket, done };
    if (this.#outbox.isEmpty) socket.end();
    else this.#outbox.flush();
  }

  #close(): void {
    this.#leave();
    const state = this.#state;
    this.#state = { tag: 'closed' };
    this.#outbox.close();
    if (state.tag === 'draining') state.done();
  }

  #leave(): void {
    clearTimeout(this.#promise);
    if ('timer' in this.#state) clearTimeout(this.#state.timer);
  }
}

/** Peers of ZMTP 3.0 are sent none: a REQ of libzmq 4.2 closes for good at one, and one of 4.1 knows no commands. */
function knowsPings({ minor }: Peer): boolean {
  return minor >= 1;
}

/** A Unix socket cannot be reset, and throws (Node.js 20 to 24). */
function destroySocket(socket: Socket, reset: boolean): void {
  if (reset && !socket.destroyed && socket.remotePort !== undefined) socket.resetAndDestroy();
  else socket.destroy();
}

function closedByPeer(): ZmtpError {
  return new ZmtpError('CLOSED', 'the peer closed the connection');
}

function systemError(cause: unknown): ZmtpError {
  return new ZmtpError('SYSTEM', messageOf(cause), undefined, { cause });
}
