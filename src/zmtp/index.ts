/**
 * ZeroMQ's wire protocol, ZMTP 3.0 and 3.1, in TypeScript: bytes in, bytes and events out. Knows neither pickle nor rpc.
 *
 * @module
 */
export { ZmtpError } from './errors.js';
export type { ZmtpErrorCode } from './errors.js';
export { keyPairOf, newKeyPair, secretBytes } from './mechanisms/box.js';
export type { KeyPair } from './mechanisms/box.js';
export { CurveClient } from './mechanisms/curve-client.js';
export type { CurveClientOptions } from './mechanisms/curve-client.js';
export { CurveServer } from './mechanisms/curve-server.js';
export type { CurveServerOptions } from './mechanisms/curve-server.js';
export type { Mechanism, Step } from './mechanisms/mechanism.js';
export { NullMechanism } from './mechanisms/null.js';
export { PlainClient, PlainServer } from './mechanisms/plain.js';
export { DEFAULT_LIMITS, Protocol } from './protocol.js';
export type { Peer, ProtocolEvents, ProtocolLimits, ProtocolOptions } from './protocol.js';
export type { SocketType } from './socket-types.js';
export { decodeZ85, encodeZ85 } from './z85.js';
