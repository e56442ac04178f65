/**
 * Notices a server whose whole process stands still, while its system keeps the connection for it.
 *
 * ZeroMQ's PING would be the question for it, but libzmq before 4.2 does not know it and answers nothing. What every version
 * does: its I/O thread greets whoever connects, also while the program is busy. So when nothing has come for a while, a
 * second connection is opened, and closed as soon as the greeting comes.
 *
 * @module
 */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { Address } from './address.js';

/** An address that another process may be behind. */
type ProcessAddress = Exclude<Address, { readonly scheme: 'inproc' }>;

/** Nobody waits longer, and a timer's milliseconds have 31 bits. */
const MAX_TIMEOUT = 24 * 3_600_000;

/** Messages that have come from one host, over all connections of a client: they speak for its idle connections, too. */
export interface HostTraffic {
  messages: number;
}

/** What the watch looks at, and whom it tells. */
export interface PeerWatchOptions {
  readonly address: Address;
  /** After how long the server is given up, in ms; Infinity for never. */
  readonly timeout: number;
  readonly traffic: HostTraffic;
  /** The server's process stands still. */
  readonly onHung: () => void;
}

/** Watches one connection from {@link PeerWatch.start} to {@link PeerWatch.stop}. */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #cancel: (() => void) | undefined;
  #own = 0;
  /** Something was sent since the last message came: then only an answer over this connection counts. */
  #awaiting = false;
  #ownSeen = 0;
  #hostSeen = 0;
  /** The server has greeted since the last look. */
  #greeted = true;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { address, timeout } = this.#options;
    if (address.scheme !== 'inproc' && timeout <= MAX_TIMEOUT) {
      // Two looks without a message are half the time at most; the other half is the patience for the greeting.
      this.#timer = setInterval(() => {
        this.#look(address);
      }, timeout / 4);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#cancel?.();
  }

  /** A message came. Called for each one: it must be cheap. */
  received(): void {
    this.#own++;
    this.#options.traffic.messages++;
    this.#awaiting = false;
  }

  /** A message left. */
  sent(): void {
    this.#awaiting = true;
  }

  #look(address: ProcessAddress): void {
    if (this.#heard()) {
      this.#cancel?.();
      this.#cancel = undefined;
      this.#greeted = false;
    } else if (this.#greeted) {
      this.#greeted = false;
    } else if (this.#cancel === undefined) {
      const { timeout, onHung } = this.#options;
      this.#cancel = askForGreeting(openSocket(address), timeout / 2, (hangs) => {
        this.#cancel = undefined;
        this.#greeted = true;
        if (hangs && !this.#heard()) onHung();
      });
    }
  }

  /** Whether anything that speaks for the server has come since this was asked last. */
  #heard(): boolean {
    const { messages } = this.#options.traffic;
    const heard = this.#awaiting ? this.#own !== this.#ownSeen : messages !== this.#hostSeen;
    this.#ownSeen = this.#own;
    this.#hostSeen = messages;
    return heard;
  }
}

/**
 * Connects, and says whether the process behind the address hangs. Its system accepts the connection then, and the first byte of
 * a greeting does not come in time. A connection that is refused, cut or not answered at all proves nothing about the one that
 * stands. A firewall may do that, or a tunnel for one connection. A machine that is gone is for TCP's keepalive to find.
 *
 * @returns How to stop asking; no answer comes then.
 */
function askForGreeting(socket: Socket, patience: number, answer: (hangs: boolean) => void): () => void {
  let accepted = false;
  let over = false;
  const cancel = (): void => {
    over = true;
    clearTimeout(timer);
    socket.destroy();
  };
  const finish = (hangs: boolean): void => {
    if (!over) {
      cancel();
      answer(hangs);
    }
  };
  const timer = setTimeout(() => {
    // When this program was busy, what happened lies unseen: one turn shows that the connection stands, the next the greeting.
    setImmediate(() => {
      setImmediate(() => {
        finish(accepted);
      });
    });
  }, patience);
  socket.on('connect', () => {
    accepted = true;
  });
  for (const event of ['data', 'end', 'error'] as const) {
    socket.on(event, () => {
      finish(false);
    });
  }
  return cancel;
}

/** A plain connection to a listening ZeroMQ socket. */
function openSocket(address: ProcessAddress): Socket {
  if (address.scheme === 'ipc') return createConnection({ path: address.path.replace(/^@/, '\0') });

  // libzmq's sockets are for IPv4 unless the address itself is an IPv6 one.
  const isIPv6 = address.host.startsWith('[');
  return createConnection({
    host: isIPv6 ? address.host.slice(1, -1) : address.host,
    port: Number(address.port),
    family: isIPv6 ? 6 : 4,
  });
}
