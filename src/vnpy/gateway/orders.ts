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
import { KEY_HEADER, TRACE_HEADER } from '../engine.js';
import type { OrderTerms } from '../engine.js';
import { closesByDay } from '../position-holding.js';
import { NOT_TAKEN, SendOrderError } from '../errors.js';
import type { OrderOutcome } from '../errors.js';
import { refusalInLogs, ruleOf } from '../guard-refusal.js';
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
  /** What came with the order, where it came from somebody else. */
  readonly terms?: OrderTerms | undefined;
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
  const { key, deadline = Infinity, traceparent } = call.terms ?? {};
  const known = { reference, key };
  // What waits here would leave whenever the server comes back, at a price of long ago: better to say no at once.
  const status = call.client.status();
  if (status.state !== 'connected')
    throw new SendOrderError('not-sent', `Not connected (${status.state}): the order was not sent`, known);

  const begun = performance.now();
  const rest = deadline - begun;
  if (rest <= 0) throw new SendOrderError('not-sent', 'The deadline of the order is over: it was not sent', known);

  const notSent = call.sending(reference);
  let reply: unknown;
  try {
    reply = await call.client.call('send_order', [request, call.gatewayName], {
      ...call.options,
      ...(rest === Infinity ? {} : { timeout: Math.min(rest, call.options.timeout ?? Infinity) }),
      headers: {
        ...(key === undefined ? {} : { [KEY_HEADER]: key }),
        ...(traceparent === undefined ? {} : { [TRACE_HEADER]: traceparent }),
      },
      priority: 'high',
      whenDisconnected: 'fail',
    });
  } catch (error) {
    const failed = failure(error, known);
    if (failed.outcome !== 'unknown') notSent();
    throw failed;
  }
  if (typeof reply !== 'string') {
    const text = `The server answered send_order with ${describe(reply)} instead of an order id`;
    throw new SendOrderError('unknown', `${text}: ask findOrder('${reference}') what became of it`, known);
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
    { ...known, logs, ...refusalInLogs(logs) },
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

/** What servers of this package answer when nothing has left them. Of every other exception the worst is assumed. */
function refusalOf({ type, remoteMessage: said }: RemoteException): Refusal | undefined {
  switch (type) {
    case 'GuardError': // `refuseOrders: 'exception'`, or no right to the function.
      return { outcome: 'refused', text: `The guard did not let the order pass: ${said}` };
    case 'ClusterError':
      return said.startsWith('[EXPIRED]')
        ? { outcome: 'not-sent', text: `The order was not sent: ${said}` }
        : { outcome: 'refused', text: `The edge did not take the order: ${said}` };
    case NOT_TAKEN:
      return { outcome: 'refused', text: `The server did not take the order: ${said}` };
    default:
      return undefined;
  }
}

interface Refusal {
  readonly outcome: Exclude<OrderOutcome, 'unknown'>;
  readonly text: string;
}

/** A reference that no other order has: of this process, of another, or of yesterday. */
function uniqueReference(): string {
  return `vb-${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
}

function failure(
  error: unknown,
  known: { readonly reference: string; readonly key: string | undefined },
): SendOrderError {
  const text = messageOf(error);
  const { reference } = known;
  const details = { ...known, cause: error };
  // What could not be encoded, or was asked for wrongly, has not left; of everything else without a statement the worst is assumed.
  const refusedHere = error instanceof PicklingError || error instanceof RpcUsageError;
  const notSent = refusedHere || (error instanceof RpcCallError && error.outcome === 'not-sent');
  if (notSent) return new SendOrderError('not-sent', `The order was not sent: ${text}`, details);
  if (error instanceof RemoteException) {
    const refusal = refusalOf(error);
    if (refusal !== undefined)
      return new SendOrderError(refusal.outcome, refusal.text, { ...details, ...ruleOf(error) });
  }
  return new SendOrderError(
    'unknown',
    `It is not known whether the order was placed: ask findOrder('${reference}') before anything else. ${text}`,
    details,
  );
}
