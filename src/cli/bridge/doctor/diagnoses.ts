/**
 * Everything that `doctor` can find wrong. What to do about it is in the catalogues.
 *
 * @module
 */

/** How bad a finding is: a `fault` stops the server's clients from working, a `warning` may. */
export type Severity = 'fault' | 'warning';

/** All findings by code. */
export const DIAGNOSES = {
  BAD_ADDRESS: 'fault',
  SAME_ADDRESS: 'fault',
  ZEROMQ_UNAVAILABLE: 'fault',
  HOST_UNKNOWN: 'fault',
  REFUSED: 'fault',
  NO_ROUTE: 'fault',
  CONNECT_TIMEOUT: 'fault',
  NOT_PERMITTED: 'fault',
  NOT_ZEROMQ: 'fault',
  SILENT_PORT: 'fault',
  CLOSED_AT_ONCE: 'fault',
  OLD_ZEROMQ: 'fault',
  CURVE_EXPECTED: 'fault',
  PLAIN_EXPECTED: 'fault',
  SECURITY_NOT_SPOKEN: 'fault',
  CREDENTIALS_REFUSED: 'fault',
  PUBLISHER_AT_REQUEST: 'fault',
  REPLIER_AT_SUBSCRIBE: 'fault',
  OTHER_SOCKET: 'fault',
  THREAD_DEAD: 'fault',
  NO_REPLY: 'fault',
  BAD_REPLY: 'fault',
  SLOW_REPLY: 'warning',
  NO_HEARTBEAT: 'fault',
  EVENTS_STUCK: 'fault',
  OLD_HEARTBEAT: 'warning',
  UNDECODABLE_EVENTS: 'fault',
  CLOCK_OFF: 'warning',
  NO_RPC_SERVICE: 'warning',
  WEBTRADER: 'warning',
  MISSING_FUNCTIONS: 'warning',
  NO_CONTRACTS: 'warning',
} as const satisfies Readonly<Record<string, Severity>>;

/** The code of a finding. */
export type DiagnosisCode = keyof typeof DIAGNOSES;
