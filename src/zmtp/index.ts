/**
 * ZeroMQ's wire protocol, ZMTP 3.0 and 3.1, in TypeScript over node:net. Knows neither pickle nor rpc.
 *
 * @module
 */
export type { Admitted, Doorkeeper, Newcomer, NotLetIn } from './admission.js';
export type { ClientEvents, ClientOptions } from './client.js';
export type { ConnectionEnd, ConnectionPhase } from './connection.js';
export { connectDealer } from './dealer.js';
export type { DealerConnection } from './dealer.js';
export type { Endpoint, IpcEndpoint, TcpEndpoint } from './endpoint.js';
export { ZmtpError } from './errors.js';
export type { ZmtpErrorCode } from './errors.js';
export { keyPairOf, newKeyPair, secretBytes } from './mechanisms/box.js';
export type { KeyPair } from './mechanisms/box.js';
export { CurveClient } from './mechanisms/curve-client.js';
export type { CurveClientOptions } from './mechanisms/curve-client.js';
export { CurveServer } from './mechanisms/curve-server.js';
export type { CurveServerOptions } from './mechanisms/curve-server.js';
export type { Acceptance, Mechanism, Step } from './mechanisms/mechanism.js';
export { NullMechanism } from './mechanisms/null.js';
export { PlainClient, PlainServer } from './mechanisms/plain.js';
export type { QueueLimits, SharedBytes } from './outbox.js';
export { DEFAULT_PREFIX_LIMITS } from './prefixes.js';
export type { PrefixLimits } from './prefixes.js';
export { DEFAULT_LIMITS, Protocol } from './protocol.js';
export type { Peer, ProtocolEvents, ProtocolLimits, ProtocolOptions } from './protocol.js';
export { PubSocket } from './pub.js';
export type { PubEvents, PubOptions } from './pub.js';
export type { PingOptions } from './pulse.js';
export { SubThread } from './receiver/threaded-sub.js';
export type { SubThreadOptions } from './receiver/threaded-sub.js';
export { RouterSocket } from './router.js';
export type { Delivery, RouterEvents, RouterPeer } from './router.js';
export type { ClientSecurity, MechanismFactory, ServerSecurity } from './security.js';
export { DEFAULT_SERVER_LIMITS } from './server.js';
export type { Refusal, ServerLimits, ServerOptions } from './server.js';
export type { SocketType } from './socket-types.js';
export { connectSub } from './sub.js';
export type { SubConnection } from './sub.js';
export { decodeZ85, encodeZ85 } from './z85.js';
