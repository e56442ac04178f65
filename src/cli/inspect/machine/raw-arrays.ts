/**
 * Arrays that stand in a file beside its pickle. joblib stops the pickle behind the BUILD of a NumpyArrayWrapper, writes the
 * bytes of the array as they are, and goes on (`joblib/numpy_pickle.py`, `NumpyArrayWrapper.write_array`).
 *
 * @module
 */
import type { Machine } from './machine.js';
import { entryOf } from './nodes.js';
import type { CallNode, Node } from './nodes.js';
import type { Token } from '../../../pickle/index.js';

const MODULE = 'joblib.numpy_pickle';
const NAME = 'NumpyArrayWrapper';

/** Whether a call makes a wrapper: by NEWOBJ, or by `copyreg._reconstructor` in protocols 0 and 1. */
function makesWrapper({ callable, args }: CallNode): boolean {
  const [first] = args.kind === 'tuple' ? args.items : [];
  return [callable, first].some((node) => node?.kind === 'global' && node.module === MODULE && node.name === NAME);
}

function wholeNumber(node: Node | undefined): number | undefined {
  return node?.kind === 'int' && typeof node.value === 'number' && node.value >= 0 ? node.value : undefined;
}

/** The number of items of a shape. */
function itemsOf(shape: Node | undefined): number | undefined {
  if (shape?.kind !== 'tuple') return undefined;
  let items = 1;
  for (const dimension of shape.items) {
    const size = wholeNumber(dimension);
    if (size === undefined) return undefined;
    items *= size;
  }
  return Number.isSafeInteger(items) ? items : undefined;
}

/** The bytes of an item of a dtype; `'object'` where items are references. */
function itemSize(dtype: Node | undefined): number | 'object' | undefined {
  if (dtype?.kind !== 'call' || dtype.args.kind !== 'tuple') return undefined;
  const [code] = dtype.args.items;
  const [step] = dtype.steps;
  if (code?.kind !== 'str' || step?.kind !== 'state' || step.state.kind !== 'tuple') return undefined;
  const flags = wholeNumber(step.state.items[7]);
  // numpy's NPY_ITEM_REFCOUNT: dtype.hasobject.
  if (code.value.startsWith('O') || ((flags ?? 0) & 1) !== 0) return 'object';
  const size = wholeNumber(step.state.items[5]);
  if (size !== undefined) return size;
  const digits = /^[a-zA-Z](\d+)$/.exec(code.value)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Looks for the array of a wrapper that BUILD has just completed.
 *
 * @returns Where what follows it begins and ends; `end` is undefined for a pickle, which says itself. Undefined when the call
 * makes no wrapper, or one that joblib does not write.
 */
export function rawArrayAt(
  machine: Machine,
  token: Token,
  target: CallNode,
): { readonly start: number; readonly end: number | undefined } | undefined {
  if (!makesWrapper(target) || target.steps.length !== 1) return undefined;
  const [step] = target.steps;
  const state = step?.kind === 'state' ? step.state : undefined;
  const items = itemsOf(entryOf(state, 'shape'));
  const size = itemSize(entryOf(state, 'dtype'));
  if (items === undefined || size === undefined) return undefined;
  if (size === 'object') return { start: token.end, end: undefined };
  const alignment = entryOf(state, 'numpy_array_alignment_bytes');
  const isPadded = alignment !== undefined && alignment.kind !== 'none';
  // One byte says how many follow it.
  const start = isPadded ? token.end + 1 + (machine.data[token.end] ?? 0) : token.end;
  const end = start + items * size;
  if (end > machine.data.length) {
    const left = Math.max(0, machine.data.length - start);
    machine.error('E020', (facts) => facts.arrayCut(token.offset, items * size, left), token);
    return { start: Math.min(start, machine.data.length), end: machine.data.length };
  }
  return { start, end };
}
