/**
 * The streams of a cluster: what each keeps, and for how long.
 *
 * @module
 */
import type { StreamPlan } from '../transport/transport.js';
import type { StreamKind, Subjects } from './subjects.js';

/** How a cluster's streams are made. */
export interface StreamOptions {
  /** How many servers keep them. */
  readonly replicas: number;
  /** How long orders are known, in ms. */
  readonly journalAge: number;
}

const DAY = 86_400_000;
const LOG_BYTES = 2 ** 30;

/** One server, and a journal of thirty days. */
export const STREAM_DEFAULTS: StreamOptions = { replicas: 1, journalAge: 30 * DAY };

/** The streams of a cluster, by what they keep. */
export function streamPlans(
  subjects: Subjects,
  options: Partial<StreamOptions> = {},
): Readonly<Record<StreamKind, StreamPlan>> {
  const { replicas, journalAge } = { ...STREAM_DEFAULTS, ...options };
  const plan = (kind: StreamKind, pattern: string, description: string, more: Partial<StreamPlan>): StreamPlan => ({
    name: subjects.stream(kind),
    subjects: [pattern],
    description,
    storage: 'file',
    replicas,
    ...more,
  });
  return {
    ORDLOG: plan('ORDLOG', subjects.orders(), 'what was intended with each order, and what came of it', {
      maxAge: journalAge,
      sealed: true,
    }),
    LEASE: plan('LEASE', subjects.leases(), 'which edge holds which account', { perSubject: 1, ttls: true }),
    ACCT: plan('ACCT', subjects.accounts(), 'what is known of each account for good', { perSubject: 64, sealed: true }),
    // A server that starts again begins empty rather than old.
    LAST: plan('LAST', subjects.allTicks(), 'the last tick of each symbol', {
      storage: 'memory',
      replicas: 1,
      perSubject: 1,
      maxAge: DAY,
    }),
    LOG: plan('LOG', subjects.logs(), 'log lines of all programs', { maxAge: 7 * DAY, maxBytes: LOG_BYTES }),
  };
}
