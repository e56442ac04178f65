/**
 * The work of `vnpy-bridge history`.
 *
 * @module
 */
import { PyDateTime } from '../../../pickle/index.js';
import type { RpcClient } from '../../../rpc/index.js';
import { BarData, DatafeedError, HistoryRequest, Interval, TickData } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { withClient } from '../connection/connection.js';
import { CliError } from '../../kit/errors.js';
import { escapeText } from '../../kit/text/escape.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { checkRows, formatOf, writeRows } from './listing.js';
import { BAR_COLUMNS, TICK_COLUMNS } from '../output/rows.js';
import { textsOf } from '../../lang/texts.js';
import { ServerLog } from '../connection/server-log.js';
import { gatewayOf, splitVtSymbol } from '../arguments/symbols.js';
import { datafeed, end, interval, start } from '../options.js';

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
    if (!fromDatafeed) throw new CliError('USAGE', ({ noPastTicks }) => noPastTicks);
    const answer = await withClient(context, (client) => query(context, client, 'query_tick_history', [request]));
    await writeRows(context, TICK_COLUMNS, checkRows('query_tick_history', answer, TickData), TickData);
    return EXIT.ok;
  }
  const bars = fromDatafeed ? await datafeedBars(context, request) : await gatewayBars(context, request);
  await writeRows(context, BAR_COLUMNS, bars, BarData);
  return EXIT.ok;
}

async function datafeedBars(context: CommandContext, request: HistoryRequest): Promise<readonly BarData[]> {
  const answer = await withClient(context, (client) => query(context, client, 'query_bar_history', [request]));
  return checkRows('query_bar_history', answer, BarData);
}

/** Bars of the contract's gateway. That a gateway has none and that it has failed is the same answer: the log says which. */
async function gatewayBars(context: CommandContext, request: HistoryRequest): Promise<readonly BarData[]> {
  return withClient(context, async (client) => {
    const gateway = await gatewayOf(context, client, request.vt_symbol);
    await using log = await ServerLog.open(context);
    const bars = checkRows('query_history', await query(context, client, 'query_history', [request, gateway]), BarData);
    if (bars.length === 0) await tellWhy(context, log);
    return bars;
  });
}

async function tellWhy({ io, language }: CommandContext, log: ServerLog): Promise<void> {
  // vnpy since 4.4 logs the request itself, which is no reason.
  const messages = (await log.messages()).filter((message) => !message.includes('HistoryRequest('));
  const texts = await textsOf('live', language);
  const nothing = log.isHeard ? texts.noReason : texts.noLog;
  const lines =
    messages.length === 0
      ? [texts.noBars(nothing)]
      : messages.map((message) => texts.noBars(texts.logged(escapeText(message))));
  for (const line of lines) await io.stderr.write(`vnpy-bridge history: ${line}\n`);
}

function historyRequest({ args: [target = ''], settings }: CommandContext): HistoryRequest {
  const { symbol, exchange } = splitVtSymbol(target);
  const last = settings.get(end) ?? Date.now();
  const first = settings.get(start) ?? last - DAY;
  if (first >= last) throw new CliError('USAGE', (texts) => texts.before('--start', '--end'));
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
  const answer = await client.call(method, args, { signal });
  // vnpy_rpcservice's datafeed server answers with the text of the error.
  if (typeof answer === 'string') throw new DatafeedError(answer);
  return answer;
}
