/**
 * How a guard is, for people and programs.
 *
 * @module
 */
import type { AuditHealth } from '../audit/health.js';
import type { AuditStats } from '../audit/log.js';
import type { Halt } from '../halt/halt.js';
import type { UnknownReservation } from '../limits/index.js';
import type { DecisionCount } from './decisions.js';

/** The audit of a guard, as its owner may use it. */
export interface GuardAudit {
  /** The file that is written now. */
  readonly path: string;
  /** Whether it can be written; while it cannot, no order leaves. */
  readonly health: AuditHealth;
  /** The newest line: its number, and the hash that the chain goes on from. */
  readonly head: { readonly seq: number; readonly hash: string };
  /** The public key that anchors are signed by, as PEM; undefined without one. */
  readonly publicKey: string | undefined;
  readonly stats: AuditStats;
  /** Writes an anchor now. */
  anchor(): Promise<void>;
  /** Goes on in a new file after a failure that does not end by itself. */
  recover(who: string, reason: string): Promise<void>;
}

/** What `Guard.status()` tells. */
export interface GuardStatus {
  readonly policy: {
    /** Its file; undefined for one that was given as an object. */
    readonly file: string | undefined;
    /** SHA-256 of its text, as hexadecimal. */
    readonly hash: string;
    /** Counts the policies of this process, from 1. */
    readonly generation: number;
    /** Why the file's newest text does not hold; undefined where it does. */
    readonly error: string | undefined;
    /** How often a new text of the file was taken, and how often one was refused. */
    readonly reloads: { readonly taken: number; readonly refused: number };
  };
  /** The folder of counts and halts; undefined where both end with the process. */
  readonly state: string | undefined;
  readonly halts: readonly Halt[];
  /** Orders of which nobody knows what became of them. */
  readonly unknown: readonly UnknownReservation[];
  /** Connections for requests by principal. */
  readonly connected: Readonly<Record<string, number>>;
  readonly decisions: readonly DecisionCount[];
  /** Undefined without an audit. */
  readonly audit: (AuditStats & Pick<GuardAudit, 'health' | 'head'> & { readonly file: string }) | undefined;
}
