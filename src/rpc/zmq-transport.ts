/**
 * The transport over ZeroMQ: the only file that imports zeromq, and only when a client or server starts, so that
 * the rest works where the native module cannot be loaded.
 *
 * Every socket has `linger` set, so that nothing keeps the process alive, and `sendTimeout: 0`, so that `send` never
 * waits and never meets its own "busy" error.
 *
 * @module
 */
import type * as Zmq from 'zeromq';
import { messageOf } from '../errors.js';
import { checkIpcPath, parseAddress } from './address.js';
import type { Address } from './address.js';
import { RpcTransportError } from './errors.js';
import type { CurveKeyPair } from './security.js';
import type {
  ClientSocketOptions,
  ClientSockets,
  ConnectionFailure,
  ConnectionListener,
  Delivery,
  Frames,
  PublishSocket,
  ReplySocket,
  RequestConnection,
  ServerSocketOptions,
  ServerSockets,
  SubscribeConnection,
  Transport,
} from './transport.js';
import { codeOf, mismatchText, silentRefusalText, socketError, timeoutFailure } from './zmq-diagnosis.js';
import type { Mechanism } from './zmq-diagnosis.js';
import { checkAccessRules, checkClientSecurity, decideAccess, needsAccessControl } from './zap.js';

type ZmqModule = typeof Zmq;

type BoundSocket = Pick<ReplySocket | PublishSocket, 'address' | 'close'>;

/** Any name: libzmq asks for permission only where a domain is set. */
const ZAP_DOMAIN = 'vnpy-bridge';
/** Nobody waits longer, and libzmq's milliseconds have 31 bits. */
const MAX_PING_TIMEOUT = 24 * 3_600_000;

const ZAP_ADDRESS = 'inproc://zeromq.zap.01';

/** After how long a server gives up a client whose machine or whole process stands still, in ms. */
const CLIENT_PING_TIMEOUT = 60_000;

/** Both sockets of vnpy's client set these (vnpy/rpc/client.py). */
const KEEPALIVE_IDLE = 60;

/**
 * libzmq's own reconnection, in ms: a broken connection is closed here long before. Not -1, by which libzmq throws a
 * broken connection's half-read message away at once; reading on then ends the process with a failed assertion
 * (libzmq 4.3.5, fq.cpp).
 */
const NEVER = 24 * 3_600_000;

/** How long `close()` waits for libzmq to let go of an address, in ms: as a rule it is one. */
const RELEASE_TIMEOUT = 500;

/** Typed arrays of at most so many bytes V8 keeps in its heap (its typed_array_max_size_in_heap). */
const MAX_IN_HEAP = 64;

/** The type of a socket that asks: ZMQ_DEALER. (zeromq's enum of them exists at compile time only.) */
const DEALER = 5;

/** How long received messages are handed on, in ms, before timers and other sockets get their turn. */
const RECEIVE_SLICE = 4;

/** The transport over ZeroMQ: tcp, ipc and inproc addresses. */
export const zmqTransport: Transport = {
  async openClient(options) {
    checkClientSecurity(options.security);
    const zmq = await loadZmq(options.security?.mechanism);
    return new ZmqClientSockets(zmq, options);
  },

  async openServer(options) {
    checkAccessRules(options);
    const zmq = await loadZmq(options.security?.mechanism);
    if (!needsAccessControl(options)) {
      return new ZmqServerSockets(zmq, options, zmq.context, undefined);
    }
    // libzmq asks one access control per context: a context of its own keeps one server's rules from another's.
    const context = new zmq.Context({ blocky: false });
    return new ZmqServerSockets(zmq, options, context, await startAccessControl(zmq, context, options));
  },
};

/**
 * Makes a new key pair for CURVE.
 * @throws RpcTransportError if zeromq cannot be loaded.
 */
export async function generateCurveKeyPair(): Promise<CurveKeyPair> {
  return (await loadZmq('curve')).curveKeyPair();
}

async function loadZmq(mechanism: Mechanism | undefined): Promise<ZmqModule> {
  let zmq: ZmqModule;
  try {
    zmq = await import('zeromq');
  } catch (error) {
    throw new RpcTransportError(
      'ZEROMQ_UNAVAILABLE',
      `the native module of zeromq cannot be loaded on ${process.platform}-${process.arch} with Node ${process.version}: ` +
        `run "npm rebuild zeromq", or reinstall without --ignore-scripts and --omit=optional (${messageOf(error)})`,
      { cause: error },
    );
  }
  if (mechanism === 'curve' && zmq.capability.curve !== true) {
    throw new RpcTransportError('UNSUPPORTED', 'this build of zeromq has no CURVE');
  }
  return zmq;
}

class ZmqClientSockets implements ClientSockets {
  readonly #zmq: ZmqModule;
  readonly #options: ClientSocketOptions;
  readonly #security: Partial<Zmq.SocketOptions<Zmq.Dealer>>;

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
      });
    });
    return {
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
  #connect<Socket extends Zmq.Dealer | Zmq.Subscriber>(
    address: Address,
    listener: ConnectionListener,
    create: () => Socket,
  ): { socket: Socket; connection: ZmqConnection<Socket> } {
    let socket: Socket | undefined;
    let connection: ZmqConnection<Socket> | undefined;
    try {
      socket = create();
      connection = new ZmqConnection(socket, address, this.#options, listener);
      connection.begin();
      return { socket, connection };
    } catch (error) {
      connection?.close();
      socket?.close();
      throw socketError('connect to', address.text, error);
    }
  }

  #socketOptions(address: Address): Zmq.SocketOptions<Zmq.Subscriber> {
    const { maxMessageBytes, pingTimeout, receiveHighWaterMark } = this.#options;
    return {
      ...commonOptions(address, maxMessageBytes, 0),
      ...pingOptions(pingTimeout),
      ...this.#security,
      reconnectInterval: NEVER,
      receiveHighWaterMark,
    };
  }

  close(): void {
    // Client sockets live in the process-wide context, which ends with the process.
  }
}

/** One attempt to connect and, if it succeeds, the connection, told from the socket's monitor events. */
class ZmqConnection<Socket extends Zmq.Dealer | Zmq.Subscriber> {
  readonly #socket: Socket;
  readonly #address: Address;
  readonly #options: ClientSocketOptions;
  readonly #listener: ConnectionListener;
  #phase: 'resolving' | 'handshaking' | 'open' | 'closed' = 'resolving';
  #handshakeError: { readonly detail: string; readonly refused: boolean } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, address: Address, options: ClientSocketOptions, listener: ConnectionListener) {
    this.#socket = socket;
    this.#address = address;
    this.#options = options;
    this.#listener = listener;
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
      this.#fail(timeoutFailure(this.#address.text, this.#phase === 'handshaking', this.#options.connectTimeout));
    }, this.#options.connectTimeout);
    const events = this.#events();
    if (events === undefined) {
      // Hardly ever: zeromq.js names a monitor by its place in memory, which another one may have had just before.
      setImmediate(() => {
        this.#fail({ kind: 'unreachable', detail: `the connection to ${this.#address.text} could not be watched` });
      });
      return;
    }
    void this.#watch(events);
    this.#socket.connect(this.#address.text);
  }

  /** Sends over a Dealer; never rejects with anything having left. */
  send(this: ZmqConnection<Zmq.Dealer>, frames: Frames): Promise<void> {
    if (this.#phase !== 'open') {
      return Promise.reject(new Error(`there is no connection to ${this.#address.text}`));
    }
    const sent = this.#socket.send(frames.map(outOfHeap));
    if (this.#address.scheme === 'inproc') {
      sent.catch(() => {
        this.#fail({ kind: 'lost', detail: `the connection to ${this.#address.text} broke` });
      });
    }
    return sent;
  }

  close(): void {
    if (this.#phase !== 'closed') {
      this.#phase = 'closed';
      clearTimeout(this.#timer);
      this.#socket.close();
    }
  }

  get #mechanism(): Mechanism | undefined {
    return this.#options.security?.mechanism;
  }

  #events(): Zmq.Observer | undefined {
    try {
      return this.#socket.events;
    } catch {
      return undefined;
    }
  }

  /** Reads to the end, also after closing: a monitor that is dropped earlier keeps its name for a while. */
  async #watch(events: Zmq.Observer): Promise<void> {
    for await (const event of events) {
      if (this.#phase !== 'closed') {
        this.#observe(event);
      }
    }
  }

  #observe(event: Zmq.Event): void {
    switch (event.type) {
      case 'connect':
        this.#phase = 'handshaking';
        break;
      case 'handshake':
        this.#open();
        break;
      case 'handshake:error:auth':
        this.#handshakeError = { detail: 'the server refused the credentials', refused: true };
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
        if (this.#phase !== 'open') {
          this.#fail({ kind: 'unreachable', detail: `nobody accepts connections at ${this.#address.text}` });
        }
        break;
      default:
        break;
    }
  }

  #open(): void {
    if (this.#phase === 'closed' || this.#phase === 'open') {
      return;
    }
    clearTimeout(this.#timer);
    this.#phase = 'open';
    this.#listener.opened();
    if (!this.#closed()) {
      void receiveLoop(this.#socket, (frames) => {
        if (this.#phase === 'open') {
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

  #disconnectFailure(): ConnectionFailure {
    if (this.#phase === 'open') {
      return { kind: 'lost', detail: `the connection to ${this.#address.text} broke` };
    }
    const { detail, refused } = this.#handshakeError ?? {
      detail:
        'the peer ended the ZeroMQ handshake: it is a socket of another kind; are the request and the subscribe address exchanged?',
      refused: false,
    };
    return { kind: 'handshake', detail: `${this.#address.text}: ${detail}`, refused };
  }
}

class ZmqServerSockets implements ServerSockets {
  readonly #zmq: ZmqModule;
  readonly #options: ServerSocketOptions;
  readonly #context: Zmq.Context;
  readonly #accessControl: Zmq.Reply | undefined;

  constructor(
    zmq: ZmqModule,
    options: ServerSocketOptions,
    context: Zmq.Context,
    accessControl: Zmq.Reply | undefined,
  ) {
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
    const bound = await bindSocket(socket, address);
    return { ...bound, send: (frames) => publish(socket, frames) };
  }

  close(): void {
    this.#accessControl?.close();
  }

  #socketOptions(address: Address): Zmq.SocketOptions<Zmq.Dealer> {
    const { security, linger, maxMessageBytes } = this.#options;
    return {
      ...commonOptions(address, maxMessageBytes, linger),
      ...pingOptions(CLIENT_PING_TIMEOUT),
      context: this.#context,
      ...(this.#accessControl === undefined ? {} : { zapDomain: ZAP_DOMAIN }),
      ...(security?.mechanism === 'curve' ? { curveServer: true, curveSecretKey: security.secretKey } : {}),
      ...(security?.mechanism === 'plain' ? { plainServer: true } : {}),
    };
  }
}

function commonOptions(address: Address, maxMessageSize: number, linger: number): Zmq.SocketOptions<Zmq.Dealer> {
  return {
    linger,
    maxMessageSize,
    ipv6: address.scheme === 'tcp' && address.host.startsWith('['),
    tcpKeepalive: 1,
    tcpKeepaliveIdle: KEEPALIVE_IDLE,
  };
}

/** ZeroMQ's own pings: a third of the time is the interval, two thirds the patience. */
function pingOptions(timeout: number): Zmq.SocketOptions<Zmq.Dealer> {
  if (timeout > MAX_PING_TIMEOUT) {
    return {};
  }
  const interval = Math.max(1, Math.round(timeout / 3));
  return { heartbeatInterval: interval, heartbeatTimeout: interval * 2 };
}

function clientSecurityOptions(zmq: ZmqModule, { security }: ClientSocketOptions): Zmq.SocketOptions<Zmq.Dealer> {
  switch (security?.mechanism) {
    case undefined:
      return {};
    case 'plain':
      return { plainUsername: security.username, plainPassword: security.password };
    case 'curve': {
      const { publicKey, secretKey } =
        security.publicKey === undefined || security.secretKey === undefined
          ? zmq.curveKeyPair()
          : { publicKey: security.publicKey, secretKey: security.secretKey };
      return { curveServerKey: security.serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
    }
  }
}

/** Answers libzmq's questions about who may connect, until closed. */
async function startAccessControl(
  zmq: ZmqModule,
  context: Zmq.Context,
  options: ServerSocketOptions,
): Promise<Zmq.Reply> {
  const socket = new zmq.Reply({ context, linger: 0 });
  await socket.bind(ZAP_ADDRESS);
  void receiveLoop(socket, (request) => {
    const { reply, denied } = decideAccess(request, options);
    // A REP socket's answer to a request in the same process can always be taken, unless the server is closing.
    socket.send([...reply]).catch(() => undefined);
    if (denied !== undefined) {
      options.denied(denied);
    }
  });
  return socket;
}

/**
 * Hands on messages until the socket closes. zeromq.js resolves up to 512 receives without letting the event loop
 * turn, so the loop lets it turn itself when messages have been coming for longer than a slice.
 */
async function receiveLoop(
  socket: Zmq.Dealer | Zmq.Subscriber | Zmq.Router | Zmq.Reply,
  onMessage: (frames: Frames) => void,
): Promise<void> {
  const answers = (socket.type as number) === DEALER;
  let sliceEnd = 0;
  const turn = Promise.resolve();
  while (true) {
    let frames: Frames;
    try {
      frames = await socket.receive();
    } catch {
      return; // Closing a socket makes its pending receive fail.
    }
    onMessage(frames);
    if (answers) {
      await turn; // Those who wait for the answer act on it first: what they send then needs no look for more answers.
    }
    if (performance.now() > sliceEnd) {
      // Without a look at `socket.readable`, which takes the first part of a message out of its connection already.
      await new Promise(setImmediate);
      sliceEnd = performance.now() + RECEIVE_SLICE;
    }
  }
}

function deliver(socket: Zmq.Router, frames: Frames): Promise<Delivery> {
  return socket.closed ? Promise.resolve('gone') : socket.send(frames.map(outOfHeap)).then(deliveredAll, deliveredNot);
}

function deliveredAll(): Delivery {
  return 'sent';
}

/** ROUTER_MANDATORY: EHOSTUNREACH for a peer that is gone, EAGAIN for one whose queue is full. */
function deliveredNot(error: unknown): Delivery {
  return codeOf(error) === 'EAGAIN' ? 'full' : 'gone';
}

/**
 * The bytes of a short typed array lie in V8's heap until native code asks for them: it then gets memory of its own,
 * from malloc, which costs more than a place in Node's pool of buffers.
 */
function outOfHeap(part: Uint8Array): Uint8Array {
  return part.length > 0 && part.length <= MAX_IN_HEAP && !Buffer.isBuffer(part) ? Buffer.from(part) : part;
}

function publish(socket: Zmq.Publisher, frames: Frames): boolean {
  if (socket.closed) {
    return false;
  }
  // A PUB socket takes every message and drops it for the subscribers whose queue is full; this never fails but while closing.
  socket.send(frames as Uint8Array[]).catch(() => undefined);
  return true;
}

/** @throws RpcTransportError, and leaves nothing open then. */
async function bindSocket(socket: Zmq.Router | Zmq.Publisher, address: Address): Promise<BoundSocket> {
  try {
    if (address.scheme === 'ipc') {
      await checkIpcPath(address);
    }
    await socket.bind(address.scheme === 'tcp' ? bindText(address) : address.text);
    const released = whenReleased(socket); // Not before: a monitor's own work overwrites the errno of a failed bind.
    return {
      address: socket.lastEndpoint ?? address.text,
      close: async () => {
        socket.close();
        await within(RELEASE_TIMEOUT, released);
      },
    };
  } catch (error) {
    socket.close();
    throw error instanceof RpcTransportError ? error : socketError('bind', address.text, error);
  }
}

/** Waits for a promise, but no longer than `time` ms. */
function within(time: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Resolves when libzmq has let go of the address, which it does a moment after `close()`: only then can it be bound
 * again. (Calling `unbind()` first is no way: zeromq.js runs it in another thread, and while a `receive()` is pending,
 * the two threads in one socket end the process with a failed assertion.)
 */
async function whenReleased(socket: Zmq.Router | Zmq.Publisher): Promise<void> {
  let events: Zmq.Observer;
  try {
    events = socket.events;
  } catch {
    return; // As with ZmqConnection: nothing to be learnt then.
  }
  for await (const event of events) {
    if (event.type === 'end') {
      return;
    }
  }
}

/** libzmq binds no names but those of interfaces; `localhost` is the one that people write. */
function bindText(address: Address & { readonly scheme: 'tcp' }): string {
  const host = address.host === 'localhost' ? '127.0.0.1' : address.host;
  return `tcp://${host}:${address.port}`;
}
