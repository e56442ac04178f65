/**
 * What became of an order of which no answer came.
 *
 * That a server does not list an order proves little: vnpy lists it when its event queue comes to it (OmsEngine in
 * vnpy/trader/engine.py), which a slow handler can hold up for minutes, and a relay lists what its own server has told it.
 * So something is put into that queue behind whatever stands in it, and the list asked for again once it has come out.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { messageOf } from '../../errors.js';
import { RemoteException, RpcAbortError } from '../../rpc/index.js';
import type { CallOptions, RpcClient } from '../../rpc/index.js';
import { CancelRequest } from '../data/index.js';
import type { LogData, OrderData } from '../data/index.js';
import { Exchange } from '../enums/index.js';
import { GatewayError } from '../errors.js';
import type { References } from './references.js';
import type { DataStreamOptions } from './types.js';

/** How long an order may need from the server's answer into its event queue, in ms: a gateway may report it by itself. */
export const LISTING_DELAY = 1000;

/**
 * Calls that a server answers before it is believed to have no request left of a connection that was lost. A REP socket
 * takes one message of each connection in turn, and a client has this many on their way at most (its option `window`).
 */
const ROUNDS = 64;

/** What the search needs of the gateway. */
export interface SearchContext {
  readonly client: RpcClient;
  readonly references: References;
  /** The orders that are known here. */
  known(): Iterable<OrderData>;
  /** The orders that the server lists, newer news of them included. */
  list(): Promise<readonly OrderData[]>;
  /**
   * By when, on the clock of performance.now(), an order with this reference has reached the server, if it left over an
   * earlier connection and ever does.
   */
  arrivedBy(reference: string): number;
  /** The orders that come from now on. */
  orders(options: DataStreamOptions<OrderData>): AsyncIterableIterator<OrderData, undefined>;
  /** The log lines that come from now on. */
  logs(options: DataStreamOptions<LogData>): AsyncIterableIterator<LogData, undefined>;
}

/** How the server is asked. */
export interface SearchOptions {
  /** Of each call, and of the wait for the event queue, in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** See `RpcGateway.findOrder`. */
export async function findOrder(
  reference: string,
  context: SearchContext,
  options: SearchOptions,
): Promise<OrderData | undefined> {
  const { references } = context;
  const isIt = (order: OrderData): boolean => references.isOf(order, reference);
  const theOne = (orders: Iterable<OrderData>): OrderData | undefined =>
    only([...orders].filter(isIt), reference, context);
  const known = theOne(context.known());
  if (known !== undefined) return known;
  const listed = theOne(await context.list());
  if (listed !== undefined) return listed;
  const told = await passQueue(reference, isIt, context, options);
  if (told !== undefined) return theOne([told]);
  const orders = await context.list();
  const late = theOne(orders) ?? theOne(context.known());
  if (late === undefined) requireNone(reference, orders, references);
  return late;
}

/**
 * Waits until an order has come that may be the one, or what is put into the server's event queue now has come out of it.
 *
 * @returns That order.
 */
async function passQueue(
  reference: string,
  isIt: (order: OrderData) => boolean,
  context: SearchContext,
  options: SearchOptions,
): Promise<OrderData | undefined> {
  const { timeout, signal } = options;
  const rest = context.arrivedBy(reference) - performance.now();
  if (rest > timeout) {
    const why = `what left before the connection was lost may reach the server for ${Math.ceil(rest / 1000)} s yet: ask again`;
    throw uncertain(reference, why);
  }
  const ending = signal === undefined ? {} : { signal };
  const marker = `vnpy-bridge-findOrder-${randomBytes(6).toString('hex')}`;
  const told = context.orders({ filter: isIt, ...ending });
  const passed = context.logs({ filter: ({ msg }) => msg.includes(marker), ...ending });
  let timer = setTimeout(() => void told.return?.(), Math.max(LISTING_DELAY, rest));
  try {
    const order = (await told.next()).value;
    if (order !== undefined) return order;
    await putMarker(marker, context.client, options);
    timer = setTimeout(() => void passed.return?.(), timeout);
    const { value } = await passed.next();
    if (signal?.aborted === true) throw aborted(reference, signal);
    if (value !== undefined) return undefined;
    throw behind(reference, `nothing came out of its event queue within ${timeout} ms`);
  } catch (error) {
    if (error instanceof RpcAbortError) throw aborted(reference, signal);
    if (error instanceof GatewayError) throw error;
    throw behind(reference, messageOf(error), error);
  } finally {
    clearTimeout(timer);
    await told.return?.();
    await passed.return?.();
  }
}

/**
 * Has the server log something: MainEngine's log is an event in the queue, and `get_gateway` logs the name of a gateway that
 * is not there (vnpy/trader/engine.py). A cancel is what a relay hands on without keeping anything of it.
 */
async function putMarker(marker: string, client: RpcClient, options: CallOptions): Promise<void> {
  const rounds = Array.from({ length: ROUNDS }, () =>
    client.call('get_order', [marker], {}, options).catch((error: unknown) => {
      // A server that refuses the function has answered all the same.
      if (!(error instanceof RemoteException)) throw error;
    }),
  );
  await Promise.all(rounds);
  const request = new CancelRequest({ orderid: marker, symbol: 'vnpy-bridge', exchange: Exchange.LOCAL });
  await client.call('cancel_order', [request, marker], {}, options);
}

/** @throws GatewayError when there are several, and it cannot be told which of them it is. */
function only(found: readonly OrderData[], reference: string, { references }: SearchContext): OrderData | undefined {
  const orders = new Map(found.map((order) => [order.vt_orderid, order]));
  const [order] = orders.values();
  if (orders.size === 0 || (orders.size === 1 && !references.isDoubtful(reference))) return order;
  throw uncertain(
    reference,
    `it was given to several orders, and ${[...orders.keys()].slice(-5).join(', ')} may be any of them. Compare them with ` +
      'yours, and give each order a reference of its own',
  );
}

/** @throws GatewayError unless it is certain that none of the server's orders had this reference. */
function requireNone(reference: string, orders: readonly OrderData[], references: References): void {
  const id = references.idOf(reference);
  if (id !== undefined) {
    throw new GatewayError(
      'ORDER_VANISHED',
      `The order with the reference ${JSON.stringify(reference)} was ${id}, and the server does not list it any more, or ` +
        'not yet: if it was restarted, its gateway may still be connecting, and the order may still work at the exchange',
    );
  }
  const candidates = orders.filter((order) => references.mayBe(order, reference));
  if (candidates.length === 0) return;
  const some = candidates.slice(-5).map((order) => order.vt_orderid);
  throw uncertain(
    reference,
    `the server lists ${candidates.length} orders without a reference, ${some.join(', ')} for instance, and it may be one ` +
      "of them, because not every gateway of vnpy keeps references (CTP does not). Compare them, or look at the broker's " +
      'own tool, before you send it again',
  );
}

function behind(reference: string, why: string, cause?: unknown): GatewayError {
  return uncertain(
    reference,
    `the server's list may be behind: ${why}. It is busy, or stands still, or is a relay whose server does. The order may ` +
      'be executed yet: ask again before you send it again',
    cause,
  );
}

function uncertain(reference: string, why: string, cause?: unknown): GatewayError {
  const text = `Whether there is an order with the reference ${JSON.stringify(reference)} cannot be told: ${why}`;
  return new GatewayError('ORDER_UNCERTAIN', text, cause === undefined ? {} : { cause });
}

function aborted(reference: string, signal: AbortSignal | undefined): GatewayError {
  const text = `findOrder(${JSON.stringify(reference)}) was aborted by the signal given to it`;
  return new GatewayError('ABORTED', text, { cause: signal?.reason });
}
