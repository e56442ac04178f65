/**
 * Handlers: orders.
 *
 * @module
 */
import type * as v from 'valibot';
import { Direction } from '../../vnpy/index.js';
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import { ProblemError } from '../errors.js';
import { toJson } from '../json.js';
import { cancelAll as cancelThem, cancelOne } from '../orders/cancels.js';
import { distanceFromLast, lastPrice } from '../orders/warnings.js';
import type { Checked } from '../orders/sender.js';
import { OrderType } from '../../vnpy/index.js';
import type * as schema from '../schema/index.js';
import { isSince, pageOf, timeKey } from './pages.js';
import type { Page } from './pages.js';
import type { Call, Reply } from './route.js';

type Query<Schema extends v.GenericSchema> = v.InferOutput<Schema>;

/** GET /orders */
export async function orders(call: Call<Query<typeof schema.OrdersQuery>>): Promise<Reply<Page<schema.Order>>> {
  const { active, vt_symbol: vtSymbol, gateway, since, ...page } = call.query;
  const all = await call.view.getAllOrders();
  const found = all.filter(
    (order) =>
      (active === undefined || order.isActive() === active) &&
      (vtSymbol === undefined || order.vt_symbol === vtSymbol) &&
      (gateway === undefined || order.gateway_name === gateway) &&
      isSince(order.datetime, since),
  );
  const keyOf = ({ datetime, vt_orderid: id }: OrderData): string => `${timeKey(datetime)} ${id}`;
  return { body: pageOf(found, keyOf, page, (order) => toJson(order), true) };
}

/** GET /orders/\{vt_orderid\} */
export async function order({ view, params }: Call): Promise<Reply<schema.Order>> {
  const found = await view.getOrder(params['vt_orderid'] ?? '');
  if (found === undefined) throw new ProblemError('not-found', `there is no order ${params['vt_orderid'] ?? ''}`);
  return { body: toJson(found) };
}

/** GET /orders/by-client-id/\{client_order_id\} */
export async function byClientId(call: Call<Query<typeof schema.ResolveQuery>>): Promise<Reply<schema.OrderTicket>> {
  const { services, view, params, query, caller, requestId, address } = call;
  const id = params['client_order_id'] ?? '';
  const isResolving = query.resolve === true;
  if (isResolving) {
    const note = { request_id: requestId, user: caller.principal.name, address, action: 'resolve-order' };
    services.audit.note({ ...note, outcome: 'asked', detail: { client_order_id: id } });
  }
  return { body: await services.sender.lookUp(view, id, caller.principal.name, isResolving) };
}

/** POST /orders/preview */
export async function preview(call: Call<unknown, schema.NewOrder>): Promise<Reply<schema.OrderPreview>> {
  const { services, view, body, caller } = call;
  const checked = await services.sender.check(view, body);
  const { request, contract, tick, gatewayName } = checked;
  const isMarket = request.type === OrderType.MARKET;
  const price = isMarket ? lastPrice(tick) : request.price;
  const distance = isMarket ? undefined : distanceFromLast(request.price, tick);
  const last = lastPrice(tick);
  const refusals = (await services.desk.preview?.(caller.principal, request, gatewayName)) ?? [];
  return {
    body: {
      vt_symbol: contract.vt_symbol,
      name: contract.name,
      gateway_name: gatewayName,
      last_price: last ?? null,
      notional: price === undefined ? null : finite(price * request.volume * contract.size),
      distance: distance ?? null,
      distance_ticks:
        isMarket || last === undefined ? null : finite(Math.round((request.price - last) / contract.pricetick)),
      position_after: finite(await positionAfter(view, checked)),
      warnings: services.sender.warnings(checked),
      refusals: [...refusals],
    },
  };
}

/** POST /orders */
export async function place(call: Call<unknown, schema.NewOrder>): Promise<Reply<schema.OrderTicket>> {
  const { services, view, body, caller } = call;
  const id = idOf(call);
  const { status, body: answer } = await services.sender.place(view, caller.principal, id, body, {
    request_id: call.requestId,
    address: call.address,
  });
  const ticket = answer as schema.OrderTicket;
  const at = ticket.vt_orderid;
  return {
    status,
    body: ticket,
    headers: status === 201 && at !== null ? { Location: `/api/v1/orders/${encodeURIComponent(at)}` } : {},
  };
}

/** DELETE /orders/\{vt_orderid\} */
export async function cancel(call: Call): Promise<Reply<{ vt_orderid: string; outcome: 'sent' }>> {
  const { services, view, params, caller, requestId, address } = call;
  const id = params['vt_orderid'] ?? '';
  const note = { request_id: requestId, user: caller.principal.name, address, action: 'cancel-order' };
  const detail = { vt_orderid: id };
  try {
    await cancelOne(view, id);
    services.audit.note({ ...note, outcome: 'sent', detail });
    return { body: { vt_orderid: id, outcome: 'sent' } };
  } catch (error) {
    services.audit.note({ ...note, outcome: error instanceof ProblemError ? error.code : 'server-error', detail });
    throw error;
  }
}

/** POST /orders/cancel-all */
export async function cancelAll(
  call: Call<unknown, schema.CancelAll>,
): Promise<Reply<{ data: schema.CancelOutcome[] }>> {
  const { services, view, body, caller, requestId, address } = call;
  const data = await cancelThem(view, body);
  const note = { request_id: requestId, user: caller.principal.name, address, action: 'cancel-all' };
  const outcomes = data.map(({ vt_orderid: id, outcome }) => `${id} ${outcome}`);
  services.audit.note({ ...note, outcome: 'done', detail: { orders: outcomes } });
  return { body: { data } };
}

/** The id of a review, from the body or the header. */
function idOf({ body, idempotencyKey }: Call<unknown, schema.NewOrder>): string {
  const id = body.client_order_id ?? idempotencyKey;
  if (id !== undefined && (idempotencyKey === undefined || idempotencyKey === id)) return id;
  const message =
    id === undefined
      ? 'client_order_id is missing: one new id for each review, in the body or as Idempotency-Key'
      : 'client_order_id and Idempotency-Key differ';
  throw new ProblemError('bad-request', message, { errors: [{ path: 'client_order_id', message }] });
}

/** Lots held of a contract at the order's gateway, long above 0, when the order is filled. */
async function positionAfter(view: TradingEngine, { request, contract, gatewayName }: Checked): Promise<number> {
  const positions = await view.getAllPositions();
  const held = positions
    .filter((position) => position.vt_symbol === contract.vt_symbol && position.gateway_name === gatewayName)
    .reduce((sum, { direction, volume }) => sum + (direction === Direction.SHORT ? -volume : volume), 0);
  return held + (request.direction === Direction.SHORT ? -request.volume : request.volume);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
