/**
 * A desk for tests of limits: a clock that is moved by hand, a server whose news are made by hand, and the book.
 */
import { PyDateTime, PyZoneInfo } from 'vnpy-bridge/pickle';
import {
  AccountData,
  ContractData,
  Direction,
  Exchange,
  Offset,
  OrderData,
  OrderRequest,
  OrderType,
  PositionData,
  Product,
  Status,
  TickData,
  TradeData,
} from 'vnpy-bridge/vnpy';
import type { ContractDataInit, OrderDataInit, TickDataInit, TradeDataInit } from 'vnpy-bridge/vnpy';
import { RiskBook } from '../../../src/guard/limits/index.js';
import type {
  Latch,
  Reservation,
  RiskDecision,
  RiskOrder,
  RiskPolicy,
  RiskSnapshot,
} from '../../../src/guard/limits/index.js';
import type { AccountRule, Limits } from '../../../src/guard/policy/policy.js';
import { DEFAULT_DAYS } from '../../../src/guard/policy/times.js';

/** Tuesday 2026-12-01, 10:00 in Shanghai. */
export const START = Date.UTC(2026, 11, 1, 2);

export const HOUR = 3_600_000;

export class TestClock {
  wall = START;
  mono = 1_000_000;
  now = (): number => this.wall;
  monotonic = (): number => this.mono;
  /** Time passes, for both clocks. */
  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.mono += milliseconds;
  }
}

export const FRESH = { tick: 10_000, position: 30_000, account: 60_000, reference: 'last' } as const;

export function policy(changes: Partial<RiskPolicy> = {}): RiskPolicy {
  return { days: DEFAULT_DAYS, fresh: FRESH, contracts: [], accounts: [], ...changes };
}

export function accountRule(limits: Limits, changes: Partial<AccountRule> = {}): AccountRule {
  return { match: 'CTP.*', limits, foreignOrders: 'count', ...changes };
}

export function contract(changes: Partial<ContractDataInit> = {}): ContractData {
  return new ContractData({
    gateway_name: 'CTP',
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    name: 'rb2705',
    product: Product.FUTURES,
    size: 10,
    pricetick: 1,
    ...changes,
  });
}

/** What differs from a buy of 1 rb2705 at 3500 that opens. */
export interface Wish {
  readonly symbol?: string;
  readonly exchange?: Exchange;
  readonly sell?: boolean;
  readonly offset?: Offset;
  readonly type?: OrderType;
  readonly price?: number;
  readonly volume?: number;
  readonly reference?: string;
}

export function request(wish: Wish = {}): OrderRequest {
  return new OrderRequest({
    symbol: wish.symbol ?? 'rb2705',
    exchange: wish.exchange ?? Exchange.SHFE,
    direction: wish.sell === true ? Direction.SHORT : Direction.LONG,
    offset: wish.offset ?? Offset.OPEN,
    type: wish.type ?? OrderType.LIMIT,
    price: wish.price ?? 3500,
    volume: wish.volume ?? 1,
    reference: wish.reference ?? '',
  });
}

/** A request with a field that its constructor would refuse. */
export function forged(fields: Readonly<Record<string, unknown>>): OrderRequest {
  return Object.assign(Object.create(OrderRequest.prototype) as OrderRequest, request(), fields);
}

export interface DeskOptions {
  readonly limits?: Limits;
  readonly accounts?: readonly AccountRule[];
  readonly policy?: Partial<RiskPolicy>;
  readonly contracts?: readonly ContractData[];
  readonly warnAt?: number;
}

/** A book at work: rb2705 is known, and the server has listed what it has. */
export class Desk {
  readonly clock: TestClock;
  readonly latches: Latch[] = [];
  readonly jumps: number[] = [];
  limits: Limits;
  readonly warnAt: number | undefined;
  book: RiskBook;
  #policy: RiskPolicy;
  #next = 1;

  constructor({ limits = {}, accounts = [], policy: changes = {}, contracts = [], warnAt }: DeskOptions = {}) {
    this.clock = new TestClock();
    this.limits = limits;
    this.warnAt = warnAt;
    this.#policy = policy({ accounts, ...changes });
    this.book = this.newBook();
    for (const one of [contract(), ...contracts]) this.book.onContract(one);
    this.book.onLink('up');
    this.snapshot();
  }

  newBook(): RiskBook {
    return new RiskBook({
      clock: this.clock,
      policy: this.#policy,
      onLatch: (latch) => this.latches.push(latch),
      onClock: (jump) => this.jumps.push(jump),
    });
  }

  reload(changes: Partial<RiskPolicy>): void {
    this.#policy = { ...this.#policy, ...changes };
    this.book.setPolicy(this.#policy);
  }

  /** Another process takes up what this one has stored. */
  restart(contracts: readonly ContractData[] = [contract()]): void {
    const stored = JSON.parse(JSON.stringify(this.book)) as ReturnType<RiskBook['toJSON']>;
    this.book = this.newBook();
    for (const one of contracts) this.book.onContract(one);
    this.book.restore(stored);
    this.book.onLink('up');
  }

  order(wish: Wish | OrderRequest = {}, changes: Partial<RiskOrder> = {}): RiskOrder {
    return {
      principal: 'desk-1',
      limits: this.limits,
      warnAt: this.warnAt,
      request: wish instanceof OrderRequest ? wish : request(wish),
      gatewayName: 'CTP',
      ...changes,
    };
  }

  decide(wish: Wish | OrderRequest = {}, changes: Partial<RiskOrder> = {}): RiskDecision {
    return this.book.decide(this.order(wish, changes));
  }

  /** The code of the rule that refuses, or `ok`. It is decided in earnest. */
  says(wish: Wish | OrderRequest = {}, changes: Partial<RiskOrder> = {}): string {
    const decision = this.decide(wish, changes);
    return decision.ok ? 'ok' : decision.rule;
  }

  /** The same, without a trace of it. */
  would(wish: Wish | OrderRequest = {}, changes: Partial<RiskOrder> = {}): string {
    return this.book.explainAll(this.order(wish, changes)).find(({ ok }) => !ok)?.rule ?? 'ok';
  }

  why(wish: Wish | OrderRequest = {}, changes: Partial<RiskOrder> = {}): string {
    return this.book.explainAll(this.order(wish, changes)).find(({ ok }) => !ok)?.reason ?? '';
  }

  /** An order that is let through. */
  reserve(wish: Wish = {}, changes: Partial<RiskOrder> = {}): Reservation {
    const decision = this.decide(wish, changes);
    if (!decision.ok) throw new Error(`refused: [${decision.rule}] ${decision.reason}`);
    return decision.reservation;
  }

  /** One that is sent, answered, and in the book of the exchange. @returns its orderid. */
  working(wish: Wish = {}, changes: Partial<RiskOrder> = {}): string {
    const reservation = this.reserve(wish, changes);
    const orderid = String(this.#next++);
    reservation.sent();
    reservation.answered(`${changes.gatewayName ?? 'CTP'}.${orderid}`);
    this.tell(orderid, Status.NOTTRADED, wish, { gateway_name: changes.gatewayName ?? 'CTP' });
    return orderid;
  }

  /** One that is filled at once. */
  filled(wish: Wish = {}, changes: Partial<RiskOrder> = {}): void {
    const orderid = this.working(wish, changes);
    const { volume = 1 } = wish;
    const gateway = changes.gatewayName ?? 'CTP';
    this.fill(orderid, `t${orderid}`, wish, { gateway_name: gateway });
    this.tell(orderid, Status.ALLTRADED, wish, { traded: volume, gateway_name: gateway });
  }

  tell(orderid: string, status: Status, wish: Wish = {}, changes: Partial<OrderDataInit> = {}): void {
    this.book.onOrder(orderData(orderid, status, wish, changes));
  }

  fill(orderid: string, tradeid: string, wish: Wish = {}, changes: Partial<TradeDataInit> = {}): void {
    this.book.onTrade(tradeData(orderid, tradeid, wish, changes));
  }

  tick(last: number, changes: Partial<TickDataInit> = {}, arrivedAfterSubscribe = true): void {
    this.book.onTick(tickData(this.clock.wall, last, changes), { arrivedAfterSubscribe });
  }

  /** What the server tells of a position, from now on. */
  position(direction: Direction, volume: number, changes: Partial<PositionData> = {}): PositionData {
    return new PositionData({
      gateway_name: 'CTP',
      symbol: 'rb2705',
      exchange: Exchange.SHFE,
      direction,
      volume,
      ...changes,
    });
  }

  /** What is held, as if the guard had been started now. */
  holding(...positions: readonly PositionData[]): void {
    this.book = this.newBook();
    this.book.onContract(contract());
    this.snapshot({ positions });
  }

  balance(balance: number, accountid = '1'): AccountData {
    return new AccountData({ gateway_name: 'CTP', accountid, balance, frozen: 0 });
  }

  snapshot(parts: RiskSnapshot = {}): void {
    const { contracts = [], accounts = [this.balance(1_000_000)], positions = [], orders = [], trades = [] } = parts;
    this.book.snapshot({ contracts, accounts, positions, orders, trades });
  }
}

export function orderData(
  orderid: string,
  status: Status,
  wish: Wish = {},
  changes: Partial<OrderDataInit> = {},
): OrderData {
  const { gateway_name: gateway = 'CTP', ...rest } = changes;
  const { symbol, exchange, direction, offset, type, price, volume, reference } = request(wish);
  const fields = { symbol, exchange, direction, offset, type, price, volume, reference };
  return new OrderData({ gateway_name: gateway, orderid, status, ...fields, ...rest });
}

export function tradeData(
  orderid: string,
  tradeid: string,
  wish: Wish = {},
  changes: Partial<TradeDataInit> = {},
): TradeData {
  const { gateway_name: gateway = 'CTP', ...rest } = changes;
  const { symbol, exchange, direction, offset, price, volume } = request(wish);
  return new TradeData({
    gateway_name: gateway,
    orderid,
    tradeid,
    symbol,
    exchange,
    direction,
    offset,
    price,
    volume,
    ...rest,
  });
}

export function at(instant: number): PyDateTime {
  return PyDateTime.fromDate(new Date(instant), new PyZoneInfo('Asia/Shanghai'));
}

export function tickData(instant: number, last: number, changes: Partial<TickDataInit> = {}): TickData {
  return new TickData({
    gateway_name: 'CTP',
    symbol: 'rb2705',
    exchange: Exchange.SHFE,
    datetime: at(instant),
    last_price: last,
    bid_price_1: last - 1,
    ask_price_1: last + 1,
    ...changes,
  });
}
