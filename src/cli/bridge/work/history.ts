/**
 * The work of `vnpy-bridge history`.
 *
 * @module
 */
import { PyDateTime } from '../../../pickle/index.js';
import type { RpcClient } from '../../../rpc/index.js';
import { BarData, DatafeedError, HistoryRequest, Interval, TickData } from '../../../vnpy/index.js';
import type { CommandContext } from '../command.js';
import { withClient } from '../connection.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { checkRows, formatOf, writeRows } from '../listing.js';
import { BAR_COLUMNS, TICK_COLUMNS } from '../output/rows.js';
import { gatewayOf, splitVtSymbol } from '../symbols.js';
import { datafeed, end, interval, start } from '../settings/options.js';

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
