/**
 * What the rest of the house uses of this room beside its public items.
 *
 * @module
 */
export { auditReport } from './audit/report.js';
export type { AuditReport } from './audit/report.js';
export { auditLines, showAudit } from './audit/show.js';
export type { AuditFilter } from './audit/show.js';
export type { AuditLine } from './audit/entry.js';
export { verifyAudit } from './audit/verify.js';
export type { AuditVerdict } from './audit/verify.js';
export type { GuardedTerms } from './core/orders.js';
export { outcomeOf } from './core/outcome.js';
export { controlRequest } from './halt/control.js';
export type { ControlRequest, PlainFields } from './halt/control-requests.js';
export { ControlError } from './halt/errors.js';
export { haltProcedure } from './halt/procedure.js';
export { haltText, holdsFor, scopeText } from './halt/halt.js';
export type { HaltSubject } from './halt/halt.js';
export { readHalts } from './halt/stored.js';
export { compilePattern } from './policy/patterns.js';
export { PolicyFile } from './policy/file.js';
export { isWildcard, literalOf } from './policy/patterns.js';
export { policyOf } from './policy/read.js';
export { policySchema } from './policy/schema.js';
export { policyWarnings } from './policy/warnings.js';
export { explainByPolicy } from './core/explaining.js';
export type { Explanation, Step } from './rights/explain.js';
export { compileRights } from './rights/rights.js';
export type { Rights } from './rights/rights.js';
export { acquireLock } from './state/lock.js';
export type { StateLock } from './state/lock.js';
export { StateStore } from './state/store.js';
