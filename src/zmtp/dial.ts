/**
 * Connecting a socket of the system: names are resolved, and their addresses tried one after the other.
 *
 * @module
 */
import { lookup } from 'node:dns/promises';
import { createConnection, isIP } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import { READ_BYTES } from './connection.js';
import type { Endpoint, TcpEndpoint } from './endpoint.js';
import { interfaceAddress, socketPath } from './endpoint.js';

/** How a {@link Dial} ends, unless it is cancelled. */
export interface DialEvents {
  connected(socket: Socket): void;
  /** The phase says how far it came. The error is the system's. */
  failed(error: unknown, phase: 'resolving' | 'connecting'): void;
  /** What came in. The bytes are good until this returns. */
  read(chunk: Uint8Array): void;
}

/** One attempt to connect. */
export class Dial {
  readonly #events: DialEvents;
  /** For each address an equal share, in ms: one that answers nothing must leave time for the next. */
  readonly #patience: number;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #phase: 'resolving' | 'connecting' = 'connecting';
  #isOver = false;

  constructor(endpoint: Endpoint, timeout: number, events: DialEvents) {
    this.#events = events;
    this.#patience = timeout;
    if (endpoint.transport === 'ipc') this.#connect({ path: socketPath(endpoint) });
    else if (isIP(endpoint.host) !== 0) this.#tryNext(endpoint, [endpoint.host], timeout);
    else void this.#resolve(endpoint);
  }

  get phase(): 'resolving' | 'connecting' {
    return this.#phase;
  }

  /** Ends the attempt. Nothing is told after it. */
  cancel(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  /** IPv4 first: a libzmq socket listens for IPv6 only when it is told to. */
  async #resolve(endpoint: TcpEndpoint): Promise<void> {
    this.#phase = 'resolving';
    try {
      const found = await lookup(endpoint.host, { all: true });
      if (this.#isOver) return;
      const ofFamily = (family: number): string[] =>
        found.filter((entry) => entry.family === family).map(({ address }) => address);
      const hosts = [...ofFamily(4), ...ofFamily(6)];
      this.#phase = 'connecting';
      this.#tryNext(endpoint, hosts, this.#patience / hosts.length);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tryNext(endpoint: TcpEndpoint, [host, ...others]: readonly string[], patience: number): void {
    const { port, source } = endpoint;
    const from = source?.host === undefined ? undefined : (interfaceAddress(source.host) ?? source.host);
    const options: NetConnectOpts = {
      host: host ?? endpoint.host,
      port,
      noDelay: true,
      ...(from === undefined ? {} : { localAddress: from }),
      ...(source?.port === undefined ? {} : { localPort: source.port }),
    };
    if (others.length === 0) {
      this.#connect(options);
      return;
    }
    const tryOthers = (): void => {
      this.#tryNext(endpoint, others, patience);
    };
    this.#connect(options, tryOthers);
    this.#timer = setTimeout(() => {
      this.#socket?.destroy();
      tryOthers();
    }, patience);
  }

  /** @param retry - What to do when it fails; left out, that is the end. */
  #connect(options: NetConnectOpts, retry?: () => void): void {
    const socket = createConnection({
      ...options,
      onread: {
        buffer: new Uint8Array(READ_BYTES),
        callback: (length, filled) => {
          // Bun up to 1.4.0 gives a buffer of its own (Bun issue 33382): what is read is what counts.
          this.#events.read(filled.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket = socket;
    // A listener that stays: an error after the connection would end the process without one.
    socket.on('error', (error) => {
      if (socket !== this.#socket || this.#isOver) return;
      clearTimeout(this.#timer);
      if (retry === undefined) this.#fail(error);
      else retry();
    });
    socket.once('connect', () => {
      clearTimeout(this.#timer);
      if (socket !== this.#socket || this.#isOver) return;
      this.#isOver = true;
      this.#events.connected(socket);
    });
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.cancel();
    this.#events.failed(error, this.#phase);
  }
}
