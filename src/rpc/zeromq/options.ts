/**
 * Options of sockets.
 *
 * Every socket has `linger` set, so that nothing keeps the process alive, and those that send `sendTimeout: 0`, so that
 * `send` never waits and never meets its own "busy" error.
 *
 * @module
 */
import type { Address } from '../address.js';
import { RpcTransportError } from '../errors.js';
import type { ClientSocketOptions, ServerSocketOptions } from '../transport.js';
import type { Dealer, Router, SocketOptions, ZmqModule } from './module.js';

/** Nobody waits longer, and libzmq's milliseconds have 31 bits. */
const MAX_PING_TIMEOUT = 24 * 3_600_000;

/** Both sockets of vnpy's client set these (vnpy/rpc/client.py). */
const KEEPALIVE_IDLE = 60;

/** What all sockets of both sides have. */
export function commonOptions(address: Address, maxMessageSize: number, linger: number): SocketOptions<Dealer> {
  return {
    linger,
    maxMessageSize,
    ipv6: address.scheme === 'tcp' && address.host.startsWith('['),
    tcpKeepalive: 1,
    tcpKeepaliveIdle: KEEPALIVE_IDLE,
  };
}

/** ZeroMQ's own pings: a third of the time is the interval, two thirds the patience. */
export function pingOptions(timeout: number): SocketOptions<Dealer> {
  if (timeout > MAX_PING_TIMEOUT) {
    return {};
  }
  const interval = Math.max(1, Math.round(timeout / 3));
  return { heartbeatInterval: interval, heartbeatTimeout: interval * 2 };
}

/**
 * How a client says who it is.
 * @throws RpcTransportError for a mechanism that is none: never no security instead of it.
 */
export function clientSecurityOptions(zmq: ZmqModule, { security }: ClientSocketOptions): SocketOptions<Dealer> {
  if (security === undefined) {
    return {};
  }
  switch (security.mechanism) {
    case 'plain':
      return { plainUsername: security.username, plainPassword: security.password };
    case 'curve': {
      const { publicKey, secretKey } =
        security.publicKey === undefined || security.secretKey === undefined
          ? zmq.curveKeyPair()
          : { publicKey: security.publicKey, secretKey: security.secretKey };
      return { curveServerKey: security.serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
    }
    default:
      throw unknownMechanism(security);
  }
}

/**
 * What a server demands of its clients.
 * @throws RpcTransportError for a mechanism that is none: never no security instead of it.
 */
export function serverSecurityOptions({ security }: ServerSocketOptions): SocketOptions<Router> {
  if (security === undefined) {
    return {};
  }
  switch (security.mechanism) {
    case 'plain':
      return { plainServer: true };
    case 'curve':
      return { curveServer: true, curveSecretKey: security.secretKey };
    default:
      throw unknownMechanism(security);
  }
}

/** The error for a security option that the types do not allow. */
export function unknownMechanism(security: unknown): RpcTransportError {
  const mechanism = typeof security === 'object' && security !== null && 'mechanism' in security && security.mechanism;
  return new RpcTransportError(
    'BAD_SECURITY',
    `security.mechanism must be "curve" or "plain"${typeof mechanism === 'string' ? `, not ${JSON.stringify(mechanism)}` : ''}`,
  );
}
