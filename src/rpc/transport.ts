/**
 * What the RPC layer needs from sockets, and nothing more. zeromq/transport.ts implements it with ZeroMQ and
 * memory-transport.ts inside one process, for tests.
 *
 * @module
 */
import type { AccessPeer, CallContext, CallTerms, NotAdmitted } from './access-control.js';
import type { ClientSecurity, ServerSecurity } from './security.js';

/** One ZeroMQ message: its parts. A part must not be changed after it was handed over. */
export type Frames = readonly Uint8Array[];

/** Why a connection could not be made, or is no more. */
export interface ConnectionFailure {
  /** `handshake`: somebody answers, but not as a ZeroMQ socket that can be talked to. */
  readonly kind: 'unreachable' | 'handshake' | 'lost';
  /** For a person: what was seen and what it may mean. */
  readonly detail: string;
  /** The peer refused this client's security: it makes no sense to let calls wait. */
  readonly refused?: boolean;
}

/** What a request is, beside its bytes: for a transport that routes by it, or has a place for more than bytes. */
export interface OutgoingCall {
  /** The name of the remote function. */
  readonly method: string;
  /** The positional arguments. */
  readonly args: readonly unknown[];
  /** How long its caller still waits, in ms; `Infinity` for ever. */
  readonly timeout: number;
  /** As `CallOptions.headers`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a message is that is published, beside its bytes. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly data: unknown;
}

/** What is known of an answer, beside its bytes. */
export interface AnswerNote {
  /** The request was not executed, and will not be: why, as a sentence. */
  readonly notExecuted: string;
}

/** What a connection tells. Never called before the call that made the connection has returned. */
export interface ConnectionListener {
  /** The handshake is done: messages can be sent and come in. At most once. */
  opened(): void;
  /** One message. Its parts are good until this returns: a transport may read the next one into the same memory. */
  message(frames: Frames): void;
  /**
   * The peer, or the way to it, says that a request of this connection was not executed and will not be. No answer follows.
   *
   * @param id - The first part of the request.
   * @param detail - Why: a sentence.
   */
  notExecuted?(id: Uint8Array, detail: string): void;
  /** The connection is no more, or could not be made. At most once, nothing follows, and not after `close()`. */
  closed(failure: ConnectionFailure): void;
}

/**
 * ONE connection of a DEALER socket: it does not reconnect by itself. What was not delivered when it broke is dropped. So a
 * request belongs to one connection, and can never leave over a later one.
 */
export interface RequestConnection {
  /**
   * How long after its loss or its end what was written to it may still reach the server, in ms. `0`: nothing is under way
   * then. `Infinity`: that cannot be told. `RpcClient.arrivesBy` goes by it, and so does `RpcGateway.findOrder`.
   */
  readonly deliversFor: number;
  /**
   * Sends now or rejects, in which case nothing has left. Never waits. The message of an RpcTransportError is told to the caller.
   *
   * @param call - What the request is. ZeroMQ has no place for it.
   */
  send(frames: Frames, call?: OutgoingCall): Promise<void>;
  /** Closes at once; what was not delivered is dropped, after `deliversFor` at the latest. May be called again. */
  close(): void;
}

/** ONE connection of a SUB socket: it does not reconnect by itself. */
export interface SubscribeConnection {
  /** Asks for the messages whose first part starts with these bytes. */
  subscribe(prefix: Uint8Array): void;
  /** Takes one such request back. */
  unsubscribe(prefix: Uint8Array): void;
  /** Closes at once. May be called again. */
  close(): void;
}

/** Options of all connections of one client. */
export interface ClientSocketOptions {
  readonly security: ClientSecurity | undefined;
  /** An attempt that has not reached the handshake after this time, in ms, has failed. */
  readonly connectTimeout: number;
  /** Largest message accepted, in bytes; a peer that sends a larger one loses the connection. */
  readonly maxMessageBytes: number;
  /** Messages that may wait in the socket for this program to read them. */
  readonly receiveHighWaterMark: number;
  /**
   * A peer whose machine or whole process stands still for this long, in ms, has lost the connection. Infinity: never. A
   * busy program is not meant, nor one that has nothing to say, because its libzmq still answers.
   */
  readonly pingTimeout: number;
  /** A tunnel or a proxy lies on the way, which may hold what was sent for any time: then `deliversFor` is `Infinity`. */
  readonly tunnel?: boolean;
  /**
   * Where events are received. `thread`: in a thread of its own, so that they come in while this program computes. A transport
   * that does so by itself, or cannot, receives in its own way.
   */
  readonly receiver?: 'inline' | 'thread';
  /** Called when so many events were dropped, because too many waited for this program. */
  readonly missed?: (count: number) => void;
  /** Called with a sentence for the log, when something is not as the options say. */
  readonly notice?: (text: string) => void;
}

/** Makes a client's connections. */
export interface ClientSockets {
  /**
   * Begins to connect.
   * @throws RpcTransportError if the address cannot be one.
   */
  connectRequest(address: string, listener: ConnectionListener): RequestConnection;
  /**
   * Begins to connect.
   * @throws RpcTransportError if the address cannot be one.
   */
  connectSubscribe(address: string, listener: ConnectionListener): SubscribeConnection;
  /** Frees what the connections shared. Every connection has been closed before. */
  close(): void;
}

/** What became of an answer: taken, or its client is gone, or its client's queue is full because it does not read. */
export type Delivery = 'sent' | 'gone' | 'full';

/** A connection that wants to be let in. */
export interface TransportPeer extends Pick<AccessPeer, 'address' | 'endpoint' | 'mechanism' | 'id'> {
  /** Ends the connection at once, and tells `closed` before it returns. May be called at any time, and again. */
  drop(): void;
}

/** Who may connect to one bound socket. For transports that tell peers. */
export interface PeerGate {
  /** Why nobody may connect from this address; undefined when it may. To be asked before anything is spent on a handshake. */
  whyAddressRefused(address: string): string | undefined;
  /**
   * To be asked once for each connection, when it has shown who it is. Never throws.
   *
   * @returns as whom it is let in: the object that {@link ReplySocket.receive} gives with each of its messages.
   */
  admit(peer: TransportPeer): CallContext | NotAdmitted;
  /** To be told once for each that was admitted, with the same object: it is no more. No message of it follows. */
  closed(peer: TransportPeer): void;
}

/** A bound ROUTER socket. */
export interface ReplySocket {
  /** The address bound, with the real port. */
  readonly address: string;
  /**
   * Begins to hand on messages, the sender's identity first. To be called once. A transport that tells peers gives what the
   * gate's `admit` gave for the connection, as `sender`. One that has more than bytes gives what came beside them, as `terms`.
   */
  receive(onMessage: (frames: Frames, sender?: CallContext, terms?: CallTerms) => void): void;
  /** Sends to the client named by the first part. Never waits. ZeroMQ has no place for the note. */
  send(frames: Frames, note?: AnswerNote): Promise<Delivery>;
  /** Lets go of the address; answers already sent get a moment to leave. May be called again. */
  close(): Promise<void>;
}

/** A bound PUB socket. */
export interface PublishSocket {
  /** The address bound, with the real port. */
  readonly address: string;
  /** Whether anybody can want it. `false` saves the work of writing it. Default: it is written always. */
  wants?(event: OutgoingEvent): boolean;
  /**
   * Hands the message to every subscriber that wants it. Never waits; false when it could not be taken.
   *
   * @param to - Principals that may get it, of those that are connected now; undefined for all. Only given to a transport that tells
   * peers.
   * @param event - What the message says.
   */
  send(frames: Frames, to?: ReadonlySet<string>, event?: OutgoingEvent): boolean;
  /** Lets go of the address; messages already sent get a moment to leave. May be called again. */
  close(): Promise<void>;
}

/** Options of all sockets of one server. */
export interface ServerSocketOptions {
  readonly security: ServerSecurity | undefined;
  /** IP addresses that may connect; undefined for all. */
  readonly allowAddresses: readonly string[] | undefined;
  /** Largest message accepted, in bytes; a peer that sends a larger one loses the connection. */
  readonly maxMessageBytes: number;
  /** Answers that may wait for one client. */
  readonly replyHighWaterMark: number;
  /** Events that may wait for one subscriber. */
  readonly publishHighWaterMark: number;
  /** How long `close` lets messages leave, in ms. */
  readonly linger: number;
  /** Called for each connection refused, with a sentence for the log. */
  readonly denied: (detail: string) => void;
}

/** Makes a server's sockets. */
export interface ServerSockets {
  /**
   * @param gate - Who may connect; a transport that does not tell peers goes by the options alone.
   * @throws RpcTransportError if the address cannot be bound; nothing is left bound then.
   */
  bindReply(address: string, gate?: PeerGate): Promise<ReplySocket>;
  /**
   * @param gate - Who may connect; a transport that does not tell peers goes by the options alone.
   * @throws RpcTransportError if the address cannot be bound; nothing is left bound then.
   */
  bindPublish(address: string, gate?: PeerGate): Promise<PublishSocket>;
  /** Frees what the sockets shared. Every socket has been closed before. */
  close(): void;
}

/** Opens sockets. */
export interface Transport {
  /**
   * Whether its servers tell who is at the other end. They then ask the gates that they are given, say who sent a message, and
   * publish to some only. Default false.
   */
  readonly tellsPeers?: boolean;
  /**
   * Whether who subscribes over it asks for the last value by itself, and takes it as one of unknown age. A server then does not
   * publish a value again that all others have heard. Default false.
   */
  readonly asksForLast?: boolean;
  /** Whether its servers answer other questions of a client while they answer one for long. Default false. */
  readonly answersBeside?: boolean;
  /** @throws RpcTransportError if the transport cannot be loaded, or the options make no sense. */
  openClient(options: ClientSocketOptions): Promise<ClientSockets>;
  /** @throws RpcTransportError if the transport cannot be loaded, or the options make no sense. */
  openServer(options: ServerSocketOptions): Promise<ServerSockets>;
}
