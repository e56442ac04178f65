/**
 * Who is let in at a socket that binds: asked of the program, once for each connection.
 *
 * @module
 */

/** A peer that wants to be let in, when it has shown who it is: for NULL that is as soon as it is there. */
export interface Newcomer {
  /** Empty at a Unix socket. IPv4 addresses are written as such. */
  readonly address: string;
  /** A user name for PLAIN, a public key as Z85 text for CURVE; undefined for NULL. */
  readonly id: string | undefined;
  /** Closes its connection at once. May be called at any time, and again. */
  drop(): void;
}

/** As whom a peer was let in. The object comes back with each of its messages. */
export interface Admitted {
  readonly principal: string;
  readonly address: string;
}

/** A peer is not let in. */
export interface NotLetIn {
  readonly refused: string;
  /** It may try again: it is not told that its credentials are wrong, after which libzmq gives up for ever. */
  readonly retry?: boolean;
}

/** Decides who is let in. */
export interface Doorkeeper {
  admit(newcomer: Newcomer): Admitted | NotLetIn;
  /** One that was let in is no more, whether its handshake was done. Once. */
  closed(newcomer: Newcomer): void;
}
