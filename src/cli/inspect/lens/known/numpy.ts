/**
 * NumPy scalars, arrays and dtypes; both `numpy.core` and `numpy._core`. What is in an array of objects are values of the
 * pickle like all others. What numpy would take for an address is not known here, see numpy-dtypes.ts.
 *
 * @module
 */
import { entryOf, textOf } from '../../machine/nodes.js';
import type { CallNode, Node } from '../../machine/nodes.js';
import { bytesOf, integerOf, inWords, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { instanceOf } from './objects.js';
import { dtype, dtypeOf, itemsOf } from './numpy-dtypes.js';
import type { Dtype } from './numpy-dtypes.js';
import { scalarName } from './numpy-scalars.js';
import { arrayHead, valuesText } from './array-text.js';
import { cellOf, placeOf, plainText, quoted, stridesOf, valuesOf } from './numpy-values.js';
import type { Cell, Values } from '../cells.js';

const ARRAYS: ReadonlySet<string> = new Set([
  'numpy.ndarray',
  'numpy.matrix',
  'numpy.matrixlib.defmatrix.matrix',
  'numpy.recarray',
  'numpy.rec.recarray',
  'numpy.core.records.recarray',
]);

/** Of the codes of an index, up to 0.25. */
const FROZEN = 'pandas.core.indexes.frozen.FrozenNDArray';

const RECONSTRUCT: ReadonlySet<string> = new Set(
  ['numpy.core', 'numpy._core'].map((module) => `${module}.multiarray._reconstruct`),
);

const scalar: Recogniser = (call, args, context) => {
  const [typeNode, content] = args;
  const type = dtypeOf(typeNode, context, call.at);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || type === undefined || type.isArray)
    return undefined;
  const name = scalarName(type.code);
  if (type.objects) {
    // A record with objects comes as an array of one, of the very same type: numpy copies its memory.
    const array = content?.kind === 'call' ? arrayParts(content, context) : undefined;
    if (array === undefined || array.typeNode !== typeNode || array.at > call.at || type.fields === undefined)
      return undefined;
    const known = content && context.known(content)?.container;
    if (known?.kind !== 'items' || known.items.length !== 1) return undefined;
    return { type: name, profile: 'numpy', container: known, names: ownNames(call) };
  }
  const data = bytesOf(content, context);
  if (data?.length !== type.size) return undefined;
  const names = [...ownNames(call), ...nestedNames(content, context)];
  const value = cellOf(type, data);
  // A text is shown in quotes, and is a text without them.
  return { type: name, profile: 'numpy', text: quoted(value), plain: plainOf(value), names };
};

function plainOf(cell: Cell): string | number | boolean | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint' && Number.isSafeInteger(Number(cell))) return Number(cell);
  if (typeof cell === 'object' && 'missing' in cell) return null;
  return typeof cell === 'boolean' ? cell : plainText(cell);
}

function nestedNames(node: Node | undefined, context: Context): Known['names'] {
  return node === undefined ? [] : (context.known(node)?.names ?? []);
}

/** The state `(1, shape, dtype, fortran, content)` of an array. */
function arrayParts(call: CallNode, context: Context): ArrayParts | undefined {
  const [step, ...more] = call.steps;
  if (!RECONSTRUCT.has(context.nameOf(call.callable) ?? '') || more.length > 0) return undefined;
  if (step?.kind !== 'state' || step.state.kind !== 'tuple' || step.state.items.length !== 5) return undefined;
  const [version, shape, typeNode, fortran, content] = step.state.items;
  if (integerOf(version) !== 1 || integerOf(fortran) === undefined) return undefined;
  return { shape, typeNode, content, at: step.at, order: integerOf(fortran) === 0 ? 'C' : 'F' };
}

interface ArrayParts {
  readonly shape: Node | undefined;
  readonly typeNode: Node | undefined;
  readonly content: Node | undefined;
  /** Offset of the opcode at which numpy takes all this over. */
  readonly at: number;
  /** `F` where the first index runs fastest in memory. */
  readonly order: 'C' | 'F';
  /** The axes of the array, in the order in which they lie in memory. */
  readonly axes?: readonly number[];
}

/** `_reconstruct(ndarray, (0,), b'b')`: an empty array, whose state follows. */
const reconstruct: Recogniser = (call, args, context) => {
  const [base, shape, code] = args;
  if (call.how !== 'REDUCE' || args.length !== 3) return undefined;
  const baseName = base === undefined ? undefined : context.nameOf(base);
  if (base === undefined || baseName === undefined || !(ARRAYS.has(baseName) || baseName === FROZEN)) return undefined;
  // Another shape would be allocated.
  if (shape?.kind !== 'tuple' || shape.items.length !== 1 || integerOf(shape.items[0]) !== 0) return undefined;
  const letter = bytesOf(code, context);
  const parts = arrayParts(call, context);
  if (parts === undefined || letter?.length !== 1 || letter[0] !== 0x62) return undefined;
  const names = [...ownNames(call, base), ...nestedNames(code, context)];
  const { content } = parts;
  const type = dtypeOf(parts.typeNode, context, parts.at);
  if (type?.objects !== true) {
    const data = bytesOf(content, context);
    const array = data && arrayOf(parts, type, data, [...names, ...nestedNames(content, context)]);
    return array && baseName === FROZEN ? { ...array, profile: 'pandas' } : array;
  }
  if (baseName === FROZEN) return undefined;
  const count = parts.shape?.kind === 'tuple' ? itemsOf(parts.shape) : undefined;
  // numpy reads as many items as the shape says, of the list as it is then.
  if (content?.kind !== 'list' || content.items.length !== count || content.end > parts.at || type.isArray)
    return undefined;
  const { items } = content;
  const known = { type: 'numpy.ndarray', profile: 'numpy' as const, names };
  return { ...known, container: { kind: 'items', items }, values: objectValues(parts.shape, items) };
};

/** An array of objects: they stand in a list, in C's order. */
function objectValues(shape: Node | undefined, items: readonly Node[]): Values {
  const lengths = shape?.kind === 'tuple' ? shape.items.map((item) => integerOf(item) ?? 0) : [];
  const cell = (at: number): Cell => {
    const node = items[at];
    return node === undefined ? { written: '' } : { node };
  };
  return { dtype: 'object', shape: lengths, cell };
}

/** `_frombuffer(data, dtype, shape, order)`, the form of protocol 5; an order of axes may follow. */
const frombuffer: Recogniser = (call, args, context) => {
  const [content, typeNode, shape, order, axes] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length < 4 || args.length > 5) return undefined;
  if (order?.kind !== 'str' || !/^[CFAK]$/.test(order.value)) return undefined;
  if (axes !== undefined && axes.kind !== 'none' && (axes.kind !== 'tuple' || itemsOf(axes) === undefined))
    return undefined;
  const layout = order.value === 'F' ? ('F' as const) : ('C' as const);
  const axesOf = axes?.kind === 'tuple' && order.value === 'K' ? axes.items.map((axis) => integerOf(axis) ?? -1) : [];
  return overBuffer(call, { shape, typeNode, content, at: call.at, order: layout, axes: axesOf }, context);
};

/** `ndarray(shape, dtype, buffer, 0, None, order)`: how this package writes an array of protocol 5. */
const ndarray: Recogniser = (call, args, context) => {
  const [shape, typeNode, content, offset, strides, order] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 6) return undefined;
  if (integerOf(offset) !== 0 || strides?.kind !== 'none') return undefined;
  if (order?.kind !== 'str' || !/^[CF]$/.test(order.value)) return undefined;
  const layout = order.value === 'F' ? ('F' as const) : ('C' as const);
  return overBuffer(call, { shape, typeNode, content, at: call.at, order: layout }, context);
};

/** An array in the memory of bytes, a bytearray or a buffer. */
function overBuffer(call: CallNode, parts: ArrayParts, context: Context): Known | undefined {
  const { content } = parts;
  if (content === undefined) return undefined;
  const type = dtypeOf(parts.typeNode, context, parts.at);
  const data = content.kind === 'buffer' ? content.data : bytearrayOf(content, context);
  if (data === undefined && content.kind !== 'buffer') return undefined;
  return arrayOf(parts, type, data, [...ownNames(call), ...nestedNames(content, context)]);
}

/** The bytes of a bytearray, which is a call before protocol 5, or of bytes. */
function bytearrayOf(node: Node, context: Context): Uint8Array | undefined {
  if (node.kind === 'bytearray') return node.value;
  if (node.kind !== 'call' || context.known(node)?.type !== 'bytearray') return bytesOf(node, context);
  const [content] = node.args.kind === 'tuple' ? node.args.items : [];
  return content === undefined ? new Uint8Array() : bytesOf(content, context);
}

function arrayWords(
  shape: readonly number[],
  type: Dtype,
  values: Values,
  count: number,
): Pick<Required<Known>, 'text' | 'said'> {
  const text = valuesText(values, count);
  return inWords((words) => `${arrayHead(shape, type, words)} ${text}`);
}

/** An array of bytes; undefined data is a buffer that was not given. */
function arrayOf(
  { shape, order, axes = [] }: ArrayParts,
  type: Dtype | undefined,
  data: Uint8Array | undefined,
  names: Known['names'],
): Known | undefined {
  if (type === undefined || type.objects || type.isArray || shape?.kind !== 'tuple') return undefined;
  const count = itemsOf(shape);
  const { size } = type;
  if (count === undefined || (data !== undefined && data.length !== count * size)) return undefined;
  const memory = shape.items.map((item) => integerOf(item) ?? 0);
  const base = { type: 'numpy.ndarray', profile: 'numpy' as const, names };
  if (data === undefined) return { ...base, ...inWords((words) => `${arrayHead(memory, type, words)} []`) };
  if (axes.length === 0) {
    const strides = order === 'F' && memory.length > 1 ? stridesOf(memory, 'F') : undefined;
    const values = valuesOf(type, memory, data, strides);
    return { ...base, ...arrayWords(memory, type, values, count), values };
  }
  // What was written in the order of its memory is turned when it is read.
  if (axes.length !== memory.length || memory.some((_, axis) => !axes.includes(axis))) return undefined;
  const lengths = axes.map((axis) => memory[axis] ?? 0);
  const strides = stridesOf(memory, 'C');
  const turned = axes.map((axis) => strides[axis] ?? 0);
  const values = valuesOf(type, lengths, data, turned);
  return { ...base, ...arrayWords(lengths, type, values, count), values };
}

const MASKED: ReadonlySet<string> = new Set(['numpy.ma.MaskedArray', 'numpy.ma.core.MaskedArray']);

/** `_mareconstruct(MaskedArray, ndarray, (0,), b'b')` with the state `(1, shape, dtype, fortran, content, mask, fill value)`. */
const masked: Recogniser = (call, args, context) => {
  const [type, base, shape, code] = args;
  const [step, ...more] = call.steps;
  if (call.how !== 'REDUCE' || args.length !== 4 || more.length > 0) return undefined;
  if (type?.kind !== 'global' || !MASKED.has(context.nameOf(type) ?? '')) return undefined;
  if (base === undefined || context.nameOf(base) !== 'numpy.ndarray') return undefined;
  if (shape?.kind !== 'tuple' || shape.items.length !== 1 || integerOf(shape.items[0]) !== 0) return undefined;
  const letter = bytesOf(code, context);
  if (letter?.length !== 1 || letter[0] !== 0x62) return undefined;
  if (step?.kind !== 'state' || step.state.kind !== 'tuple' || step.state.items.length !== 7) return undefined;
  const [version, lengths, typeNode, fortran, contentNode, maskNode, fill] = step.state.items;
  if (integerOf(version) !== 1 || integerOf(fortran) === undefined || !isFill(fill, context)) return undefined;
  const order = integerOf(fortran) === 0 ? ('C' as const) : ('F' as const);
  const [content, mask] = [contentNode, maskNode].map((node) => bytesOf(node, context));
  const names = [type, base, code, contentNode, maskNode, fill].flatMap((node) => nestedNames(node, context));
  const parts = { shape: lengths, typeNode, content: undefined, at: step.at, order };
  const own = [...ownNames(call, type, base), ...names];
  const array = content && arrayOf(parts, dtypeOf(typeNode, context, step.at), content, own);
  const values = array?.values;
  if (array === undefined || values === undefined || values.records !== undefined) return undefined;
  const count = values.shape.reduce((product, length) => product * length, 1);
  // A byte for each item, in the order of the items themselves.
  if (mask?.length !== count) return undefined;
  const strides = order === 'F' && values.shape.length > 1 ? stridesOf(values.shape, 'F') : undefined;
  const isMasked = (at: number): boolean => mask[strides === undefined ? at : placeOf(at, values.shape, strides)] !== 0;
  const seen: Values = {
    dtype: values.dtype,
    shape: values.shape,
    cell: (at, short) => (isMasked(at) ? { missing: '--' } : values.cell(at, short)),
  };
  const head = `${array.text?.replace(/ \[.*$/s, '') ?? ''} ${valuesText(seen, count)}`;
  return { ...array, type: 'numpy.ma.MaskedArray', ...inWords((words) => words.masked(head)), values: seen };
};

/** What stands for a masked item: nothing of its own, or a value. */
function isFill(node: Node | undefined, context: Context): boolean {
  if (node === undefined || /^(?:none|int|float|bool|str|bytes)$/.test(node.kind)) return node !== undefined;
  const type = context.known(node)?.type;
  return type?.startsWith('numpy.') === true && type !== 'numpy.dtype';
}

/** An array that joblib writes beside the pickle, and the object that says what it is. */
const wrapper: Recogniser = (call, _, context) => {
  const instance = instanceOf(call, context);
  const { raw } = call;
  const [step] = call.steps;
  const base = entryOf(instance?.state, 'subclass');
  if (raw === undefined || instance === undefined || step === undefined || base?.kind !== 'global') return undefined;
  const name = context.nameOf(base) ?? '';
  if (!ARRAYS.has(name) && name !== 'numpy.memmap') return undefined;
  const names = [...instance.names, base];
  if (raw.kind === 'pickle') {
    // Of objects: a pickle of the array itself.
    const array = context.known(raw.value);
    return array?.type === 'numpy.ndarray' ? { ...array, names: [...names, ...array.names] } : undefined;
  }
  const typeNode = entryOf(instance.state, 'dtype');
  const order = textOf(entryOf(instance.state, 'order')) === 'F' ? ('F' as const) : ('C' as const);
  const parts = { shape: entryOf(instance.state, 'shape'), typeNode, content: undefined, at: step.at, order };
  return arrayOf(parts, dtypeOf(typeNode, context, step.at), raw.data, names);
};

function both(name: string, recogniser: Recogniser): [string, Recogniser][] {
  return [`numpy.core.${name}`, `numpy._core.${name}`].map((path) => [path, recogniser]);
}

/** Recognisers by name. */
export const NUMPY: Readonly<Record<string, Recogniser>> = {
  'numpy.dtype': dtype,
  'numpy.ndarray': ndarray,
  'joblib.numpy_pickle.NumpyArrayWrapper': wrapper,
  ...Object.fromEntries([
    ...both('multiarray.scalar', scalar),
    ...both('multiarray._reconstruct', reconstruct),
    ...both('numeric._frombuffer', frombuffer),
    ['numpy.ma.core._mareconstruct', masked],
  ]),
};
