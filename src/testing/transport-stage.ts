/**
 * The stage of the transport's contract tests: sockets that are closed with the test, and listeners that keep all they hear.
 *
 * @module
 */
import type {
  CallContext,
  ClientSocketOptions,
  ClientSockets,
  ConnectionFailure,
  ConnectionListener,
  Frames,
  PeerGate,
  PublishSocket,
  ReplySocket,
  RequestConnection,
  ServerSocketOptions,
  ServerSockets,
  SubscribeConnection,
  Transport,
} from '../rpc/index.js';
import { ContractError, must, until } from './contract.js';

/** A transport to be tested, and addresses for it. */
export interface TransportUnderTest {
  readonly transport: Transport;
  /** Gives another address each time, at which nobody listens: one that can be bound, and then connected to. */
  readonly address: () => string | Promise<string>;
}

/** Largest message of the tests, in bytes, unless a test says otherwise. */
export const LARGEST = 2 ** 22;

const CLIENT: ClientSocketOptions = {
  security: undefined,
  connectTimeout: 10_000,
  pingTimeout: Infinity,
  maxMessageBytes: LARGEST,
  receiveHighWaterMark: 100_000,
};

const SERVER: ServerSocketOptions = {
  security: undefined,
  allowAddresses: undefined,
  maxMessageBytes: LARGEST,
  replyHighWaterMark: 100_000,
  publishHighWaterMark: 100_000,
  linger: 1000,
  denied: () => undefined,
};

/** A request as a server got it: who sent it, and the rest. */
export interface Incoming {
  readonly identity: Uint8Array;
  readonly frames: Frames;
  /** What the gate gave for its connection. */
  readonly sender: CallContext | undefined;
}

/** One sentence of the contract, and how it is tried. */
export interface TransportTest {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** Makes such a test. */
export function sentence(name: string, run: TransportTest['run']): TransportTest {
  return { name, run };
}

/** Keeps what a connection tells, and holds it to what every listener may rely on. */
export class Ear implements ConnectionListener {
  readonly messages: Frames[] = [];
  readonly failures: ConnectionFailure[] = [];
  openings = 0;
  /** What was told when nothing might be. */
  readonly faults: string[] = [];
  /** What may be told: nothing before the call that makes the connection has returned, nor after `close()`. */
  phase: 'connecting' | 'listening' | 'closed' = 'connecting';
  /** What the test does within the callbacks. */
  onOpened: () => void = () => undefined;
  onMessage: () => void = () => undefined;

  opened(): void {
    this.#hear('opened()');
    this.openings++;
    if (this.openings > 1) this.faults.push('opened() was called twice');

    this.onOpened();
  }

  message(frames: Frames): void {
    this.#hear('message()');
    if (this.openings === 0) this.faults.push('message() was called before opened()');

    this.messages.push(frames.map((part) => part.slice()));
    this.onMessage();
  }

  closed(failure: ConnectionFailure): void {
    this.#hear('closed()');
    this.failures.push(failure);
  }

  #hear(call: string): void {
    if (this.phase === 'connecting') this.faults.push(`${call} was called before the connecting call had returned`);

    if (this.phase === 'closed') this.faults.push(`${call} was called after close()`);

    if (this.failures.length > 0) this.faults.push(`${call} was called after closed()`);
  }
}

/** A client's connection, and what it has told. */
export interface Line<Connection> {
  readonly ear: Ear;
  readonly connection: Connection;
  /** Closes, as a user does: nothing may be told from now on. */
  close(): void;
}

/** Makes sockets for one test, and closes them. */
export class Stage {
  readonly #transport: Transport;
  readonly address: () => Promise<string>;
  readonly patience: number;
  readonly #lines: Line<RequestConnection | SubscribeConnection>[] = [];
  readonly #bound: (ReplySocket | PublishSocket)[] = [];
  readonly #opened: (ClientSockets | ServerSockets)[] = [];
  readonly #ears: Ear[] = [];

  constructor({ transport, address }: TransportUnderTest, patience: number) {
    this.#transport = transport;
    this.address = async () => address();
    this.patience = patience;
  }

  /** Whether the transport says that it tells who is at the other end. */
  get tellsPeers(): boolean {
    return this.#transport.tellsPeers === true;
  }

  async client(options: Partial<ClientSocketOptions> = {}): Promise<ClientSockets> {
    const sockets = await this.#transport.openClient({ ...CLIENT, ...options });
    this.#opened.push(sockets);
    return sockets;
  }

  async server(options: Partial<ServerSocketOptions> = {}): Promise<ServerSockets> {
    const sockets = await this.#transport.openServer({ ...SERVER, ...options });
    this.#opened.push(sockets);
    return sockets;
  }

  /** Binds, and keeps what comes in. */
  async reply(
    sockets: ServerSockets,
    address: string,
    gate?: PeerGate,
  ): Promise<{ socket: ReplySocket; requests: Incoming[] }> {
    const socket = await sockets.bindReply(address, gate);
    this.#bound.push(socket);
    const requests: Incoming[] = [];
    socket.receive(([identity = new Uint8Array(), ...frames], sender) => {
      requests.push({ identity, frames, sender });
    });
    return { socket, requests };
  }

  async publish(sockets: ServerSockets, address: string, gate?: PeerGate): Promise<PublishSocket> {
    const socket = await sockets.bindPublish(address, gate);
    this.#bound.push(socket);
    return socket;
  }

  /** Begins to connect for requests. */
  request(sockets: ClientSockets, address: string, ear = new Ear()): Line<RequestConnection> {
    return this.#line(ear, () => sockets.connectRequest(address, ear));
  }

  /** Begins to connect for events, and asks for those with these prefixes as soon as it can. */
  subscribe(
    sockets: ClientSockets,
    address: string,
    prefixes: readonly Uint8Array[] = [],
    ear = new Ear(),
  ): Line<SubscribeConnection> {
    const line = this.#line(ear, () => sockets.connectSubscribe(address, ear));
    ear.onOpened = () => {
      for (const prefix of prefixes) line.connection.subscribe(prefix);
    };
    return line;
  }

  /** Waits until a connection is open. */
  async open<Kind extends RequestConnection | SubscribeConnection>(line: Line<Kind>): Promise<Line<Kind>> {
    const { ear } = line;
    await until(
      () => ear.openings > 0 || ear.failures.length > 0,
      () => 'a connection must call opened() when the handshake is done, and it told nothing',
      this.patience,
    );
    must(ear.openings > 0, `a connection to a bound address must open, and it told: ${told(ear)}`);
    return line;
  }

  /** Waits until a connection has failed; gives what it told. */
  async failed(line: Line<unknown>, why: string): Promise<ConnectionFailure> {
    const { failures } = line.ear;
    await until(
      () => failures.length > 0,
      () => `closed() must be called when ${why}`,
      this.patience,
    );
    const [failure] = failures;
    if (failure === undefined || typeof failure.detail !== 'string' || failure.detail === '')
      throw new ContractError('a ConnectionFailure must have a detail for a person');

    return failure;
  }

  async heard<Item>(items: readonly Item[], count: number, what: string): Promise<readonly Item[]> {
    await until(
      () => items.length >= count,
      () => `${count} ${what} must arrive, and ${items.length} did`,
      this.patience,
    );
    return items;
  }

  /** Lets everything arrive that is on its way: a round trip over a connection of its own, and turns of the event loop. */
  async settle(): Promise<void> {
    const address = await this.address();
    const { socket, requests } = await this.reply(await this.server(), address);
    const line = await this.open(this.request(await this.client(), address));
    for (let round = 1; round <= 3; round++) {
      await line.connection.send([bytes('are you there')]);
      await this.heard(requests, round, 'requests of a second connection');
      await socket.send([requests[0]?.identity ?? bytes(''), bytes('yes')]);
      await this.heard(line.ear.messages, round, 'answers over a second connection');
    }
  }

  /** Closes everything; then everything that ears heard must have been in its place. */
  async end(): Promise<void> {
    for (const line of this.#lines) line.close();

    await Promise.all(this.#bound.map((socket) => socket.close()));
    for (const sockets of this.#opened) sockets.close();

    await new Promise((resolve) => setImmediate(resolve));
    const faults = this.#ears.flatMap((ear) => ear.faults);
    must(faults.length === 0, `a listener was called when it must not be: ${faults.slice(0, 3).join('; ')}`);
  }

  #line<Connection extends RequestConnection | SubscribeConnection>(
    ear: Ear,
    connect: () => Connection,
  ): Line<Connection> {
    this.#ears.push(ear);
    const connection = connect();
    ear.phase = 'listening';
    const line = {
      ear,
      connection,
      close: () => {
        connection.close();
        ear.phase = 'closed';
      },
    };
    this.#lines.push(line);
    return line;
  }
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Parts of a message as one text, to compare them. */
export function textOf(frames: Frames): string {
  return frames.map((frame) => Buffer.from(frame).toString('latin1')).join('|');
}

function told({ messages, failures }: Ear): string {
  const [failure] = failures;
  return failure === undefined ? `${messages.length} messages` : `closed(${failure.kind}: ${failure.detail})`;
}
