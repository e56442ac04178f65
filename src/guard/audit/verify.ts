/**
 * Finds what was changed in an audit, and says which guarantee it could check.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { AnchorCheck, readOutside } from './anchor-check.js';
import type { CompleteUpTo } from './anchor-check.js';
import { checkStep, readChainLine } from './chain-check.js';
import type { ChainLine, Damage, DamageKind, UnflushedLines } from './chain-check.js';
import { openOrders } from './open-orders.js';
import { rawLines } from './raw-lines.js';
import type { LinePlace, RawLine } from './raw-lines.js';

/** What an audit is held to beside its own chain. */
export interface VerifyOptions {
  /** PEM of the key that signed its anchors: `audit.key.pub`. */
  readonly publicKey?: string;
  /** Files of anchors that were kept elsewhere. */
  readonly anchors?: readonly string[];
}

/** What could be checked. */
export type Checked =
  'chain' | 'chain and signatures' | 'chain and outside anchors' | 'chain, signatures and outside anchors';

/** What is known of an audit. */
export interface AuditVerdict {
  /** `unreadable`: nothing can be said, because a file or key cannot be read. */
  readonly result: 'ok' | 'broken' | 'unreadable';
  readonly damage: DamageKind | undefined;
  /** The first place that is wrong. */
  readonly where: LinePlace | undefined;
  /** A sentence for people. */
  readonly what: string;
  readonly checked: Checked;
  /** Lines that were looked at. */
  readonly lines: number;
  /** The first line of all that was looked at; above 1 when earlier files were not given. */
  readonly first: CompleteUpTo | undefined;
  readonly last: CompleteUpTo | undefined;
  /** Up to here nothing is missing and nothing was changed, by anchors kept elsewhere or, without these, by signatures. */
  readonly completeUpTo: CompleteUpTo | undefined;
  /** What crashes left, kept by lines `torn`: their number. */
  readonly torn: number;
  /** Bytes behind the last line, which the next start keeps: no damage. */
  readonly tornEnd: number;
  /** Lines that a failed disk lost before they were flushed: no damage. */
  readonly unflushed: readonly UnflushedLines[];
  /**
   * Orders that were let through and whose end is not told, by their ids: up to 1,000. A crash leaves such orders, which is no
   * damage.
   */
  readonly unanswered: readonly string[];
  /** What no check can tell. */
  readonly unknown: string;
}

/**
 * Verifies an audit.
 *
 * @param files - of one audit, in any order. Never throws.
 */
export async function verifyAudit(files: readonly string[], options: VerifyOptions = {}): Promise<AuditVerdict> {
  const run = new Run();
  try {
    const { publicKey } = options;
    const outside = options.anchors && (await readOutside(options.anchors, publicKey));
    const anchors = new AnchorCheck(publicKey, outside?.anchors);
    const hasOutside = outside !== undefined && outside.anchors.size > 0;
    const damage = await run.all(await inOrder(files), anchors);
    return run.verdict(damage, anchors, hasOutside, outside?.refused ?? 0);
  } catch (error) {
    return run.unreadable(messageOf(error));
  }
}

/** Files by their first line. One that has none is last: a guard that was stopped while it began a file leaves such. */
async function inOrder(files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) throw new Error('no file was given');
  const numbered: { file: string; seq: number }[] = [];
  for (const file of files) {
    let seq = Infinity;
    for await (const raw of rawLines(file)) {
      const read = raw.isWhole ? readChainLine(raw) : undefined;
      if (read !== undefined && 'line' in read) seq = read.line.seq;
      break;
    }
    numbered.push({ file, seq });
  }
  // Where a first line was changed, the order given is as good as any.
  return numbered.sort((a, b) => (a.seq === b.seq ? 0 : a.seq - b.seq)).map(({ file }) => file);
}

/** One verification. */
class Run {
  readonly #orders = openOrders();
  readonly #unflushed: UnflushedLines[] = [];
  #first: ChainLine | undefined;
  #last: ChainLine | undefined;
  #lines = 0;
  #torn = 0;
  #tornEnd = 0;

  async all(files: readonly string[], anchors: AnchorCheck): Promise<Damage | undefined> {
    let own: ChainLine | undefined;
    let tail: RawLine | undefined;
    for (const file of files) {
      for await (const raw of rawLines(file)) {
        if (!raw.isWhole) {
          tail = raw;
          break;
        }
        const read = readChainLine(raw);
        if ('kind' in read) return (own && this.#take(own, undefined, anchors)) ?? read;
        if (tail !== undefined && read.line.kind !== 'recovered') return tornInside(tail);
        tail = undefined;
        const damage = own && this.#take(own, read, anchors);
        if (damage !== undefined) return damage;
        own = read;
      }
    }
    if (own === undefined) throw new Error('there is no line in it');
    this.#tornEnd = tail?.bytes.length ?? 0;
    return this.#take(own, undefined, anchors) ?? anchors.end(own);
  }

  verdict(damage: Damage | undefined, anchors: AnchorCheck, hasOutside: boolean, refused: number): AuditVerdict {
    const { completeUpTo } = anchors;
    const sound = `${this.#lines} lines go on from one another`;
    const ignored = refused === 0 ? '' : `; ${refused} anchors kept elsewhere are not by the key and were left out`;
    return {
      ...this.#common(),
      result: damage === undefined ? 'ok' : 'broken',
      damage: damage?.kind,
      where: damage?.where,
      what: `${damage?.what ?? sound}${ignored}`,
      checked: checkedBy(anchors.hasSignatures, hasOutside),
      completeUpTo,
      unknown: unknownOf(completeUpTo, hasOutside),
    };
  }

  unreadable(what: string): AuditVerdict {
    return {
      ...this.#common(),
      result: 'unreadable',
      damage: undefined,
      where: undefined,
      what: `the audit cannot be read: ${what}`,
      checked: 'chain',
      completeUpTo: undefined,
      unknown: 'nothing was checked',
    };
  }

  /** Takes a line when the one behind it is known. */
  #take(own: ChainLine, after: ChainLine | undefined, anchors: AnchorCheck): Damage | undefined {
    const step = checkStep(this.#last, own, after);
    if ('kind' in step) return step;
    const damage = anchors.look(this.#last, own);
    if (damage !== undefined) return damage;
    if (step.unflushed !== undefined) this.#unflushed.push(step.unflushed);
    if (own.line.kind === 'torn' && own.line['more'] !== true) this.#torn++;
    this.#orders.take(own.line);
    this.#first ??= own;
    this.#last = own;
    this.#lines++;
    return undefined;
  }

  #common(): Pick<AuditVerdict, 'lines' | 'first' | 'last' | 'torn' | 'tornEnd' | 'unflushed' | 'unanswered'> {
    return {
      lines: this.#lines,
      first: this.#first && pointOf(this.#first),
      last: this.#last && pointOf(this.#last),
      torn: this.#torn,
      tornEnd: this.#tornEnd,
      unflushed: this.#unflushed,
      unanswered: this.#orders.ids(),
    };
  }
}

function pointOf({ line: { seq, time } }: ChainLine): CompleteUpTo {
  return { seq, time };
}

function tornInside({ file, line, byte }: RawLine): Damage {
  const what = 'this line has no end, and other lines follow in the next file';
  return { kind: 'torn', where: { file, line, byte }, what };
}

function checkedBy(hasSignatures: boolean, hasOutside: boolean): Checked {
  if (hasSignatures) return hasOutside ? 'chain, signatures and outside anchors' : 'chain and signatures';
  return hasOutside ? 'chain and outside anchors' : 'chain';
}

function unknownOf(completeUpTo: CompleteUpTo | undefined, hasOutside: boolean): string {
  const cut = 'whether lines were cut off its end cannot be known';
  if (hasOutside && completeUpTo !== undefined)
    return `${cut} behind line ${completeUpTo.seq}, the newest with an anchor`;
  const chain = completeUpTo === undefined ? `, nor whether the whole chain was written anew` : '';
  return `${cut}${chain}, without anchors that were kept elsewhere`;
}
