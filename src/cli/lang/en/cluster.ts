/**
 * What the commands about a cluster and a policy say, in English: the shape that every other language has to fill.
 *
 * @module
 */
import type { ClusterFinding } from '../../../cluster/internal.js';
import type { Explanation, HaltLevel } from '../../../guard/index.js';

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

/** What of a halt is said where its level stands. */
const haltLevels: Readonly<Record<HaltLevel, string>> = { halt: 'halt', reduce: 'reduce' };

/** Sentences by what they say. */
export const cluster = {
  /** What the library says, which has no other key than its words. */
  said: (text: string): string => text,
  levels,
  finding: ({ text, action }: ClusterFinding): FindingText => ({ text, action }),
  verdict: (faults: number, warnings: number): string =>
    `${faults === 0 ? 'usable' : 'not usable'}: ${faults} faults, ${warnings} warnings`,
  noEdgeHeard: (where: string, ms: number): string => `no edge of the cluster ${where} was heard in ${ms} ms`,
  ofAccount: (name: string, account: string): string => `${name}, account ${account}`,
  noEdge: 'no edge was heard; --account NAME looks at one all the same',
  columns: { edge: 'edge', account: 'account', state: 'state', epoch: 'epoch', age: 'age' },
  /** The state of an edge, a record or a lease. */
  state: (state: string): string => state,
  age: (ms: number): string => `${ms} ms`,

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
  withOrders: (halt: string, works: string): string => `${halt}; ${works}`,
  edge: (name: string, state: string, epoch: number, ms: number): string =>
    `edge ${name}: ${state}, epoch ${epoch}, ${ms} ms ago`,
  notRead: (what: string): string => `not read: ${what}`,

  // --- what is done to it
  ready: (name: string, account: string, state: string): string =>
    `ready: edge ${name} of the account ${account}, ${state}`,
  takesOver: (edge: string, account: string, last: string): string =>
    `${edge} takes the account ${account} as soon as nothing of ${last === '' ? 'its last holder' : last} can be under ` +
    'way any more; "cluster status" tells when',
  holdsBack: (account: string): string => `no edge begins to hold the account ${account}, until "cluster resume hold"`,
  haltLevels,
  haltOf: (level: string, scope: string, why: string, id: string): string => `${level} of ${scope}: ${why} (${id})`,
  ended: (what: string): string => `ended: ${what}`,
  theHold: 'hold',
  noHalt: 'there was no halt',

  // --- its log
  linesLeftOut: (count: number): string => `${count} lines were left out here`,
  noLines: (name: string): string => `no lines of the cluster ${name}: its programs publish them with --nats-log`,

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
