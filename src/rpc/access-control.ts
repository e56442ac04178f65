/**
 * The interface of who may connect to a server, call its functions and get its events. The options of a server have a
 * built-in one (built-in-access.ts), and a program may bring its own.
 *
 * @module
 */

/** What a connection is for: requests, or events in the format of vnpy 4.5 and later, or in that of vnpy 3.0 to 4.4. */
export type AccessSocket = 'request' | 'subscribe' | 'subscribePair';

/** One connection, as its server knows it. `admit` and `closed` get the same object. */
export interface AccessPeer {
  /** What it connected for. */
  readonly socket: AccessSocket;
  /** Its IP address; empty for a peer of this machine at a Unix socket, or in memory. */
  readonly address: string;
  /** The bound address that it came to, with the real port: one of those that `start()` or `listen()` have bound. */
  readonly endpoint: string;
  /** How it has shown who it is. */
  readonly mechanism: 'null' | 'plain' | 'curve' | 'nats';
  /**
   * Who it has shown to be: a user name for PLAIN, a public key as Z85 text for CURVE. For `nats` the name of a principal. The
   * NATS server has checked it, and lets a client publish under its own name only. Undefined for `null`.
   */
  readonly id: string | undefined;
  /**
   * Ends the connection at once. Its requests that wait are discarded, and what runs loses its answer. May be called at any
   * time, also within `admit`, and again.
   *
   * @param reason - A sentence for the server's log.
   */
  drop(reason: string): void;
}

/** A connection is let in, under the name of a principal. */
export interface Admitted {
  /** Who is at the other end. Not empty. Several connections may be of one principal. */
  readonly principal: string;
}

/** A connection is not let in. */
export interface NotAdmitted {
  /** Why: a sentence for the server's log. */
  readonly refused: string;
  /**
   * The refusal may end by itself: the connection is closed without a word, and the peer tries again. Default false: a peer of
   * CURVE or PLAIN is told that its credentials are wrong, after which libzmq gives up for ever.
   */
  readonly retry?: boolean;
}

/** What an {@link AccessControl} says about a connection. */
export type Admission = Admitted | NotAdmitted;

/** What came with a request, beside its bytes: of a transport that has a place for it, as that of `vnpy-bridge/cluster`. */
export interface CallTerms {
  /** The function that the request was addressed to. One whose bytes name another is refused. */
  readonly method: string;
  /** After this it must not be begun, in ms by performance.now(); `Infinity` for never. */
  readonly deadline: number;
  /** As `CallOptions.headers`, and those of the transport. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Who calls a function: what a handler gets last that is registered with `context: true`. */
export interface CallContext {
  /** The name under which the caller was let in; empty where the transport cannot tell who sent a message. */
  readonly principal: string;
  /** Its IP address; empty for a peer of this machine at a Unix socket, or in memory, or where it cannot be told. */
  readonly address: string;
  /** What came with this request; undefined where the transport has no place for it, as ZeroMQ. */
  readonly terms?: CallTerms;
}

/** A request to be decided. */
export interface AccessRequest extends CallContext {
  /** The function's name as it came: there may be none of that name. */
  readonly name: string;
  /** The positional arguments as they came. */
  readonly args: readonly unknown[];
  /** The keyword arguments as they came. */
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/**
 * Decides who may connect, and what they may call. What throws, or answers with anything else than is said here, refuses,
 * and a line of the log tells of it. Every method is called in the turn of what it decides, so it has to be quick.
 */
export interface AccessControl {
  /**
   * Whether it has to know who is at the other end of each connection. Then a transport that cannot tell is refused. With
   * `false` such a transport may be used: nobody is admitted or closed there, and every principal is empty. Default true.
   */
  readonly needsPeers?: boolean;
  /**
   * Whether a connection is let in, and as whom. Called once for each connection, as soon as it has shown who it is. That is
   * during the handshake of CURVE and PLAIN, and otherwise when its address is known.
   */
  admit(peer: AccessPeer): Admission;
  /**
   * Whether a request is run: undefined if it is, else the error that the client is answered with. Called when the request is
   * to be run, after those of the same connection before it.
   */
  decide(request: AccessRequest): Error | undefined;
  /** A connection that was admitted is no more, whether its handshake was ever done. Called once for each. */
  closed(peer: AccessPeer): void;
}
