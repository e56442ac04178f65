/**
 * The audit as the guard uses it: there, left out on purpose, or missing.
 *
 * @module
 */
import type { AuditEntry } from '../audit/entry.js';
import type { AuditLog } from '../audit/log.js';

/** Writes down what is decided. */
export interface AuditTrail {
  /** Why no order may leave; undefined where one may. */
  readonly obstacle: string | undefined;
  /** Resolves when the entry is on the disk. @throws AuditError when it cannot be written. */
  append(entry: AuditEntry): Promise<void>;
  /** Writes without being waited for. Never throws. */
  note(entry: AuditEntry): void;
}

/** With an audit file. */
export function trailOf(log: AuditLog): AuditTrail {
  return {
    get obstacle() {
      const { health } = log;
      return health === 'ok' ? undefined : `the audit file cannot be written (${health.reason})`;
    },
    append: (entry) => log.append(entry),
    note: (entry) => {
      log.note(entry);
    },
  };
}

/** Without one: on purpose, or because the policy names none, and then no order leaves. */
export function noTrail(onPurpose: boolean): AuditTrail {
  return {
    obstacle: onPurpose ? undefined : 'the policy names no audit file ("audit": "audit.jsonl", or false for none)',
    append: () => Promise.resolve(),
    note: () => undefined,
  };
}
