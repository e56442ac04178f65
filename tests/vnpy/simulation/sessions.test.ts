import { describe, expect, test } from 'vitest';
import { CancelRequest, ContractData, Exchange, HistoryRequest, Interval, Product, Status } from 'vnpy-bridge/vnpy';
import { Calendar, tradingDayOf } from '../../../src/vnpy/simulation/calendar.js';
import { beijing, Desk, IF, RB } from './desk.js';

function contract(symbol: string, exchange: Exchange): ContractData {
  return new ContractData({
    ...{ symbol, exchange, gateway_name: 'SIM', name: symbol, product: Product.FUTURES, size: 1, pricetick: 1 },
  });
}

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
    expect(new Calendar().isOpen(contract(symbol, exchange), beijing(time))).toBe(isOpen);
  });

  test.each([
    ['2026-05-07T20:29', '2026-05-07'],
    ['2026-05-07T20:30', '2026-05-08'],
    ['2026-05-08T02:00', '2026-05-08'],
    ['2026-05-08T21:00', '2026-05-11'],
    ['2026-05-09T02:00', '2026-05-11'],
    ['2026-05-10T12:00', '2026-05-11'],
  ])('%s belongs to the trading day %s', (time, day) => {
    expect(dayName(tradingDayOf(beijing(time)))).toBe(day);
  });
});

describe('an engine with sessions', () => {
  test('has ticks while the market is open; whoever subscribes gets the last one', () => {
    const desk = new Desk('2026-05-08T12:00', { sessions: true });
    desk.subscribe(RB);
    desk.subscribe(IF);
    expect(desk.ticks).toHaveLength(2);
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

  test('refuses orders and cancellations outside, with a line in the log', () => {
    const desk = new Desk('2026-05-08T14:59', { sessions: true });
    desk.market(3500);
    const resting = desk.send({ price: 3400 });
    desk.at('2026-05-08T15:00');
    const late = desk.send();
    expect(desk.order(late)?.status).toBe(Status.REJECTED);
    desk.engine.cancelOrder(new CancelRequest({ ...RB, orderid: 't_1' }));
    expect(desk.order(resting)?.status).toBe(Status.NOTTRADED);
    expect(desk.logs).toEqual([
      'order SIM.t_2 rejected: the market of rb2705.SHFE is closed',
      'cancel rejected: the market of rb2705.SHFE is closed',
    ]);
  });

  test('ends orders with the trading day, and begins a new one from the last price', () => {
    const desk = new Desk('2026-05-08T14:59', { sessions: true });
    desk.subscribe(RB);
    for (let step = 0; step < 50; step++) desk.engine.step();
    const last = desk.engine.getTick('rb2705.SHFE');
    const resting = desk.send({ price: 3400 });
    desk.at('2026-05-08T20:29');
    expect(desk.order(resting)?.status).toBe(Status.NOTTRADED);
    desk.at('2026-05-08T20:30');
    expect(desk.order(resting)?.status).toBe(Status.CANCELLED);
    expect(desk.engine.getAccount('SIM.SIM')?.frozen).toBe(0);
    desk.at('2026-05-08T21:00');
    const first = desk.engine.getTick('rb2705.SHFE');
    expect(first).toMatchObject({ pre_close: last?.last_price, open_price: last?.last_price });
    expect(first?.volume).toBe(first?.last_volume);
    expect(last?.volume).toBeGreaterThan(100);
  });

  test('has bars of its sessions alone', () => {
    const desk = new Desk('2026-05-12T12:00', { sessions: true });
    const times = (interval: Interval, start: string): string[] =>
      desk.engine
        .queryHistory(new HistoryRequest({ ...RB, interval, start: new Date(beijing(start)), end: new Date(desk.now) }))
        .map(({ datetime }) => datetime.toString().slice(0, 16));
    // Friday night, and Monday: 120 minutes of the night, 225 of the day.
    const minutes = times(Interval.MINUTE, '2026-05-08T15:00').filter((time) => time < '2026-05-11T15:00');
    expect(minutes).toHaveLength(120 + 225);
    expect(minutes[0]).toBe('2026-05-08T21:00');
    expect(minutes[120]).toBe('2026-05-11T09:00');
    expect(times(Interval.HOUR, '2026-05-11T00:00').map((time) => time.slice(11))).toEqual([
      ...['09:00', '10:00', '11:00', '13:00', '14:00', '21:00', '22:00', '09:00', '10:00', '11:00'],
    ]);
    expect(times(Interval.DAILY, '2026-05-07T00:00')).toEqual([
      ...['2026-05-07T00:00', '2026-05-08T00:00', '2026-05-11T00:00', '2026-05-12T00:00'],
    ]);
    expect(times(Interval.WEEKLY, '2026-05-01T00:00').map((time) => time.slice(0, 10))).toEqual([
      ...['2026-05-04', '2026-05-11'],
    ]);
  });
});
