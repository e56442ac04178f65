/**
 * The transport over ZeroMQ: the only file that imports zeromq.
 *
 * @module
 */
import type { CurveKeyPair } from './security.js';
import type { Transport } from './transport.js';

/** The transport over ZeroMQ: tcp, ipc and inproc addresses. */
export const zmqTransport: Transport = {
  openClient: () => Promise.reject(new Error('not yet')),
  openServer: () => Promise.reject(new Error('not yet')),
};

/** Makes a new key pair for CURVE. */
export async function generateCurveKeyPair(): Promise<CurveKeyPair> {
  return Promise.reject(new Error('not yet'));
}
