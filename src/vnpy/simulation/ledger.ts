/**
 * What the simulated account holds: positions, money, and what working orders have frozen of both.
 *
 * @module
 */
import { AccountData, PositionData } from '../data/index.js';
import type { ContractData, OrderData } from '../data/index.js';
import { Direction, Offset, Product } from '../enums/index.js';
import { Decimal } from '../decimal.js';
import { closesByDay } from '../position-holding.js';
import type { Fees } from './fees.js';
import type { Reason } from './texts.js';
import { product, unitValue, volumeOf } from './units.js';

/** Part of a contract's value that a future or short position ties up. */
const MARGIN_RATE = Decimal.of(0.1);

/** A position in lots. A net position may be below zero. */
export interface Holding {
  readonly contract: ContractData;
  readonly direction: Direction;
  lots: number;
  frozenLots: number;
  /** Of the lots, those of before today; 0 unless the days are kept apart. Below, those of them that are frozen. */
  oldLots: number;
  frozenOldLots: number;
  /** Sum of ticks × lots paid: the average price is this over the lots. What is closed takes its share with it. */
  cost: Decimal;
}

/** What an order that works has frozen. */
interface Reserve {
  readonly holding: Holding | undefined;
  lots: number;
  /** Of the lots, those that close a position of before today. */
  oldLots: number;
  moneyPerLot: Decimal;
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

/** The rules of an account. */
export interface LedgerRules {
  readonly balance: number;
  readonly fees: Fees;
  /** Positions of today and of before are told apart. */
  readonly byDay: boolean;
}

/** Keeps the books of one account. */
export class Ledger {
  readonly #holdings = new Map<string, Holding>();
  readonly #reserves = new Map<string, Reserve>();
  readonly #gatewayName: string;
  readonly #accountid: string;
  readonly #fees: Fees;
  readonly #byDay: boolean;
  #balance: Decimal;

  constructor(gatewayName: string, accountid: string, { balance, fees, byDay }: LedgerRules) {
    this.#gatewayName = gatewayName;
    this.#accountid = accountid;
    this.#fees = fees;
    this.#byDay = byDay;
    this.#balance = Decimal.of(balance);
  }

  /** The position that an order changes. */
  holdingOf(contract: ContractData, direction: Direction, offset: Offset): Holding {
    const side = this.#sideOf(contract, direction, offset);
    const key = `${contract.vt_symbol} ${side.name}`;
    let holding = this.#holdings.get(key);
    if (holding === undefined) {
      holding = { contract, direction: side, lots: 0, frozenLots: 0, oldLots: 0, frozenOldLots: 0, cost: Decimal.ZERO };
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
  reserve(order: OrderData, contract: ContractData, lots: number, ticks: number): Reason | undefined {
    const direction = order.direction ?? Direction.LONG;
    const holding = this.holdingOf(contract, direction, order.offset);
    if (this.#reduces(contract, direction, order.offset)) {
      const { free, oldLots } = this.#closable(holding, order.offset, lots);
      if (free < lots) return this.#tooFew(order, holding, free);
      holding.frozenLots += lots;
      holding.frozenOldLots += oldLots;
      this.#reserves.set(order.vt_orderid, { holding, lots, oldLots, moneyPerLot: Decimal.ZERO });
      return undefined;
    }
    const value = valueOf(contract, ticks, 1);
    const price = isCash(contract) ? value : value.times(MARGIN_RATE);
    const moneyPerLot = price.plus(this.#fees.of(contract, ticks, 1));
    const needed = moneyPerLot.times(Decimal.of(lots));
    const available = this.#balance.minus(this.#frozen());
    if (needed.compare(available) > 0) return ({ money }) => money(needed.toString(), available.toString());
    this.#reserves.set(order.vt_orderid, { holding: undefined, lots, oldLots: 0, moneyPerLot });
    return undefined;
  }

  /** Books one fill of an order. */
  fill(order: OrderData, contract: ContractData, ticks: number, lots: number): void {
    const direction = order.direction ?? Direction.LONG;
    const holding = this.holdingOf(contract, direction, order.offset);
    const reserve = this.#reserves.get(order.vt_orderid);
    if (reserve !== undefined) {
      // What was opened today is closed first, as vnpy reckons it.
      const oldLots = Math.max(0, lots - (reserve.lots - reserve.oldLots));
      reserve.lots -= lots;
      reserve.oldLots -= oldLots;
      if (reserve.holding !== undefined) {
        reserve.holding.frozenLots -= lots;
        reserve.holding.frozenOldLots -= oldLots;
        reserve.holding.oldLots -= oldLots;
      }
    }
    this.#balance = this.#balance.minus(this.#fees.of(contract, ticks, lots));
    if (holding.direction === Direction.NET) this.#fillNet(holding, ticks, direction === Direction.LONG ? lots : -lots);
    else if (this.#reduces(contract, direction, order.offset)) this.#close(holding, ticks, lots);
    else this.#open(holding, ticks, lots);
  }

  /** Frees what an order that has ended had frozen. */
  release(order: OrderData): void {
    const reserve = this.#reserves.get(order.vt_orderid);
    if (reserve?.holding !== undefined) {
      reserve.holding.frozenLots -= reserve.lots;
      reserve.holding.frozenOldLots -= reserve.oldLots;
    }
    this.#reserves.delete(order.vt_orderid);
  }

  /** The position as vnpy sees it, at the market's present price. */
  position(holding: Holding, lastTicks: number): PositionData {
    const { contract, direction, lots, frozenLots } = holding;
    const price = lots === 0 ? 0 : holding.cost.times(Decimal.of(contract.pricetick)).toNumber() / lots;
    const gain = gainOf(holding, lastTicks, lots, holding.cost);
    return new PositionData({
      gateway_name: this.#gatewayName,
      symbol: contract.symbol,
      exchange: contract.exchange,
      direction,
      volume: volumeOf(contract, lots),
      frozen: volumeOf(contract, frozenLots),
      yd_volume: volumeOf(contract, holding.oldLots),
      price: Number(price.toPrecision(15)),
      pnl: gain.toNumber(),
    });
  }

  /**
   * A trading day has begun: the one before is settled. What was opened before is not of today any more, and the profit of
   * futures goes into the balance. From then on their price is that of the settlement, as CTP reckons the cost of a position.
   *
   * @param hasDays - Whether a contract has trading days.
   * @param settlementOf - The price of the settlement, in ticks.
   * @returns The positions that this has changed.
   */
  beginDay(
    hasDays: (contract: ContractData) => boolean,
    settlementOf: (contract: ContractData) => number,
  ): readonly Holding[] {
    const changed: Holding[] = [];
    for (const holding of this.#holdings.values()) {
      const { contract, lots } = holding;
      if (lots === 0 || !hasOffsets(contract) || !hasDays(contract)) continue;
      changed.push(holding);
      if (this.#byDay) holding.oldLots = lots;
      if (isCash(contract)) continue;
      const ticks = settlementOf(contract);
      this.#balance = this.#balance.plus(gainOf(holding, ticks, lots, holding.cost));
      holding.cost = product(ticks, lots);
    }
    return changed;
  }

  /** Positions in a contract. */
  held(vtSymbol: string): Holding[] {
    return [...this.#holdings.values()].filter(({ contract }) => contract.vt_symbol === vtSymbol);
  }

  account(): AccountData {
    return new AccountData({
      gateway_name: this.#gatewayName,
      accountid: this.#accountid,
      balance: this.#balance.toNumber(),
      frozen: this.#frozen().toNumber(),
    });
  }

  #sideOf(contract: ContractData, direction: Direction, offset: Offset): Direction {
    if (contract.net_position) return Direction.NET;
    if (!hasOffsets(contract)) return Direction.LONG;
    if (!isClosing(offset)) return direction;
    return direction === Direction.LONG ? Direction.SHORT : Direction.LONG;
  }

  /** How much of a position an order of an offset may close, and how much of it is of before today. */
  #closable(holding: Holding, offset: Offset, lots: number): { readonly free: number; readonly oldLots: number } {
    const free = holding.lots - holding.frozenLots;
    if (!this.#byDay || !hasOffsets(holding.contract)) return { free, oldLots: 0 };
    const old = holding.oldLots - holding.frozenOldLots;
    const today = free - old;
    if (offset === Offset.CLOSETODAY) return { free: today, oldLots: 0 };
    if (offset === Offset.CLOSEYESTERDAY) return { free: old, oldLots: lots };
    if (!closesByDay(holding.contract.exchange)) return { free, oldLots: Math.max(0, lots - today) };
    return { free: old, oldLots: lots };
  }

  #tooFew({ offset, volume: wanted }: OrderData, { contract, frozenLots }: Holding, free: number): Reason {
    return ({ position }) =>
      position({
        ...{ offset, wanted, byDay: this.#byDay && hasOffsets(contract) },
        exchange: closesByDay(contract.exchange) ? contract.exchange.value : undefined,
        free: volumeOf(contract, free),
        frozen: volumeOf(contract, frozenLots),
      });
  }

  /** Whether an order closes a position that must be there. */
  #reduces(contract: ContractData, direction: Direction, offset: Offset): boolean {
    if (contract.net_position) return false;
    return hasOffsets(contract) ? isClosing(offset) : direction === Direction.SHORT;
  }

  #open(holding: Holding, ticks: number, lots: number): void {
    if (isCash(holding.contract)) {
      const value = valueOf(holding.contract, ticks, lots);
      this.#balance = this.#balance.plus(holding.direction === Direction.SHORT ? value : value.negated());
    }
    holding.cost = holding.cost.plus(product(ticks, lots));
    holding.lots += lots;
  }

  #close(holding: Holding, ticks: number, lots: number): void {
    const cost = holding.cost.share(lots, holding.lots);
    const value = valueOf(holding.contract, ticks, lots);
    this.#balance = this.#balance.plus(
      !isCash(holding.contract)
        ? gainOf(holding, ticks, lots, cost)
        : holding.direction === Direction.SHORT
          ? value.negated()
          : value,
    );
    holding.cost = holding.cost.minus(cost);
    holding.lots -= lots;
  }

  /** A net position grows, shrinks, or turns round. */
  #fillNet(holding: Holding, ticks: number, signed: number): void {
    const { contract } = holding;
    const closing =
      Math.sign(signed) === -Math.sign(holding.lots) ? Math.min(Math.abs(signed), Math.abs(holding.lots)) : 0;
    /** What is closed, in the direction of the position. */
    const closed = -closing * Math.sign(signed);
    const cost = holding.lots === 0 ? Decimal.ZERO : holding.cost.share(closed, holding.lots);
    this.#balance = isCash(contract)
      ? this.#balance.minus(valueOf(contract, ticks, signed))
      : this.#balance.plus(gainOf(holding, ticks, closed, cost));
    holding.cost = holding.cost.minus(cost).plus(product(ticks, signed + closed));
    holding.lots += signed;
  }

  #frozen(): Decimal {
    let money = Decimal.ZERO;
    for (const { moneyPerLot, lots } of this.#reserves.values())
      money = money.plus(moneyPerLot.times(Decimal.of(lots)));
    for (const { contract, cost } of this.#holdings.values())
      if (!isCash(contract)) money = money.plus(cost.times(unitValue(contract)).abs().times(MARGIN_RATE));

    return money;
  }
}

/** Money for a number of lots at a number of ticks. */
function valueOf(contract: ContractData, ticks: number, lots: number): Decimal {
  return product(ticks, lots).times(unitValue(contract));
}

/** What lots of a holding that have cost so much bring at a number of ticks. Both are negative of a net position below zero. */
function gainOf({ contract, direction }: Holding, ticks: number, lots: number, cost: Decimal): Decimal {
  const gain = product(ticks, lots).minus(cost).times(unitValue(contract));
  return direction === Direction.SHORT ? gain.negated() : gain;
}
