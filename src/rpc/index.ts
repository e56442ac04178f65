/**
 * vnpy's RPC in both directions: `RpcClient` for a Python `RpcServer`, `RpcServer` for a Python `RpcClient`.
 *
 * @module
 */

// For users.
export { RpcClient } from './client.js';
export type { ReadyOptions } from './client.js';
export { callOptions } from './call-options.js';
export type { CallOptions, RemoteCallOptions } from './call-options.js';
export { RpcServer } from './server.js';
export type { NamedFunction, PublishOptions } from './server.js';
export type {
  ListenAddresses,
  ListenedAddresses,
  PublishAddress,
  PublishAddresses,
  ServerAddresses,
} from './server-addresses.js';
export type { Handler, RegisterOptions } from './methods.js';
export { PythonError } from './signature.js';
export type { HandlerMap, MethodMap, RemoteMethods, WithCallOptions } from './proxy.js';
export type { HeartbeatOptions, ReconnectOptions, RpcClientOptions, RpcServerOptions } from './options.js';
export type {
  ClientEndpoint,
  ClientStatus,
  ConnectedStatus,
  ConnectingStatus,
  DisconnectReason,
  DisconnectedStatus,
  IdleStatus,
  StoppedStatus,
} from './status.js';
export type {
  ClientEvents,
  ClientProblem,
  EventStreamOptions,
  HandshakeProblem,
  InternalProblem,
  MissedEventsProblem,
  ListenerProblem,
  OverflowPolicy,
  OverflowReport,
  RpcEvent,
  UndecodableEventProblem,
} from './events.js';
export type { CallStats, ClientStats, EventStats, LatencyStats, ServerStats } from './stats.js';
export type {
  ClientSecurity,
  CurveClientSecurity,
  CurveKeyPair,
  CurveServerSecurity,
  PlainClientSecurity,
  PlainServerSecurity,
  ServerSecurity,
} from './security.js';
export type {
  AccessControl,
  AccessPeer,
  AccessRequest,
  AccessSocket,
  Admission,
  Admitted,
  CallContext,
  CallTerms,
  NotAdmitted,
} from './access-control.js';
export type { Logger } from './logger.js';
export type { CallMessage, EventMessage, RequestMessage } from './diagnostics.js';
export {
  RemoteException,
  RpcAbortError,
  RpcCallError,
  RpcClosedError,
  RpcDisconnectedError,
  RpcOverflowError,
  RpcQueueFullError,
  RpcReplyError,
  RpcTimeoutError,
  RpcTransportError,
  RpcUsageError,
} from './errors.js';
export type { CallOutcome, RpcCallErrorCode, RpcTransportErrorCode, RpcUsageErrorCode } from './errors.js';
export { generateCurveKeyPair } from './zmtp/security.js';
export type { TransportName } from './transports.js';
export { zmtpTransport } from './zmtp/transport.js';
export { zmqTransport } from './zeromq/transport.js';

// For tests, and for those who bring a transport of their own.
export { MemoryTransport } from './memory-transport.js';
export type {
  AnswerNote,
  ClientSocketOptions,
  ClientSockets,
  ConnectionFailure,
  ConnectionListener,
  Delivery,
  Frames,
  OutgoingCall,
  OutgoingEvent,
  PeerGate,
  PublishSocket,
  ReplySocket,
  RequestConnection,
  ServerSocketOptions,
  ServerSockets,
  SubscribeConnection,
  Transport,
  TransportPeer,
} from './transport.js';
