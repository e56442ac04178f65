/**
 * Which events a principal sees.
 *
 * For a principal that sees only its own orders it has to be known whose an order is. An order's first event may come before the
 * server's answer with its id. So what nobody owns yet waits until the answers to that principal's orders are in.
 *
 * @module
 */
import type { Event } from '../../vnpy/index.js';
import { classify } from '../../vnpy/internal.js';
import { sees } from '../rights/views.js';
import type { ViewContext } from '../rights/views.js';
import type { Ruling } from './ruling.js';

/** What it needs. */
export interface SightParts {
  readonly ruling: () => Ruling;
  readonly view: ViewContext;
}

/** Events that may wait for one principal. */
const MAX_HELD = 10_000;

/** A principal with orders that are not answered. */
interface Waiting {
  answers: number;
  readonly events: Set<Event>;
}

/** Who sees what. */
export class Sight {
  readonly #parts: SightParts;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<(principal: string, event: Event) => void>();

  constructor(parts: SightParts) {
    this.#parts = parts;
  }

  /** An event that this principal may see after all comes by the listeners of {@link onLate}. */
  sees(principal: string, event: Event): boolean {
    const { ruling, view } = this.#parts;
    const rights = ruling().rightsOf(principal);
    if (rights === undefined) return false;
    if (sees(rights, event, view)) return true;
    const waiting = this.#waiting.get(principal);
    if (waiting !== undefined && waiting.events.size < MAX_HELD && this.#mayBecomeOwn(event)) waiting.events.add(event);
    return false;
  }

  /** An order of this principal leaves: its events may come before its id. @returns what is to be called with the answer. */
  expect(principal: string): () => void {
    const waiting = this.#waiting.get(principal) ?? { answers: 0, events: new Set() };
    this.#waiting.set(principal, waiting);
    waiting.answers++;
    return () => {
      waiting.answers--;
      if (waiting.answers === 0) this.#waiting.delete(principal);
      this.#release(principal, waiting);
    };
  }

  /** Tells of events that a principal sees later than others. @returns what ends it. */
  onLate(listener: (principal: string, event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #mayBecomeOwn(event: Event): boolean {
    const id = orderOf(event);
    return id !== undefined && this.#parts.view.ownerOf(id) === undefined;
  }

  #release(principal: string, { answers, events }: Waiting): void {
    for (const event of [...events]) {
      const owner = this.#parts.view.ownerOf(orderOf(event) ?? '');
      if (owner === undefined && answers > 0) continue;
      events.delete(event);
      if (owner === principal && this.sees(principal, event))
        for (const tell of this.#listeners) tell(principal, event);
    }
  }
}

/** The order that an event is about. */
function orderOf({ data }: Event): string | undefined {
  const item = classify(data);
  return item?.kind === 'order' || item?.kind === 'trade' ? item.data.vt_orderid : undefined;
}
