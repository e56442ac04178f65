/**
 * Connections of a SUB in a thread of their own. What comes in while the program computes waits in memory, and not in the
 * publisher, which drops it. The peer gets its PONG.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { ClientEvents, ClientOptions } from '../client.js';
import type { ConnectionEnd, ConnectionPhase } from '../connection.js';
import { ZmtpError } from '../errors.js';
import { Subscriptions } from '../prefixes.js';
import type { Peer } from '../protocol.js';
import { clientMechanism } from '../security.js';
import { connectSub } from '../sub.js';
import type { SubConnection } from '../sub.js';
import { endOf, ownBytes } from './messages.js';
import type { Told } from './messages.js';
import { Session } from './session.js';
import type { Threads } from './session.js';
import { threadSource } from './thread-source.js';

/** Options of a {@link SubThread}. */
export interface SubThreadOptions {
  /** Messages that may wait for this program. The newest beyond it are dropped, and counted. */
  readonly receiveHighWaterMark: number;
  /** Bytes that may wait besides some MB of the ring. Default 256 MiB. One message is taken whatever its size when none waits. */
  readonly receiveHighWaterBytes?: number;
  /** Called at most once, with a sentence: there can be no thread, and the program receives in its own. */
  readonly notice?: (text: string) => void;
  /** Where threads come from, and their code. Default: `node:worker_threads`, and the code of this package. */
  readonly threads?: () => Promise<Threads>;
  readonly code?: () => string;
}

const HIGH_WATER_BYTES = 2 ** 28;

/**
 * A receiving thread, for the connections of one client. It begins with the first connection, and stays for the next ones. A
 * thread that ends by itself is a lost connection, and the next connection has a new one.
 */
export class SubThread {
  readonly #options: SubThreadOptions;
  readonly #threads: () => Promise<Threads>;
  readonly #code: () => string;
  #state: 'thread' | 'inline' | 'closed' = 'thread';
  #session: Session | undefined;
  /** Whether the session has got as far as to say so. */
  #hasStarted = false;
  /** What keeps the process alive until the session does. */
  #loading: NodeJS.Timeout | undefined;
  #current: ThreadedSub | undefined;
  #connections = 0;
  /** Of the sessions that are over. */
  #received = 0;
  #dropped = 0;

  constructor(options: SubThreadOptions) {
    this.#options = options;
    this.#threads = options.threads ?? (() => import('node:worker_threads'));
    this.#code = options.code ?? threadSource;
  }

  /** Messages that came to this program through the thread. */
  get received(): number {
    return this.#received + (this.#session?.taken ?? 0);
  }

  /** Messages that were dropped, because more waited than may. */
  get dropped(): number {
    return this.#dropped + (this.#session?.dropped ?? 0);
  }

  /**
   * As `connectSub` does it. One connection stands at a time: the next one closes it.
   *
   * @throws RangeError for a key of the wrong length.
   */
  connectSub(options: ClientOptions, events: ClientEvents): SubConnection {
    if (this.#state === 'closed') throw new Error('The receiving thread was closed');
    clientMechanism(options.security); // Throws here, and not in the thread.
    this.#current?.close();
    this.#connections++;
    const current = new ThreadedSub(this.#connections, options, events, (closing) => {
      if (closing === this.#current) this.#release();
    });
    this.#current = current;
    if (this.#state === 'inline') current.useInline();
    else if (this.#session === undefined) void this.#begin();
    else this.#connect(this.#session, current);
    return current;
  }

  /** Ends the connection and the thread at once. */
  close(): void {
    this.#current?.close();
    this.#state = 'closed';
    this.#endSession();
  }

  async #begin(): Promise<void> {
    if (this.#loading !== undefined) return;
    this.#loading = setInterval(() => undefined, 2 ** 30);
    try {
      const code = this.#code();
      if (code === '') throw new Error('this build of the package has no code for it');
      const threads = await this.#threads();
      if (this.#current === undefined) return; // Closed in the meantime.
      const limits = {
        messages: this.#options.receiveHighWaterMark,
        bytes: this.#options.receiveHighWaterBytes ?? HIGH_WATER_BYTES,
      };
      const session = new Session(threads, code, limits, {
        told: (told) => {
          this.#told(told);
        },
        message: (parts) => {
          this.#current?.message(parts);
        },
        ended: (reason) => {
          this.#ended(reason);
        },
      });
      this.#session = session;
      this.#hasStarted = false;
      this.#connect(session, this.#current);
    } catch (error) {
      this.#receiveInline(messageOf(error));
    } finally {
      clearInterval(this.#loading);
      this.#loading = undefined;
    }
  }

  #connect(session: Session, current: ThreadedSub): void {
    session.keepsAlive(true);
    current.useThread(session);
  }

  #told(told: Told): void {
    if (told.kind === 'started') this.#hasStarted = true;
    else this.#current?.told(told);
  }

  #release(): void {
    this.#current = undefined;
    this.#session?.keepsAlive(false);
  }

  #ended(reason: string): void {
    this.#endSession();
    if (this.#hasStarted) this.#current?.fail(new ZmtpError('SYSTEM', `the receiving thread ended: ${reason}`));
    else this.#receiveInline(reason);
  }

  #endSession(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#received += session.taken;
    this.#dropped += session.dropped;
    this.#session = undefined;
    session.end();
  }

  #receiveInline(reason: string): void {
    if (this.#state !== 'thread') return;
    this.#state = 'inline';
    this.#options.notice?.(
      `There can be no receiving thread (${reason}): messages that come while this program computes wait in the publisher, which may drop them`,
    );
    this.#current?.useInline();
  }
}

/** One connection, which lives in the thread, or inline when there can be none. */
class ThreadedSub implements SubConnection {
  readonly #id: number;
  readonly #options: ClientOptions;
  readonly #events: ClientEvents;
  readonly #released: (self: ThreadedSub) => void;
  readonly #wanted = new Subscriptions();
  #way: { readonly session: Session } | { readonly sub: SubConnection } | undefined;
  #phase: ConnectionPhase = 'connecting';

  constructor(id: number, options: ClientOptions, events: ClientEvents, released: (self: ThreadedSub) => void) {
    this.#id = id;
    this.#options = options;
    this.#events = events;
    this.#released = released;
  }

  subscribe(prefix: Uint8Array): void {
    if (this.#wanted.add(prefix)) this.#ask(prefix, true);
  }

  unsubscribe(prefix: Uint8Array): void {
    if (this.#wanted.delete(prefix)) this.#ask(prefix, false);
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    const way = this.#way;
    if (way !== undefined && 'sub' in way) way.sub.close();
    else way?.session.send({ kind: 'close', connection: this.#id });
    this.#released(this);
  }

  useThread(session: Session): void {
    this.#way = { session };
    const { security, ...others } = this.#options;
    const keys =
      security.mechanism === 'CURVE'
        ? {
            serverKey: ownBytes(security.serverKey),
            ...(security.secretKey === undefined ? {} : { secretKey: ownBytes(security.secretKey) }),
          }
        : {};
    session.send({ kind: 'connect', connection: this.#id, options: { ...others, security: { ...security, ...keys } } });
    for (const prefix of this.#wanted.sorted()) this.#ask(prefix, true);
  }

  /** The thread never started, so nothing was told yet. */
  useInline(): void {
    const sub = connectSub(this.#options, {
      opened: (peer) => {
        this.#opened(peer);
      },
      message: (parts) => {
        this.#events.message(parts);
      },
      closed: (end) => {
        this.#closed(end);
      },
    });
    this.#way = { sub };
    for (const prefix of this.#wanted.sorted()) sub.subscribe(prefix);
  }

  told(told: Exclude<Told, { kind: 'started' }>): void {
    if (told.connection !== this.#id || this.#phase === 'closed') return;
    if (told.kind === 'closed') {
      this.#closed(endOf(told.end));
    } else {
      this.#guarded(() => {
        this.#opened(told.peer);
      });
    }
  }

  /** What an earlier connection has left in the ring comes before this one is told to be open. */
  message(parts: readonly Uint8Array[]): void {
    const [first] = parts;
    if (this.#phase !== 'ready' || first === undefined || !this.#wanted.matches(first)) return;
    this.#guarded(() => {
      this.#events.message(parts);
    });
  }

  /** The connection is lost by no fault of its peer. */
  fail(error: ZmtpError): void {
    const phase = this.#phase;
    if (phase !== 'closed') this.#closed({ error, phase });
  }

  /** What a listener throws costs the connection, as it does inline. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (cause) {
      const phase = this.#phase;
      this.close();
      if (phase !== 'closed')
        this.#events.closed({ error: new ZmtpError('SYSTEM', messageOf(cause), undefined, { cause }), phase });
    }
  }

  #opened(peer: Peer): void {
    this.#phase = 'ready';
    this.#events.opened(peer);
  }

  #closed(end: ConnectionEnd): void {
    this.#phase = 'closed';
    this.#released(this);
    this.#events.closed(end);
  }

  #ask(prefix: Uint8Array, wanted: boolean): void {
    const way = this.#way;
    if (this.#phase === 'closed' || way === undefined) return;
    if ('session' in way)
      way.session.send({ kind: 'subscribe', connection: this.#id, prefix: ownBytes(prefix), wanted });
    else if (wanted) way.sub.subscribe(prefix);
    else way.sub.unsubscribe(prefix);
  }
}
