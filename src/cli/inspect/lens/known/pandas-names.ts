/**
 * pandas' classes by every name that a version of pandas pickled them under: 0.23 to 3.1. Up to 2.x a class has the name of the module
 * that it stands in, from 3.0 on the one that documents have.
 *
 * @module
 */
import type { CallNode, GlobalNode, Node } from '../../machine/nodes.js';
import { entryOf } from '../../machine/nodes.js';
import { integerOf, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';

function named(names: string): ReadonlySet<string> {
  return new Set(names.trim().split(/\s+/));
}

export const FRAME = named('pandas.DataFrame pandas.core.frame.DataFrame');
export const SERIES = named('pandas.Series pandas.core.series.Series');

export const MANAGERS = named('pandas.core.internals.managers.BlockManager pandas.core.internals.BlockManager');
export const SINGLE_MANAGERS = named(
  'pandas.core.internals.managers.SingleBlockManager pandas.core.internals.SingleBlockManager',
);

/** Classes of `_new_Index` whose values are an array. */
export const PLAIN_INDEXES = named(`
  pandas.Index pandas.core.indexes.base.Index pandas.core.indexes.numeric.Int64Index
  pandas.core.indexes.numeric.UInt64Index pandas.core.indexes.numeric.Float64Index
  pandas.CategoricalIndex pandas.core.indexes.category.CategoricalIndex
  pandas.DatetimeIndex pandas.core.indexes.datetimes.DatetimeIndex
  pandas.TimedeltaIndex pandas.core.indexes.timedeltas.TimedeltaIndex
  pandas.PeriodIndex pandas.core.indexes.period.PeriodIndex
`);
export const RANGES = named('pandas.RangeIndex pandas.core.indexes.range.RangeIndex');
export const MULTI = named('pandas.MultiIndex pandas.core.indexes.multi.MultiIndex');
export const INTERVALS = named('pandas.IntervalIndex pandas.core.indexes.interval.IntervalIndex');

export const DATES = named('pandas.arrays.DatetimeArray pandas.core.arrays.datetimes.DatetimeArray');
export const SPANS = named('pandas.arrays.TimedeltaArray pandas.core.arrays.timedeltas.TimedeltaArray');
export const PERIODS = named('pandas.arrays.PeriodArray pandas.core.arrays.period.PeriodArray');
export const CATEGORICALS = named('pandas.Categorical pandas.core.arrays.categorical.Categorical');
export const TEXTS = named('pandas.arrays.StringArray pandas.core.arrays.string_.StringArray');
export const PLAIN_ARRAYS = named(`
  pandas.arrays.NumpyExtensionArray pandas.core.arrays.numpy_.NumpyExtensionArray pandas.core.arrays.numpy_.PandasArray
`);
export const MASKED = named(`
  pandas.arrays.IntegerArray pandas.core.arrays.integer.IntegerArray
  pandas.arrays.FloatingArray pandas.core.arrays.floating.FloatingArray
  pandas.arrays.BooleanArray pandas.core.arrays.boolean.BooleanArray
`);
export const ARROW_TEXTS = named(`
  pandas.arrays.ArrowStringArray pandas.core.arrays.string_arrow.ArrowStringArray
  pandas.core.arrays.string_arrow.ArrowStringArrayNumpySemantics
`);

export const ARROW_ARRAYS = named(
  'pandas.arrays.ArrowExtensionArray pandas.core.arrays.arrow.array.ArrowExtensionArray',
);
export const ARROW_DTYPES = named(`
  pandas.ArrowDtype pandas.core.dtypes.dtypes.ArrowDtype pandas.core.arrays.arrow.dtype.ArrowDtype
`);

export const INTERVAL_ARRAYS = named('pandas.arrays.IntervalArray pandas.core.arrays.interval.IntervalArray');

export const INTERVAL_TYPES = named('pandas.IntervalDtype pandas.core.dtypes.dtypes.IntervalDtype');
export const ZONED = named('pandas.DatetimeTZDtype pandas.core.dtypes.dtypes.DatetimeTZDtype');
export const CATEGORY_TYPES = named('pandas.CategoricalDtype pandas.core.dtypes.dtypes.CategoricalDtype');
export const PERIOD_TYPES = named('pandas.PeriodDtype pandas.core.dtypes.dtypes.PeriodDtype');
export const TEXT_TYPES = named('pandas.StringDtype pandas.core.arrays.string_.StringDtype');
export const MASKED_TYPES = named(
  [8, 16, 32, 64]
    .flatMap((bits) =>
      ['', 'U'].map((sign) => `pandas.${sign}Int${bits}Dtype pandas.core.arrays.integer.${sign}Int${bits}Dtype`),
    )
    .join(' ') +
    ' pandas.Float32Dtype pandas.Float64Dtype pandas.core.arrays.floating.Float32Dtype' +
    ' pandas.core.arrays.floating.Float64Dtype pandas.BooleanDtype pandas.core.arrays.boolean.BooleanDtype',
);

/** Values that are a name: what pandas writes for a missing value. */
export const PANDAS_CONSTANTS: Readonly<Record<string, string>> = {
  'pandas.NA': '<NA>',
  'pandas._libs.missing.NA': '<NA>',
};

/** The sides of an interval that belong to it. */
export const SIDES: ReadonlySet<string> = new Set(['left', 'right', 'both', 'neither']);

/** `(0, 1]`. */
export function intervalText(left: string, right: string, closed: string): string {
  const open = closed === 'left' || closed === 'both' ? '[' : '(';
  const close = closed === 'right' || closed === 'both' ? ']' : ')';
  return `${open}${left}, ${right}${close}`;
}

/** The name of a class of these, when a node is one. */
export function classIn(names: ReadonlySet<string>, node: Node | undefined, context: Context): string | undefined {
  const name = node === undefined ? undefined : context.nameOf(node);
  return name !== undefined && names.has(name) ? name : undefined;
}

/** The last part of a name. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Whether a dict has none but these keys, each a text and each once: what a state may write is a closed list. */
export function hasOnly(node: Node | undefined, keys: ReadonlySet<string>): boolean {
  if (node?.kind !== 'dict') return false;
  const seen = new Set<string>();
  for (const key of node.keys) {
    if (key.kind !== 'str' || !keys.has(key.value) || seen.has(key.value)) return false;
    seen.add(key.value);
  }
  return true;
}

const CACHED = /^_?[a-z][a-z_]*$/;

/** A cache of what can be computed again: numbers, texts, and values that are known. */
export function isCache(node: Node | undefined, context: Context): boolean {
  if (node === undefined) return true;
  return (
    node.kind === 'dict' &&
    node.keys.every((key) => key.kind === 'str' && CACHED.test(key.value)) &&
    node.values.every((value) => isSimple(value) || context.known(value) !== undefined)
  );
}

/** A number or a text, or a tuple of them in few levels: the parameters of an offset, up to 1.0. */
function isSimple(node: Node, levels = 3): boolean {
  if (node.kind !== 'tuple') return SIMPLE.has(node.kind);
  return levels > 0 && node.items.every((item) => isSimple(item, levels - 1));
}

/** Classes that the cache of a type names: that of its values, and that of an index of them. */
const VALUE_CLASSES = named(`
  builtins.int builtins.float builtins.bool builtins.str builtins.bytes builtins.list builtins.dict builtins.NoneType
  decimal.Decimal datetime.date datetime.time datetime.datetime datetime.timedelta
  pandas.Timestamp pandas._libs.tslibs.timestamps.Timestamp pandas.Timedelta pandas._libs.tslibs.timedeltas.Timedelta
`);

/** A cache as {@link isCache} takes it, which may name classes, too: those. */
export function classesInCache(node: Node | undefined, context: Context): readonly GlobalNode[] | undefined {
  if (node === undefined) return [];
  if (node.kind !== 'dict') return undefined;
  const classes: GlobalNode[] = [];
  for (const [at, key] of node.keys.entries()) {
    const value = node.values[at];
    if (key.kind !== 'str' || !CACHED.test(key.value) || value === undefined) return undefined;
    if (value.kind === 'global') {
      const names = key.value === 'index_class' ? PLAIN_INDEXES : VALUE_CLASSES;
      if (!/^(?:index_class|type)$/.test(key.value) || classIn(names, value, context) === undefined) return undefined;
      classes.push(value);
    } else if (!SIMPLE.has(value.kind) && context.known(value) === undefined) {
      return undefined;
    }
  }
  return classes;
}

/** What a state has beside its values: a cache, and since 3.0 whether it may be written to. */
export function isTidy(state: Node, context: Context): boolean {
  const readonly = entryOf(state, '_readonly');
  return isCache(entryOf(state, '_cache'), context) && (readonly === undefined || readonly.kind === 'bool');
}

const SIMPLE: ReadonlySet<string> = new Set(['none', 'bool', 'int', 'float', 'str']);

/** The state that BUILD gives to an object; undefined when something else was done to it, or more. */
export function onlyState(call: CallNode): Node | undefined {
  const [step, ...more] = call.steps;
  return more.length === 0 && step?.kind === 'state' ? step.state : undefined;
}

/** What `entryOf` finds under the first of some keys that is there. */
export function firstOf(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  for (const key of keys) {
    const found = entryOf(node, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `slice(0, 8, 4)`: what it takes of so many, as start, count and step. */
export interface Places {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

interface KnownSlice extends Known {
  readonly places: Places | undefined;
}

/** `slice(start, stop, step)` of whole numbers, or None. */
export const slice: Recogniser = (call, args): KnownSlice | undefined => {
  if (call.how !== 'REDUCE' || call.steps.length > 0 || args.length !== 3) return undefined;
  if (!args.every(({ kind }) => kind === 'int' || kind === 'none')) return undefined;
  const [start, stop, step] = args.map(integerOf);
  const text = `slice(${args.map((arg) => (arg.kind === 'int' ? String(arg.value) : 'None')).join(', ')})`;
  const known = { type: 'slice', profile: 'data' as const, text, names: ownNames(call) };
  if (start === undefined || stop === undefined || step === undefined || start < 0 || stop < 0 || step < 1)
    return { ...known, places: undefined };
  return { ...known, places: { start, step, count: stop <= start ? 0 : Math.ceil((stop - start) / step) } };
};

/** The places of a slice. */
export function placesOf(node: Node | undefined, context: Context): Places | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'places' in known ? (known as KnownSlice).places : undefined;
}
