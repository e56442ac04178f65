/**
 * Compares what a guard wrote down with what its clients were told and what the server really took. Without vitest, for tools
 * as well.
 */
import type { PeerRecord } from './peer.js';

/** How an order was answered: its id, or what its error says of it. */
export type Answer = { readonly id: string } | { readonly outcome: string; readonly message: string };

/** The three sides. */
export interface Sides {
  /** The lines of the audit. */
  readonly audit: readonly Readonly<Record<string, unknown>>[];
  /** The server's own journal of orders. */
  readonly orders: readonly PeerRecord[];
  /** Answers by reference; every order has a reference of its own. */
  readonly answers: ReadonlyMap<string, Answer>;
}

/** @returns what is wrong, in words; nothing where nothing is. */
export function compareSides({ audit, orders, answers }: Sides): readonly string[] {
  const faults: string[] = [];
  const passed = audit.filter((line) => line['kind'] === 'decided' && line['outcome'] === 'passed');
  const decided = new Map(passed.map((line) => [line['reference'], line]));
  const atServer = new Map<unknown, PeerRecord>();
  for (const order of orders) {
    const { reference } = order;
    const line = decided.get(reference);
    if (atServer.has(reference)) faults.push(`${String(reference)} is twice at the server`);
    atServer.set(reference, order);
    if (line === undefined) {
      faults.push(`${String(reference)} is at the server, and no line of the audit let it pass`);
      continue;
    }
    if (line['vt_symbol'] !== order['vt_symbol'] || line['volume'] !== order['volume'])
      faults.push(`${String(reference)} is another order at the server than in the audit`);
    if (Date.parse(String(line['time'])) / 1000 > Number(order['time']))
      faults.push(`${String(reference)} was written down after the server had it`);
  }
  const ids = new Set(orders.map((order) => order['id']));
  for (const line of audit.filter(({ kind, outcome }) => kind === 'result' && outcome === 'sent')) {
    if (!ids.has(line['vt_orderid']))
      faults.push(`${String(line['vt_orderid'])} was sent by the audit, and the server does not have it`);
  }
  for (const [reference, answer] of answers) {
    const isThere = atServer.has(reference);
    if ('id' in answer) {
      if (!isThere) faults.push(`${reference} was answered with ${answer.id}, and the server does not have it`);
    } else if (answer.outcome !== 'unknown' && isThere) {
      faults.push(`${reference} is at the server, and its sender was told: ${answer.message}`);
    }
  }
  return faults;
}
