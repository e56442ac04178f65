/**
 * A table as lines: its columns with their types, and the first rows, as wide as the terminal is.
 *
 * @module
 */
import { displayWidth, padRight, truncate } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { Cell, Column, Table } from '../lens/cells.js';
import { floatText, numberText } from '../lens/numbers.js';
import type { Node } from '../machine/nodes.js';
import type { Viewer } from '../lens/view.js';

/** How much of a table is shown, and where. */
export interface TableOptions {
  readonly style: Style;
  readonly ascii: boolean;
  /** Columns of the terminal that there are for it. */
  readonly width: number;
  /** Rows that are shown. */
  readonly rows: number;
}

/** Rows of which a person sees that they go on. */
export const ROWS_SHOWN = 5;

const GAP = 2;
const MAX_CELL = 32;
const MAX_TYPE = 24;
/** Rows that are measured; those below are cut to the same width. */
const MEASURED = 100;
/** Columns that are looked at: no terminal has room for more. */
const MAX_COLUMNS = 200;
/** Names of columns that did not fit, in the line that counts them. */
const NAMES_SHOWN = 8;

/** Types of which a whole number is written with a point. */
const FLOAT = /^(?:>?float|Float|halffloat|double)/;

/** A cell as a person reads it: a text without quotes, a number as Python writes it. */
export function cellText(cell: Cell, dtype: string, viewer: Viewer): string {
  switch (typeof cell) {
    case 'number':
      return FLOAT.test(dtype) || !Number.isInteger(cell) ? floatText(cell) : String(cell);
    case 'bigint':
      return numberText(cell);
    case 'boolean':
      return cell ? 'True' : 'False';
    case 'string':
      return viewer.text(cell);
    default: {
      if ('written' in cell) return viewer.text(cell.written);
      if ('missing' in cell) return cell.missing;
      const { node } = cell;
      if (node.kind === 'str') return viewer.text(node.value.slice(0, 4 * MAX_CELL));
      return inlineText(node, viewer, LEVELS_INLINE);
    }
  }
}

/** Parts and levels of a value that stands in a cell. */
const PARTS_INLINE = 4;
const LEVELS_INLINE = 2;

/** A value in one line: `[1, 2]`, `{'a': 1}`, `OrderData of 12 parts`. */
function inlineText(node: Node, viewer: Viewer, levels: number): string {
  const view = viewer.view(node);
  if (view.text !== undefined) return view.text;
  if (view.shape === 'object') return viewer.words.ofParts(view.open, view.count);
  if (levels === 0) return `${view.open}${view.count === 0 ? '' : '…'}${view.close}`;
  const parts: string[] = [];
  for (let at = 0; at < Math.min(view.count, PARTS_INLINE); at++) {
    const { node: part, label } = view.part(at);
    const text = inlineText(part, viewer, levels - 1);
    parts.push(view.shape === 'mapping' ? `${label ?? ''}: ${text}` : text);
  }
  if (view.count > PARTS_INLINE) parts.push('…');
  const comma = node.kind === 'tuple' && view.count === 1 ? ',' : '';
  return `${view.open}${parts.join(', ')}${comma}${view.close}`;
}

/** The name of a column: of several levels as a tuple. */
export function columnName({ name }: Column, viewer: Viewer): string {
  const texts = name.map((level) => cellText(level, '', viewer));
  return texts.length > 1 ? `(${texts.join(', ')})` : (texts[0] ?? '');
}

interface Shown {
  readonly title: string;
  readonly type: string;
  readonly cells: (row: number) => string;
  readonly width: number;
  /** Numbers stand at the right. */
  readonly right: boolean;
  readonly paint: Paint | undefined;
  readonly isUnread: boolean;
  readonly kind: string;
}

const NUMERIC = /^(?:>?(?:u?int|float|U?Int|Float|complex)\d|decimal\d|(?:halffloat|float|double)\[)/;

function shownColumn(column: Column, rows: number, paint: Paint | undefined, viewer: Viewer, ascii: boolean): Shown {
  const cells = (row: number): string =>
    truncate(cellText(column.cell(row, true), column.dtype, viewer), MAX_CELL, ascii);
  const title = truncate(columnName(column, viewer), MAX_CELL, ascii);
  // What names the rows has its type in the line above.
  const type = paint === undefined ? truncate(viewer.text(column.dtype), MAX_TYPE, ascii) : '';
  let width = Math.max(displayWidth(title), displayWidth(type));
  for (let row = 0; row < Math.min(rows, MEASURED); row++) width = Math.max(width, displayWidth(cells(row)));
  const right = NUMERIC.test(column.dtype);
  return {
    title,
    type,
    cells,
    width,
    right,
    paint,
    isUnread: column.isUnread === true,
    kind: viewer.text(column.dtype),
  };
}

function padded(text: string, { width, right }: Shown, ascii: boolean): string {
  const cut = truncate(text, width, ascii);
  return right ? ' '.repeat(Math.max(0, width - displayWidth(cut))) + cut : padRight(cut, width);
}

/** The columns that fit beside each other; at least one, cut if it has to be. */
function fitting(table: Table, rows: number, { width, ascii }: TableOptions, viewer: Viewer): Shown[] {
  const shown: Shown[] = [];
  let used = 0;
  const add = (column: Column, paint: Paint | undefined, isLast: boolean): boolean => {
    const next = shownColumn(column, rows, paint, viewer, ascii);
    const gap = shown.length === 0 ? 0 : GAP;
    const room = width - used - gap;
    if (next.width > room && !isLast) return false;
    shown.push(next.width > room ? { ...next, width: Math.max(1, room) } : next);
    used += gap + Math.min(next.width, Math.max(1, room));
    return true;
  };
  for (const level of table.index) add(level, 'cyan', true);
  for (let at = 0; at < Math.min(table.columnCount, MAX_COLUMNS); at++)
    if (!add(table.column(at), undefined, at === 0)) break;

  return shown;
}

/** Lines of a table, without their line ends. */
export function* tableLines(table: Table, viewer: Viewer, options: TableOptions): Generator<string> {
  const { style, ascii, width } = options;
  const rows = Math.min(table.rows, options.rows);
  if (table.index.length > 0)
    yield truncate(viewer.words.indexLine(viewer.text(table.indexText(viewer.words))), width, ascii);
  const shown = fitting(table, rows, options, viewer);
  const line = (of: (column: Shown) => string, paint: (column: Shown) => Paint | undefined): string =>
    shown
      .map((column) => {
        const text = padded(of(column), column, ascii);
        const chosen = paint(column);
        return chosen === undefined ? text : style(chosen, text);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  if (shown.some(({ title }) => title !== '')) {
    yield line(
      (column) => column.title,
      () => 'bold',
    );
  }
  // Of an index alone the heading says it already.
  if ((table.index.length > 0 || table.hasTypes === true) && table.columnCount > 0) {
    yield line(
      (column) => column.type,
      () => 'dim',
    );
  }
  for (let row = 0; row < rows; row++) {
    yield line(
      (column) => column.cells(row),
      (column) => column.paint,
    );
  }
  if (rows < table.rows) yield style('dim', viewer.words.moreRows(table.rows - rows));
  yield* unreadLines(shown, viewer, options);
  const left = table.columnCount - (shown.length - table.index.length);
  if (left > 0) yield style('dim', truncate(leftText(table, left, viewer), width, ascii));
}

/** What no cell says: that there are values, which are not read. */
function* unreadLines(
  shown: readonly Shown[],
  viewer: Viewer,
  { style, width, ascii }: TableOptions,
): Generator<string> {
  const kinds = new Map<string, string[]>();
  for (const { isUnread, kind, title } of shown) if (isUnread) kinds.set(kind, [...(kinds.get(kind) ?? []), title]);
  for (const [kind, names] of kinds)
    yield style('dim', truncate(viewer.words.unreadColumns(names.join(', '), kind), width, ascii));
}

function leftText(table: Table, left: number, viewer: Viewer): string {
  const names: string[] = [];
  for (let at = table.columnCount - left; names.length < Math.min(left, NAMES_SHOWN); at++)
    names.push(columnName(table.column(at), viewer));

  return viewer.words.moreColumns(left, `${names.join(', ')}${left > names.length ? ', …' : ''}`);
}
