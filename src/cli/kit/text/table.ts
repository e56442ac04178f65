/**
 * Rows as an aligned table, or as comma separated values.
 *
 * @module
 */
import { escapeText } from './escape.js';
import { displayWidth, padRight } from './style.js';
import type { Style } from './style.js';

/** A column: where its cells come from. */
export interface Column<Row> {
  /** What it is called, in CSV too. */
  readonly title: string;
  /** What stands above it in a table, where that is another word. */
  readonly head?: string;
  /** The cell; undefined, null and NaN are empty. */
  readonly value: (row: Row) => Cell;
  /** How many decimals a number has in a table at the least: prices stand under one another then. */
  readonly decimals?: (row: Row) => number | undefined;
}

/** What a cell may hold. Numbers stand on the right. */
export type Cell = string | number | boolean | null | undefined;

/** Lines of a table, header first, without line ends. Without rows there is only the header. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: Style): string[] {
  const numeric = columns.map(({ value }) => rows.length > 0 && rows.every((row) => isNumeric(value(row))));
  const cells = rows.map((row) =>
    columns.map(({ value, decimals }) => escapeText(cellText(value(row), decimals?.(row)))),
  );
  const widths = columns.map(({ title, head = title }, index) =>
    // A loop, because a spread of as many arguments as a market has contracts overflows the stack.
    cells.reduce((width, line) => Math.max(width, displayWidth(line[index] ?? '')), displayWidth(head)),
  );
  const align = (text: string, index: number): string => {
    const width = widths[index] ?? 0;
    return numeric[index] === true ? ' '.repeat(Math.max(0, width - displayWidth(text))) + text : padRight(text, width);
  };
  const header = columns
    .map(({ title, head = title }, index) => align(head, index))
    .join('  ')
    .trimEnd();
  return [style('bold', header), ...cells.map((line) => line.map(align).join('  ').trimEnd())];
}

/** Lines of RFC 4180 text, header first, without line ends. */
export function renderCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const line = (texts: readonly string[]): string => texts.map(quote).join(',');
  return [
    line(columns.map(({ title }) => title)),
    ...rows.map((row) => line(columns.map(({ value }) => exactText(value(row))))),
  ];
}

/** A field of CSV. What a spreadsheet would take for a formula is left as it is: numbers begin with a minus too. */
function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellText(cell: Cell, decimals = 0): string {
  if (typeof cell !== 'number' || Number.isNaN(cell)) return exactText(cell);
  // CTP's "no limit" is the largest double: 17 digits and an exponent, which no table needs.
  if (Math.abs(cell) >= 1e300) return '∞';
  const text = withoutNoise(cell);
  return decimalsOf(text) < decimals && Math.abs(cell) < 1e15 ? cell.toFixed(Math.min(decimals, 20)) : text;
}

/** How many decimals a number is written with: 2 for `'0.05'`, 9 for `'5e-9'`. */
export function decimalsOf(text: string): number {
  const [, fraction = '', power = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  return Math.max(0, fraction.length - Number(power));
}

/**
 * Sums of float64 have noise in their last digits: a balance of 9999824.93399999 is meant to be 9999824.934. It is taken
 * for noise where 12 to 15 significant digits end in three zeros or more. JSON and CSV stay exact.
 */
function withoutNoise(value: number): string {
  for (const digits of [15, 14, 13, 12]) {
    const rounded = value.toPrecision(digits);
    if (/\.\d*000$/.test(rounded)) return exactText(Number(rounded));
  }
  return exactText(value);
}

function exactText(cell: Cell): string {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return '';
  return Object.is(cell, -0) ? '0' : String(cell);
}

function isNumeric(cell: Cell): boolean {
  return cell === null || cell === undefined || typeof cell === 'number';
}
