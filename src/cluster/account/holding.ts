/**
 * Whether an edge holds its account, as the rest of the edge sees it.
 *
 * @module
 */

/**
 * Where an edge is with its account.
 *
 * - `passive`: another edge has it, or nobody; this one looks on.
 * - `acquiring`: it is taking it, or tries to renew a lease whose time is over.
 * - `recovering`: it has it, and finds out what is open: only cancels and provable reductions pass.
 * - `active`: it has it.
 * - `draining`: it gives it back: no new orders, and what is under way ends.
 * - `halted`: something was lost; a person decides.
 */
export type HoldingState = 'passive' | 'acquiring' | 'recovering' | 'active' | 'draining' | 'halted';

/** A change of it. */
export interface HoldingChange {
  readonly state: HoldingState;
  readonly before: HoldingState;
  /** For a person. */
  readonly reason: string;
  /** The number of the tenure; undefined where the account is not held. */
  readonly epoch: number | undefined;
}

/** Whether an edge holds its account. */
export interface Holding {
  readonly state: HoldingState;
  /** Why, for a person. */
  readonly reason: string;
  /** The number of this tenure; a later one has a greater number. Undefined where the account is not held. */
  readonly epoch: number | undefined;
  /** For how long it may still act, in ms, by both clocks, now. 0 where it may not. */
  readonly left: number;
  /** Orders may leave: it is active, and there is time left. Look in the same turn in which you send. */
  readonly mayOrder: boolean;
  /** Cancels may leave, and orders that provably reduce a position: it holds the account, and there is time left. */
  readonly mayReduce: boolean;
  /** Cancels may leave: as long as there is time left. */
  readonly mayCancel: boolean;
  /** Tells of every change of the state, and of its reason. @returns what ends it. */
  onChange(listener: (change: HoldingChange) => void): () => void;
}
