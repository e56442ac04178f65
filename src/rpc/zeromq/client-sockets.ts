/**
 * The sockets of a client.
 *
 * @module
 */
import { parseAddress } from '../address.js';
import type { Address } from '../address.js';
import type {
  ClientSocketOptions,
  ClientSockets,
  ConnectionListener,
  RequestConnection,
  SubscribeConnection,
} from '../transport.js';
import { ZmqConnection } from './connection.js';
import { socketError } from '../failures.js';
import type { Dealer, SocketOptions, Subscriber, ZmqModule } from './module.js';
import { clientSecurityOptions, commonOptions, keepaliveOptions } from './options.js';
import type { HostTraffic } from '../peer-watch.js';

/**
 * libzmq's own reconnection, in ms: a broken connection is closed here long before. It is not -1, by which libzmq throws a
 * broken connection's half-read message away at once. Reading on then ends the process with a failed assertion (libzmq 4.3.5,
 * fq.cpp).
 */
const NEVER = 24 * 3_600_000;

/**
 * How long the system goes on trying to deliver a request that the server's machine does not acknowledge, in ms.
 *
 * A closed socket does not take back what the system has. The system sends it again and again, for minutes. So an order that
 * was given up long ago would be executed when the network comes back, beside the connection made since. If the system has no
 * such setting (macOS), it stays so.
 */
const DELIVERY_TIMEOUT = 10_000;

/** Sockets that connect. */
export class ZmqClientSockets implements ClientSockets {
  readonly #zmq: ZmqModule;
  readonly #options: ClientSocketOptions;
  readonly #security: Partial<SocketOptions<Dealer>>;
  readonly #traffic = new Map<string, HostTraffic>();

  constructor(zmq: ZmqModule, options: ClientSocketOptions) {
    this.#zmq = zmq;
    this.#options = options;
    this.#security = clientSecurityOptions(zmq, options);
  }

  connectRequest(text: string, listener: ConnectionListener): RequestConnection {
    const address = parseAddress(text, 'connect');
    const { connection } = this.#connect(address, listener, () => {
      return new this.#zmq.Dealer({
        ...this.#socketOptions(address),
        // Messages go only to a peer whose handshake is done, else `send` fails with EAGAIN and nothing has left.
        immediate: true,
        sendTimeout: 0,
        sendHighWaterMark: 0, // The caller's window is the bound.
        tcpMaxRetransmitTimeout: DELIVERY_TIMEOUT,
        // That ends the keepalive's patience, too: all its probes must have their turn before, or one lost packet is an end.
        ...keepaliveOptions(Math.min(this.#options.pingTimeout, DELIVERY_TIMEOUT)),
      });
    });
    return {
      // What else there is than TCP loses nothing under way.
      deliversFor: this.#options.tunnel === true ? Infinity : address.scheme === 'tcp' ? DELIVERY_TIMEOUT : 0,
      send: (frames) => connection.send(frames),
      close: () => {
        connection.close();
      },
    };
  }

  connectSubscribe(text: string, listener: ConnectionListener): SubscribeConnection {
    const address = parseAddress(text, 'connect');
    const { socket, connection } = this.#connect(
      address,
      listener,
      () => new this.#zmq.Subscriber(this.#socketOptions(address)),
    );
    return {
      subscribe: (prefix) => {
        socket.subscribe(Buffer.from(prefix));
      },
      unsubscribe: (prefix) => {
        socket.unsubscribe(Buffer.from(prefix));
      },
      close: () => {
        connection.close();
      },
    };
  }

  /** @throws RpcTransportError, and leaves nothing open then. */
  #connect<Socket extends Dealer | Subscriber>(
    address: Address,
    listener: ConnectionListener,
    create: () => Socket,
  ): { socket: Socket; connection: ZmqConnection<Socket> } {
    let socket: Socket | undefined;
    let connection: ZmqConnection<Socket> | undefined;
    try {
      socket = create();
      connection = new ZmqConnection(socket, address, this.#options, listener, this.#trafficOf(address));
      connection.begin();
      return { socket, connection };
    } catch (error) {
      connection?.close();
      socket?.close();
      throw socketError('connect to', address.text, error);
    }
  }

  #socketOptions(address: Address): SocketOptions<Subscriber> {
    const { maxMessageBytes, pingTimeout, receiveHighWaterMark } = this.#options;
    return {
      ...commonOptions(address, maxMessageBytes, 0),
      ...keepaliveOptions(pingTimeout),
      ...this.#security,
      reconnectInterval: NEVER,
      receiveHighWaterMark,
    };
  }

  #trafficOf(address: Address): HostTraffic {
    const host = address.scheme === 'tcp' ? address.host : '';
    let traffic = this.#traffic.get(host);
    if (traffic === undefined) this.#traffic.set(host, (traffic = { messages: 0 }));
    return traffic;
  }

  close(): void {
    // Client sockets live in the process-wide context, which ends with the process.
  }
}
