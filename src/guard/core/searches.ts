/**
 * Finds out what became of orders whose outcome is unknown, where the engine can be asked.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { Logger } from '../../rpc/index.js';
import type { OrderData, TradingEngine } from '../../vnpy/index.js';
import type { Reservation } from '../limits/index.js';
import type { AuditTrail } from './audit-trail.js';

/** An engine that can say what became of an order: RpcGateway and ClusterGateway. */
interface Searchable {
  findOrder(reference: string): Promise<OrderData | undefined>;
}

/** An order to look for. */
export interface Search {
  readonly engine: TradingEngine;
  /** The guard's number of the request. */
  readonly id: string;
  readonly principal: string;
  readonly reference: string;
  readonly reservation: Pick<Reservation, 'found' | 'absent' | 'state'>;
}

/** Between two attempts, in ms: the server may be away for long. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** Searches that go on until they have an answer. */
export class Searches {
  readonly #audit: AuditTrail;
  readonly #logger: Logger;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosed = false;

  constructor(audit: AuditTrail, logger: Logger) {
    this.#audit = audit;
    this.#logger = logger;
  }

  /** Looks for an order. Where nobody can be asked, the order itself, the end of the day or a person ends it. */
  begin(search: Search): void {
    if (isSearchable(search.engine) && search.reference !== '') void this.#look(search, search.engine, FIRST_PAUSE);
  }

  /** Ends all searches. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #look(search: Search, engine: Searchable, pause: number): Promise<void> {
    const { id, principal, reference, reservation } = search;
    if (this.#isClosed || reservation.state !== 'unknown') return;
    try {
      const order = await engine.findOrder(reference);
      if (order === undefined) reservation.absent();
      else reservation.found(order);
      this.#audit.note({
        kind: 'reconciled',
        id,
        principal,
        outcome: order === undefined ? 'not-sent' : 'sent',
        ...(order === undefined ? {} : { vt_orderid: order.vt_orderid }),
      });
    } catch (error) {
      this.#logger.warn(`guard: what became of the order ${reference} cannot be told yet: ${messageOf(error)}`);
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void this.#look(search, engine, Math.min(pause * 2, LONGEST_PAUSE));
      }, pause);
      timer.unref();
      this.#timers.add(timer);
    }
  }
}

function isSearchable(engine: TradingEngine): engine is TradingEngine & Searchable {
  return 'findOrder' in engine && typeof engine.findOrder === 'function';
}
