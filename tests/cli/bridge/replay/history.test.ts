import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PyDateTime, PyTimeZone } from 'vnpy-bridge/pickle';
import {
  BarData,
  CancelRequest,
  Event,
  EventType,
  Exchange,
  HistoryRequest,
  Interval,
  LogData,
} from 'vnpy-bridge/vnpy';
import type { ContractData } from 'vnpy-bridge/vnpy';
import { readBars } from '../../../../src/cli/bridge/replay/bars-file.js';
import { ReplayHistory } from '../../../../src/cli/bridge/replay/history.js';
import { RecordedEngine } from '../../../../src/cli/bridge/replay/recorded-engine.js';
import { ReplayedMarket } from '../../../../src/cli/bridge/replay/trading-engine.js';
import { inChinese } from '../../../../src/cli/lang/zh/said/index.js';
import { contract, tick } from '../../../vnpy/support.js';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };
const MINUTE = 60_000;
const DAY = 86_400_000;
/** 10:00 in Shanghai. */
const TEN = Date.parse('2026-01-05T02:00:00Z');

const at = (moment: number): PyDateTime => PyDateTime.fromDate(new Date(moment), PyTimeZone.utc);

const bar = (moment: number, interval: Interval = Interval.MINUTE): BarData =>
  new BarData({ gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE, datetime: at(moment), interval });

const ask = (start: number, end: number | null, interval: Interval = Interval.MINUTE): HistoryRequest =>
  new HistoryRequest({
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    start: at(start),
    end: end === null ? null : at(end),
    interval,
  });

const moments = (bars: readonly BarData[]): number[] => bars.map(({ datetime }) => datetime.toDate().getTime());

describe('bars of a file', () => {
  const bars = [3, 1, 2].map((minute) => bar(TEN + minute * MINUTE));

  test('are given in order, from start to end, of the interval asked for', () => {
    const history = new ReplayHistory([...bars, bar(TEN, Interval.HOUR)], false, () => TEN + DAY);
    expect(moments(history.query(ask(TEN, TEN + 2 * MINUTE)))).toEqual([TEN + MINUTE, TEN + 2 * MINUTE]);
    expect(moments(history.query(ask(TEN, TEN + DAY, Interval.HOUR)))).toEqual([TEN]);
    expect(history.query(ask(TEN, TEN + DAY, Interval.DAILY))).toEqual([]);
    // A time without a zone is the clock in Shanghai.
    const naive = new HistoryRequest({ ...RB, start: new PyDateTime(2026, 1, 5, 10, 2), end: at(TEN + DAY) });
    expect(moments(history.query(naive))).toEqual([TEN + 2 * MINUTE, TEN + 3 * MINUTE]);
  });

  test('never those of the recorded future, however late the client thinks it is', () => {
    const history = new ReplayHistory(bars, false, () => TEN + 2 * MINUTE);
    const later = TEN + 400 * DAY;
    expect(moments(history.query(ask(later - MINUTE, later)))).toEqual([TEN + MINUTE, TEN + 2 * MINUTE]);
    expect(moments(history.query(ask(Date.now() - 10 * DAY, null)))).toEqual([TEN + MINUTE, TEN + 2 * MINUTE]);
  });

  test('a contract has history where there are bars of it', () => {
    const engine = new RecordedEngine(new ReplayHistory(bars, false, () => TEN));
    const [rb, hc] = [contract('rb2705'), contract('hc2705')].map(
      (each) => engine.published(new Event(EventType.CONTRACT, each)) as Event<ContractData>,
    );
    expect([rb?.data.history_data, hc?.data.history_data]).toEqual([true, false]);
    const told: string[] = [];
    engine.on('event', ({ data }) => told.push((data as LogData).msg));
    expect(engine.queryHistory(ask(TEN - DAY, TEN))).toEqual([]);
    expect(told).toEqual([expect.stringContaining('rb2705.SHFE')]);
    engine.queryHistory(ask(TEN - DAY, TEN, Interval.HOUR));
    expect(told.slice(1)).toEqual(['no bars 1h of rb2705.SHFE, only 1m: --history takes several files']);
    expect(inChinese(told[1] ?? '')).toBe('rb2705.SHFE 没有周期为 1h 的 K 线，只有 1m：--history 可以给几个文件');
    expect(new RecordedEngine().queryHistory(ask(TEN, TEN + DAY))).toEqual([]);
  });
});

test('a replay refuses in the language of who started it, with and without a broker', () => {
  const recorded = new RecordedEngine(undefined, inChinese);
  recorded.applyAnswer('get_all_contracts', [true, [contract('rb2705')]]);
  const market = new ReplayedMarket(recorded, () => TEN, 'zh');
  const told: string[] = [];
  market.on('event', ({ data }) => {
    if (data instanceof LogData) told.push(data.msg);
  });
  recorded.sendOrder();
  market.cancelOrder(new CancelRequest({ ...RB, orderid: '1' }));
  market.queryHistory(ask(TEN, TEN + DAY));
  expect(told).toEqual([
    expect.stringMatching(/^委托被拒绝：录制的数据不能交易/),
    expect.stringMatching(/^撤单失败：找不到委托 \w+\.1$/),
    expect.stringMatching(/^没有历史：/),
  ]);
});

describe('bars of the recorded ticks', () => {
  test('one a minute, each once although a tick comes under two types', () => {
    let now = TEN;
    const engine = new RecordedEngine(new ReplayHistory([], true, () => now));
    for (const [second, price] of [
      [1, 3500],
      [30, 3510],
      [61, 3490],
      [125, 3495],
    ] as const) {
      now = TEN + second * 1000;
      const data = tick(price, { datetime: at(now), volume: second });
      for (const type of [EventType.TICK, `${EventType.TICK}rb2705.SHFE`]) engine.applyEvent('', new Event(type, data));
    }
    const bars = engine.queryHistory(ask(TEN - DAY, TEN + DAY));
    expect(bars.map(({ open_price: open, high_price: high, close_price: close }) => [open, high, close])).toEqual([
      [3500, 3510, 3510],
      [3490, 3490, 3490],
    ]);
    expect(moments(bars)).toEqual([TEN, TEN + MINUTE]);
  });
});

describe('a file', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-bars-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const read = (text: string): Promise<readonly BarData[]> => {
    const path = join(folder, 'bars');
    writeFileSync(path, text);
    return readBars(path);
  };

  test('as CSV, with a byte order mark, quotes and other columns, or as JSON', async () => {
    const csv =
      '\ufeffsymbol,exchange,datetime,interval,open_price,high_price,low_price,close_price,volume,extra\r\n' +
      'rb2705,SHFE,2026-01-05T10:00:00+08:00,HOUR,1,4,0.5,2,7,"{""a"": 1}"\r\n' +
      'rb2705,SHFE,2026-01-05 10:01,1m,1,4,1,2,,\r\n';
    const [hour, minute] = await read(csv);
    expect(hour).toMatchObject({ vt_symbol: 'rb2705.SHFE', interval: Interval.HOUR, volume: 7, low_price: 0.5 });
    expect(minute).toMatchObject({ interval: Interval.MINUTE, volume: 0, high_price: 4 });
    expect(moments([hour, minute].flatMap((each) => each ?? []))).toEqual([TEN, TEN + MINUTE]);
    const row = { vt_symbol: 'rb2705.SHFE', datetime: '2026-01-05', open_price: 1, high_price: 1, low_price: 1 };
    const [day] = await read(JSON.stringify([{ ...row, close_price: 1, interval: 'DAILY' }]));
    expect(day).toMatchObject({ symbol: 'rb2705', interval: Interval.DAILY });
  });

  test.each([
    ['symbol', 'exchange,datetime,open_price,high_price,low_price,close_price\nSHFE,2026-01-05,1,1,1,1'],
    ['exchange', 'vt_symbol,datetime,open_price,high_price,low_price,close_price\na.XX,2026-01-05,1,1,1,1'],
    ['datetime', 'vt_symbol,datetime,open_price,high_price,low_price,close_price\na.SHFE,5.1.2026,1,1,1,1'],
    ['close_price', 'vt_symbol,datetime,open_price,high_price,low_price,close_price\na.SHFE,2026-01-05,1,1,1,'],
    ['low_price', 'vt_symbol,datetime,open_price,high_price,low_price,close_price\na.SHFE,2026-01-05,1,1,x,1'],
    [
      'interval',
      'vt_symbol,datetime,interval,open_price,high_price,low_price,close_price\na.SHFE,2026-01-05,5s,1,1,1,1',
    ],
  ])('with a wrong %s is refused, and names the bar', async (field, text) => {
    await expect(read(text)).rejects.toThrow(`bar 1: ${field} `);
  });

  test('without bars, or that is not there, is refused', async () => {
    await expect(read('symbol,exchange\n')).rejects.toThrow('holds no bars');
    await expect(read('[1')).rejects.toThrow('JSON');
    await expect(readBars(join(folder, 'nothing'))).rejects.toThrow('ENOENT');
  });
});
