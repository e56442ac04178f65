/**
 * Follows a chain line by line, and says what is wrong with it and where.
 *
 * @module
 */
import type { AuditLine } from './entry.js';
import { LONGEST_LINE, NO_LINE, decodeLine, hashOf } from './line.js';
import type { LinePlace, RawLine } from './raw-lines.js';

/** What is wrong with an audit. */
export type DamageKind = 'changed' | 'lost' | 'reordered' | 'duplicated' | 'torn' | 'signature' | 'rewritten' | 'cut';

/** What is wrong, and where. */
export interface Damage {
  readonly kind: DamageKind;
  readonly where: LinePlace;
  /** For people. */
  readonly what: string;
}

/** A line of the chain that was read. */
export interface ChainLine {
  readonly line: AuditLine;
  readonly hash: string;
  readonly place: LinePlace;
}

/** Lines that were written and never flushed, and are gone with a disk that failed. */
export interface UnflushedLines {
  readonly from: number;
  readonly to: number;
}

/** What became of a line: it goes on with the chain, or something is wrong. */
export type ChainStep = { readonly next: ChainLine; readonly unflushed?: UnflushedLines } | Damage;

/** Reads a line, without looking whether it goes on with the chain. */
export function readChainLine(raw: RawLine): ChainLine | Damage {
  const { bytes, file, line, byte } = raw;
  const where = { file, line, byte };
  const decoded = bytes.length > LONGEST_LINE ? undefined : decodeLine(bytes.toString('utf8'));
  if (decoded === undefined) return { kind: 'changed', where, what: 'this is no line of an audit' };
  return { line: decoded, hash: hashOf(bytes), place: where };
}

/**
 * Looks whether a line goes on with the chain.
 *
 * @param before - the line before; undefined at the first of all that are looked at.
 * @param after - the line behind it, which tells which of two was changed; undefined at the end.
 */
export function checkStep(before: ChainLine | undefined, own: ChainLine, after: ChainLine | undefined): ChainStep {
  const { line, place } = own;
  if (before === undefined) return checkFirst(own);

  const expected = before.line.seq + 1;
  const isNext = line.prev === before.hash;
  if (isNext && line.seq === expected) return { next: own };
  if (isNext) return changed(place, `it says to be line ${line.seq}, and is line ${expected}`);
  const unflushed = recoveredFrom(before, own);
  if (unflushed !== undefined) return unflushed.to < unflushed.from ? { next: own } : { next: own, unflushed };
  if (own.hash === before.hash)
    return { kind: 'duplicated', where: place, what: `line ${line.seq} is there once more` };
  if (line.seq === expected) return changedOf(before, own, after);
  if (line.seq < expected) {
    return {
      kind: 'reordered',
      where: place,
      what: `line ${line.seq} follows line ${before.line.seq}: it was moved or is there once more`,
    };
  }
  if (after?.line.seq === expected)
    return { kind: 'reordered', where: place, what: `line ${line.seq} stands before line ${expected}` };
  const gap = line.seq - 1 === expected ? `line ${expected} is` : `lines ${expected} to ${line.seq - 1} are`;
  return { kind: 'lost', where: place, what: `${gap} missing before this line ${line.seq}` };
}

function checkFirst(own: ChainLine): ChainStep {
  const { line, place } = own;
  if (line.seq === 1 && line.prev !== NO_LINE)
    return changed(place, 'it says to be the first line of all, and names one before it');
  return { next: own };
}

/** Of two lines that do not go together one was changed: the second one when the third does not go with it either. */
function changedOf(before: ChainLine, own: ChainLine, after: ChainLine | undefined): Damage {
  if (after === undefined)
    return changed(before.place, `line ${before.line.seq} or, behind it, line ${own.line.seq} was changed`);
  if (after.line.prev === own.hash) return changed(before.place, `line ${before.line.seq} was changed`);
  return changed(own.place, `line ${own.line.seq} was changed`);
}

function changed(where: LinePlace, what: string): Damage {
  return { kind: 'changed', where, what };
}

/** The lines that a failed disk may have lost before a line `recovered`; undefined when that does not explain it. */
function recoveredFrom(before: ChainLine, { line, place }: ChainLine): UnflushedLines | undefined {
  if (line.kind !== 'recovered' || place.line !== 1) return undefined;
  const synced = pointOf(line['synced']);
  const written = pointOf(line['written']);
  if (synced === undefined || written === undefined) return undefined;
  const { seq } = before.line;
  const isInside = seq >= synced.seq && seq <= written.seq;
  const isHere = line.seq === written.seq + 1 && line.prev === written.hash;
  if (!isInside || !isHere) return undefined;
  // Only these two of its lines are known by their hashes.
  if (seq === synced.seq && before.hash !== synced.hash) return undefined;
  if (seq === written.seq && before.hash !== written.hash) return undefined;
  return { from: seq + 1, to: written.seq };
}

function pointOf(value: unknown): { readonly seq: number; readonly hash: string } | undefined {
  if (typeof value !== 'object' || value === null || !('seq' in value) || !('hash' in value)) return undefined;
  const { seq, hash } = value;
  return typeof seq === 'number' && typeof hash === 'string' ? { seq, hash } : undefined;
}
