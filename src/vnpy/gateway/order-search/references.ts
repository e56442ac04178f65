/**
 * Which order had which reference: some of vnpy's gateways tell it once and never again.
 *
 * vnpy_ctp's `send_order` pushes an order with its reference. Every report of the exchange makes a new order without it, which
 * takes the other's place in vnpy's list.
 *
 * @module
 */
import type { OrderData } from '../../data/index.js';

/** How long an order may need from the server's answer into its event queue, in ms: a gateway may report it by itself. */
export const LISTING_DELAY = 1000;

/** How many references of orders sent here are remembered, how many of others, and of how many orders it is. */
const LIMIT = 100_000;

/** What is known of the order with a reference. */
interface Known {
  readonly reference: string;
  vtOrderid: string | undefined;
  /** A restarted server does not know it any more, and may have given its id to another. */
  vanished: boolean;
  /** When the server answered with its id; infinite for one that was not sent here. */
  answeredAt: number;
}

/** The same, of an order that was sent here. */
interface Sent extends Known {
  readonly vtSymbol: string;
  /** With the same key it is the same order. */
  readonly key: string | undefined;
  readonly at: number;
  /** None that was sent before had the same reference. */
  readonly isFirst: boolean;
  /**
   * When the first of the orders with this reference was sent of which nothing was known when the next one was. From then on an
   * order may be any of them. Infinite when there is none.
   */
  readonly doubtfulSince: number;
}

/** An order that was seen here. */
interface Seen {
  readonly at: number;
  reference: string;
}

/** Remembers the references of the latest orders, those sent here and those of others. */
export class References {
  readonly #sent = new Map<string, Sent>();
  readonly #others = new Map<string, Known>();
  readonly #seen = new Map<string, Seen>();
  /** The order that has an id now. */
  readonly #byId = new Map<string, Known>();
  #restartedAt = -Infinity;

  /**
   * An order is about to leave.
   *
   * @param key - An order with the same key is the same one, sent again.
   * @returns To be called if it has not left, and never will.
   */
  sending(reference: string, vtSymbol: string, key?: string): () => void {
    const before = this.#sent.get(reference);
    const unknown = before?.vtOrderid === undefined ? before : undefined;
    // It may have been executed since it was sent first.
    const again = key !== undefined && unknown?.key === key ? unknown : undefined;
    const at = again?.at ?? performance.now();
    const doubtfulSince = Math.min(
      before?.doubtfulSince ?? Infinity,
      again === undefined ? (unknown?.at ?? Infinity) : Infinity,
    );
    const sent: Sent = {
      reference,
      vtSymbol,
      key,
      at,
      isFirst: before === undefined || again?.isFirst === true,
      doubtfulSince,
      answeredAt: Infinity,
      vtOrderid: undefined,
      vanished: false,
    };
    this.#sent.delete(reference);
    this.#sent.set(reference, sent);
    this.#unbind(forgetOldest(this.#sent));
    return () => {
      if (this.#sent.get(reference) !== sent) return;
      if (before === undefined) this.#sent.delete(reference);
      else this.#sent.set(reference, before);
    };
  }

  /** The server has answered with its id. */
  sent(reference: string, vtOrderid: string): void {
    const sent = this.#sent.get(reference);
    if (sent === undefined) return;
    sent.answeredAt = performance.now();
    this.#bind(sent, vtOrderid);
  }

  /** When an order with this reference was sent from here, if none had it before: undefined otherwise. */
  firstSentAt(reference: string): number | undefined {
    const sent = this.#sent.get(reference);
    return sent?.isFirst === true && !this.#others.has(reference) ? sent.at : undefined;
  }

  /** Since when an order with this reference may have been sent from here, by performance.now(): undefined if none was. */
  sentSince(reference: string): number | undefined {
    const sent = this.#sent.get(reference);
    return sent === undefined ? undefined : sinceOf(sent);
  }

  /** The server was found to be another one than before. */
  serverRestarted(): void {
    this.#restartedAt = performance.now();
  }

  /** Whether an order with this reference may have gone to a server that was restarted since. */
  isOfBeforeRestart(reference: string): boolean {
    return (this.sentSince(reference) ?? -Infinity) < this.#restartedAt;
  }

  /** Whether the server had answered with this id by a time, by performance.now(). */
  wasAnswered(vtOrderid: string, at: number): boolean {
    return (this.#byId.get(vtOrderid)?.answeredAt ?? Infinity) <= at;
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
    seen.reference = reference;
    const sent = this.#sent.get(reference);
    const bound = this.#byId.get(vtOrderid);
    // The order of an earlier sending with the same reference, of which the news come late.
    if (bound?.reference === reference && bound !== sent && !bound.vanished) return;
    if (sent === undefined) {
      const other: Known = { reference, vtOrderid: undefined, vanished: false, answeredAt: Infinity };
      this.#others.delete(reference);
      this.#others.set(reference, other);
      this.#bind(other, vtOrderid);
      this.#unbind(forgetOldest(this.#others));
    } else if (sent.at <= seen.at && !this.isDoubtful(reference) && !isOfAnother(sent, vtOrderid)) {
      // An older order may have had the same reference, if it was the caller's.
      this.#bind(sent, vtOrderid);
    }
  }

  /** A restarted server does not know an order, and may give its id to another. */
  vanish(vtOrderid: string): void {
    this.#seen.delete(vtOrderid);
    const known = this.#byId.get(vtOrderid);
    if (known !== undefined) known.vanished = true;
  }

  /** Whether `order` has this reference, or has lost it since. */
  isOf(order: OrderData, reference: string): boolean {
    const known = this.#knownOf(reference);
    const isKnown = known?.vtOrderid !== undefined && !known.vanished;
    const seen = this.#seen.get(order.vt_orderid);
    if (order.reference === '' && !this.isDoubtful(reference)) return isKnown && known.vtOrderid === order.vt_orderid;
    if ((order.reference || seen?.reference) !== reference) return false;
    const sent = this.#sent.get(reference);
    if (sent === undefined) return true;
    if (isKnown) return known.vtOrderid === order.vt_orderid;
    // An earlier sending's, or one that is older than all of which it may be?
    const bound = this.#byId.get(order.vt_orderid);
    if (bound !== sent && bound?.vanished === false) return false;
    return (seen?.at ?? Infinity) >= sinceOf(sent);
  }

  /** Whether an order with this reference may be another one that was sent here with the same. */
  isDoubtful(reference: string): boolean {
    const sent = this.#sent.get(reference);
    return sent?.answeredAt === Infinity && sent.doubtfulSince !== Infinity;
  }

  /** The id of the order that had this reference. */
  idOf(reference: string): string | undefined {
    return this.#knownOf(reference)?.vtOrderid;
  }

  /** Whether `order` may be the one with this reference, having lost it: none is known, and it is not too old. */
  mayBe(order: OrderData, reference: string): boolean {
    const seen = this.#seen.get(order.vt_orderid);
    if (order.reference !== '' || (seen !== undefined && seen.reference !== '')) return false;
    const sent = this.#sent.get(reference);
    if (sent === undefined) return true;
    return order.vt_symbol === sent.vtSymbol && !(seen !== undefined && seen.at < sinceOf(sent));
  }

  #knownOf(reference: string): Known | undefined {
    return this.#sent.get(reference) ?? this.#others.get(reference);
  }

  #unbind(forgotten: Known | undefined): void {
    const id = forgotten?.vtOrderid ?? '';
    if (this.#byId.get(id) === forgotten) this.#byId.delete(id);
  }

  #bind(known: Known, vtOrderid: string): void {
    const before = this.#byId.get(vtOrderid);
    // An id that is used again without a word of the order that had it.
    if (before !== undefined && before !== known) before.vanished = true;
    known.vtOrderid = vtOrderid;
    known.vanished = false;
    this.#byId.set(vtOrderid, known);
  }
}

/** Since when an order may be the one that was sent. */
function sinceOf({ at, doubtfulSince }: Sent): number {
  return Math.min(at, doubtfulSince);
}

/** Whether the server has answered with another id, which it still knows. */
function isOfAnother({ answeredAt, vanished, vtOrderid: answered }: Known, vtOrderid: string): boolean {
  return answeredAt !== Infinity && !vanished && answered !== vtOrderid;
}

/** Keeps a map from growing without end. Gives what it takes out. */
function forgetOldest<V>(map: Map<string, V>): V | undefined {
  if (map.size <= LIMIT) return undefined;
  for (const [key, value] of map) {
    map.delete(key);
    return value;
  }
  return undefined;
}
