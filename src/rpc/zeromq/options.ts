/**
 * Options of sockets.
 *
 * Every socket has `linger` set, so that nothing keeps the process alive, and those that send `sendTimeout: 0`, so that
 * `send` never waits and never meets its own "busy" error.
 *
 * @module
 */
import type { Address } from '../address.js';
import type { ClientSocketOptions } from '../transport.js';
import type { Dealer, SocketOptions, ZmqModule } from './module.js';

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

/** How a client says who it is. */
export function clientSecurityOptions(zmq: ZmqModule, { security }: ClientSocketOptions): SocketOptions<Dealer> {
  switch (security?.mechanism) {
    case undefined:
      return {};
    case 'plain':
      return { plainUsername: security.username, plainPassword: security.password };
    case 'curve': {
      const { publicKey, secretKey } =
        security.publicKey === undefined || security.secretKey === undefined
          ? zmq.curveKeyPair()
          : { publicKey: security.publicKey, secretKey: security.secretKey };
      return { curveServerKey: security.serverKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
    }
  }
}
