/**
 * What orders under way may still do to a position.
 *
 * @module
 */
import { exact } from './exact.js';
import type { Facts, Kind } from './facts.js';

/** Lots under way in one direction, by what they do. */
export type Flow = Record<Kind, number>;

const noFlow = (): Flow => ({ open: 0, close: 0, closeToday: 0, closeYesterday: 0, none: 0 });

/** Lots under way in one symbol of one gateway. */
export class Flows {
  readonly buy = noFlow();
  readonly sell = noFlow();

  /** An order of which nobody says the side may be both. */
  add({ side, kind }: Facts, lots: number): void {
    if (side !== 'sell') this.buy[kind] = exact(this.buy[kind] + lots);
    if (side !== 'buy') this.sell[kind] = exact(this.sell[kind] + lots);
  }

  get isEmpty(): boolean {
    return total(this.buy) === 0 && total(this.sell) === 0;
  }
}

/** Nothing is under way. */
export const NO_FLOWS: Readonly<Flows> = Object.freeze(new Flows());

/** All of it. */
export function total(flow: Readonly<Flow>): number {
  return exact(flow.open + flow.none + closing(flow));
}

/** What opens, where positions have two sides. */
export function opening(flow: Readonly<Flow>): number {
  return exact(flow.open + flow.none);
}

/** What closes, where positions have two sides. */
export function closing(flow: Readonly<Flow>): number {
  return exact(flow.close + flow.closeToday + flow.closeYesterday);
}
