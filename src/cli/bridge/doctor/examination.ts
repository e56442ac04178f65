import type { ClientSecurity, TransportName } from '../../../rpc/index.js';

/** What is examined, and how patiently. */
export interface Examination {
  readonly request: string;
  readonly subscribe: string;
  readonly security: ClientSecurity | undefined;
  readonly transport: TransportName;
  /** For each connection, handshake and answer, in ms. */
  readonly timeout: number;
  /** For heartbeat and events, in ms. */
  readonly wait: number;
  readonly signal: AbortSignal;
}
