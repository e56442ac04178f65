/**
 * Compares orders of which nobody knows what became of them with those that a server lists. A pure function.
 *
 * @module
 */
import type { OrderData } from '../../vnpy/index.js';
import type { JournalEntry } from './journal-entry.js';

/** What a comparison has found. */
export interface Comparison {
  readonly found: readonly (readonly [entry: JournalEntry, order: OrderData])[];
  /** No order of the server can be any of these. */
  readonly absent: readonly JournalEntry[];
  /** An order of the server may be one of these, or another one. */
  readonly doubtful: readonly JournalEntry[];
}

/**
 * Compares.
 *
 * @param open - orders of which nobody knows what became of them.
 * @param listed - the orders of the server.
 * @param isBound - whether an id of vnpy's is that of an order of which it is known.
 */
export function compare(
  open: readonly JournalEntry[],
  listed: readonly OrderData[],
  isBound: (vtOrderid: string) => boolean,
): Comparison {
  const found: (readonly [JournalEntry, OrderData])[] = [];
  const absent: JournalEntry[] = [];
  const doubtful: JournalEntry[] = [];
  const free = listed.filter(({ vt_orderid: id }) => !isBound(id));
  for (const group of grouped(open).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const alike = free.filter((order) => likenessOfOrder(order) === likeness(first));
    const certain = alike.filter(({ reference }) => reference === first.reference);
    // Some gateways lose the reference: then it may be another's order.
    const blank = alike.filter(({ reference }) => reference === '');
    if (certain.length === group.length && certain.length > 0)
      for (const [index, order] of certain.entries()) found.push([group[index] ?? first, order]);
    else if (certain.length === 0 && blank.length === 0) absent.push(...group);
    else doubtful.push(...group);
  }
  return { found, absent, doubtful };
}

/** Orders that look the same, and have the same reference. */
function grouped(open: readonly JournalEntry[]): Map<string, JournalEntry[]> {
  const groups = new Map<string, JournalEntry[]>();
  for (const entry of open) {
    const key = `${likeness(entry)}\n${entry.reference}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return groups;
}

/** What an order has in common with its request. */
function likeness({ gateway, order }: JournalEntry): string {
  const { symbol, exchange, direction, type, volume, price, offset } = order;
  return [gateway, symbol, exchange, direction, type, Number(volume), Number(price), offset].join('\n');
}

function likenessOfOrder(order: OrderData): string {
  const { gateway_name: gateway, symbol, exchange, direction, type, volume, price, offset } = order;
  return [gateway, symbol, exchange.name, direction?.name, type.name, volume, price, offset.name].join('\n');
}
