import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PyDateTime, PyZoneInfo } from 'vnpy-bridge/pickle';
import {
  BarData,
  DatafeedError,
  DatafeedServer,
  Exchange,
  HistoryRequest,
  Interval,
  RpcDatafeed,
  SimulatedEngine,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { Datafeed } from 'vnpy-bridge/vnpy';
import { field, plain, recentWeekday, startPeer } from './support/index.js';
import type { Described, Peer } from './support/index.js';
import { PEERS } from './vnpy-support.js';

const CHINA = new PyZoneInfo('Asia/Shanghai');
const MONDAY = new PyDateTime(2026, 5, 11, 9, 0, 0, 0, CHINA);
const MONDAY_NOON = new PyDateTime(2026, 5, 11, 11, 30, 0, 0, CHINA);

function request(symbol: string, interval: Interval = Interval.MINUTE): HistoryRequest {
  const day = recentWeekday();
  const [start, end] = [new Date(`${day}T09:00:00+08:00`), new Date(`${day}T11:30:00+08:00`)];
  return new HistoryRequest({ symbol, exchange: Exchange.SHFE, interval, start, end });
}

describe.each(PEERS)('RpcDatafeed with a DatafeedServer of vnpy $vnpy, $locale', ({ vnpy, locale }) => {
  let server: Peer;

  beforeAll(async () => {
    server = await startPeer({ script: 'datafeed_server', vnpy, locale });
  });

  async function connected(): Promise<RpcDatafeed> {
    const datafeed = new RpcDatafeed();
    onTestFinished(() => datafeed.close());
    await datafeed.connect(server.addresses.request, server.addresses.publish);
    return datafeed;
  }

  test('bars', async () => {
    const bars = await (await connected()).queryBarHistory(request('rb2705'));
    expect(bars.length).toBeGreaterThan(100);
    for (const bar of bars) expect(bar).toBeInstanceOf(BarData);
    expect(bars[0]).toMatchObject({ vt_symbol: 'rb2705.SHFE', interval: Interval.MINUTE });
  });

  test('ticks', async () => {
    const ticks = await (await connected()).queryTickHistory(request('rb2705', Interval.TICK));
    expect(ticks.length).toBeGreaterThan(0);
    for (const tick of ticks) expect(tick).toBeInstanceOf(TickData);
  });

  test("the server's text is an error", async () => {
    const datafeed = await connected();
    await expect(datafeed.queryBarHistory(request('nobody'))).rejects.toThrow(DatafeedError);
    await expect(datafeed.queryBarHistory(request('nobody'))).rejects.toThrow('nobody');
  });
});

describe("DatafeedServer, with Python's datafeed", () => {
  const engine = new SimulatedEngine({ clock: () => MONDAY_NOON.toDate().getTime() });
  const datafeed: Datafeed = {
    queryBarHistory(asked) {
      if (!engine.contracts.has(asked.vt_symbol)) throw new Error(`没有数据：${asked.vt_symbol}`);
      return engine.queryHistory(asked);
    },
    queryTickHistory: async (asked) => {
      await Promise.resolve();
      const { symbol, exchange } = asked;
      return [1, 2.5].map(
        (price) => new TickData({ gateway_name: 'DB', symbol, exchange, datetime: MONDAY, last_price: price }),
      );
    },
  };
  const server = new DatafeedServer(datafeed);

  beforeAll(async () => {
    await server.start('tcp://127.0.0.1:0', { topicFrame: 'tcp://127.0.0.1:0', pair: 'tcp://127.0.0.1:0' });
  });

  afterAll(async () => {
    await server.stop();
  });

  interface Answer {
    readonly data: Described;
    readonly count: number;
    readonly outputs: readonly string[];
  }

  describe.each(PEERS)('of vnpy $vnpy, $locale', ({ vnpy, locale }) => {
    let client: Peer;

    beforeAll(async () => {
      const { reply = '', topicFrame = '', pair = '' } = server.addresses ?? {};
      const publish = vnpy === '4.5' ? topicFrame : pair;
      client = await startPeer({ script: 'datafeed_client', vnpy, locale, addresses: { request: reply, publish } });
    });

    test('bars have the types of vnpy', async () => {
      const { data, count, outputs } = await client.command<Answer>('bars', {
        vt_symbol: 'rb2705.SHFE',
        start: '2026-05-11T09:00:00+08:00',
        end: '2026-05-11T10:00:00+08:00',
      });
      expect(outputs).toEqual([]);
      expect(count).toBe(61);
      const [first] = data.value as Described[];
      if (first === undefined) throw new Error('no bar');
      expect(first.type).toBe('vnpy.trader.object.BarData');
      expect(field(first, 'open_price').type).toBe('float');
      expect(field(first, 'interval')).toMatchObject({ type: 'vnpy.trader.constant.Interval', name: 'MINUTE' });
      expect(field(first, 'datetime')).toMatchObject({
        type: 'datetime.datetime',
        value: '2026-05-11T09:00:00+08:00',
        tz: "zoneinfo.ZoneInfo(key='Asia/Shanghai')",
      });
    });

    test('ticks', async () => {
      const { data } = await client.command<Answer>('ticks', {
        vt_symbol: 'rb2705.SHFE',
        start: '2026-05-11T09:00:00+08:00',
      });
      const prices = (data.value as Described[]).map((tick) => field(tick, 'last_price'));
      expect(prices.map(plain)).toEqual([1, 2.5]);
      expect(prices.map((price) => price.type)).toEqual(['float', 'float']);
    });

    test('an error becomes a text', async () => {
      expect(
        await client.command<Answer>('bars', { vt_symbol: 'nobody.SHFE', start: '2026-05-11T09:00:00+08:00' }),
      ).toMatchObject({ count: 0, outputs: ['没有数据：nobody.SHFE'] });
    });
  });
});
