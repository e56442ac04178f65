/**
 * Options of sockets.
 *
 * Every socket has `linger` set, so that nothing keeps the process alive. Those that send have `sendTimeout: 0`, so that `send`
 * never waits and never meets its own "busy" error.
 *
 * @module
 */
import type { Address } from '../address.js';
import { unknownMechanism } from '../access.js';
import type { ClientSocketOptions, ServerSocketOptions } from '../transport.js';
import type { Dealer, Router, SocketOptions, ZmqModule } from './module.js';

/** How many probes of TCP in a row must stay unanswered until the connection is given up. */
const KEEPALIVE_PROBES = 3;

/** The longest that systems take for a time of keepalive, in s (Linux's MAX_TCP_KEEPIDLE). */
const MAX_KEEPALIVE = 32_767;

/** What all sockets of both sides have. */
export function commonOptions(address: Address, maxMessageSize: number, linger: number): SocketOptions<Dealer> {
  return {
    linger,
    maxMessageSize,
    ipv6: address.scheme === 'tcp' && address.host.startsWith('['),
  };
}

/**
 * TCP's keepalive: a peer whose machine or network is gone is found after `timeout` ms without anything from it. The first
 * half of that passes in silence, then three probes are sent. The systems count in seconds.
 *
 * ZeroMQ's own heartbeat is used on neither side. A REQ of libzmq 4.2 that is sent a PING closes its connection and never makes
 * another. A SUB of 4.1 gets it as an event, and a server of 4.1 answers none.
 */
export function keepaliveOptions(timeout: number): SocketOptions<Dealer> {
  const seconds = (ms: number): number => Math.min(MAX_KEEPALIVE, Math.max(1, Math.round(ms / 1000)));
  return {
    tcpKeepalive: 1,
    tcpKeepaliveIdle: seconds(timeout / 2),
    tcpKeepaliveInterval: seconds(timeout / 2 / KEEPALIVE_PROBES),
    tcpKeepaliveCount: KEEPALIVE_PROBES,
  };
}

/**
 * How a client says who it is.
 * @throws RpcTransportError for a mechanism that is none: never no security instead of it.
 */
export function clientSecurityOptions(zmq: ZmqModule, { security }: ClientSocketOptions): SocketOptions<Dealer> {
  if (security === undefined) return {};

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
  if (security === undefined) return {};

  switch (security.mechanism) {
    case 'plain':
      return { plainServer: true };
    case 'curve':
      return { curveServer: true, curveSecretKey: security.secretKey };
    default:
      throw unknownMechanism(security);
  }
}
