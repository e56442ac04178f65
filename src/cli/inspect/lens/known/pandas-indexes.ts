/**
 * What names the rows and columns of pandas' tables.
 *
 * @module
 */
import { entryOf, textOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import { timeCell } from '../cells.js';
import type { Cell, Column, Table, Values } from '../cells.js';
import type { ViewTexts } from '../../../lang/en/views.js';
import { floatText, numberText } from '../numbers.js';
import { integerOf, inWords, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { categoryValues, countIn, isFrequency, mapped } from './pandas-arrays.js';
import { columnTypeOf, zoneOf } from './pandas-dtypes.js';
import {
  classIn,
  hasOnly,
  INTERVAL_ARRAYS,
  INTERVALS,
  isTidy,
  onlyState,
  lastPart,
  MULTI,
  PLAIN_INDEXES,
  RANGES,
  intervalText,
  SIDES,
} from './pandas-names.js';

/** The names of rows or columns, level by level. */
export interface Labels {
  readonly length: number;
  readonly levels: readonly Column[];
  /** In a few words: `RangeIndex(0, 7)`. */
  readonly said: (words: ViewTexts) => string;
}

interface KnownIndex extends Known {
  readonly labels: Labels;
}

/** What a node names rows or columns by. */
export function labelsOf(node: Node | undefined, context: Context): Labels | undefined {
  const known = node === undefined ? undefined : context.known(node);
  return known !== undefined && 'labels' in known ? (known as KnownIndex).labels : undefined;
}

/** The name that a node stands for: any value, which is shown as what it is. */
export function nameCells(node: Node | undefined): readonly Cell[] {
  return node === undefined || node.kind === 'none' ? [] : [{ node }];
}

/** An index is a table, too: of nothing but its own names. */
function tableOf({ length, levels, said }: Labels): Table {
  return {
    rows: length,
    columnCount: levels.length,
    column: (at) => levels[at] ?? { name: [], dtype: '', cell: () => '' },
    index: [],
    indexText: said,
  };
}

function index(name: string, labels: Labels, names: Known['names'], values?: Values): KnownIndex {
  const known = {
    type: `pandas.${lastPart(name)}`,
    profile: 'pandas' as const,
    ...inWords(labels.said),
    names,
    labels,
  };
  return values === undefined ? { ...known, table: tableOf(labels) } : { ...known, table: tableOf(labels), values };
}

function valuesIndex(className: string, values: Values, name: Node | undefined, names: Known['names']): KnownIndex {
  const { dtype } = values;
  const length = countIn(values);
  const level = { name: nameCells(name), dtype, cell: values.cell };
  return index(
    className,
    { length, levels: [level], said: (words) => words.index(lastPart(className), length, dtype) },
    names,
    values,
  );
}

function valuesAt(node: Node | undefined, context: Context): Values | undefined {
  const values = node === undefined ? undefined : context.known(node)?.values;
  return values?.shape.length === 1 ? values : undefined;
}

const PLAIN_STATE = new Set(['data', 'name', 'freq']);
const RANGE_STATE = new Set(['name', 'start', 'stop', 'step']);

/** `_new_Index(cls, {...})`: the constructor of the class, with these arguments. */
const newIndex: Recogniser = (call, args, context) => {
  const [type, state] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || state?.kind !== 'dict' || state.end > call.at)
    return undefined;
  const names = ownNames(call, ...args);
  const plain = classIn(PLAIN_INDEXES, type, context);
  if (plain !== undefined) {
    const values = valuesAt(entryOf(state, 'data'), context);
    const isPlain = hasOnly(state, PLAIN_STATE) && isFrequency(entryOf(state, 'freq'), context);
    if (values === undefined || !isPlain) return undefined;
    return valuesIndex(plain, values, entryOf(state, 'name'), names);
  }
  const range = classIn(RANGES, type, context);
  if (range !== undefined) return hasOnly(state, RANGE_STATE) ? rangeIndex(range, state, names) : undefined;
  const multi = classIn(MULTI, type, context);
  return multi === undefined ? undefined : multiIndex(multi, state, names, context);
};

function rangeIndex(className: string, state: Node, names: Known['names']): KnownIndex | undefined {
  const [start, stop, step] = ['start', 'stop', 'step'].map((key) => integerOf(entryOf(state, key)));
  if (start === undefined || stop === undefined || step === undefined || step === 0) return undefined;
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!Number.isSafeInteger(length) || !Number.isSafeInteger(start + length * step)) return undefined;
  const cell = (at: number): Cell => start + at * step;
  const text = `RangeIndex(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`;
  const values: Values = { dtype: 'int64', shape: [length], cell };
  const level = { name: nameCells(entryOf(state, 'name')), dtype: 'int64', cell };
  return index(className, { length, levels: [level], said: () => text }, names, values);
}

const MULTI_STATE = new Set(['levels', 'codes', 'labels', 'sortorder', 'names']);
/** Levels of an index: more than anybody has, and few enough to look at each. */
const MAX_LEVELS = 64;

function multiIndex(className: string, state: Node, names: Known['names'], context: Context): KnownIndex | undefined {
  const levels = entryOf(state, 'levels');
  const codes = entryOf(state, 'codes') ?? entryOf(state, 'labels');
  const nameList = entryOf(state, 'names');
  if (!hasOnly(state, MULTI_STATE) || !isList(levels) || !isList(codes) || !isList(nameList)) return undefined;
  if (levels.items.length !== codes.items.length || levels.items.length > MAX_LEVELS) return undefined;
  const sorted = entryOf(state, 'sortorder');
  if (sorted !== undefined && sorted.kind !== 'none' && sorted.kind !== 'int') return undefined;
  const columns: Column[] = [];
  let length: number | undefined;
  for (const [at, level] of levels.items.entries()) {
    const own = context.known(level)?.values;
    const places = valuesAt(codes.items[at], context);
    const values = own && places && categoryValues(places, own, own.dtype);
    if (values === undefined || (length !== undefined && countIn(values) !== length)) return undefined;
    length = countIn(values);
    columns.push({ name: nameCells(nameList.items[at]), dtype: values.dtype, cell: values.cell });
  }
  if (length === undefined) return undefined;
  const count = length;
  const dtypes = columns.map(({ dtype }) => dtype).join(', ');
  const said = (words: ViewTexts): string => words.multiIndex(count, columns.length, dtypes);
  return index(className, { length, levels: columns, said }, names);
}

function isList(node: Node | undefined): node is Node & { readonly items: readonly Node[] } {
  return node?.kind === 'list' || node?.kind === 'tuple';
}

const DATE_STATE = new Set(['data', 'name', 'tz', 'freq']);

/** `_new_DatetimeIndex(cls, {...})`, and the same of spans: the frequency stands beside the data. */
const newDateIndex: Recogniser = (call, args, context) => {
  const [type, state] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || state?.kind !== 'dict' || state.end > call.at)
    return undefined;
  const className = classIn(PLAIN_INDEXES, type, context);
  const values = valuesAt(entryOf(state, 'data'), context);
  if (className === undefined || values === undefined || !hasOnly(state, DATE_STATE)) return undefined;
  if (!/^(?:datetime|timedelta)64\[/.test(values.dtype) || !isFrequency(entryOf(state, 'freq'), context))
    return undefined;
  const zoned = inZone(values, entryOf(state, 'tz'), context);
  return zoned && valuesIndex(className, zoned, entryOf(state, 'name'), ownNames(call, ...args));
};

/** Up to 0.23 the zone of dates stands beside them. */
function inZone(values: Values, node: Node | undefined, context: Context): Values | undefined {
  if (node === undefined || node.kind === 'none') return values;
  const zone = zoneOf(node, context);
  if (zone === undefined) return undefined;
  const unit = /^datetime64\[(\w+)\]$/.exec(values.dtype)?.[1];
  const { ticks } = values;
  if (unit === undefined || ticks === undefined) return values;
  const dtype = `datetime64[${unit}, ${zone.key ?? `UTC${zone.offset ?? ''}`}]`;
  return { dtype, shape: values.shape, cell: (at) => timeCell(ticks(at), unit, 1, zone) };
}

const INTERVAL_STATE = new Set(['left', 'right', 'closed', 'name']);

/** `_new_IntervalIndex(cls, {...})`: two indexes. */
const newIntervalIndex: Recogniser = (call, args, context) => {
  const [type, state] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || state?.kind !== 'dict' || state.end > call.at)
    return undefined;
  const className = classIn(INTERVALS, type, context);
  const left = valuesAt(entryOf(state, 'left'), context);
  const right = valuesAt(entryOf(state, 'right'), context);
  const closed = entryOf(state, 'closed');
  if (className === undefined || !hasOnly(state, INTERVAL_STATE) || left === undefined || right === undefined)
    return undefined;
  if (left.shape.join() !== right.shape.join() || closed?.kind !== 'str' || !SIDES.has(closed.value)) return undefined;
  return valuesIndex(className, intervals(left, right, closed.value), entryOf(state, 'name'), ownNames(call, ...args));
};

function boundText(cell: Cell, dtype: string): string {
  if (typeof cell === 'number') return dtype.startsWith('float') ? floatText(cell) : numberText(cell);
  if (typeof cell !== 'object') return String(cell);
  return 'written' in cell ? cell.written : 'missing' in cell ? cell.missing : '…';
}

function intervals(left: Values, right: Values, closed: string): Values {
  const { dtype } = left;
  return mapped(left, `interval[${dtype}, ${closed}]`, (cell, at) => {
    const end = right.cell(at);
    // Of what is missing, both ends are.
    if (isMissing(cell) && isMissing(end)) return { missing: 'NaN' };
    return { written: intervalText(boundText(cell, dtype), boundText(end, dtype), closed) };
  });
}

function isMissing(cell: Cell): boolean {
  return typeof cell === 'object' && 'missing' in cell;
}

const ARRAY_STATE = new Set(['_left', '_right', '_dtype', '_closed', '_cache', '_readonly']);

/** `__pyx_unpickle_IntervalMixin(IntervalArray, checksum, None)` and `({...},)`: a column of intervals. */
const intervalArray: Recogniser = (call, args, context) => {
  const state = onlyState(call);
  const dict = state?.kind === 'tuple' && state.items.length === 1 ? state.items[0] : undefined;
  if (call.how !== 'REDUCE' || args.length !== 3 || dict?.kind !== 'dict' || !hasOnly(dict, ARRAY_STATE))
    return undefined;
  if (classIn(INTERVAL_ARRAYS, args[0], context) === undefined || integerOf(args[1]) === undefined) return undefined;
  const left = valuesAt(entryOf(dict, '_left'), context);
  const right = valuesAt(entryOf(dict, '_right'), context);
  const type = columnTypeOf(entryOf(dict, '_dtype'), context);
  const closed = type?.kind === 'interval' ? type.closed : textOf(entryOf(dict, '_closed'));
  if (args[2]?.kind !== 'none' || left?.shape.join() !== right?.shape.join() || !isTidy(dict, context))
    return undefined;
  if (left === undefined || right === undefined || closed === undefined || !SIDES.has(closed)) return undefined;
  const values = intervals(left, right, closed);
  const names = ownNames(call, ...args);
  return { type: 'pandas.IntervalArray', profile: 'pandas', text: values.dtype, names, values };
};

/** Recognisers by name. */
export const PANDAS_INDEXES: Readonly<Record<string, Recogniser>> = {
  'pandas.core.indexes.base._new_Index': newIndex,
  'pandas.core.indexes.datetimes._new_DatetimeIndex': newDateIndex,
  'pandas.core.indexes.timedeltas._new_TimedeltaIndex': newDateIndex,
  'pandas.core.indexes.interval._new_IntervalIndex': newIntervalIndex,
  'pandas._libs.interval.__pyx_unpickle_IntervalMixin': intervalArray,
};
