/**
 * Whether the audit can be written.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { FlushFailure, ForeignChange } from './chain-file.js';
import { codeOf } from './files.js';

/**
 * - `space`: the disk is full, or a quota is used up. Ends by itself when there is space.
 * - `stalled`: a flush takes too long. Ends with it.
 * - `flush`: the disk refused a flush, so nobody knows what it holds. `write`: it refused a write. `moved`: the file was deleted,
 *   moved or changed by another program. These end by `recover` or a new start alone.
 */
export type AuditFailure = 'space' | 'stalled' | 'flush' | 'write' | 'moved';

/** Whether orders may leave. */
export type AuditHealth = 'ok' | AuditDown;

/** Why no order may leave. */
export interface AuditDown {
  readonly failed: AuditFailure;
  /** For people. */
  readonly reason: string;
  /** Time text. */
  readonly since: string;
}

/** EFBIG is the limit of a process for its files (`ulimit -f`). */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What an error of a write means. A flush is never tried again: the system may have marked as clean what it lost. */
export function failureOf(error: unknown): AuditFailure {
  if (error instanceof ForeignChange) return 'moved';
  if (error instanceof FlushFailure) return 'flush';
  return FULL.has(codeOf(error) ?? '') ? 'space' : 'write';
}

/** What a failure is in words. */
export function failureText(failure: AuditFailure, path: string, error: unknown): string {
  const cause = messageOf(error);
  switch (failure) {
    case 'space':
      return `the audit ${path} cannot be written, because there is no space (${cause}): orders are refused until there is`;
    case 'stalled':
      return `the disk of the audit ${path} does not answer (${cause}): orders are refused until it does`;
    case 'flush':
      return `the disk refused to flush the audit ${path} (${cause}): orders are refused until a person recovers it or starts anew`;
    case 'write':
      return `the audit ${path} cannot be written (${cause}): orders are refused until a person recovers it or starts anew`;
    case 'moved':
      return `${cause}: orders are refused until a person recovers the audit or starts anew`;
  }
}
