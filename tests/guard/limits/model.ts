/**
 * A server, principals and what goes wrong between them, for the property test: every step is noted, and everything that
 * limits look at is worked out again from the whole history, as simply as possible.
 */
import { Direction, Offset, Status } from 'vnpy-bridge/vnpy';
import type { OrderData, PositionData, TradeData } from 'vnpy-bridge/vnpy';
import type { Reservation, RiskOrder } from '../../../src/guard/limits/index.js';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { Desk, accountRule, at, contract, orderData, tradeData } from './support.js';
import type { Wish } from './support.js';

export const SYMBOLS = ['rb2705', 'ag2706'] as const;
export const PRINCIPALS = ['desk-1', 'desk-2'] as const;

/** Tight, so that every limit is met within a few steps. */
export const OWN: Limits = {
  orderVolume: 4,
  openOrders: { total: 4, perSymbol: 3 },
  positionVolume: { perSymbol: 6, total: 8 },
  ordersPerDay: { total: 12, perSymbol: 9 },
  messagesPerDay: { total: 15 },
  openVolumePerDay: { perSymbol: 14 },
  cancelsPerDay: { total: 4 },
  messagesPerSecond: 6,
};

export const ACCOUNT: Limits = {
  selfTrade: 'refuse',
  duplicates: { count: 3, within: 2000 },
  positionVolume: { perSymbol: 9, total: 14 },
  openOrders: { total: 6 },
  ordersPerDay: { total: 22 },
};

/** What really is, at the server and on the wire. */
interface Real {
  readonly owner: string | undefined;
  readonly wish: Wish;
  readonly orderid: string;
  /** Whether the server has it; whether it was answered, and if not, whether its answer can come still. */
  atServer: boolean;
  answer: 'waiting' | 'given' | 'lost';
  /** What the server knows. */
  filled: number;
  status: Status;
  /** What the guard knows, once it knows which order it is. */
  isBound: boolean;
  seen: { status: Status; filled: number; endedAt: number };
  /** News that came before. */
  early: (() => void)[];
  /** Nobody knows what became of it. */
  isUnknown: boolean;
  heardOn: number;
  readonly trades: { readonly id: string; readonly volume: number; told: boolean }[];
  /** What the book cannot doubt any more: it never left, or nothing will come of it. */
  over: boolean;
  /** The server answered that it had refused it, and has it. */
  isLied: boolean;
  readonly id: string;
  readonly sentAt: number;
  readonly wall: number;
  readonly day: number;
  /** Not known to the guard yet. */
  hidden: boolean;
  /** Something of it was told. */
  isBoundBefore: boolean;
}

interface Cancel {
  readonly owner: string;
  readonly at: number;
  readonly day: number;
}

/** One wish of a command. */
export interface Order {
  readonly principal: number;
  readonly symbol: number;
  readonly sell: boolean;
  readonly close: boolean;
  readonly volume: number;
  readonly price: number;
}

const DAY = 24 * 3_600_000;

const ACTIVE: readonly Status[] = [Status.SUBMITTING, Status.NOTTRADED, Status.PARTTRADED];

export const isActive = (status: Status): boolean => ACTIVE.includes(status);

export class Model {
  readonly desk: Desk;
  readonly real: Real[] = [];
  readonly cancels: Cancel[] = [];
  /** What was held before anything happened. */
  readonly start: readonly PositionData[];
  limits: Limits = OWN;
  isUp = true;
  /** Since a restart nothing was listed. */
  isBlind = false;
  fullUntil = -Infinity;
  #next = 1;
  #day = 0;
  #latest = 0;

  constructor() {
    const accounts = [accountRule(ACCOUNT)];
    this.desk = new Desk({ accounts, contracts: [contract({ symbol: 'ag2706' })] });
    this.desk.book = this.desk.newBook();
    for (const symbol of SYMBOLS) this.desk.book.onContract(contract({ symbol }));
    this.start = [this.desk.position(Direction.LONG, 3), this.desk.position(Direction.SHORT, 2, { symbol: 'ag2706' })];
    this.desk.snapshot({ positions: this.start });
    this.#latest = this.desk.clock.wall;
  }

  /** A day that is over is over, although the clock is set back later. */
  look(): number {
    return this.day;
  }

  get day(): number {
    // Days begin at 18:00 in Shanghai, from Monday to Friday; the clock begins on a Tuesday.
    const now = Math.max(this.desk.clock.wall, this.#latest);
    this.#latest = now;
    const shifted = now + 8 * 3_600_000 - 18 * 3_600_000;
    let day = Math.floor(shifted / DAY);
    while ([0, 6].includes(new Date(day * DAY).getUTCDay())) day--;
    return (this.#day = Math.max(this.#day, day));
  }

  ask({ principal, symbol, sell, close, volume, price }: Order): RiskOrder {
    const name = PRINCIPALS[principal % PRINCIPALS.length] ?? '';
    const wish: Wish = {
      symbol: SYMBOLS[symbol % SYMBOLS.length] ?? '',
      sell,
      volume,
      price,
      offset: close ? Offset.CLOSETODAY : Offset.OPEN,
      reference: `ref-${this.#next}`,
    };
    return this.desk.order(wish, { principal: name, limits: this.limits });
  }

  /** What the naive rules say: all that refuse. Empty where the order may pass. */
  refusals(order: RiskOrder): string[] {
    const { request, principal } = order;
    const sell = request.direction === Direction.SHORT;
    const refused: string[] = [];
    if (this.isBlind) return ['state'];
    const when = this.desk.clock.mono;
    const own = this.real.filter((one) => one.owner === principal);
    const known = this.real.filter((one) => !one.hidden);
    const isOpen = (one: Real): boolean => this.isOpen(one);
    const crossing = known.filter(isOpen).some(({ wish }) => {
      if (`${wish.symbol ?? ''}.SHFE` !== request.vt_symbol || (wish.sell ?? false) === sell) return false;
      return sell ? request.price <= (wish.price ?? 0) : request.price >= (wish.price ?? 0);
    });
    if (crossing) refused.push('selfTrade');
    const alike = this.real.filter(
      ({ owner, wish, sentAt }) =>
        owner !== undefined &&
        when - sentAt < 2000 &&
        `${wish.symbol ?? ''}.SHFE` === request.vt_symbol &&
        (wish.sell ?? false) === sell &&
        wish.offset === request.offset &&
        wish.price === request.price &&
        wish.volume === request.volume,
    );
    if (alike.length + 1 > 3) refused.push('duplicates');
    const { orderVolume = Infinity, messagesPerSecond = Infinity } = this.limits;
    if (request.volume > Number(orderVolume)) refused.push('orderVolume');
    if (when < this.fullUntil) refused.push('messagesPerSecond');
    const second = [...own.map(({ sentAt }) => sentAt), ...this.cancelsOf(principal).map(({ at }) => at)];
    if (second.filter((moment) => when - moment < 1000).length + 1 > Number(messagesPerSecond))
      refused.push('messagesPerSecond');
    if (this.reduces(request, sell)) return refused;
    return [...refused, ...this.#others(order, sell)];
  }

  #others({ request, principal }: RiskOrder, sell: boolean): string[] {
    const refused: string[] = [];
    const { limits } = this;
    const opens = request.offset === Offset.OPEN;
    const vtSymbol = request.vt_symbol;
    const own = this.real.filter((one) => one.owner === principal);
    const all = this.real.filter((one) => !one.hidden);
    const beyond = (rule: string, value: number, limit: number | false | undefined): void => {
      if (limit !== undefined && value > Number(limit)) refused.push(rule);
    };
    for (const [scope, orders, start] of [
      [limits, own, []],
      [ACCOUNT, all, this.start],
    ] as const) {
      if (opens) {
        const after = this.#worst(orders, start, vtSymbol, sell, request.volume);
        beyond('positionVolume', after, scope.positionVolume?.perSymbol);
        const sum = SYMBOLS.map((symbol) => {
          const here = `${symbol}.SHFE` === vtSymbol ? request.volume : 0;
          return Math.max(
            this.#worst(orders, start, `${symbol}.SHFE`, false, sell ? 0 : here),
            this.#worst(orders, start, `${symbol}.SHFE`, true, sell ? here : 0),
          );
        }).reduce((total, one) => total + one, 0);
        beyond('positionVolume', sum, scope.positionVolume?.total);
      }
      const open = orders.filter((one) => this.isOpen(one));
      beyond('openOrders', open.length + 1, scope.openOrders?.total);
      beyond('openOrders', open.filter((one) => this.#is(one, vtSymbol)).length + 1, scope.openOrders?.perSymbol);
      const today = orders.filter(({ day }) => day === this.day);
      beyond('ordersPerDay', today.length + 1, scope.ordersPerDay?.total);
      beyond('ordersPerDay', today.filter((one) => this.#is(one, vtSymbol)).length + 1, scope.ordersPerDay?.perSymbol);
      const cancels = this.cancels.filter(({ owner, day }) => owner === principal && day === this.day).length;
      beyond('messagesPerDay', today.length + cancels + 1, scope.messagesPerDay?.total);
      beyond('cancelsPerDay', cancels + 1, scope.cancelsPerDay?.total);
      if (opens) {
        const lots = today
          .filter((one) => this.#is(one, vtSymbol) && one.wish.offset === Offset.OPEN)
          .reduce((sum, { wish }) => sum + (wish.volume ?? 0), 0);
        beyond('openVolumePerDay', lots + request.volume, scope.openVolumePerDay?.perSymbol);
      }
    }
    return refused;
  }

  cancelsOf(principal: string): Cancel[] {
    return this.cancels.filter(({ owner }) => owner === principal);
  }

  isOpen({ over, seen, hidden }: Real): boolean {
    return !over && !hidden && isActive(seen.status);
  }

  /** Whether a close is within what is held of today, less what any other close may take. */
  reduces({ offset, vt_symbol: vtSymbol, volume }: RiskOrder['request'], sell: boolean): boolean {
    if (offset !== Offset.CLOSETODAY || !this.isUp) return false;
    const known = this.real.filter((one) => !one.hidden);
    const held = this.#held(known, this.start, vtSymbol, sell);
    const closing = known
      .filter(
        (one) => this.#is(one, vtSymbol) && (one.wish.sell ?? false) === sell && one.wish.offset === Offset.CLOSETODAY,
      )
      .reduce((sum, one) => sum + this.underWay(one), 0);
    return volume <= held - closing;
  }

  /** What an order may still add: the rest of it, and fills that the guard has not heard of. */
  underWay(one: Real): number {
    if (one.hidden || one.over) return 0;
    const told = one.trades.filter((trade) => trade.told).reduce((sum, trade) => sum + trade.volume, 0);
    const volume = one.wish.volume ?? 0;
    const isWaiting = told < one.seen.filled && this.desk.clock.mono - one.seen.endedAt < 5000;
    return Math.max(0, (this.isOpen(one) || isWaiting ? volume : one.seen.filled) - told);
  }

  #worst(
    orders: readonly Real[],
    start: readonly PositionData[],
    vtSymbol: string,
    sell: boolean,
    more: number,
  ): number {
    const opening = orders
      .filter((one) => this.#is(one, vtSymbol) && (one.wish.sell ?? false) === sell && one.wish.offset === Offset.OPEN)
      .reduce((sum, one) => sum + this.underWay(one), 0);
    return this.#held(orders, start, vtSymbol, !sell) + opening + more;
  }

  /** Fill by fill, in the order in which they were told. A close makes nothing less than nothing. */
  #held(orders: readonly Real[], start: readonly PositionData[], vtSymbol: string, long: boolean): number {
    const direction = long ? Direction.LONG : Direction.SHORT;
    let held = start
      .filter((position) => position.vt_symbol === vtSymbol && position.direction === direction)
      .reduce((sum, { volume }) => sum + volume, 0);
    const mine = new Set(orders);
    for (const { one, volume } of this.told) {
      if (!mine.has(one) || !this.#is(one, vtSymbol)) continue;
      const sold = one.wish.sell ?? false;
      if (one.wish.offset === Offset.OPEN && sold !== long) held += volume;
      if (one.wish.offset === Offset.CLOSETODAY && sold === long) held = Math.max(0, held - volume);
    }
    return held;
  }

  readonly told: { readonly one: Real; readonly volume: number }[] = [];

  #is({ wish }: Real, vtSymbol: string): boolean {
    return `${wish.symbol ?? ''}.SHFE` === vtSymbol;
  }

  /** An order that was let through leaves. */
  send(order: RiskOrder, reservation: Reservation): void {
    this.real.push(this.#new(order.principal, reservation, this.#wishOf(order)));
    reservation.sent();
  }

  #wishOf({ request }: RiskOrder): Wish {
    const { symbol, direction, offset, price, volume, reference } = request;
    return { symbol, sell: direction === Direction.SHORT, offset, price, volume, reference };
  }

  /** Somebody else sends it. */
  foreign(order: RiskOrder): void {
    const one = this.#new(undefined, undefined, this.#wishOf(order));
    one.answer = 'given';
    one.status = Status.NOTTRADED;
    this.real.push(one);
    this.tellOrder(one);
  }

  #new(owner: string | undefined, reservation: Reservation | undefined, wish: Wish): Real {
    return {
      owner,
      wish,
      orderid: String(this.#next++),
      atServer: true,
      answer: 'waiting',
      filled: 0,
      status: Status.SUBMITTING,
      trades: [],
      isBound: owner === undefined,
      seen: { status: Status.SUBMITTING, filled: 0, endedAt: 0 },
      early: [],
      isUnknown: false,
      heardOn: this.day,
      over: false,
      isLied: false,
      id: reservation?.id ?? '',
      sentAt: this.desk.clock.mono,
      wall: this.desk.clock.wall,
      day: this.day,
      hidden: owner === undefined && !this.isUp,
      isBoundBefore: false,
    };
  }

  data(one: Real): OrderData {
    return orderData(one.orderid, one.status, one.wish, { traded: one.filled, datetime: at(one.wall) });
  }

  tradeOf(one: Real, trade: Real['trades'][number]): TradeData {
    return tradeData(one.orderid, trade.id, { ...one.wish, volume: trade.volume }, { datetime: at(one.wall) });
  }

  /** The guard hears of the order as it is now. */
  tellOrder(one: Real): void {
    if (!this.isUp) {
      if (one.owner === undefined && one.seen.endedAt === 0 && !one.isBoundBefore) one.hidden = true;
      return;
    }
    const { status, filled } = one;
    one.isBoundBefore = true;
    one.early.push(() => {
      this.#see(one, status, filled);
    });
    if (one.isUnknown || one.isLied) this.bind(one);
    this.flush(one);
    this.desk.book.onOrder(this.data(one));
    this.tellPositions();
  }

  tellTrade(one: Real, trade: Real['trades'][number]): void {
    if (!this.isUp) return;
    one.early.push(() => {
      this.#note(one, trade);
    });
    this.flush(one);
    this.desk.book.onTrade(this.tradeOf(one, trade));
    this.tellPositions();
  }

  /** It is known which order of the server it is. */
  bind(one: Real): void {
    one.isBound = true;
    one.isUnknown = one.isLied = false;
    one.over = false;
    one.answer = 'given';
    this.flush(one);
  }

  flush(one: Real): void {
    if (one.isBound) for (const news of one.early.splice(0)) news();
  }

  #see(one: Real, status: Status, filled: number): void {
    one.isUnknown = false;
    one.heardOn = this.day;
    const wasActive = isActive(one.seen.status);
    one.seen.filled = Math.max(one.seen.filled, filled);
    one.seen.status = status;
    if (wasActive && !isActive(status)) one.seen.endedAt = this.desk.clock.mono;
  }

  #note(one: Real, trade: Real['trades'][number]): void {
    if (trade.told) return;
    trade.told = true;
    this.told.push({ one, volume: trade.volume });
  }

  /** What the server tells of positions is what the guard has heard of fills. */
  tellPositions(): void {
    for (const position of this.positions()) this.desk.book.onPosition(position);
  }

  /** The link is up again, and the guard asks for everything. */
  list(): void {
    this.isUp = true;
    this.desk.book.onLink('up');
    const listed = this.real.filter(({ atServer }) => atServer);
    const orders = listed.map((one) => this.data(one));
    const trades = listed.flatMap((one) => one.trades.map((trade) => this.tradeOf(one, trade)));
    for (const one of this.real) {
      if (one.atServer || !this.isOpen(one)) continue;
      if (one.isUnknown && one.heardOn < this.day) one.over = true;
      else if (one.isBound) one.isUnknown = true;
    }
    for (const one of listed) {
      one.hidden = false;
      one.isBoundBefore = true;
      one.early.push(() => {
        this.#see(one, one.status, one.filled);
      });
      if (one.isUnknown || one.isLied) this.bind(one);
      this.flush(one);
    }
    for (const one of listed) {
      one.early.push(() => {
        for (const trade of one.trades) this.#note(one, trade);
      });
      this.flush(one);
    }
    this.isBlind = false;
    this.desk.snapshot({ positions: this.positions(), orders, trades });
  }

  /** Another process takes over: what was not answered may have become anything, and news that were held back are lost. */
  restart(): void {
    this.desk.restart(SYMBOLS.map((symbol) => contract({ symbol })));
    this.fullUntil = this.desk.clock.mono + 1000;
    this.isBlind = true;
    for (const one of this.real) {
      one.early = [];
      if (one.isLied) one.atServer = one.isLied = false;
      if (one.answer === 'waiting') this.lose(one);
    }
  }

  /** A day later. An order that was denied does not turn up any more. */
  nextDay(): void {
    for (const one of this.real) if (one.isLied) one.atServer = one.isLied = false;
    this.desk.clock.pass(DAY);
    this.desk.book.tick();
    this.look();
  }

  /** The answer will never come. */
  lose(one: Real): void {
    one.answer = 'lost';
    one.isUnknown = true;
  }

  positions(): PositionData[] {
    const known = this.real.filter(({ hidden }) => !hidden);
    return SYMBOLS.flatMap((symbol) =>
      [Direction.LONG, Direction.SHORT].map((direction) => {
        const held = this.#held(known, this.start, `${symbol}.SHFE`, direction === Direction.LONG);
        return this.desk.position(direction, held, { symbol });
      }),
    );
  }

  /** What can be closed at the server. */
  closable({ wish }: Real): number {
    return this.#server(this.real, `${wish.symbol ?? ''}.SHFE`, wish.sell === true);
  }

  #server(orders: readonly Real[], vtSymbol: string, long: boolean): number {
    let held = this.#held([], this.start, vtSymbol, long);
    for (const one of orders) {
      if (!this.#is(one, vtSymbol)) continue;
      const sold = one.wish.sell ?? false;
      if (one.wish.offset === Offset.OPEN && sold !== long) held += one.filled;
      if (one.wish.offset === Offset.CLOSETODAY && sold === long) held -= one.filled;
    }
    return Math.max(0, held);
  }
}
