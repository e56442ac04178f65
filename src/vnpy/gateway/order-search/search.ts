/**
 * What became of an order of which no answer came.
 *
 * That a server does not list an order proves little. vnpy lists it when its event queue comes to it (OmsEngine in
 * vnpy/trader/engine.py), which a slow handler can hold up for minutes. A relay lists what its own server has told it. So
 * something is put into that queue behind whatever stands in it, and the list asked for again once it has come out.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../errors.js';
import { RemoteException, RpcAbortError, RpcClosedError, RpcUsageError } from '../../../rpc/index.js';
import type { CallOptions, RpcClient } from '../../../rpc/index.js';
import { MAX_DELAY } from '../../../rpc/internal.js';
import { describe } from '../../data/describe.js';
import type { OrderData } from '../../data/index.js';
import { GatewayError, InvalidDataError } from '../../errors.js';
import type { Intake } from '../intake.js';
import { cancelOf, newMarker } from './marker.js';
import { LISTING_DELAY } from './references.js';
import type { References } from './references.js';
import type { RemoteEngine } from '../remote-engine.js';
import type { Streams } from '../streams.js';
import type { Synchroniser } from '../sync.js';

/** Calls that are made at once of those that let a server come to what stands before them: a cancel waits for so many. */
const GROUP = 4;

/** How the server is asked. */
export interface SearchOptions {
  /** Of each call, and of each wait, in ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Where the search looks. */
export interface SearchParts {
  readonly client: RpcClient;
  readonly remote: RemoteEngine;
  readonly intake: Intake;
  readonly sync: Synchroniser;
  readonly streams: Streams;
  /**
   * Requests that may stand at the server of a connection that was lost. A REP socket takes one message of each connection
   * in turn: after so many answers it has none left.
   */
  readonly rounds: number;
}

/** Searches for orders by their references, and has the server's event queue show how far it is. */
export class OrderSearch {
  readonly #parts: SearchParts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** See `RpcGateway.findOrder`. */
  async find(reference: string, options: SearchOptions): Promise<OrderData | undefined> {
    if (typeof reference !== 'string' || reference === '') {
      const message = `findOrder takes the reference of an order, a text that is not empty, got ${describe(reference)}`;
      throw new InvalidDataError('WRONG_TYPE', 'OrderData', 'reference', message);
    }
    try {
      return await search(reference, this.#parts, options);
    } catch (error) {
      throw problemOf(reference, error, options.signal);
    }
  }

  /** See `RpcGateway.flushEvents`: for a relay, a search of its client's, which may have come over any connection. */
  async flush(marker: string, options: SearchOptions): Promise<void> {
    const rest = this.#parts.client.arrivesBy() - performance.now();
    if (rest > options.timeout) throw new GatewayError('ORDER_UNCERTAIN', onTheWay(rest));
    if (rest > 0) await delay(rest, undefined, { ref: false, ...(options.signal && { signal: options.signal }) });
    await putMarker(marker, this.#parts, options);
  }
}

/** What a search ends with that failed. */
function problemOf(reference: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof GatewayError || error instanceof RpcUsageError) return error;
  if (signal?.aborted === true || error instanceof RpcAbortError) {
    const text = `findOrder(${JSON.stringify(reference)}) was aborted by the signal given to it`;
    return new GatewayError('ABORTED', text, { cause: signal?.reason });
  }
  if (error instanceof RpcClosedError) return new GatewayError('CLOSED', 'The gateway was closed', { cause: error });
  return behind(reference, messageOf(error), error);
}

async function search(reference: string, parts: SearchParts, options: SearchOptions): Promise<OrderData | undefined> {
  const { remote, intake, sync } = parts;
  const { references, maps } = intake;
  const isIt = (order: OrderData): boolean => references.isOf(order, reference);
  const theOne = (orders: Iterable<OrderData>): OrderData | undefined =>
    only([...orders].filter(isIt), reference, references);
  const list = async (): Promise<readonly OrderData[]> => {
    const askedAt = performance.now();
    return intake.listing(await remote.orders(options), askedAt);
  };
  const found = theOne(maps.order.values()) ?? theOne(await list());
  if (found !== undefined) return found;
  const told = await passQueue(reference, isIt, parts, options);
  const heard = told === undefined ? undefined : theOne([told]);
  if (heard !== undefined) return heard;
  const orders = await list();
  const late = theOne(orders) ?? theOne(maps.order.values());
  if (late !== undefined) return late;
  if (arrivedBy(reference, parts) > -Infinity) {
    await sync.request(options.signal);
    const compared = theOne(maps.order.values());
    if (compared !== undefined) return compared;
  }
  requireNone(reference, orders, references);
  return undefined;
}

/**
 * Waits until an order has come that may be the one. Else it waits until what is put into the server's event queue now has come
 * out of it.
 *
 * @returns That order.
 */
async function passQueue(
  reference: string,
  isIt: (order: OrderData) => boolean,
  parts: SearchParts,
  options: SearchOptions,
): Promise<OrderData | undefined> {
  const { signal } = options;
  const timeout = Math.min(options.timeout, MAX_DELAY);
  const { client, streams } = parts;
  const rest = arrivedBy(reference, parts) - performance.now();
  if (rest > timeout) throw uncertain(reference, `${onTheWay(rest)}: ask again`);
  const ending = signal === undefined ? {} : { signal };
  const marker = newMarker();
  const told = streams.create('order', { filter: isIt, ...ending });
  const passed = streams.create('log', { filter: ({ msg }) => msg.includes(marker), ...ending });
  // It queues from here on: the marker may come out before anybody looks for it.
  const passing = passed.next();
  let timer = setTimeout(() => void told.return?.(), Math.max(LISTING_DELAY, rest));
  try {
    const order = (await told.next()).value;
    if (order !== undefined) return order;
    await putMarker(marker, parts, options);
    timer = setTimeout(() => void passed.return?.(), timeout);
    if ((await passing).value !== undefined) return undefined;
    if (client.status().state === 'stopped') throw new GatewayError('CLOSED', 'The gateway was closed');
    throw new Error(`nothing came out of its event queue within ${timeout} ms`);
  } finally {
    clearTimeout(timer);
    await told.return?.();
    await passed.return?.();
  }
}

async function putMarker(marker: string, { client, rounds }: SearchParts, options: CallOptions): Promise<void> {
  const round = (): Promise<unknown> =>
    client.call('get_order', [marker], options).catch((error: unknown) => {
      // A server that refuses the function has answered all the same.
      if (!(error instanceof RemoteException)) throw error;
    });
  for (let left = rounds; left > 0; left -= GROUP)
    await Promise.all(Array.from({ length: Math.min(left, GROUP) }, round));

  await client.call('cancel_order', cancelOf(marker), options);
}

/** By when, by performance.now(), an order with this reference has reached the server, if it ever does. */
function arrivedBy(reference: string, { client, intake }: SearchParts): number {
  return client.arrivesBy(intake.references.sentSince(reference));
}

function onTheWay(rest: number): string {
  const time = rest === Infinity ? 'at any time' : `for ${Math.ceil(rest / 1000)} s yet`;
  return `what left before the connection was lost may reach the server ${time}`;
}

/** @throws GatewayError when there are several, and it cannot be told which of them it is. */
function only(found: readonly OrderData[], reference: string, references: References): OrderData | undefined {
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
