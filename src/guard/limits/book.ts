/**
 * The book of limits: what every principal and account has used of them, and what it may still use.
 *
 * @module
 */
import type {
  AccountData,
  ContractData,
  OrderData,
  OrderRequest,
  PositionData,
  TickData,
  TradeData,
} from '../../vnpy/data/public.js';
import type { Limits, Rule } from '../policy/policy.js';
import { exchangeOf, factsOf, placeOf } from './facts.js';
import type { Facts } from './facts.js';
import { caseOf, scopesOf, verdicts, waived } from './judge.js';
import { Latches } from './latches.js';
import { cancelBeyond } from './rules/rates.js';
import { repeatKey } from './rules/crossing.js';
import type { Outcome } from './rules/rule.js';
import { misshapen } from './rules/shape.js';
import { State } from './state.js';
import { restoreState, storeState } from './stored.js';
import type { StoredState } from './stored.js';
import type { TrackedOrder } from './tracked.js';
import type {
  BaselinePosition,
  Refusal,
  Reservation,
  RiskBookOptions,
  RiskCancel,
  RiskDecision,
  RiskOrder,
  RiskPolicy,
  RiskSnapshot,
  RiskSubject,
  Scope,
  UnknownReservation,
  Verdict,
  Warning,
} from './types.js';

/** A wall clock that moves by more than this beside the monotonic one was set, in ms. */
const CLOCK_JUMP = 5 * 60_000;

/** What of an order its cancel counts for. */
type CancelledOrder = Pick<Facts, 'exchange' | 'vtSymbol' | 'volume'>;

/** What a cancel is of: the contract of its order, where that is known. */
interface CancelPlace {
  readonly gatewayName: string;
  readonly vtSymbol: string | undefined;
}

/** An exchange that no rule of days names but those for all. */
const ANYWHERE = '*';

/**
 * A state machine without timers, files and sockets. Every method is synchronous, and a decision reserves in its own turn,
 * so that no other order is decided on in between.
 *
 * News must come in the order in which the server tells them.
 */
export class RiskBook {
  readonly #options: RiskBookOptions;
  readonly #state: State;
  readonly #latches: Latches;
  /** Whoever has asked, for losses that grow without an order. */
  readonly #subjects = new Map<string, RiskSubject>();
  readonly #exchanges = new Set<string>();
  #clockOffset: number;

  constructor(options: RiskBookOptions) {
    this.#options = options;
    this.#state = new State(options.clock, options.policy, (order) => {
      options.onForeign?.(order.facts.gateway, order.facts.vtSymbol);
      this.#latches.foreign(order);
    });
    this.#latches = new Latches(this.#state, (latch) => options.onLatch?.(latch));
    this.#clockOffset = options.clock.now() - options.clock.monotonic();
  }

  /** Another policy: counters and reservations stay. */
  setPolicy(policy: RiskPolicy): void {
    this.#state.setPolicy(policy);
  }

  /** Decides on an order, and reserves and counts what it may use where it passes. */
  decide(order: RiskOrder): RiskDecision {
    this.#watchClock();
    this.#subjects.set(order.principal, order);
    const used = new Map<Rule, number>();
    for (const verdict of verdicts(order, this.#state)) {
      const { rule, ok, used: part = 0 } = verdict;
      if (!ok) return this.#refuse(order, verdict);
      if (order.warnAt !== undefined && part >= order.warnAt) used.set(rule, Math.max(part, used.get(rule) ?? 0));
    }
    const warnings: Warning[] = [...used].map(([rule, part]) => ({ rule, used: part }));
    return { ok: true, reservation: this.#reserve(order), warnings };
  }

  /** What every rule says to an order. Nothing is reserved or counted. The first that refuses is what {@link decide} says. */
  explainAll(order: RiskOrder): readonly Verdict[] {
    return [...verdicts(order, this.#state)];
  }

  /** The limits that {@link explainAll} leaves out, because the order provably reduces a position. */
  waived(order: RiskOrder): readonly Verdict[] {
    return this.shape(order.request, order.gatewayName) === undefined ? waived(order, this.#state) : [];
  }

  /** Whether a cancel would be refused now: what {@link cancelling} says, and nothing is counted. */
  explainCancel({ vtSymbol, gatewayName, ...subject }: RiskSubject & CancelPlace): readonly Verdict[] {
    return this.#cancelOutcomes(subject, { vtSymbol, gatewayName }).map(({ scope, outcome }) => {
      const { reason, used, limit, value } = outcome;
      const rule = 'cancelsPerDay';
      return { rule, ok: reason === undefined, reason, looked: undefined, used, limit, value, scope };
    });
  }

  /** What is wrong with an order whatever the limits are; undefined when nothing is. */
  shape(request: OrderRequest, gatewayName: string): Refusal | undefined {
    const reason = misshapen(request, gatewayName, this.#state.instruments);
    return reason === undefined ? undefined : { ok: false, rule: 'shape', reason };
  }

  /** Whether an order can do nothing but reduce the account's position: what a halt of level `reduce` lets through. */
  provablyReduces(request: OrderRequest, gatewayName: string): boolean {
    if (this.shape(request, gatewayName) !== undefined) return false;
    return this.#state.reduces(factsOf(request, gatewayName));
  }

  /** A cancel leaves: it is counted. Refused only at a `cancelsPerDay` that is `hard`, and then it counts nowhere. */
  cancelling(cancel: RiskCancel): { readonly ok: true } | Refusal {
    const { gatewayName, principal, limits } = cancel;
    const subject: RiskSubject = { principal, limits, warnAt: cancel.warnAt };
    this.#subjects.set(principal, subject);
    const order = this.#cancelled(cancel);
    const { exchange = ANYWHERE, vtSymbol = '' } = order ?? {};
    const scopes = scopesOf({ ...subject, gatewayName }, this.#state);
    const beyond = this.#cancelOutcomes(subject, { vtSymbol, gatewayName }).find(
      ({ outcome }) => outcome.reason !== undefined,
    );
    if (beyond !== undefined && cancel.forced !== true) {
      const { reason = '', limit, value } = beyond.outcome;
      return { ok: false, rule: 'cancelsPerDay', reason, limit, value };
    }
    const moment = this.#state.monotonic();
    for (const ledger of [this.#state.own(principal).ledger, this.#state.accountOf(gatewayName)]) {
      ledger.message(moment);
      ledger.tallies.add('cancels', exchange, vtSymbol, 1);
    }
    this.#countLarge(scopes, order);
    return { ok: true };
  }

  /** A refusal by a rule that the book does not know (`symbol`, `function`): it counts in `refusals`. */
  noteRefusal(principal: string, limits: Limits, rule: Rule): void {
    this.#latches.refused(principal, limits, rule);
  }

  /** Whose order an id means: undefined for one that the guard did not send. */
  ownerOf(vtOrderid: string): string | undefined {
    return this.#state.orders.find(vtOrderid)?.owner;
  }

  /** A reservation by its id: after a restart, to say what became of it. */
  reservation(id: string): Reservation | undefined {
    return this.#state.orders.reservation(id);
  }

  /** Reservations of which nobody knows what became of them. */
  unknowns(): readonly UnknownReservation[] {
    return this.#state.orders.unknowns();
  }

  /** A person says that a reservation is over. @returns whether there was one that was unknown. */
  release(id: string): boolean {
    return this.#state.orders.release(id);
  }

  /** What all orders hold: lots under way, open orders, and how many orders are remembered. */
  held(): { readonly lots: number; readonly slots: number; readonly tracked: number } {
    return this.#state.orders.held();
  }

  /** A person says what a principal's own position is, and its loss begins at 0. */
  baselinePrincipal(principal: string, positions: readonly BaselinePosition[]): void {
    const state = this.#state;
    state.setOwn(
      principal,
      positions.map(({ gatewayName: gateway, vtSymbol, long, short }) => {
        const isNet = state.instruments.find(gateway, vtSymbol)?.isNet ?? false;
        const stored = isNet ? ([0, 0, 0, 0, long - short] as const) : ([long, 0, short, 0, 0] as const);
        return [placeOf({ gateway, vtSymbol }), stored] as const;
      }),
    );
    state.lossesOf(principal).begin(
      positions.map(({ gatewayName: gateway, vtSymbol, long, short }) => {
        const exchange = state.instruments.find(gateway, vtSymbol)?.exchange;
        const lots = long - short;
        return { gateway, vtSymbol, exchange: exchange ?? vtSymbol.slice(vtSymbol.lastIndexOf('.') + 1), lots };
      }),
    );
  }

  /** A person says that the server's positions and balances of a gateway are right, and its loss begins at 0. */
  baselineAccount(gatewayName: string): void {
    this.#state.positions.adopt(gatewayName);
    this.#state.balances.begin(gatewayName);
  }

  onContract(contract: ContractData): void {
    const { gateway_name: gateway, vt_symbol: vtSymbol } = contract;
    const before = this.#state.instruments.find(gateway, vtSymbol);
    this.#state.instruments.add(contract);
    const exchange = exchangeOf(contract);
    this.#exchanges.add(exchange);
    this.#state.follow(exchange);
    if (before?.isNet !== contract.net_position) this.#state.remeasure(placeOf({ gateway, vtSymbol }));
  }

  /** @param arrivedAfterSubscribe - Whether it came after our subscription: a server's last one may be weeks old. */
  onTick(tick: TickData, { arrivedAfterSubscribe }: { readonly arrivedAfterSubscribe: boolean }): void {
    this.#state.market.add(tick, arrivedAfterSubscribe);
  }

  onOrder(order: OrderData): void {
    this.#state.instruments.meet(order.gateway_name);
    this.#state.follow(exchangeOf(order));
    this.#state.orders.onOrder(order);
  }

  onTrade(trade: TradeData): void {
    this.#state.instruments.meet(trade.gateway_name);
    this.#state.follow(exchangeOf(trade));
    this.#state.orders.onTrade(trade);
  }

  onPosition(position: PositionData): void {
    this.#state.instruments.meet(position.gateway_name);
    this.#state.positions.tell(position);
  }

  onAccount(account: AccountData): void {
    this.#state.instruments.meet(account.gateway_name);
    this.#state.balances.tell(account);
  }

  onLink(state: 'up' | 'down'): void {
    this.#state.sync.link(state);
  }

  /**
   * All that the server knows, asked for after the link came up. Orders and trades belong together: trades without orders
   * are not looked at.
   */
  snapshot({ contracts, accounts, positions, orders, trades }: RiskSnapshot): void {
    const { sync, isRestored } = this.#state;
    for (const contract of contracts ?? []) this.onContract(contract);
    for (const account of accounts ?? []) this.onAccount(account);
    if (accounts !== undefined) sync.listed('accounts');
    // What was missed is filled before positions are compared with fills, but for those of the time before the guard.
    const isFirst = !sync.has('orders') && !isRestored;
    if (isFirst) this.#listPositions(positions);
    if (orders !== undefined) {
      for (const order of orders) {
        this.#state.instruments.meet(order.gateway_name);
        this.#state.follow(exchangeOf(order));
      }
      this.#state.orders.snapshot(orders, trades ?? [], isFirst);
      sync.listed('orders');
    }
    if (!isFirst) this.#listPositions(positions);
    if (orders !== undefined) this.#state.isRestored = false;
  }

  /** The server does not know these orders any more. What they hold is kept, until somebody knows what became of them. */
  onResynced({ vanished }: { readonly vanished: { readonly order: readonly OrderData[] } }): void {
    for (const order of vanished.order) this.#state.orders.vanished(order.vt_orderid);
  }

  /** Time passes: call it about once a second. */
  tick(): void {
    this.#watchClock();
    this.#state.orders.tick();
    for (const { losses } of this.#state.principals.values()) losses.roll();
    for (const { principal, limits } of this.#subjects.values())
      this.#latches.lost({ kind: 'principal', name: principal }, limits, ANYWHERE);
    for (const gateway of this.#state.accounts.keys()) {
      for (const { limits } of this.#state.accountRules(gateway)) {
        for (const exchange of this.#exchanges)
          this.#latches.lost({ kind: 'account', name: gateway }, limits, exchange);
      }
    }
  }

  /** All that must survive a restart, as plain JSON. */
  toJSON(): StoredState {
    return storeState(this.#state);
  }

  /** Takes up what {@link toJSON} gave, into a book that is new. Orders are refused until the next {@link snapshot}. */
  restore(stored: StoredState): void {
    restoreState(this.#state, stored);
  }

  /**
   * A reservation from a journal, of an order that was let through after the state was stored: it may have become
   * anything. Does nothing for one that is known.
   *
   * @param id - The reservation's.
   * @param isOlder - It was let through before all that this book knows of: an order that it has met as a stranger may be this.
   */
  recover(order: RiskOrder, id: string, isOlder = false): void {
    if (this.#state.orders.reservation(id) === undefined) this.#reserve(order, id, isOlder).unknown();
  }

  /** Whether something happened in the present trading day of an exchange. @param at - ms since the epoch. */
  isToday(exchange: string, at: number): boolean {
    return at >= this.#state.dayOf(exchange);
  }

  #listPositions(positions: RiskSnapshot['positions']): void {
    if (positions === undefined) return;
    const { sync, isRestored } = this.#state;
    for (const { gateway_name: gateway } of positions) this.#state.instruments.meet(gateway);
    this.#state.positions.tellAll(positions, !sync.has('positions') && !isRestored);
    sync.listed('positions');
  }

  #refuse(order: RiskOrder, { rule, reason = '', limit, value }: Verdict): Refusal {
    if (rule === 'lossPerDay') {
      for (const { scope, limits } of scopesOf(order, this.#state))
        this.#latches.lost(scope, limits, scope.kind === 'principal' ? ANYWHERE : exchangeOf(order.request));
    }
    this.#latches.refused(order.principal, order.limits, rule);
    return { ok: false, rule, reason, limit, value };
  }

  #reserve(order: RiskOrder, id?: string, isOlder = false): Reservation {
    const state = this.#state;
    const { request, gatewayName, principal } = order;
    const facts = factsOf(request, gatewayName);
    const opened = caseOf(request, gatewayName, state)?.opens ?? facts.kind === 'open';
    const moment = state.monotonic();
    const day = state.dayOf(facts.exchange);
    const repeat = repeatKey({ facts });
    const length = (principalOrAccount: Limits): number => principalOrAccount.duplicates?.within ?? 0;
    const longest = Math.max(...scopesOf(order, state).map(({ limits }) => length(limits)));
    for (const ledger of [state.own(principal).ledger, state.accountOf(gatewayName)]) {
      ledger.message(moment);
      if (longest > 0) ledger.repeats.add(repeat, moment, longest);
      ledger.tallies.add('orders', facts.exchange, facts.vtSymbol, 1);
      if (opened) ledger.tallies.add('openVolume', facts.exchange, facts.vtSymbol, facts.volume);
    }
    const tracked: TrackedOrder = state.orders.reserve(principal, facts, id, isOlder);
    tracked.counted = { day, opened, moment, repeat };
    return tracked;
  }

  /** What each `cancelsPerDay` that is hard says to one cancel more. */
  #cancelOutcomes(
    subject: RiskSubject,
    { vtSymbol = '', gatewayName }: CancelPlace,
  ): readonly { readonly scope: Scope; readonly outcome: Outcome }[] {
    const exchange = vtSymbol === '' ? ANYWHERE : vtSymbol.slice(vtSymbol.lastIndexOf('.') + 1);
    return scopesOf({ ...subject, gatewayName }, this.#state)
      .filter(({ limits }) => limits.cancelsPerDay?.hard === true)
      .map(({ scope, limits }) => {
        const place = { ledger: this.#state.ledgerOf(scope), scope, exchange, vtSymbol };
        return { scope, outcome: cancelBeyond(limits.cancelsPerDay, place) };
      });
  }

  /** What a cancel is of. The server may not have told of an order that was sent a moment ago. */
  #cancelled({ order, vtOrderid = '' }: RiskCancel): CancelledOrder | undefined {
    if (order !== undefined) return { exchange: exchangeOf(order), vtSymbol: order.vt_symbol, volume: order.volume };
    return this.#state.orders.find(vtOrderid)?.facts;
  }

  #countLarge(scopes: ReturnType<typeof scopesOf>, order: CancelledOrder | undefined): void {
    if (order === undefined) return;
    const counted = new Set<string>();
    for (const { scope, limits } of scopes) {
      if (limits.largeCancels === undefined || !(order.volume >= limits.largeCancels.lots)) continue;
      // Two rules of one account count once.
      if (counted.has(scope.kind)) continue;
      counted.add(scope.kind);
      this.#state.ledgerOf(scope).tallies.add('largeCancels', order.exchange, order.vtSymbol, 1);
    }
  }

  #watchClock(): void {
    const offset = this.#options.clock.now() - this.#options.clock.monotonic();
    const jump = offset - this.#clockOffset;
    if (Math.abs(jump) <= CLOCK_JUMP) return;
    this.#clockOffset = offset;
    this.#options.onClock?.(jump);
  }
}
