/**
 * What is held of one contract, of today and of before, and what active orders are about to close: vnpy's `PositionHolding`.
 *
 * @module
 */
import { replace } from './data/index.js';
import type { ContractData, OrderData, OrderRequest, PositionData, TradeData } from './data/index.js';
import { Direction, Exchange, Offset } from './enums/index.js';

/** Whether an exchange wants to be told if a position of today or of before is closed. */
export function closesByDay(exchange: unknown): boolean {
  return exchange === Exchange.SHFE || exchange === Exchange.INE;
}

/** One side: long, or short. */
interface Side {
  total: number;
  yesterday: number;
  today: number;
  frozen: number;
  frozenYesterday: number;
  frozenToday: number;
}

/** What of a side may still be closed; never below zero, where vnpy's can be. */
interface Available {
  readonly total: number;
  readonly today: number;
  readonly yesterday: number;
}

const emptySide = (): Side => ({
  total: 0,
  yesterday: 0,
  today: 0,
  frozen: 0,
  frozenYesterday: 0,
  frozenToday: 0,
});

/** `vnpy.trader.converter.PositionHolding`, method by method. */
export class PositionHolding {
  readonly vtSymbol: string;
  readonly #byDay: boolean;
  readonly #active = new Map<string, OrderData>();
  readonly #long = emptySide();
  readonly #short = emptySide();

  constructor(contract: ContractData) {
    this.vtSymbol = contract.vt_symbol;
    this.#byDay = closesByDay(contract.exchange);
  }

  /** `update_position` */
  updatePosition({ direction, volume, yd_volume }: PositionData): void {
    const side = direction === Direction.LONG ? this.#long : this.#short;
    side.total = volume;
    side.yesterday = yd_volume;
    side.today = volume - yd_volume;
  }

  /** `update_order` */
  updateOrder(order: OrderData): void {
    if (order.isActive()) this.#active.set(order.vt_orderid, order);
    else this.#active.delete(order.vt_orderid);
    this.recalculate();
  }

  /** An order is not known any more. */
  drop(vtOrderid: string): void {
    if (this.#active.delete(vtOrderid)) this.recalculate();
  }

  /** A position is not known any more. */
  emptied(direction: Direction): void {
    const side = direction === Direction.LONG ? this.#long : this.#short;
    side.total = side.yesterday = side.today = 0;
    // What is frozen stays: the position may come back before its orders do.
  }

  /** `update_trade` */
  updateTrade({ direction, offset, volume, exchange }: TradeData): void {
    const isLong = direction === Direction.LONG;
    const [opened, closed] = isLong ? [this.#long, this.#short] : [this.#short, this.#long];
    if (offset === Offset.OPEN) {
      opened.today += volume;
    } else if (offset === Offset.CLOSETODAY) {
      closed.today -= volume;
    } else if (offset === Offset.CLOSEYESTERDAY) {
      closed.yesterday -= volume;
    } else if (offset === Offset.CLOSE) {
      if (closesByDay(exchange)) {
        closed.yesterday -= volume;
      } else {
        closed.today -= volume;
        if (closed.today < 0) {
          closed.yesterday += closed.today;
          closed.today = 0;
        }
      }
    }
    for (const side of [this.#long, this.#short]) side.total = side.today + side.yesterday;
    this.#capFrozen();
  }

  /** What the active orders freeze of the positions as they are now (`calculate_frozen`). */
  recalculate(): void {
    for (const side of [this.#long, this.#short]) side.frozen = side.frozenToday = side.frozenYesterday = 0;
    for (const { direction, offset, volume, traded } of this.#active.values()) {
      if (direction !== Direction.LONG && direction !== Direction.SHORT) continue;
      const side = direction === Direction.LONG ? this.#short : this.#long;
      const frozen = volume - traded;
      if (offset === Offset.CLOSETODAY) {
        side.frozenToday += frozen;
      } else if (offset === Offset.CLOSEYESTERDAY) {
        side.frozenYesterday += frozen;
      } else if (offset === Offset.CLOSE) {
        side.frozenToday += frozen;
        if (side.frozenToday > side.today) {
          side.frozenYesterday += side.frozenToday - side.today;
          side.frozenToday = side.today;
        }
      }
    }
    this.#capFrozen();
  }

  /** `convert_order_request_shfe` */
  convertByDay(request: OrderRequest): OrderRequest[] {
    if (request.offset === Offset.OPEN) return [request];
    const { total, today } = this.#available(request);
    const { volume } = request;
    if (volume > total) return [];
    if (volume <= today) return [replace(request, { offset: Offset.CLOSETODAY })];
    const requests: OrderRequest[] = [];
    if (today > 0) requests.push(replace(request, { offset: Offset.CLOSETODAY, volume: today }));
    requests.push(replace(request, { offset: Offset.CLOSEYESTERDAY, volume: volume - today }));
    return requests;
  }

  /** `convert_order_request_lock` */
  convertLock(request: OrderRequest): OrderRequest[] {
    // What was opened today is not closed but locked.
    if (this.#closedBy(request).today !== 0 && !this.#byDay) return [replace(request, { offset: Offset.OPEN })];
    const { yesterday } = this.#available(request);
    const offset = this.#byDay ? Offset.CLOSEYESTERDAY : Offset.CLOSE;
    const requests: OrderRequest[] = [];
    if (yesterday > 0) requests.push(replace(request, { offset, volume: Math.min(request.volume, yesterday) }));
    const opened = Math.max(0, request.volume - yesterday);
    if (opened > 0) requests.push(replace(request, { offset: Offset.OPEN, volume: opened }));
    return requests;
  }

  /** `convert_order_request_net` */
  convertNet(request: OrderRequest): OrderRequest[] {
    const available = this.#available(request);
    const steps: readonly (readonly [offset: Offset, volume: number])[] = closesByDay(request.exchange)
      ? [
          [Offset.CLOSETODAY, available.today],
          [Offset.CLOSEYESTERDAY, available.yesterday],
        ]
      : [[Offset.CLOSE, available.total]];
    const requests: OrderRequest[] = [];
    let left = request.volume;
    for (const [offset, most] of [...steps, [Offset.OPEN, Infinity] as const]) {
      const volume = Math.min(most, left);
      if (volume <= 0) continue;
      left -= volume;
      requests.push(replace(request, { offset, volume }));
    }
    return requests;
  }

  #closedBy({ direction }: OrderRequest): Side {
    return direction === Direction.LONG ? this.#short : this.#long;
  }

  #available(request: OrderRequest): Available {
    const side = this.#closedBy(request);
    return {
      total: Math.max(0, side.total - side.frozen),
      today: Math.max(0, side.today - side.frozenToday),
      yesterday: Math.max(0, side.yesterday - side.frozenYesterday),
    };
  }

  /** `sum_pos_frozen`: no more is frozen than there is. */
  #capFrozen(): void {
    for (const side of [this.#long, this.#short]) {
      side.frozenToday = Math.min(side.frozenToday, side.today);
      side.frozenYesterday = Math.min(side.frozenYesterday, side.yesterday);
      side.frozen = side.frozenToday + side.frozenYesterday;
    }
  }
}
