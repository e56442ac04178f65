/**
 * Models: estimators of scikit-learn and tensors of torch. They are shown as what they are, and no profile allows them. What a
 * class of either does when it is loaded is its own matter.
 *
 * @module
 */
import type { DictNode, Node, PersidNode } from '../../machine/nodes.js';
import { textOf } from '../../machine/nodes.js';
import type { TensorFacts } from '../../../lang/en/views.js';
import { integerOf, inWords, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import type { Instance } from './objects.js';

const VERSION = '_sklearn_version';

/** The place of an attribute: parameters, what was fitted, what is private, the version. */
function rankOf(name: string): number {
  if (name === VERSION) return 3;
  if (name.startsWith('_')) return 2;
  return name.endsWith('_') ? 1 : 0;
}

/** An estimator: an object that says which scikit-learn wrote it, as the last of its attributes. */
export function estimator({ class: type, state, names }: Instance, context: Context): Known | undefined {
  const last = state?.keys.at(-1);
  if (state === undefined || last?.kind !== 'str' || last.value !== VERSION) return undefined;
  const version = textOf(state.values.at(-1));
  if (version === undefined) return undefined;
  const { keys, values, counts } = sorted(state);
  const [parameters = 0, fitted = 0] = counts;
  const note: Known['note'] = (words) => words.estimator(version, parameters, fitted);
  const name = context.nameOf(type) ?? '';
  return { type: name, profile: 'none of them', container: { kind: 'attributes', keys, values }, note, names };
}

function sorted(state: DictNode): { keys: Node[]; values: Node[]; counts: number[] } {
  const groups: { keys: Node[]; values: Node[] }[] = [0, 1, 2, 3].map(() => ({ keys: [], values: [] }));
  state.keys.forEach((key, at) => {
    const value = state.values[at];
    const group = groups[key.kind === 'str' ? rankOf(key.value) : 2];
    if (value === undefined || group === undefined) return;
    group.keys.push(key);
    group.values.push(value);
  });
  return {
    keys: groups.flatMap(({ keys }) => keys),
    values: groups.flatMap(({ values }) => values),
    counts: groups.map(({ keys }) => keys.length),
  };
}

/** Types of torch's storages. */
const STORAGES: Readonly<Record<string, string>> = {
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  ComplexFloatStorage: 'complex64',
  ComplexDoubleStorage: 'complex128',
  QInt8Storage: 'qint8',
  QUInt8Storage: 'quint8',
  QInt32Storage: 'qint32',
};

/** Bytes of an item of a storage, by the name of its class; undefined for what is none. */
export function elementSize(className: string): number | undefined {
  if (className === 'UntypedStorage') return 1;
  const dtype = Object.hasOwn(STORAGES, className) ? STORAGES[className] : undefined;
  if (dtype === undefined) return undefined;
  return dtype === 'bool' ? 1 : Number(/\d+/.exec(dtype)?.[0] ?? 8) / 8;
}

interface Storage {
  readonly dtype: string;
  readonly key: string;
  readonly device: string;
  readonly count: number;
}

/** `('storage', torch.FloatStorage, '0', 'cpu', 6)`: the member of the archive that the numbers are in. */
function storageOf(node: Node | undefined, context: Context): Storage | undefined {
  if (node?.kind !== 'persid') return undefined;
  const { id }: PersidNode = node;
  const [kind, type, key, device, count] = id.kind === 'tuple' ? id.items : [];
  const name = type === undefined ? undefined : context.nameOf(type);
  const dtype = name?.startsWith('torch.') === true ? STORAGES[name.slice(name.lastIndexOf('.') + 1)] : undefined;
  const length = integerOf(count);
  if (textOf(kind) !== 'storage' || key?.kind !== 'str' || device?.kind !== 'str') return undefined;
  if (dtype === undefined || length === undefined || length < 0) return undefined;
  return { dtype, key: key.value, device: device.value, count: length };
}

function sizesOf(node: Node | undefined): readonly number[] | undefined {
  const items = node?.kind === 'tuple' ? node.items.map(integerOf) : undefined;
  return items?.every((size) => size !== undefined) === true ? items : undefined;
}

/** How far a tensor reaches: the number of items of its storage that it needs. */
function reachOf(offset: number, sizes: readonly number[], strides: readonly number[]): number {
  if (sizes.includes(0)) return offset;
  return sizes.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset + 1);
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`. */
const tensor: Recogniser = (call, args, context) => {
  if (call.how !== 'REDUCE' || !isBare(call) || args.length < 4) return undefined;
  const storage = storageOf(args[0], context);
  const offset = integerOf(args[1]);
  const sizes = sizesOf(args[2]);
  const strides = sizesOf(args[3]);
  if (storage === undefined || offset === undefined || sizes?.length !== strides?.length) return undefined;
  if (sizes === undefined || strides === undefined) return undefined;
  const { dtype, key, device, count } = storage;
  const isWhole =
    [offset, ...sizes, ...strides].every((number) => number >= 0) && reachOf(offset, sizes, strides) <= count;
  const facts: TensorFacts = {
    shape: sizes.length === 0 ? '0-d' : sizes.join('×'),
    ...{ dtype, storage: key, count, device, offset },
    gradient: args[4]?.kind === 'bool' && args[4].value,
    tooShort: !isWhole,
  };
  const plain = { shape: sizes, dtype, storage: key, offset, stride: strides, device };
  const said = inWords((words) => words.tensor(facts));
  return { type: 'torch.Tensor', profile: 'none of them', ...said, plain, names: ownNames(call) };
};

/** `_rebuild_parameter(tensor, requires_grad, hooks)`. */
const parameter: Recogniser = (call, args, context) => {
  const [data] = args;
  const known = data === undefined ? undefined : context.known(data);
  if (call.how !== 'REDUCE' || !isBare(call) || known?.type !== 'torch.Tensor') return undefined;
  return { ...known, type: 'torch.nn.Parameter', names: ownNames(call) };
};

/** Recognisers by name. */
export const MODELS: Readonly<Record<string, Recogniser>> = {
  'torch._utils._rebuild_tensor': tensor,
  'torch._utils._rebuild_tensor_v2': tensor,
  'torch._utils._rebuild_parameter': parameter,
};
