/**
 * Notices that what has come does not fit together, so that something may not have come.
 *
 * @module
 */
import type { OrderData, TradeData } from '../data/index.js';
import type { Compared } from './comparisons.js';
import type { Fills } from './state/fills.js';
import type { GatewayProblem } from './types.js';

/** How long the fills of an order may not add up, or nothing may come of an order that was sent, in ms. */
const PATIENCE = 2000;
/** The order of a fill may be right behind it: some gateways push the fill first. In ms. */
const ORDER_BEHIND = 250;

/**
 * How many comparisons in a row have to leave everything of one sort as it was, until a gateway is taken to be so. Some gateways
 * report no trades, or trades of orders that they do not report.
 */
const HABIT = 3;

/** How many orders a message names. */
const NAMED = 5;

/**
 * - `fills`: the fills of an order do not add up to its `traded`.
 * - `order`: there are fills of an order that is not known.
 * - `silent`: nothing has come of an order that was sent here.
 */
type Sort = 'fills' | 'order' | 'silent';

interface Difference {
  readonly sort: Sort;
  /** What is missing of the fills; negative when there are too many. */
  readonly missing: number;
  readonly text: string;
}

interface Suspicion {
  readonly sort: Sort;
  readonly gatewayName: string;
  /** When to compare, by performance.now(). */
  due: number;
  newsAt: number;
  /** A comparison was asked for. */
  isAsked: boolean;
}

/** What was left by a comparison. */
interface Accepted {
  readonly sort: Sort;
  readonly missing: number;
  readonly generation: number;
}

type Inconsistent = Extract<GatewayProblem, { readonly kind: 'inconsistent' }>;

/** What is looked at. */
export interface SuspicionsContext {
  readonly orders: ReadonlyMap<string, OrderData>;
  readonly trades: ReadonlyMap<string, TradeData>;
  fills(): Pick<Fills, 'has' | 'shortfall'>;
  /** The number of the order that has an id now among those that had it. */
  generation(vtOrderid: string): number;
  /** Compare orders and trades. */
  compare(): void;
  report(problem: Inconsistent): void;
}

/**
 * Looks at orders and trades as they come. A difference that a comparison leaves is told, once, and gives no reason for another
 * comparison.
 */
export class Suspicions {
  readonly #context: SuspicionsContext;
  /** By the id of the order, as all else here. */
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #accepted = new Map<string, Accepted>();
  /** Orders that were sent here and of which nothing has come. */
  readonly #silent = new Map<string, string>();
  /** How often in a row comparisons have left things as they were, by gateway and sort. */
  readonly #habits = new Map<string, Map<Sort, number>>();
  /** What the first snapshot brings is looked at when it is complete. */
  #state: 'new' | 'on' | 'stopped' = 'new';
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;

  constructor(context: SuspicionsContext) {
    this.#context = context;
  }

  stop(): void {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** An order or a fill is in the state. */
  take(data: OrderData | TradeData): void {
    if (this.#state === 'on') this.#look(data.vt_orderid, data.gateway_name);
  }

  /** The server has answered with the id of an order. */
  sent(vtOrderid: string, gatewayName: string): void {
    if (this.#state !== 'on' || this.#context.orders.has(vtOrderid)) return;
    this.#silent.set(vtOrderid, gatewayName);
    this.#look(vtOrderid, gatewayName);
  }

  /** Orders and trades were compared. */
  compared({ isFresh, begun, missed, vanished }: Compared): void {
    if (this.#state === 'stopped') return;
    for (const { gateway_name: gatewayName } of [...missed.order, ...missed.trade]) this.#habits.delete(gatewayName);
    this.#prune(vanished.order);
    if (isFresh) {
      this.#suspicions.clear();
      this.#silent.clear();
    }
    if (isFresh || vanished.trade.length > 0) this.#acceptAll();
    if (this.#state === 'new') this.#state = 'on';
    this.#conclude(begun);
  }

  #look(vtOrderid: string, gatewayName: string): void {
    const now = performance.now();
    const difference = this.#differenceOf(vtOrderid);
    if (
      difference === undefined ||
      this.#isAccepted(vtOrderid, difference) ||
      this.#isHabit(gatewayName, difference.sort)
    ) {
      if (difference === undefined) this.#accepted.delete(vtOrderid);
      this.#suspicions.delete(vtOrderid);
      return;
    }
    const { sort } = difference;
    const known = this.#suspicions.get(vtOrderid);
    if (known?.sort === sort) {
      known.newsAt = now;
      return;
    }
    const due = now + (sort === 'order' ? ORDER_BEHIND : PATIENCE);
    this.#suspicions.set(vtOrderid, { sort, gatewayName, due, newsAt: now, isAsked: false });
    this.#arm(due);
  }

  #differenceOf(vtOrderid: string): Difference | undefined {
    const order = this.#context.orders.get(vtOrderid);
    const fills = this.#context.fills();
    const generation = this.#context.generation(vtOrderid);
    if (order !== undefined) {
      this.#silent.delete(vtOrderid);
      const missing = fills.shortfall(order, generation);
      if (missing === 0) return undefined;
      const text = `the fills of ${vtOrderid} add up to ${order.traded - missing}, and it has ${order.traded} traded`;
      return { sort: 'fills', missing, text };
    }
    if (fills.has(vtOrderid, generation))
      return { sort: 'order', missing: 0, text: `there are fills of ${vtOrderid}, and no order` };

    if (!this.#silent.has(vtOrderid)) return undefined;
    return { sort: 'silent', missing: 0, text: `${vtOrderid} was sent here and is not listed` };
  }

  /** What is missing of old may come late, piece by piece. */
  #isAccepted(vtOrderid: string, { sort, missing }: Difference): boolean {
    const accepted = this.#accepted.get(vtOrderid);
    if (accepted?.sort !== sort || accepted.generation !== this.#context.generation(vtOrderid)) return false;
    if (missing / (accepted.missing || 1) < 0 || Math.abs(missing) > Math.abs(accepted.missing)) return false;
    this.#accept(vtOrderid, sort, missing);
    return true;
  }

  #accept(vtOrderid: string, sort: Sort, missing: number): void {
    this.#accepted.set(vtOrderid, { sort, missing, generation: this.#context.generation(vtOrderid) });
  }

  /** How things stand after a connection was made is how they are: of before the session a gateway may know a part. */
  #acceptAll(): void {
    const { orders, trades } = this.#context;
    const ids = new Set(orders.keys());
    for (const { vt_orderid: vtOrderid } of trades.values()) ids.add(vtOrderid);
    for (const vtOrderid of ids) {
      if (this.#suspicions.has(vtOrderid)) continue;
      const difference = this.#differenceOf(vtOrderid);
      if (difference !== undefined) this.#accept(vtOrderid, difference.sort, difference.missing);
    }
  }

  #prune(vanished: readonly OrderData[]): void {
    for (const { vt_orderid: vtOrderid } of vanished) this.#suspicions.delete(vtOrderid);
    for (const [vtOrderid, { sort }] of this.#accepted)
      if (sort === 'fills' && !this.#context.orders.has(vtOrderid)) this.#accepted.delete(vtOrderid);
  }

  /** What was suspicious when the comparison began, and has not changed since, it has left. */
  #conclude(begun: number): void {
    const left: Difference[] = [];
    const ids: string[] = [];
    const sorts = new Map<string, Set<Sort>>();
    for (const [vtOrderid, suspicion] of this.#suspicions) {
      if (suspicion.due > begun) continue;
      const difference = this.#differenceOf(vtOrderid);
      if (difference?.sort === suspicion.sort && suspicion.newsAt >= begun) {
        suspicion.due = performance.now() + PATIENCE;
        suspicion.isAsked = false;
        this.#arm(suspicion.due);
        continue;
      }
      this.#suspicions.delete(vtOrderid);
      if (difference === undefined) continue;
      this.#accept(vtOrderid, difference.sort, difference.missing);
      this.#silent.delete(vtOrderid);
      left.push(difference);
      ids.push(vtOrderid);
      const ofGateway = sorts.get(suspicion.gatewayName) ?? new Set();
      sorts.set(suspicion.gatewayName, ofGateway.add(difference.sort));
    }
    if (left.length === 0) return;
    const habits = this.#count(sorts);
    const named = left.slice(0, NAMED).map(({ text }) => text);
    if (left.length > NAMED) named.push(`and ${left.length - NAMED} more`);
    const message = `What the server lists does not fit together, also after a comparison: ${named.join('; ')}${habits}`;
    this.#context.report({ kind: 'inconsistent', message, vt_orderids: ids, cause: undefined });
  }

  #count(sorts: ReadonlyMap<string, ReadonlySet<Sort>>): string {
    const names: string[] = [];
    for (const [gatewayName, ofGateway] of sorts) {
      const habits = this.#habits.get(gatewayName) ?? new Map<Sort, number>();
      this.#habits.set(gatewayName, habits);
      for (const sort of ofGateway) {
        const count = (habits.get(sort) ?? 0) + 1;
        habits.set(sort, count);
        if (count === HABIT) names.push(gatewayName);
      }
    }
    if (names.length === 0) return '';
    return `. Gateway ${names.join(', ')} seems to report so: this alone gives no reason for a comparison any more`;
  }

  #isHabit(gatewayName: string, sort: Sort): boolean {
    return (this.#habits.get(gatewayName)?.get(sort) ?? 0) >= HABIT;
  }

  #arm(due: number): void {
    if (this.#state !== 'on' || due >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = due;
    const wait = Math.max(0, Math.ceil(due - performance.now()));
    this.#timer = setTimeout(() => {
      this.#wake();
    }, wait).unref();
  }

  #wake(): void {
    this.#wakesAt = Infinity;
    const now = performance.now();
    let next = Infinity;
    let isDue = false;
    for (const suspicion of this.#suspicions.values()) {
      if (suspicion.isAsked) continue;
      // A timer may be a moment early.
      if (suspicion.due > now + 1) {
        next = Math.min(next, suspicion.due);
      } else {
        suspicion.due = now;
        suspicion.isAsked = true;
        isDue = true;
      }
    }
    if (next < Infinity) this.#arm(next);
    if (isDue) this.#context.compare();
  }
}
