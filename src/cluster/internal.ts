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
