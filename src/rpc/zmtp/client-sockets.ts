/**
 * The sockets of a client.
 *
 * @module
 */
import { connectDealer, connectSub, SubThread } from '../../zmtp/index.js';
import type { ClientEvents, ClientOptions, ClientSecurity, SubConnection } from '../../zmtp/index.js';
import { hungText, socketError } from '../failures.js';
import { PeerWatch } from '../peer-watch.js';
import type { HostTraffic } from '../peer-watch.js';
import type {
  ClientSocketOptions,
  ClientSockets,
  ConnectionListener,
  RequestConnection,
  SubscribeConnection,
} from '../transport.js';
import { endpointOf, wireAddress } from './endpoints.js';
import type { WireAddress } from './endpoints.js';
import { failureOf } from './failure.js';
import { clientWire } from './security.js';

/** One for all: a promise for each call costs more than the call's bytes. */
const SENT = Promise.resolve();

/** Sockets that connect. */
export class ZmtpClientSockets implements ClientSockets {
  readonly #options: ClientSocketOptions;
  readonly #security: ClientSecurity;
  /** Receives the events, where that is asked for. */
  #thread: SubThread | undefined;
  /** What was told of what it dropped. */
  #dropped = 0;
  readonly #traffic = new Map<string, HostTraffic>();

  constructor(options: ClientSocketOptions) {
    this.#options = options;
    this.#security = clientWire(options.security);
  }

  connectRequest(text: string, listener: ConnectionListener): RequestConnection {
    const address = wireAddress(text, 'connect');
    const watch = this.#watch(address, listener, () => {
      dealer.close();
    });
    const dealer = opened(address, () => connectDealer(this.#optionsFor(address), watch.events));
    return {
      // What was not acknowledged is reset with the connection. A Unix socket has nothing under way.
      deliversFor: this.#options.tunnel === true ? Infinity : 0,
      send: (frames) => {
        watch.sent();
        return dealer.send(frames) ? SENT : Promise.reject(new Error(`${text} takes nothing now`));
      },
      close: () => {
        watch.stop();
        dealer.close();
      },
    };
  }

  connectSubscribe(text: string, listener: ConnectionListener): SubscribeConnection {
    const address = wireAddress(text, 'connect');
    const watch = this.#watch(address, listener, () => {
      sub.close();
    });
    const sub = opened(address, () => this.#connectSub(this.#optionsFor(address), watch.events));
    return {
      subscribe: (prefix) => {
        sub.subscribe(prefix);
      },
      unsubscribe: (prefix) => {
        sub.unsubscribe(prefix);
      },
      close: () => {
        watch.stop();
        sub.close();
      },
    };
  }

  close(): void {
    this.#thread?.close();
  }

  #connectSub(options: ClientOptions, events: ClientEvents): SubConnection {
    const { receiver, receiveHighWaterMark, notice, missed } = this.#options;
    if (receiver !== 'thread') return connectSub(options, events);
    const thread = (this.#thread ??= new SubThread({ receiveHighWaterMark, ...(notice && { notice }) }));
    return thread.connectSub(options, {
      ...events,
      message: (parts) => {
        const { dropped } = thread;
        if (dropped > this.#dropped) {
          missed?.(dropped - this.#dropped);
          this.#dropped = dropped;
        }
        events.message(parts);
      },
    });
  }

  #optionsFor(address: WireAddress): ClientOptions {
    const { connectTimeout, maxMessageBytes, pingTimeout } = this.#options;
    return {
      endpoint: endpointOf(address),
      security: this.#security,
      connectTimeout,
      ping: { interval: pingTimeout / 2, timeout: pingTimeout },
      limits: { maxMessageBytes },
    };
  }

  /** Hands on what a connection tells. A peer that may not be sent a PING is watched by asking for its greeting. */
  #watch(address: WireAddress, listener: ConnectionListener, close: () => void): Watch {
    const watch = new PeerWatch({
      address,
      timeout: this.#options.pingTimeout,
      traffic: this.#trafficOf(address),
      onHung: () => {
        watch.stop();
        close();
        listener.closed({ kind: 'lost', detail: hungText(address.text) });
      },
    });
    return {
      events: {
        opened: ({ minor }) => {
          if (minor === 0) watch.start();
          listener.opened();
        },
        message: (parts) => {
          watch.received();
          listener.message(parts);
        },
        closed: (end) => {
          watch.stop();
          listener.closed(failureOf(end, address, this.#options));
        },
      },
      sent: () => {
        watch.sent();
      },
      stop: () => {
        watch.stop();
      },
    };
  }

  #trafficOf(address: WireAddress): HostTraffic {
    const host = address.scheme === 'tcp' ? address.host : '';
    let traffic = this.#traffic.get(host);
    if (traffic === undefined) this.#traffic.set(host, (traffic = { messages: 0 }));
    return traffic;
  }
}

interface Watch {
  readonly events: ClientEvents;
  sent(): void;
  stop(): void;
}

/** @throws RpcTransportError for what the system does not take as an address. */
function opened<Connection>(address: WireAddress, open: () => Connection): Connection {
  try {
    return open();
  } catch (error) {
    throw socketError('connect to', address.text, error);
  }
}
