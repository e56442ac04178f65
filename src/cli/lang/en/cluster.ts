/**
 * What the commands about a cluster and a policy say, in English: the shape that every other language has to fill.
 *
 * @module
 */
import type { ClusterFinding } from '../../../cluster/internal.js';
import type { Explanation } from '../../../guard/index.js';

/** One rule of an explanation. */
type Outcome = Explanation['steps'][number]['outcome'];

/** What is shown of a finding. */
export interface FindingText {
  readonly text: string;
  /** What to do. */
  readonly action: string | undefined;
}

const levels: Readonly<Record<ClusterFinding['level'], string>> = { ok: 'ok', warning: 'warning', fault: 'fault' };

const outcomes: Readonly<Record<Outcome, string>> = {
  allowed: 'allowed',
  outside: 'outside',
  denied: 'denied',
  refused: 'refused',
  open: 'open',
};

const verdicts: Readonly<Record<Explanation['verdict'], string>> = { allowed: 'allowed', refused: 'refused' };

/** Sentences by what they say. */
export const cluster = {
  levels,
  finding: ({ text, action }: ClusterFinding): FindingText => ({ text, action }),
  verdict: (faults: number, warnings: number): string =>
    `${faults === 0 ? 'usable' : 'not usable'}: ${faults} faults, ${warnings} warnings`,
  noEdgeHeard: (where: string, ms: number): string => `no edge of the cluster ${where} was heard in ${ms} ms`,
  ofAccount: (name: string, account: string): string => `${name}, account ${account}`,
  noEdge: 'no edge was heard; --account NAME looks at one all the same',
  columns: { edge: 'edge', account: 'account', state: 'state', epoch: 'epoch', age: 'age' },

  // --- how an account is
  account: (name: string): string => `account ${name}`,
  neverHeld: 'nobody has held it yet',
  recordUnread: 'its record could not be read',
  held: (state: string, edge: string, epoch: number, since: string): string =>
    `${state} by ${edge === '' ? 'nobody' : edge}, epoch ${epoch}, since ${since}`,
  noLease: 'no lease',
  lease: (state: string, edge: string): string => `lease ${state} by ${edge}`,
  heldBack: (by: string, why: string): string => `held back by ${by}: ${why}`,
  given: (by: string, edge: string, why: string): string => `${by} gives it to ${edge}: ${why}`,
  halted: (level: string, scope: string, who: string, why: string, id: string): string =>
    `${level} of ${scope} by ${who}: ${why} (${id})`,
  /** What has become of the orders that worked when a halt came. */
  works: {
    kept: 'working orders are kept',
    cancelled: 'working orders are cancelled',
    open: 'working orders are not all cancelled yet',
  },
  edge: (name: string, state: string, epoch: number, ms: number): string =>
    `edge ${name}: ${state}, epoch ${epoch}, ${ms} ms ago`,
  notRead: (what: string): string => `not read: ${what}`,

  // --- a policy
  outcomes,
  verdicts,
  decided: (verdict: string, rule: string, reason: string): string => `${verdict}: [${rule}] ${reason}`,
  of: (value: string, limit: string): string => ` (${value} of ${limit})`,
  warning: (text: string): string => `warning: ${text}`,
  holds: (file: string, roles: number, principals: number): string =>
    `${file} holds: ${roles} roles, ${principals} principals`,
};

/** What every language has to say. */
export type ClusterTexts = typeof cluster;
