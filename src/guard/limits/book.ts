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
  UnknownReservation,
  Verdict,
} from './types.js';

/** A state machine without timers, files and sockets. Every method is synchronous, and a decision reserves in its own turn. */
export class RiskBook {
  constructor(options: RiskBookOptions) {
    void options;
  }

  /** Another policy: counters and reservations stay. */
  setPolicy(policy: RiskPolicy): void {
    void policy;
  }

  /** Decides on an order, and reserves what it may use where it passes. */
  decide(order: RiskOrder): RiskDecision {
    return { ok: false, rule: 'internal', reason: `limits are not written yet: ${order.principal}` };
  }

  /** What every rule says to an order. Nothing is reserved or counted. */
  explainAll(order: RiskOrder): readonly Verdict[] {
    void order;
    return [];
  }

  /** Whether an order can do nothing but reduce the account's position: what a halt of level `reduce` lets through. */
  provablyReduces(request: OrderRequest, gatewayName: string): boolean {
    void request;
    void gatewayName;
    return false;
  }

  /** A cancel leaves: it is counted. Refused only at a `cancelsPerDay` that is `hard`. */
  cancelling(cancel: RiskCancel): { readonly ok: true } | Refusal {
    void cancel;
    return { ok: true };
  }

  /** A refusal by a rule that the book does not know (`symbol`, `function`): it counts in `refusals`. */
  noteRefusal(principal: string, limits: Limits, rule: Rule): void {
    void [principal, limits, rule];
  }

  /** Whose order an id means: undefined for one that the guard did not send. */
  ownerOf(vtOrderid: string): string | undefined {
    void vtOrderid;
    return undefined;
  }

  /** Reservations of which nobody knows what became of them. */
  unknowns(): readonly UnknownReservation[] {
    return [];
  }

  /** A person says that a reservation is over. @returns whether there was one that was unknown. */
  release(id: string, reason: string): boolean {
    void [id, reason];
    return false;
  }

  /** A person says what a principal's own position is, and its loss begins at 0. */
  baselinePrincipal(principal: string, positions: readonly BaselinePosition[]): void {
    void [principal, positions];
  }

  /** A person says that the server's positions and balances of a gateway are right, and its loss begins at 0. */
  baselineAccount(gatewayName: string): void {
    void gatewayName;
  }

  onContract(contract: ContractData): void {
    void contract;
  }

  /** @param arrivedAfterSubscribe - Whether it came after our subscription: a server's last one may be weeks old. */
  onTick(tick: TickData, info: { readonly arrivedAfterSubscribe: boolean }): void {
    void [tick, info];
  }

  onOrder(order: OrderData): void {
    void order;
  }

  onTrade(trade: TradeData): void {
    void trade;
  }

  onPosition(position: PositionData): void {
    void position;
  }

  onAccount(account: AccountData): void {
    void account;
  }

  onLink(state: 'up' | 'down'): void {
    void state;
  }

  /** All that the server knows, asked for after the link came up. */
  snapshot(parts: RiskSnapshot): void {
    void parts;
  }

  /** The server does not know these orders any more. */
  onResynced(report: { readonly vanished: { readonly order: readonly OrderData[] } }): void {
    void report;
  }

  /** Time passes: call it about once a second. */
  tick(): void {
    // Nothing is timed yet.
  }

  /** All that must survive a restart, as plain JSON. */
  toJSON(): unknown {
    return {};
  }

  /** Takes up what {@link toJSON} gave. Orders are refused until the next {@link snapshot}. */
  restore(state: unknown): void {
    void state;
  }

  /** A reservation from a journal, of an order that was let through after the state was stored: it is unknown. */
  recover(order: RiskOrder, id: string, decidedAt: number): Reservation {
    throw new Error(`not written yet: ${id} ${decidedAt} ${order.principal}`);
  }
}
