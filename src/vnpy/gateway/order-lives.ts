/**
 * Which order an id means now.
 *
 * @module
 */
import type { OrderData } from '../data/index.js';
import { difference, isEnded, looksLike } from './identity.js';
import type { Recognisable } from './identity.js';
import { LATENESS } from './state/late-orders.js';

/**
 * How long an order may be active again after its end before it is taken for another one, in ms. A gateway that tells the
 * day again after a login, as vnpy_ctp does, ends where it ended within that time.
 */
const DOUBT = 10_000;

/** An order has given up its id to another. */
export interface Replacement {
  readonly vtOrderid: string;
  /** The order whose id it was. */
  readonly old: OrderData;
  /** How it is known that there is another. */
  readonly why: string;
  /** What came since then, by performance.now(), is of the other. */
  readonly since: number;
  /** The number of the other order among those that had the id. */
  readonly generation: number;
}

/** What is needed of the gateway. */
export interface LivesContext {
  /** The orders by id, as they are known. */
  readonly orders: ReadonlyMap<string, OrderData>;
  replaced(replacement: Replacement): void;
  /** When an order with this reference was sent here, if it was the first one. */
  firstSentAt(reference: string): number | undefined;
  isConnected(): boolean;
}

/** The time for which an id has meant one order. */
interface Life {
  generation: number;
  /** Since when, by performance.now(): for an order that was sent here, since it was sent. */
  bornAt: number;
  /** When something new was heard of it last: of an answer, when it was asked for. */
  newsAt: number;
  /** What was sent, until something is heard of it. */
  request: Recognisable | undefined;
  /** The order before it, and when it lost the id. */
  replaced: { readonly order: OrderData; readonly at: number } | undefined;
  /** It is active again, after its end. */
  doubt: { readonly since: number; readonly before: OrderData; timer: NodeJS.Timeout } | undefined;
}

/** An order that is being sent. */
export interface Sending {
  /** The server has answered with its id. */
  answered(vtOrderid: string, request: Recognisable): void;
  /** It is over, with an answer or without. */
  end(): void;
}

/** Follows every id from order to order. */
export class OrderLives {
  readonly #lives = new Map<string, Life>();
  readonly #context: LivesContext;
  #sending = 0;
  /** Orders as they were before what came while orders are being sent: it may be news of those. */
  readonly #before = new Map<string, OrderData>();

  constructor(context: LivesContext) {
    this.#context = context;
  }

  /** The number of the order that has the id now. */
  generation(vtOrderid: string): number {
    return this.#lives.get(vtOrderid)?.generation ?? 0;
  }

  /**
   * News of an order, before they are in the state. Where they are of another order, that is told first.
   *
   * @param at - When they came; when they were asked for, if they are an answer.
   * @returns Whether they are of the order that the id means now. Otherwise they are of one that had it before.
   */
  meet(order: OrderData, at: number): boolean {
    const { vt_orderid: vtOrderid } = order;
    const life = this.#lives.get(vtOrderid);
    if (life === undefined) {
      this.#begin(vtOrderid, at, undefined);
      return true;
    }
    if (at < life.bornAt) return false;
    const known = this.#context.orders.get(vtOrderid);
    const present = known ?? life.request;
    const { replaced } = life;
    if (replaced !== undefined && present !== undefined && at < replaced.at + LATENESS)
      if (looksLike(order, replaced.order) && !looksLike(order, present)) return false;

    if (known === undefined) return true;
    // The stream has spoken since the question: what the answer says is older.
    if (at < life.newsAt) return true;
    const why = difference(known, order) ?? this.#newReference(known, order, life);
    if (why !== undefined) this.#replace(vtOrderid, life, known, why, at);
    return true;
  }

  /**
   * News of an order are in the state.
   *
   * @param previous - What was known before.
   * @param at - As for {@link meet}.
   */
  applied(order: OrderData, previous: OrderData | undefined, at: number): void {
    const { vt_orderid: vtOrderid } = order;
    const life = this.#lives.get(vtOrderid);
    if (life === undefined) return;
    life.newsAt = Math.max(life.newsAt, at);
    life.request = undefined;
    if (previous !== undefined && this.#sending > 0 && !this.#before.has(vtOrderid))
      this.#before.set(vtOrderid, previous);

    if (!order.isActive()) {
      this.#decide(life);
    } else if (previous !== undefined && isEnded(previous) && life.doubt === undefined) {
      const timer = this.#watch(vtOrderid, life);
      life.doubt = { since: performance.now(), before: previous, timer };
    }
  }

  /** An answer said of an order what was known already. */
  confirmed(vtOrderid: string, askedAt: number): void {
    const life = this.#lives.get(vtOrderid);
    if (life !== undefined) life.newsAt = Math.max(life.newsAt, askedAt);
  }

  /** Whether what seems to be told again may turn out to be of another order. */
  isOpen(vtOrderid: string): boolean {
    return this.#sending > 0 || this.#lives.get(vtOrderid)?.doubt !== undefined;
  }

  /** An order leaves now. What is known under the id that it will get is not known of it. */
  sending(): Sending {
    const sentAt = performance.now();
    this.#sending++;
    let ended = false;
    return {
      answered: (vtOrderid, request) => {
        this.#answered(vtOrderid, request, sentAt);
      },
      end: () => {
        if (ended) return;
        ended = true;
        this.#sending--;
        if (this.#sending === 0) this.#before.clear();
      },
    };
  }

  /** The server does not have the order any more. */
  forget(vtOrderid: string): void {
    const life = this.#lives.get(vtOrderid);
    if (life === undefined) return;
    this.#decide(life);
    this.#lives.delete(vtOrderid);
  }

  /** Ends all watching. */
  stop(): void {
    for (const life of this.#lives.values()) this.#decide(life);
  }

  #begin(vtOrderid: string, at: number, request: Recognisable | undefined): void {
    this.#lives.set(vtOrderid, {
      generation: 0,
      bornAt: at,
      newsAt: request === undefined ? at : -Infinity,
      request,
      replaced: undefined,
      doubt: undefined,
    });
  }

  #answered(vtOrderid: string, request: Recognisable, sentAt: number): void {
    const life = this.#lives.get(vtOrderid);
    if (life === undefined) {
      this.#begin(vtOrderid, sentAt, request);
      return;
    }
    // All that is known came after it was sent.
    if (life.bornAt >= sentAt) return;
    const known = this.#context.orders.get(vtOrderid);
    const hasNews = life.newsAt >= sentAt && known !== undefined && difference(request, known) === undefined;
    const old = hasNews ? (this.#before.get(vtOrderid) ?? known) : known;
    if (old === undefined) {
      life.bornAt = sentAt;
      life.request = request;
      return;
    }
    const since = hasNews ? sentAt : performance.now();
    this.#replace(vtOrderid, life, old, 'the server gave its id to an order that was sent later', since);
    life.bornAt = sentAt;
    if (!hasNews) life.request = request;
  }

  /** A reference that was first used here after the order had been known cannot be that order's. */
  #newReference(known: OrderData, news: OrderData, life: Life): string | undefined {
    if (known.reference !== '' || news.reference === '') return undefined;
    const sentAt = this.#context.firstSentAt(news.reference);
    if (sentAt === undefined || sentAt < life.bornAt) return undefined;
    return 'it has the reference of an order that was sent later';
  }

  #replace(vtOrderid: string, life: Life, old: OrderData, why: string, since: number): void {
    this.#decide(life);
    life.generation++;
    life.bornAt = since;
    life.request = undefined;
    life.replaced = { order: old, at: performance.now() };
    this.#context.replaced({ vtOrderid, old, why, since, generation: life.generation });
  }

  #decide(life: Life): void {
    clearTimeout(life.doubt?.timer);
    life.doubt = undefined;
  }

  #watch(vtOrderid: string, life: Life): NodeJS.Timeout {
    return setTimeout(() => {
      const { doubt } = life;
      if (doubt === undefined) return;
      if (!this.#context.isConnected()) {
        // The end of what was being told may have been cut off.
        doubt.timer = this.#watch(vtOrderid, life);
        return;
      }
      const seconds = DOUBT / 1000;
      const why = `it has been working for ${seconds} s after the other had ended`;
      this.#replace(vtOrderid, life, doubt.before, why, doubt.since);
    }, DOUBT).unref();
  }
}
