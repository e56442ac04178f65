/**
 * vnpy-bridge: talk to an unmodified Python vnpy from Node.js.
 *
 * Everything of `vnpy-bridge/vnpy` and `vnpy-bridge/rpc`. The codec has an entry of its own, `vnpy-bridge/pickle`, which
 * needs neither Node.js nor ZeroMQ.
 *
 * @module
 */
export { BridgeError } from './errors.js';
export * from './rpc/index.js';
export * from './vnpy/index.js';
