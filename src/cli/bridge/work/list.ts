/**
 * The lists that every vnpy server has.
 *
 * @module
 */
import { AccountData, ContractData, OrderData, PositionData, TickData, TradeData } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { withClient } from '../connection/connection.js';
import { checkRows, formatOf, writeRows } from './listing.js';
import {
  ACCOUNT_COLUMNS,
  CONTRACT_COLUMNS,
  ORDER_COLUMNS,
  POSITION_COLUMNS,
  TICK_COLUMNS,
  TRADE_COLUMNS,
} from '../output/rows.js';
import { NO_ACCOUNT, NO_CONTRACT, NO_TICK } from '../events/quiet.js';
import type { RowClass } from '../output/rows.js';
import type { Column } from '../../kit/text/table.js';

/** Asks for a list with a function that takes no arguments, and shows it. */
type ShowList = (context: CommandContext, method: string) => Promise<void>;

/** @param whenNone - Told on standard error when the server has none: it is not as it should be. */
function listOf<Row extends object>(type: RowClass<Row>, columns: readonly Column<Row>[], whenNone?: string): ShowList {
  return async (context, method) => {
    formatOf(context.settings); // Before the server is asked.
    const answer = await withClient(context, (client) => client.call(method, [], { signal: context.signal }));
    const rows = checkRows(method, answer, type);
    await writeRows(context, columns, rows, type);
    // Where standard error is closed there is nobody to tell.
    if (rows.length === 0 && whenNone !== undefined)
      await context.io.stderr.write(`vnpy-bridge: ${whenNone}\n`).catch(() => undefined);
  };
}

export const SHOW_LIST = {
  orders: listOf(OrderData, ORDER_COLUMNS),
  trades: listOf(TradeData, TRADE_COLUMNS),
  positions: listOf(PositionData, POSITION_COLUMNS),
  accounts: listOf(AccountData, ACCOUNT_COLUMNS, NO_ACCOUNT),
  contracts: listOf(ContractData, CONTRACT_COLUMNS, NO_CONTRACT),
  ticks: listOf(TickData, TICK_COLUMNS, NO_TICK),
} as const;
