/**
 * What the simulated account holds: positions, money, and what working orders have frozen of both.
 *
 * @module
 */
import { AccountData, PositionData } from '../data/index.js';
import type { ContractData, OrderData } from '../data/index.js';
import { Direction, Offset, Product } from '../enums/index.js';
import { decimal, rounded, volumeOf } from './units.js';

/** Part of a contract's value that a future or short position ties up. */
const MARGIN_RATE = 0.1;

/** A position in lots. A net position may be below zero. */
export interface Holding {
  readonly contract: ContractData;
  readonly direction: Direction;
  lots: number;
  frozenLots: number;
  /** Sum of ticks × lots paid: the average price is this over the lots. */
  cost: number;
}

/** What an order that works has frozen. */
interface Reserve {
  readonly holding: Holding | undefined;
  lots: number;
  moneyPerLot: number;
}

/** Whether a contract is held long and short apart, so that orders must say whether they open or close. */
export function hasOffsets(contract: ContractData): boolean {
  return !contract.net_position && (contract.product === Product.FUTURES || contract.product === Product.OPTION);
}

/** Whether the whole value is paid when it is bought. */
function isCash(contract: ContractData): boolean {
  return contract.product !== Product.FUTURES && contract.product !== Product.SWAP && contract.product !== Product.CFD;
}

const isClosing = (offset: Offset): boolean => offset !== Offset.OPEN && offset !== Offset.NONE;

/** Keeps the books of one account. */
export class Ledger {
  readonly #holdings = new Map<string, Holding>();
  readonly #reserves = new Map<string, Reserve>();
  readonly #gatewayName: string;
  readonly #accountid: string;
  #balance: number;

  constructor(gatewayName: string, accountid: string, balance: number) {
    this.#gatewayName = gatewayName;
    this.#accountid = accountid;
    this.#balance = balance;
  }

  /** The position that an order changes. */
  holdingOf(contract: ContractData, direction: Direction, offset: Offset): Holding {
    const side = this.#sideOf(contract, direction, offset);
    const key = `${contract.vt_symbol} ${side.name}`;
    let holding = this.#holdings.get(key);
    if (holding === undefined) {
      holding = { contract, direction: side, lots: 0, frozenLots: 0, cost: 0 };
      this.#holdings.set(key, holding);
    }
    return holding;
  }

  /**
   * Freezes what an order may need.
   *
   * @param ticks - The worst price that it may meet.
   * @returns Why it cannot be taken, when it cannot.
   */
  reserve(order: OrderData, contract: ContractData, lots: number, ticks: number): string | undefined {
    const direction = order.direction ?? Direction.LONG;
    const holding = this.holdingOf(contract, direction, order.offset);
    if (this.#reduces(contract, direction, order.offset)) {
      const free = holding.lots - holding.frozenLots;
      if (free < lots) return `not enough position: ${volumeOf(contract, free)} of ${order.volume} can be closed`;
      holding.frozenLots += lots;
      this.#reserves.set(order.vt_orderid, { holding, lots, moneyPerLot: 0 });
      return undefined;
    }
    const moneyPerLot = this.#value(contract, ticks, 1) * (isCash(contract) ? 1 : MARGIN_RATE);
    const available = this.#balance - this.#frozen();
    if (moneyPerLot * lots > available) {
      return `not enough money: ${rounded(moneyPerLot * lots)} needed, ${rounded(available)} available`;
    }
    this.#reserves.set(order.vt_orderid, { holding: undefined, lots, moneyPerLot });
    return undefined;
  }

  /** Books one fill of an order. */
  fill(order: OrderData, contract: ContractData, ticks: number, lots: number): void {
    const direction = order.direction ?? Direction.LONG;
    const holding = this.holdingOf(contract, direction, order.offset);
    const reserve = this.#reserves.get(order.vt_orderid);
    if (reserve !== undefined) {
      reserve.lots -= lots;
      if (reserve.holding !== undefined) reserve.holding.frozenLots -= lots;
    }
    if (holding.direction === Direction.NET) this.#fillNet(holding, ticks, direction === Direction.LONG ? lots : -lots);
    else if (this.#reduces(contract, direction, order.offset)) this.#close(holding, ticks, lots);
    else this.#open(holding, ticks, lots);
  }

  /** Frees what an order that has ended had frozen. */
  release(order: OrderData): void {
    const reserve = this.#reserves.get(order.vt_orderid);
    if (reserve?.holding !== undefined) reserve.holding.frozenLots -= reserve.lots;
    this.#reserves.delete(order.vt_orderid);
  }

  /** The position as vnpy sees it, at the market's present price. */
  position(holding: Holding, lastTicks: number): PositionData {
    const { contract, direction, lots, frozenLots } = holding;
    const average = lots === 0 ? 0 : holding.cost / lots;
    const sign = direction === Direction.SHORT ? -1 : 1;
    return new PositionData({
      gateway_name: this.#gatewayName,
      symbol: contract.symbol,
      exchange: contract.exchange,
      direction,
      volume: volumeOf(contract, lots),
      frozen: volumeOf(contract, frozenLots),
      price: decimal(average * contract.pricetick),
      pnl: rounded(this.#value(contract, lastTicks - average, lots) * sign),
    });
  }

  /** Positions in a contract. */
  held(vtSymbol: string): Holding[] {
    return [...this.#holdings.values()].filter(({ contract }) => contract.vt_symbol === vtSymbol);
  }

  account(): AccountData {
    return new AccountData({
      gateway_name: this.#gatewayName,
      accountid: this.#accountid,
      balance: rounded(this.#balance),
      frozen: rounded(this.#frozen()),
    });
  }

  #sideOf(contract: ContractData, direction: Direction, offset: Offset): Direction {
    if (contract.net_position) return Direction.NET;
    if (!hasOffsets(contract)) return Direction.LONG;
    if (!isClosing(offset)) return direction;
    return direction === Direction.LONG ? Direction.SHORT : Direction.LONG;
  }

  /** Whether an order closes a position that must be there. */
  #reduces(contract: ContractData, direction: Direction, offset: Offset): boolean {
    if (contract.net_position) return false;
    return hasOffsets(contract) ? isClosing(offset) : direction === Direction.SHORT;
  }

  #open(holding: Holding, ticks: number, lots: number): void {
    if (isCash(holding.contract)) {
      const value = this.#value(holding.contract, ticks, lots);
      this.#balance += holding.direction === Direction.SHORT ? value : -value;
    }
    holding.cost += ticks * lots;
    holding.lots += lots;
  }

  #close(holding: Holding, ticks: number, lots: number): void {
    const average = holding.cost / holding.lots;
    const sign = holding.direction === Direction.SHORT ? -1 : 1;
    this.#balance += isCash(holding.contract)
      ? this.#value(holding.contract, ticks, lots) * sign
      : this.#value(holding.contract, ticks - average, lots) * sign;
    holding.cost -= average * lots;
    holding.lots -= lots;
  }

  /** A net position grows, shrinks, or turns round. */
  #fillNet(holding: Holding, ticks: number, signed: number): void {
    const { contract } = holding;
    const closing =
      Math.sign(signed) === -Math.sign(holding.lots) ? Math.min(Math.abs(signed), Math.abs(holding.lots)) : 0;
    const average = holding.lots === 0 ? 0 : holding.cost / holding.lots;
    if (isCash(contract)) this.#balance -= this.#value(contract, ticks, signed);
    else this.#balance += this.#value(contract, ticks - average, closing) * Math.sign(holding.lots);
    const closed = closing * Math.sign(signed);
    holding.cost += average * closed + ticks * (signed - closed);
    holding.lots += signed;
  }

  #frozen(): number {
    let money = 0;
    for (const reserve of this.#reserves.values()) money += reserve.moneyPerLot * reserve.lots;
    for (const { contract, cost } of this.#holdings.values()) {
      if (!isCash(contract)) money += Math.abs(this.#value(contract, cost, 1)) * MARGIN_RATE;
    }
    return money;
  }

  /** Money for a number of lots at a number of ticks. */
  #value(contract: ContractData, ticks: number, lots: number): number {
    return ticks * contract.pricetick * lots * contract.min_volume * contract.size;
  }
}
