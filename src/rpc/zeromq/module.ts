/**
 * The only file that imports zeromq, and only when a client or server starts, so that the rest works where the native
 * module cannot be loaded.
 *
 * @module
 */
import type * as Zmq from 'zeromq';
import { messageOf } from '../../errors.js';
import { RpcTransportError } from '../errors.js';
import type { CurveKeyPair } from '../security.js';
import type { Mechanism } from './diagnosis.js';

export type { Context, Dealer, Event, Observer, Publisher, Reply, Router, SocketOptions, Subscriber } from 'zeromq';

/** What zeromq exports. */
export type ZmqModule = typeof Zmq;

/**
 * Makes a new key pair for CURVE.
 * @throws RpcTransportError if zeromq cannot be loaded.
 */
export async function generateCurveKeyPair(): Promise<CurveKeyPair> {
  return (await loadZmq('curve')).curveKeyPair();
}

/** @throws RpcTransportError if zeromq cannot be loaded, or has not this mechanism. */
export async function loadZmq(mechanism: Mechanism | undefined): Promise<ZmqModule> {
  let zmq: ZmqModule;
  try {
    zmq = await import('zeromq');
  } catch (error) {
    throw new RpcTransportError(
      'ZEROMQ_UNAVAILABLE',
      `the native module of zeromq cannot be loaded on ${process.platform}-${process.arch} with Node ${process.version}: ` +
        `run "npm rebuild zeromq", or reinstall without --ignore-scripts and --omit=optional (${messageOf(error)})`,
      { cause: error },
    );
  }
  if (mechanism === 'curve' && zmq.capability.curve !== true) {
    throw new RpcTransportError('UNSUPPORTED', 'this build of zeromq has no CURVE');
  }
  return zmq;
}
