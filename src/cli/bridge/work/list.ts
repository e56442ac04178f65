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
import { textsOf } from '../../lang/texts.js';
import type { DataColumn, RowClass } from '../output/rows.js';

/** Asks for a list with a function that takes no arguments, and shows it. */
type ShowList = (context: CommandContext, method: string) => Promise<void>;

/** The sentences for a server that has none of something. */
type NoneText = 'noAccount' | 'noContract' | 'noTick';

/** @param whenNone - Told on standard error when the server has none: it is not as it should be. */
function listOf<Row extends object>(
  type: RowClass<Row>,
  columns: readonly DataColumn<Row>[],
  whenNone?: NoneText,
): ShowList {
  return async (context, method) => {
    formatOf(context.settings); // Before the server is asked.
    const answer = await withClient(context, (client) => client.call(method, [], { signal: context.signal }));
    const rows = checkRows(method, answer, type);
    await writeRows(context, columns, rows, type);
    if (rows.length > 0 || whenNone === undefined) return;
    const texts = await textsOf('live', context.language);
    // Where standard error is closed there is nobody to tell.
    await context.io.stderr.write(`vnpy-bridge: ${texts[whenNone]}\n`).catch(() => undefined);
  };
}

export const SHOW_LIST = {
  orders: listOf(OrderData, ORDER_COLUMNS),
  trades: listOf(TradeData, TRADE_COLUMNS),
  positions: listOf(PositionData, POSITION_COLUMNS),
  accounts: listOf(AccountData, ACCOUNT_COLUMNS, 'noAccount'),
  contracts: listOf(ContractData, CONTRACT_COLUMNS, 'noContract'),
  ticks: listOf(TickData, TICK_COLUMNS, 'noTick'),
} as const;
