/**
 * Two values, compared part by part.
 *
 * @module
 */
import { KeyTable } from '../lens/keys.js';
import type { View, Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { Node } from '../machine/nodes.js';

/** One difference. */
export interface Difference {
  readonly kind: 'changed' | 'added' | 'removed' | 'type' | 'bytes';
  readonly path: string;
  /** The value in the first input, and its offset; undefined when it is added. */
  readonly a: Side | undefined;
  /** The value in the second input; undefined when it is removed. */
  readonly b: Side | undefined;
}

/** One side of a difference. */
export interface Side {
  readonly text: string;
  readonly type: string;
  readonly at: number;
}

/** What counts as different. */
export interface DiffOptions {
  /** Do not compare dates and times. */
  readonly ignoreTime: boolean;
  /** Do not tell equal values that are written with other opcodes. */
  readonly ignoreBytes: boolean;
  /** Floats this close are equal. */
  readonly floatEpsilon: number;
}

/** One input of a comparison. */
export interface DiffInput {
  readonly root: Node;
  readonly data: Uint8Array;
  readonly viewer: Viewer;
}

interface Pair {
  readonly a: Node;
  readonly b: Node;
  readonly path: string;
}

const TIME_TYPES = /^datetime\.(?:datetime|date|time)$/;
const TEXT_SHOWN = 60;

/** Compares two values, and gives their differences in the order of the paths. Each pair of nodes is compared once. */
export function* diff(first: DiffInput, second: DiffInput, options: DiffOptions): Generator<Difference> {
  // The memo makes shared values cheap, and cyclic ones finite.
  const compared = new Map<Node, Set<Node>>();
  const keysA = new KeyTable(first.viewer.lens);
  const keysB = new KeyTable(second.viewer.lens);
  const showA = (node: Node): Side => side(first.viewer.view(node), node);
  const showB = (node: Node): Side => side(second.viewer.view(node), node);
  const work: Pair[] = [{ a: first.root, b: second.root, path: '$' }];
  for (let pair = work.pop(); pair !== undefined; pair = work.pop()) {
    const { a, b, path } = pair;
    if (isContainer(a)) {
      const partners = compared.get(a) ?? new Set();
      if (partners.has(b)) continue;
      compared.set(a, partners.add(b));
    }
    const viewA = first.viewer.view(a);
    const viewB = second.viewer.view(b);
    if (viewA.type !== viewB.type && !(isNumber(a) && isNumber(b))) {
      yield { kind: 'type', path, a: side(viewA, a), b: side(viewB, b) };
      continue;
    }
    if (viewA.shape === 'leaf' || viewB.shape === 'leaf') {
      yield* leaves(pair, viewA, viewB, first, second, options);
      continue;
    }
    const children =
      viewA.shape === 'sequence' && viewA.type !== 'set' && viewA.type !== 'frozenset'
        ? sequences(viewA, viewB, path, showA, showB)
        : mappings(a, b, viewA, viewB, path, keysA, keysB, showA, showB);
    yield* children.differences;
    // Reversed, so that the stack gives them in order.
    for (let index = children.pairs.length - 1; index >= 0; index--) {
      const child = children.pairs[index];
      if (child !== undefined) work.push(child);
    }
  }
}

function isNumber(node: Node): boolean {
  return node.kind === 'int' || node.kind === 'float' || node.kind === 'bool';
}

function numeric(node: Node): number | undefined {
  return node.kind === 'float' ? node.value : node.kind === 'int' ? Number(node.value) : undefined;
}

function side(view: View, node: Node): Side {
  const parts = `${view.count} ${view.count === 1 ? 'part' : 'parts'}`;
  const text = view.text ?? (view.close === '' ? `${view.open} of ${parts}` : `${view.open}${parts}${view.close}`);
  return { text: text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text, type: view.type, at: node.at };
}

function* leaves(
  { a, b, path }: Pair,
  viewA: View,
  viewB: View,
  first: DiffInput,
  second: DiffInput,
  options: DiffOptions,
): Generator<Difference> {
  if (options.ignoreTime && TIME_TYPES.test(viewA.type)) return;
  const sides = { a: side(viewA, a), b: side(viewB, b) };
  if (sameLeaf(a, b, viewA, viewB)) {
    const other = first.data[a.at] !== second.data[b.at] || a.end - a.at !== b.end - b.at;
    if (other && !options.ignoreBytes) yield { kind: 'bytes', path, ...sides };
    return;
  }
  const x = numeric(a);
  const y = numeric(b);
  if (x !== undefined && y !== undefined && options.floatEpsilon > 0 && Math.abs(x - y) <= options.floatEpsilon) return;
  yield { kind: viewA.type === viewB.type ? 'changed' : 'type', path, ...sides };
}

function sameLeaf(a: Node, b: Node, viewA: View, viewB: View): boolean {
  if (a.kind === 'str' && b.kind === 'str') return a.value === b.value;
  if ((a.kind === 'bytes' || a.kind === 'bytearray') && a.kind === b.kind)
    return Buffer.compare(a.value, b.value) === 0;
  if (a.kind === 'float' && b.kind === 'float') return Object.is(a.value, b.value);
  if (isNumber(a) && isNumber(b)) return a.kind === b.kind && 'value' in a && 'value' in b && a.value === b.value;
  return viewA.text === viewB.text && viewA.count === viewB.count;
}

interface Children {
  readonly differences: readonly Difference[];
  readonly pairs: readonly Pair[];
}

type Show = (node: Node) => Side;

/** Items by their index. */
function sequences(viewA: View, viewB: View, path: string, showA: Show, showB: Show): Children {
  const differences: Difference[] = [];
  const pairs: Pair[] = [];
  const common = Math.min(viewA.count, viewB.count);
  for (let index = 0; index < common; index++) {
    const { node, step } = viewA.part(index);
    pairs.push({ a: node, b: viewB.part(index).node, path: path + step });
  }
  for (let index = common; index < viewA.count; index++)
    differences.push(oneSided('removed', viewA, index, path, showA));
  for (let index = common; index < viewB.count; index++) differences.push(oneSided('added', viewB, index, path, showB));
  return { differences, pairs };
}

function oneSided(kind: 'added' | 'removed', view: View, index: number, path: string, show: Show): Difference {
  const { node, step } = view.part(index);
  const shown = show(node);
  return {
    kind,
    path: path + step,
    a: kind === 'removed' ? shown : undefined,
    b: kind === 'added' ? shown : undefined,
  };
}

/** Values under equal keys, attributes of equal names, items of sets. */
function mappings(
  a: Node,
  b: Node,
  viewA: View,
  viewB: View,
  path: string,
  keysA: KeyTable,
  keysB: KeyTable,
  showA: Show,
  showB: Show,
): Children {
  const differences: Difference[] = [];
  const pairs: Pair[] = [];
  const inB = new Map<string, number>();
  for (let index = 0; index < viewB.count; index++) inB.set(partKey(b, viewB, index, keysB), index);
  for (let index = 0; index < viewA.count; index++) {
    const key = partKey(a, viewA, index, keysA);
    const { node, step } = viewA.part(index);
    const other = inB.get(key);
    if (other === undefined) {
      differences.push(oneSided('removed', viewA, index, path, showA));
    } else {
      inB.delete(key);
      pairs.push({ a: node, b: viewB.part(other).node, path: path + step });
    }
  }
  for (const index of inB.values()) differences.push(oneSided('added', viewB, index, path, showB));
  return { differences, pairs };
}

function partKey(node: Node, view: View, index: number, keys: KeyTable): string {
  if (view.shape === 'object') return view.part(index).step;
  const container = view.known?.container;
  const key =
    node.kind === 'dict'
      ? node.keys[index]
      : container !== undefined && container.kind !== 'items'
        ? container.keys[index]
        : view.part(index).node;
  return key === undefined ? view.part(index).step : keys.keyOf(key);
}
