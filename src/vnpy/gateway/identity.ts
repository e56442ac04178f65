/**
 * Whether two pieces of news with one id are of one order.
 *
 * Gateways give their ids again: after a login, a restart, or the broker's nightly restart numbers begin anew.
 *
 * @module
 */
import { Status } from '../enums/index.js';
import type { Direction, Exchange } from '../enums/index.js';

/** What an order is recognised by: an OrderData, or the OrderRequest of one that has not been heard of yet. */
export interface Recognisable {
  readonly symbol: string;
  readonly exchange: Exchange;
  readonly direction?: Direction | null;
  readonly price?: number;
  readonly volume?: number;
  readonly traded?: number;
  readonly reference: string;
}

/** A state of an order. */
export interface OrderState extends Recognisable {
  readonly status: Status;
  isActive(): boolean;
}

/**
 * Why `news` is of another order than `known`, which has the same id. The time, the type and the offset say nothing: some
 * gateways write the time of the event, and leave out what they do not know.
 *
 * @returns undefined when nothing says so.
 */
export function difference(known: Recognisable, news: Recognisable): string | undefined {
  for (const field of ['symbol', 'exchange', 'direction', 'reference'] as const)
    if (differ(known[field], news[field])) return `it has another ${field}`;

  if ((news.traded ?? 0) >= (known.traded ?? 0)) return undefined;
  for (const field of ['volume', 'price'] as const)
    if (differ(known[field], news[field])) return `less of it is filled, and it has another ${field}`;

  return undefined;
}

/** Whether an order has all the marks of another that do not change in its life. */
export function looksLike(order: Recognisable, other: Recognisable): boolean {
  const fields = ['symbol', 'exchange', 'direction', 'reference', 'volume', 'price'] as const;
  return fields.every((field) => !differ(order[field], other[field]));
}

/** Whether an order has ended so that it cannot work again. One that was rejected can: the rejection may have been of a cancel. */
export function isEnded({ status }: OrderState): boolean {
  return status === Status.ALLTRADED || status === Status.CANCELLED;
}

/** A field that is not filled in differs from nothing. In vnpy's classes it is null, `''` or 0. */
function differ(one: unknown, other: unknown): boolean {
  return isGiven(one) && isGiven(other) && !Object.is(one, other);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0;
}
