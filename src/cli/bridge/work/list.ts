/**
 * The lists that every vnpy server has.
 *
 * @module
 */
import { AccountData, ContractData, OrderData, PositionData, TickData, TradeData } from '../../../vnpy/index.js';
import type { CommandContext } from '../command.js';
import { withClient } from '../connection.js';
import { checkRows, formatOf, writeRows } from '../listing.js';
import {
  ACCOUNT_COLUMNS,
  CONTRACT_COLUMNS,
  ORDER_COLUMNS,
  POSITION_COLUMNS,
  TICK_COLUMNS,
  TRADE_COLUMNS,
} from '../output/rows.js';
import type { RowClass } from '../output/rows.js';
import type { Column } from '../output/table.js';

/** Asks for a list with a function that takes no arguments, and shows it. */
type ShowList = (context: CommandContext, method: string) => Promise<void>;

function listOf<Row extends object>(type: RowClass<Row>, columns: readonly Column<Row>[]): ShowList {
  return async (context, method) => {
    formatOf(context.settings); // Before the server is asked.
    const answer = await withClient(context, (client) => client.call(method, [], {}, { signal: context.signal }));
    await writeRows(context, columns, checkRows(method, answer, type), type);
  };
}

export const SHOW_LIST = {
  orders: listOf(OrderData, ORDER_COLUMNS),
  trades: listOf(TradeData, TRADE_COLUMNS),
  positions: listOf(PositionData, POSITION_COLUMNS),
  accounts: listOf(AccountData, ACCOUNT_COLUMNS),
  contracts: listOf(ContractData, CONTRACT_COLUMNS),
  ticks: listOf(TickData, TICK_COLUMNS),
} as const;
