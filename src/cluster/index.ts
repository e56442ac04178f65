/**
 * Many vnpy servers, many machines, many consumers: vnpy on NATS.
 *
 * @module
 */
export { ClusterError, ClusterTransportError } from './errors.js';
export type { ClusterCode } from './errors.js';
export type {
  AppendOptions,
  ClusterTransport,
  Headers,
  Message,
  PublishOptions,
  RequestTerms,
  ServerInfo,
  StoredMessage,
  StreamPlan,
  StreamState,
  Subscription,
  TransportCode,
  TransportStatus,
} from './transport/transport.js';
