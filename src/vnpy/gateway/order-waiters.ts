/**
 * Waiting for orders, and for their fills.
 *
 * @module
 */
import type { BridgeError } from '../../errors.js';
import { option, OptionTable } from '../../option-table.js';
import type { RowsOf } from '../../option-table.js';
import { MAX_DELAY, optionChecks } from '../../rpc/internal.js';
import type { SignalWatch } from '../../rpc/internal.js';
import { describe } from '../data/describe.js';
import type { OrderData } from '../data/index.js';
import { GatewayError } from '../errors.js';

/** How long the fills of an order may take that is as wanted, in ms, where no timeout is given. */
const TRADES_TIMEOUT = 10_000;

/** Options of `waitForOrder`. */
export interface WaitOptions {
  /** When to stop waiting. Default: when the order is no longer active. */
  readonly until?: (order: OrderData) => boolean;
  /**
   * Wait for the fills, too: until those in `gateway.trades` add up to what the order has `traded`. vnpy tells the order
   * before its fills. Default false.
   */
  readonly trades?: boolean;
  /** How long to wait, in ms. Default: as long as it takes; the fills, 10,000. */
  readonly timeout?: number;
  /** Gives the waiting up. */
  readonly signal?: AbortSignal;
}

/** The options of `waitForOrder()`. */
export const WAIT_OPTIONS = new OptionTable(optionChecks, 'the options of waitForOrder', {
  until: option.callback<(order: OrderData) => boolean>(),
  trades: option.flag(false),
  timeout: option.duration(),
  signal: option.signal(),
} satisfies RowsOf<WaitOptions>);

interface Waiter {
  readonly since: number;
  readonly until: (order: OrderData) => boolean;
  readonly trades: boolean;
  readonly settle: (result: OrderData | Error) => void;
  /** The order as it was last heard of. */
  order: OrderData | undefined;
  /** It is as wanted; its fills may be waited for yet. */
  isWanted: boolean;
  readonly expectTrades: () => void;
}

/** Those who wait for orders. */
export class OrderWaiters {
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #signals: SignalWatch;
  readonly #missing: (order: OrderData) => string | undefined;

  /** @param missing - What is missing of an order's fills, in words; undefined when nothing is. */
  constructor(signals: SignalWatch, missing: (order: OrderData) => string | undefined) {
    this.#signals = signals;
    this.#missing = missing;
  }

  /**
   * Waits until an order is as wanted.
   *
   * @param known - The order as it is now, when it is known.
   * @throws RpcUsageError at once, for an option that makes no sense.
   * @throws {@link GatewayError} `TIMEOUT`, `TRADES_MISSING`, `ABORTED`, `ORDER_VANISHED` or `CLOSED`.
   */
  wait(vtOrderid: string, known: OrderData | undefined, options: WaitOptions): Promise<OrderData> {
    const { until = (order: OrderData) => !order.isActive(), trades, timeout, signal } = WAIT_OPTIONS.resolve(options);
    const aborted = (): GatewayError =>
      new GatewayError('ABORTED', `Waiting for order ${vtOrderid} was aborted`, { cause: signal?.reason });
    if (signal?.aborted === true) return Promise.reject(aborted());
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const endAfter = (time: number): void => {
        timer ??= setTimeout(
          () => {
            settle(this.#late(vtOrderid, waiter, time));
          },
          Math.min(time, MAX_DELAY),
        );
      };
      const settle = (result: OrderData | Error): void => {
        clearTimeout(timer);
        unwatch();
        this.#remove(vtOrderid, waiter);
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      const unwatch = this.#signals.watch(signal, () => {
        settle(aborted());
      });
      const waiter: Waiter = {
        since: performance.now(),
        until,
        trades,
        settle,
        order: undefined,
        isWanted: false,
        expectTrades: () => {
          if (timeout === undefined) endAfter(TRADES_TIMEOUT);
        },
      };
      this.#add(vtOrderid, waiter);
      if (timeout !== undefined && timeout !== Infinity) endAfter(timeout);
      if (known !== undefined) this.#test(waiter, known);
    });
  }

  /** An order has changed. */
  changed(order: OrderData): void {
    for (const waiter of this.#of(order.vt_orderid)) this.#test(waiter, order);
  }

  /** A fill of an order has come. */
  traded(vtOrderid: string): void {
    for (const waiter of this.#of(vtOrderid))
      if (waiter.trades && waiter.order !== undefined) this.#test(waiter, waiter.order);
  }

  /** The server does not know an order any more. */
  vanished(vtOrderid: string): void {
    const error = new GatewayError(
      'ORDER_VANISHED',
      `The server was restarted and does not know order ${vtOrderid} any more, or not yet: its gateway may ` +
        'still be connecting, and the order may still work at the exchange',
    );
    for (const { settle } of this.#of(vtOrderid)) settle(error);
  }

  /** Another order has the id since a time, by performance.now(): those who have waited for longer wait for the one before. */
  replaced(vtOrderid: string, why: string, at: number): void {
    const error = new GatewayError(
      'ORDER_VANISHED',
      `The id ${vtOrderid} is of another order now: ${why}. What became of the one that was waited for is not known here`,
    );
    for (const { since, settle } of this.#of(vtOrderid)) if (since < at) settle(error);
  }

  /**
   * After a loss: those who wait for an order of before it that never came, and is not known now, wait in vain.
   *
   * @param isOfBefore - Of an order that is waited for since the loss only: whether it is older.
   */
  giveUp(lostAt: number, isOfBefore: (vtOrderid: string) => boolean, isKnown: (vtOrderid: string) => boolean): void {
    for (const [vtOrderid, waiters] of [...this.#waiters]) {
      if (isKnown(vtOrderid)) continue;
      if (isOfBefore(vtOrderid) || [...waiters].some(({ since }) => since <= lostAt)) this.vanished(vtOrderid);
    }
  }

  /** Ends the waiting of everyone. */
  fail(error: BridgeError): void {
    for (const vtOrderid of [...this.#waiters.keys()]) for (const { settle } of this.#of(vtOrderid)) settle(error);
  }

  #test(waiter: Waiter, order: OrderData): void {
    waiter.order = order;
    try {
      waiter.isWanted = waiter.until(order);
    } catch (error) {
      waiter.settle(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (!waiter.isWanted) return;
    if (!waiter.trades || this.#missing(order) === undefined) waiter.settle(order);
    else waiter.expectTrades();
  }

  #late(vtOrderid: string, { order, trades, isWanted }: Waiter, time: number): GatewayError {
    if (order === undefined) {
      return new GatewayError(
        'TIMEOUT',
        `Nothing was heard of an order ${vtOrderid} within ${time} ms. Is the id right? It is what sendOrder returned`,
      );
    }
    const state = `${describe(order.status)}, ${order.traded} of ${order.volume} traded`;
    const missing = trades && isWanted ? this.#missing(order) : undefined;
    if (missing === undefined)
      return new GatewayError('TIMEOUT', `Order ${vtOrderid} was not as wanted within ${time} ms: it is ${state}`);

    return new GatewayError('TRADES_MISSING', `Order ${vtOrderid} is ${state}, but ${missing} within ${time} ms`);
  }

  #of(vtOrderid: string): readonly Waiter[] {
    const waiters = this.#waiters.get(vtOrderid);
    return waiters === undefined ? [] : [...waiters];
  }

  #add(vtOrderid: string, waiter: Waiter): void {
    let waiters = this.#waiters.get(vtOrderid);
    if (waiters === undefined) {
      waiters = new Set();
      this.#waiters.set(vtOrderid, waiters);
    }
    waiters.add(waiter);
  }

  #remove(vtOrderid: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(vtOrderid);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(vtOrderid);
  }
}
