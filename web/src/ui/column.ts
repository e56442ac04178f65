/**
 * What a column of a table is.
 *
 * @module
 */
import type { ComponentChildren } from 'preact';

/** How a value looks: which way it goes, or that it is less important. */
export type Tone = 'up' | 'down' | 'muted' | 'warn' | undefined;

/** A column of rows of one kind. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Width in px, until the person drags it. */
  readonly width: number;
  /** Numbers stand with their decimal points below each other; `plain` ones only end at one line. */
  readonly number?: boolean | 'plain';
  /** What the cell says; also what is searched and saved. */
  readonly text: (row: Row) => string;
  /** A second line, of tables with high rows. */
  readonly second?: (row: Row) => string;
  /** By what it is sorted; its text, when this is left out. */
  readonly by?: (row: Row) => number | string | null;
  readonly tone?: (row: Row) => Tone;
  /** Lights up for a moment when its text changes. */
  readonly flash?: boolean;
  /** What stands in the cell beside its text, for instance a button. */
  readonly control?: (row: Row) => ComponentChildren;
}

/** What a column of numbers has beside them. */
type NumberColumn<Row> = Pick<Column<Row>, 'id' | 'title' | 'width'> &
  Partial<Omit<Column<Row>, 'text' | 'by'>> & {
    /** The number: it is written, and sorted by. */
    readonly of: (row: Row) => number | null;
    readonly write: (value: number | null, row: NoInfer<Row>) => string;
  };

/** A column of numbers: what is written is what it is sorted by. */
export function numbers<Row>({ of, write, ...rest }: NumberColumn<Row>): Column<Row> {
  return { number: true, ...rest, by: of, text: (row) => write(of(row), row) };
}

/** A column that is there to tell one row from another, and less important than the rest. */
export function muted<Row>(id: string, title: string, width: number, text: (row: Row) => string): Column<Row> {
  return { id, title, width, text, tone: () => 'muted' };
}

/** The tone of a number by its sign: zero has none. */
export const toneOf = (value: number | null | undefined): Tone =>
  value === null || value === undefined || value === 0 || Number.isNaN(value) ? undefined : value > 0 ? 'up' : 'down';

/** The tone of a side. */
export const sideTone = (direction: string | null): Tone =>
  direction === 'LONG' ? 'up' : direction === 'SHORT' ? 'down' : undefined;

/** Rows in the order of a column: numbers as numbers, and what is missing last. */
export function sorted<Row>(rows: readonly Row[], column: Column<Row>, downwards: boolean): readonly Row[] {
  const by = column.by ?? column.text;
  const sign = downwards ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: by(row) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return a.key === b.key ? 0 : a.key === null ? 1 : -1;
    if (typeof a.key === 'number' && typeof b.key === 'number') return sign * (a.key - b.key);
    const [left, right] = [String(a.key), String(b.key)];
    return sign * (left < right ? -1 : left > right ? 1 : 0);
  });
  return keyed.map(({ row }) => row);
}

/** The rows as comma-separated values. A cell that a spreadsheet would take for a formula gets an apostrophe. */
function csv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const quoted = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns.map(({ title }) => quoted(title))];
  // A number is one to a program, too: without the commas of its thousands.
  const written = ({ text, number }: Column<Row>, row: Row): string =>
    number === undefined ? text(row) : text(row).replaceAll(',', '');
  for (const row of rows) lines.push(columns.map((column) => quoted(written(column, row))));
  // The mark at the beginning lets Excel read Chinese.
  return `\uFEFF${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

/** The table as a file: what is shown, in the order in which it stands. Columns of buttons are left out. */
export function saveTable<Row>(name: string, rows: readonly Row[], columns: readonly Column<Row>[]): void {
  save(
    `${name}.csv`,
    csv(
      rows,
      columns.filter(({ control }) => control === undefined),
    ),
  );
}

/** Gives the person a file. */
function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}
