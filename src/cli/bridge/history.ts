/**
 * The work of `vnpy-bridge history`.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';
import type { RpcClient } from '../../rpc/index.js';
import {
  BarData,
  ContractData,
  DatafeedError,
  Exchange,
  HistoryRequest,
  Interval,
  TickData,
  parseEnum,
} from '../../vnpy/index.js';
import type { CommandContext } from './command.js';
import { withClient } from './connection.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { checkRows, formatOf, writeRows } from './listing.js';
import { BAR_COLUMNS, TICK_COLUMNS } from './output/rows.js';
import { datafeed, end, interval, start } from './settings/options.js';
import { vtSymbol as parseVtSymbol } from './settings/parsers.js';

const INTERVALS = {
  '1m': Interval.MINUTE,
  '1h': Interval.HOUR,
  d: Interval.DAILY,
  w: Interval.WEEKLY,
  tick: Interval.TICK,
} as const;

const DAY = 86_400_000;

/** Asks for the history of a contract and shows it. */
export async function showHistory(context: CommandContext): Promise<ExitCode> {
  const { settings } = context;
  formatOf(settings);
  const request = historyRequest(context);
  const fromDatafeed = settings.get(datafeed);
  if (settings.get(interval) === 'tick') {
    if (!fromDatafeed)
      throw new CliError('USAGE', 'a trading server has no ticks of the past: --interval tick needs --datafeed');
    const answer = await withClient(context, (client) => query(context, client, 'query_tick_history', [request]));
    await writeRows(context, TICK_COLUMNS, checkRows('query_tick_history', answer, TickData));
    return EXIT.ok;
  }
  const method = fromDatafeed ? 'query_bar_history' : 'query_history';
  const answer = await withClient(context, async (client) => {
    const more = fromDatafeed ? [] : [await gatewayOf(context, client, request.vt_symbol)];
    return query(context, client, method, [request, ...more]);
  });
  await writeRows(context, BAR_COLUMNS, checkRows(method, answer, BarData));
  return EXIT.ok;
}

function historyRequest({ args: [target = ''], settings }: CommandContext): HistoryRequest {
  const { symbol, exchange } = splitVtSymbol(target);
  const last = settings.get(end) ?? Date.now();
  const first = settings.get(start) ?? last - DAY;
  if (first >= last) throw new CliError('USAGE', '--start must be before --end');
  return new HistoryRequest({
    symbol,
    exchange,
    // With a zone: vnpy's gateways compare with datetimes that have one.
    start: PyDateTime.fromDate(new Date(first)),
    end: PyDateTime.fromDate(new Date(last)),
    interval: INTERVALS[settings.get(interval)],
  });
}

/** @throws {@link CliError} when it is none. */
export function splitVtSymbol(text: string): { readonly symbol: string; readonly exchange: Exchange } {
  try {
    parseVtSymbol(text);
  } catch (error) {
    throw new CliError('USAGE', `${JSON.stringify(text)} ${(error as Error).message}`, { cause: error });
  }
  const dot = text.lastIndexOf('.');
  const exchange = parseEnum(Exchange, text.slice(dot + 1));
  if (exchange === undefined) {
    const names = Object.keys(Exchange).join(', ');
    throw new CliError(
      'USAGE',
      `${JSON.stringify(text)}: there is no exchange ${text.slice(dot + 1)}; there are ${names}`,
    );
  }
  return { symbol: text.slice(0, dot), exchange };
}

/** The server's gateway that a contract came from. @throws {@link CliError} when the server does not know the contract. */
export async function gatewayOf({ signal }: CommandContext, client: RpcClient, vtSymbol: string): Promise<string> {
  const contract = await client.call('get_contract', [vtSymbol], {}, { signal });
  if (contract instanceof ContractData) return contract.gateway_name;
  throw new CliError(
    'REFUSED',
    `the server does not know the contract ${vtSymbol} ("vnpy-bridge contracts" lists those that it has)`,
  );
}

async function query(
  { signal }: CommandContext,
  client: RpcClient,
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const answer = await client.call(method, args, {}, { signal });
  // vnpy_rpcservice's datafeed server answers with the text of the error.
  if (typeof answer === 'string') throw new DatafeedError(answer);
  return answer;
}
