/**
 * One thing that the inspector found.
 *
 * @module
 */
import { findingKind } from './codes.js';
import type { FindingCode, FindingLevel } from './codes.js';

/** A finding: a code of the closed list with the facts of this place. One record per event, none merged. */
export interface Finding {
  readonly code: FindingCode;
  /** The facts, in one sentence without a full stop. May hold text of the input: escape before printing. */
  readonly message: string;
  /** Where in the message, in bytes. */
  readonly offset?: number;
  /** The opcode at that place. */
  readonly opcode?: string;
  /** Which value it concerns, as `$[1].symbol`. */
  readonly path?: string;
  /** The global name that it concerns, as `module.name`. */
  readonly name?: string;
  /** What a person could try next, when this place tells more than the code. */
  readonly hint?: string;
}

/** How the finding counts. */
export function levelOf(finding: Finding): FindingLevel {
  return findingKind(finding.code).level;
}
