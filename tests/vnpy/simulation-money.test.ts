/** Money of the simulated account and market, in steps that no float can hold beside others. */
import { describe, expect, test } from 'vitest';
import {
  ContractData,
  Direction,
  Exchange,
  HistoryRequest,
  Interval,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  Product,
  SimulatedEngine,
  Status,
  SubscribeRequest,
  TickData,
} from 'vnpy-bridge/vnpy';
import type { SimulatedEngineOptions } from 'vnpy-bridge/vnpy';

const SYMBOL = { symbol: 'PEPE', exchange: Exchange.GLOBAL };
const VT_SYMBOL = 'PEPE.GLOBAL';

/** An engine of one contract: a price tick is 10^price, a lot 10^lot. */
class Desk {
  readonly engine: SimulatedEngine;
  readonly #price: number;
  readonly #lot: number;

  constructor(
    [price, lot]: readonly [price: number, lot: number],
    contract: { readonly product: Product; readonly net_position: boolean },
    options: SimulatedEngineOptions = {},
  ) {
    [this.#price, this.#lot] = [price, lot];
    const units = { size: 1, pricetick: Number(`1e${price}`), min_volume: Number(`1e${lot}`) };
    const contracts = [new ContractData({ ...SYMBOL, gateway_name: 'SIM', name: 'PEPE', ...units, ...contract })];
    this.engine = new SimulatedEngine({ clock: () => 0, balance: this.money('1000000'), contracts, ...options });
  }

  /** The float that is nearest to so many ticks × lots. */
  money(count: string | bigint): number {
    return Number(`${count}e${this.#price + this.#lot}`);
  }

  /** The market is at a number of ticks, and takes any volume. */
  market(ticks: number): void {
    const tick = new TickData({ ...SYMBOL, gateway_name: 'SIM', datetime: new Date(0), last_price: this.price(ticks) });
    this.engine.giveTick(tick);
  }

  price(ticks: number): number {
    return Number(`${ticks}e${this.#price}`);
  }

  trade(direction: Direction, offset: Offset, lots: number): void {
    const volume = Number(`${lots}e${this.#lot}`);
    const order = { ...SYMBOL, direction, offset, type: OrderType.MARKET, volume };
    const id = this.engine.sendOrder(new OrderRequest(order));
    expect(this.engine.getOrder(id)).toMatchObject({ status: Status.ALLTRADED, traded: volume });
  }

  get account(): { readonly balance: number | undefined; readonly frozen: number | undefined } {
    const account = this.engine.getAccount('SIM.SIM');
    return { balance: account?.balance, frozen: account?.frozen };
  }

  get gains(): number[] {
    return this.engine.getAllPositions().map(({ pnl }) => pnl);
  }
}

describe.each([
  [-9, -9],
  [-18, -18],
  [-18, 3],
  [-1, -3],
] as const)('a tick of 1e%i and a lot of 1e%i', (...steps) => {
  test('what is paid and gained', () => {
    const desk = new Desk(steps, { product: Product.FUTURES, net_position: false });
    desk.market(5);
    desk.trade(Direction.LONG, Offset.OPEN, 3);
    expect(desk.account).toEqual({ balance: desk.money('1000000'), frozen: desk.money('1.5') });
    desk.market(8);
    expect(desk.gains).toEqual([desk.money('9')]);
    desk.trade(Direction.SHORT, Offset.CLOSE, 2);
    expect(desk.account).toEqual({ balance: desk.money('1000006'), frozen: desk.money('0.5') });
    desk.trade(Direction.SHORT, Offset.OPEN, 7);
    desk.market(9);
    expect(desk.gains).toEqual([desk.money('4'), desk.money('-7')]);
  });

  test('what is bought for its whole price, also below zero', () => {
    const desk = new Desk(steps, { product: Product.SPOT, net_position: true });
    desk.market(7);
    desk.trade(Direction.LONG, Offset.NONE, 11);
    expect(desk.account).toEqual({ balance: desk.money('999923'), frozen: 0 });
    desk.market(8);
    desk.trade(Direction.SHORT, Offset.NONE, 13);
    expect(desk.account).toEqual({ balance: desk.money('1000027'), frozen: 0 });
    desk.market(6);
    expect(desk.gains).toEqual([desk.money('4')]);
  });

  test('an average that is no whole number of anything: what was gained in parts is what was gained in all', () => {
    const desk = new Desk(steps, { product: Product.SWAP, net_position: true });
    let gained = 1_000_000;
    for (const [direction, lots, ticks] of [
      [Direction.LONG, 1, 10],
      [Direction.LONG, 2, 11],
      [Direction.SHORT, 1, 12],
      [Direction.LONG, 5, 13],
      [Direction.SHORT, 6, 17],
      [Direction.SHORT, 4, 15],
      [Direction.LONG, 3, 14],
    ] as const) {
      desk.market(ticks);
      desk.trade(direction, Offset.NONE, lots);
      gained -= (direction === Direction.LONG ? 1 : -1) * lots * ticks;
    }
    expect(desk.account).toEqual({ balance: desk.money(String(gained)), frozen: 0 });
  });

  test('the turnover of the market, and of bars', () => {
    const startPrices = { [VT_SYMBOL]: Number(`2000e${steps[0]}`) };
    const desk = new Desk(steps, { product: Product.SWAP, net_position: true }, { startPrices });
    let turnover = 0n;
    desk.engine.on('event', ({ data }) => {
      if (!(data instanceof TickData) || data.last_volume === 0) return;
      turnover += whole(data.last_price, steps[0]) * whole(data.last_volume, steps[1]);
      expect(data.turnover).toBe(desk.money(turnover));
    });
    desk.engine.subscribe(new SubscribeRequest(SYMBOL));
    for (let step = 0; step < 20; step++) desk.engine.step();
    expect(turnover).toBeGreaterThan(0n);

    const range = { start: new Date(-600_000), end: new Date(0), interval: Interval.MINUTE };
    const bars = desk.engine.queryHistory(new HistoryRequest({ ...SYMBOL, ...range }));
    expect(bars.length).toBeGreaterThan(5);
    for (const bar of bars) {
      const expected = whole(bar.close_price, steps[0]) * whole(bar.volume, steps[1]);
      expect(bar.turnover).toBe(desk.money(expected));
    }
  });
});

test.each([0.1, 0.3, 0.7, 1.1, 65_000.1, 123.456_789])('a price of %d in steps of 1e-18', (price) => {
  const desk = new Desk([-18, 0], { product: Product.SWAP, net_position: true }, { balance: 1e9 });
  const request = { ...SYMBOL, direction: Direction.LONG, type: OrderType.LIMIT, volume: 1, price };
  const tick = { ...SYMBOL, gateway_name: 'SIM', datetime: new Date(0), last_price: price, ask_price_1: price };
  desk.engine.giveTick(new TickData({ ...tick, ask_volume_1: 1 }));
  const told: OrderData[] = [];
  desk.engine.on('event', ({ data }) => {
    if (data instanceof OrderData) told.push(data);
  });
  desk.engine.sendOrder(new OrderRequest({ ...request, offset: Offset.NONE }));
  expect(told.at(-1)).toMatchObject({ status: Status.ALLTRADED, price });
  expect(desk.engine.getAllTrades()).toMatchObject([{ price }]);
});

test('more money than there is, by the least step', () => {
  const desk = new Desk([-18, -18], { product: Product.SPOT, net_position: true }, { balance: 20e-36 });
  desk.market(7);
  const send = (lots: string): string => {
    const order = { ...SYMBOL, direction: Direction.LONG, offset: Offset.NONE, type: OrderType.MARKET };
    const id = desk.engine.sendOrder(new OrderRequest({ ...order, volume: Number(`${lots}e-18`) }));
    return String(desk.engine.getOrder(id)?.status);
  };
  expect(send('3')).toBe('Status.REJECTED');
  expect(send('2')).toBe('Status.ALLTRADED');
  expect(send('1')).toBe('Status.REJECTED');
  expect(desk.account.balance).toBe(6e-36);
});

test.each([NaN, Infinity, '1000' as never])('a balance of %s is refused', (balance) => {
  expect(() => new SimulatedEngine({ balance })).toThrow(/balance must be a finite number/);
});

/** A float that is a whole number of steps of 10^exponent, in steps. */
function whole(value: number, exponent: number): bigint {
  return BigInt(Math.round(Number(`${value}`) / Number(`1e${exponent}`)));
}
