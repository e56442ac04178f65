/**
 * DataFrame and Series, of the blocks that their columns lie in.
 *
 * A frame with a column of a kind that is not known here is shown with the others; no profile allows it.
 *
 * @module
 */
import { entryOf } from '../../machine/nodes.js';
import type { Node } from '../../machine/nodes.js';
import type { Cell, Column, Table, Values } from '../cells.js';
import { integerOf, inWords, isBare, ownNames } from '../known.js';
import type { Context, Known, Recogniser } from '../known.js';
import { instanceOf } from './objects.js';
import { countIn } from './pandas-arrays.js';
import { labelsOf, nameCells } from './pandas-indexes.js';
import type { Labels } from './pandas-indexes.js';
import {
  firstOf,
  FRAME,
  hasOnly,
  MANAGERS,
  onlyState,
  placesOf,
  SERIES,
  SINGLE_MANAGERS,
  slice,
} from './pandas-names.js';

/** Columns that are looked up: a table of more is shown as the objects that it is made of. */
const MAX_COLUMNS = 1_000_000;

/** Columns of one type that lie together. */
interface Block {
  /** Undefined: of a kind that is not known. */
  readonly values: Values | undefined;
  readonly dtype: string;
  /** The column that each row of the block is; a slice has no list. */
  readonly place: (row: number) => number;
  readonly count: number;
  /** Whether the values have columns and rows; else they are one column. */
  readonly isFlat: boolean;
}

interface KnownBlock extends Known {
  readonly block: Block;
}

interface Contents {
  readonly axes: readonly Labels[];
  readonly blocks: readonly Block[];
  /** By column: its block, and the row of it. */
  readonly owners: Int32Array;
  readonly rows: Int32Array;
}

interface KnownManager extends Known {
  readonly contents: Contents;
}

/** Rows of a block: their columns, when none is negative and none beyond what is looked up. */
function placesIn(node: Node | undefined, context: Context): Pick<Block, 'place' | 'count'> | undefined {
  const places = placesOf(node, context);
  if (places !== undefined) {
    const { start, step, count } = places;
    return count > MAX_COLUMNS ? undefined : { count, place: (row) => start + row * step };
  }
  const known = node === undefined ? undefined : context.known(node);
  const { values } = known ?? {};
  if (values?.shape.length !== 1 || !/^int(?:32|64)$/.test(values.dtype) || countIn(values) > MAX_COLUMNS)
    return undefined;
  return { count: countIn(values), place: (row) => Number(values.cell(row)) };
}

function blockOf(valuesNode: Node | undefined, placesNode: Node | undefined, context: Context): Block | undefined {
  const places = placesIn(placesNode, context);
  if (places === undefined || valuesNode === undefined) return undefined;
  const known = context.known(valuesNode);
  const values = known?.values;
  if (known === undefined || values === undefined) {
    // An array of pandas' extensions that nobody here knows: it is one column.
    if (valuesNode.kind !== 'call' || known !== undefined) return undefined;
    const dtype = context.nameOf(valuesNode.callable) ?? 'object';
    return { ...places, values: undefined, dtype: dtype.slice(dtype.lastIndexOf('.') + 1), isFlat: true };
  }
  if (values.shape.length < 1 || values.shape.length > 2) return undefined;
  return { ...places, values, dtype: values.dtype, isFlat: values.shape.length === 1 };
}

/** `_unpickle_block(values, places, dimensions)`. */
const block: Recogniser = (call, args, context): KnownBlock | undefined => {
  const [values, places, dimensions] = args;
  const count = integerOf(dimensions);
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 3 || (count !== 1 && count !== 2)) return undefined;
  const made = blockOf(values, places, context);
  if (made === undefined) return undefined;
  const text = `${made.count} × ${made.dtype}`;
  const profile = made.values === undefined ? 'none of them' : 'pandas';
  return { type: 'pandas block', profile, text, names: ownNames(call), block: made };
};

function knownBlock(node: Node, context: Context): Block | undefined {
  const known = context.known(node);
  return known !== undefined && 'block' in known ? (known as KnownBlock).block : undefined;
}

function axesOf(node: Node | undefined, context: Context): readonly Labels[] | undefined {
  if (node?.kind !== 'list' && node?.kind !== 'tuple') return undefined;
  const axes = node.items.map((item) => labelsOf(item, context));
  return axes.every((axis) => axis !== undefined) ? axes : undefined;
}

/** Each column in one block, and each block as long as the table: pandas' compiled code takes that for granted. */
function contentsOf(axes: readonly Labels[], blocks: readonly Block[]): Contents | undefined {
  const columns = axes.length === 2 ? (axes[0]?.length ?? 0) : 1;
  const length = axes.at(-1)?.length ?? 0;
  if (axes.length < 1 || axes.length > 2 || columns > MAX_COLUMNS) return undefined;
  const owners = new Int32Array(columns).fill(-1);
  const rows = new Int32Array(columns);
  let filled = 0;
  for (const [number, { values, place, count, isFlat }] of blocks.entries()) {
    const shape = values?.shape ?? [length];
    const isOne = axes.length === 1;
    if ((isOne ? (shape.length === 1 ? shape[0] : -1) : shape.at(-1)) !== length) return undefined;
    // Of a Series the places are those of its rows.
    const own = isOne ? 1 : isFlat ? 1 : (shape[0] ?? 0);
    if (count !== (isOne ? length : own)) return undefined;
    for (let row = 0; row < own; row++) {
      const column = isOne ? 0 : place(row);
      if (!(column >= 0 && column < columns) || owners[column] !== -1) return undefined;
      owners[column] = number;
      rows[column] = row;
      filled++;
    }
  }
  return filled === columns ? { axes, blocks, owners, rows } : undefined;
}

function manager(contents: Contents | undefined, type: string, names: Known['names']): KnownManager | undefined {
  if (contents === undefined) return undefined;
  const profile = contents.blocks.some(({ values }) => values === undefined) ? 'none of them' : 'pandas';
  return { type, profile, ...inWords((words) => words.blocks(contents.blocks.length)), names, contents };
}

/** `BlockManager(blocks, axes)`; up to 1.2 an instance with the state of {@link stateContents}. */
const manage: Recogniser = (call, args, context): KnownManager | undefined => {
  if (call.how === 'NEWOBJ') {
    const state = onlyState(call);
    const contents = args.length === 0 && state !== undefined ? stateContents(state, context) : undefined;
    return manager(contents, 'pandas blocks', ownNames(call));
  }
  const [list, axesNode] = args;
  if (call.how !== 'REDUCE' || !isBare(call) || args.length !== 2 || list?.kind !== 'tuple') return undefined;
  const axes = axesOf(axesNode, context);
  const blocks = list.items.map((item) => knownBlock(item, context));
  if (axes === undefined || !blocks.every((one) => one !== undefined)) return undefined;
  return manager(contentsOf(axes, blocks), 'pandas blocks', ownNames(call));
};

const STATE = new Set(['axes', 'blocks']);
const BLOCK = new Set(['values', 'mgr_locs']);

/** `(axes, values, items, {'0.14.1': {'axes': …, 'blocks': […]}})`: the dict is what pandas since 0.14 reads. */
function stateContents(state: Node, context: Context): Contents | undefined {
  if (state.kind !== 'tuple' || state.items.length !== 4) return undefined;
  const inner = entryOf(state.items[3], '0.14.1');
  const blocks = entryOf(inner, 'blocks');
  const axes = axesOf(entryOf(inner, 'axes'), context);
  if (axes === undefined || blocks?.kind !== 'list' || !hasOnly(inner, STATE)) return undefined;
  const made: Block[] = [];
  for (const item of blocks.items) {
    const one = hasOnly(item, BLOCK) ? blockOf(entryOf(item, 'values'), entryOf(item, 'mgr_locs'), context) : undefined;
    if (one === undefined) return undefined;
    made.push(one);
  }
  return contentsOf(axes, made);
}

function columnOf({ axes, blocks, owners, rows }: Contents, at: number): Column {
  const labels = axes.length === 2 ? axes[0] : undefined;
  const name = labels === undefined ? [] : labels.levels.map((level) => level.cell(at, true));
  const owner = blocks[owners[at] ?? -1];
  const length = axes.at(-1)?.length ?? 0;
  const start = (owner?.isFlat === false ? (rows[at] ?? 0) : 0) * length;
  const { values, dtype = '' } = owner ?? {};
  const cell = (row: number, short?: boolean): Cell => values?.cell(start + row, short) ?? { written: '…' };
  return values === undefined ? { name, dtype, cell, isUnread: true } : { name, dtype, cell };
}

function tableOf(contents: Contents, name: Node | undefined): Table {
  const { axes, owners } = contents;
  const labels = axes.at(-1);
  return {
    rows: labels?.length ?? 0,
    columnCount: owners.length,
    column: (at) => {
      const column = columnOf(contents, at);
      return axes.length === 2 ? column : { ...column, name: nameCells(name) };
    },
    index: labels?.levels ?? [],
    indexText: labels?.said ?? ((): string => ''),
  };
}

const FRAME_STATE = new Set([
  '_mgr',
  '_data',
  '_typ',
  '_metadata',
  'attrs',
  '_attrs',
  '_flags',
  '_name',
  'name',
  '_item_cache',
]);
const FLAGS = new Set(['allows_duplicate_labels']);

/** What a state may say beside its blocks. pandas writes each of its keys into the object: these are those it has. */
function isState(state: Node, type: string): boolean {
  if (!hasOnly(state, FRAME_STATE)) return false;
  const [typ, metadata, flags] = ['_typ', '_metadata', '_flags'].map((key) => entryOf(state, key));
  if (typ?.kind !== 'str' || typ.value !== type) return false;
  if (metadata !== undefined && (metadata.kind !== 'list' || !metadata.items.every(isNameEntry))) return false;
  return flags === undefined || (flags.kind === 'dict' && hasOnly(flags, FLAGS) && flags.values.every(isBool));
}

function isNameEntry(node: Node): boolean {
  return node.kind === 'str' && (node.value === 'name' || node.value === '_name');
}

function isBool(node: Node): boolean {
  return node.kind === 'bool';
}

function holder(type: 'dataframe' | 'series'): Recogniser {
  const dimensions = type === 'dataframe' ? 2 : 1;
  return (call, _args, context): Known | undefined => {
    const made = instanceOf(call, context);
    if (made?.state === undefined || !isState(made.state, type)) return undefined;
    const node = firstOf(made.state, '_mgr', '_data');
    const known = node === undefined ? undefined : context.known(node);
    if (known === undefined || !('contents' in known)) return undefined;
    const { contents, profile } = known as KnownManager;
    if (contents.axes.length !== dimensions) return undefined;
    const name = type === 'series' ? firstOf(made.state, '_name', 'name') : undefined;
    const table = tableOf(contents, name);
    const { names } = made;
    if (type === 'series') {
      const { dtype } = table.column(0);
      return { type: 'pandas.Series', profile, ...inWords((words) => words.series(table.rows, dtype)), names, table };
    }
    const said = inWords((words) => words.frame(table.rows, table.columnCount));
    return { type: 'pandas.DataFrame', profile, ...said, names, table };
  };
}

function all(names: ReadonlySet<string>, recogniser: Recogniser): Record<string, Recogniser> {
  return Object.fromEntries([...names].map((name) => [name, recogniser]));
}

/** Recognisers by name. */
export const PANDAS_FRAMES: Readonly<Record<string, Recogniser>> = {
  'builtins.slice': slice,
  'pandas._libs.internals._unpickle_block': block,
  ...all(new Set([...MANAGERS, ...SINGLE_MANAGERS]), manage),
  ...all(FRAME, holder('dataframe')),
  ...all(SERIES, holder('series')),
};
