/**
 * Bars of a file, as `vnpy-bridge history` writes them with `--csv` or `--json`.
 *
 * @module
 */
import { messageOf } from '../../../errors.js';
import { PyDateTime, PyZoneInfo } from '../../../pickle/index.js';
import { BarData, Exchange, Interval, parseEnum } from '../../../vnpy/index.js';
import { CliError } from '../../kit/errors.js';
import { readTextFile } from '../../kit/text-file.js';

const NUMBERS = [
  'open_price',
  'high_price',
  'low_price',
  'close_price',
  'volume',
  'turnover',
  'open_interest',
] as const;

/** Without these a bar is none. */
const NEEDED: ReadonlySet<string> = new Set(['open_price', 'high_price', 'low_price', 'close_price']);

/** The zone of a time without one. */
const ZONE = new PyZoneInfo('Asia/Shanghai');

type Row = Readonly<Record<string, unknown>>;

/**
 * The bars of a file.
 *
 * @throws {@link CliError} `FILE` that names the file, the entry and the field.
 */
export async function readBars(path: string): Promise<readonly BarData[]> {
  const text = await readTextFile(path);
  const rows = text.trimStart().startsWith('[') ? rowsOfJson(path, text) : rowsOfCsv(text);
  if (rows.length === 0) throw new CliError('FILE', ({ barsNone }) => barsNone(path));
  return rows.map((row, index) => barOf(path, index + 1, row));
}

function rowsOfJson(path: string, text: string): readonly Row[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map((row: unknown) => Object(row) as Row) : [];
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.noJson(path, messageOf(error)), { cause: error });
  }
}

/** The first line names the columns. */
function rowsOfCsv(text: string): readonly Row[] {
  const [names = [], ...lines] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(cellsOf);
  return lines.map((cells) => Object.fromEntries(names.map((name, index) => [name.trim(), cells[index] ?? ''])));
}

/** Cells may be quoted, with quotes doubled inside (RFC 4180). A line break inside of one does not occur in bars. */
function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

function barOf(path: string, entry: number, row: Row): BarData {
  const fault = (field: string): CliError =>
    new CliError('FILE', ({ barFault }) => barFault(path, entry, field, textOf(row, field)));
  const [symbol, exchangeName] = placeOf(row);
  const exchange = parseEnum(Exchange, exchangeName);
  if (symbol === '') throw fault('symbol');
  if (exchange === undefined) throw fault('exchange');

  const interval = parseEnum(Interval, textOf(row, 'interval') || '1m');
  if (interval === undefined) throw fault('interval');
  const date = dateOf(textOf(row, 'datetime'));
  if (date === undefined) throw fault('datetime');
  const prices = Object.fromEntries(
    NUMBERS.map((name) => {
      const given = row[name] ?? '';
      const value = given === '' && !NEEDED.has(name) ? 0 : Number(given === '' ? NaN : given);
      if (!Number.isFinite(value)) throw fault(name);
      return [name, value];
    }),
  );
  const gateway = textOf(row, 'gateway_name') || 'REPLAY';
  const datetime = PyDateTime.fromDate(date, ZONE);
  return new BarData({ gateway_name: gateway, symbol, exchange, datetime, interval, ...prices });
}

/** A field as text: of a file of JSON it may be a number. */
function textOf(row: Row, name: string): string {
  const value = row[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** Symbol and exchange, by themselves or as a vt_symbol. */
function placeOf(row: Row): readonly [symbol: string, exchange: string] {
  const symbol = textOf(row, 'symbol');
  if (symbol !== '') return [symbol, textOf(row, 'exchange')];
  const whole = textOf(row, 'vt_symbol');
  const dot = whole.lastIndexOf('.');
  return dot < 0 ? ['', ''] : [whole.slice(0, dot), whole.slice(dot + 1)];
}

/** A time without a zone is the clock of the exchange. */
function dateOf(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) return undefined;
  const iso = text.includes(':') ? text.replace(' ', 'T') : `${text}T00:00:00`;
  const date = new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}+08:00`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
