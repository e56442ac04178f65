/**
 * Holds a chain to its anchors: those in it by their signatures, and those that were kept elsewhere.
 *
 * @module
 */
import { anchorChecker, readAnchor } from './anchors.js';
import type { Anchor, AnchorFacts } from './anchors.js';
import type { ChainLine, Damage } from './chain-check.js';
import { rawLines } from './raw-lines.js';

/** How far an audit is known to be whole. */
export interface CompleteUpTo {
  readonly seq: number;
  readonly time: string;
}

/** Anchors are written every 1,000 lines, behind a commit of up to 512: more without one were not written by a guard. */
const MOST_WITHOUT = 2000;

/** Checks one audit, line by line. */
export class AnchorCheck {
  readonly #check: ((anchor: Anchor) => boolean) | undefined;
  readonly #outside: ReadonlyMap<number, OutsideAnchor> | undefined;
  #signed: CompleteUpTo | undefined;
  #matched: CompleteUpTo | undefined;
  #sinceSigned = 0;

  /** @param outside - by `readOutside`; undefined when none were given. */
  constructor(publicKey: string | undefined, outside: ReadonlyMap<number, OutsideAnchor> | undefined) {
    this.#check = publicKey === undefined ? undefined : anchorChecker(publicKey);
    this.#outside = outside;
  }

  /** Whether signatures were checked, with at least one there. */
  get hasSignatures(): boolean {
    return this.#signed !== undefined;
  }

  /** The newest line that an anchor covers: one kept elsewhere where there are such. */
  get completeUpTo(): CompleteUpTo | undefined {
    return this.#outside === undefined ? this.#signed : this.#matched;
  }

  /** Looks at a line of the chain, which is whole up to it. */
  look(before: ChainLine | undefined, own: ChainLine): Damage | undefined {
    const { line, hash, place } = own;
    const outside = this.#outside?.get(line.seq);
    if (outside !== undefined) {
      if (!outside.heads.has(hash)) {
        const last = this.#matched === undefined ? '' : ` It goes with them up to line ${this.#matched.seq}.`;
        const what = `line ${line.seq} is not the one that an anchor kept elsewhere names: the chain was written anew.${last}`;
        return { kind: 'rewritten', where: place, what };
      }
      this.#matched = { seq: line.seq, time: outside.time };
    }
    if (line.kind === 'anchor') return this.#lookAtAnchor(before, own);
    if (this.#signed !== undefined && ++this.#sinceSigned > MOST_WITHOUT) {
      return {
        kind: 'signature',
        where: place,
        what: `there is no signed anchor since line ${this.#signed.seq}, and one is due every 1,000 lines`,
      };
    }
    return undefined;
  }

  /** Looks at the end: `last` is the newest line of all. */
  end(last: ChainLine): Damage | undefined {
    const newest = Math.max(0, ...newestOf(this.#outside));
    if (newest <= last.line.seq) return undefined;
    const what = `an anchor kept elsewhere names line ${newest}, and the audit ends with line ${last.line.seq}: its end was cut away`;
    return { kind: 'cut', where: last.place, what };
  }

  #lookAtAnchor(before: ChainLine | undefined, { line, place }: ChainLine): Damage | undefined {
    const read = readAnchor(line);
    const isHere =
      read?.facts.seq === line.seq - 1 &&
      read.facts.head === (before?.hash ?? line.prev) &&
      read.facts.time === line.time &&
      Object.keys(line).length === ANCHOR_FIELDS;
    if (!isHere) {
      return {
        kind: 'signature',
        where: place,
        what: 'this anchor does not name the line before it, or has other fields',
      };
    }
    if (this.#check === undefined) return undefined;
    if (read.anchor.signature === null && this.#signed === undefined) return undefined;
    if (!this.#check(read.anchor))
      return { kind: 'signature', where: place, what: 'the signature of this anchor is not by the key that was given' };
    this.#signed = { seq: read.facts.seq, time: read.facts.time };
    this.#sinceSigned = 0;
    return undefined;
  }
}

/** `seq`, `time`, `kind`, `prev`, `signed`, `signature`, `key`. */
const ANCHOR_FIELDS = 7;

/** What anchors kept elsewhere say of one line. */
export interface OutsideAnchor {
  /** More than one when a line was written twice, as before and after a power loss. */
  readonly heads: ReadonlySet<string>;
  readonly time: string;
}

/** Anchors by the number of their line. Those whose signature is not by the key are left out, and counted. */
export async function readOutside(
  files: readonly string[],
  publicKey: string | undefined,
): Promise<{ readonly anchors: ReadonlyMap<number, OutsideAnchor>; readonly refused: number }> {
  const check = publicKey === undefined ? undefined : anchorChecker(publicKey);
  const anchors = new Map<number, { heads: Set<string>; time: string }>();
  let refused = 0;
  for (const file of files) {
    for await (const { bytes } of rawLines(file)) {
      const read = readAnchor(parsed(bytes));
      if (read === undefined) continue;
      if (check !== undefined && !check(read.anchor)) {
        refused++;
        continue;
      }
      add(anchors, read.facts);
    }
  }
  return { anchors, refused };
}

function add(anchors: Map<number, { heads: Set<string>; time: string }>, { seq, head, time }: AnchorFacts): void {
  const known = anchors.get(seq);
  if (known === undefined) anchors.set(seq, { heads: new Set([head]), time });
  else known.heads.add(head);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Not by a spread of all numbers: there may be more than a call takes. */
function newestOf(anchors: ReadonlyMap<number, OutsideAnchor> | undefined): readonly number[] {
  let newest = 0;
  for (const seq of anchors?.keys() ?? []) newest = Math.max(newest, seq);
  return [newest];
}
