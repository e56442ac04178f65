/**
 * What the rest of the house uses of this room beside its public items.
 *
 * @module
 */
export { natsConfig } from './admin/config.js';
export type { ClusterConfigOptions, TlsFiles } from './admin/config.js';
export { ClusterConfigError } from './admin/errors.js';
export { INFRASTRUCTURE } from './admin/grants.js';
export type { InfrastructureRole, InfrastructureUser } from './admin/grants.js';
export { isUserPublicKey, makeUserKey, publicKeyOf } from './admin/keys.js';
export type { UserKey } from './admin/keys.js';
export { recordsOf, viewAccount } from './admin/account-view.js';
export type { AccountView } from './admin/account-view.js';
export { haltAccount, hold, resume, takeover } from './admin/control.js';
export { examineCluster } from './admin/doctor.js';
export type { ClusterFinding, ClusterFindingCode } from './admin/doctor.js';
export { ClusterControlError } from './admin/errors.js';
export { clientTransport as clusterClientTransport } from './client/client-transport.js';
export { LogPublisher } from './admin/log-publisher.js';
export { followLines, LOG_LEVELS, recentLines } from './admin/log-reader.js';
export type { SeenLine } from './admin/log-reader.js';
export { edgeRow, watchEdges } from './admin/watch.js';
export type { EdgeRow, SeenEdge } from './admin/watch.js';
export { SYSTEM_CLOCK } from './transport/clock.js';
export { EDGE_STATES } from './wire/beats.js';
export { streamPlans } from './wire/streams.js';
export { Subjects } from './wire/subjects.js';
export { AccountEdge } from './edge/account-edge.js';
export type { AccountEdgeOptions } from './edge/account-edge.js';
