import { describe, expect, test } from 'vitest';
import { ContractData, Direction, Exchange, Offset, SimulatedEngine, Status, TickData } from 'vnpy-bridge/vnpy';
import type { TradeData } from 'vnpy-bridge/vnpy';
import { BarBuilder, MovingAverageStrategy } from '../../examples/moving-average-strategy.js';
import type { Bar } from '../../examples/moving-average-strategy.js';

const RB = { symbol: 'rb2705', exchange: Exchange.SHFE };

function tick(second: number, price: number): TickData {
  return new TickData({
    ...RB,
    gateway_name: 'SIM',
    datetime: new Date(second * 1000),
    last_price: price,
    bid_price_1: price - 1,
    bid_volume_1: 10,
    ask_price_1: price + 1,
    ask_volume_1: 10,
  });
}

describe('BarBuilder', () => {
  test('a bar ends with the first tick of a later interval', () => {
    const bars: Bar[] = [];
    const builder = new BarBuilder(10, (bar) => bars.push(bar));
    for (const [second, price] of [
      [0, 5],
      [3, 8],
      [9.9, 4],
      [10, 6],
      [45, 7],
    ] as const)
      builder.update(tick(second, price));

    expect(bars).toEqual([
      { index: 0, open: 5, high: 8, low: 4, close: 4 },
      { index: 1, open: 6, high: 6, low: 6, close: 6 },
    ]);
  });
});

describe('MovingAverageStrategy', () => {
  /** An engine whose clock stands where the recording begins. */
  const newEngine = (): SimulatedEngine => new SimulatedEngine({ clock: () => 0 });

  /** Runs the strategy over prices, one a bar, as a recording would be. */
  async function run(prices: readonly number[], engine = newEngine()): Promise<MovingAverageStrategy> {
    const contract = engine.getContract('rb2705.SHFE');
    if (!(contract instanceof ContractData)) throw new Error('no contract');
    const strategy = new MovingAverageStrategy(engine, { contract, seconds: 1, fast: 2, slow: 4, volume: 1 });
    await strategy.start();
    for (const [second, price] of prices.entries()) {
      engine.giveTick(tick(second, price));
      // The strategy waits for the id of its order.
      await new Promise((resolve) => setImmediate(resolve));
    }
    strategy.stop();
    return strategy;
  }

  const steps = (from: number, by: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => from + by * index);

  test('buys when prices rise, closes and sells when they fall', async () => {
    const engine = newEngine();
    const strategy = await run([...steps(3500, 2, 8), ...steps(3512, -2, 10)], engine);
    expect(strategy.position).toBe(-1);
    const trades: readonly TradeData[] = engine.getAllTrades();
    expect(trades.map(({ direction, offset }) => `${direction?.name ?? ''} ${offset.name}`)).toEqual([
      `${Direction.LONG.name} ${Offset.OPEN.name}`,
      `${Direction.SHORT.name} ${Offset.CLOSETODAY.name}`,
      `${Direction.SHORT.name} ${Offset.OPEN.name}`,
    ]);
    expect(engine.getAllOrders().map((order) => order.status)).toEqual(Array(3).fill(Status.ALLTRADED));
    expect(engine.getAllActiveOrders()).toEqual([]);
  });

  test('does nothing before it has enough bars, nor without a trend', async () => {
    const engine = newEngine();
    await run(steps(3500, 2, 4), engine);
    await run(steps(3500, 0, 20), engine);
    expect(engine.getAllOrders()).toEqual([]);
  });

  test('an order that is not filled leaves the position as it is, and the next bar tries again', async () => {
    const engine = newEngine();
    const thin = steps(3500, 2, 8).map((price, second) =>
      second < 6
        ? new TickData({
            ...RB,
            gateway_name: 'SIM',
            datetime: new Date(second * 1000),
            last_price: price,
            ask_price_1: price + 50,
            ask_volume_1: 1,
          })
        : tick(second, price),
    );
    const contract = engine.getContract('rb2705.SHFE');
    if (contract === undefined) throw new Error('no contract');
    const strategy = new MovingAverageStrategy(engine, { contract, seconds: 1, fast: 2, slow: 4, volume: 20 });
    await strategy.start();
    for (const data of thin) {
      engine.giveTick(data);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Of 20 wanted the book gave what it had, each time.
    expect(engine.getAllOrders().map((order) => [order.status, order.traded])).toEqual([
      [Status.CANCELLED, 1],
      [Status.CANCELLED, 1],
      [Status.CANCELLED, 10],
      [Status.ALLTRADED, 8],
    ]);
    expect(strategy.position).toBe(20);
  });
});
