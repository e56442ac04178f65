/**
 * Which order had which reference: some of vnpy's gateways tell it once and never again.
 *
 * vnpy_ctp's `send_order` pushes an order with its reference, and every report of the exchange makes a new order without
 * it, which takes the other's place in vnpy's list.
 *
 * @module
 */
import type { OrderData } from '../data/index.js';

/** How many references of orders that others have sent are remembered, and of how many orders it is. */
const LIMIT = 100_000;

/** An order that was sent here. */
interface Sent {
  readonly vtSymbol: string;
  readonly at: number;
  vtOrderid: string | undefined;
}

/** An order that was seen here. */
interface Seen {
  readonly at: number;
  reference: string;
}

/** Remembers the references of all orders sent here, and of the latest of others. */
export class References {
  readonly #sent = new Map<string, Sent>();
  readonly #others = new Map<string, string>();
  readonly #seen = new Map<string, Seen>();
  readonly #vanished = new Map<string, true>();

  /** An order is about to leave. */
  sending(reference: string, vtSymbol: string): void {
    this.#sent.set(reference, { vtSymbol, at: performance.now(), vtOrderid: undefined });
  }

  /** The server has answered with its id. */
  sent(reference: string, vtOrderid: string): void {
    const sent = this.#sent.get(reference);
    if (sent !== undefined) sent.vtOrderid = vtOrderid;
  }

  /** An order has come, by the stream, a snapshot or an answer. */
  see({ vt_orderid: vtOrderid, reference }: OrderData): void {
    let seen = this.#seen.get(vtOrderid);
    if (seen === undefined) {
      seen = { at: performance.now(), reference: '' };
      this.#seen.set(vtOrderid, seen);
      forgetOldest(this.#seen);
    }
    if (reference === '' || reference === seen.reference) return;
    this.#vanished.delete(vtOrderid);
    seen.reference = reference;
    const sent = this.#sent.get(reference);
    if (sent === undefined) {
      this.#others.delete(reference);
      this.#others.set(reference, vtOrderid);
      forgetOldest(this.#others);
    } else if (sent.at <= seen.at) {
      // An older order may have had the same reference, if it was the caller's.
      sent.vtOrderid = vtOrderid;
    }
  }

  /** A restarted server does not know an order, and may give its id to another. */
  vanish(vtOrderid: string): void {
    this.#seen.delete(vtOrderid);
    this.#vanished.set(vtOrderid, true);
    forgetOldest(this.#vanished);
  }

  /** Whether `order` has this reference, or has lost it since. */
  isOf(order: OrderData, reference: string): boolean {
    if (order.reference !== '') return order.reference === reference;
    return order.vt_orderid === this.idOf(reference) && !this.#vanished.has(order.vt_orderid);
  }

  /** The id of the order that had this reference. */
  idOf(reference: string): string | undefined {
    const sent = this.#sent.get(reference);
    return sent === undefined ? this.#others.get(reference) : sent.vtOrderid;
  }

  /** Whether `order` may be the one with this reference, having lost it: none is known, and it is not too old. */
  mayBe(order: OrderData, reference: string): boolean {
    const seen = this.#seen.get(order.vt_orderid);
    if (order.reference !== '' || (seen !== undefined && seen.reference !== '')) return false;
    const sent = this.#sent.get(reference);
    if (sent === undefined) return true;
    return order.vt_symbol === sent.vtSymbol && !(seen !== undefined && seen.at < sent.at);
  }
}

/** Keeps a map from growing without end. */
function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= LIMIT) return;
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
