/**
 * The options of a guard.
 *
 * @module
 */
import { option, OptionTable } from '../option-table.js';
import type { RowsOf } from '../option-table.js';
import type { Logger } from '../rpc/index.js';
import { guardedLogger, optionChecks } from '../rpc/internal.js';
import type { Alert } from './alert/alert.js';

/** Options of {@link Guard.open}. */
export interface GuardOptions {
  /**
   * The folder of counts, halts and locks. It belongs to one process. Default: `NAME.state` beside the policy's file. A policy
   * that is given as an object has none unless it is said: then counts and halts do not outlive the process.
   */
  readonly state?: string;
  /** Where halt, resume, status and release are taken: a path for a Unix socket, `\\.\pipe\NAME` on Windows. Default: nowhere. */
  readonly control?: string;
  /**
   * How an order that is refused is answered over RPC. `empty`: `''` and a log event to that principal, as vnpy's own risk
   * manager does. `exception`: a GuardError, which stops a CTA strategy. Default `'empty'`.
   */
  readonly refuseOrders?: 'empty' | 'exception';
  /** Takes what a person should hear of, an {@link AlertSender} for instance. Must return at once. Default: nobody. */
  readonly onAlert?: (alert: Alert) => void;
  /** Takes the guard's log lines. Default: warnings and errors on standard error. */
  readonly logger?: Logger;
}

/** The options of a guard. */
export const GUARD_OPTIONS = new OptionTable(optionChecks, 'the options of Guard.open()', {
  state: option.text(),
  control: option.text(),
  refuseOrders: option.choice(['empty', 'exception'], 'empty'),
  onAlert: option.callback<(alert: Alert) => void>(),
  logger: option.other('a `Logger`', (_name, value: Logger) => guardedLogger(value), guardedLogger()),
} satisfies RowsOf<GuardOptions>);
