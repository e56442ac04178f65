/**
 * All that is known and counted, and how news of one thing change the others.
 *
 * @module
 */
import type { OrderData, TradeData } from '../../vnpy/data/public.js';
import { compilePattern } from '../policy/patterns.js';
import type { Matcher } from '../policy/patterns.js';
import type { AccountRule, Freshness } from '../policy/policy.js';
import { Balances } from './balances.js';
import { exchangeOf, placeOf } from './facts.js';
import type { Facts } from './facts.js';
import { Holding } from './holding.js';
import type { StoredHolding, Style } from './holding.js';
import { Instruments } from './instruments.js';
import { Ledger } from './ledger.js';
import { Losses } from './losses.js';
import { Market } from './market.js';
import { Orders } from './orders.js';
import { Positions } from './positions.js';
import type { Bounds } from './positions.js';
import { reduces } from './reduce.js';
import type { Knowledge } from './rules/rule.js';
import { Sync } from './sync.js';
import { instantOf } from './time.js';
import type { TrackedOrder } from './tracked.js';
import { TradingDays } from './trading-day.js';
import type { Day } from './trading-day.js';
import type { RiskClock, RiskPolicy, Scope } from './types.js';

/** What is kept of one principal. */
export interface OwnState {
  readonly ledger: Ledger;
  readonly losses: Losses;
  readonly holdings: Map<string, Holding>;
}

const ZERO: Bounds = { long: 0, short: 0, high: 0, low: 0 };

/** The state of the book. */
export class State implements Knowledge {
  readonly instruments: Instruments;
  readonly market: Market;
  readonly positions: Positions;
  readonly balances: Balances;
  readonly orders: Orders;
  readonly sync: Sync;
  readonly principals = new Map<string, OwnState>();
  readonly accounts = new Map<string, Ledger>();
  /** What was restored has not been compared with the server yet. */
  isRestored = false;
  /** By the monotonic clock: until when messages of before a restart may still count. */
  fullUntil = -Infinity;
  readonly #clock: RiskClock;
  readonly #onForeign: (order: TrackedOrder) => void;
  #policy: RiskPolicy;
  #days: TradingDays;
  #accountRules: readonly CompiledAccount[];

  constructor(clock: RiskClock, policy: RiskPolicy, onForeign: (order: TrackedOrder) => void) {
    this.#clock = clock;
    this.#policy = policy;
    this.#onForeign = onForeign;
    this.#days = new TradingDays(policy.days);
    this.#accountRules = policy.accounts.map(compiled);
    this.instruments = new Instruments(policy.contracts);
    this.market = new Market(clock);
    this.balances = new Balances((exchange) => this.dayOf(exchange));
    this.sync = new Sync(() => clock.monotonic());
    this.positions = new Positions({
      now: () => clock.monotonic(),
      dayOf: (exchange) => this.dayOf(exchange),
      styleOf: (gateway, vtSymbol) => this.#styleOf(gateway, vtSymbol),
      patience: () => this.#policy.fresh.position,
      changed: (place) => {
        this.accountOf(place.slice(0, place.indexOf('\n'))).moved(place);
      },
    });
    this.orders = new Orders({
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      dayOf: (exchange) => this.dayOf(exchange),
      ledgersOf: (owner, gateway) => this.#ledgersOf(owner, gateway),
      filled: (owner, facts, lots, price) => {
        this.positions.fill(facts, lots);
        if (owner !== undefined) this.#fillOwn(owner, facts, lots, price);
      },
      filledOwn: (owner, facts, lots, price) => {
        this.#fillOwn(owner, facts, lots, price);
      },
      foreign: (order, isNew) => {
        this.#foreign(order, isNew);
      },
      claimed: ({ facts }) => {
        this.#count(this.accountOf(facts.gateway), facts, -1);
      },
      cancelled: (order) => {
        this.#cancelled(order);
      },
      withdrawn: (order) => {
        this.#withdrawn(order);
      },
      hasLegs: (facts) => this.instruments.find(facts.gateway, facts.vtSymbol)?.hasLegs ?? false,
      isOld: (data, timeless) => this.#isOld(data, timeless),
    });
  }

  setPolicy(policy: RiskPolicy): void {
    this.#policy = policy;
    this.#accountRules = policy.accounts.map(compiled);
    this.#days = new TradingDays(policy.days, this.#days.begun());
    this.instruments.setRules(policy.contracts);
  }

  /** Days that had begun before a restart. */
  setDays(begun: Iterable<readonly [string, Day]>): void {
    this.#days = new TradingDays(this.#policy.days, begun);
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  days(): TradingDays {
    return this.#days;
  }

  dayOf(exchange: string): Day {
    return this.#days.dayOf(exchange, this.#clock.now());
  }

  fresh(): Freshness {
    return this.#policy.fresh;
  }

  *gateways(): Iterable<string> {
    yield* this.accounts.keys();
  }

  ledgerOf(scope: Scope): Ledger {
    return scope.kind === 'principal' ? this.own(scope.name).ledger : this.accountOf(scope.name);
  }

  lossesOf(principal: string): Losses {
    return this.own(principal).losses;
  }

  /** What is kept of a principal, from nothing on. */
  own(principal: string): OwnState {
    let own = this.principals.get(principal);
    if (own === undefined) {
      const holdings = new Map<string, Holding>();
      const losses = new Losses({
        dayOf: (exchange) => this.dayOf(exchange),
        instrumentOf: (gateway, vtSymbol) => this.instruments.find(gateway, vtSymbol),
        newest: (vtSymbol) => this.market.newest(vtSymbol),
        fresh: (vtSymbol) => this.market.fresh(vtSymbol, this.#policy.fresh.tick, this.#days),
      });
      own = { holdings, losses, ledger: this.#ledger((place) => boundsOf(holdings.get(place))) };
      this.principals.set(principal, own);
    }
    return own;
  }

  accountOf(gateway: string): Ledger {
    let ledger = this.accounts.get(gateway);
    if (ledger === undefined) {
      ledger = this.#ledger((place) => this.positions.bounds(place));
      this.accounts.set(gateway, ledger);
    }
    return ledger;
  }

  /** The rules of all accounts of a gateway. Where its accounts are not known yet, those that may be of it. */
  accountRules(gateway: string): readonly AccountRule[] {
    const ids = this.balances.of(gateway);
    return this.#accountRules
      .filter(({ account, gateway: ofGateway }) =>
        ids.length > 0 ? ids.some((id) => account.matches(id)) : ofGateway.matches(gateway),
      )
      .map(({ rule }) => rule);
  }

  /** Whether an order provably reduces: never where positions or orders are not known. */
  reduces(facts: Facts): boolean {
    const { position: maxAge } = this.#policy.fresh;
    const instrument = this.instruments.find(facts.gateway, facts.vtSymbol);
    if (instrument === undefined || this.isRestored) return false;
    if (this.sync.missing('positions', maxAge) !== undefined || this.sync.missing('orders', maxAge) !== undefined)
      return false;
    return reduces(facts, instrument, { positions: this.positions, account: this.accountOf(facts.gateway) });
  }

  /** There is something to trade at an exchange. */
  follow(exchange: string): void {
    this.balances.follow(exchange);
    this.orders.follow(exchange);
  }

  /** A contract is kept in another way now: everything that is added up must be added up anew. */
  remeasure(place: string): void {
    for (const ledger of [...this.accounts.values(), ...[...this.principals.values()].map((own) => own.ledger)])
      ledger.moved(place);
  }

  /** A principal's own position is what a person says. */
  setOwn(principal: string, holdings: Iterable<readonly [string, StoredHolding]>): void {
    const own = this.own(principal);
    const places = [...own.holdings.keys()];
    own.holdings.clear();
    for (const [place, stored] of holdings) {
      own.holdings.set(place, new Holding().copy(stored));
      places.push(place);
    }
    for (const place of places) own.ledger.moved(place);
  }

  /** An order, or what was one, counts in the day. */
  #count(ledger: Ledger, { exchange, vtSymbol, kind, volume }: Facts, times: 1 | -1): void {
    ledger.tallies.add('orders', exchange, vtSymbol, times);
    if (kind === 'open') ledger.tallies.add('openVolume', exchange, vtSymbol, times * volume);
  }

  #ledger(of: (place: string) => Bounds): Ledger {
    return new Ledger({
      dayOf: (exchange) => this.dayOf(exchange),
      boundsOf: of,
      isNet: (place) => {
        const end = place.indexOf('\n');
        return this.instruments.find(place.slice(0, end), place.slice(end + 1))?.isNet ?? false;
      },
    });
  }

  #ledgersOf(owner: string | undefined, gateway: string): readonly Ledger[] {
    const account = this.accountOf(gateway);
    return owner === undefined ? [account] : [this.own(owner).ledger, account];
  }

  #styleOf(gateway: string, vtSymbol: string): Style {
    return this.instruments.find(gateway, vtSymbol) ?? { isNet: false, closesByDay: false };
  }

  #fillOwn(owner: string, facts: Facts, lots: number, price: number): void {
    const place = placeOf(facts);
    const { holdings, ledger, losses } = this.own(owner);
    const holding = holdings.get(place) ?? new Holding();
    holding.fill(facts, lots, this.#styleOf(facts.gateway, facts.vtSymbol));
    if (holding.toJSON().every((part) => part === 0)) holdings.delete(place);
    else holdings.set(place, holding);
    ledger.moved(place);
    losses.fill(facts, lots, price);
  }

  #foreign(order: TrackedOrder, isNew: boolean): void {
    this.instruments.meet(order.facts.gateway);
    this.#count(this.accountOf(order.facts.gateway), order.facts, 1);
    if (isNew) this.#onForeign(order);
  }

  #cancelled({ owner, facts: { gateway, exchange, vtSymbol, type } }: TrackedOrder): void {
    // The exchange does not count those: they cancel themselves.
    if (type === 'FAK' || type === 'FOK') return;
    for (const ledger of this.#ledgersOf(owner, gateway)) ledger.tallies.add('cancelled', exchange, vtSymbol, 1);
  }

  #withdrawn({ owner, facts, counted }: TrackedOrder): void {
    if (counted === undefined) return;
    const { exchange, vtSymbol, volume } = facts;
    for (const ledger of this.#ledgersOf(owner, facts.gateway)) {
      ledger.tallies.takeBack('orders', exchange, vtSymbol, 1, counted.day);
      if (counted.opened) ledger.tallies.takeBack('openVolume', exchange, vtSymbol, volume, counted.day);
      ledger.messages.takeBack(counted.moment);
      ledger.repeats.takeBack(counted.repeat, counted.moment);
    }
  }

  #isOld(data: OrderData | TradeData, timeless: boolean): boolean {
    const exchange = exchangeOf(data);
    const instant = instantOf(data.datetime, this.#days.zoneOf(exchange));
    return instant === undefined ? timeless : instant < this.dayOf(exchange);
  }
}

function boundsOf(holding: Holding | undefined): Bounds {
  if (holding === undefined) return ZERO;
  const { longTotal: long, shortTotal: short, asNet } = holding;
  return { long, short, high: asNet, low: asNet };
}

interface CompiledAccount {
  readonly rule: AccountRule;
  readonly account: Matcher;
  /** Of the gateways that have, or may have, such an account. */
  readonly gateway: Matcher;
}

function compiled(rule: AccountRule): CompiledAccount {
  const dot = rule.match.lastIndexOf('.');
  const gateway = dot < 0 ? rule.match : rule.match.slice(0, dot);
  return { rule, account: compilePattern(rule.match), gateway: compilePattern(gateway) };
}
