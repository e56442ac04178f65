/**
 * All orders: what is reserved for them, and which news are of which.
 *
 * @module
 */
import { Status } from '../../vnpy/data/public.js';
import type { OrderData, TradeData } from '../../vnpy/data/public.js';
import { EarlyBook } from './early.js';
import type { EarlyNews } from './early.js';
import { exact } from './exact.js';
import { factsOf, factsOfTrade, looksAlike, placeOf, sideOf } from './facts.js';
import type { Facts } from './facts.js';
import type { Ledger } from './ledger.js';
import { TrackedOrder } from './tracked.js';
import type { Lifecycle, StoredOrder } from './tracked.js';
import type { Day } from './trading-day.js';
import type { UnknownReservation } from './types.js';

/** How long the fills of an order that has ended are waited for, in ms, before the rest of it is released. */
const FILLS_WITHIN = 5000;

/** How many refused orders are remembered, in case one of them turns up after all. */
const MOST_GHOSTS = 1000;

/** What the orders need of what is around them. */
export interface OrdersContext {
  now(): number;
  monotonic(): number;
  dayOf(exchange: string): Day;
  /** Where an order counts: for its principal, if it has one, and for its account. */
  ledgersOf(owner: string | undefined, gateway: string): readonly Ledger[];
  /** Lots have become a position. */
  filled(owner: string | undefined, facts: Facts, lots: number, price: number): void;
  /** The same for the principal alone: the account had them already. */
  filledOwn(owner: string, facts: Facts, lots: number, price: number): void;
  /** An order that the guard did not send is there. */
  foreign(order: TrackedOrder, isNew: boolean): void;
  /** One that was taken for such an order is a principal's. */
  claimed(order: TrackedOrder): void;
  /** The exchange has cancelled it. */
  cancelled(order: TrackedOrder): void;
  /** It never left: what it has counted is taken back. */
  withdrawn(order: TrackedOrder): void;
  hasLegs(facts: Facts): boolean;
  /**
   * Whether something is from before this trading day, by its time.
   *
   * @param timeless - What holds for what has no time.
   */
  isOld(data: OrderData | TradeData, timeless: boolean): boolean;
}

/** The orders of the guard, and all others that it has heard of. */
export class Orders implements Lifecycle {
  readonly #context: OrdersContext;
  /** By their own ids. Those that have ended stay until the next trading day. */
  readonly #all = new Map<string, TrackedOrder>();
  readonly #byId = new Map<string, TrackedOrder>();
  readonly #open = new Map<string, Set<TrackedOrder>>();
  readonly #ending = new Set<TrackedOrder>();
  readonly #early = new EarlyBook();
  readonly #prunedOn = new Map<string, Day>();
  #ghosts: TrackedOrder[] = [];
  #next = 1;

  constructor(context: OrdersContext) {
    this.#context = context;
  }

  /** Reserves for an order that was let through. */
  reserve(owner: string, facts: Facts, id?: string, isOlder = false): TrackedOrder {
    const order = this.#make(owner, facts, id, isOlder);
    this.#settle(order);
    this.#early.expect(order);
    return order;
  }

  sent(order: TrackedOrder): void {
    if (order.state === 'decided') this.#enter(order, 'sent');
  }

  answered(order: TrackedOrder, vtOrderid: string): void {
    if (!order.isPending) return;
    if (vtOrderid === '') this.refused(order);
    else this.#bind(order, vtOrderid);
  }

  refused(order: TrackedOrder): void {
    if (!order.isPending) return;
    this.#end(order);
    this.#ghosts.push(order);
    if (this.#ghosts.length > MOST_GHOSTS) this.#ghosts.shift();
    this.#leavePending(order);
  }

  notSent(order: TrackedOrder): void {
    if (!order.isPending) return;
    this.#context.withdrawn(order);
    this.#end(order);
    this.#leavePending(order);
    this.#all.delete(order.id);
  }

  unknown(order: TrackedOrder): void {
    if (!order.isPending) return;
    this.#enter(order, 'unknown');
    const vtOrderid = this.#early.idByReference(order);
    if (vtOrderid !== undefined) this.#bind(order, vtOrderid);
  }

  found(order: TrackedOrder, found: OrderData): void {
    if (order.isPending) this.#bind(order, found.vt_orderid);
    else if (order.vtOrderid !== found.vt_orderid) return;
    this.onOrder(found);
  }

  absent(order: TrackedOrder): void {
    if (order.isPending) this.refused(order);
    else if (order.state === 'unknown') this.#end(order);
  }

  /** A person says that it is over. */
  release(id: string): boolean {
    const order = this.#all.get(id);
    if (order?.state !== 'unknown') return false;
    const isPending = order.isPending;
    this.#end(order);
    if (isPending) this.#leavePending(order);
    return true;
  }

  /** A reservation by its id. */
  reservation(id: string): TrackedOrder | undefined {
    return this.#all.get(id);
  }

  find(vtOrderid: string): TrackedOrder | undefined {
    return this.#byId.get(vtOrderid);
  }

  unknowns(): readonly UnknownReservation[] {
    // They take slots, so they are among the open ones: few, however many have ended.
    return [...this.#open.values()]
      .flatMap((orders) => [...orders])
      .filter(({ state }) => state === 'unknown')
      .map(({ id, owner, facts: { gateway, vtSymbol, reference }, vtOrderid, since }) => {
        return { id, principal: owner, gatewayName: gateway, vtSymbol, reference, vtOrderid, since };
      });
  }

  /** The orders that may still trade in one symbol of one gateway. */
  openAt(place: string): Iterable<TrackedOrder> {
    return this.#open.get(place) ?? [];
  }

  /** What every order holds, summed up, and how many there are that hold something. */
  held(): { readonly lots: number; readonly slots: number; readonly tracked: number } {
    const all = [...this.#all.values()];
    return {
      lots: exact(all.reduce((sum, { held }) => sum + held, 0)),
      slots: all.filter(({ hasSlot }) => hasSlot).length,
      tracked: all.length,
    };
  }

  onOrder(news: OrderData): void {
    const known = this.#known(news);
    if (known !== undefined) this.#apply(known, news);
    else if (!this.#claimGhost(news)) this.#meet(news);
  }

  onTrade(trade: TradeData): void {
    const known = this.#byId.get(trade.vt_orderid);
    if (known !== undefined) this.#fill(known, trade);
    // A gateway that tells an old day again tells of what is forgotten, and in the positions.
    else if (!this.#early.holdTrade(trade) && !this.#context.isOld(trade, false)) this.#orphan(trade);
  }

  /** The server does not know it any more: nobody knows what became of it. */
  vanished(vtOrderid: string): void {
    const order = this.#byId.get(vtOrderid);
    if (order?.takesSlot) this.#enter(order, 'unknown');
  }

  /**
   * All orders and fills of a server.
   *
   * @param isFirst - Nothing was known before: what they have done is in the positions already.
   */
  snapshot(orders: readonly OrderData[], trades: readonly TradeData[], isFirst: boolean): void {
    const listed = new Set<string>();
    const adopted = new Set<TrackedOrder>();
    for (const news of orders) {
      listed.add(news.vt_orderid);
      const isKnown = this.#known(news) !== undefined;
      const isHistory = isFirst || (this.#context.isOld(news, true) && !news.isActive());
      if (isKnown || !isHistory || this.#claimGhost(news) || this.#early.holdOrder(news)) this.onOrder(news);
      else adopted.add(this.#adopt(news));
    }
    for (const trade of trades) {
      const order = this.#byId.get(trade.vt_orderid);
      if (order !== undefined && adopted.has(order)) {
        if (order.note(tradeKey(trade))) order.credit = Math.max(0, exact(order.credit - trade.volume));
      } else if (
        order !== undefined ||
        this.#early.has(trade.vt_orderid) ||
        !(isFirst || this.#context.isOld(trade, true))
      ) {
        this.onTrade(trade);
      }
    }
    for (const order of this.#all.values()) this.#missing(order, listed);
  }

  /** Time passes. */
  tick(): void {
    const now = this.#context.monotonic();
    for (const order of this.#ending) if (now >= order.deadline) this.#end(order);
    this.#prune();
  }

  toJSON(): { readonly next: number; readonly orders: readonly StoredOrder[] } {
    return { next: this.#next, orders: Array.from(this.#all.values(), (order) => order.toJSON()) };
  }

  restore({ next, orders }: { readonly next: number; readonly orders: readonly StoredOrder[] }): void {
    this.#next = Math.max(this.#next, next);
    for (const stored of orders) {
      const { id, owner, facts, day, since } = stored;
      const order = new TrackedOrder(this, id, this.#next++, owner, facts, day, since).copy(stored);
      this.#all.set(order.id, order);
      if (order.vtOrderid !== undefined) this.#byId.set(order.vtOrderid, order);
      if (order.isPending) this.#early.expect(order);
      if (order.state === 'ending') this.#wait(order);
      this.#settle(order);
    }
  }

  #make(owner: string | undefined, facts: Facts, id?: string, isOlder = false): TrackedOrder {
    const now = this.#context.now();
    const next = this.#next++;
    const number = isOlder ? 0 : next;
    const name = id ?? `${now.toString(36)}-${next.toString(36)}`;
    const order = new TrackedOrder(this, name, number, owner, facts, this.#context.dayOf(facts.exchange), now);
    this.#all.set(order.id, order);
    return order;
  }

  /** The order that news are of, by their id; undefined where the id is of another one now. */
  #known(news: OrderData): TrackedOrder | undefined {
    const known = this.#byId.get(news.vt_orderid);
    if (known === undefined || isSame(known, news)) return known;
    this.#letGo(known);
    return undefined;
  }

  /** The id is another order's now. What was under way under it may have become anything. */
  #letGo(known: TrackedOrder): void {
    if (known.vtOrderid !== undefined) this.#byId.delete(known.vtOrderid);
    known.vtOrderid = undefined;
    if (known.takesSlot) this.#enter(known, 'unknown');
  }

  #bind(order: TrackedOrder, vtOrderid: string): void {
    const known = this.#byId.get(vtOrderid);
    const news = this.#early.take(vtOrderid);
    order.vtOrderid = vtOrderid;
    // It has left: nothing is taken back any more.
    order.counted = undefined;
    this.#enter(order, 'working');
    if (known === undefined) this.#byId.set(vtOrderid, order);
    else this.#displace(known, order);
    this.#leavePending(order);
    if (news?.order !== undefined) this.#apply(order, news.order);
    for (const trade of news?.trades ?? []) this.#fill(order, trade);
  }

  /** The id was known: of an order before this one, or of this one, which looked like a stranger. */
  #displace(known: TrackedOrder, order: TrackedOrder): void {
    const vtOrderid = order.vtOrderid ?? '';
    if (known.number > order.number && known.owner === undefined) {
      this.#context.claimed(known);
      order.takeOver(known);
      known.traded = known.filled;
      this.#end(known);
      this.#all.delete(known.id);
      if (order.owner !== undefined && order.filled > 0)
        this.#context.filledOwn(order.owner, order.facts, order.filled, known.facts.price);
      if (order.state === 'ending') this.#ending.add(order);
      this.#settle(order);
      this.#byId.set(vtOrderid, order);
      return;
    }
    const { reopened } = known;
    this.#letGo(known);
    this.#byId.set(vtOrderid, order);
    if (reopened === undefined || reopened.number < order.number) return;
    this.#end(known);
    this.#apply(order, reopened.order);
  }

  #leavePending(order: TrackedOrder): void {
    const news = this.#early.settled(order);
    if (news !== undefined && !this.#early.holdAgain(news)) this.#route(news);
  }

  /** News that are of no order that is waited for. */
  #route({ order, trades }: EarlyNews): void {
    if (order !== undefined) this.onOrder(order);
    for (const trade of trades) this.onTrade(trade);
  }

  #meet(news: OrderData): void {
    if (this.#early.holdOrder(news)) {
      for (const order of this.openAt(placeOf(factsOf(news, news.gateway_name)))) {
        if (order.state !== 'unknown' || !order.isPending || !hasReferenceOf(order, news)) continue;
        if (!looksAlike(order.facts, factsOf(news, news.gateway_name))) continue;
        this.#bind(order, news.vt_orderid);
        break;
      }
      return;
    }
    if (!news.isActive() && this.#context.isOld(news, false)) return;
    const order = this.#make(undefined, factsOf(news, news.gateway_name));
    order.vtOrderid = news.vt_orderid;
    order.state = 'working';
    this.#byId.set(news.vt_orderid, order);
    this.#context.foreign(order, true);
    this.#apply(order, news);
  }

  /** An order that had been there before anything was known: what is filled of it is in the positions. */
  #adopt(news: OrderData): TrackedOrder {
    const order = this.#make(undefined, factsOf(news, news.gateway_name));
    order.vtOrderid = news.vt_orderid;
    order.state = 'working';
    order.filled = order.credit = tradedOf(news);
    this.#byId.set(news.vt_orderid, order);
    if (!this.#context.isOld(news, true) || news.isActive()) this.#context.foreign(order, false);
    else order.cancelCounted = true;
    this.#apply(order, news);
    return order;
  }

  /** A fill of an order of which nothing has been heard. */
  #orphan(trade: TradeData): void {
    const order = this.#make(undefined, factsOfTrade(trade));
    order.vtOrderid = trade.vt_orderid;
    order.state = 'ended';
    order.fromFill = true;
    this.#byId.set(trade.vt_orderid, order);
    this.#context.foreign(order, true);
    this.#fill(order, trade);
  }

  /** An order that the server seemed to refuse, and that is there after all. */
  #claimGhost(news: OrderData): boolean {
    const facts = factsOf(news, news.gateway_name);
    const ghost = this.#ghosts.find((order) => hasReferenceOf(order, news) && looksAlike(order.facts, facts));
    if (ghost === undefined) return false;
    this.#ghosts = this.#ghosts.filter((order) => order !== ghost);
    ghost.vtOrderid = news.vt_orderid;
    this.#byId.set(news.vt_orderid, ghost);
    this.#apply(ghost, news);
    return true;
  }

  #apply(order: TrackedOrder, news: OrderData): void {
    this.#correct(order, news);
    order.day = this.#context.dayOf(order.facts.exchange);
    const traded = news.status === Status.ALLTRADED ? Math.max(order.facts.volume, news.traded) : tradedOf(news);
    order.traded = Math.max(order.traded, traded);
    if (news.isActive()) {
      if (!order.takesSlot) order.reopened = { number: this.#next, order: news };
      this.#enter(order, 'working');
      return;
    }
    if (news.status === Status.CANCELLED && !order.cancelCounted) {
      order.cancelCounted = true;
      this.#context.cancelled(order);
    }
    order.reopened = undefined;
    if (order.state === 'ended' || order.filled >= order.traded) this.#end(order);
    else if (order.state !== 'ending') this.#wait(order);
  }

  /** What the server tells of an order beyond the request. */
  #correct(order: TrackedOrder, news: OrderData): void {
    const { facts } = order;
    if (!order.heard && news.reference !== '') order.facts = { ...facts, reference: news.reference };
    order.heard = true;
    if (order.fromFill) {
      order.fromFill = false;
      order.facts = factsOf(news, news.gateway_name);
    } else if (order.owner === undefined && (facts.volume !== news.volume || facts.price !== news.price)) {
      order.facts = { ...order.facts, volume: news.volume, price: news.price };
    } else if (news.volume > facts.volume) {
      order.facts = { ...order.facts, volume: news.volume };
    }
  }

  #wait(order: TrackedOrder): void {
    order.deadline = this.#context.monotonic() + FILLS_WITHIN;
    this.#enter(order, 'ending');
    this.#ending.add(order);
  }

  #fill(order: TrackedOrder, trade: TradeData): void {
    if (!(trade.volume > 0) || !Number.isFinite(trade.volume)) return;
    if (!order.note(tradeKey(trade))) return;
    const facts = factsOfTrade(trade);
    const isOwn = trade.vt_symbol === order.facts.vtSymbol && sideOf(trade.direction) === order.facts.side;
    if (!isOwn) {
      // The leg of a spread; or the fill of another order that has the id.
      const owner = this.#context.hasLegs(order.facts) ? order.owner : undefined;
      this.#context.filled(owner, facts, trade.volume, trade.price);
      return;
    }
    const told = Math.min(order.credit, trade.volume);
    order.credit = exact(order.credit - told);
    const lots = exact(trade.volume - told);
    if (lots === 0) return;
    order.filled = exact(order.filled + lots);
    this.#context.filled(order.owner, facts, lots, trade.price);
    if (order.state === 'ending' && order.filled >= order.traded) this.#end(order);
    else this.#settle(order);
  }

  /** An order is not in a server's list. */
  #missing(order: TrackedOrder, listed: ReadonlySet<string>): void {
    const { vtOrderid, state, facts } = order;
    if (state === 'ended' && order.held > 0 && order.day < this.#context.dayOf(facts.exchange)) this.#giveUp(order);
    if (!order.takesSlot || (vtOrderid !== undefined && listed.has(vtOrderid))) return;
    if (state !== 'unknown') {
      if (vtOrderid !== undefined) this.#enter(order, 'unknown');
    } else if (order.day < this.#context.dayOf(facts.exchange)) {
      // The day in which it might have traded is over, and the list is complete.
      const isPending = order.isPending;
      this.#end(order);
      if (isPending) this.#leavePending(order);
    }
  }

  /** The fills that are missing will not come: a list did not bring them, and their day is over. */
  #giveUp(order: TrackedOrder): void {
    order.traded = order.filled;
    this.#settle(order);
  }

  #enter(order: TrackedOrder, state: TrackedOrder['state']): void {
    if (order.state !== state) order.since = this.#context.now();
    if (state !== 'ending') this.#ending.delete(order);
    order.state = state;
    this.#settle(order);
  }

  #end(order: TrackedOrder): void {
    // Nothing was heard of its fills: it holds none.
    if (order.state === 'unknown' || order.vtOrderid === undefined) order.traded = order.filled;
    order.counted = undefined;
    this.#enter(order, 'ended');
  }

  /** Brings the ledgers to what the order holds now. */
  #settle(order: TrackedOrder): void {
    const { facts, takesSlot } = order;
    const change = exact(order.lotsToHold - order.held);
    const ledgers = this.#context.ledgersOf(order.owner, facts.gateway);
    if (change !== 0) for (const ledger of ledgers) ledger.flow(facts, change);
    order.held = order.lotsToHold;
    if (order.hasSlot === takesSlot) return;
    order.hasSlot = takesSlot;
    for (const ledger of ledgers) ledger.slot(facts, takesSlot ? 1 : -1);
    const place = placeOf(facts);
    const open = this.#open.get(place) ?? new Set();
    if (takesSlot) open.add(order);
    else open.delete(order);
    if (open.size > 0) this.#open.set(place, open);
    else this.#open.delete(place);
  }

  /** At a new day what ended before is forgotten. */
  #prune(): void {
    const over = new Set<string>();
    for (const [exchange, day] of this.#prunedOn) {
      const today = this.#context.dayOf(exchange);
      if (today <= day) continue;
      over.add(exchange);
      this.#prunedOn.set(exchange, today);
    }
    if (over.size === 0) return;
    for (const order of [...this.#all.values()]) {
      const { exchange } = order.facts;
      // Fills that are missing are waited for until the next list.
      if (order.state !== 'ended' || order.held > 0) continue;
      if (!over.has(exchange) || order.day >= this.#context.dayOf(exchange)) continue;
      this.#all.delete(order.id);
      if (order.vtOrderid !== undefined) this.#byId.delete(order.vtOrderid);
    }
    this.#ghosts = this.#ghosts.filter((order) => this.#all.has(order.id));
  }

  /** Orders of an exchange are pruned by its days. */
  follow(exchange: string): void {
    if (!this.#prunedOn.has(exchange)) this.#prunedOn.set(exchange, this.#context.dayOf(exchange));
  }
}

function tradedOf({ traded }: OrderData): number {
  return Number.isFinite(traded) ? traded : 0;
}

/** A fill, among those of its order's id. */
function tradeKey({ tradeid, vt_symbol: vtSymbol, direction }: TradeData): string {
  return `${tradeid}\n${vtSymbol}\n${sideOf(direction) ?? ''}`;
}

/** Whether both have the same reference. One that is empty is none. */
function hasReferenceOf(order: TrackedOrder, news: OrderData): boolean {
  return news.reference !== '' && news.reference === order.facts.reference;
}

/** Whether news are of the order that has had the id: ids come again after a login or a restart. */
function isSame({ facts, fromFill, heard, traded }: TrackedOrder, news: OrderData): boolean {
  const { vtSymbol, side, reference, volume, price } = facts;
  if (vtSymbol !== news.vt_symbol || (side !== undefined && side !== sideOf(news.direction) && isGiven(news)))
    return false;
  if (fromFill) return true;
  if (heard && reference !== '' && news.reference !== '' && reference !== news.reference) return false;
  return !(news.traded < traded && (volume !== news.volume || price !== news.price));
}

function isGiven({ direction }: OrderData): boolean {
  return direction !== null;
}
