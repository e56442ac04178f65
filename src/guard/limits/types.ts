/**
 * What the book of limits takes and gives.
 *
 * @module
 */
import type {
  AccountData,
  ContractData,
  OrderData,
  OrderRequest,
  PositionData,
  TradeData,
} from '../../vnpy/data/public.js';
import type { AccountRule, ContractRule, DayRule, Freshness, Limits, Rule } from '../policy/policy.js';

/** The two clocks. Nothing else tells the time to the book. */
export interface RiskClock {
  /** Ms since the epoch: for trading days, and for what is stored. */
  now(): number;
  /** Ms that never run back: for windows and ages. */
  monotonic(): number;
}

/** The parts of a policy that the book needs. A `Policy` has them all. */
export interface RiskPolicy {
  readonly days: readonly DayRule[];
  readonly fresh: Freshness;
  readonly contracts: readonly ContractRule[];
  readonly accounts: readonly AccountRule[];
}

/** Whom limits hold for, or which account. */
export type Scope =
  | { readonly kind: 'principal'; readonly name: string }
  /** An account is known by its gateway: vnpy's orders name no account. */
  | { readonly kind: 'account'; readonly name: string };

/** A condition that holds until a person ends it. */
export interface Latch {
  readonly scope: Scope;
  readonly level: 'reduce' | 'halt';
  /** The rule that saw it. */
  readonly rule: 'foreignOrders' | 'lossPerDay' | 'refusals';
  readonly reason: string;
}

/** What the book tells by itself. */
export interface RiskListeners {
  onLatch?(latch: Latch): void;
  /** The wall clock has jumped by so many ms (more than 5 minutes), beside the monotonic one. */
  onClock?(jump: number): void;
  /** An order that was not sent by the guard is on the account. */
  onForeign?(gatewayName: string, vtSymbol: string): void;
}

/** What `new RiskBook()` takes. */
export interface RiskBookOptions extends RiskListeners {
  readonly clock: RiskClock;
  readonly policy: RiskPolicy;
}

/** Who asks, and what holds for it: the minimum over all of its roles. */
export interface RiskSubject {
  readonly principal: string;
  readonly limits: Limits;
  /** From which part of a limit on a warning is told. */
  readonly warnAt: number | undefined;
}

/** An order to decide on. */
export interface RiskOrder extends RiskSubject {
  readonly request: OrderRequest;
  readonly gatewayName: string;
  /** A strategy's name, for the audit. */
  readonly label?: string;
}

/** A limit that is nearly used up. */
export interface Warning {
  readonly rule: Rule;
  /** The used part: 0.9. */
  readonly used: number;
}

/** A refusal. `reason` has no code before it; `GuardError` writes that. */
export interface Refusal {
  readonly ok: false;
  readonly rule: Rule;
  readonly reason: string;
  /** Of a rule with a number: the limit, in the unit of the rule. */
  readonly limit?: number | undefined;
  /** Of a rule with a number: what the order came to, in the same unit. */
  readonly value?: number | undefined;
}

/** What was decided. */
export type RiskDecision =
  { readonly ok: true; readonly reservation: Reservation; readonly warnings: readonly Warning[] } | Refusal;

/** What one rule says. */
export interface Verdict {
  readonly rule: Rule;
  readonly ok: boolean;
  /** Why not; undefined where it passes. */
  readonly reason: string | undefined;
  /** What was looked at where it passes; undefined where its numbers say all. */
  readonly looked: string | undefined;
  /** The used part of the limit with this order; undefined where the rule has no number. */
  readonly used: number | undefined;
  /** The limit, in the unit of the rule; undefined where the rule has no number. */
  readonly limit: number | undefined;
  /** What the order comes to, in the same unit; undefined where the rule has no number. */
  readonly value: number | undefined;
  /** Whose limit it is; undefined for what always holds. */
  readonly scope: Scope | undefined;
}

/**
 * Where a reservation is.
 *
 * - `decided`: not sent yet. `sent`: not answered yet. `unknown`: nobody knows what became of it.
 * - `working`: bound to an order that may still trade. `ending`: its end is known, not yet all of its fills.
 * - `ended`: nothing is reserved any more.
 */
export type ReservationState = 'decided' | 'sent' | 'unknown' | 'working' | 'ending' | 'ended';

/** What an order that was let through may still use of the limits. */
export interface Reservation {
  /** Unique in the book, also after a restart. */
  readonly id: string;
  readonly principal: string;
  readonly state: ReservationState;
  /** The order, once it is known. */
  readonly vtOrderid: string | undefined;
  /** It leaves now. */
  sent(): void;
  /** The server answered with its id. An empty text is a refusal. */
  answered(vtOrderid: string): void;
  /** The server has provably not taken it: released; what was counted stays counted. */
  refused(): void;
  /** It has provably not left: released, and counted nowhere. */
  notSent(): void;
  /** Nobody knows: all is kept until {@link found}, {@link absent}, the order itself, or `release()`. */
  unknown(): void;
  /** A search found it. */
  found(order: OrderData): void;
  /** A search proved that the server does not have it. */
  absent(): void;
}

/** A reservation of which nobody knows what became of it. */
export interface UnknownReservation {
  readonly id: string;
  readonly principal: string | undefined;
  readonly gatewayName: string;
  readonly vtSymbol: string;
  readonly reference: string;
  readonly vtOrderid: string | undefined;
  /** Since when, in ms since the epoch. */
  readonly since: number;
}

/** All that a server knows, asked for in one go. What is left out was not asked for. */
export interface RiskSnapshot {
  readonly contracts?: readonly ContractData[];
  readonly accounts?: readonly AccountData[];
  readonly positions?: readonly PositionData[];
  readonly orders?: readonly OrderData[];
  readonly trades?: readonly TradeData[];
}

/** A cancel to count. */
export interface RiskCancel extends RiskSubject {
  /** The order that the id names, as it is known; undefined for one that nobody knows. */
  readonly order: OrderData | undefined;
  /** Its id: an order that the server has not told of yet may be one that was let through. */
  readonly vtOrderid?: string | undefined;
  readonly gatewayName: string;
  /** By a halt, or by an administrator: it is counted and never refused. */
  readonly forced?: boolean;
}

/** A position to begin from. */
export interface BaselinePosition {
  readonly gatewayName: string;
  readonly vtSymbol: string;
  readonly long: number;
  readonly short: number;
}
