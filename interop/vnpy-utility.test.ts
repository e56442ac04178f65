/** roundTo, floorTo, ceilTo and BarGenerator beside vnpy's own: the same numbers and ticks for both. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PyDateTime, PyTimeZone } from 'vnpy-bridge/pickle';
import { BarGenerator, ceilTo, Exchange, floorTo, Interval, roundTo, TickData } from 'vnpy-bridge/vnpy';
import type { BarData } from 'vnpy-bridge/vnpy';
import { Random } from '../src/vnpy/simulation/random.js';
import { pythonOf, repositoryRoot } from './support/index.js';

interface Generator {
  readonly window: number;
  readonly interval: '1m' | '1h' | 'd';
  readonly daily_end: string;
  readonly ticks: readonly Fields[];
}

interface Fields {
  readonly gateway_name: string;
  readonly symbol: string;
  readonly exchange: string;
  readonly datetime: string;
  readonly last_price: number;
  readonly high_price: number;
  readonly low_price: number;
  readonly volume: number;
  readonly turnover: number;
  readonly open_interest: number;
}

interface Answer {
  readonly numbers: readonly (readonly number[])[];
  readonly generators: readonly { readonly bars: unknown[]; readonly window: unknown[]; readonly generated: unknown }[];
}

function ask(version: '4.5' | '4.4', given: object): Answer {
  const script = join(repositoryRoot(), 'python-fixtures', 'vnpy_utility.py');
  const { stdout, stderr } = spawnSync(pythonOf(version), [script], { input: JSON.stringify(given), encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Answer;
}

/** Some days of ticks: several a minute, with gaps, and two sessions a day. */
function ticksOf(seed: number, steps: number): Fields[] {
  const random = new Random(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const ticks: Fields[] = [];
  let at = Date.UTC(2026, 2, 2, 9);
  let price = 3700;
  let day = { volume: 0, turnover: 0, high: 0, low: 0 };
  for (let step = 0; step < steps; step++) {
    at += below(40_000) + (below(60) === 0 ? below(9_000_000) : 0);
    if (below(400) === 0) {
      at = Math.ceil(at / 86_400_000) * 86_400_000 + 9 * 3_600_000;
      day = { volume: 0, turnover: 0, high: 0, low: 0 };
    }
    price += below(7) - 3;
    const volume = below(20);
    day.volume += volume;
    day.turnover += volume * price * 10;
    // The extremes of a day lie between ticks, too.
    const [high, low] = [price + below(3), price - below(3)];
    day.high = day.high === 0 ? high : Math.max(day.high, high);
    day.low = day.low === 0 ? low : Math.min(day.low, low);
    ticks.push({
      gateway_name: 'CTP',
      symbol: 'rb2705',
      exchange: 'SHFE',
      datetime: `${new Date(at).toISOString().slice(0, -1)}000+08:00`,
      last_price: below(50) === 0 ? 0 : price,
      high_price: below(30) === 0 ? 0 : day.high,
      low_price: below(30) === 0 ? 0 : day.low,
      volume: day.volume,
      turnover: day.turnover,
      open_interest: 1_000_000 + below(1000),
    });
  }
  return ticks;
}

const GENERATORS: readonly Generator[] = [
  { window: 5, interval: '1m', daily_end: '14:59', ticks: ticksOf(1, 3000) },
  { window: 30, interval: '1m', daily_end: '14:59', ticks: ticksOf(2, 3000) },
  { window: 1, interval: '1h', daily_end: '14:59', ticks: ticksOf(3, 3000) },
  { window: 3, interval: '1h', daily_end: '14:59', ticks: ticksOf(4, 3000) },
  { window: 1, interval: 'd', daily_end: '09:05', ticks: ticksOf(5, 3000) },
];

const INTERVALS = { '1m': Interval.MINUTE, '1h': Interval.HOUR, d: Interval.DAILY };

function generated({ window, interval, daily_end, ticks }: Generator): Answer['generators'][number] {
  const bars: unknown[] = [];
  const windowBars: unknown[] = [];
  const generator: BarGenerator = new BarGenerator(
    (bar) => {
      bars.push(shown(bar));
      generator.updateBar(bar);
    },
    {
      window,
      interval: INTERVALS[interval],
      dailyEnd: daily_end,
      onWindowBar: (bar) => {
        windowBars.push(shown(bar));
      },
    },
  );
  for (const fields of ticks) generator.updateTick(tickOf(fields));
  const last = generator.generate();
  return { bars, window: windowBars, generated: last === undefined ? null : shown(last) };
}

const china = PyTimeZone.ofMinutes(480);

function tickOf(fields: Fields): TickData {
  const [date = '', time = ''] = fields.datetime.split('T');
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const [hour = 0, minute = 0, second = 0] = time.slice(0, 8).split(':').map(Number);
  const datetime = new PyDateTime(year, month, day, hour, minute, second, Number(time.slice(9, 15)), china);
  return new TickData({ ...fields, exchange: Exchange.SHFE, datetime });
}

function shown(bar: BarData): unknown[] {
  const prices = [bar.open_price, bar.high_price, bar.low_price, bar.close_price];
  const when = bar.datetime.toISOString();
  const sums = [bar.volume, bar.turnover, bar.open_interest];
  return [bar.vt_symbol, bar.gateway_name, bar.interval?.value ?? null, when, ...prices, ...sums];
}

describe('rounding', () => {
  const random = new Random(11);
  const targets = [0.2, 0.01, 0.005, 1, 5, 10, 0.1, 1e-8, 1e-18, 0.3, 7, 2.5, 1e9, -0.2];
  const numbers = Array.from({ length: 4000 }, (_, index) => {
    const target = targets[index % targets.length] ?? 1;
    // Some are whole and half steps.
    const count = Math.floor(random.next() * 20_000) - 10_000;
    const value = index % 3 === 0 ? (count / 2) * target : (random.next() - 0.5) * 10 ** Math.floor(random.next() * 12);
    return [value, target] as const;
  });

  test.each(['4.5', '4.4'] as const)('as vnpy %s', (version) => {
    const answer = ask(version, { numbers, generators: [] });
    expect(answer.numbers).toHaveLength(numbers.length);
    const different = numbers.filter(([value, target], index) => {
      const [rounded, floored, ceiled] = answer.numbers[index] ?? [];
      const own = [roundTo(value, target), floorTo(value, target), ceilTo(value, target)];
      return own[0] !== rounded || own[1] !== floored || own[2] !== ceiled;
    });
    expect(different).toEqual([]);
  });
});

test.each(GENERATORS.map((generator) => [generator.window, generator.interval, generator] as const))(
  'bars of %d %s as vnpy 4.5 makes them',
  (_, __, generator) => {
    const [expected] = ask('4.5', { numbers: [], generators: [generator] }).generators;
    const own = generated(generator);
    expect(own).toEqual(expected);
    expect(own.bars.length).toBeGreaterThan(200);
    expect(own.window.length).toBeGreaterThan(2);
  },
);
