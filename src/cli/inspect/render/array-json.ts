/**
 * Arrays and tables as plain JSON: in short, or with all their values as numbers and texts.
 *
 * @module
 */
import type { Loss } from '../../lang/en/facts.js';
import type { Cell, Column, Table, Values } from '../lens/cells.js';
import type { Node } from '../machine/nodes.js';
import { bigintText, jsonString, jsonText, jsonValue } from './json-writer.js';
import type { JsonItem, JsonPlan } from './json-writer.js';

/** The values of `--arrays`. */
export const ARRAY_MODES = ['summary', 'numbers'] as const;
/** How arrays and tables are written. */
export type ArrayMode = (typeof ARRAY_MODES)[number];

/** Rows and columns of a table in short. */
const ROWS_SHOWN = 5;
const COLUMNS_SHOWN = 1000;
/** Rows of an array that hold no value each, and are written all the same. */
const MAX_EMPTY = 10_000;

/** What the writer of a document counts. */
export interface Counting {
  /** Counts a value; false when the document is full, and has said so. */
  readonly take: () => boolean;
  /** Whether it is full. */
  readonly isFull: () => boolean;
  /** What stands where a document ends before its values do. */
  readonly cut: () => JsonItem<Node>;
  readonly lose: (what: Loss, type?: string) => void;
}

/** A number as JSON has it: what is none there is text, and nan is null. */
export function numberJson(value: number, lose: Counting['lose']): string {
  if (Number.isFinite(value)) return JSON.stringify(value);
  if (Number.isNaN(value)) {
    lose('nan');
    return 'null';
  }
  lose('infinity');
  return jsonString(String(value));
}

/** A whole number: as text where a reader of JSON would round it. */
export function bigintJson(value: bigint, lose: Counting['lose']): string {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)) return String(value);
  lose('bigInt');
  return jsonString(bigintText(value));
}

/** How a value of an array or a table is written. */
export function cellItem(cell: Cell, counting: Counting): JsonItem<Node> {
  const { lose } = counting;
  switch (typeof cell) {
    case 'number':
      return jsonText(numberJson(cell, lose));
    case 'bigint':
      return jsonText(bigintJson(cell, lose));
    case 'boolean':
      return jsonText(String(cell));
    case 'string':
      return jsonValue(cell);
    default:
      if ('node' in cell) return { of: cell.node };
      if ('written' in cell) {
        const { fields } = cell;
        return fields === undefined ? jsonValue(cell.written) : array(takenItems(fields(), counting));
      }
      lose('missing', cell.missing);
      return jsonText('null');
  }
}

const array = (items: Iterable<JsonItem<Node>>): JsonItem<Node> => ({ plan: { kind: 'array', items } });

function* takenItems(cells: Iterable<Cell>, counting: Counting): Generator<JsonItem<Node>> {
  for (const cell of cells) {
    if (counting.isFull()) return;
    yield counting.take() ? cellItem(cell, counting) : counting.cut();
  }
}

/** All values of an array, in as many levels as it has dimensions. */
export function valuesJson(values: Values, counting: Counting): JsonPlan<Node> {
  const { shape } = values;
  const holds = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const level = function* (axis: number, start: number): Generator<JsonItem<Node>> {
    const length = shape[axis] ?? 0;
    const each = holds[axis] ?? 1;
    // Of nothing there may be a million million.
    const end = each === 0 ? Math.min(length, MAX_EMPTY) : length;
    for (let at = 0; at < end && !counting.isFull(); at++) {
      if (axis + 1 < shape.length) yield array(level(axis + 1, start + at * each));
      else yield counting.take() ? cellItem(values.cell(start + at), counting) : counting.cut();
    }
  };
  if (shape.length > 0) return { kind: 'array', items: level(0, 0) };
  const single = cellItem(values.cell(0), counting);
  return 'plan' in single ? single.plan : { kind: 'array', items: [single] };
}

/** The name of a column: of several levels an array. */
function nameItem({ name }: Column, counting: Counting): JsonItem<Node> {
  if (name.length === 0) return jsonText('null');
  const [only, ...more] = name;
  if (only !== undefined && more.length === 0) return cellItem(only, counting);
  return array(name.map((level) => cellItem(level, counting)));
}

function* rowsOf(count: number, counting: Counting, item: (row: number) => JsonItem<Node>): Generator<JsonItem<Node>> {
  for (let row = 0; row < count && !counting.isFull(); row++) yield counting.take() ? item(row) : counting.cut();
}

/**
 * A table as `DataFrame.to_json(orient='split')` writes it, with its types: `pd.DataFrame(t['data'], t['index'], t['columns'])` makes
 * it again. In short it has the first rows, and says so.
 */
export function tableJson(type: string, table: Table, mode: ArrayMode, counting: Counting): JsonPlan<Node> {
  const isWhole = mode === 'numbers';
  const rows = isWhole ? table.rows : Math.min(table.rows, ROWS_SHOWN);
  const count = isWhole ? table.columnCount : Math.min(table.columnCount, COLUMNS_SHOWN);
  const columns: Column[] = [];
  for (let at = 0; at < count; at++) columns.push(table.column(at));
  const isFrame = type === 'pandas.DataFrame';
  const members: [string, JsonItem<Node>][] = [['$class', jsonValue(type)]];
  members.push(['shape', jsonValue(isFrame ? [table.rows, table.columnCount] : [table.rows])]);
  if (isFrame || count > 1) {
    members.push(['columns', array(columns.map((column) => nameItem(column, counting)))]);
    members.push(['dtypes', jsonValue(columns.map(({ dtype }) => dtype))]);
  } else {
    members.push(['name', columns[0] === undefined ? jsonText('null') : nameItem(columns[0], counting)]);
    members.push(['dtype', jsonValue(columns[0]?.dtype ?? null)]);
  }
  const row = (of: readonly Column[], at: number): JsonItem<Node> => {
    const [only, ...more] = of;
    if (only !== undefined && more.length === 0) return cellItem(only.cell(at), counting);
    return array(takenCells(of, at, counting));
  };
  if (table.index.length > 0) members.push(['index', array(rowsOf(rows, counting, (at) => row(table.index, at)))]);
  const data = (at: number): JsonItem<Node> => (isFrame ? array(takenCells(columns, at, counting)) : row(columns, at));
  members.push(['data', array(rowsOf(rows, counting, data))]);
  const cut = cutText(table, rows, count);
  if (cut !== undefined) members.push(['$cut', jsonValue(cut)]);
  return { kind: 'object', members };
}

function takenCells(columns: readonly Column[], row: number, counting: Counting): Generator<JsonItem<Node>> {
  return takenItems(cellsOf(columns, row), counting);
}

function* cellsOf(columns: readonly Column[], row: number): Generator<Cell> {
  for (const column of columns) yield column.cell(row);
}

function cutText(table: Table, rows: number, columns: number): string | undefined {
  const parts: string[] = [];
  if (rows < table.rows) parts.push(`${rows} of ${table.rows} rows`);
  if (columns < table.columnCount) parts.push(`${columns} of ${table.columnCount} columns`);
  return parts.length === 0 ? undefined : `${parts.join(' and ')}: --arrays numbers writes them all`;
}
