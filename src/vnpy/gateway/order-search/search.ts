/**
 * What became of an order of which no answer came.
 *
 * That a server does not list an order proves little: vnpy lists it when its event queue comes to it (OmsEngine in
 * vnpy/trader/engine.py), which a slow handler can hold up for minutes, and a relay lists what its own server has told it.
 * So something is put into that queue behind whatever stands in it, and the list asked for again once it has come out.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../errors.js';
import { RemoteException, RpcAbortError, RpcClosedError, RpcUsageError } from '../../../rpc/index.js';
import type { CallOptions, RpcClient } from '../../../rpc/index.js';
import { MAX_DELAY } from '../../../rpc/options.js';
import type { LogData, OrderData } from '../../data/index.js';
import { GatewayError } from '../../errors.js';
import { cancelOf, newMarker } from './marker.js';
import type { References } from './references.js';
import type { DataStreamOptions } from '../types.js';

/** How long an order may need from the server's answer into its event queue, in ms: a gateway may report it by itself. */
export const LISTING_DELAY = 1000;

/** Calls that are made at once of those that let a server come to what stands before them: a cancel waits for so many. */
const GROUP = 4;

/** How the server is asked. */
export interface SearchOptions {
  /** Of each call, and of each wait, in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** The way to the server. */
export interface WayToServer {
  readonly client: RpcClient;
  /**
   * By when, on the clock of performance.now(), what left over an earlier connection has reached the server, if it ever
   * does.
   */
  readonly arrivedBy: number;
  /**
   * Requests that may stand at the server of a connection that was lost. A REP socket takes one message of each connection
   * in turn: after so many answers it has none left.
   */
  readonly rounds: number;
}

/** What the search needs of the gateway. */
export interface SearchContext {
  readonly references: References;
  /** The way of an order with this reference. */
  way(reference: string): WayToServer;
  /** The orders that are known here. */
  known(): Iterable<OrderData>;
  /** The orders that the server lists, newer news of them included. */
  list(options: SearchOptions): Promise<readonly OrderData[]>;
  /** Compares with the server, and so finds out whether it was restarted. */
  compare(signal: AbortSignal | undefined): Promise<unknown>;
  /** The orders that come from now on. */
  orders(options: DataStreamOptions<OrderData>): AsyncIterableIterator<OrderData, undefined>;
  /** The log lines that come from now on. */
  logs(options: DataStreamOptions<LogData>): AsyncIterableIterator<LogData, undefined>;
}

/** See `RpcGateway.findOrder`. */
export async function findOrder(
  reference: string,
  context: SearchContext,
  options: SearchOptions,
): Promise<OrderData | undefined> {
  try {
    return await search(reference, context, options);
  } catch (error) {
    if (error instanceof GatewayError || error instanceof RpcUsageError) throw error;
    const { signal } = options;
    if (signal?.aborted === true || error instanceof RpcAbortError) {
      const text = `findOrder(${JSON.stringify(reference)}) was aborted by the signal given to it`;
      throw new GatewayError('ABORTED', text, { cause: signal?.reason });
    }
    if (error instanceof RpcClosedError) throw new GatewayError('CLOSED', 'The gateway was closed', { cause: error });
    throw behind(reference, messageOf(error), error);
  }
}

async function search(
  reference: string,
  context: SearchContext,
  options: SearchOptions,
): Promise<OrderData | undefined> {
  const { references } = context;
  const isIt = (order: OrderData): boolean => references.isOf(order, reference);
  const theOne = (orders: Iterable<OrderData>): OrderData | undefined =>
    only([...orders].filter(isIt), reference, context);
  const found = theOne(context.known()) ?? theOne(await context.list(options));
  if (found !== undefined) return found;
  const told = await passQueue(reference, isIt, context, options);
  const heard = told === undefined ? undefined : theOne([told]);
  if (heard !== undefined) return heard;
  const orders = await context.list(options);
  const late = theOne(orders) ?? theOne(context.known());
  if (late !== undefined) return late;
  if (context.way(reference).arrivedBy > -Infinity) {
    await context.compare(options.signal);
    const compared = theOne(context.known());
    if (compared !== undefined) return compared;
  }
  requireNone(reference, orders, references);
  return undefined;
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
  const { signal } = options;
  const timeout = Math.min(options.timeout, MAX_DELAY);
  const way = context.way(reference);
  const rest = restOf(way);
  if (rest > timeout) throw uncertain(reference, `${onTheWay(rest)}: ask again`);
  const ending = signal === undefined ? {} : { signal };
  const marker = newMarker();
  const told = context.orders({ filter: isIt, ...ending });
  const passed = context.logs({ filter: ({ msg }) => msg.includes(marker), ...ending });
  // It queues from here on: the marker may come out before anybody looks for it.
  const passing = passed.next();
  let timer = setTimeout(() => void told.return?.(), Math.max(LISTING_DELAY, rest));
  try {
    const order = (await told.next()).value;
    if (order !== undefined) return order;
    await putMarker(marker, way, options);
    timer = setTimeout(() => void passed.return?.(), timeout);
    if ((await passing).value !== undefined) return undefined;
    if (way.client.status().state === 'stopped') throw new GatewayError('CLOSED', 'The gateway was closed');
    throw new Error(`nothing came out of its event queue within ${timeout} ms`);
  } finally {
    clearTimeout(timer);
    await told.return?.();
    await passed.return?.();
  }
}

/**
 * For a relay: hands a marker on, as its own server would take it that asks for itself.
 *
 * @throws Error when what left over an earlier connection may still come for longer than the timeout.
 */
export async function passMarker(marker: string, way: WayToServer, options: SearchOptions): Promise<void> {
  const rest = restOf(way);
  if (rest > options.timeout) throw new GatewayError('ORDER_UNCERTAIN', onTheWay(rest));
  if (rest > 0) await delay(rest, undefined, { ref: false, ...(options.signal && { signal: options.signal }) });
  await putMarker(marker, way, options);
}

async function putMarker(marker: string, { client, rounds }: WayToServer, options: CallOptions): Promise<void> {
  const round = (): Promise<unknown> =>
    client.call('get_order', [marker], options).catch((error: unknown) => {
      // A server that refuses the function has answered all the same.
      if (!(error instanceof RemoteException)) throw error;
    });
  for (let left = rounds; left > 0; left -= GROUP)
    await Promise.all(Array.from({ length: Math.min(left, GROUP) }, round));

  await client.call('cancel_order', cancelOf(marker), options);
}

function restOf({ arrivedBy }: WayToServer): number {
  return arrivedBy - performance.now();
}

function onTheWay(rest: number): string {
  const time = rest === Infinity ? 'at any time' : `for ${Math.ceil(rest / 1000)} s yet`;
  return `what left before the connection was lost may reach the server ${time}`;
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
  if (references.isOfBeforeRestart(reference)) {
    throw uncertain(
      reference,
      'the server was restarted since, and knows of what it did before only what its gateway tells it, which may still be ' +
        "connecting. Look at the broker's own tool before you send the order again",
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

function behind(reference: string, why: string, cause: unknown): GatewayError {
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
