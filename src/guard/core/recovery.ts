/**
 * After a crash: what the audit says left behind the newest counts that were kept.
 *
 * @module
 */
import { auditFiles } from '../audit/names.js';
import type { AuditLine } from '../audit/entry.js';
import { auditLines } from '../audit/show.js';
import type { RiskBook } from '../limits/index.js';
import { Direction, Exchange, Offset, OrderRequest, OrderType } from '../../vnpy/index.js';
import type { Ruling } from './ruling.js';

/** An order that a run before this one let through. */
export interface Recovered {
  readonly id: string;
  readonly principal: string;
  readonly reference: string;
}

/**
 * Brings a book up to the newest line of an audit. Orders that it does not know are reserved, and answers that it does not know
 * are taken.
 *
 * @param after - the newest line that the book knows.
 * @returns the orders of which no line tells what became of them.
 */
export async function recover(
  path: string,
  after: number,
  book: RiskBook,
  ruling: Ruling,
): Promise<readonly Recovered[]> {
  const open = new Map<string, Recovered>();
  for await (const line of auditLines(await auditFiles(path))) {
    if (line.seq <= after) continue;
    const { id, kind } = line;
    if (typeof id !== 'string') continue;
    if ((kind === 'decided' || kind === 'flatten') && line.outcome === 'passed') {
      const order = orderOf(line, ruling);
      if (order === undefined) continue;
      book.recover(order, id);
      open.set(id, { id, principal: order.principal, reference: order.request.reference });
    } else if (END_KINDS.has(kind)) {
      if (settle(book, line, id)) open.delete(id);
    }
  }
  return [...open.values()];
}

const END_KINDS: ReadonlySet<string> = new Set(['result', 'withdrawn', 'reconciled', 'released']);

/** @returns whether its end is known now. */
function settle(book: RiskBook, { kind, outcome, vt_orderid: vtOrderid }: AuditLine, id: string): boolean {
  const reservation = book.reservation(id);
  if (reservation === undefined) return true;
  if (kind === 'released') book.release(id);
  else if (kind === 'withdrawn' || outcome === 'not-sent') reservation.notSent();
  else if (outcome === 'refused') reservation.refused();
  else if (outcome === 'sent' && vtOrderid !== undefined) reservation.answered(vtOrderid);
  else return false;
  return true;
}

/** The order that a line tells of; undefined for a line about something else. */
function orderOf(line: AuditLine, ruling: Ruling): Parameters<RiskBook['recover']>[0] | undefined {
  const { principal, function: name, gateway, vt_symbol: vtSymbol = '' } = line;
  if (name !== 'send_order' || principal === undefined || typeof gateway !== 'string') return undefined;
  const dot = vtSymbol.lastIndexOf('.');
  const exchange = member(Exchange, vtSymbol.slice(dot + 1));
  const direction = member(Direction, line['direction']);
  const type = member(OrderType, line['type']);
  const { price, volume, reference } = line;
  if (exchange === undefined || direction === undefined || type === undefined) return undefined;
  if (typeof price !== 'number' || typeof volume !== 'number') return undefined;
  const rights = ruling.rightsOf(principal);
  return {
    principal,
    limits: rights?.limits ?? {},
    warnAt: rights?.warnAt,
    gatewayName: gateway,
    request: new OrderRequest({
      symbol: vtSymbol.slice(0, dot),
      exchange,
      direction,
      type,
      price,
      volume,
      offset: member(Offset, line['offset']) ?? Offset.NONE,
      reference: typeof reference === 'string' ? reference : '',
    }),
  };
}

/** A member of an enum by its name, or by its value. */
function member<Member extends { readonly name: string; readonly value: unknown }>(
  members: Readonly<Record<string, Member>>,
  text: unknown,
): Member | undefined {
  return Object.values(members).find(({ name, value }) => name === text || value === text);
}
