/**
 * What can be wrong with a connection or an address, in words for a person: the same for every transport.
 *
 * @module
 */
import { messageOf } from '../errors.js';
import { RpcTransportError } from './errors.js';
import type { ClientSecurity } from './security.js';
import type { ConnectionFailure } from './transport.js';

/** A security mechanism. */
export type Mechanism = ClientSecurity['mechanism'];

/** An attempt that has not reached the handshake in time. */
export function timeoutFailure(address: string, accepted: boolean, timeout: number): ConnectionFailure {
  const seconds = timeout / 1000;
  return accepted
    ? {
        kind: 'handshake',
        detail:
          `${address} accepts connections, but no ZeroMQ handshake came within ${seconds} s: ` +
          "another program listens there, or the server's process hangs",
      }
    : { kind: 'unreachable', detail: `no answer from ${address} within ${seconds} s` };
}

/** A connection that stands, to a process that greets nobody any more. */
export function hungText(address: string): string {
  return `${address} accepts connections, but its process stands still: nothing comes, and it greets nobody any more`;
}

/** The host of an address has no IP address that could be found. */
export function unresolvedText(name: string, why: string, what = 'IP address'): string {
  return `the host name ${JSON.stringify(name)} cannot be resolved to an ${what} (${why}): is it misspelt, or this machine offline?`;
}

/** Nobody listens. */
export function nobodyText(address: string): string {
  return `nobody accepts connections at ${address}`;
}

/** A connection that stood. */
export function brokeText(address: string): string {
  return `the connection to ${address} broke`;
}

/** The peer is a socket, but of a kind that does not fit. */
export const OTHER_KIND_TEXT =
  'the peer ended the ZeroMQ handshake: it is a socket of another kind; are the request and the subscribe address exchanged?';

/** The server knows who asks, and does not want him. */
export const REFUSED_TEXT = 'the server refused the credentials';

/** The server's greeting names another mechanism. */
export function mismatchText(mechanism: Mechanism | undefined): string {
  return mechanism === undefined
    ? 'the server demands a ZeroMQ security mechanism, CURVE or PLAIN: set the option security as the server has it'
    : `the server does not use ${mechanism.toUpperCase()}: set the option security as the server has it`;
}

/** The peer closed the connection in the middle of the handshake. */
export function silentRefusalText(mechanism: Mechanism | undefined): string {
  switch (mechanism) {
    case 'curve':
      return 'the server ended the CURVE handshake: serverKey is not its public key, or it does not use CURVE';
    case 'plain':
      return 'the server ended the PLAIN handshake: wrong user name or password, or it does not use PLAIN';
    case undefined:
      return 'the peer ended the ZeroMQ handshake: it is no ZeroMQ socket, or demands CURVE or PLAIN';
  }
}

/** The error of a socket that could not be opened. */
export function socketError(action: string, address: string, error: unknown): RpcTransportError {
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
      return ['BAD_ADDRESS', 'that is no valid address, or ZeroMQ does not take the value of an option'];
    case 'EPROTONOSUPPORT':
    case 'ENOCOMPATPROTO':
      return ['UNSUPPORTED', 'this build of zeromq does not support the scheme for this kind of socket'];
    case 'EMFILE':
      return ['TRANSPORT_FAILED', 'too many open sockets'];
    default:
      return undefined;
  }
}

/** The errno name of an error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
