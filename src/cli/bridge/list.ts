/**
 * The lists that every vnpy server has.
 *
 * @module
 */
import { AccountData, ContractData, OrderData, PositionData, TickData, TradeData } from '../../vnpy/index.js';
import type { CommandContext } from './command.js';
import { withClient } from './connection.js';
import { checkRows, formatOf, writeRows } from './listing.js';
import type { RowClass } from './listing.js';
import {
  ACCOUNT_COLUMNS,
  CONTRACT_COLUMNS,
  ORDER_COLUMNS,
  POSITION_COLUMNS,
  TICK_COLUMNS,
  TRADE_COLUMNS,
} from './output/rows.js';
import type { Column } from './output/table.js';

/** What is listed: the class of its rows and the columns of its table. */
export interface Listed<Row extends object> {
  readonly type: RowClass<Row>;
  readonly columns: readonly Column<Row>[];
}

const listed = <Row extends object>(type: RowClass<Row>, columns: readonly Column<Row>[]): Listed<Row> => ({
  type,
  columns,
});

/** The lists that every vnpy server has. */
export const LISTS = {
  orders: listed(OrderData, ORDER_COLUMNS),
  trades: listed(TradeData, TRADE_COLUMNS),
  positions: listed(PositionData, POSITION_COLUMNS),
  accounts: listed(AccountData, ACCOUNT_COLUMNS),
  contracts: listed(ContractData, CONTRACT_COLUMNS),
  ticks: listed(TickData, TICK_COLUMNS),
} as const;

/** Asks for a list with a function that takes no arguments, and shows it. */
export async function showList<Row extends object>(
  context: CommandContext,
  method: string,
  { type, columns }: Listed<Row>,
): Promise<void> {
  formatOf(context.settings); // Before the server is asked.
  const answer = await withClient(context, (client) => client.call(method, [], {}, { signal: context.signal }));
  await writeRows(context, columns, checkRows(method, answer, type));
}
