/**
 * What a security mechanism does between the greeting and the first message, and to every message after it.
 *
 * @module
 */
import type { Command, Metadata } from '../commands.js';
import type { CurveTraffic } from './curve.js';

/** What follows from a command of the handshake. */
export interface Step {
  /** The body of a command to send. */
  readonly send?: Uint8Array;
  /** The peer's properties: the handshake is done, once `send` is sent. */
  readonly ready?: Metadata;
  /** The peer's credentials are refused for good: `send` is an ERROR, and the connection ends after it. */
  readonly refused?: string;
}

/** Whether a peer may connect. `later`: not now. It is not told that its credentials are wrong, so that it tries again. */
export type Acceptance = boolean | 'later';

/** One side of one connection. An object serves one connection. */
export interface Mechanism {
  /** Its name in the greeting. */
  readonly name: 'NULL' | 'PLAIN' | 'CURVE';
  /** Whether it is the server: the other side must not be. Means nothing for NULL. */
  readonly asServer: boolean;
  /** The body of the command to send once the peer's greeting is there; undefined for the side that waits. */
  start(): Uint8Array | undefined;
  /**
   * Takes a command of the handshake.
   *
   * @throws ZmtpError `PROTOCOL` for one that has no place here, `REFUSED` for the peer's ERROR.
   */
  receive(command: Command): Step;
  /** Who the peer has shown to be: its user name, or its public key as Z85 text. Undefined for NULL, and before it is known. */
  readonly peer: string | undefined;
  /** What encrypts the traffic once the handshake is done; undefined where nothing does. */
  readonly traffic: CurveTraffic | undefined;
}
