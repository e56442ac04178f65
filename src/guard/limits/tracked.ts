/**
 * One order, from the decision on it to its end.
 *
 * @module
 */
import type { OrderData } from '../../vnpy/data/public.js';
import { exact } from './exact.js';
import type { Facts } from './facts.js';
import type { Day } from './trading-day.js';
import type { Reservation, ReservationState } from './types.js';

/** What moves an order through its life. */
export interface Lifecycle {
  sent(order: TrackedOrder): void;
  answered(order: TrackedOrder, vtOrderid: string): void;
  refused(order: TrackedOrder): void;
  notSent(order: TrackedOrder): void;
  unknown(order: TrackedOrder): void;
  found(order: TrackedOrder, found: OrderData): void;
  absent(order: TrackedOrder): void;
}

/** What an order has counted, to take it back if it never left. */
export interface Counted {
  readonly day: Day;
  readonly opened: boolean;
  /** What makes it the same order again. */
  readonly repeat: string;
  /** When, by the monotonic clock. */
  readonly moment: number;
}

/** An order as it is stored. */
export interface StoredOrder {
  readonly id: string;
  readonly owner: string | undefined;
  readonly facts: Facts;
  readonly state: ReservationState;
  readonly vtOrderid: string | undefined;
  readonly filled: number;
  readonly traded: number;
  readonly credit: number;
  readonly day: Day;
  readonly since: number;
  readonly cancelCounted: boolean;
  readonly fromFill: boolean;
  readonly heard: boolean;
  readonly trades: readonly string[];
}

/** An order of a principal, or one that the guard did not send. The book of orders alone changes it. */
export class TrackedOrder implements Reservation {
  readonly id: string;
  /** Undefined for an order that the guard did not send. */
  readonly owner: string | undefined;
  /** Its place among all orders: a later one has a greater number. */
  readonly number: number;
  facts: Facts;
  state: ReservationState = 'decided';
  vtOrderid: string | undefined;
  /** Lots that have become a position. */
  filled = 0;
  /** Lots filled, by what the server tells of the order. */
  traded = 0;
  /** Lots among the filled whose fills have not been told one by one. */
  credit = 0;
  /** By the monotonic clock: until when fills are waited for at its end. */
  deadline = Infinity;
  /** The trading day in which it was heard of last. */
  day: Day;
  /** When it came into its state, in ms since the epoch. */
  since: number;
  counted: Counted | undefined;
  cancelCounted = false;
  /** Only a fill of it has been heard of. */
  fromFill = false;
  /** The server has told of it under its id: a gateway may write another reference than was sent. */
  heard = false;
  /** It was active again after its end: since which order, and by what news. */
  reopened: { readonly number: number; readonly order: OrderData } | undefined;
  /** What is counted of it in the ledgers. */
  held = 0;
  hasSlot = false;
  #trades: Set<string> | undefined;
  readonly #lifecycle: Lifecycle;

  constructor(
    lifecycle: Lifecycle,
    id: string,
    number: number,
    owner: string | undefined,
    facts: Facts,
    day: Day,
    since: number,
  ) {
    this.#lifecycle = lifecycle;
    this.id = id;
    this.number = number;
    this.owner = owner;
    this.facts = facts;
    this.day = day;
    this.since = since;
  }

  get principal(): string {
    return this.owner ?? '';
  }

  /** Lots that it may still add to a position: fills that are missing at its end, too. */
  get lotsToHold(): number {
    const volume = this.state === 'ended' ? this.traded : this.facts.volume;
    return Math.max(0, exact(volume - this.filled));
  }

  /** Whether it is one of the open orders. */
  get takesSlot(): boolean {
    return this.state !== 'ending' && this.state !== 'ended';
  }

  /** Whether its id is still waited for. */
  get isPending(): boolean {
    return this.vtOrderid === undefined && this.takesSlot && this.owner !== undefined;
  }

  /** Notes a fill. @returns false where it was known. */
  note(key: string): boolean {
    this.#trades ??= new Set();
    if (this.#trades.has(key)) return false;
    this.#trades.add(key);
    return true;
  }

  /** Takes over what another has counted under the same id. */
  takeOver(other: TrackedOrder): void {
    this.#trades = other.#trades;
    this.filled = other.filled;
    this.traded = other.traded;
    this.credit = other.credit;
    this.state = other.state;
    this.deadline = other.deadline;
    this.cancelCounted = other.cancelCounted;
  }

  sent(): void {
    this.#lifecycle.sent(this);
  }

  answered(vtOrderid: string): void {
    this.#lifecycle.answered(this, vtOrderid);
  }

  refused(): void {
    this.#lifecycle.refused(this);
  }

  notSent(): void {
    this.#lifecycle.notSent(this);
  }

  unknown(): void {
    this.#lifecycle.unknown(this);
  }

  found(order: OrderData): void {
    this.#lifecycle.found(this, order);
  }

  absent(): void {
    this.#lifecycle.absent(this);
  }

  toJSON(): StoredOrder {
    const { id, owner, facts, state, vtOrderid, filled, traded, credit, day, since } = this;
    const { cancelCounted, fromFill, heard } = this;
    const trades = [...(this.#trades ?? [])];
    const numbers = { filled, traded, credit, day, since };
    return { id, owner, facts, state, vtOrderid, ...numbers, cancelCounted, fromFill, heard, trades };
  }

  /** Takes up what was stored. What was under way then may have become anything. */
  copy(stored: StoredOrder): this {
    const { state, vtOrderid, filled, traded, credit, cancelCounted, fromFill, heard, trades } = stored;
    this.state = state === 'decided' || state === 'sent' ? 'unknown' : state;
    Object.assign(this, { vtOrderid, filled, traded, credit, cancelCounted, fromFill, heard });
    if (trades.length > 0) this.#trades = new Set(trades);
    return this;
  }
}
