/**
 * Parts of a table by path: columns, as `$.close`, and single values, as `$.close[3]` or the `$@rows[3].close` of a comparison.
 *
 * @module
 */
import type { Cell, Column, Table } from '../lens/cells.js';
import type { Viewer } from '../lens/view.js';
import { columnStep } from './diff-values.js';

/** A column with what names its rows, or one value of it. */
export type TablePart =
  { readonly table: Table; readonly dtype: string } | { readonly cell: Cell; readonly dtype: string };

const ROW = /^(?:@rows)?\[(-?\d+)\]/;

function rowOf(table: Table, digits: string): number | undefined {
  const given = Number(digits);
  const row = given < 0 ? table.rows + given : given;
  return row >= 0 && row < table.rows ? row : undefined;
}

function cellAt(table: Table, column: Column, digits: string): TablePart | undefined {
  const row = rowOf(table, digits);
  return row === undefined ? undefined : { cell: column.cell(row), dtype: column.dtype };
}

/** The column whose step a path is, to its end or to a row. */
function columnOf(
  table: Table,
  path: string,
  viewer: Viewer,
): { readonly column: Column; readonly rest: string } | undefined {
  for (let at = 0; at < table.columnCount; at++) {
    const column = table.column(at);
    const step = columnStep(column, viewer);
    if (path === step || (path.startsWith(step) && path[step.length] === '['))
      return { column, rest: path.slice(step.length) };
  }
  return undefined;
}

/** What a path leads to within a table; undefined when to nothing. */
export function selectInTable(table: Table, path: string, viewer: Viewer): TablePart | undefined {
  const row = /^@rows\[(-?\d+)\]/.exec(path);
  const isSeries = table.columnCount === 1 && table.column(0).name.length === 0;
  const first = ROW.exec(path);
  if (first?.[1] !== undefined && first[0] === path && table.columnCount === 1) {
    // Of a Series the step is the row, unless its column has this number for a name.
    const named = isSeries ? undefined : columnOf(table, path, viewer);
    if (named === undefined) return cellAt(table, table.column(0), first[1]);
  }
  const found = columnOf(table, row === null ? path : path.slice(row[0].length), viewer);
  if (found === undefined) return undefined;
  const { column, rest } = found;
  if (row?.[1] !== undefined) return rest === '' ? cellAt(table, column, row[1]) : undefined;
  if (rest !== '') {
    const place = /^\[(-?\d+)\]$/.exec(rest)?.[1];
    return place === undefined ? undefined : cellAt(table, column, place);
  }
  return { table: { ...table, columnCount: 1, column: () => column }, dtype: column.dtype };
}

/** Steps of the first columns. */
export function columnSteps(table: Table, viewer: Viewer, most: number): string[] {
  const steps: string[] = [];
  for (let at = 0; at < Math.min(table.columnCount, most); at++) steps.push(columnStep(table.column(at), viewer));
  return steps;
}
