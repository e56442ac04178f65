/**
 * What the bytes of a pickle are spent on.
 *
 * @module
 */
import { opcodeOf } from '../../../pickle/index.js';
import type { Viewer } from '../lens/view.js';
import type { Analysis } from '../machine/analyse.js';
import type { Node } from '../machine/nodes.js';

/** Something counted, with the bytes that it takes. */
export interface Share {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

/** Statistics of one message. */
export interface Stats {
  readonly bytes: number;
  readonly protocol: number;
  readonly opcodes: number;
  readonly frames: number;
  readonly memoStored: number;
  readonly memoFetched: number;
  readonly maxStack: number;
  readonly depth: number;
  readonly names: number;
  readonly calls: number;
  /** By opcode, most bytes first; together all bytes. */
  readonly byOpcode: readonly Share[];
  /** By type of value; a container counts without its parts. */
  readonly byType: readonly Share[];
  /** By path, indices as `[]`; a container counts with its parts. */
  readonly byPath: readonly Share[];
  /** Equal texts that are written more than once, most bytes first. */
  readonly repeated: readonly Share[];
  /** The largest single values. */
  readonly largest: readonly Share[];
}

class Tally {
  readonly #shares = new Map<string, { count: number; bytes: number }>();

  add(name: string, bytes: number): void {
    const share = this.#shares.get(name);
    if (share === undefined) {
      this.#shares.set(name, { count: 1, bytes });
    } else {
      share.count++;
      share.bytes += bytes;
    }
  }

  get size(): number {
    return this.#shares.size;
  }

  top(limit: number, keep: (share: Share) => boolean = () => true): Share[] {
    return [...this.#shares]
      .map(([name, share]) => ({ name, ...share }))
      .filter(keep)
      .sort((a, b) => b.bytes - a.bytes || b.count - a.count || (a.name < b.name ? -1 : 1))
      .slice(0, limit);
  }
}

/** Texts and paths that are told apart; beyond, new ones are not counted, so that memory stays bounded. */
const MAX_DISTINCT = 200_000;
/** Levels of a path that are told apart. */
const MAX_LEVELS = 8;

function spanOf(node: Node): number {
  return node.end - ('start' in node ? node.start : node.at);
}

/** Counts everything; `limit` is the length of each list. */
export function stats(analysis: Analysis, viewer: Viewer, limit: number): Stats {
  const { facts, value } = analysis;
  const types = new Tally();
  const paths = new Tally();
  const texts = new Tally();
  const largest: Share[] = [];
  const seen = new Set<Node>();
  const work: { readonly node: Node; readonly path: string; readonly level: number }[] = [
    { node: value, path: '$', level: 0 },
  ];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { node, path, level } = next;
    // A value from the memo takes bytes where it was made, and only there.
    if (seen.has(node)) continue;
    seen.add(node);
    const view = viewer.view(node);
    const bytes = spanOf(node);
    if (paths.size < MAX_DISTINCT) paths.add(path, bytes);
    if (node.kind === 'str' && (texts.size < MAX_DISTINCT || node.value.length > 1000)) texts.add(node.value, bytes);
    if (view.count === 0) {
      types.add(viewer.typeName(view.type), bytes);
      noteLargest(largest, { name: `${path} (${viewer.typeName(view.type)})`, count: 1, bytes }, limit);
      continue;
    }
    let inner = 0;
    for (let index = 0; index < view.count; index++) {
      const { node: part, step } = view.part(index);
      inner += spanOf(part);
      const shown = view.shape === 'sequence' ? '[]' : step;
      work.push({ node: part, path: level < MAX_LEVELS ? path + shown : path, level: level + 1 });
    }
    types.add(viewer.typeName(view.type), Math.max(0, bytes - inner));
  }
  return {
    bytes: analysis.end,
    protocol: facts.protocol ?? facts.highestOpcode,
    opcodes: facts.opcodes,
    frames: facts.frames,
    memoStored: facts.memoPuts,
    memoFetched: facts.memoGets,
    maxStack: facts.maxStack,
    depth: facts.depth,
    names: facts.names.length,
    calls: facts.calls.length,
    byOpcode: opcodeShares(analysis),
    byType: types.top(limit),
    byPath: paths.top(limit),
    repeated: texts.top(limit, (share) => share.count > 1),
    largest,
  };
}

function noteLargest(largest: Share[], share: Share, limit: number): void {
  const last = largest.at(-1);
  if (largest.length >= limit && last !== undefined && last.bytes >= share.bytes) return;
  const at = largest.findIndex((other) => other.bytes < share.bytes);
  largest.splice(at < 0 ? largest.length : at, 0, share);
  if (largest.length > limit) largest.pop();
}

function opcodeShares({ facts }: Analysis): Share[] {
  const shares: Share[] = [];
  facts.opcodeCounts.forEach((count, code) => {
    const name = opcodeOf(code)?.name;
    if (count > 0 && name !== undefined) shares.push({ name, count, bytes: facts.opcodeBytes[code] ?? 0 });
  });
  return shares.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
