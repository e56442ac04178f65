/**
 * The fills that are known, each once.
 *
 * The id of a fill does not identify it. Both sides of a trade with oneself have the same one, ids are unique only within an
 * exchange, and gateways begin to count anew. vnpy's own map keeps one for each id (`OmsEngine.process_trade_event`).
 *
 * @module
 */
import { enumValue } from '../../data/describe.js';
import { isEnumMember } from '../../enums/enum.js';
import type { OrderData, TradeData } from '../../data/index.js';

interface Fill {
  /** The key under which it is in the map. */
  readonly key: string;
  readonly data: TradeData;
  /** The number of the order among those that had its id. */
  generation: number;
  /** When it came, by performance.now(). */
  readonly at: number;
}

/** What sums of fractions may lack. */
const ROUNDING = 1e-9;

/** Knows fills by what they are. */
export class Fills {
  /** By the id of the order, and all that makes it this fill. */
  readonly #orders = new Map<string, Map<string, Fill>>();
  readonly #map: Map<string, TradeData>;

  /** @param map - Where the fills are put, by `vt_tradeid`, or by their whole identity where that is taken. */
  constructor(map: Map<string, TradeData>) {
    this.#map = map;
  }

  /**
   * Takes a fill.
   *
   * @param generation - Of its order.
   * @param isListed - It is in a list of all fills, and may be of an earlier order with the same id.
   * @returns Whether it is a new one.
   */
  add(data: TradeData, generation: number, isListed: boolean): boolean {
    let fills = this.#orders.get(data.vt_orderid);
    if (fills === undefined) {
      fills = new Map();
      this.#orders.set(data.vt_orderid, fills);
    }
    const identity = identityOf(data);
    const whole = `${identity}#${data.price}#${data.volume}`;
    const known = fills.get(whole);
    if (known !== undefined && (isListed || generation === known.generation)) return false;
    const key = this.#freeKey(data.vt_tradeid, identity);
    this.#map.set(key, data);
    fills.set(whole, { key, data, generation, at: performance.now() });
    return true;
  }

  /** What came since a time is of another order than what came before. */
  renew(vtOrderid: string, since: number, generation: number): void {
    for (const fill of this.#orders.get(vtOrderid)?.values() ?? []) if (fill.at >= since) fill.generation = generation;
  }

  /** What is missing of the fills of an order, in words: undefined when they add up to what it has `traded`, or to more. */
  missing(order: OrderData, generation: number): string | undefined {
    const { traded, vt_orderid: vtOrderid, vt_symbol: vtSymbol } = order;
    if (this.shortfall(order, generation) <= 0) return undefined;
    const volumes = this.#volumes(vtOrderid, generation);
    const legs = [...volumes].filter(([symbol]) => symbol !== vtSymbol);
    const own = volumes.get(vtSymbol) ?? 0;
    const have = legs.length > 0 ? legs.map(([symbol, volume]) => `${volume} of ${symbol}`).join(', ') : String(own);
    return `its fills came to ${have} of ${traded}`;
  }

  /**
   * What the fills of an order lack of what it has `traded`: 0 when they add up to it, negative when there are more.
   *
   * The fills of a spread may be those of its legs, and then those of each leg add up to it.
   */
  shortfall(order: OrderData, generation: number): number {
    const volumes = this.#volumes(order.vt_orderid, generation);
    const own = gap(order.traded, volumes.get(order.vt_symbol) ?? 0);
    volumes.delete(order.vt_symbol);
    if (own === 0 || volumes.size < legsOf(order)) return own;
    const gaps = [...volumes.values()].map((volume) => gap(order.traded, volume));
    return gaps.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most));
  }

  /** Whether there are fills of an order. */
  has(vtOrderid: string, generation: number): boolean {
    return this.#volumes(vtOrderid, generation).size > 0;
  }

  /** The server does not have it any more. */
  remove(key: string, data: TradeData): void {
    this.#map.delete(key);
    const fills = this.#orders.get(data.vt_orderid);
    if (fills === undefined) return;
    const whole = `${identityOf(data)}#${data.price}#${data.volume}`;
    if (fills.get(whole)?.key === key) fills.delete(whole);
    if (fills.size === 0) this.#orders.delete(data.vt_orderid);
  }

  #volumes(vtOrderid: string, generation: number): Map<string, number> {
    const volumes = new Map<string, number>();
    for (const fill of this.#orders.get(vtOrderid)?.values() ?? []) {
      if (fill.generation !== generation) continue;
      const { vt_symbol: vtSymbol, volume } = fill.data;
      volumes.set(vtSymbol, (volumes.get(vtSymbol) ?? 0) + volume);
    }
    return volumes;
  }

  #freeKey(vtTradeid: string, identity: string): string {
    if (!this.#map.has(vtTradeid)) return vtTradeid;
    let key = identity;
    for (let count = 2; this.#map.has(key); count++) key = `${identity}#${count}`;
    return key;
  }
}

function gap(traded: number, volume: number): number {
  const difference = traded - volume;
  return Math.abs(difference) <= ROUNDING * Math.max(Math.abs(traded), Math.abs(volume)) ? 0 : difference;
}

/** How many legs a spread has at the least. The exchanges' own are named after theirs: `SP rb2705&rb2710`. */
function legsOf({ symbol }: OrderData): number {
  return Math.max(2, symbol.split('&').length);
}

/** What makes it this fill: id, order, contract and side. */
function identityOf({ vt_tradeid, orderid, symbol, exchange, direction }: TradeData): string {
  const side = isEnumMember(direction) ? direction.name : enumValue(direction);
  return [vt_tradeid, orderid, symbol, enumValue(exchange), side].join('#');
}
