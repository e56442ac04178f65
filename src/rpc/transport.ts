/**
 * What the RPC layer needs from sockets, and nothing more. zeromq/transport.ts implements it with ZeroMQ and
 * memory-transport.ts inside one process, for tests.
 *
 * @module
 */
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

/** What a connection tells. Never called before the call that made the connection has returned. */
export interface ConnectionListener {
  /** The handshake is done: messages can be sent and come in. At most once. */
  opened(): void;
  /** One message. Its parts are good until this returns: a transport may read the next one into the same memory. */
  message(frames: Frames): void;
  /** The connection is no more, or could not be made. At most once, nothing follows, and not after `close()`. */
  closed(failure: ConnectionFailure): void;
}

/**
 * ONE connection of a DEALER socket: it does not reconnect by itself. What was sent over it and not delivered when it
 * broke is dropped, so that a request belongs to one connection and can never leave over a later one.
 */
export interface RequestConnection {
  /**
   * How long what was written to it may still reach the server after it was lost or closed, in ms: `0` where nothing is under
   * way then, `Infinity` where that cannot be told. `RpcClient.arrivesBy` goes by it, and so `RpcGateway.findOrder`.
   */
  readonly deliversFor: number;
  /** Sends now or rejects, in which case nothing has left. Never waits. */
  send(frames: Frames): Promise<void>;
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
   * A peer whose machine or whole process stands still for this long, in ms, has lost the connection; Infinity for
   * never. (One whose program is merely busy has not, nor one that has nothing to say: every libzmq greets for it.)
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

/** A bound ROUTER socket. */
export interface ReplySocket {
  /** The address bound, with the real port. */
  readonly address: string;
  /** Begins to hand on messages, the sender's identity first. To be called once. */
  receive(onMessage: (frames: Frames) => void): void;
  /** Sends to the client named by the first part. Never waits. */
  send(frames: Frames): Promise<Delivery>;
  /** Lets go of the address; answers already sent get a moment to leave. May be called again. */
  close(): Promise<void>;
}

/** A bound PUB socket. */
export interface PublishSocket {
  /** The address bound, with the real port. */
  readonly address: string;
  /** Hands the message to every subscriber that wants it. Never waits; false when it could not be taken. */
  send(frames: Frames): boolean;
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
  /** @throws RpcTransportError if the address cannot be bound; nothing is left bound then. */
  bindReply(address: string): Promise<ReplySocket>;
  /** @throws RpcTransportError if the address cannot be bound; nothing is left bound then. */
  bindPublish(address: string): Promise<PublishSocket>;
  /** Frees what the sockets shared. Every socket has been closed before. */
  close(): void;
}

/** Opens sockets. */
export interface Transport {
  /** @throws RpcTransportError if the transport cannot be loaded, or the options make no sense. */
  openClient(options: ClientSocketOptions): Promise<ClientSockets>;
  /** @throws RpcTransportError if the transport cannot be loaded, or the options make no sense. */
  openServer(options: ServerSocketOptions): Promise<ServerSockets>;
}
