/**
 * What the journal says of an order: that it is about to be sent, and what became of it.
 *
 * @module
 */
import { Direction, Exchange, Offset, OrderRequest, OrderType } from '../../vnpy/index.js';
import { bytesOf, fieldsOf, isCount, isFields, isText, isTime } from './store.js';

/** The fields of a request, as texts: two requests are equal when all of these are. */
const FIELDS = ['symbol', 'exchange', 'direction', 'type', 'volume', 'price', 'offset', 'reference'] as const;

/** An order as it was asked for, each field as a text. */
export type JournalOrder = Readonly<Record<(typeof FIELDS)[number], string>>;

/** What became of an order. `unknown`: it may be at the exchange. */
export type JournalResult =
  | { readonly outcome: 'sent'; readonly vtOrderid: string }
  | { readonly outcome: 'refused' | 'not-sent' | 'unknown'; readonly reason: string };

/** An order that is about to be sent. */
export interface Intent {
  /** Names the order. */
  readonly key: string;
  /** Of this intent: a key whose order was certainly not sent may get another one. */
  readonly id: string;
  /** Who asked for it; empty where nobody is told apart. */
  readonly principal: string;
  readonly edge: string;
  readonly epoch: number;
  /** When it was written, in ms since 1970 by the clock of the edge. */
  readonly at: number;
  /** vnpy's gateway. */
  readonly gateway: string;
  /** The reference that it is sent with: the order's, or one that was made for it. */
  readonly reference: string;
  readonly order: JournalOrder;
}

/** What the journal knows of a key. */
export interface JournalEntry extends Intent {
  /** The `seq` of the newest message about it. */
  readonly seq: number;
  /** Undefined as long as nobody has written what became of it. */
  readonly result: JournalResult | undefined;
}

/** Keys longer than this are none, in characters. */
export const LONGEST_KEY = 128;

/**
 * The fields of a request.
 *
 * @throws TypeError for a field that is no text, number or member of an enum.
 */
export function orderOf(request: OrderRequest): JournalOrder {
  return Object.fromEntries(FIELDS.map((field) => [field, textOf(field, request[field])])) as JournalOrder;
}

/** Whether two orders are the same in all fields. */
export function isSameOrder(one: JournalOrder, other: JournalOrder): boolean {
  return FIELDS.every((field) => one[field] === other[field]);
}

/** The request of which the journal tells; undefined where this program does not know a member of it. */
export function requestOf({ order, reference }: Intent): OrderRequest | undefined {
  const exchange = member(Exchange, order.exchange);
  const direction = member(Direction, order.direction);
  const type = member(OrderType, order.type);
  const offset = member(Offset, order.offset);
  if (exchange === undefined || direction === undefined || type === undefined || offset === undefined) return undefined;
  try {
    const volume = Number(order.volume);
    const price = Number(order.price);
    return new OrderRequest({ symbol: order.symbol, exchange, direction, type, volume, price, offset, reference });
  } catch {
    return undefined;
  }
}

/** An intent, or what became of it, as it is written. A result tells of the order again: the newest message tells all. */
export function payloadOf(intent: Intent, result?: JournalResult): Uint8Array {
  const { key, id, principal, edge, epoch, at, gateway, reference, order } = intent;
  return bytesOf({ version: 1, key, id, principal, edge, epoch, at, gateway, reference, order, result });
}

/** Reads a message of the journal; undefined for one that this program does not understand. */
export function entryOf(payload: Uint8Array, seq: number): JournalEntry | undefined {
  const { version, key, id, principal, edge, epoch, at, gateway, reference, ...more } = fieldsOf(payload);
  const order = readOrder(more['order']);
  const result = more['result'] === undefined ? undefined : readResult(more['result']);
  if (version !== 1 || order === undefined || (more['result'] !== undefined && result === undefined)) return undefined;
  if (!isText(key) || !isText(id) || !isText(principal) || !isText(edge)) return undefined;
  if (!isCount(epoch) || !isTime(at) || !isText(gateway) || !isText(reference)) return undefined;
  return { key, id, principal, edge, epoch, at, gateway, reference, order, seq, result };
}

function readOrder(value: unknown): JournalOrder | undefined {
  if (!isFields(value) || !FIELDS.every((field) => isText(value[field]))) return undefined;
  return Object.fromEntries(FIELDS.map((field) => [field, value[field]])) as JournalOrder;
}

function readResult(value: unknown): JournalResult | undefined {
  if (!isFields(value)) return undefined;
  const { outcome, vtOrderid, reason } = value;
  if (outcome === 'sent') return isText(vtOrderid) ? { outcome, vtOrderid } : undefined;
  if (outcome !== 'refused' && outcome !== 'not-sent' && outcome !== 'unknown') return undefined;
  return isText(reason) ? { outcome, reason } : undefined;
}

/** What a client sends may be anything, whatever its type says. */
function textOf(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  // 0 and -0 are one price.
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  if (typeof value === 'bigint') return String(value);
  if (isFields(value) && isText(value['name'])) return value['name'];
  throw new TypeError(`the order's ${field} is neither a text nor a number nor a member of an enum`);
}

function member<Member extends { readonly name: string }>(
  members: Readonly<Record<string, Member>>,
  name: string,
): Member | undefined {
  return Object.values(members).find((other) => other.name === name);
}
