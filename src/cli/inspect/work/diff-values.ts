/**
 * Arrays and tables compared: a line shows six values of a million, and they may differ in the seventh.
 *
 * @module
 */
import type { Cell, Column, Table, Values } from '../lens/cells.js';
import { quoted } from '../lens/known/numpy-values.js';
import { cellText } from '../render/table.js';
import { keyStep } from '../lens/view.js';
import type { View, Viewer } from '../lens/view.js';

/** The first place at which two of them differ. */
export interface ValueDifference {
  /** What follows the path of the array or table: `@values[7]`, `@rows[3].close`. */
  readonly step: string;
  readonly a: string;
  readonly b: string;
}

/** Values that are compared one by one. Of more than these the bytes have to be the same. */
const MAX_COMPARED = 5_000_000;

/** A side of a comparison. */
export interface ValueSide {
  readonly view: View;
  readonly viewer: Viewer;
}

function textOf(cell: Cell, viewer: Viewer): string {
  if (typeof cell !== 'object' || !('node' in cell)) return viewer.text(quoted(cell));
  const view = viewer.view(cell.node);
  return view.text ?? `${view.open}${view.count} parts${view.close}`;
}

/** What two arrays or two tables differ in first; `same` when in nothing, undefined when there are too many values. */
export function compareValues(a: ValueSide, b: ValueSide): ValueDifference | 'same' | undefined {
  const tables = [a.view.known?.table, b.view.known?.table] as const;
  if (tables[0] !== undefined && tables[1] !== undefined) return compareTables(a, tables[0], b, tables[1]);
  const values = [a.view.known?.values, b.view.known?.values] as const;
  return values[0] === undefined || values[1] === undefined ? undefined : compareArrays(a, values[0], b, values[1]);
}

function compareArrays(a: ValueSide, x: Values, b: ValueSide, y: Values): ValueDifference | 'same' | undefined {
  const shapes = [x.shape.join('×'), y.shape.join('×')] as const;
  if (shapes[0] !== shapes[1]) return { step: '@shape', a: shapes[0], b: shapes[1] };
  if (x.dtype !== y.dtype) return { step: '@dtype', a: x.dtype, b: y.dtype };
  const count = x.shape.reduce((product, length) => product * length, 1);
  if (count > MAX_COMPARED) return undefined;
  for (let at = 0; at < count; at++) {
    const [first, second] = [textOf(x.cell(at), a.viewer), textOf(y.cell(at), b.viewer)];
    if (first !== second) return { step: `@values[${at}]`, a: first, b: second };
  }
  return 'same';
}

function compareTables(a: ValueSide, x: Table, b: ValueSide, y: Table): ValueDifference | 'same' | undefined {
  const { words } = a.viewer;
  const sizes = [x, y].map(({ rows, columnCount }) => words.rowsAndColumns(rows, columnCount)) as [string, string];
  if (sizes[0] !== sizes[1]) return { step: '@shape', a: sizes[0], b: sizes[1] };
  if ((x.columnCount + x.index.length) * (x.rows + 1) > MAX_COMPARED) return undefined;
  const [indexA, indexB] = [x.indexText(words), y.indexText(words)];
  if (indexA !== indexB) return { step: '@index', a: indexA, b: indexB };
  for (let at = 0; at < x.columnCount; at++) {
    const [first, second] = [x.column(at), y.column(at)];
    const names = [first.name, second.name].map((name, side) =>
      name.map((level) => textOf(level, side === 0 ? a.viewer : b.viewer)).join(', '),
    ) as [string, string];
    if (names[0] !== names[1]) return { step: `@columns[${at}]`, a: names[0], b: names[1] };
    const step = first.name.length === 0 ? '' : stepOf(first.name, names[0]);
    if (first.dtype !== second.dtype) return { step: `@dtypes${step}`, a: first.dtype, b: second.dtype };
    for (let row = 0; row < x.rows; row++) {
      const [one, other] = [textOf(first.cell(row), a.viewer), textOf(second.cell(row), b.viewer)];
      if (one !== other) return { step: `@rows[${row}]${step}`, a: one, b: other };
    }
  }
  return compareIndexes(a, x, b, y);
}

function compareIndexes(a: ValueSide, x: Table, b: ValueSide, y: Table): ValueDifference | 'same' {
  for (const [level, column] of x.index.entries()) {
    const other = y.index[level];
    for (let row = 0; other !== undefined && row < x.rows; row++) {
      const [one, two] = [textOf(column.cell(row), a.viewer), textOf(other.cell(row), b.viewer)];
      if (one !== two) return { step: `@index[${row}]`, a: one, b: two };
    }
  }
  return 'same';
}

/** The step of a path that leads to a column. */
export function columnStep({ name }: Column, viewer: Viewer): string {
  return stepOf(name, name.map((level) => cellText(level, '', viewer)).join(', '));
}

/** The step of a column's name: as of a key where it is a text. */
function stepOf(name: readonly Cell[], text: string): string {
  const [only, ...more] = name;
  if (more.length > 0) return `[(${text})]`;
  const value = typeof only === 'object' && 'node' in only && only.node.kind === 'str' ? only.node.value : only;
  return typeof value === 'string' ? keyStep({ kind: 'str', at: -1, end: -1, value, python2: false }) : `[${text}]`;
}
