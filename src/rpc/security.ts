/**
 * Options of the two security mechanisms that ZeroMQ has. vnpy itself has neither since 3.0 (vnpy PR #3326): they
 * serve between two programs of this package, for pyzmq peers that set them, and for servers of vnpy 2.1 to 2.9.
 *
 * @module
 */

/** Client side of CURVE: encrypted, and the server is authenticated by its key. Keys are Z85 text of 40 characters. */
export interface CurveClientSecurity {
  readonly mechanism: 'curve';
  /** The server's public key. */
  readonly serverKey: string;
  /** This client's public key; a new pair is made when both are left out. */
  readonly publicKey?: string;
  /** This client's secret key. */
  readonly secretKey?: string;
}

/** Client side of PLAIN: a user name and a password, in clear text on the wire. */
export interface PlainClientSecurity {
  readonly mechanism: 'plain';
  readonly username: string;
  readonly password: string;
}

/** Security of a client's connections. */
export type ClientSecurity = CurveClientSecurity | PlainClientSecurity;

/** Server side of CURVE. Keys are Z85 text of 40 characters. */
export interface CurveServerSecurity {
  readonly mechanism: 'curve';
  /** This server's secret key; clients need the public key that belongs to it. */
  readonly secretKey: string;
  /** Public keys of the clients that may connect; left out, any client that knows the server's public key may. */
  readonly clientKeys?: readonly string[];
}

/** Server side of PLAIN. */
export interface PlainServerSecurity {
  readonly mechanism: 'plain';
  /** Passwords by user name. */
  readonly users: Readonly<Record<string, string>>;
}

/** Security of a server's sockets. */
export type ServerSecurity = CurveServerSecurity | PlainServerSecurity;

/** A key pair for CURVE, each key as Z85 text of 40 characters. */
export interface CurveKeyPair {
  /** For the other side. */
  readonly publicKey: string;
  /** For this side only. */
  readonly secretKey: string;
}
