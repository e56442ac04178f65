/**
 * Who may do what with a vnpy server, how much, and what was done: one policy in front of every server of this package.
 *
 * @module
 */
export { Guard } from './guard.js';
export type { GuardOptions } from './options.js';
export type { AdoptedOrder } from './core/adopted.js';
export type { GuardedEngine } from './core/guarded-engine.js';
export { GuardError, PolicyError } from './errors.js';
export type { PolicyIssue, RuleNumbers } from './errors.js';
export type {
  AccountRule,
  AuditPolicy,
  Bound,
  ContractRule,
  Counted,
  DayRule,
  Freshness,
  Limits,
  ListenAddresses,
  Names,
  Pattern,
  Policy,
  Principal,
  Right,
  Role,
  Rule,
} from './policy/policy.js';
export type { HaltOrder, HaltOutcome, ResumeOrder, SharedHalts } from './core/halting.js';
export type { GuardAudit, GuardStatus } from './core/status.js';
export type { DecisionCount } from './core/decisions.js';
export type { ExplainedCall } from './core/explaining.js';
export type { Explanation, Step } from './rights/explain.js';
export type { Refusal } from './rights/rights.js';
export { HaltError } from './halt/errors.js';
export type { HaltErrorCode } from './halt/errors.js';
export type { Halt, HaltLevel, HaltScope } from './halt/halt.js';
export type { HaltChange } from './halt/halts.js';
export type { FailedCancel, HaltReport } from './halt/procedure.js';
export type { UnknownReservation } from './limits/index.js';
export type { AuditStats } from './audit/log.js';
export { AuditError } from './audit/errors.js';
export type { AuditErrorCode } from './audit/errors.js';
export type { AuditDown, AuditFailure, AuditHealth } from './audit/health.js';
export { StateError } from './state/errors.js';
export { AlertSender } from './alert/sender.js';
export type { AlertTrial } from './alert/sender.js';
export type { Alert, AlertKind, AlertSeverity, AlertText } from './alert/alert.js';
export type { AlertLanguage } from './alert/message.js';
export type { AlertSenderOptions, AlertWebhook } from './alert/options.js';
export type { AlertFormat } from './alert/robots.js';
export { AlertError } from './alert/errors.js';
