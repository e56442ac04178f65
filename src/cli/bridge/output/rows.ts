/**
 * vnpy's data as rows: which columns a table shows, and all of them for programs.
 *
 * @module
 */
import type {
  AccountData,
  BarData,
  ContractData,
  OrderData,
  PositionData,
  TickData,
  TradeData,
} from '../../../vnpy/index.js';
import { PyDateTime } from '../../../pickle/index.js';
import { DATA_CLASSES } from '../../../vnpy/data/internal.js';
import { isEnumMember } from '../../../vnpy/index.js';
import type { DataTexts } from '../../lang/en/data.js';
import type { Style } from '../../kit/text/style.js';
import { toPlain } from './plain.js';
import { renderCsv, renderTable } from '../../kit/text/table.js';
import type { Cell, Column } from '../../kit/text/table.js';

/** The class of the rows: one of vnpy's. */
export type RowClass<Row extends object> = abstract new (...args: never[]) => Row;

/** How rows are written. */
export type RowFormat = 'table' | 'csv' | 'json';

interface RowView<Row extends object> {
  readonly format: RowFormat;
  readonly style: Style;
  readonly type: RowClass<Row>;
  readonly texts: DataTexts;
}

/** Lines for rows, without line ends: a table, comma separated values of every field, or one JSON array. */
export function renderRows<Row extends object>(
  columns: readonly DataColumn<Row>[],
  rows: readonly Row[],
  { format, style, type, texts }: RowView<Row>,
): readonly string[] {
  switch (format) {
    case 'table':
      return renderTable(spoken(columns, texts), rows, style);
    case 'csv':
      return renderCsv(everyField(type, rows), rows);
    case 'json':
      return rows.length === 0
        ? ['[]']
        : rows.map((row, index) => {
            const [open, close] = [index === 0 ? '[' : ' ', index === rows.length - 1 ? ']' : ','];
            return open + JSON.stringify(toPlain(row)) + close;
          });
  }
}

/** The fields of the class in vnpy's order, with rows and without; behind them what some rows have beside. */
function everyField<Row extends object>(type: RowClass<Row>, rows: readonly Row[]): readonly Column<Row>[] {
  const declared = DATA_CLASSES.find((known) => known.type === type)?.create() ?? {};
  const names = new Set([declared, ...rows].flatMap((row) => Object.keys(row)));
  return [...names].map((title) => ({
    title,
    value: (row) => cell((row as Readonly<Record<string, unknown>>)[title]),
  }));
}

/** Anything as a cell. */
export function cell(value: unknown): Cell {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  const plain = toPlain(value);
  return typeof plain === 'object' ? JSON.stringify(plain) : plain;
}

/** A datetime as people read it, to the millisecond; anything else as it is. */
export function timeCell(value: unknown): Cell {
  if (!(value instanceof PyDateTime)) return cell(value);
  const text = value.toString().replace('T', ' ');
  return text.replace(/(\.\d{3})\d+/, '$1').replace(/\.000(?=[+[-]|$)/, '');
}

/** An enum member as the language has it; what is none, as it is. */
export function memberCell(value: unknown, { member }: Pick<DataTexts, 'member'>): Cell {
  return isEnumMember(value) ? member(value) : cell(value);
}

/** What a column is called in the catalogues. */
type ColumnName = keyof DataTexts['columns'];

/** A column of a list, of which a language makes one of a table. */
export interface DataColumn<Row> {
  readonly title: ColumnName;
  /** Its name in the catalogues, where that is not its title. */
  readonly named?: ColumnName;
  readonly read: (row: Row) => unknown;
  readonly isTime?: boolean;
}

/** The columns in the words of a language. */
export function spoken<Row>(columns: readonly DataColumn<Row>[], texts: DataTexts): readonly Column<Row>[] {
  return columns.map(({ title, named = title, read, isTime = false }) => ({
    title,
    head: texts.columns[named],
    value: (row) => (isTime ? timeCell(read(row)) : memberCell(read(row), texts)),
  }));
}

const field = <Row>(title: ColumnName, read: (row: Row) => unknown, named = title): DataColumn<Row> => ({
  title,
  named,
  read,
});
const time = <Row>(title: ColumnName, read: (row: Row) => unknown): DataColumn<Row> => ({ title, read, isTime: true });

export const ORDER_COLUMNS: readonly DataColumn<OrderData>[] = [
  field('vt_orderid', (row) => row.vt_orderid),
  field('vt_symbol', (row) => row.vt_symbol),
  field('direction', (row) => row.direction),
  field('offset', (row) => row.offset),
  field('type', (row) => row.type),
  field('price', (row) => row.price),
  field('volume', (row) => row.volume),
  field('traded', (row) => row.traded),
  field('status', (row) => row.status),
  time('datetime', (row) => row.datetime),
  field('reference', (row) => row.reference),
];

export const TRADE_COLUMNS: readonly DataColumn<TradeData>[] = [
  field('vt_tradeid', (row) => row.vt_tradeid),
  field('vt_orderid', (row) => row.vt_orderid),
  field('vt_symbol', (row) => row.vt_symbol),
  field('direction', (row) => row.direction),
  field('offset', (row) => row.offset),
  field('price', (row) => row.price),
  field('volume', (row) => row.volume),
  time('datetime', (row) => row.datetime),
];

export const POSITION_COLUMNS: readonly DataColumn<PositionData>[] = [
  field('vt_symbol', (row) => row.vt_symbol),
  field('direction', (row) => row.direction),
  field('volume', (row) => row.volume),
  field('yd_volume', (row) => row.yd_volume),
  field('frozen', (row) => row.frozen),
  field('price', (row) => row.price, 'average'),
  field('pnl', (row) => row.pnl),
  field('gateway_name', (row) => row.gateway_name),
];

export const ACCOUNT_COLUMNS: readonly DataColumn<AccountData>[] = [
  field('vt_accountid', (row) => row.vt_accountid),
  field('balance', (row) => row.balance),
  field('frozen', (row) => row.frozen),
  field('available', (row) => row.available),
];

export const CONTRACT_COLUMNS: readonly DataColumn<ContractData>[] = [
  field('vt_symbol', (row) => row.vt_symbol),
  field('name', (row) => row.name),
  field('product', (row) => row.product),
  field('size', (row) => row.size),
  field('pricetick', (row) => row.pricetick),
  field('min_volume', (row) => row.min_volume),
  field('max_volume', (row) => row.max_volume),
  field('gateway_name', (row) => row.gateway_name),
];

export const TICK_COLUMNS: readonly DataColumn<TickData>[] = [
  field('vt_symbol', (row) => row.vt_symbol),
  field('last', (row) => row.last_price),
  field('volume', (row) => row.volume, 'turned'),
  field('bid', (row) => row.bid_price_1),
  field('bid_volume', (row) => row.bid_volume_1),
  field('ask', (row) => row.ask_price_1),
  field('ask_volume', (row) => row.ask_volume_1),
  time('datetime', (row) => row.datetime),
];

export const BAR_COLUMNS: readonly DataColumn<BarData>[] = [
  time('datetime', (row) => row.datetime),
  field('open', (row) => row.open_price),
  field('high', (row) => row.high_price),
  field('low', (row) => row.low_price),
  field('close', (row) => row.close_price),
  field('volume', (row) => row.volume, 'turned'),
  field('turnover', (row) => row.turnover),
  field('open_interest', (row) => row.open_interest),
];
