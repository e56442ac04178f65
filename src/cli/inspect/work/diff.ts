/**
 * Two values, compared part by part.
 *
 * @module
 */
import { KeyTable } from '../lens/keys.js';
import type { View, Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import { compareValues } from './diff-values.js';
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

/** One of the two values at a path, seen as its input is. */
interface Part {
  readonly node: Node;
  readonly view: View;
  readonly input: Input;
}

/** An input with the keys of its dicts. */
interface Input extends DiffInput {
  readonly keys: KeyTable;
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
  const inputs = [first, second].map((input): Input => ({ ...input, keys: new KeyTable(input.viewer.lens) }));
  const [inputA, inputB] = inputs as [Input, Input];
  const work: Pair[] = [{ a: first.root, b: second.root, path: '$' }];
  for (let pair = work.pop(); pair !== undefined; pair = work.pop()) {
    if (isContainer(pair.a)) {
      const partners = compared.get(pair.a) ?? new Set();
      if (partners.has(pair.b)) continue;
      compared.set(pair.a, partners.add(pair.b));
    }
    const { path } = pair;
    const a = partOf(inputA, pair.a);
    const b = partOf(inputB, pair.b);
    if (a.view.type !== b.view.type && !(isNumber(a.node) && isNumber(b.node))) {
      yield { kind: 'type', path, a: side(a), b: side(b) };
      continue;
    }
    const values = compareValues({ view: a.view, viewer: a.input.viewer }, { view: b.view, viewer: b.input.viewer });
    if (values !== undefined && values !== 'same') {
      const change = { a: { ...side(a), text: values.a }, b: { ...side(b), text: values.b } };
      yield { kind: 'changed', path: path + values.step, ...change };
      continue;
    }
    if (values === undefined && isLarge(a) && isLarge(b) && !sameBytes(a, b)) {
      yield { kind: 'changed', path, a: side(a), b: side(b) };
      continue;
    }
    if (a.view.shape === 'leaf' || b.view.shape === 'leaf') {
      yield* leaves(a, b, path, options);
      continue;
    }
    const isSequence = a.view.shape === 'sequence' && a.view.type !== 'set' && a.view.type !== 'frozenset';
    const children = childPairs(a, b, path, isSequence ? (_, index) => index : partKey);
    yield* children.differences;
    // Reversed, so that the stack gives them in order.
    for (const child of children.pairs.toReversed()) work.push(child);
  }
}

function partOf(input: Input, node: Node): Part {
  return { node, view: input.viewer.view(node), input };
}

/** An array or a table of more values than are compared. */
function isLarge({ view }: Part): boolean {
  return view.known?.values !== undefined || view.known?.table !== undefined;
}

function sameBytes(a: Part, b: Part): boolean {
  const [first, second] = [a, b].map(({ node, input }) =>
    input.data.subarray('start' in node ? node.start : node.at, node.end),
  ) as [Uint8Array, Uint8Array];
  return Buffer.compare(first, second) === 0;
}

function isNumber(node: Node): boolean {
  return node.kind === 'int' || node.kind === 'float' || node.kind === 'bool';
}

function numeric(node: Node): number | undefined {
  return node.kind === 'float' ? node.value : node.kind === 'int' ? Number(node.value) : undefined;
}

function side({ view, node, input }: Part): Side {
  const { words } = input.viewer;
  const text =
    view.text ??
    (view.close === '' ? words.ofParts(view.open, view.count) : `${view.open}${words.parts(view.count)}${view.close}`);
  return {
    text: text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text,
    type: input.viewer.typeName(view.type),
    at: node.at,
  };
}

function* leaves(a: Part, b: Part, path: string, options: DiffOptions): Generator<Difference> {
  if (options.ignoreTime && TIME_TYPES.test(a.view.type)) return;
  const sides = { a: side(a), b: side(b) };
  if (sameLeaf(a, b)) {
    const sameOpcode = a.input.data[a.node.at] === b.input.data[b.node.at];
    const other = !sameOpcode || a.node.end - a.node.at !== b.node.end - b.node.at;
    if (other && !options.ignoreBytes) yield { kind: 'bytes', path, ...sides };
    return;
  }
  const x = numeric(a.node);
  const y = numeric(b.node);
  if (x !== undefined && y !== undefined && options.floatEpsilon > 0 && Math.abs(x - y) <= options.floatEpsilon) return;
  yield { kind: a.view.type === b.view.type ? 'changed' : 'type', path, ...sides };
}

function sameLeaf({ node: a, view: viewA }: Part, { node: b, view: viewB }: Part): boolean {
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

/** What both hold under equal keys, and what only one of them holds. */
function childPairs(a: Part, b: Part, path: string, keyOf: (part: Part, index: number) => string | number): Children {
  const differences: Difference[] = [];
  const pairs: Pair[] = [];
  const inB = new Map<string | number, number>();
  for (let index = 0; index < b.view.count; index++) inB.set(keyOf(b, index), index);
  for (let index = 0; index < a.view.count; index++) {
    const key = keyOf(a, index);
    const { node, step } = a.view.part(index);
    const other = inB.get(key);
    if (other === undefined) {
      differences.push({ kind: 'removed', path: path + step, a: side(partOf(a.input, node)), b: undefined });
    } else {
      inB.delete(key);
      pairs.push({ a: node, b: b.view.part(other).node, path: path + step });
    }
  }
  for (const index of inB.values()) {
    const { node, step } = b.view.part(index);
    differences.push({ kind: 'added', path: path + step, a: undefined, b: side(partOf(b.input, node)) });
  }
  return { differences, pairs };
}

/** The same for values under equal keys, attributes of equal names, items of sets. */
function partKey({ node, view, input }: Part, index: number): string {
  const { step, node: item } = view.part(index);
  if (view.shape === 'object') return step;
  const container = view.known?.container;
  const isKeyed = container !== undefined && container.kind !== 'items';
  const key = node.kind === 'dict' ? node.keys[index] : isKeyed ? container.keys[index] : item;
  return key === undefined ? step : input.keys.keyOf(key);
}
