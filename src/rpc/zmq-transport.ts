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
import { checkAccessRules, checkClientSecurity, decideAccess, needsAccessControl } from './zap.js';

type ZmqModule = typeof Zmq;

/** Any name: libzmq asks for permission only where a domain is set. */
const ZAP_DOMAIN = 'vnpy-bridge';
/** Nobody waits longer, and libzmq's milliseconds have 31 bits. */
const MAX_PING_TIMEOUT = 24 * 3_600_000;

const ZAP_ADDRESS = 'inproc://zeromq.zap.01';

/** After how long a server gives up a client whose machine or whole process stands still, in ms. */
const CLIENT_PING_TIMEOUT = 60_000;

/** Both sockets of vnpy's client set these (vnpy/rpc/client.py). */
const KEEPALIVE_IDLE = 60;

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

async function loadZmq(mechanism: 'curve' | 'plain' | undefined): Promise<ZmqModule> {
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
    const socket = new this.#zmq.Dealer({
      ...commonOptions(address, this.#options.maxMessageBytes, 0),
      ...pingOptions(this.#options.pingTimeout),
      ...this.#security,
      // Messages go only to a peer whose handshake is done, else `send` fails with EAGAIN and nothing has left.
      immediate: true,
      sendTimeout: 0,
      sendHighWaterMark: 0, // The caller's window is the bound.
      reconnectInterval: -1,
      receiveHighWaterMark: this.#options.receiveHighWaterMark,
    });
    const connection = new ZmqConnection(socket, address, this.#options, listener);
    connection.begin();
    return {
      send: (frames) => connection.send(frames),
      close: () => {
        connection.close();
      },
    };
  }

  connectSubscribe(text: string, listener: ConnectionListener): SubscribeConnection {
    const address = parseAddress(text, 'connect');
    const socket = new this.#zmq.Subscriber({
      ...commonOptions(address, this.#options.maxMessageBytes, 0),
      ...pingOptions(this.#options.pingTimeout),
      ...this.#security,
      reconnectInterval: -1,
      receiveHighWaterMark: this.#options.receiveHighWaterMark,
    });
    const connection = new ZmqConnection(socket, address, this.#options, listener);
    connection.begin();
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
    void this.#watch();
    try {
      this.#socket.connect(this.#address.text);
    } catch (error) {
      this.close();
      throw socketError('connect to', this.#address.text, error);
    }
    if (this.#address.scheme === 'inproc') {
      // libzmq reports nothing about inproc connections: they stand at once, and are lost when a send fails.
      setImmediate(() => {
        this.#open();
      });
      return;
    }
    this.#timer = setTimeout(() => {
      this.#fail(this.#timeoutFailure());
    }, this.#options.connectTimeout);
  }

  /** Sends over a Dealer; never rejects with anything having left. */
  async send(this: ZmqConnection<Zmq.Dealer>, frames: Frames): Promise<void> {
    try {
      await this.#socket.send([...frames]);
    } catch (error) {
      if (this.#address.scheme === 'inproc') {
        this.#fail({ kind: 'lost', detail: `the connection to ${this.#address.text} broke` });
      }
      throw error;
    }
  }

  close(): void {
    if (this.#phase !== 'closed') {
      this.#phase = 'closed';
      clearTimeout(this.#timer);
      this.#socket.close();
    }
  }

  async #watch(): Promise<void> {
    for await (const event of this.#socket.events) {
      if (this.#closed()) {
        return;
      }
      this.#observe(event);
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
            ? { detail: this.#mismatchText(), refused: true }
            : { detail: `the ZeroMQ handshake failed (${event.error.code})`, refused: false };
        break;
      case 'handshake:error:other':
        this.#handshakeError = {
          detail: this.#silentRefusalText(),
          refused: this.#options.security !== undefined,
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

  #timeoutFailure(): ConnectionFailure {
    const seconds = this.#options.connectTimeout / 1000;
    return this.#phase === 'handshaking'
      ? {
          kind: 'handshake',
          detail: `${this.#address.text} accepts connections, but no ZeroMQ handshake came within ${seconds} s: another program listens there, or the server's process hangs`,
        }
      : { kind: 'unreachable', detail: `no answer from ${this.#address.text} within ${seconds} s` };
  }

  #mismatchText(): string {
    const { security } = this.#options;
    return security === undefined
      ? 'the server demands a ZeroMQ security mechanism, CURVE or PLAIN: set the option security as the server has it'
      : `the server does not use ${security.mechanism.toUpperCase()}: set the option security as the server has it`;
  }

  #silentRefusalText(): string {
    switch (this.#options.security?.mechanism) {
      case 'curve':
        return 'the server ended the CURVE handshake: serverKey is not its public key, or it does not use CURVE';
      case 'plain':
        return 'the server ended the PLAIN handshake: wrong user name or password, or it does not use PLAIN';
      case undefined:
        return 'the peer ended the ZeroMQ handshake: it is no ZeroMQ socket, or demands CURVE or PLAIN';
    }
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
    await bindSocket(socket, address);
    return {
      address: boundAddress(socket, text),
      receive: (onMessage) => void receiveLoop(socket, onMessage),
      send: (frames) => deliver(socket, frames),
      close: () => unbindSocket(socket),
    };
  }

  async bindPublish(text: string): Promise<PublishSocket> {
    const address = parseAddress(text, 'bind');
    const socket = new this.#zmq.Publisher({
      ...this.#socketOptions(address),
      sendTimeout: 0,
      sendHighWaterMark: this.#options.publishHighWaterMark,
    });
    await bindSocket(socket, address);
    return {
      address: boundAddress(socket, text),
      send: (frames) => publish(socket, frames),
      close: () => unbindSocket(socket),
    };
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
  let sliceStart: number | undefined;
  const endSlice = (): void => {
    sliceStart = undefined;
  };
  while (true) {
    let frames: Frames;
    try {
      frames = await socket.receive();
    } catch {
      return; // Closing a socket makes its pending receive fail.
    }
    if (sliceStart === undefined) {
      sliceStart = performance.now();
      setImmediate(endSlice); // Runs only once the event loop has turned.
    }
    onMessage(frames);
    if (performance.now() - sliceStart > RECEIVE_SLICE) {
      await new Promise(setImmediate);
    }
  }
}

async function deliver(socket: Zmq.Router, frames: Frames): Promise<Delivery> {
  if (socket.closed) {
    return 'gone';
  }
  try {
    await socket.send([...frames]);
    return 'sent';
  } catch (error) {
    // ROUTER_MANDATORY: EHOSTUNREACH for a peer that is gone, EAGAIN for one whose queue is full.
    return codeOf(error) === 'EAGAIN' ? 'full' : 'gone';
  }
}

function publish(socket: Zmq.Publisher, frames: Frames): boolean {
  if (socket.closed) {
    return false;
  }
  // A PUB socket takes every message and drops it for the subscribers whose queue is full; this never fails but while closing.
  socket.send([...frames]).catch(() => undefined);
  return true;
}

async function bindSocket(socket: Zmq.Router | Zmq.Publisher, address: Address): Promise<void> {
  try {
    if (address.scheme === 'ipc') {
      await checkIpcPath(address);
    }
    await socket.bind(address.scheme === 'tcp' ? bindText(address) : address.text);
  } catch (error) {
    socket.close();
    throw error instanceof RpcTransportError ? error : socketError('bind', address.text, error);
  }
}

/** libzmq binds no names but those of interfaces; `localhost` is the one that people write. */
function bindText(address: Address & { readonly scheme: 'tcp' }): string {
  const host = address.host === 'localhost' ? '127.0.0.1' : address.host;
  return `tcp://${host}:${address.port}`;
}

function boundAddress(socket: Zmq.Router | Zmq.Publisher, fallback: string): string {
  return socket.lastEndpoint ?? fallback;
}

/** Lets go of the address before closing: closing alone would do so only later, and the next bind would fail. */
async function unbindSocket(socket: Zmq.Router | Zmq.Publisher): Promise<void> {
  if (socket.closed) {
    return;
  }
  const endpoint = socket.lastEndpoint;
  if (endpoint !== null) {
    await socket.unbind(endpoint).catch(() => undefined);
  }
  socket.close();
}

function socketError(action: string, address: string, error: unknown): RpcTransportError {
  const [code, why] = explain(codeOf(error)) ?? (['TRANSPORT_FAILED', messageOf(error)] as const);
  return new RpcTransportError(code, `cannot ${action} ${address}: ${why}`, { address, cause: error });
}

function explain(errno: string | undefined): readonly [RpcTransportError['code'], string] | undefined {
  switch (errno) {
    case 'EADDRINUSE':
      return ['ADDRESS_IN_USE', 'another socket is bound to it'];
    case 'EADDRNOTAVAIL':
      return ['ADDRESS_NOT_AVAILABLE', 'this machine has no such address'];
    case 'ENODEV':
      return [
        'ADDRESS_NOT_AVAILABLE',
        'this machine has no such address or interface; a server binds *, an IP address or the name of an interface, no host name',
      ];
    case 'EACCES':
      return [
        'PERMISSION_DENIED',
        'not permitted (ports below 1024 need a privilege; an ipc path needs write access to its folder)',
      ];
    case 'ENOENT':
      return ['MISSING_FOLDER', 'its folder does not exist'];
    case 'EINVAL':
      return ['BAD_ADDRESS', 'that is no valid address'];
    case 'EPROTONOSUPPORT':
    case 'ENOCOMPATPROTO':
      return ['UNSUPPORTED', 'this build of zeromq does not support the scheme for this kind of socket'];
    case 'EMFILE':
      return ['TRANSPORT_FAILED', 'too many open sockets'];
    default:
      return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
