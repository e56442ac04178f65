/**
 * Orders of which a snapshot knew more than the stream had said: what the stream says of them next may be old news.
 *
 * @module
 */
import type { OrderData } from '../../data/index.js';
import { Status } from '../../enums/index.js';

/**
 * How long after a snapshot's answer an event may still be older than it, in ms. Stream and answers come over two connections,
 * of which one may be behind. It is behind by milliseconds as a rule, by seconds where a server publishes a flood. A heartbeat
 * comes every 10 s. A stream that is further behind than that is not told from a dead one either.
 */
export const LATENESS = 10_000;

interface Mark {
  readonly until: number;
  /** The last event that looked older than the snapshot. */
  held: OrderData | undefined;
  /** What was held when the snapshot was asked for that is on its way. */
  aside: OrderData | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Holds back events that look older than a snapshot. If the stream reaches the snapshot's state, the events were old indeed, and
 * are forgotten. If it has not when the time is over, the stream's last event is newer than the snapshot, although it does not
 * look so. An order that was rejected can work again.
 */
export class LateOrders {
  readonly #marks = new Map<string, Mark>();
  readonly #release: (order: OrderData) => void;

  /** @param release - Takes an event whose time is over. */
  constructor(release: (order: OrderData) => void) {
    this.#release = release;
  }

  /** A snapshot has brought news of an order. What is held since it was asked for stays held. */
  mark(vtOrderid: string): void {
    const held = this.#marks.get(vtOrderid)?.held;
    this.forget(vtOrderid);
    const mark = { until: performance.now() + LATENESS, held: undefined, aside: undefined, timer: undefined };
    this.#marks.set(vtOrderid, mark);
    if (held !== undefined) this.#hold(held, mark);
  }

  /**
   * Whether an event is held back, which it is if it looks older than what is known.
   *
   * @param known - What is known of the order.
   */
  holds(order: OrderData, known: OrderData | undefined): boolean {
    const mark = this.#marks.get(order.vt_orderid);
    if (mark === undefined) return false;
    if (known !== undefined && performance.now() < mark.until && isOlder(order, known)) {
      this.#hold(order, mark);
      return true;
    }
    this.forget(order.vt_orderid);
    return false;
  }

  /** Whether an event of this order is being held. */
  isHolding(vtOrderid: string): boolean {
    return this.#marks.get(vtOrderid)?.held !== undefined;
  }

  forget(vtOrderid: string): void {
    clearTimeout(this.#marks.get(vtOrderid)?.timer);
    this.#marks.delete(vtOrderid);
  }

  /** Another snapshot is being asked for: it will be newer than all that is held. */
  setAside(): void {
    for (const mark of this.#marks.values()) {
      clearTimeout(mark.timer);
      mark.timer = undefined;
      mark.aside = mark.held ?? mark.aside;
      mark.held = undefined;
    }
  }

  /** That snapshot has been applied. */
  dropAside(): void {
    for (const mark of this.#marks.values()) mark.aside = undefined;
  }

  /** It has failed. */
  takeBack(): void {
    for (const mark of this.#marks.values()) {
      const { aside } = mark;
      mark.aside = undefined;
      if (aside !== undefined && mark.held === undefined) this.#hold(aside, mark);
    }
  }

  /** Ends all holding, for good. */
  stop(): void {
    for (const mark of this.#marks.values()) clearTimeout(mark.timer);
    this.#marks.clear();
  }

  #hold(order: OrderData, mark: Mark): void {
    mark.held = order;
    mark.timer ??= setTimeout(
      () => {
        const { held } = mark;
        this.forget(order.vt_orderid);
        if (held !== undefined) this.#release(held);
      },
      Math.max(1, mark.until - performance.now()),
    ).unref();
  }
}

/**
 * Whether `order` looks like an earlier moment in an order's life than `known`. As a rule an order goes one way: more is filled,
 * and what is final stays final.
 */
function isOlder(order: OrderData, known: OrderData): boolean {
  if (order.isActive() !== known.isActive()) return order.isActive();
  if (order.traded !== known.traded) return order.traded < known.traded;
  return order.status === Status.SUBMITTING && known.status !== Status.SUBMITTING;
}
