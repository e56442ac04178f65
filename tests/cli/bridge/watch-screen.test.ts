import { expect, test } from 'vitest';
import { watchScreen } from '../../../src/cli/bridge/output/watch-screen.js';
import type { WatchView, WatchedState } from '../../../src/cli/bridge/output/watch-screen.js';
import { data } from '../../../src/cli/lang/en/data.js';
import { live } from '../../../src/cli/lang/en/live.js';
import * as chinese from '../../../src/cli/lang/zh/data.js';
import * as chineseLive from '../../../src/cli/lang/zh/live.js';
import { displayWidth, plainStyle } from '../../../src/cli/kit/text/style.js';
import { PyDateTime, PyZoneInfo } from 'vnpy-bridge/pickle';
import { ContractData, Exchange, Product, TickData } from 'vnpy-bridge/vnpy';

const NOW = Date.UTC(2026, 4, 6, 4, 0, 0);
interface Id {
  readonly gateway_name: string;
  readonly symbol: string;
  readonly exchange: Exchange;
}

const RB: Id = { gateway_name: 'CTP', symbol: 'rb2705', exchange: Exchange.SHFE };
const PUFA: Id = { gateway_name: 'XTP', symbol: '600000', exchange: Exchange.SSE };

function tick(id: Id, last: number, changes: Partial<ConstructorParameters<typeof TickData>[0]> = {}): TickData {
  const datetime = PyDateTime.fromDate(new Date(NOW), new PyZoneInfo('Asia/Shanghai'));
  return new TickData({ ...id, datetime, last_price: last, bid_price_1: last, pre_close: 10, ...changes });
}

function contract(id: Id, pricetick: number): ContractData {
  return new ContractData({ ...id, name: id.symbol, product: Product.FUTURES, size: 1, pricetick });
}

function screen(ticks: readonly TickData[], changes: Partial<WatchView> = {}): readonly string[] {
  const gateway: WatchedState = {
    ticks: new Map(ticks.map((one) => [one.vt_symbol, one])),
    contracts: new Map([contract(RB, 1), contract(PUFA, 0.01)].map((one) => [one.vt_symbol, one])),
    positions: new Map(),
    accounts: new Map(),
    getAllActiveOrders: () => [],
    status: () => ({ state: 'connected', reconnects: 0 }),
  };
  return watchScreen({
    gateway,
    address: 'tcp://127.0.0.1:2014',
    symbols: ticks.map(({ vt_symbol }) => vt_symbol),
    unknown: new Set(),
    now: NOW,
    silence: 0,
    unanswered: 0,
    waited: 0,
    problem: undefined,
    up: 'green',
    width: 80,
    height: 24,
    style: plainStyle,
    texts: { data, live },
    ...changes,
  });
}

const row = (lines: readonly string[], symbol: string): string => lines.find((line) => line.startsWith(symbol)) ?? '';

test('prices have the decimals of their contract, a change has two, and numbers stand under one another', () => {
  const lines = screen([tick(RB, 3500), tick(PUFA, 10.5), tick({ ...PUFA, symbol: '600001' }, 10.25)]);
  expect(row(lines, 'rb2705')).toMatch(/ 3500 +34900\.00 .* 3500 /);
  expect(row(lines, '600000')).toMatch(/ 10\.50 +5\.00 .* 10\.50 /);
  // Of an unknown contract as they are.
  expect(row(lines, '600001')).toMatch(/ 10\.25 +2\.50 .* 10\.25 /);
  const ends = ['rb2705', '600000'].map((symbol) => row(lines, symbol).search(/(?<= 34900\.00| 5\.00) /));
  expect(ends[0]).toBe(ends[1]);
});

test("a time says its zone where that is not the clock's", () => {
  const away = PyDateTime.fromDate(new Date(NOW), new PyZoneInfo('Asia/Kathmandu'));
  const here = new Date(NOW);
  const local = new PyDateTime(here.getFullYear(), here.getMonth() + 1, here.getDate(), 12, 34, 56);
  const lines = screen([tick(RB, 1, { datetime: away }), tick(PUFA, 1, { datetime: local })]);
  expect(row(lines, 'rb2705')).toMatch(/ 09:45:00\+05:45$/);
  expect(row(lines, '600000')).toMatch(/ 12:34:56$/);
});

test.each([200, 80, 40])('%d columns: the state, the clock and how to end it stand before the address', (width) => {
  const [head = ''] = screen([], { width });
  expect(head).toMatch(
    /^connected {2}\d\d:\d\d:\d\d UTC[+-]\d\d:\d\d(?: {2}last message 0 s ago)? {2}q ends(?: {2}tcp\S+)?$/,
  );
  expect(displayWidth(head)).toBeLessThanOrEqual(width);
});

test('what went wrong has a line of its own, cut to the window', () => {
  const problem = `eTick. cannot be decoded: ${'x'.repeat(100)}`;
  const [, why = '', blank] = screen([tick(RB, 1)], { problem });
  expect(why).toMatch(/^eTick\. cannot be decoded: x+…$/);
  expect(displayWidth(why)).toBe(80);
  expect(blank).toMatch(/^vt_symbol/);
  expect(screen([tick(RB, 1)])[1]).toBe('');
});

test.each([80, 40])('in Chinese: %d columns, the same rows under heads that a trader knows', (width) => {
  const english = screen([tick(RB, 3500)], { width });
  const lines = screen([tick(RB, 3500)], { width, texts: { data: chinese.data, live: chineseLive.live } });
  expect(lines[0]).toMatch(/^已连接 {2}\d\d:\d\d:\d\d/);
  expect(lines.find((line) => line.includes('最新价'))).toMatch(/^合约 +名称 +最新价/);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  expect(lines.filter((line) => line !== '')).toHaveLength(english.filter((line) => line !== '').length);
});
