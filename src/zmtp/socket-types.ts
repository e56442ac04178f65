/**
 * Which types of sockets go with which (https://rfc.zeromq.org/spec/37/), as libzmq checks them.
 *
 * @module
 */
import { ZmtpError } from './errors.js';
import { printable } from './greeting.js';

/** The types that this side can have. */
export type SocketType = 'DEALER' | 'ROUTER' | 'PUB' | 'SUB';

const PEERS: Readonly<Record<SocketType, readonly string[]>> = {
  DEALER: ['REP', 'DEALER', 'ROUTER'],
  ROUTER: ['REQ', 'DEALER', 'ROUTER'],
  PUB: ['SUB', 'XSUB'],
  SUB: ['PUB', 'XPUB'],
};

/** @throws ZmtpError `SOCKET_TYPE` unless the peer's type goes with this side's. */
export function checkPeerType(own: SocketType, value: Uint8Array | undefined): string {
  const type = value === undefined ? '' : printable(value);
  if (PEERS[own].includes(type)) return type;
  const is = type === '' ? 'does not say what it is' : `is ${type}`;
  throw new ZmtpError('SOCKET_TYPE', `the peer's socket ${is}; a ${own} talks to ${PEERS[own].join(', ')}`);
}
