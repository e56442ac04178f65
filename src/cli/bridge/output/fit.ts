/**
 * Tables and lines that fit the window: columns go by priority before a line would wrap.
 *
 * @module
 */
import { escapeText } from '../../kit/text/escape.js';
import { displayWidth, truncate } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import { renderTable } from '../../kit/text/table.js';
import type { Column } from '../../kit/text/table.js';

/** A column of a table that fits. */
export interface FittedColumn<Row> extends Column<Row> {
  /** The column with the highest number goes first, of equal ones the last; 0 stays. */
  readonly priority: number;
  /** What the rows' cells are painted with. */
  readonly paint?: (row: Row) => Paint | undefined;
}

/** A table of at most `width` columns of the terminal, header first. */
export function fitTable<Row>(
  columns: readonly FittedColumn<Row>[],
  rows: readonly Row[],
  width: number,
  style: Style,
): readonly string[] {
  const plain = (_paint: Paint, text: string): string => text;
  let shown = columns;
  let lines = renderTable(shown, rows, plain);
  while (lines.some((line) => displayWidth(line) > width)) {
    const last = shown.reduce((most, { priority }) => Math.max(most, priority), 0);
    if (last === 0) break;
    const dropped = shown.findLast(({ priority }) => priority === last);
    shown = shown.filter((column) => column !== dropped);
    lines = renderTable(shown, rows, plain);
  }
  return lines.map((line, index) => {
    const text = truncate(line, width);
    if (index === 0) return style('bold', text);
    const row = rows[index - 1];
    const paint = row === undefined ? undefined : columns.find((column) => column.paint)?.paint?.(row);
    return paint === undefined ? text : style(paint, text);
  });
}

/** Parts of one line, as many as fit; the first one is cut rather than left out. */
export function fitLine(
  parts: readonly (readonly [text: string, paint?: Paint])[],
  width: number,
  style: Style,
): string {
  let used = 0;
  const shown: string[] = [];
  for (const [raw, paint] of parts) {
    const gap = shown.length === 0 ? 0 : 2;
    const text = truncate(escapeText(raw), shown.length === 0 ? width : Infinity);
    if (raw === '' || used + gap + displayWidth(text) > width) continue;
    used += gap + displayWidth(text);
    shown.push(paint === undefined ? text : style(paint, text));
  }
  return shown.join('  ');
}

/** Blocks of lines, header first, in at most `height` lines: each keeps its header, and says how many rows are missing. */
export function fitBlocks(
  blocks: readonly (readonly string[])[],
  height: number,
  more: (rows: number) => string,
): readonly string[] {
  const lines: string[] = [];
  let left = height;
  for (const block of blocks) {
    const gap = lines.length === 0 ? 0 : 1;
    // A header alone, torn off from its rows, says nothing.
    const room = left - gap;
    if (room < Math.min(2, block.length)) break;
    const shown = block.length <= room ? block : [...block.slice(0, room - 1), more(block.length - room + 1)];
    lines.push(...(gap === 0 ? [] : ['']), ...shown);
    left = height - lines.length;
  }
  return lines;
}
