/**
 * Sending orders with a known outcome.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import { PicklingError } from '../../pickle/index.js';
import { RemoteException, RpcCallError, RpcUsageError } from '../../rpc/index.js';
import type { CallOptions, RpcClient } from '../../rpc/index.js';
import { replace } from '../data/index.js';
import type { OrderRequest } from '../data/index.js';
import { describe } from '../data/describe.js';
import { Offset } from '../enums/index.js';
import { closesByDay } from '../position-holding.js';
import { SendOrderError } from '../errors.js';
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
  if (status.state !== 'connected')
    throw new SendOrderError('not-sent', `Not connected (${status.state}): the order was not sent`, { reference });

  const begun = performance.now();
  const notSent = call.sending(reference);
  let reply: unknown;
  try {
    reply = await call.client.call('send_order', [request, call.gatewayName], {
      ...call.options,
      priority: 'high',
      whenDisconnected: 'fail',
    });
  } catch (error) {
    const failed = failure(error, reference);
    if (failed.outcome !== 'unknown') notSent();
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
  throw new SendOrderError(
    'refused',
    `The server did not take the order for ${given.vt_symbol}; ${reason}${closeAdvice(given)}`,
    {
      reference,
      logs,
    },
  );
}

/** What to do about a CLOSE where the exchange tells positions of today and of before apart. */
function closeAdvice({ exchange, offset }: OrderRequest): string {
  if (offset !== Offset.CLOSE || !closesByDay(exchange)) return '';
  const name = exchange.name;
  return (
    `. ${name} closes by day: CLOSETODAY for what was opened today, CLOSEYESTERDAY for the rest; CLOSE closes no ` +
    'position of today. new OffsetConverter(gateway).convertOrderRequest(request) gives the orders to send'
  );
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
  // A guard of this package answers so (`refuseOrders: 'exception'`, or no right to the function): nothing has left it.
  if (error instanceof RemoteException && error.type === 'GuardError')
    return new SendOrderError('refused', `The guard did not let the order pass: ${error.remoteMessage}`, details);
  return new SendOrderError(
    'unknown',
    `It is not known whether the order was placed: ask findOrder('${reference}') before anything else. ${text}`,
    details,
  );
}
