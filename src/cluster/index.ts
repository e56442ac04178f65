/**
 * Many vnpy servers, many machines, many consumers: vnpy on NATS.
 *
 * @module
 */
export { ClusterError, ClusterTransportError } from './errors.js';
export type { ClusterCode } from './errors.js';
export { ClusterGateway } from './client/gateway.js';
export type { ClusterGatewayEdge } from './client/gateway.js';
export type { EventCounts } from './client/event-filter.js';
export { clusterEdges } from './client/listing.js';
export type { ClusterEdge, ClusterEdgesOptions } from './client/listing.js';
export { Edge } from './edge/edge.js';
export type { EdgeStatus } from './edge/edge.js';
export type { EngineParts } from './edge/fenced-engine.js';
export type { IntakeCounts, JournalAnswer } from './edge/intake.js';
export type { OutletCounts } from './edge/outlet.js';
export type { Holding, HoldingChange, HoldingState } from './account/holding.js';
export type { ClusterGatewayOptions, ClusterPlace, EdgeOptions } from './options.js';
export type { ClusterClock } from './transport/clock.js';
export { MemoryCluster } from './transport/memory-transport.js';
export type { MemoryClusterOptions, MemoryConnectOptions } from './transport/memory-transport.js';
export type { MemoryDenials } from './transport/memory-client.js';
export type { MemoryFault, MemoryFaultOptions, MemoryStage } from './transport/memory-faults.js';
export type { MemoryStreamCopy } from './transport/memory-stream.js';
export type { NatsOptions, NatsTlsOptions } from './transport/nats-options.js';
export { NatsTransport } from './transport/nats-transport.js';
export type { EdgeState } from './wire/beats.js';
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
