/**
 * Sets the audit of a day beside the server's own orders: what left must be what came in.
 *
 * @module
 */
import type { OrderData } from '../../vnpy/index.js';
import type { AuditLine } from './entry.js';

/** An order as the audit knows it. */
export interface AuditedOrder {
  /** The guard's own id of the request. */
  readonly id: string;
  readonly principal: string | undefined;
  /** Undefined while its answer is not known. */
  readonly vt_orderid: string | undefined;
  readonly vt_symbol: string | undefined;
  readonly volume: number | undefined;
  readonly price: number | undefined;
  readonly reference: string | undefined;
  /** `sent`, `refused`, `not-sent`, `unknown`, or undefined where no line tells. */
  readonly outcome: string | undefined;
  /** Time text of its decision. */
  readonly time: string;
}

/** An order that both know, differently. */
export interface DifferingOrder {
  readonly audit: AuditedOrder;
  readonly server: OrderData;
  /** Names of fields: `volume`. */
  readonly fields: readonly string[];
}

/** A day's orders, side by side. */
export interface AuditReport {
  readonly day: string;
  /** Orders that both have, alike. */
  readonly same: number;
  readonly differing: readonly DifferingOrder[];
  /** Sent by the audit, and not at the server. */
  readonly onlyInAudit: readonly AuditedOrder[];
  /** At the server, and sent by no line: by VeighNa Trader, another program, or before the guard. */
  readonly foreign: readonly OrderData[];
  /** Let through, without a known outcome, and not found at the server by their reference. */
  readonly unknown: readonly AuditedOrder[];
  /** Refused by the guard, by rule. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Makes the report.
 *
 * @param lines - of the audit, in order; from the day before on, when orders live longer than a day.
 * @param serverOrders - `get_all_orders` of the server.
 * @param day - what the report is called; lines are not filtered here.
 */
export async function auditReport(
  lines: AsyncIterable<AuditLine> | Iterable<AuditLine>,
  serverOrders: readonly OrderData[],
  day: string,
): Promise<AuditReport> {
  const { orders, refused } = await ordersOf(lines);
  const byId = new Map(serverOrders.map((order) => [order.vt_orderid, order]));
  const byReference = uniqueReferences(serverOrders);
  const found = new Set<string>();
  const differing: DifferingOrder[] = [];
  const [onlyInAudit, unknown]: [AuditedOrder[], AuditedOrder[]] = [[], []];
  let same = 0;
  for (const audit of orders.values()) {
    const server = find(audit, byId, byReference);
    if (server === undefined) {
      if (audit.outcome === 'sent') onlyInAudit.push(audit);
      else if (audit.outcome === undefined || audit.outcome === 'unknown') unknown.push(audit);
      continue;
    }
    found.add(server.vt_orderid);
    const fields = differencesOf(audit, server);
    if (fields.length === 0) same++;
    else differing.push({ audit, server, fields });
  }
  const foreign = serverOrders.filter(({ vt_orderid }) => !found.has(vt_orderid));
  return { day, same, differing, onlyInAudit, foreign, unknown, refused: Object.fromEntries(refused) };
}

async function ordersOf(
  lines: AsyncIterable<AuditLine> | Iterable<AuditLine>,
): Promise<{ readonly orders: ReadonlyMap<string, AuditedOrder>; readonly refused: ReadonlyMap<string, number> }> {
  const orders = new Map<string, AuditedOrder>();
  const refused = new Map<string, number>();
  for await (const line of lines) {
    const { kind, id, outcome, rule = 'unknown' } = line;
    if (kind === 'decided' && line.function === 'send_order') {
      if (outcome === 'passed' && id !== undefined) orders.set(id, orderOf(line, id));
      if (outcome === 'refused') refused.set(rule, (refused.get(rule) ?? 0) + 1);
    }
    const order = id === undefined ? undefined : orders.get(id);
    if (id === undefined || order === undefined) continue;
    if (kind === 'result' || kind === 'reconciled')
      orders.set(id, { ...order, outcome, vt_orderid: line.vt_orderid ?? order.vt_orderid });
    // It never left.
    if (kind === 'withdrawn') orders.set(id, { ...order, outcome: 'not-sent' });
  }
  return { orders, refused };
}

function orderOf(line: AuditLine, id: string): AuditedOrder {
  return {
    id,
    principal: line.principal,
    vt_orderid: undefined,
    vt_symbol: line.vt_symbol,
    volume: numberOf(line['volume']),
    price: numberOf(line['price']),
    reference: typeof line['reference'] === 'string' ? line['reference'] : undefined,
    outcome: undefined,
    time: line.time,
  };
}

/** References of one order each: vnpy's strategies give all their orders one. */
function uniqueReferences(orders: readonly OrderData[]): ReadonlyMap<string, OrderData> {
  const found = new Map<string, OrderData | undefined>();
  for (const order of orders)
    if (order.reference !== '') found.set(order.reference, found.has(order.reference) ? undefined : order);
  const unique = [...found].filter((entry): entry is [string, OrderData] => entry[1] !== undefined);
  return new Map(unique);
}

function find(
  { vt_orderid, reference, outcome, vt_symbol }: AuditedOrder,
  byId: ReadonlyMap<string, OrderData>,
  byReference: ReadonlyMap<string, OrderData>,
): OrderData | undefined {
  if (vt_orderid !== undefined) return byId.get(vt_orderid);
  if (outcome === 'not-sent' || outcome === 'refused' || reference === undefined) return undefined;
  const order = byReference.get(reference);
  return order?.vt_symbol === vt_symbol ? order : undefined;
}

function differencesOf(audit: AuditedOrder, server: OrderData): readonly string[] {
  // A market order's price is the server's to fill in.
  const fields = ['vt_symbol', 'volume'] as const;
  return fields.filter((field) => audit[field] !== undefined && audit[field] !== server[field]);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
