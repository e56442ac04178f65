/**
 * One thing that the inspector found.
 *
 * @module
 */
import { facts } from '../../lang/en/facts.js';
import type { FactTexts } from '../../lang/en/facts.js';
import { findingKind } from './codes.js';
import type { FindingCode, FindingLevel } from './codes.js';

/** What is said of a place, of the texts of a language. */
export type Said = (facts: FactTexts) => string;

/** A finding: a code of the closed list with the facts of this place. One record per event, none merged. */
export interface Finding {
  readonly code: FindingCode;
  /**
   * The facts in English, in one sentence without a full stop. May hold text of the input: escape before printing.
   */
  readonly message: string;
  /** The same in any language; a function, which JSON leaves out. */
  readonly said: Said;
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
  /** The hint in any language, where it is a sentence. */
  readonly saidHint?: Said;
}

/** What a finding has beside its sentence. */
export type FindingPlace = Omit<Finding, 'code' | 'message' | 'said' | 'saidHint'> & { readonly saidHint?: Said };

/** A finding that says a sentence of the catalogues. */
export function found(code: FindingCode, said: Said, place: FindingPlace = {}): Finding {
  const hint = place.saidHint === undefined ? {} : { hint: place.saidHint(facts) };
  return { code, message: said(facts), said, ...place, ...hint };
}

/** A sentence in English. */
export function inEnglish(said: Said): string {
  return said(facts);
}

/** Something that somebody else has said, which is the same in every language. */
export function quoted(text: string): Said {
  return () => text;
}

/** How the finding counts. */
export function levelOf(finding: Finding): FindingLevel {
  return findingKind(finding.code).level;
}
