/**
 * One connection of a client's socket.
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { messageOf } from '../../errors.js';
import type { Address } from '../address.js';
import { hostName } from '../address.js';
import type { ClientSocketOptions, ConnectionFailure, ConnectionListener, Frames } from '../transport.js';
import {
  brokeText,
  codeOf,
  hungText,
  mismatchText,
  nobodyText,
  OTHER_KIND_TEXT,
  REFUSED_TEXT,
  silentRefusalText,
  timeoutFailure,
  unresolvedText,
} from '../failures.js';
import type { Mechanism } from '../failures.js';
import { outOfHeap, receiveLoop } from './messages.js';
import type { Dealer, Event, Observer, Subscriber } from './module.js';
import { PeerWatch } from '../peer-watch.js';
import type { HostTraffic } from '../peer-watch.js';

/** One attempt to connect and, if it succeeds, the connection, told from the socket's monitor events. */
export class ZmqConnection<Socket extends Dealer | Subscriber> {
  readonly #socket: Socket;
  readonly #address: Address;
  readonly #options: ClientSocketOptions;
  readonly #listener: ConnectionListener;
  readonly #watch: PeerWatch;
  #phase: 'resolving' | 'connecting' | 'handshaking' | 'open' | 'closed' = 'resolving';
  #handshakeError: { readonly detail: string; readonly refused: boolean } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    socket: Socket,
    address: Address,
    options: ClientSocketOptions,
    listener: ConnectionListener,
    traffic: HostTraffic,
  ) {
    this.#socket = socket;
    this.#address = address;
    this.#options = options;
    this.#listener = listener;
    this.#watch = new PeerWatch({
      address,
      timeout: options.pingTimeout,
      traffic,
      onHung: () => {
        this.#fail({ kind: 'lost', detail: hungText(address.text) });
      },
    });
  }

  begin(): void {
    if (this.#address.scheme === 'inproc') {
      // libzmq reports nothing about inproc connections: they stand at once, and are lost when a send fails.
      this.#socket.connect(this.#address.text);
      setImmediate(() => {
        this.#open();
      });
      return;
    }
    this.#timer = setTimeout(() => {
      this.#fail(this.#timeoutFailure());
    }, this.#options.connectTimeout);
    const events = this.#events();
    if (events === undefined) {
      // Hardly ever: zeromq.js names a monitor by its place in memory, which another one may have had just before.
      setImmediate(() => {
        this.#fail({ kind: 'unreachable', detail: `the connection to ${this.#address.text} could not be watched` });
      });
      return;
    }
    void this.#follow(events);
    this.#socket.connect(this.#address.text);
  }

  /** Sends over a Dealer; never rejects with anything having left. */
  send(this: ZmqConnection<Dealer>, frames: Frames): Promise<void> {
    if (this.#phase !== 'open') return Promise.reject(new Error(`there is no connection to ${this.#address.text}`));

    this.#watch.sent();
    const sent = this.#socket.send(frames.map(outOfHeap));
    if (this.#address.scheme === 'inproc') {
      sent.catch(() => {
        this.#fail({ kind: 'lost', detail: brokeText(this.#address.text) });
      });
    }
    return sent;
  }

  close(): void {
    if (this.#phase !== 'closed') {
      this.#phase = 'closed';
      clearTimeout(this.#timer);
      this.#watch.stop();
      this.#socket.close();
    }
  }

  get #mechanism(): Mechanism | undefined {
    return this.#options.security?.mechanism;
  }

  #events(): Observer | undefined {
    try {
      return this.#socket.events;
    } catch {
      return undefined;
    }
  }

  /** Reads to the end, also after closing: a monitor that is dropped earlier keeps its name for a while. */
  async #follow(events: Observer): Promise<void> {
    for await (const event of events) if (this.#phase !== 'closed') this.#observe(event);
  }

  #observe(event: Event): void {
    switch (event.type) {
      case 'connect:delay':
        this.#phase = 'connecting';
        break;
      case 'connect:retry':
        if (this.#phase === 'resolving') void this.#explainNoAttempt();

        break;
      case 'connect':
        this.#phase = 'handshaking';
        break;
      case 'handshake':
        this.#open();
        break;
      case 'handshake:error:auth':
        this.#handshakeError = { detail: REFUSED_TEXT, refused: true };
        break;
      case 'handshake:error:protocol':
        this.#handshakeError =
          event.error.code === 'ERR_ZMTP_MECHANISM_MISMATCH'
            ? { detail: mismatchText(this.#mechanism), refused: true }
            : { detail: `the ZeroMQ handshake failed (${event.error.code})`, refused: false };
        break;
      case 'handshake:error:other':
        this.#handshakeError = {
          detail: silentRefusalText(this.#mechanism),
          refused: this.#mechanism !== undefined,
        };
        break;
      case 'disconnect':
        this.#fail(this.#disconnectFailure());
        break;
      case 'close':
        if (this.#phase !== 'open') this.#fail({ kind: 'unreachable', detail: nobodyText(this.#address.text) });

        break;
      default:
        break;
    }
  }

  #open(): void {
    if (this.#phase === 'closed' || this.#phase === 'open') return;

    clearTimeout(this.#timer);
    this.#phase = 'open';
    this.#watch.start();
    this.#listener.opened();
    if (!this.#closed()) {
      void receiveLoop(this.#socket, (frames) => {
        if (this.#phase === 'open') {
          this.#watch.received();
          this.#listener.message(frames);
        }
      });
    }
  }

  /** A method, because opened() and the like may close the connection, which a type checker does not see. */
  #closed(): boolean {
    return this.#phase === 'closed';
  }

  #fail(failure: ConnectionFailure): void {
    if (this.#phase !== 'closed') {
      this.close();
      this.#listener.closed(failure);
    }
  }

  #timeoutFailure(): ConnectionFailure {
    const { connectTimeout } = this.#options;
    const name = this.#phase === 'resolving' ? hostName(this.#address) : undefined;
    return name === undefined
      ? timeoutFailure(this.#address.text, this.#phase === 'handshaking', connectTimeout)
      : {
          kind: 'unreachable',
          detail: unresolvedText(name, `no answer within ${connectTimeout / 1000} s`, 'IPv4 address'),
        };
  }

  /**
   * libzmq gave up before it had anything to connect: as a rule the host name leads nowhere, which it does not tell. What the
   * system says about the name is asked for again. That may take as long as the first time, but no longer than an attempt may.
   */
  async #explainNoAttempt(): Promise<void> {
    const name = hostName(this.#address);
    let why: string | undefined;
    if (name !== undefined) {
      try {
        await lookup(name, { family: 4 }); // libzmq's sockets are for IPv4 unless the address itself is an IPv6 one.
      } catch (error) {
        why = codeOf(error) ?? messageOf(error);
      }
    }
    this.#fail({
      kind: 'unreachable',
      detail:
        name === undefined || why === undefined
          ? `no connection to ${this.#address.text} could be begun`
          : unresolvedText(name, why, 'IPv4 address'),
    });
  }

  #disconnectFailure(): ConnectionFailure {
    if (this.#phase === 'open') return { kind: 'lost', detail: brokeText(this.#address.text) };

    const { detail, refused } = this.#handshakeError ?? {
      detail: OTHER_KIND_TEXT,
      refused: false,
    };
    return { kind: 'handshake', detail: `${this.#address.text}: ${detail}`, refused };
  }
}
