/**
 * Arrays of pandas: what stands in a column, where it is no plain array of NumPy.
 *
 * pandas believes what a state says, and writes it where its compiled code reads. Known is only what has the keys that pandas
 * writes, with an array of the right type and size under each.
 *
 * @module
 */
import { entryOf } from '../../machine/nodes.js';
import type { CallNode, Node } from '../../machine/nodes.js';
import { timeCell } from '../cells.js';
import type { Cell, Missing, Values } from '../cells.js';
import { integerOf, inWords, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { dtypeOf } from './numpy-dtypes.js';
import { instanceOf } from './objects.js';
import { periodCell } from './pandas-offsets.js';
import { columnTypeOf } from './pandas-dtypes.js';
import type { ColumnType } from './pandas-dtypes.js';
import {
  CATEGORICALS,
  classIn,
  DATES,
  firstOf,
  hasOnly,
  isTidy,
  lastPart,
  MASKED,
  onlyState,
  PERIODS,
  PLAIN_ARRAYS,
  SPANS,
  TEXTS,
} from './pandas-names.js';

const NA: Missing = { missing: '<NA>' };
const NAN: Missing = { missing: 'NaN' };

/** Values of other values, one by one. */
export function mapped(values: Values, dtype: string, change: (cell: Cell, at: number) => Cell): Values {
  return { dtype, shape: values.shape, cell: (at, short) => change(values.cell(at, short), at) };
}

/** How many values there are. */
export function countIn({ shape }: Values): number {
  return shape.reduce((product, length) => product * length, 1);
}

function arrayAt(node: Node | undefined, context: Context): Values | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known?.type === 'numpy.ndarray' ? known.values : undefined;
}

function wholeNumber(cell: Cell): bigint | undefined {
  if (typeof cell === 'bigint') return cell;
  return typeof cell === 'number' && Number.isInteger(cell) ? BigInt(cell) : undefined;
}

/** The codes of a category, all of which lead to one. */
export function categoryValues(codes: Values, categories: Values, dtype: string): Values | undefined {
  if (!/^int(?:8|16|32|64)$/.test(codes.dtype)) return undefined;
  const count = BigInt(countIn(categories));
  // Compiled code follows these without a look.
  for (let at = 0, end = countIn(codes); at < end; at++) {
    const code = wholeNumber(codes.cell(at));
    if (code === undefined || code < -1n || code >= count) return undefined;
  }
  return mapped(codes, dtype, (cell) => {
    const code = Number(cell);
    return code < 0 ? NAN : categories.cell(code, true);
  });
}

/** Memory seen through a type; undefined where the two do not fit. */
function through(name: string, data: Values, type: ColumnType | undefined): Values | undefined {
  if (DATES.has(name)) {
    if (type === undefined) return data.dtype.startsWith('datetime64[') ? data : undefined;
    if (type.kind !== 'zoned' || data.dtype !== `datetime64[${type.unit.name}]` || data.ticks === undefined)
      return undefined;
    const { ticks } = data;
    return { dtype: type.name, shape: data.shape, cell: (at) => timeCell(ticks(at), type.unit.name, 1, type.zone) };
  }
  if (SPANS.has(name)) return type === undefined && data.dtype.startsWith('timedelta64[') ? data : undefined;
  if (PERIODS.has(name)) {
    if (type?.kind !== 'period' || data.dtype !== 'int64') return undefined;
    const { frequency } = type;
    return mapped(data, type.name, (cell) => {
      const ordinal = wholeNumber(cell);
      return ordinal === undefined ? cell : periodCell(ordinal, frequency);
    });
  }
  if (CATEGORICALS.has(name))
    return type?.kind === 'category' ? categoryValues(data, type.categories, 'category') : undefined;
  if (TEXTS.has(name))
    return type?.kind === 'text' && data.dtype === 'object' ? mapped(data, type.name, same) : undefined;
  return type === undefined ? data : undefined;
}

const same = (cell: Cell): Cell => cell;

function known(name: string, values: Values, names: Known['names']): Known {
  return {
    type: `pandas.${lastPart(name)}`,
    profile: 'pandas',
    ...inWords((words) => words.arrayOf(values.dtype, values.shape.join('×'))),
    names,
    values,
  };
}

/** A dtype of a state: pandas' own, or NumPy's, which the array has by itself. */
function typeOf(
  node: Node | undefined,
  context: Context,
  at: number,
): { readonly type: ColumnType | undefined } | undefined {
  const type = columnTypeOf(node, context);
  if (type !== undefined) return { type };
  return node === undefined || dtypeOf(node, context, at) === undefined ? undefined : { type: undefined };
}

const EXTRAS = new Set(['_freq', 'freq', '_cache', '_readonly']);

function areExtras(node: Node | undefined, context: Context): boolean {
  if (node === undefined) return true;
  return hasOnly(node, EXTRAS) && isTidy(node, context) && isFrequency(firstOf(node, '_freq', 'freq'), context);
}

/** None, or an offset that is known. */
export function isFrequency(node: Node | undefined, context: Context): boolean {
  return node === undefined || node.kind === 'none' || context.known(node)?.type === 'pandas offset';
}

const BACKED = new Set([...DATES, ...SPANS, ...PERIODS, ...CATEGORICALS, ...TEXTS]);

/** `__pyx_unpickle_NDArrayBacked(cls, checksum, None)` and a state of type, array and perhaps what else it has. */
const backed: Recogniser = (call, args, context) => {
  const name = classIn(BACKED, args[0], context);
  const state = onlyState(call);
  if (call.how !== 'REDUCE' || args.length !== 3 || name === undefined || state?.kind !== 'tuple') return undefined;
  if (integerOf(args[1]) === undefined || args[2]?.kind !== 'none') return undefined;
  const names = ownNames(call, ...args);
  const [first, second, extras, ...more] = state.items;
  // Up to 1.2 the one state is that of an instance.
  if (first?.kind === 'dict' && second === undefined) return ofState(name, first, names, call, context);
  if (more.length > 0 || !areExtras(extras, context)) return undefined;
  // In 1.3 the array stands first.
  const isTurned = arrayAt(first, context) !== undefined;
  const data = arrayAt(isTurned ? first : second, context);
  const type = typeOf(isTurned ? second : first, context, call.end);
  const values = data === undefined || type === undefined ? undefined : through(name, data, type.type);
  return values && known(name, values, names);
};

const STATE = new Set(['_data', '_ndarray', '_codes', '_dtype', '_freq', '_cache', '_readonly']);

/** Up to 1.2: an instance with its array, type and frequency. */
const instance: Recogniser = (call, _args, context) => {
  const made = instanceOf(call, context);
  if (made?.state === undefined) return undefined;
  return ofState(context.nameOf(made.class) ?? '', made.state, made.names, call, context);
};

function ofState(
  name: string,
  state: Node,
  names: Known['names'],
  call: CallNode,
  context: Context,
): Known | undefined {
  if (!hasOnly(state, STATE)) return undefined;
  const data = arrayAt(firstOf(state, '_ndarray', '_data', '_codes'), context);
  const type = typeOf(entryOf(state, '_dtype'), context, call.end);
  if (data === undefined || type === undefined || !isTidy(state, context)) return undefined;
  if (!isFrequency(entryOf(state, '_freq'), context)) return undefined;
  const values = through(name, data, type.type);
  return values && known(name, values, names);
}

const MASKED_STATE = new Set(['_data', '_mask', '_dtype', '_cache', '_readonly']);

/** Numbers, and which of them are missing. */
const masked: Recogniser = (call, _args, context) => {
  const made = instanceOf(call, context);
  if (made?.state === undefined || !hasOnly(made.state, MASKED_STATE)) return undefined;
  const data = arrayAt(entryOf(made.state, '_data'), context);
  const mask = arrayAt(entryOf(made.state, '_mask'), context);
  if (data === undefined || mask?.dtype !== 'bool' || mask.shape.join() !== data.shape.join()) return undefined;
  if (!/^(?:u?int(?:8|16|32|64)|float(?:32|64)|bool)$/.test(data.dtype)) return undefined;
  if (!isTidy(made.state, context)) return undefined;
  const type = entryOf(made.state, '_dtype');
  if (type !== undefined && columnTypeOf(type, context)?.kind !== 'masked') return undefined;
  const dtype = data.dtype === 'bool' ? 'boolean' : data.dtype.replace(/^u?[if]/, (letters) => letters.toUpperCase());
  const values = mapped(data, dtype, (cell, at) => (mask.cell(at) === true ? NA : cell));
  return known(context.nameOf(made.class) ?? '', values, made.names);
};

function all(names: ReadonlySet<string>, recogniser: Recogniser): Record<string, Recogniser> {
  return Object.fromEntries([...names].map((name) => [name, recogniser]));
}

/** Recognisers by name. */
export const PANDAS_ARRAYS: Readonly<Record<string, Recogniser>> = {
  'pandas._libs.arrays.__pyx_unpickle_NDArrayBacked': backed,
  'pandas._libs.tslibs.period.__pyx_unpickle_PeriodMixin': backed,
  ...all(BACKED, instance),
  ...all(PLAIN_ARRAYS, instance),
  ...all(MASKED, masked),
};
