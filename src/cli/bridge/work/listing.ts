/**
 * The work of the commands that show a list: ask, check, filter, write.
 *
 * @module
 */
import { writeAll } from '../../kit/io.js';
import type { CommandContext } from '../../kit/command.js';
import { isChineseWindows } from '../../kit/language.js';
import { CliError } from '../../kit/errors.js';
import type { DataColumn, RowClass, RowFormat } from '../output/rows.js';
import { cell, renderRows } from '../output/rows.js';
import { textsOf } from '../../lang/texts.js';
import { bom, csv, find, json } from '../options.js';
import type { Settings } from '../../kit/settings.js';

/** @throws {@link CliError} when the server's answer is no list of `type`. */
export function checkRows<Row extends object>(method: string, answer: unknown, type: RowClass<Row>): readonly Row[] {
  const rows: unknown = answer ?? [];
  if (Array.isArray(rows) && rows.every((row): row is Row => row instanceof type)) return rows;
  throw new CliError('REFUSED', (texts) => texts.noList(method, type.name));
}

/** Writes rows as the settings say. */
export async function writeRows<Row extends object>(
  { settings, io, style, language }: CommandContext,
  columns: readonly DataColumn<Row>[],
  rows: readonly Row[],
  type: RowClass<Row>,
): Promise<void> {
  const wanted = settings.get(find)?.toLowerCase();
  const shown = wanted === undefined ? rows : rows.filter((row) => contains(row, wanted));
  const format = formatOf(settings);
  const texts = await textsOf('data', language);
  const lines = renderRows(columns, shown, { format, style, type, texts }).map((line) => `${line}\n`);
  await writeAll(io.stdout, format === 'csv' && needsMark(settings.get(bom), io) ? [BYTE_ORDER_MARK, ...lines] : lines);
}

/** Without it, Excel reads a file in the code page of the system, which shows Chinese names as other characters. */
const BYTE_ORDER_MARK = '\ufeff';

function needsMark(when: 'auto' | 'always' | 'never', io: CommandContext['io']): boolean {
  return when === 'auto' ? isChineseWindows(io) : when === 'always';
}

/** @throws {@link CliError} when two formats are asked for. */
export function formatOf(settings: Settings): RowFormat {
  if (settings.get(csv) && settings.get(json)) throw new CliError('USAGE', (texts) => texts.both('--csv', '--json'));
  return settings.get(csv) ? 'csv' : settings.get(json) ? 'json' : 'table';
}

function contains(row: object, wanted: string): boolean {
  return Object.values(row).some((value) =>
    String(cell(value) ?? '')
      .toLowerCase()
      .includes(wanted),
  );
}
