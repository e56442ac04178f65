/**
 * What an engine knows, as its users read it: maps, and the getters of vnpy's OmsEngine.
 *
 * @module
 */
import type {
  AccountData,
  ContractData,
  OrderData,
  PositionData,
  QuoteData,
  TickData,
  TradeData,
} from './data/index.js';
import { describe } from './data/describe.js';
import { classify, emptyMaps, keyOf } from './kinds.js';
import type { StateItem, StateKind, StateMaps } from './kinds.js';

/**
 * The reading side of an engine: always current, read synchronously. The base of an engine of one's own, which tells it with
 * `keep` and `drop` what it knows.
 *
 * @example
 * ```ts
 * class MyEngine extends StateView implements TradingEngine {
 *   readonly #listeners = new Set<(event: Event) => void>();
 *
 *   orderChanged(order: OrderData): void {
 *     this.keep(order);
 *     for (const listener of this.#listeners) listener(new Event(EventType.ORDER, order));
 *   }
 *   // subscribe, sendOrder, cancelOrder, queryHistory, on
 * }
 * ```
 */
export abstract class StateView {
  /** For the engine itself. @internal */
  protected readonly maps: StateMaps = emptyMaps();

  /**
   * Keeps the newest of what an id means: an order by its `vt_orderid`, a tick by its `vt_symbol`, and so on, as vnpy's OmsEngine.
   *
   * @returns The key, under which the map of its kind has it now.
   * @throws TypeError for what is none of the data that are kept.
   */
  protected keep(data: StateItem['data']): string {
    const item = classify(data);
    if (item === undefined || item.kind === 'bar' || item.kind === 'log')
      throw new TypeError(`keep() takes data of vnpy's that have an id, not ${describe(data)}`);
    const map: Map<string, unknown> = this.maps[item.kind];
    const key = keyOf(item);
    map.set(key, item.data);
    return key;
  }

  /**
   * Forgets one piece of data, or all of a kind.
   *
   * @param key - As `keep` returned it. Default: all.
   */
  protected drop(kind: StateKind, key?: string): void {
    if (key === undefined) this.maps[kind].clear();
    else this.maps[kind].delete(key);
  }

  /** Contracts by `vt_symbol`. */
  get contracts(): ReadonlyMap<string, ContractData> {
    return this.maps.contract;
  }

  /** The latest tick by `vt_symbol`. */
  get ticks(): ReadonlyMap<string, TickData> {
    return this.maps.tick;
  }

  /** Orders by `vt_orderid`, finished ones too. */
  get orders(): ReadonlyMap<string, OrderData> {
    return this.maps.order;
  }

  /**
   * Trades by `vt_tradeid`. Several fills may share one, as both sides of a trade with oneself do. A gateway then has the first
   * under it, and a further one under its whole identity (`CTP.7#3#rb2705#SHFE#SHORT`). vnpy's own map keeps one of them.
   */
  get trades(): ReadonlyMap<string, TradeData> {
    return this.maps.trade;
  }

  /** Positions by `vt_positionid`. */
  get positions(): ReadonlyMap<string, PositionData> {
    return this.maps.position;
  }

  /** Accounts by `vt_accountid`. */
  get accounts(): ReadonlyMap<string, AccountData> {
    return this.maps.account;
  }

  /** Quotes by `vt_quoteid`. vnpy's server has no function that lists them: these are the ones seen since it was started. */
  get quotes(): ReadonlyMap<string, QuoteData> {
    return this.maps.quote;
  }

  /** The latest tick of a contract (`get_tick`). */
  getTick(vtSymbol: string): TickData | undefined {
    return this.ticks.get(vtSymbol);
  }

  /** An order (`get_order`). */
  getOrder(vtOrderid: string): OrderData | undefined {
    return this.orders.get(vtOrderid);
  }

  /** A trade (`get_trade`). */
  getTrade(vtTradeid: string): TradeData | undefined {
    return this.trades.get(vtTradeid);
  }

  /** A position (`get_position`). */
  getPosition(vtPositionid: string): PositionData | undefined {
    return this.positions.get(vtPositionid);
  }

  /** An account (`get_account`). */
  getAccount(vtAccountid: string): AccountData | undefined {
    return this.accounts.get(vtAccountid);
  }

  /** A contract (`get_contract`). */
  getContract(vtSymbol: string): ContractData | undefined {
    return this.contracts.get(vtSymbol);
  }

  /** The latest tick of every contract (`get_all_ticks`). */
  getAllTicks(): TickData[] {
    return [...this.ticks.values()];
  }

  /** All orders (`get_all_orders`). */
  getAllOrders(): OrderData[] {
    return [...this.orders.values()];
  }

  /** All trades (`get_all_trades`). */
  getAllTrades(): TradeData[] {
    return [...this.trades.values()];
  }

  /** All positions (`get_all_positions`). */
  getAllPositions(): PositionData[] {
    return [...this.positions.values()];
  }

  /** All accounts (`get_all_accounts`). */
  getAllAccounts(): AccountData[] {
    return [...this.accounts.values()];
  }

  /** All contracts (`get_all_contracts`). */
  getAllContracts(): ContractData[] {
    return [...this.contracts.values()];
  }

  /** All orders that still work at the exchange (`get_all_active_orders`). */
  getAllActiveOrders(): OrderData[] {
    return this.getAllOrders().filter((order) => order.isActive());
  }
}
