/**
 * What a person should hear of, wherever they are.
 *
 * @module
 */

/** What has happened. Programs that take alerts as JSON go by this. */
export type AlertKind =
  /** Trading was stopped, or may go on; a halt that could not cancel everything. */
  | 'halt'
  | 'halt-incomplete'
  | 'resume'
  /** The audit cannot be written, so that no order leaves; it can again. */
  | 'audit-down'
  | 'audit-up'
  /** An order uses nearly all of a limit: the role's `warnAt`. */
  | 'near-limit'
  /** A principal is refused again and again. */
  | 'refused-often'
  /** A new text of the policy does not hold, or holds. */
  | 'policy-refused'
  | 'policy-taken'
  /** An order is on the account that the guard has not sent. */
  | 'foreign-order'
  /** Nobody knows what became of some orders, or all is known again. */
  | 'unknown-orders'
  | 'unknown-over'
  /** The clock of this machine has jumped. */
  | 'clock-jump'
  /** The link to the vnpy server, and what comes over it. */
  | 'disconnected'
  | 'connected'
  | 'server-restarted'
  | 'reconnects'
  | 'silent'
  | 'heard'
  | 'undecodable'
  | 'events-lost'
  | 'clock-offset'
  | 'clock-right'
  /** Somebody tries whether alerts arrive. */
  | 'test';

/** `critical`: look now. `warning`: look soon. `info`: something is over, or was done on purpose. */
export type AlertSeverity = 'critical' | 'warning' | 'info';

/** A text in both languages. */
export interface AlertText {
  readonly en: string;
  readonly zh: string;
}

/** One alert. */
export interface Alert {
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  /** What repeats has the same key, and is told once in a while with its number. */
  readonly key: string;
  /** The keys of what is over with it: when that comes again, it is told at once. */
  readonly ends?: readonly string[];
  readonly text: AlertText;
  /** The same for programs. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}
