/**
 * Errors of the audit.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { BridgeErrorOptions } from '../../errors.js';

/**
 * - `DOWN`: the audit cannot be written now, so no order may leave.
 * - `CLOSED`: it was closed.
 * - `UNSAFE`: its file is none, or others may write it.
 * - `UNREADABLE`: what lies there is no audit.
 * - `KEY`: the key for anchors cannot be used.
 */
export type AuditErrorCode = 'DOWN' | 'CLOSED' | 'UNSAFE' | 'UNREADABLE' | 'KEY';

/** The audit cannot do what was asked. The message says why and what helps. */
export class AuditError extends BridgeError<AuditErrorCode> {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- it makes the base's protected one public
  constructor(code: AuditErrorCode, message: string, options?: BridgeErrorOptions) {
    super(code, message, options);
  }
}
