import { describe, expect, test } from 'vitest';
import { RpcUsageError } from 'vnpy-bridge/rpc';
import {
  CancelRequest,
  ContractData,
  Exchange,
  HistoryRequest,
  Interval,
  OrderType,
  Product,
  SimulatedEngine,
  Status,
  replace,
} from 'vnpy-bridge/vnpy';
import type { BarData } from 'vnpy-bridge/vnpy';
import { Calendar } from '../../../src/vnpy/simulation/calendar.js';
import { daysOf } from '../../../src/vnpy/simulation/holidays.js';
import { beijing, Desk, IF, RB } from './desk.js';

function contract(symbol: string, exchange: Exchange): ContractData {
  return new ContractData({
    ...{ symbol, exchange, gateway_name: 'SIM', name: symbol, product: Product.FUTURES, size: 1, pricetick: 1 },
  });
}

/** Monday to Wednesday, a week after the dates below; and a Sunday, which is closed anyway. */
const HOLIDAYS = ['2026-05-18/2026-05-20', '20260531'];

const calendar = new Calendar({ hours: true });
const withHolidays = new Calendar({ hours: true, closed: daysOf(HOLIDAYS) });

const DAY = 86_400_000;
const dayName = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

describe('trading hours', () => {
  // 8 May 2026 is a Friday.
  test.each([
    ['rb2705', Exchange.SHFE, '2026-05-08T08:59', false],
    ['rb2705', Exchange.SHFE, '2026-05-08T09:00', true],
    ['rb2705', Exchange.SHFE, '2026-05-08T10:15', false],
    ['rb2705', Exchange.SHFE, '2026-05-08T10:30', true],
    ['rb2705', Exchange.SHFE, '2026-05-08T12:00', false],
    ['rb2705', Exchange.SHFE, '2026-05-08T14:59', true],
    ['rb2705', Exchange.SHFE, '2026-05-08T15:00', false],
    ['rb2705C3500', Exchange.SHFE, '2026-05-08T22:59', true],
    ['rb2705', Exchange.SHFE, '2026-05-08T23:00', false],
    ['cu2705', Exchange.SHFE, '2026-05-09T00:59', true],
    ['au2712', Exchange.SHFE, '2026-05-09T02:29', true],
    ['au2712', Exchange.SHFE, '2026-05-09T02:30', false],
    ['au2712', Exchange.SHFE, '2026-05-09T21:00', false],
    ['au2712', Exchange.SHFE, '2026-05-10T21:00', false],
    // There is no session in the night before Monday.
    ['au2712', Exchange.SHFE, '2026-05-11T01:00', false],
    ['sc2712', Exchange.INE, '2026-05-12T01:00', true],
    ['lh2703', Exchange.DCE, '2026-05-08T21:30', false],
    ['IF2703', Exchange.CFFEX, '2026-05-08T09:29', false],
    ['IO2703-C-4000', Exchange.CFFEX, '2026-05-08T13:00', true],
    ['IF2703', Exchange.CFFEX, '2026-05-08T15:05', false],
    ['T2703', Exchange.CFFEX, '2026-05-08T15:05', true],
    ['600000', Exchange.SSE, '2026-05-08T21:05', false],
    ['BTCUSDT', Exchange.GLOBAL, '2026-05-10T04:00', true],
  ])('%s of %o at %s: %s', (symbol, exchange, time, isOpen) => {
    expect(calendar.isOpen(contract(symbol, exchange), beijing(time))).toBe(isOpen);
  });

  test.each([
    ['2026-05-07T20:29', '2026-05-07'],
    ['2026-05-07T20:30', '2026-05-08'],
    ['2026-05-08T02:00', '2026-05-08'],
    ['2026-05-08T21:00', '2026-05-11'],
    ['2026-05-09T02:00', '2026-05-11'],
    ['2026-05-10T12:00', '2026-05-11'],
  ])('%s belongs to the trading day %s', (time, day) => {
    expect(dayName(calendar.tradingDayOf(beijing(time)))).toBe(day);
  });
});

describe('holidays', () => {
  test.each([
    ['au2712', '2026-05-14T22:00', true],
    ['au2712', '2026-05-15T02:00', true],
    ['au2712', '2026-05-15T14:59', true],
    // The night before a holiday does not take place, and no night and no day of it do.
    ['au2712', '2026-05-15T21:00', false],
    ['au2712', '2026-05-16T02:00', false],
    ['au2712', '2026-05-18T10:00', false],
    ['au2712', '2026-05-20T21:00', false],
    ['au2712', '2026-05-21T01:00', false],
    ['au2712', '2026-05-21T09:00', true],
    ['au2712', '2026-05-21T21:00', true],
    // A holiday on a weekend takes no night away: the exchanges do so for working days alone.
    ['au2712', '2026-05-29T21:00', true],
    ['au2712', '2026-05-30T02:00', true],
  ])('%s at %s: %s', (symbol, time, isOpen) => {
    expect(withHolidays.isOpen(contract(symbol, Exchange.SHFE), beijing(time))).toBe(isOpen);
  });

  test('the evening before belongs to the first trading day after them', () => {
    expect(dayName(withHolidays.tradingDayOf(beijing('2026-05-15T20:29')))).toBe('2026-05-15');
    expect(dayName(withHolidays.tradingDayOf(beijing('2026-05-15T20:30')))).toBe('2026-05-21');
    expect(dayName(withHolidays.tradingDayOf(beijing('2026-05-19T10:00')))).toBe('2026-05-21');
  });

  test.each([
    ['2026-05-08T10:20', '2026-05-08T10:30'],
    ['2026-05-08T15:00', '2026-05-08T21:00'],
    ['2026-05-15T15:00', '2026-05-21T09:00'],
    ['2026-05-20T23:30', '2026-05-21T09:00'],
  ])('a market that is closed at %s opens at %s', (time, next) => {
    expect(withHolidays.nextOpen(contract('rb2705', Exchange.SHFE), beijing(time))).toBe(beijing(next));
  });

  test.each([
    ['2027-01-01', /holidays must be an array of days/],
    [['2027-02-30'], /holidays has "2027-02-30" as entry 1, which is no day: write 2027-01-01/],
    [['2027-01-01', 5], /holidays has 5 as entry 2, which is no day/],
    [['2027-02-05/20270211'], /which is no day/],
    [['2027-02-11/2027-02-05'], /which ends before it begins/],
    [['2027-02-05/2028-02-11'], /which is longer than 60 days/],
  ])('%j are refused', (holidays, message) => {
    expect(() => new SimulatedEngine({ holidays: holidays as never })).toThrow(RpcUsageError);
    expect(() => new SimulatedEngine({ holidays: holidays as never })).toThrow(message);
  });
});

describe('an engine with sessions', () => {
  test('has ticks while the market is open; whoever subscribes gets the last one', () => {
    const desk = new Desk('2026-05-08T12:00', { sessions: true });
    desk.subscribe(RB);
    desk.subscribe(IF);
    expect(desk.ticks.map(({ datetime }) => datetime.toString().slice(0, 16))).toEqual([
      ...['2026-05-08T11:30', '2026-05-08T11:30'],
    ]);
    desk.at('2026-05-08T13:10').at('2026-05-08T14:00').at('2026-05-08T21:30').at('2026-05-09T12:00');
    expect(desk.ticks.slice(2).map(({ vt_symbol }) => vt_symbol)).toEqual([
      ...['IF2703.CFFEX', 'rb2705.SHFE', 'IF2703.CFFEX', 'rb2705.SHFE'],
    ]);
  });

  test('is open always without them', () => {
    const desk = new Desk('2026-05-09T12:00');
    desk.subscribe(RB);
    desk.at('2026-05-10T12:00');
    expect(desk.ticks).toHaveLength(2);
  });

  test('refuses orders and cancellations outside, and says when the market opens', () => {
    const desk = new Desk('2026-05-08T10:14', { sessions: true });
    desk.market(3500);
    const resting = desk.send({ price: 3400 });
    desk.at('2026-05-08T10:20');
    expect(desk.order(desk.send())?.status).toBe(Status.REJECTED);
    desk.engine.cancelOrder(new CancelRequest({ ...RB, orderid: 't_1' }));
    expect(desk.order(resting)?.status).toBe(Status.NOTTRADED);
    desk.at('2026-05-08T20:58');
    desk.send();
    const until = (time: string): string =>
      `the market of rb2705.SHFE is closed until 2026-05-08 ${time}; there is no call auction before it`;
    expect(desk.logs.filter((line) => line.includes('rejected'))).toEqual([
      `order SIM.t_2 rejected: ${until('10:30')}`,
      `cancel rejected: ${until('10:30')}`,
      `order SIM.t_3 rejected: ${until('21:00')}`,
    ]);
  });

  test('ends orders with the close of their trading day, which is told', () => {
    const bond = replace(contract('T2703', Exchange.CFFEX), { stop_supported: true });
    const desk = new Desk('2026-05-08T14:59', {
      ...{ sessions: true, language: 'zh' },
      contracts: [contract('rb2705', Exchange.SHFE), bond],
      startPrices: { 'rb2705.SHFE': 3500, 'T2703.CFFEX': 10_000 },
    });
    const resting = desk.send({ price: 3400 });
    const stop = desk.send({ symbol: 'T2703', exchange: Exchange.CFFEX, type: OrderType.STOP, price: 10_900 });
    expect(desk.engine.getAccount('SIM.SIM')?.frozen).toBeGreaterThan(0);
    const states = (): unknown[] => [resting, stop].map((id) => desk.order(id)?.status);
    expect(states()).toEqual([Status.NOTTRADED, Status.NOTTRADED]);
    desk.at('2026-05-08T15:00');
    expect(states()).toEqual([Status.CANCELLED, Status.NOTTRADED]);
    desk.at('2026-05-08T15:15');
    expect(states()).toEqual([Status.CANCELLED, Status.CANCELLED]);
    expect(desk.logs).toEqual([
      '委托 SIM.t_1 已撤销：rb2705.SHFE 收盘，当日委托到期',
      '委托 SIM.t_2 已撤销：T2703.CFFEX 收盘，当日委托到期',
    ]);
    expect(desk.engine.getAccount('SIM.SIM')?.frozen).toBe(0);
    desk.engine.cancelOrder(new CancelRequest({ ...RB, orderid: 't_1' }));
    expect(desk.logs.at(-1)).toBe('撤单失败：委托 SIM.t_1 状态为已撤销，不能再撤');
  });

  test('keeps an order of the night over the next day, and no tick that is given later fills it', () => {
    const desk = new Desk('2026-05-08T21:30', { sessions: true });
    desk.market(3500);
    const resting = desk.send({ price: 3400 });
    desk.at('2026-05-11T14:59');
    expect(desk.order(resting)?.status).toBe(Status.NOTTRADED);
    desk.now = beijing('2026-05-11T15:00');
    desk.market(3300);
    expect(desk.order(resting)?.status).toBe(Status.CANCELLED);
  });

  test('begins a trading day from the last price of the one before', () => {
    const desk = new Desk('2026-05-08T14:59', { sessions: true });
    desk.subscribe(RB);
    for (let step = 0; step < 50; step++) desk.engine.step();
    const last = desk.engine.getTick('rb2705.SHFE');
    desk.at('2026-05-08T20:30').at('2026-05-08T21:00');
    const first = desk.engine.getTick('rb2705.SHFE');
    expect(first).toMatchObject({ pre_close: last?.last_price, open_price: last?.last_price });
    expect(first?.volume).toBe(first?.last_volume);
    expect(last?.volume).toBeGreaterThan(100);
  });
});

interface Place {
  readonly symbol: string;
  readonly exchange: Exchange;
}

describe('history', () => {
  const ask = (desk: Desk, interval: Interval, start: string, where: Place = RB): readonly BarData[] =>
    desk.engine.queryHistory(
      new HistoryRequest({ ...where, interval, start: new Date(beijing(start)), end: new Date(desk.now) }),
    );
  const times = (bars: readonly BarData[]): string[] => bars.map(({ datetime }) => datetime.toString().slice(0, 16));

  test('has bars of the sessions alone', () => {
    const desk = new Desk('2026-05-12T12:00', { sessions: true });
    // Friday night, and Monday: 120 minutes of the night, 225 of the day.
    const minutes = times(ask(desk, Interval.MINUTE, '2026-05-08T15:00')).filter((time) => time < '2026-05-11T15:00');
    expect(minutes).toHaveLength(120 + 225);
    expect(minutes[0]).toBe('2026-05-08T21:00');
    expect(minutes[120]).toBe('2026-05-11T09:00');
    expect(times(ask(desk, Interval.HOUR, '2026-05-11T00:00')).map((time) => time.slice(11))).toEqual([
      ...['09:00', '10:00', '11:00', '13:00', '14:00', '21:00', '22:00', '09:00', '10:00', '11:00'],
    ]);
    expect(times(ask(desk, Interval.DAILY, '2026-05-07T00:00'))).toEqual([
      ...['2026-05-07T00:00', '2026-05-08T00:00', '2026-05-11T00:00', '2026-05-12T00:00'],
    ]);
    expect(times(ask(desk, Interval.WEEKLY, '2026-05-01T00:00')).map((time) => time.slice(0, 10))).toEqual([
      ...['2026-05-04', '2026-05-11'],
    ]);
  });

  test('has none of holidays, nor of the night before them', () => {
    const desk = new Desk('2026-05-22T12:00', { sessions: true, holidays: HOLIDAYS });
    const days = new Set(times(ask(desk, Interval.MINUTE, '2026-05-15T09:00')).map((time) => time.slice(0, 13)));
    const hours = ['09', '10', '11', '13', '14'];
    const on = (day: string, ...of: string[]): string[] => of.map((hour) => `2026-05-${day}T${hour}`);
    expect([...days]).toEqual([
      ...on('15', ...hours),
      ...on('21', ...hours, '21', '22'),
      ...on('22', '09', '10', '11'),
    ]);
    expect(times(ask(desk, Interval.DAILY, '2026-05-14T00:00')).map((time) => time.slice(8, 10))).toEqual([
      ...['14', '15', '21', '22'],
    ]);
  });

  test('minutes in which the market is closed do not count against those that can be asked for at once', () => {
    const desk = new Desk('2026-05-22T12:00', { sessions: true });
    // A hundred trading days, the first without its night, and the last without its afternoon.
    expect(ask(desk, Interval.MINUTE, '2026-01-05T08:00')).toHaveLength(100 * (120 + 225) - 120 - 90);
  });

  test.each([
    ['2026-05-14T10:00', '2026-05-14T09:59'],
    ['2026-05-14T12:00', '2026-05-14T11:29'],
  ])('at %s the bar of %s ends where the market begins', (now, bar) => {
    const desk = new Desk(now, { sessions: true });
    desk.subscribe(RB);
    const last = ask(desk, Interval.MINUTE, '2026-05-14T09:00')
      .filter(({ datetime }) => datetime.toDate().getTime() < desk.now)
      .at(-1);
    expect(last?.datetime.toString().slice(0, 16)).toBe(bar);
    expect(last?.close_price).toBe(desk.engine.getTick('rb2705.SHFE')?.last_price);
  });

  test('bars of hours, days and weeks are made of those of minutes; a night is of the day after it', () => {
    const desk = new Desk('2026-05-15T16:00', { sessions: true });
    const minutes = ask(desk, Interval.MINUTE, '2026-05-08T20:00');
    const sum = (bars: readonly BarData[]): unknown => ({
      open_price: bars[0]?.open_price,
      close_price: bars.at(-1)?.close_price,
      high_price: Math.max(...bars.map((bar) => bar.high_price)),
      low_price: Math.min(...bars.map((bar) => bar.low_price)),
      volume: bars.reduce((all, { volume }) => all + volume, 0),
      turnover: bars.reduce((all, { turnover }) => all + turnover, 0),
    });
    const within = (from: string, to: string): readonly BarData[] =>
      minutes.filter(({ datetime }) => {
        const text = datetime.toString();
        return text >= from && text < to;
      });
    expect(ask(desk, Interval.DAILY, '2026-05-11T00:00')[0]).toMatchObject(
      sum(within('2026-05-08T21:00', '2026-05-11T20:00')) as object,
    );
    expect(ask(desk, Interval.WEEKLY, '2026-05-11T00:00')[0]).toMatchObject(sum(minutes) as object);
    expect(ask(desk, Interval.HOUR, '2026-05-12T10:00')[0]).toMatchObject(
      sum(within('2026-05-12T10:00', '2026-05-12T11:00')) as object,
    );
  });

  test('days begin at midnight of the exchange, weeks on a Monday, with and without sessions', () => {
    const desk = new Desk('2026-05-22T12:00');
    const btc = { symbol: 'BTCUSDT', exchange: Exchange.GLOBAL };
    const first = (interval: Interval, where: Place = RB): string | undefined =>
      times(ask(desk, interval, '2026-05-09T09:00', where))[0];
    expect(first(Interval.DAILY)).toBe('2026-05-10T00:00');
    expect(first(Interval.WEEKLY)).toBe('2026-05-11T00:00');
    // UTC, as the exchanges of crypto have it.
    expect(first(Interval.DAILY, btc)).toBe('2026-05-10T08:00');
    expect(first(Interval.WEEKLY, btc)).toBe('2026-05-11T08:00');
  });
});
