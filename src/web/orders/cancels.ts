/**
 * Cancels: of one order, or of those that a person saw.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import { RpcCallError } from '../../rpc/index.js';
import { GatewayError } from '../../vnpy/index.js';
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import { ruleOf } from '../../vnpy/internal.js';
import type { RuleRefusal } from '../../vnpy/internal.js';
import { ProblemError, ruleDetails } from '../errors.js';
import type { CancelAll, CancelOutcome, HaltScope } from '../schema/index.js';

/**
 * Asks to cancel an order.
 *
 * @throws ProblemError `not-found` for one that is not active; `rule`, `not-connected`, `timeout`.
 */
export async function cancelOne(engine: TradingEngine, vtOrderid: string): Promise<void> {
  const { outcome, detail, refusal } = await cancel(engine, vtOrderid);
  const text = detail ?? '';
  switch (outcome) {
    case 'not-found':
    case 'not-active':
      throw new ProblemError('not-found', text);
    case 'refused':
      throw new ProblemError('rule', text, ruleDetails(refusal));
    case 'not-sent':
      throw new ProblemError('not-connected', text);
    case 'unknown':
      throw new ProblemError('timeout', `${text} Whether it is cancelled, its status tells; to ask again does no harm`);
    case 'sent':
    case 'filtered':
      return;
  }
}

/** Asks to cancel those orders that the other parts let pass, side by side. */
export function cancelAll(engine: TradingEngine, given: CancelAll): Promise<CancelOutcome[]> {
  const { vt_symbol: vtSymbol, gateway_name: gatewayName, direction } = given;
  const isMeant = (order: OrderData): boolean =>
    (vtSymbol === undefined || order.vt_symbol === vtSymbol) &&
    (gatewayName === undefined || order.gateway_name === gatewayName) &&
    (direction === undefined || order.direction?.name === direction);
  return Promise.all([...new Set(given.vt_orderids)].map((id) => outcomeOf(engine, id, isMeant)));
}

/** Asks to cancel all that a halt is for. */
export async function cancelScope(engine: TradingEngine, scope: HaltScope): Promise<CancelOutcome[]> {
  const orders = await engine.getAllActiveOrders();
  const meant = orders.filter((order) => {
    if (typeof scope === 'string') return true;
    if ('gateway' in scope) return order.gateway_name === scope.gateway;
    if ('symbol' in scope) return order.vt_symbol === scope.symbol;
    // Whose orders of an account, a role or a principal they are, vnpy does not say: the guard cancels those itself.
    return 'account' in scope && scope.account.startsWith(`${order.gateway_name}.`);
  });
  return Promise.all(meant.map((order) => outcomeOf(engine, order.vt_orderid)));
}

/** What became of a cancel, and by which rule it was refused. */
interface Cancelled extends CancelOutcome {
  readonly refusal?: RuleRefusal;
}

async function outcomeOf(...asked: Parameters<typeof cancel>): Promise<CancelOutcome> {
  const { vt_orderid, outcome, detail } = await cancel(...asked);
  return { vt_orderid, outcome, detail };
}

async function cancel(
  engine: TradingEngine,
  vtOrderid: string,
  isMeant: (order: OrderData) => boolean = () => true,
): Promise<Cancelled> {
  const as = (outcome: CancelOutcome['outcome'], detail: string | null = null): Cancelled => ({
    ...{ vt_orderid: vtOrderid, outcome, detail },
  });
  try {
    const order = await engine.getOrder(vtOrderid);
    if (order === undefined) return as('not-found', `there is no order ${vtOrderid}`);
    if (!order.isActive()) return as('not-active', `order ${vtOrderid} is ${order.status.name}: it works no more`);
    if (!isMeant(order)) return as('filtered');
    await engine.cancelOrder(order.createCancelRequest(), order.gateway_name);
    return as('sent');
  } catch (error) {
    const text = messageOf(error);
    const refusal = ruleOf(error);
    if (refusal !== undefined) return { ...as('refused', text), refusal };
    const notSent =
      (error instanceof RpcCallError && error.outcome === 'not-sent') ||
      (error instanceof GatewayError && ['NOT_CONNECTED', 'CLOSED', 'UNKNOWN_SYMBOL'].includes(error.code));
    return as(notSent ? 'not-sent' : 'unknown', text);
  }
}
