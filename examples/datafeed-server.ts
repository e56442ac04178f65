/**
 * A datafeed in Node.js for vnpy: history for its backtester, its chart and its CTA strategies.
 *
 *     node datafeed-server.js [reply address] [publish address] [publish address for vnpy 3.0 to 4.4]
 *
 * In vnpy's global settings: `datafeed.name` is `rpcservice`, `datafeed.username` the reply address and
 * `datafeed.password` the publish address.
 */
import { BarData, DatafeedServer, Exchange, Interval } from 'vnpy-bridge/vnpy';
import type { Datafeed, HistoryRequest } from 'vnpy-bridge/vnpy';
import { PyDateTime, PyZoneInfo } from 'vnpy-bridge/pickle';

const [replyAddress = 'tcp://127.0.0.1:2014', topicFrame = 'tcp://127.0.0.1:4102', pair = 'tcp://127.0.0.1:4103'] =
  process.argv.slice(2);

const CHINA = new PyZoneInfo('Asia/Shanghai');

/** Daily closing prices of one contract: in real life from a file, a database, a web service. */
const CLOSES = [
  ['2026-05-11', 3480],
  ['2026-05-12', 3502],
  ['2026-05-13', 3497],
  ['2026-05-14', 3511],
] as const;

const datafeed: Datafeed = {
  queryBarHistory(request) {
    console.log(`asked for ${request.vt_symbol} from ${request.start.toISOString()}`);
    // The message of an error is what vnpy shows its user.
    if (request.vt_symbol !== 'rb2705.SHFE') throw new Error(`no data of ${request.vt_symbol}`);
    if (request.interval !== Interval.DAILY) throw new Error('only daily bars');
    return CLOSES.map(([day, close]) => barOf(request, day, close)).filter((bar) => isWithin(bar, request));
  },
  queryTickHistory(request) {
    throw new Error(`no ticks of ${request.vt_symbol}`);
  },
};

function barOf({ symbol }: HistoryRequest, day: string, close: number): BarData {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return new BarData({
    gateway_name: 'NODE',
    symbol,
    exchange: Exchange.SHFE,
    datetime: new PyDateTime(year, month, date, 0, 0, 0, 0, CHINA),
    interval: Interval.DAILY,
    open_price: close - 5,
    high_price: close + 8,
    low_price: close - 11,
    close_price: close,
    volume: 1000,
  });
}

function isWithin(bar: BarData, { start, end }: HistoryRequest): boolean {
  // A naive time of a request is meant in the zone of the market.
  const at = bar.datetime.instant(CHINA);
  return at >= start.instant(CHINA) && (end === null || at <= end.instant(CHINA));
}

const server = new DatafeedServer(datafeed, { logger: console });
await server.start(replyAddress, { topicFrame, pair });
console.log(`serving history at ${server.addresses?.reply ?? ''}`);

process.once('SIGINT', () => void server.stop());
