/**
 * The sockets of a server, and who may connect to them.
 *
 * @module
 */
import { parseAddress } from '../address.js';
import type { Address } from '../address.js';
import type { PublishSocket, ReplySocket, ServerSocketOptions, ServerSockets } from '../transport.js';
import { bindSocket } from './binding.js';
import { deliver, forgetGone, publish, receiveLoop } from './messages.js';
import type { Context, Dealer, Reply, SocketOptions, ZmqModule } from './module.js';
import { commonOptions, keepaliveOptions, serverSecurityOptions } from './options.js';
import { decideAccess } from './zap.js';

/** Any name: libzmq asks for permission only where a domain is set. */
const ZAP_DOMAIN = 'vnpy-bridge';

const ZAP_ADDRESS = 'inproc://zeromq.zap.01';

/**
 * After how long a server gives up a client whose machine or network is gone, in ms, and what waits for it with it. While
 * nothing is under way TCP's keepalive finds it, else that nothing is acknowledged. A client that takes nothing for so long is
 * given up, too. Where the system cannot be told (macOS), only its own patience counts, which is minutes.
 */
const CLIENT_TIMEOUT = 60_000;

/** Sockets that bind. */
export class ZmqServerSockets implements ServerSockets {
  readonly #zmq: ZmqModule;
  readonly #options: ServerSocketOptions;
  readonly #context: Context;
  readonly #accessControl: Reply | undefined;

  constructor(zmq: ZmqModule, options: ServerSocketOptions, context: Context, accessControl: Reply | undefined) {
    this.#zmq = zmq;
    this.#options = options;
    this.#context = context;
    this.#accessControl = accessControl;
  }

  async bindReply(text: string): Promise<ReplySocket> {
    const address = parseAddress(text, 'bind');
    const socket = new this.#zmq.Router({
      ...this.#socketOptions(address),
      // Tells of clients that are gone or do not read, instead of dropping their answers without a word.
      mandatory: true,
      sendTimeout: 0,
      sendHighWaterMark: this.#options.replyHighWaterMark,
    });
    const bound = await bindSocket(socket, address);
    return {
      ...bound,
      receive: (onMessage) => void receiveLoop(socket, onMessage),
      send: (frames) => deliver(socket, frames),
    };
  }

  async bindPublish(text: string): Promise<PublishSocket> {
    const address = parseAddress(text, 'bind');
    const socket = new this.#zmq.Publisher({
      ...this.#socketOptions(address),
      sendTimeout: 0,
      sendHighWaterMark: this.#options.publishHighWaterMark,
    });
    const bound = await bindSocket(socket, address, () => {
      forgetGone(socket);
    });
    return { ...bound, send: (frames) => publish(socket, frames) };
  }

  close(): void {
    this.#accessControl?.close();
  }

  #socketOptions(address: Address): SocketOptions<Dealer> {
    const { linger, maxMessageBytes } = this.#options;
    return {
      ...commonOptions(address, maxMessageBytes, linger),
      ...keepaliveOptions(CLIENT_TIMEOUT),
      tcpMaxRetransmitTimeout: CLIENT_TIMEOUT,
      context: this.#context,
      ...(this.#accessControl === undefined ? {} : { zapDomain: ZAP_DOMAIN }),
      ...serverSecurityOptions(this.#options),
    };
  }
}

/** Answers libzmq's questions about who may connect, until closed. */
export async function startAccessControl(
  zmq: ZmqModule,
  context: Context,
  options: ServerSocketOptions,
): Promise<Reply> {
  const socket = new zmq.Reply({ context, linger: 0 });
  await socket.bind(ZAP_ADDRESS);
  void receiveLoop(socket, (request) => {
    const { reply, denied } = decideAccess(request, options);
    // A REP socket's answer to a request in the same process can always be taken, unless the server is closing.
    socket.send([...reply]).catch(() => undefined);
    if (denied !== undefined) options.denied(denied);
  });
  return socket;
}
