/**
 * Orders: sending with a known outcome, cancelling, waiting.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { BridgeError } from '../../errors.js';
import { PicklingError } from '../../pickle/index.js';
import { RpcCallError, RpcUsageError } from '../../rpc/index.js';
import type { CallOptions, RpcClient } from '../../rpc/index.js';
import { MAX_DELAY } from '../../rpc/options.js';
import type { SignalWatch } from '../../rpc/signal-watch.js';
import { replace } from '../data/index.js';
import type { OrderData, OrderRequest } from '../data/index.js';
import { describe } from '../data/describe.js';
import { GatewayError, SendOrderError } from '../errors.js';
import type { LogRing } from './log-ring.js';

/**
 * How long to wait for the log lines of a refused order, in ms. The answer comes over one connection and the log over
 * another, through vnpy's event queue.
 */
const LOG_GRACE = 250;

/** What is needed to send an order. */
export interface OrderCall {
  readonly client: RpcClient;
  readonly logs: LogRing;
  readonly gatewayName: string;
  readonly options: CallOptions;
  /**
   * Told of the order's reference before it leaves.
   *
   * @returns Called if it is not there: it has not left, or was refused.
   */
  sending(reference: string): () => void;
}

/**
 * Sends an order, once.
 *
 * @returns The server's `vt_orderid`.
 * @throws {@link SendOrderError}, whatever happened.
 */
export async function sendOrder(given: OrderRequest, call: OrderCall): Promise<string> {
  // None is what a Python program may give that has none.
  const hasReference = given.reference !== '' && (given.reference as unknown) !== null;
  const request = hasReference ? given : replace(given, { reference: uniqueReference() });
  const { reference } = request;
  // What waits here would leave whenever the server comes back, at a price of long ago: better to say no at once.
  const status = call.client.status();
  if (status.state !== 'connected') {
    throw new SendOrderError('not-sent', `Not connected (${status.state}): the order was not sent`, { reference });
  }
  const begun = performance.now();
  const notSent = call.sending(reference);
  let reply: unknown;
  try {
    reply = await call.client.call(
      'send_order',
      [request, call.gatewayName],
      {},
      { ...call.options, priority: 'high', whenDisconnected: 'fail' },
    );
  } catch (error) {
    const failed = failure(error, reference);
    if (failed.outcome === 'not-sent') notSent();
    throw failed;
  }
  if (typeof reply !== 'string') {
    const text = `The server answered send_order with ${describe(reply)} instead of an order id`;
    throw new SendOrderError('unknown', `${text}: ask findOrder('${reference}') what became of it`, { reference });
  }
  if (reply !== '') return reply;
  notSent();
  await delay(LOG_GRACE);
  // What came while the program did something else is still to be read.
  await nextTurn();
  const logs = call.logs.since(begun);
  const reason = logs.length === 0 ? 'it logged no reason' : `its log of that moment: ${logs.join(' | ')}`;
  throw new SendOrderError('refused', `The server did not take the order for ${given.vt_symbol}; ${reason}`, {
    reference,
    logs,
  });
}

/** A reference that no other order has: of this process, of another, or of yesterday. */
function uniqueReference(): string {
  return `vb-${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
}

function failure(error: unknown, reference: string): SendOrderError {
  const text = messageOf(error);
  const details = { reference, cause: error };
  // What could not be encoded, or was asked for wrongly, has not left; of everything else without a statement the worst is assumed.
  const refusedHere = error instanceof PicklingError || error instanceof RpcUsageError;
  const notSent = refusedHere || (error instanceof RpcCallError && error.outcome === 'not-sent');
  if (notSent) return new SendOrderError('not-sent', `The order was not sent: ${text}`, details);
  return new SendOrderError(
    'unknown',
    `It is not known whether the order was placed: ask findOrder('${reference}') before anything else. ${text}`,
    details,
  );
}

/** Options of `waitForOrder`. */
export interface WaitOptions {
  /** When to stop waiting. Default: when the order is no longer active. */
  readonly until?: (order: OrderData) => boolean;
  /** How long to wait, in ms. Default: as long as it takes. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

interface Waiter {
  readonly vtOrderid: string;
  readonly since: number;
  readonly until: (order: OrderData) => boolean;
  readonly settle: (result: OrderData | Error) => void;
}

/** Those who wait for orders. */
export class OrderWaiters {
  readonly #waiters = new Set<Waiter>();
  readonly #signals: SignalWatch;

  constructor(signals: SignalWatch) {
    this.#signals = signals;
  }

  /**
   * Waits until an order is as wanted.
   *
   * @param known - The order as it is now, when it is known.
   * @throws {@link GatewayError} `TIMEOUT`, `ABORTED`, `ORDER_VANISHED` or `CLOSED`.
   */
  wait(vtOrderid: string, known: OrderData | undefined, options: WaitOptions): Promise<OrderData> {
    const { until = (order: OrderData) => !order.isActive(), timeout, signal } = options;
    const aborted = (): GatewayError =>
      new GatewayError('ABORTED', `Waiting for order ${vtOrderid} was aborted`, { cause: signal?.reason });
    if (signal?.aborted === true) return Promise.reject(aborted());
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (result: OrderData | Error): void => {
        clearTimeout(timer);
        unwatch();
        this.#waiters.delete(waiter);
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      const unwatch = this.#signals.watch(signal, () => {
        settle(aborted());
      });
      const waiter: Waiter = { vtOrderid, since: performance.now(), until, settle };
      this.#waiters.add(waiter);
      if (timeout !== undefined && timeout !== Infinity) {
        timer = setTimeout(
          () => {
            settle(new GatewayError('TIMEOUT', `Order ${vtOrderid} was not as wanted within ${timeout} ms`));
          },
          Math.min(timeout, MAX_DELAY),
        );
      }
      if (known !== undefined) this.#test(waiter, known);
    });
  }

  /** An order has changed. */
  changed(order: OrderData): void {
    for (const waiter of this.#waiters) {
      if (waiter.vtOrderid === order.vt_orderid) this.#test(waiter, order);
    }
  }

  /** The server does not know an order any more. */
  vanished(vtOrderid: string): void {
    this.fail(
      new GatewayError(
        'ORDER_VANISHED',
        `The server was restarted and does not know order ${vtOrderid} any more, or not yet: its gateway may ` +
          'still be connecting, and the order may still work at the exchange',
      ),
      vtOrderid,
    );
  }

  /** Another order has the id since a time, by performance.now(): those who have waited for longer wait for the one before. */
  replaced(vtOrderid: string, why: string, at: number): void {
    const error = new GatewayError(
      'ORDER_VANISHED',
      `The id ${vtOrderid} is of another order now: ${why}. What became of the one that was waited for is not known here`,
    );
    for (const waiter of this.#waiters) {
      if (waiter.vtOrderid === vtOrderid && waiter.since < at) waiter.settle(error);
    }
  }

  /**
   * After a loss: those who wait for an order of before it that never came, and is not known now, wait in vain.
   *
   * @param isOfBefore - Of an order that is waited for since the loss only: whether it is older.
   */
  giveUp(lostAt: number, isOfBefore: (vtOrderid: string) => boolean, isKnown: (vtOrderid: string) => boolean): void {
    for (const { vtOrderid, since } of this.#waiters) {
      if ((since <= lostAt || isOfBefore(vtOrderid)) && !isKnown(vtOrderid)) this.vanished(vtOrderid);
    }
  }

  /** Ends the waiting of everyone, or of those who wait for one order. */
  fail(error: BridgeError, vtOrderid?: string): void {
    for (const waiter of this.#waiters) {
      if (vtOrderid === undefined || waiter.vtOrderid === vtOrderid) waiter.settle(error);
    }
  }

  #test(waiter: Waiter, order: OrderData): void {
    try {
      if (waiter.until(order)) waiter.settle(order);
    } catch (error) {
      waiter.settle(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
