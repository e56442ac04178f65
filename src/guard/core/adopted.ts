/**
 * Orders that another guard of the same account has let through: they count here as well, and their owners keep them.
 *
 * @module
 */
import type { OrderRequest } from '../../vnpy/index.js';
import type { RiskBook } from '../limits/index.js';
import type { Ruling } from './ruling.js';

/** An order that another guard has let through. */
export interface AdoptedOrder {
  /** That guard's number of it. */
  readonly id: string;
  readonly principal: string;
  readonly gatewayName: string;
  readonly request: OrderRequest;
  /** When it was let through, in ms since 1970. */
  readonly at: number;
  /** What is known of it. May be told again when more is known. */
  readonly outcome: 'sent' | 'refused' | 'not-sent' | 'unknown';
  /** Of an order that was sent. */
  readonly vtOrderid?: string;
}

/** Takes orders into a book. What is from before this trading day counts nowhere. */
export function adopt(orders: readonly AdoptedOrder[], book: RiskBook, ruling: Ruling): void {
  for (const { id, principal, gatewayName, request, at, outcome, vtOrderid } of orders) {
    const known = book.reservation(id);
    if (known === undefined && (outcome === 'not-sent' || !book.isToday(request.exchange.name, at))) continue;
    const rights = ruling.rightsOf(principal);
    const limits = rights?.limits ?? {};
    book.recover({ principal, limits, warnAt: rights?.warnAt, request, gatewayName }, id, true);
    const reservation = book.reservation(id);
    if (reservation?.state !== 'unknown') continue;
    if (outcome === 'sent' && vtOrderid !== undefined) reservation.answered(vtOrderid);
    else if (outcome === 'refused') reservation.refused();
    else if (outcome === 'not-sent') reservation.notSent();
  }
}
