/**
 * What is done about orders when a halt begins: what waits is withdrawn, and what works is cancelled until nothing works.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { OrderData } from '../../vnpy/index.js';
import { Direction, OrderType } from '../../vnpy/index.js';

/** What the procedure needs of the guard and of the server. */
export interface HaltEngine {
  /** Withdraws what was let through and has not left: it will not. Gives how many. */
  withdrawWaiting(): number;
  /** Resolves when every order under way has its answer, or after `timeout` ms, with those that have none: their own names. */
  settled(timeout: number): Promise<readonly string[]>;
  /** The orders that work, as the server knows them now: no cache. */
  activeOrders(): Promise<readonly OrderData[]>;
  /** Asks the server to cancel. Rejects when it was not asked, or refused. */
  cancel(order: OrderData): Promise<void>;
  /** The order as it is now, when it works no more; undefined when the server does not know it. */
  ended(order: OrderData): Promise<OrderData | undefined>;
}

/** Tells the time, and waits. */
export interface ProcedureClock {
  /** ms of a clock that is never set. */
  now(): number;
  /** Calls once after `ms`; what it returns takes it back. */
  after(ms: number, call: () => void): () => void;
}

/** How the procedure goes. */
export interface HaltProcedureOptions {
  /** Which orders. Default: all. */
  readonly covers?: (order: OrderData) => boolean;
  /** Sends nothing, and tells what it would. */
  readonly drill?: boolean;
  /** Cancels in any second. Below the 6 of CTP, above which they queue. Default: 5. */
  readonly cancelsPerSecond?: number;
  /** For answers of orders under way, in ms. Default: 5,000. */
  readonly settle?: number;
  /** For all, in ms. Default: 60,000. */
  readonly deadline?: number;
  readonly clock: ProcedureClock;
  /** Ends it early: what works then is `failed`. */
  readonly signal?: AbortSignal;
}

/** An order that could not be ended, and why. */
export interface FailedCancel {
  readonly vt_orderid: string;
  readonly reason: string;
}

/** What became of the orders. */
export interface HaltReport {
  readonly isDrill: boolean;
  /** Nothing works and nothing is unknown. Never true of a drill with orders. */
  readonly isDone: boolean;
  /** Orders that had not left. */
  readonly withdrawn: number;
  readonly cancelled: readonly string[];
  /** Ended by a fill before the cancel came. */
  readonly filled: readonly string[];
  readonly failed: readonly FailedCancel[];
  /** Orders of which nobody knows whether they work. */
  readonly unknown: readonly string[];
  /** Cancels that were sent; in a drill: would be. */
  readonly cancels: number;
  readonly ms: number;
}

/** Between two lists, and before a cancel is tried again, in ms; twice as long each time. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 5000;
/** How long one question may take, in ms. */
const ANSWER = 5000;
/** How many lists must be empty one after the other: an order may appear late. */
const EMPTY_LISTS = 2;

/** Runs it. Call it when the halt is in force. Never rejects: what went wrong stands in the report. */
export async function haltProcedure(engine: HaltEngine, options: HaltProcedureOptions): Promise<HaltReport> {
  const run = new Run(engine, options);
  await run.go();
  return run.report();
}

/** One run. */
class Run {
  readonly #engine: HaltEngine;
  readonly #options: HaltProcedureOptions;
  readonly #begun: number;
  readonly #isDrill: boolean;
  /** Every order that was seen working, as it was seen last. */
  readonly #seen = new Map<string, OrderData>();
  readonly #cancelled: string[] = [];
  readonly #filled: string[] = [];
  readonly #failures = new Map<string, string>();
  readonly #sent: number[] = [];
  #working: readonly OrderData[] = [];
  /** The list could be had, at the end. */
  #isListed = false;
  #listFailure = '';
  #unsettled: readonly string[] = [];
  #lost: string[] = [];
  #withdrawn = 0;
  #cancels = 0;

  constructor(engine: HaltEngine, options: HaltProcedureOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#begun = options.clock.now();
    this.#isDrill = options.drill ?? false;
  }

  async go(): Promise<void> {
    try {
      if (!this.#isDrill) this.#withdrawn = this.#engine.withdrawWaiting();
    } catch (error) {
      this.#failures.set('', `what waits could not be withdrawn: ${messageOf(error)}`);
    }
    await this.#settle();
    if (this.#isDrill) {
      await this.#list();
      this.#cancels = this.#working.length;
      return;
    }
    await this.#cancelAll();
    // An order whose answer was lost may have shown itself.
    if (this.#unsettled.length > 0) await this.#settle();
    await this.#lookUp();
  }

  report(): HaltReport {
    const isWorking = new Set(this.#working.map(({ vt_orderid }) => vt_orderid));
    const failed: FailedCancel[] = this.#isDrill
      ? []
      : [...isWorking].map((id) => ({ vt_orderid: id, reason: this.#failures.get(id) ?? 'it still works' }));
    const general = this.#failures.get('');
    if (general !== undefined) failed.unshift({ vt_orderid: '', reason: general });
    if (!this.#isListed) failed.unshift({ vt_orderid: '', reason: `orders could not be listed: ${this.#listFailure}` });
    const unknown = [...this.#unsettled, ...this.#lost];
    return {
      isDrill: this.#isDrill,
      isDone: this.#isListed && failed.length === 0 && unknown.length === 0 && isWorking.size === 0,
      withdrawn: this.#withdrawn,
      cancelled: this.#cancelled,
      filled: this.#filled,
      failed,
      unknown,
      cancels: this.#cancels,
      ms: this.#options.clock.now() - this.#begun,
    };
  }

  async #settle(): Promise<void> {
    const timeout = Math.min(this.#options.settle ?? 5000, this.#left());
    try {
      this.#unsettled = await this.#within(this.#engine.settled(timeout), timeout);
    } catch (error) {
      this.#failures.set('', `whether orders are under way cannot be told: ${messageOf(error)}`);
    }
  }

  async #cancelAll(): Promise<void> {
    let empty = 0;
    let wait = FIRST_WAIT;
    while (true) {
      await this.#list();
      empty = this.#isListed && this.#working.length === 0 ? empty + 1 : 0;
      if (empty >= EMPTY_LISTS) return;
      for (const order of sorted(this.#working)) {
        if (this.#isOver()) return;
        await this.#cancel(order);
      }
      if (this.#isOver()) break;
      await this.#wait(Math.min(wait, this.#left()));
      wait = empty > 0 ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT);
      if (this.#isOver()) break;
    }
    // What the last cancels did.
    await this.#list();
  }

  async #list(): Promise<void> {
    const { covers = () => true } = this.#options;
    try {
      this.#working = (await this.#within(this.#engine.activeOrders())).filter(covers);
      this.#isListed = true;
      for (const order of this.#working) this.#seen.set(order.vt_orderid, order);
    } catch (error) {
      this.#isListed = false;
      this.#listFailure = messageOf(error);
    }
  }

  async #cancel(order: OrderData): Promise<void> {
    await this.#pace();
    if (this.#isOver()) return;
    this.#sent.push(this.#options.clock.now());
    this.#cancels++;
    try {
      await this.#within(this.#engine.cancel(order));
      this.#failures.delete(order.vt_orderid);
    } catch (error) {
      // The next list tells whether it works all the same.
      this.#failures.set(order.vt_orderid, messageOf(error));
    }
  }

  /** Waits until one more cancel is within the budget of any second. */
  async #pace(): Promise<void> {
    const { cancelsPerSecond = 5, clock } = this.#options;
    while (this.#sent.length >= cancelsPerSecond && !this.#isOver()) {
      const first = this.#sent[this.#sent.length - cancelsPerSecond] ?? 0;
      const ms = first + 1000 - clock.now();
      if (ms <= 0) break;
      await this.#wait(Math.min(ms, Math.max(1, this.#left())));
    }
    this.#sent.splice(0, this.#sent.length - cancelsPerSecond);
  }

  /** How those ended that work no more. */
  async #lookUp(): Promise<void> {
    const works = new Set(this.#working.map(({ vt_orderid }) => vt_orderid));
    for (const [id, order] of this.#seen) {
      if (works.has(id)) continue;
      const ended = await this.#ended(order);
      if (ended === undefined || ended.isActive()) this.#lost.push(id);
      else (ended.traded >= ended.volume ? this.#filled : this.#cancelled).push(id);
    }
  }

  async #ended(order: OrderData): Promise<OrderData | undefined> {
    try {
      return await this.#within(this.#engine.ended(order));
    } catch {
      return undefined;
    }
  }

  /** A server that does not answer must not hold up the others. */
  #within<Result>(work: Promise<Result>, extra = 0): Promise<Result> {
    return new Promise((resolve, reject) => {
      const stop = this.#options.clock.after(ANSWER + extra, () => {
        reject(new Error(`there was no answer within ${ANSWER + extra} ms`));
      });
      work.then(resolve, reject).finally(stop);
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }

  #left(): number {
    return Math.max(0, this.#begun + (this.#options.deadline ?? 60_000) - this.#options.clock.now());
  }

  #isOver(): boolean {
    return this.#left() === 0 || this.#options.signal?.aborted === true;
  }
}

/**
 * Those that fill first and weigh most come first. Orders without a limit price lead, then of each symbol and side the most
 * aggressive, the largest of these before others.
 */
function sorted(orders: readonly OrderData[]): readonly OrderData[] {
  const sides = new Map<string, OrderData[]>();
  for (const order of orders) {
    const key = `${order.vt_symbol} ${order.direction?.name ?? ''}`;
    sides.set(key, [...(sides.get(key) ?? []), order]);
  }
  // Prices can be compared within a side alone.
  const places = new Map<OrderData, number>();
  for (const side of sides.values()) {
    const isSell = side[0]?.direction === Direction.SHORT;
    side.sort((a, b) => (isSell ? a.price - b.price : b.price - a.price));
    for (const [place, order] of side.entries()) places.set(order, order.type === OrderType.MARKET ? -1 : place);
  }
  const left = ({ volume, traded }: OrderData): number => volume - traded;
  return [...orders].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0) || left(b) - left(a));
}
