import { describe, expect, test } from 'vitest';
import {
  Direction,
  HistoryRequest,
  Interval,
  Offset,
  OptionType,
  OrderRequest,
  OrderType,
  Product,
  SimulatedEngine,
  Status,
  SubscribeRequest,
  TickData,
  replace,
} from 'vnpy-bridge/vnpy';
import type { ContractData, SimulatedEngineOptions } from 'vnpy-bridge/vnpy';
import { black76 } from '../../../src/vnpy/simulation/black76.js';

const NOW = Date.UTC(2027, 0, 6, 2, 0, 0);

class Desk {
  readonly engine: SimulatedEngine;
  readonly ticks: TickData[] = [];
  now = NOW;

  constructor(options: SimulatedEngineOptions = {}) {
    this.engine = new SimulatedEngine({ seed: 3, optionChains: true, clock: () => this.now, ...options });
    this.engine.on('event', ({ data }) => {
      if (data instanceof TickData) this.ticks.push(data);
    });
  }

  contract(vtSymbol: string): ContractData {
    const found = this.engine.getContract(vtSymbol);
    if (found === undefined) throw new Error(`no ${vtSymbol}`);
    return found;
  }

  /** The last price of a contract. */
  price(vtSymbol: string): number {
    const { symbol, exchange } = this.contract(vtSymbol);
    this.engine.subscribe(new SubscribeRequest({ symbol, exchange }));
    return this.engine.getTick(vtSymbol)?.last_price ?? NaN;
  }

  /** The underlying is at a price. */
  move(vtSymbol: string, price: number): void {
    const { symbol, exchange } = this.contract(vtSymbol);
    this.engine.giveTick(
      new TickData({ symbol, exchange, gateway_name: 'SIM', datetime: new Date(this.now), last_price: price }),
    );
  }
}

describe("Black's formula", () => {
  // Haug, The Complete Guide to Option Pricing Formulas, 2nd edition, page 5: 1.7011 with a discount of exp(-0.1 × 0.75).
  test('gives the value that the literature has', () => {
    const value = black76({ isCall: false, forward: 19, strike: 19, years: 0.75, volatility: 0.28 });
    expect(value * Math.exp(-0.1 * 0.75)).toBeCloseTo(1.7011, 4);
  });

  test('call and put differ by what the future is above the strike', () => {
    for (const strike of [3500, 4000, 4700]) {
      const of = (isCall: boolean): number => black76({ isCall, forward: 4000, strike, years: 0.3, volatility: 0.2 });
      expect(of(true) - of(false)).toBeCloseTo(4000 - strike, 6);
    }
  });

  test('at the end an option is worth what it gives', () => {
    const of = (strike: number): number => black76({ isCall: true, forward: 4000, strike, years: 0, volatility: 0.2 });
    expect([of(3900), of(4000), of(4100)]).toEqual([100, 0, 0]);
  });
});

describe('option chains', () => {
  test('are there when they are asked for, named as vnpy_ctp names them', () => {
    expect(new SimulatedEngine().getAllContracts()).toHaveLength(4);
    const { engine } = new Desk();
    const options = engine.getAllContracts().filter(({ product }) => product === Product.OPTION);
    for (const [portfolio, underlying] of [
      ['IO', 'IO2703'],
      ['rb_o', 'rb2705'],
    ]) {
      const chain = options.filter(({ option_portfolio }) => option_portfolio === portfolio);
      const strikes = new Set(chain.map(({ option_strike }) => option_strike));
      expect(chain).toHaveLength(strikes.size * 2);
      // OptionMaster takes a call and a put of each index, and compares the expiry with naive times.
      expect(new Set(chain.map((one) => `${one.option_index} ${one.option_type?.name}`)).size).toBe(chain.length);
      expect(new Set(chain.map((one) => one.option_underlying))).toEqual(new Set([underlying]));
      for (const one of chain) {
        expect(one.option_expiry?.tzinfo).toBeNull();
        expect(Number(one.option_index)).toBe(one.option_strike);
      }
    }
  });

  test('a call rises and a put falls with the underlying, whether or not that is subscribed', () => {
    const desk = new Desk();
    const [call, put] = ['IO2703-C-4000.CFFEX', 'IO2703-P-4000.CFFEX'];
    const before = [desk.price(call), desk.price(put)];
    desk.move('IF2703.CFFEX', 4100);
    // The market of the underlying walks on by one step before that of the options.
    desk.engine.step();
    expect(desk.price(call)).toBeGreaterThan((before[0] ?? NaN) + 30);
    expect(desk.price(put)).toBeLessThan((before[1] ?? NaN) - 30);

    const alone = new Desk();
    alone.price(call);
    for (let step = 0; step < 200; step++) alone.engine.step();
    expect(new Set(alone.ticks.map(({ last_price }) => last_price)).size).toBeGreaterThan(5);
    expect(new Set(alone.ticks.map(({ vt_symbol }) => vt_symbol))).toEqual(new Set([call]));
  });

  test('call and put agree with the underlying to a tick', () => {
    const desk = new Desk();
    for (const { option_strike: strike, vt_symbol, option_type } of desk.engine.getAllContracts()) {
      if (strike === null || option_type !== OptionType.CALL) continue;
      const isIndex = vt_symbol.startsWith('IO');
      const put = vt_symbol.replace(isIndex ? '-C-' : 'C', isIndex ? '-P-' : 'P');
      const future = desk.price(isIndex ? 'IF2703.CFFEX' : 'rb2705.SHFE');
      const { pricetick } = desk.contract(vt_symbol);
      expect(Math.abs(desk.price(vt_symbol) - desk.price(put) - (future - strike))).toBeLessThanOrEqual(pricetick);
    }
  });

  test('time takes value away, and none falls below a tick', () => {
    const desk = new Desk();
    const [near, far] = ['rb2705C3500.SHFE', 'rb2705P3250.SHFE'];
    const before = desk.price(near);
    expect(desk.price(far)).toBeGreaterThanOrEqual(0.5);
    desk.now = Date.UTC(2027, 3, 26, 7, 30);
    desk.engine.step();
    expect(desk.price(near)).toBeLessThan(before / 2);
    const tick = desk.engine.getTick(far);
    expect(tick).toMatchObject({ last_price: 0.5, bid_price_1: 0, bid_volume_1: 0, ask_price_1: 1 });
  });

  test('an option is bought for money, and sold again', () => {
    const desk = new Desk();
    const { symbol, exchange, vt_symbol } = desk.contract('rb2705C3500.SHFE');
    const send = (direction: Direction, offset: Offset): string =>
      desk.engine.sendOrder(
        new OrderRequest({ symbol, exchange, direction, offset, type: OrderType.MARKET, volume: 1 }),
      );
    const bought = send(Direction.LONG, Offset.OPEN);
    expect(desk.engine.getOrder(bought)?.status).toBe(Status.ALLTRADED);
    const [first] = desk.engine.getAllTrades();
    expect(desk.engine.getAccount('SIM.SIM')?.balance).toBe(1_000_000 - (first?.price ?? NaN) * 10);
    desk.engine.step();
    expect(desk.engine.getOrder(send(Direction.SHORT, Offset.CLOSE))?.status).toBe(Status.ALLTRADED);
    expect(desk.engine.getPosition(`SIM.${vt_symbol}.${Direction.LONG.value}`)?.volume).toBe(0);
  });

  test('bars of an option follow from those of its underlying', () => {
    const desk = new Desk();
    const bars = (vtSymbol: string): number[] => {
      const { symbol, exchange } = desk.contract(vtSymbol);
      const [start, end] = [new Date(NOW - 10 * 3_600_000), new Date(NOW)];
      return desk.engine
        .queryHistory(new HistoryRequest({ symbol, exchange, start, end, interval: Interval.HOUR }))
        .map(({ close_price }) => close_price);
    };
    const [future, call, put] = ['rb2705.SHFE', 'rb2705C3500.SHFE', 'rb2705P3500.SHFE'].map(bars);
    expect(future).toHaveLength(11);
    for (const [index, price] of (future ?? []).entries())
      expect((call?.[index] ?? NaN) - (put?.[index] ?? NaN)).toBeCloseTo(price - 3500, 0);
  });

  test('a contract of which only the options tell a price starts at their middle strike', () => {
    const [rb] = new SimulatedEngine().getAllContracts();
    if (rb === undefined) throw new Error('no contract');
    const chain = new Desk().engine.getAllContracts().filter(({ option_portfolio }) => option_portfolio === 'rb_o');
    const contracts = [
      replace(rb, { symbol: 'rb2810' }),
      ...chain.map((one) => replace(one, { option_underlying: 'rb2810' })),
    ];
    expect(new Desk({ contracts, optionChains: false }).price('rb2810.SHFE')).toBe(3500);
  });

  test('an option without a known underlying has a market of its own', () => {
    const [known] = new Desk().engine.getAllContracts().filter(({ product }) => product === Product.OPTION);
    if (known === undefined) throw new Error('no option');
    const contracts = [
      replace(known, { option_underlying: 'IO2712' }),
      replace(known, { symbol: 'own', option_underlying: 'own' }),
    ];
    const desk = new Desk({ contracts, optionChains: false });
    for (const { vt_symbol } of contracts) expect(desk.price(vt_symbol)).toBeGreaterThan(100);
  });
});
